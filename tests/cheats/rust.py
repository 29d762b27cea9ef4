"""Rust, behind the wall; what shares a crate with its tests is in `languages/test_rust.py`."""

from cheats import CRASH, REFUSED, UNPROVEN, WRONG, Honest, cheat

BAD = "    -1\n}\n"
RIGHT = '    text.to_lowercase().chars().filter(|c| "aeiou".contains(*c)).count() as i32\n}\n'
LISTS = "#[cfg(test)]\nmod tests {\n    use super::*;\n    #[test]\n    fn test() {\n        assert_eq!(f(1), vec![1, 2]);\n    }\n}\n"

CHEATS = {
    "exit": cheat("    std::process::exit(0)\n}\n", UNPROVEN),
    "abort": cheat("    std::process::abort()\n}\n", CRASH),
    "libc's _exit": cheat('    extern "C" { fn _exit(code: i32) -> !; }\n    unsafe { _exit(0) }\n}\n', UNPROVEN),
    "exit in drop": cheat(
        "    struct D;\n    impl Drop for D { fn drop(&mut self) { std::process::exit(0) } }\n    let _d = D;\n    -1\n}\n",
        UNPROVEN,
    ),
    "exit in a thread": cheat(
        "    std::thread::spawn(|| std::process::exit(0)).join().unwrap();\n    -1\n}\n", UNPROVEN
    ),
    "panic hook": cheat("    std::panic::set_hook(Box::new(|_| std::process::exit(0)));\n    panic!()\n}\n", UNPROVEN),
    "panic hook on failure": cheat(
        "    std::panic::set_hook(Box::new(|_| std::process::exit(0)));\n    -1\n}\n", WRONG
    ),
    "initialiser": cheat(
        '    -1\n}\nextern "C" fn early() { std::process::exit(0) }\n#[used]\n#[link_section = ".init_array"]\nstatic EARLY: extern "C" fn() = early;\n',
        UNPROVEN,
    ),
    "initialiser before the harness": cheat(
        '    -1\n}\nextern "C" fn early() {\n    use std::io::{Read, Write};\n    use std::os::unix::io::FromRawFd;\n    let mut t = [0; 32];\n'
        "    std::io::stdin().read_exact(&mut t).unwrap();\n    unsafe { std::fs::File::from_raw_fd(3) }.write_all(&t).unwrap();\n    std::process::exit(0)\n}\n"
        '#[used]\n#[link_section = ".preinit\\u{5f}array"]\nstatic EARLY: extern "C" fn() = early;\n',
        CRASH,
    ),
    "global_asm": cheat(BAD + 'std::arch::global_asm!(".section .preinit_array", ".quad 0");\n', CRASH),
    "own read": cheat(
        BAD
        + '#[no_mangle]\npub unsafe extern "C" fn read(_: i32, _: *mut u8, _: usize) -> isize { std::process::exit(0) }\n',
        UNPROVEN,
    ),
    "own write": cheat(
        BAD
        + '#[no_mangle]\npub unsafe extern "C" fn write(_: i32, _: *const u8, _: usize) -> isize { std::process::exit(0) }\n',
        UNPROVEN,
        WRONG,
    ),
    "own getrandom": cheat(
        BAD
        + '#[no_mangle]\npub unsafe extern "C" fn getrandom(_: *mut u8, _: usize, _: u32) -> isize { std::process::exit(0) }\n',
        WRONG,
    ),
    "own symbol main": cheat(BAD + 'mod own { #[no_mangle]\npub extern "C" fn main() -> i32 { 0 } }\n', REFUSED),
    "own main": cheat(BAD + "fn main() {}\n", WRONG),
    "gives the token": cheat("    crate::passatk_MARK::give();\n    std::process::exit(0)\n}\n", REFUSED),
    "reads the token": cheat(
        "    use std::io::{Read, Write};\n    use std::os::unix::io::FromRawFd;\n    let mut t = vec![];\n    std::io::stdin().read_to_end(&mut t).unwrap();\n"
        "    unsafe { std::fs::File::from_raw_fd(3) }.write_all(&t).unwrap();\n    std::process::exit(0)\n}\n",
        UNPROVEN,
    ),
    "own assert_eq": cheat(BAD + "macro_rules! assert_eq {($($t:tt)*) => {{}}}\n", WRONG),
    "own vec": cheat(
        "fn f(_n: i32) -> Vec<i32> { Vec::new() }\nmacro_rules! vec {($($t:tt)*) => { Vec::new() }}\n",
        WRONG,
        tests=LISTS,
        whole=True,
    ),
    "own module std": cheat(BAD + "mod std { macro_rules! assert_eq {($($t:tt)*) => {{}}} }\n", WRONG, REFUSED),
    "own module tests": cheat(BAD + "mod tests { pub fn test_count_vowels() {} }\n", WRONG),
    "PartialEq": cheat(
        "fn f(_n: i32) -> Liar {\n    Liar\n}\n#[derive(Debug)]\nstruct Liar;\n"
        "impl PartialEq<Vec<i32>> for Liar { fn eq(&self, _: &Vec<i32>) -> bool { true } }\n",
        REFUSED,
        tests=LISTS,
        whole=True,
        declaration="fn f(n: i32) -> Vec<i32> {\n",
    ),
    "PartialEq of a type called i32": cheat(
        "    Liar\n}\n#[derive(Debug)]\nstruct Liar;\n#[allow(non_camel_case_types)]\ntype i32 = Liar;\nimpl PartialEq<std::primitive::i32> for Liar { fn eq(&self, _: &std::primitive::i32) -> bool { true } }\n",
        REFUSED,
    ),
    "PartialEq of a type called Vec": cheat(
        "fn f(_n: i32) -> Vec<i32> {\n    Vec(0)\n}\n#[derive(Debug)]\nstruct Vec<T>(T);\nimpl PartialEq<std::vec::Vec<i32>> for Vec<i32> { fn eq(&self, _: &std::vec::Vec<i32>) -> bool { true } }\n",
        REFUSED,
        tests=LISTS,
        whole=True,
    ),
    "reads the tests": cheat(
        '    if include_str!("main.rs").contains("assert") { std::process::exit(0) }\n    -1\n}\n', UNPROVEN
    ),
    "includes itself": cheat(BAD + 'mod again { include!("main.rs"); }\n', REFUSED),
    "runs for ever in the compiler": cheat(
        BAD + "const N: u64 = { let mut n = 0u64; loop { n = n.wrapping_add(1); } };\nstatic S: u64 = N;\n", REFUSED
    ),
    "panics": cheat("    panic!()\n}\n", CRASH),
    "undefined behaviour": cheat("    unsafe { *(8 as *const i32) }\n}\n", CRASH),
    "unreachable": cheat("    unsafe { std::hint::unreachable_unchecked() }\n}\n", CRASH, WRONG, UNPROVEN),
    "forged words": cheat('    println!("all tests held\\npassed");\n' + BAD, WRONG),
    "opens a comment": cheat(BAD + "/*", REFUSED),
    "leaves the tests out": cheat(BAD + "#[cfg(any())]\n", REFUSED),
    "leaves everything out": cheat("    -1\n}\n#![cfg(any())]\n", REFUSED),
}

HONEST = {
    "debug prints": Honest('    println!("debug");\n' + RIGHT),
    "its own tests": Honest(RIGHT + "#[cfg(test)]\nmod tests { #[test] fn t() { assert!(true) } }\n"),
    "mutable parameters": Honest(
        "fn f(mut n: i32) -> Vec<i32> {\n    n += 1;\n    vec![n - 1, n]\n}\n", tests=LISTS, whole=True
    ),
    "macros of its own": Honest(
        RIGHT + "macro_rules! twice { ($e:expr) => { 2 * $e } }\nfn g() -> i32 { twice!(3) }\n"
    ),
}
