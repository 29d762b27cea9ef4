"""Programs of strange characters, and programs that print them."""

from hostile.cases.case import row, whole
from passatk.records import Status

WHOLE = {
    "python": "def answer() -> int:\n    text = '%s'\n    return 42\n",
    "cpp": 'using namespace std;\nint answer() {\n    string text = "%s";\n    return 42;\n}\n',
    "java": 'class Solution {\n    public int answer() {\n        String text = "%s";\n        return 42;\n    }\n}\n',
    "javascript": "const answer = () => {\n  const text = '%s'\n  return 42\n}\n",
    "go": 'package main\n\nfunc Answer() int {\n\ttext := "%s"\n\t_ = text\n\treturn 42\n}\n',
    "rust": 'fn answer() -> i32 {\n    let text = "%s";\n    42\n}\n',
}


def _with(text: str, *languages: str) -> dict[str, str]:
    return {language: WHOLE[language] % text for language in languages or WHOLE}


ROWS = (
    whole("any script", Status.PASSED, **_with("日本語 ελληνικά 🦀 e\u0301")),
    whole("CRLF", Status.PASSED, **{lang: text.replace("\n", "\r\n") for lang, text in _with("x").items()}),
    whole("NUL in a string", Status.PASSED, **_with("\0", "cpp", "java", "javascript", "rust")),
    whole("NUL in a string", Status.COMPILE_ERROR, **_with("\0", "python", "go")),
    whole("lone surrogate", Status.PASSED, **_with("\ud800", "cpp", "javascript")),
    whole("lone surrogate", Status.COMPILE_ERROR, **_with("\ud800", "python", "java", "go", "rust")),
    whole(
        "BOM first",
        Status.PASSED,
        **{lang: "\ufeff" + text for lang, text in _with("x", "python", "javascript", "rust").items()},
    ),
    whole("BOM in a string", Status.PASSED, **_with("\ufeff", "python", "cpp", "java", "javascript", "rust")),
    whole("right to left override", Status.PASSED, **_with("\u202e", "python", "cpp", "java", "javascript", "go")),
    whole("an encoding of its own", Status.PASSED, python="# -*- coding: latin-1 -*-\n" + WHOLE["python"] % "é"),
    whole(
        "an encoding that is not there",
        Status.COMPILE_ERROR,
        python="# -*- coding: no-such -*-\n" + WHOLE["python"] % "x",
    ),
    whole("no newline at its end", Status.PASSED, **{lang: text.rstrip("\n") for lang, text in _with("x").items()}),
    whole("form feeds and vertical tabs", Status.PASSED, **_with("\f\v", "cpp", "java", "javascript")),
    row(
        "prints bytes that are no text",
        Status.PASSED,
        python="os.write(1, bytes(range(256)) * 16); os.write(2, bytes(range(255, -1, -1)) * 16)",
        cpp="for (int i = 0; i < 4096; i++) putchar(i % 256);",
        java="for (int i = 0; i < 4096; i++) System.out.write(i % 256);\nSystem.out.flush();",
        javascript="fs.writeSync(1, Buffer.from([...Array(4096).keys()].map(i => i % 256)))",
        go="for i := 0; i < 4096; i++ {\n\tos.Stdout.Write([]byte{byte(i)})\n}",
        rust="use std::io::Write;\nfor i in 0..4096u32 { std::io::stdout().write_all(&[i as u8]).unwrap(); }",
    ),
    row(
        "prints characters of every kind",
        Status.PASSED,
        python="print('日本語 🦀 \\0 \\ufeff \\u202e \\x1b[2J')",
        java='System.out.println("日本語 🦀 \\0 \\ufeff \\u202e \\033[2J");',
        javascript="console.log('日本語 🦀 \\0 \\ufeff \\u202e \\x1b[2J \\ud800')",
        go='fmt.Println("日本語 🦀 \\x00 \\u202e \\x1b[2J \\xff")',
        rust='println!("日本語 🦀 \\0 \\u{feff} \\u{202e} \\x1b[2J");',
    ),
    row("prints a lone surrogate", Status.RUNTIME_ERROR, python="print('\\ud800')"),
    row(
        "files with names that are no text",
        Status.PASSED,
        python="for name in (b'left-\\xff', 'left-日本'.encode(), b'left-\\n', b'left' + b'-' * 250): open(name, 'w').close()",
        rust='use std::os::unix::ffi::OsStrExt;\nstd::fs::write(std::ffi::OsStr::from_bytes(b"left-\\xff"), "").unwrap();',
    ),
)
