"""What a program can see that could differ from run to run. One program a language prints every fact it can.

`FIXED` facts are the same for every program of a language on one machine, always. What cannot be fixed is not among
them and is for `--repeat` to find: clocks (also as seeds: Java's `new Random()`, temporary names of C and node), the
`rdrand` instruction (`std::random_device`), the number of the CPU, and what the machine counts (load, uptime).
"""

from hostile.frames import frame

FIXED: dict[str, dict[str, str]] = {
    "hash order": {
        "python": "print(*{str(n) for n in range(12)}, hash('x'))",
        "cpp": "#include <unordered_set>\nunordered_set<string> all;\nfor (int n = 0; n < 12; n++) all.insert(to_string(n));\n"
        "for (auto &each : all) cout << each << ' ';",
        "java": 'Set<Object> all = new HashSet<>();\nfor (int n = 0; n < 12; n++) all.add("x" + n);\nSystem.out.print(all);',
        "javascript": "console.log(Object.keys({ b: 1, 2: 1, a: 1, 1: 1 }).join())",
        "go": 'm := map[int]int{}\nfor n := 0; n < 100; n++ {\n\tm[n*7919] = n\n}\nfor n := range m {\n\tfmt.Print(n, " ")\n\tif n%10 == 0 {\n\t\tbreak\n\t}\n}',
        "rust": 'let all: std::collections::HashSet<i32> = (0..12).collect();\nprint!("{:?}", all);',
    },
    "order of immutable sets": {
        "java": 'System.out.print(Set.of("a", "b", "c", "d") + " " + Map.of(1, 2, 3, 4, 5, 6));'
    },
    "identity hashes": {
        "python": "print(hash(object()))",
        "java": "System.out.print(new Object().hashCode());",
    },
    "addresses": {
        "python": "print(id(object()), hex(ctypes.addressof(ctypes.c_int.in_dll(libc, 'stdout'))))",
        "cpp": "int here;\ncout << (void *)&here << ' ' << (void *)malloc(10) << ' ' << (void *)printf << ' ' << (void *)&answer;",
        "rust": 'let here = 1;\nprint!("{:p} {:p} {:p}", &here, Box::new(1), answer as fn() -> i32);',
    },
    "unseeded random": {
        "python": "import random, uuid, secrets\nprint(random.random(), random.SystemRandom().random(), uuid.uuid4(), secrets.token_hex(4),"
        " os.urandom(4).hex())",
        "cpp": "#include <random>\ncout << rand() << ' ' << random_device(\"/dev/urandom\")();",
        "java": "System.out.print(new java.security.SecureRandom().nextInt());",
        "javascript": "console.log(Math.random(), require('crypto').randomBytes(4).toString('hex'))",
        "go": 'fmt.Print(rand.Int(), " ", rand.Int())',
        "rust": 'use std::io::Read;\nlet mut drawn = [0u8; 4];\nstd::fs::File::open("/dev/urandom").unwrap().read_exact(&mut drawn).unwrap();\n'
        'print!("{:?}", drawn);',
    },
    "time zone": {
        "python": "print(time.tzname, time.localtime(0).tm_hour)",
        "cpp": "#include <time.h>\ntime_t zero = 0;\ncout << asctime(localtime(&zero));",
        "java": "System.out.print(TimeZone.getDefault().getID());",
        "javascript": "console.log(Intl.DateTimeFormat().resolvedOptions().timeZone, new Date(0).getHours())",
        "go": "fmt.Print(time.Unix(0, 0), time.Local)",
    },
    "locale": {
        "python": "import locale\nprint(locale.getlocale(), sys.getfilesystemencoding(), sys.stdout.encoding)",
        "cpp": '#include <locale.h>\ncout << setlocale(LC_ALL, "");',
        "java": 'System.out.print(Locale.getDefault() + " " + java.nio.charset.Charset.defaultCharset());',
        "javascript": "console.log(Intl.DateTimeFormat().resolvedOptions().locale)",
    },
    "environment": {
        "python": "print(sorted(os.environ.items()))",
        "cpp": "extern char **environ;\nfor (char **each = environ; *each; each++) cout << *each << ' ';",
        "javascript": "console.log(JSON.stringify(process.env))",
        "go": "fmt.Print(os.Environ())",
        "rust": 'print!("{:?}", std::env::vars().collect::<Vec<_>>());',
    },
    "number of CPUs": {
        "python": "print(os.cpu_count(), len(os.sched_getaffinity(0)))",
        "cpp": "#include <thread>\ncout << thread::hardware_concurrency() << ' ' << sysconf(_SC_NPROCESSORS_ONLN);",
        "java": "System.out.print(Runtime.getRuntime().availableProcessors());",
        "go": "fmt.Print(runtime.NumCPU(), runtime.GOMAXPROCS(0))",
        "rust": 'print!("{:?}", std::thread::available_parallelism());',
    },
    "order of directories": {
        "python": "for n in range(20): open(f'/tmp/{n * 7919 % 20}', 'w').close()\nprint(os.listdir('/tmp'), os.listdir('.'))",
        "cpp": "#include <dirent.h>\nDIR *folder = opendir(\".\");\nwhile (dirent *each = readdir(folder)) cout << each->d_name << ' ' << each->d_ino << ' ';",
        "java": 'for (int n = 0; n < 9; n++) new File("/tmp/" + n * 7919 % 9).createNewFile();\nSystem.out.print(Arrays.toString(new File("/tmp").list()));',
        "javascript": "for (let n = 0; n < 20; n++) fs.writeFileSync(`/tmp/${n * 7919 % 20}`, '')\nconsole.log(fs.readdirSync('/tmp').join())",
        "go": 'found, _ := os.ReadDir(".")\nfor _, each := range found {\n\tfmt.Print(each.Name())\n}',
        "rust": 'for each in std::fs::read_dir(".").unwrap() { print!("{:?} ", each.unwrap().path()); }',
    },
    "host name": {
        "python": "print(os.uname().nodename, socket.gethostname())",
        "cpp": "char name[64];\ngethostname(name, 64);\ncout << name;",
        "javascript": "console.log(require('os').hostname())",
        "go": "fmt.Print(os.Hostname())",
    },
    "process ids": {
        "python": "print(os.getpid(), os.getppid(), os.getsid(0), os.getpgrp())",
        "cpp": "cout << getpid() << ' ' << getppid() << ' ' << getsid(0);",
        "java": "System.out.print(ProcessHandle.current().pid());",
        "javascript": "console.log(process.pid, process.ppid)",
        "go": "fmt.Print(os.Getpid(), os.Getppid())",
        "rust": 'print!("{}", std::process::id());',
    },
    "user": {
        "python": "print(os.getuid(), os.getgid(), os.getgroups(), os.path.expanduser('~'))\nimport getpass, pwd\nprint(getpass.getuser(), pwd.getpwuid(os.getuid()))",
        "java": 'System.out.print(System.getProperty("user.name") + " " + System.getProperty("user.home"));',
        "javascript": "console.log(JSON.stringify(require('os').userInfo()))",
        "go": "fmt.Print(os.Getuid(), os.Getgid())",
    },
    "places": {
        "python": "import tempfile\nprint(os.getcwd(), __file__, tempfile.gettempdir(), tempfile.mkstemp()[1])",
        "java": 'System.out.print(System.getProperty("user.dir") + System.getProperty("java.io.tmpdir"));',
        "javascript": "console.log(process.cwd(), __filename, require('os').tmpdir())",
        "go": "fmt.Print(os.Getwd())\nfmt.Print(os.Args)",
        "rust": 'print!("{:?} {:?}", std::env::current_dir(), std::env::args().collect::<Vec<_>>());',
    },
    "limits": {
        "python": "print([resource.getrlimit(kind) for kind in range(10)], os.nice(0), os.umask(0))",
        "cpp": "#include <sys/resource.h>\nrlimit stack, files;\ngetrlimit(RLIMIT_STACK, &stack);\ngetrlimit(RLIMIT_NOFILE, &files);\ncout << stack.rlim_max << ' ' << files.rlim_max;",
        "java": "System.out.print(Runtime.getRuntime().maxMemory());",
        "javascript": "console.log(require('v8').getHeapStatistics().heap_size_limit)",
    },
}

