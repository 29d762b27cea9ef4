"""Programs that do not solve their task and would like to be told that they did; and right ones that look strange."""

import pytest
from verdict_cases import problem_for

from passatk.judging import Environment, decide, default_limits
from passatk.languages import LANGUAGES
from passatk.records import Sample, Status
from passatk.sandbox import Slot

WRONG = {"python": "    return -1\n", "cpp": "    return -1;\n}\n", "java": "        return -1;\n    }\n}\n"}
GO_WRONG = (
    'package main\n\nimport ("os"; "strings")\n\n'
    'func CountVowels(text string) int {\n    return len(strings.ToUpper("")) - 1\n}\n'
)

CHEATS = {
    "python": {
        "sys.exit does nothing": "    import sys\n    sys.exit = lambda *_: None\n    return -1\n",
        "os._exit in the call": "    import os\n    os._exit(0)\n",
        "SystemExit": "    raise SystemExit\n",
        "exit 0 at exit": "    import atexit, os\n    atexit.register(os._exit, 0)\n    return -1\n",
        "reads the tests": "    return eval(open('tests.py').read().split('== ')[1].split()[0])\n",
        "swallows everything": "    import sys\n    sys.excepthook = lambda *_: None\n    return -1\n",
        "forged words": "    print('all tests held\\npassed')\n    return -1\n",
    },
    "cpp": {
        "own __assert_fail": WRONG["cpp"]
        + 'extern "C" void __assert_fail(const char *, const char *, unsigned, const char *) noexcept {}\n',
        "macro __assert_fail": WRONG["cpp"] + "#include <assert.h>\n#define __assert_fail(...) (void)0\n",
        "macro main": WRONG["cpp"] + "#define main unused\nint passatk_tests() { return 0; }\n",
        "NDEBUG": WRONG["cpp"] + "#define NDEBUG\n",
        "early constructor": WRONG["cpp"] + "#include <unistd.h>\n__attribute__((constructor(90))) void early() {\n"
        "    char t[32]; long n = read(0, t, 32); if (n > 0) n = write(3, t, n); _exit(0);\n}\n",
        "quick_exit": "    quick_exit(0);\n}\n",
        "destructor": WRONG["cpp"] + "struct D { ~D() { _Exit(0); } } d;\n",
    },
    "java": {
        "own AssertionError and Runtime": WRONG["java"]
        + "class AssertionError extends RuntimeException {}\nclass Runtime { static Runtime getRuntime() {"
        " return new Runtime(); } void halt(int c) {} }\n",
        "halt": "        Runtime.getRuntime().halt(0);\n        return 0;\n    }\n}\n",
        "static initialiser": WRONG["java"] + "class Early { static { System.exit(0); } }\n",
    },
    "javascript": {
        "returns before the tests": "  return -1\n}\nconsole.assert(true)\nreturn\n",
        "shadows console": "  return -1\n}\nglobalThis.console.assert(true)\nvar console = { assert() {} }\n",
        "patches assert": "  return -1\n}\nconsole.assert = () => {}\n",
        "process.reallyExit": "  process.reallyExit(0)\n}\n",
        "exit handler": "  process.on('exit', () => { process.exitCode = 0 })\n  return -1\n}\n",
        "uncaught handler": "  process.on('uncaughtException', () => {})\n  throw 1\n}\n",
    },
    "go": {
        "init": GO_WRONG + "func init() {\n    os.Exit(0)\n}\n",
        "TestMain": GO_WRONG + "func TestMain() {\n    os.Exit(0)\n}\n",
        "main": GO_WRONG + "func main() {\n    os.Exit(0)\n}\n",
        "a list of its own": GO_WRONG + "var PassatkTests = os.Args\n",
    },
    "rust": {
        "own assert_eq": "    -1\n}\nmacro_rules! assert_eq {($($t:tt)*) => {{}}}\n",
        "abort hook": "    std::panic::set_hook(Box::new(|_| std::process::exit(0)));\n    panic!()\n}\n",
        "initialiser": '    -1\n}\nextern "C" fn early() { std::process::exit(0) }\n'
        '#[used]\n#[link_section = ".init_array"]\nstatic EARLY: extern "C" fn() = early;\n',
    },
}

HONEST = {
    "python": {"debug prints": "    print('debug')\n    return sum(c in 'aeiou' for c in text.lower())\n"},
    "java": {
        "a class called Runtime": "        int n = 0;\n        for (char c : text.toLowerCase().toCharArray())"
        ' if ("aeiou".indexOf(c) >= 0) n++;\n        return n;\n    }\n}\nclass Runtime {}\n'
    },
    "javascript": {
        "debug prints and assertions": "  console.log('debug')\n  console.assert(true)\n"
        "  return (text.match(/[aeiou]/gi) || []).length\n}\nmodule.exports = { countVowels }\n"
    },
    "go": {
        "a main and a local called sort": "    sort := struct{ n int }{}\n    for _, c := range strings.ToLower(text) {\n"
        '        if strings.ContainsRune("aeiou", c) {\n            sort.n++\n        }\n    }\n    return sort.n\n}\n'
        "\nfunc main() {\n}\n"
    },
    "cpp": {
        "aborts of its own": "    if (text.size() > 1000000) abort();\n    int n = 0;\n"
        '    for (char c : text) n += string("aeiouAEIOU").find(c) != string::npos;\n    return n;\n}\n'
    },
    "rust": {
        "debug prints": '    println!("debug");\n    text.to_lowercase().chars().filter(|c| "aeiou".contains(*c)).count() as i32\n}\n'
    },
}


def status(environment: Environment, language: str, text: str) -> tuple[Status, str]:
    if not environment.toolchains[language].usable:
        pytest.skip(environment.toolchains[language].missing[0])
    problem = problem_for(language)
    sample = Sample(task_id=problem.task_id, index=0, text=text, whole=text.startswith("package main"))
    spoken = LANGUAGES[language]
    limits = default_limits(cpu_s=2.0)
    program = spoken.program(problem, sample, problem.tests)
    with Slot(environment.world) as slot:
        verdict = decide([slot.execute(program, limits)], limits, spoken.read_failure)
    return verdict.status, verdict.reason


@pytest.mark.parametrize(("language", "name"), [(lang, name) for lang, cheats in CHEATS.items() for name in cheats])
def test_a_cheat_never_passes(environment: Environment, language: str, name: str) -> None:
    found, reason = status(environment, language, CHEATS[language][name])
    assert found not in (Status.PASSED, Status.NOT_JUDGED), reason


@pytest.mark.parametrize(("language", "name"), [(lang, name) for lang, honest in HONEST.items() for name in honest])
def test_a_right_program_passes_however_it_looks(environment: Environment, language: str, name: str) -> None:
    found, reason = status(environment, language, HONEST[language][name])
    assert found is Status.PASSED, reason