LANGUAGES = ("python", "cpp", "java", "javascript", "go", "rust")
_MARK = "passatk-fact"
_SAY = {
    "python": "print('\\n{}', flush=True)",
    "cpp": 'cout << "\\n{}\\n";',
    "java": 'System.out.println("\\n{}");',
    "javascript": "console.log('\\n{}')",
    "go": 'fmt.Println("\\n{}")',
    "rust": 'println!("\\n{}");',
}
_BLOCK = {
    "python": "{}",
    "javascript": "{{\n{}\n}}",
    "go": "{{\n{}\n}}",
    "cpp": "{{\n{}\n}}",
    "java": "{{\n{}\n}}",
    "rust": "{{\n{}\n}}",
}


def facts_of(language: str) -> list[str]:
    """Names of the facts that a program of `language` prints."""
    return [fact for fact, languages in FIXED.items() if language in languages]


def source(language: str) -> str:
    """The program that prints every fact of `language`."""
    parts = []
    for fact in facts_of(language):
        parts.append(_SAY[language].format(f"{_MARK} {fact}"))
        parts.append(_BLOCK[language].format(FIXED[fact][language]))
    return frame(language, "\n".join(parts))


def facts(stdout: str) -> dict[str, str]:
    """Fact -> what the program printed of it."""
    parts = [part.partition("\n") for part in stdout.split(f"{_MARK} ")[1:]]
    return {fact: seen.strip() for fact, _, seen in parts}
