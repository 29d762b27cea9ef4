"""Rust, behind the wall; what shares a crate with its tests is in `languages/test_rust.py`."""

from cheats import CRASH, REFUSED, UNPROVEN, WRONG, Honest, cheat

BAD = "    -1\n}\n"
RIGHT = '    text.to_lowercase().chars().filter(|c| "aeiou".contains(*c)).count() as i32\n}\n'
LISTS = "#[cfg(test)]\nmod tests {\n    use super::*;\n    #[test]\n    fn test() {\n        assert_eq!(f(1), vec![1, 2]);\n    }\n}\n"


def module_of(body: str, before: str = "") -> str:
    """Tests: one function of `body`, in a module with `before`."""
    return f"#[cfg(test)]\nmod tests {{\n    use super::*;\n{before}    #[test]\n    fn test() {{\n        {body}\n    }}\n}}\n"


F = "fn f(n: i32) -> Vec<i32> {\n"
ONE = module_of("assert_eq!(f(1), vec![1, 2]);")
GOOD = "fn f(n: i32) -> Vec<i32> {\n    vec![n, n + 1]\n}\n"
POINT = "#[derive(Debug, PartialEq, Default)]\nstruct Pt { x: i32, y: i32 }\n"
PEEK = "fn peek(v: &mut Vec<i32>) -> Option<i32> {\n"
POPS = "fn peek(v: &mut Vec<i32>) -> Option<i32> {\n    v.pop()\n}\n"
ZERO = "fn f(_n: i32) -> i32 {\n    0\n}\n"
COUNTED = (
    "use std::sync::atomic::{AtomicUsize, Ordering};\npub static PROBES: AtomicUsize = AtomicUsize::new(0);\n"
    "pub fn is_bad(v: i32) -> bool {\n    PROBES.fetch_add(1, Ordering::SeqCst);\n    v >= 1702\n}\n"
)
FIRST_BAD = COUNTED + "fn first_bad(n: i32) -> i32 {\n"
NEXT_ID = "/// Unique, whichever thread asks.\nfn next_id() -> u32 {\n"
LOCAL_ID = (
    "use std::cell::Cell;\nthread_local! { static N: Cell<u32> = Cell::new(0); }\n"
    "fn next_id() -> u32 {\n    N.with(|n| { n.set(n.get() + 1); n.get() })\n}\n"
)
NODE = "#[derive(PartialEq, Eq, Clone, Debug)]\npub struct Node { pub val: i32, pub next: Option<Box<Node>> }\n"
CONST_F = "fn f(n: i32) -> i32 {\n"

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

# expected values must not be reached by what crosses: changed arguments, the prompt's state, threads, tests that are skipped
CHEATS |= {
    "pops where it may only look: ref mut": cheat(
        POPS,
        WRONG,
        declaration=PEEK,
        whole=True,
        tests=module_of(
            "let mut v = vec![1, 2]; let ref mut r = v; assert_eq!(peek(r), Some(2)); assert_eq!(v, [1, 2]);"
        ),
    ),
    "pops where it may only look: in parentheses": cheat(
        POPS,
        WRONG,
        declaration=PEEK,
        whole=True,
        tests=module_of("let mut v = vec![1, 2]; assert_eq!(peek(&mut (v)), Some(2)); assert_eq!(v, [1, 2]);"),
    ),
    "pops where it may only look: what was in a box": cheat(
        POPS,
        WRONG,
        declaration=PEEK,
        whole=True,
        tests=module_of(
            "let mut v = Box::new(vec![1, 2]); assert_eq!(peek(&mut *v), Some(2)); assert_eq!(*v, [1, 2]);"
        ),
    ),
    "pops where it may only look: the name again in a block": cheat(
        POPS,
        WRONG,
        declaration=PEEK,
        whole=True,
        tests=module_of(
            "let mut v = vec![1, 2]; assert_eq!(peek(&mut v), Some(2)); { let v = 3; assert_eq!(v, 3); } assert_eq!(v, [1, 2]);"
        ),
    ),
    "overwrites a slice that it may only look at": cheat(
        "fn peek(v: &mut [i32]) -> Option<i32> {\n    let r = v.last().copied();\n    v.fill(9);\n    r\n}\n",
        WRONG,
        declaration="fn peek(v: &mut [i32]) -> Option<i32> {\n",
        whole=True,
        tests=module_of("let mut v = vec![1, 2]; assert_eq!(peek(v.as_mut_slice()), Some(2)); assert_eq!(v, [1, 2]);"),
    ),
    "changes before it panics": cheat(
        "fn add(v: &mut Vec<i32>, n: i32) {\n    v.push(n);\n    if n < 0 { panic!() }\n}\n",
        WRONG,
        declaration="fn add(v: &mut Vec<i32>, n: i32) {\n",
        whole=True,
        tests=module_of(
            "use std::panic::*; let mut v = vec![1]; assert!(catch_unwind(AssertUnwindSafe(|| add(&mut v, -1))).is_err()); assert_eq!(v, [1]);"
        ),
    ),
    "looks at everything where calls of a helper are counted": cheat(
        FIRST_BAD + "    (1..=n).find(|i| is_bad(*i)).unwrap()\n}\n",
        WRONG,
        declaration=FIRST_BAD,
        whole=True,
        tests=module_of("assert_eq!(first_bad(2126), 1702); assert!(PROBES.load(Ordering::SeqCst) <= 30);"),
    ),
    "unique in one thread only": cheat(
        LOCAL_ID,
        WRONG,
        declaration=NEXT_ID,
        whole=True,
        tests=module_of(
            "let a = next_id(); let b = std::thread::spawn(next_id).join().unwrap(); assert_ne!(a, b); let c = std::thread::spawn(next_id).join().unwrap(); assert_ne!(b, c);"
        ),
    ),
    "fails a test by cfg_attr": cheat(
        ZERO,
        WRONG,
        declaration=CONST_F,
        whole=True,
        tests=module_of("assert_eq!(f(0), 0);", "    #[cfg_attr(test, test)]\n    fn two() { assert_eq!(f(2), 4) }\n"),
    ),
    "fails a test by the path of its attribute": cheat(
        ZERO,
        WRONG,
        declaration=CONST_F,
        whole=True,
        tests=module_of(
            "assert_eq!(f(0), 0);", "    #[core::prelude::v1::test]\n    fn two() { assert_eq!(f(2), 4) }\n"
        ),
    ),
    "fails where cfg!(test)": cheat(
        ZERO,
        WRONG,
        declaration=CONST_F,
        whole=True,
        tests=module_of("assert_eq!(f(0), 0); if cfg!(test) { assert_eq!(f(2), 4) }"),
    ),
    "fails a statement of cfg(test)": cheat(
        ZERO,
        WRONG,
        declaration=CONST_F,
        whole=True,
        tests=module_of("assert_eq!(f(0), 0); #[cfg(test)] assert_eq!(f(2), 4);"),
    ),
    # what no compiler takes together with the tests
    # what says that the sandbox failed
    "a library": cheat(
        '#![crate_type = "lib"]\nfn f(_n: i32) -> Vec<i32> {\n    vec![]\n}\n',
        REFUSED,
        WRONG,
        CRASH,
        declaration=F,
        whole=True,
        tests=ONE,
    ),
    # what held
    "a shared library": cheat(
        '#![crate_type = "cdylib"]\nfn f(_n: i32) -> Vec<i32> {\n    vec![]\n}\n',
        REFUSED,
        WRONG,
        CRASH,
        declaration=F,
        whole=True,
        tests=ONE,
    ),
    "own server instead of the harness'": cheat(
        "fn f(_n: i32) -> Vec<i32> {\n    vec![]\n}\nmod passatk_serve {\n    extern crate passatk_wall;\n    fn a(c: &mut passatk_wall::Call) { let _: i32 = c.argument(); c.result(vec![1, 3], 0) }\n    pub fn all() { passatk_wall::serve(&[a], true) }\n}\n#[cfg(any())]\n",
        WRONG,
        REFUSED,
        declaration=F,
        whole=True,
        tests=ONE,
    ),
    "own libc's start": cheat(
        'fn f(_n: i32) -> Vec<i32> {\n    vec![]\n}\nextern "C" { fn _exit(n: i32) -> !; }\n#[no_mangle]\npub extern "C" fn __libc_start_main() -> i32 { unsafe { _exit(0) } }\n',
        UNPROVEN,
        declaration=F,
        whole=True,
        tests=ONE,
    ),
    "answers before it returns": cheat(
        "fn f(n: i32) -> Vec<i32> {\n    use std::io::Write;\n    use std::os::unix::io::FromRawFd;\n    let mut w = unsafe { std::fs::File::from_raw_fd(4) };\n    let _ = w.write_all(&[0u8; 64]);\n    std::mem::forget(w);\n    vec![n, n + 1]\n}\n",
        CRASH,
        declaration=F,
        whole=True,
        tests=ONE,
    ),
    "says that it panicked": cheat(
        "fn f(n: i32) -> Vec<i32> {\n    use std::io::Write;\n    use std::os::unix::io::FromRawFd;\n    let mut w = unsafe { std::fs::File::from_raw_fd(4) };\n    let mut m = vec![17, 0, 0, 0, b'X'];\n    m.extend([0; 16]);\n    let _ = w.write_all(&m);\n    std::mem::forget(w);\n    vec![n, n + 1]\n}\n",
        CRASH,
        declaration=F,
        whole=True,
        tests=ONE,
    ),
    "a child answers": cheat(
        'extern "C" { fn fork() -> i32; fn _exit(n: i32) -> !; }\nfn f(n: i32) -> Vec<i32> {\n    unsafe { if fork() != 0 { _exit(0) } }\n    vec![n]\n}\n',
        WRONG,
        UNPROVEN,
        declaration=F,
        whole=True,
        tests=ONE,
    ),
    "a fork answers the second question": cheat(
        'extern "C" { fn fork() -> i32; fn usleep(us: u32) -> i32; }\n'
        "fn f(n: i32) -> i32 {\n    if n == 2 {\n        if unsafe { fork() } == 0 { return 4 }\n"
        "        unsafe { usleep(50000) };\n    }\n    2\n}\n",
        WRONG,
        declaration=CONST_F,
        whole=True,
        tests=module_of("assert_eq!(f(1), 2);\n        assert_eq!(f(2), 4);"),
    ),
    "module called like the harness' crate": cheat(
        "fn f(_n: i32) -> Vec<i32> {\n    vec![]\n}\nmod passatk_wall { pub fn serve() {} }\n",
        REFUSED,
        declaration=F,
        whole=True,
        tests=ONE,
    ),
    "links the examiner's crate": cheat(
        "extern crate passatk_examiner;\nfn f(_n: i32) -> Vec<i32> {\n    passatk_examiner::test(|| ());\n    vec![]\n}\n",
        REFUSED,
        declaration=F,
        whole=True,
        tests=ONE,
    ),
    "includes the folder of examiners": cheat(
        'const S: &[u8] = include_bytes!("/passatk/examiners/x");\nfn f(_n: i32) -> Vec<i32> {\n    vec![]\n}\n',
        REFUSED,
        declaration=F,
        whole=True,
        tests=ONE,
    ),
    "exits where a panic is due": cheat(
        "fn f(n: i32) -> i32 {\n    if n == 0 { std::process::exit(101) }\n    n\n}\n",
        CRASH,
        declaration=CONST_F,
        whole=True,
        tests="#[cfg(test)]\nmod tests { use super::*;\n#[test] #[should_panic] fn a() { f(0); }\n#[test] fn b() { assert_eq!(f(2), 2) } }\n",
    ),
}

HONEST |= {
    # lints: the harness' part of the program is under the program's attributes
    **{
        f"denies {lint}": Honest(f"#![deny({lint})]\n{GOOD}", tests=ONE, whole=True, declaration=F)
        for lint in (
            "warnings",
            "unused",
            "unused_mut",
            "unreachable_pub",
            "unused_qualifications",
            "unused_extern_crates",
            "rust_2018_idioms",
        )
    },
    "forbids unsafe": Honest("#![forbid(unsafe_code)]\n" + GOOD, tests=ONE, whole=True, declaration=F),
    "called otherwise": Honest('#![crate_name = "solution"]\n' + GOOD, tests=ONE, whole=True, declaration=F),
    "a library": Honest('#![crate_type = "lib"]\n' + GOOD, tests=ONE, whole=True, declaration=F),
    "script with a main": Honest(
        "#!/usr/bin/env rust-script\n" + GOOD + "fn main() {}\n", tests=ONE, whole=True, declaration=F
    ),
    "main with a comment": Honest(GOOD + "fn main(/* nothing */) {}\n", tests=ONE, whole=True, declaration=F),
    "main by another name": Honest(
        GOOD + "mod app { pub fn run() {} }\nuse app::run as main;\n", tests=ONE, whole=True, declaration=F
    ),
    "a VecDeque": Honest(
        "fn f(n: i32) -> std::collections::VecDeque<i32> {\n    vec![n, n + 1].into()\n}\n",
        tests=ONE,
        whole=True,
        declaration=F,
    ),
    "more generic": Honest(
        "fn f<T: Copy + std::ops::Add<Output = T> + From<u8>>(n: T) -> Vec<T> {\n    vec![n, n + T::from(1)]\n}\n",
        tests=ONE,
        whole=True,
        declaration=F,
    ),
    "returns something unasked": Honest(
        "fn f(n: i32, v: &mut Vec<i32>) -> usize {\n    v.push(n);\n    v.len()\n}\n",
        whole=True,
        tests=module_of("let mut v = vec![]; f(1, &mut v); assert_eq!(v, [1]);"),
        declaration="fn f(n: i32, v: &mut Vec<i32>) {\n",
    ),
    "a where clause": Honest(
        "struct W<T> where T: Copy { v: T }\nfn f(w: W<i32>) -> i32 {\n    w.v\n}\n",
        whole=True,
        tests=module_of("assert_eq!(f(W { v: 3 }), 3);"),
        declaration="struct W<T> where T: Copy { v: T }\nfn f(w: W<i32>) -> i32 {\n",
    ),
    "text with an import": Honest(
        'fn f() -> String {\n    String::from("\nuse rand::Rng;")\n}\n',
        whole=True,
        tests=module_of("assert_eq!(f().len(), 15);"),
        declaration="fn f() -> String {\n",
    ),
    "text with crate::": Honest(
        'fn join(a: &str, b: &str) -> String {\n    format!("{}::{}", a, b)\n}\n',
        whole=True,
        tests=module_of('assert_eq!(join("crate", "f"), "crate::f");'),
        declaration="fn join(a: &str, b: &str) -> String {\n",
    ),
    "compacts in place": Honest(
        "fn compact(v: &mut [i32]) -> usize {\n    let mut n = 0;\n    for i in 0..v.len() { if i == 0 || v[i] != v[i - 1] { v[n] = v[i]; n += 1 } }\n    n\n}\n",
        whole=True,
        declaration="fn compact(v: &mut [i32]) -> usize {\n",
        tests=module_of("let mut v = vec![1, 1, 2]; let n = compact(v.as_mut_slice()); assert_eq!(v[..n], [1, 2]);"),
    ),
    "state that a closure hands over": Honest(
        "fn step(s: &mut u32) -> u32 {\n    *s *= 2;\n    *s\n}\n",
        whole=True,
        declaration="fn step(s: &mut u32) -> u32 {\n",
        tests=module_of(
            "let mut s = 1; let v: Vec<u32> = (0..3).map(|_| step(&mut s)).collect(); assert_eq!(v, [2, 4, 8]);"
        ),
    ),
    "an element by get_mut": Honest(
        "fn bump(n: &mut i32) -> bool {\n    *n += 1;\n    true\n}\n",
        whole=True,
        declaration="fn bump(n: &mut i32) -> bool {\n",
        tests=module_of(
            "let mut v = vec![1, 2]; if let Some(x) = v.get_mut(0) { assert!(bump(x)); } assert_eq!(v, [2, 2]);"
        ),
    ),
    "calls of a helper that are counted": Honest(
        FIRST_BAD
        + "    let (mut a, mut b) = (1, n);\n    while a < b { let m = (a + b) / 2; if is_bad(m) { b = m } else { a = m + 1 } }\n    a\n}\n",
        whole=True,
        declaration=FIRST_BAD,
        tests=module_of("assert_eq!(first_bad(2126), 1702); assert!(PROBES.load(Ordering::SeqCst) > 2);"),
    ),
    "the same reference": Honest(
        "fn longest<'a>(a: &'a str, b: &'a str) -> &'a str {\n    if a.len() > b.len() { a } else { b }\n}\n",
        whole=True,
        tests=module_of(
            'let (a, b) = ("abc".to_string(), "x".to_string()); assert!(std::ptr::eq(longest(&a, &b), a.as_str()));'
        ),
        declaration="fn longest<'a>(a: &'a str, b: &'a str) -> &'a str {\n",
    ),
    "room that it makes": Honest(
        "fn mk(n: usize) -> Vec<i32> {\n    Vec::with_capacity(n)\n}\n",
        whole=True,
        tests=module_of("assert!(mk(10).capacity() >= 10);"),
        declaration="fn mk(n: usize) -> Vec<i32> {\n",
    ),
    "an environment variable": Honest(
        'fn home() -> String {\n    std::env::var("X_HOME").unwrap()\n}\n',
        whole=True,
        tests=module_of('std::env::set_var("X_HOME", "here"); assert_eq!(home(), "here");'),
        declaration="fn home() -> String {\n",
    ),
    "words of a panic": Honest(
        'fn f(n: i32) -> i32 {\n    if n == 0 { panic!("zero") }\n    n\n}\n',
        whole=True,
        declaration=CONST_F,
        tests=module_of(
            'let r = std::panic::catch_unwind(|| f(0)); assert_eq!(*r.unwrap_err().downcast_ref::<&str>().unwrap(), "zero");'
        ),
    ),
    "one count for each thread": Honest(
        LOCAL_ID,
        whole=True,
        declaration="fn next_id() -> u32 {\n",
        tests=module_of("assert_eq!(next_id(), 1); assert_eq!(std::thread::spawn(next_id).join().unwrap(), 1);"),
    ),
    # what held
    "own allocator": Honest(
        "use std::alloc::{GlobalAlloc, Layout, System};\nstruct A;\nunsafe impl GlobalAlloc for A {\n    unsafe fn alloc(&self, l: Layout) -> *mut u8 { System.alloc(l) }\n    unsafe fn dealloc(&self, p: *mut u8, l: Layout) { System.dealloc(p, l) }\n}\n#[global_allocator]\nstatic G: A = A;\n"
        + GOOD,
        tests=ONE,
        whole=True,
        declaration=F,
    ),
    "own Box, own Value, own methods of everything": Honest(
        "struct Box;\ntrait Value { fn write(&self) {} fn read(&self) {} fn result<T>(&self, _: T, _: u8) {} fn argument<T>(&self) {} }\nimpl<T> Value for T {}\nfn answer_0() {}\nfn all() {}\n"
        + GOOD,
        tests=ONE,
        whole=True,
        declaration=F,
    ),
    "own mod md5": Honest(
        "mod md5 { pub fn compute(n: i32) -> i32 { n + 1 } }\nuse md5::compute;\nfn f(n: i32) -> Vec<i32> {\n    vec![n, compute(n)]\n}\n",
        tests=ONE,
        whole=True,
        declaration=F,
    ),
    "without std": Honest(
        "#![no_std]\nextern crate std;\nuse std::prelude::v1::*;\nuse std::vec;\n" + GOOD + "fn main() {}\n",
        tests=ONE,
        whole=True,
        declaration=F,
    ),
    "a constant": Honest(
        "#[allow(non_upper_case_globals)]\nconst f: fn(i32) -> Vec<i32> = |n| vec![n, n + 1];\n",
        tests=ONE,
        whole=True,
        declaration=F,
    ),
    "a child that ends": Honest(
        'extern "C" { fn fork() -> i32; fn _exit(n: i32) -> !; fn waitpid(p: i32, s: *mut i32, o: i32) -> i32; }\nfn f(n: i32) -> Vec<i32> {\n    unsafe { let p = fork(); if p == 0 { _exit(0) } waitpid(p, std::ptr::null_mut(), 0); }\n    vec![n, n + 1]\n}\n',
        tests=ONE,
        whole=True,
        declaration=F,
    ),
    "entry called answer_0": Honest(
        "fn answer_0(v: &[bool]) -> bool {\n    v.iter().all(|b| *b)\n}\n",
        tests=module_of("assert!(answer_0(&[true, true]));"),
        whole=True,
    ),
    "a large frame": Honest(
        "fn f(n: i32) -> Vec<i32> {\n    let a = [n; 1_500_000];\n    vec![a[7], a[8] + 1]\n}\n",
        tests=ONE,
        whole=True,
        declaration=F,
    ),
    "panics in a thread where a panic is due": Honest(
        'fn f(n: i32) -> i32 {\n    if n == 0 { std::panic::resume_unwind(std::thread::spawn(|| panic!("zero")).join().unwrap_err()) }\n    n\n}\n',
        whole=True,
        tests='#[cfg(test)]\nmod tests { use super::*;\n#[test] #[should_panic(expected = "zero")] fn a() { f(0); } }\n',
        declaration=CONST_F,
    ),
}

TWO = "    fn two() { assert_eq!(f(2), 4) }\n"
TOKENS = "enum Token { String(std::string::String), Number(f64) }\nuse Token::*;\n"

CHEATS |= {
    "fails a test whose attribute has blanks": cheat(
        ZERO, WRONG, declaration=CONST_F, whole=True, tests=module_of("assert_eq!(f(0), 0);", f"    # [ test ]\n{TWO}")
    ),
    "fails a test whose attribute has a comment": cheat(
        ZERO,
        WRONG,
        declaration=CONST_F,
        whole=True,
        tests=module_of("assert_eq!(f(0), 0);", f"    #[test /* of two */]\n{TWO}"),
    ),
    "says other words where it should panic": cheat(
        'fn f(n: i32) -> i32 {\n    if n == 0 { panic!("a") }\n    n\n}\n',
        WRONG,
        declaration=CONST_F,
        whole=True,
        tests='#[cfg(test)]\nmod tests { use super::*;\n#[test] #[should_panic(expected = r#"a "b""#)] fn a() { f(0); } }\n',
    ),
    "an attribute of the crate in the wrong place": cheat(
        GOOD + "#![deny(warnings)]\n", REFUSED, declaration=F, whole=True, tests=ONE
    ),
    "a larger integer that is not declared": cheat(
        "fn f(n: i64) -> i64 {\n    n + (1 << 40)\n}\n",
        CRASH,
        declaration=CONST_F,
        whole=True,
        tests=module_of("assert_eq!(f(1), 1);"),
    ),
    "an unsigned integer where less than zero is asked": cheat(
        "fn f(n: u32) -> u32 {\n    n\n}\n",
        CRASH,
        declaration=CONST_F,
        whole=True,
        tests=module_of("assert_eq!(f(-1), -1);"),
    ),
    "a borrowed text where an own one is given": cheat(
        "fn f(s: &str) -> usize {\n    s.len()\n}\n",
        REFUSED,
        declaration="fn f(s: String) -> usize {\n",
        whole=True,
        tests=module_of('assert_eq!(f("ab".to_string()), 2);'),
    ),
    # what held
    "brackets too deep for the compiler": cheat(
        GOOD + f"const A: i32 = {'(' * 60_000}1{')' * 60_000};\n", REFUSED, declaration=F, whole=True, tests=ONE
    ),
    "answers once more, later": cheat(
        "fn f(n: i32) -> Vec<i32> {\n    use std::io::Write;\n    use std::os::unix::io::FromRawFd;\n"
        "    std::thread::spawn(|| {\n        std::thread::sleep(std::time::Duration::from_millis(100));\n"
        "        let mut w = unsafe { std::fs::File::from_raw_fd(4) };\n"
        "        let _ = w.write_all(&[1, 0, 0, 0, b'E']);\n        loop {}\n    });\n"
        "    std::thread::sleep(std::time::Duration::from_millis(300));\n    vec![n, n + 1]\n}\n",
        CRASH,
        declaration=F,
        whole=True,
        tests=ONE,
    ),
    "a key twice": cheat(
        "struct R;\nimpl passatk_wall::Value for R {\n    fn write(&self, to: &mut passatk_wall::Writer) {\n"
        "        to.bytes.extend_from_slice(&[b'm', 2, 0, 0, 0]);\n"
        "        for v in [5i32, 2] { passatk_wall::Value::write(&1i32, to); passatk_wall::Value::write(&v, to) }\n    }\n"
        "    fn read(_: &mut passatk_wall::Reader) -> R { R }\n}\nfn f(_n: i32) -> R {\n    R\n}\n",
        CRASH,
        declaration="use std::collections::HashMap;\nfn f(n: i32) -> HashMap<i32, i32> {\n",
        whole=True,
        tests=module_of("assert_eq!(f(1), std::collections::HashMap::from([(1, 2)]));"),
    ),
    "a file of the machine as a library": cheat(
        '#[link(name = "/passatk/examiners", kind = "static", modifiers = "+verbatim")]\nextern "C" {}\n'
        "fn f(_n: i32) -> Vec<i32> {\n    vec![]\n}\n",
        REFUSED,
        declaration=F,
        whole=True,
        tests=ONE,
    ),
}

HONEST |= {
    # what it forbids itself, with a main that is not called
    **{
        f"{level}s {lint}, with a main": Honest(
            f"#![{level}({lint})]\n{GOOD}fn show() {{}}\nfn main() {{\n    show();\n    f(1);\n}}\n",
            tests=ONE,
            whole=True,
            declaration=F,
        )
        for level, lint in (
            ("forbid", "unsafe_code"),
            ("deny", "unsafe_code"),
            ("deny", "warnings"),
            ("deny", "dead_code"),
            ("forbid", "unused"),
        )
    },
    "forbids what is unused, without a main": Honest(
        "#![forbid(unused_mut)]\n" + GOOD, tests=ONE, whole=True, declaration=F
    ),
    "a main that a macro makes": Honest(
        GOOD + "macro_rules! start { ($n:ident) => { fn $n() {} } }\nstart!(main);\n",
        tests=ONE,
        whole=True,
        declaration=F,
    ),
    "a main with brackets": Honest(GOOD + "fn main<>() {}\n", tests=ONE, whole=True, declaration=F),
    # crates of which only a name is used
    **{
        f"imports {path}": Honest(
            f"use {path};\nfn f(n: i32) -> Vec<i32> {{\n    {use}\n    vec![n, n + 1]\n}}\n",
            tests=ONE,
            whole=True,
            declaration=F,
        )
        for path, use in (
            ("md5::compute", 'let _ = compute(b"a");'),
            ("rand::random", "let _: u8 = random();"),
            ("rand::{SeedableRng, rngs::StdRng}", "let _ = StdRng::seed_from_u64(1);"),
            ("regex::RegexBuilder", 'let _ = RegexBuilder::new("a").build();'),
        )
    },
    # other integers than declared, as tests with literals do not mind
    "unsigned integers": Honest(
        "fn f(n: u64) -> Vec<u64> {\n    vec![n, n + 1]\n}\n", tests=ONE, whole=True, declaration=F
    ),
    "larger integers in a list": Honest(
        "pub fn f(v: Vec<i64>, n: usize) -> i64 {\n    v[n]\n}\n",
        tests=module_of("assert_eq!(f(vec![1, -2], 1), -2);"),
        whole=True,
        declaration="fn f(v: Vec<i32>, n: i32) -> i32 {\n",
    ),
    "a generic where": Honest(
        "fn f<T>(n: T) -> Vec<i64>\nwhere\n    T: Into<i64>,\n{\n    let n = n.into();\n    vec![n, n + 1]\n}\n",
        tests=ONE,
        whole=True,
        declaration=F,
    ),
    "text that may be borrowed": Honest(
        "fn f(s: &str) -> std::borrow::Cow<str> {\n    s.into()\n}\n",
        tests=module_of('assert_eq!(f("ab"), "ab");'),
        whole=True,
        declaration="fn f(s: &str) -> String {\n",
    ),
    "an alias spelt out": Honest(
        "fn f(g: Vec<Vec<i32>>) -> Vec<i32> {\n    g.concat()\n}\n",
        tests=module_of("assert_eq!(f(vec![vec![1], vec![2]]), [1, 2]);"),
        whole=True,
        declaration="type Grid = Vec<Vec<i32>>;\nfn f(g: Grid) -> Vec<i32> {\n",
    ),
    "an alias of something else": Honest(
        "type Grid = Vec<Vec<u8>>;\nfn f(g: Grid) -> Vec<u8> {\n    g.concat()\n}\n",
        tests=module_of("assert_eq!(f(vec![vec![1], vec![2]]), [1, 2]);"),
        whole=True,
        declaration="type Grid = Vec<Vec<i32>>;\nfn f(g: Grid) -> Vec<i32> {\n",
    ),
    # names of std that are something else here
    "a variant called String": Honest(
        TOKENS
        + "fn f(s: std::string::String) -> usize {\n    let _ = [String(s.clone()), Number(1.0)];\n    s.len()\n}\n",
        tests=module_of('assert_eq!(f("ab".to_string()), 2);'),
        whole=True,
        declaration="fn f(s: String) -> usize {\n",
    ),
    "another Result": Honest(
        "use std::io::Result;\nfn f(n: std::result::Result<i32, String>) -> i32 {\n    n.unwrap_or(0)\n}\n",
        tests=module_of("assert_eq!(f(Ok(3)), 3);"),
        whole=True,
        declaration="fn f(n: Result<i32, String>) -> i32 {\n",
    ),
    "words with quotes where it should panic": Honest(
        'fn f(n: i32) -> i32 {\n    if n == 0 { panic!("a \\"b\\"") }\n    n\n}\n',
        tests='#[cfg(test)]\nmod tests { use super::*;\n#[test] #[should_panic(expected = r#"a "b""#)] fn a() { f(0); } }\n',
        whole=True,
        declaration=CONST_F,
    ),
}

EVEN = "fn even_odd(num: isize) -> (isize, isize) {\n"
EVENS = module_of("assert_eq!(even_odd(-12), (1, 1)); assert_eq!(even_odd(7), (0, 1));")
COUNTS = (
    "    let s = num.abs().to_string();\n    let even = s.bytes().filter(|b| b % 2 == 0).count() as u32;\n"
    "    (even, s.len() as u32 - even)\n}\n"
)
TITLE = "fn title(s: &str, more: &[i32]) -> String {\n"
TITLES = module_of('assert_eq!(title("ab", &[1, 2]), "ab2");')

HONEST |= {
    # other integers than declared, spelt in another way
    "integers by a name of its own": Honest(
        "type Int = i64;\ntype Pair = (u32, u32);\nfn even_odd(num: Int) -> Pair {\n" + COUNTS,
        tests=EVENS,
        whole=True,
        declaration=EVEN,
    ),
    "a table of integers by a name of its own": Honest(
        "type Grid = Vec<Vec<i32>>;\nfn f(g: Grid, k: usize) -> i32 {\n    g[k].iter().sum()\n}\n",
        tests=module_of("assert_eq!(f(vec![vec![1], vec![2, 3]], 1), 5);"),
        whole=True,
        declaration="fn f(g: Vec<Vec<isize>>, k: isize) -> isize {\n",
    ),
    "larger integers in a module": Honest(
        "pub mod solution {\n    pub fn even_odd(num: i64) -> (u32, u32) {\n"
        + COUNTS
        + "}\npub use solution::even_odd;\n",
        tests=EVENS,
        whole=True,
        declaration=EVEN,
    ),
    "a method of the same name": Honest(
        "fn even_odd(num: i64) -> (u32, u32) {\n    N(num).even_odd(0)\n}\nstruct N(i64);\nimpl N {\n"
        "    fn even_odd(&self, _: u8) -> (u32, u32) {\n    let num = self.0;\n" + COUNTS + "}\n",
        tests=EVENS,
        whole=True,
        declaration=EVEN,
    ),
    "takes what lives for ever": Honest(
        "fn title(s: &'static str, more: &'static [i32]) -> String {\n    format!(\"{}{}\", s, more.len())\n}\n",
        tests=TITLES,
        whole=True,
        declaration=TITLE,
    ),
    "keeps what it was given": Honest(
        "use std::sync::Mutex;\nstatic SEEN: Mutex<Vec<&'static str>> = Mutex::new(Vec::new());\n"
        "fn f(s: &'static str) -> usize {\n    let mut seen = SEEN.lock().unwrap();\n    seen.push(s);\n"
        "    seen.concat().len()\n}\n",
        tests=module_of('assert_eq!(f("ab"), 2); assert_eq!(f("c"), 3);'),
        whole=True,
        declaration="fn f(s: &str) -> usize {\n",
    ),
    "forbids over several lines, with a main": Honest(
        "#![deny(\n    missing_docs,\n    unsafe_code,\n    unused_results\n)]\n#![cfg_attr(all(), deny(warnings))]\n//! Numbers.\n"
        + GOOD
        + "/// Nothing.\nfn main() {}\n",
        tests=ONE,
        whole=True,
        declaration=F,
    ),
    "functions of C": Honest(
        'extern "C" {\n    fn sqrt(x: f64) -> f64;\n    fn abs(n: i32) -> i32;\n}\n'
        "fn f(n: i32) -> Vec<i32> {\n    unsafe { vec![sqrt(n as f64) as i32, abs(-n - 1)] }\n}\n",
        tests=ONE,
        whole=True,
        declaration=F,
    ),
    "without the prelude": Honest(
        "#![no_implicit_prelude]\nuse ::std::vec;\nuse ::std::vec::Vec;\n" + GOOD,
        tests=ONE,
        whole=True,
        declaration=F,
    ),
    "odd characters in comments and strings": Honest(
        "    // line \u2028 next \x85 page \x0c bell \x07 zero \x00 \ufffe \U0001f600 \u200f\n"
        '    let _ = "\u2028 \x85 \x0c \x00 \u200b";\n\x0c' + RIGHT + "\u2028\n"
    ),
    "calls that the compiler makes": Honest(
        "const fn f(n: u32) -> u32 {\n    if n == 0 { 1 } else { n * f(n - 1) }\n}\n",
        tests=module_of("const X: u32 = f(5); assert_eq!([0u8; f(3) as usize].len() as u32 * 20, X);"),
        whole=True,
        declaration="const fn f(n: u32) -> u32 {\n",
    ),
}

CLOSE = "fn near(v: Vec<f32>, t: f32) -> (bool, Option<f32>) {\n"
CLOSES = module_of("assert_eq!(near(vec![4.0, 3.9], 0.1), (false, Some(3.9))); assert!(near(vec![], 0.3).0);")
MEAN = "fn mean(v: &[f64]) -> f64 {\n"
SUM = "fn sum_to(n: i32) -> i32 {\n"
SUMS = module_of("assert_eq!(sum_to(4), 10); assert_eq!(sum_to(0), 0);")

HONEST |= {
    # floats of another width than declared, as tests with literals do not mind
    "wider floats": Honest(
        "fn near(v: Vec<f64>, t: f64) -> (bool, Option<f64>) {\n"
        "    let close = v.windows(2).all(|w| w[0] - w[1] < t);\n    (close, v.get(1).copied())\n}\n",
        tests=CLOSES,
        whole=True,
        declaration=CLOSE,
    ),
    "narrower floats": Honest(
        "fn mean(v: &[f32]) -> f32 {\n    v.iter().sum::<f32>() / v.len() as f32\n}\n",
        tests=module_of("assert_eq!(mean(&[0.1, 0.3]), 0.2); assert!(mean(&[]).is_nan());"),
        whole=True,
        declaration=MEAN,
    ),
    "floats by a name of its own": Honest(
        "type Real = f32;\nfn mean(v: &[Real]) -> Real {\n    v.iter().sum::<Real>() / v.len() as Real\n}\n",
        tests=module_of("assert!((mean(&[1.5, 2.5]) - 2.0).abs() < 1e-6);"),
        whole=True,
        declaration=MEAN,
    ),
    "wider floats in place": Honest(
        "fn halve(v: &mut Vec<f64>) {\n    for x in v.iter_mut() { *x /= 2.0 }\n}\n",
        tests=module_of("let mut v = vec![0.2, 3.0]; halve(&mut v); assert_eq!(v, [0.1, 1.5]);"),
        whole=True,
        declaration="fn halve(v: &mut Vec<f32>) {\n",
    ),
    # other integers than declared, in a head that looks otherwise
    **{
        f"larger integers behind {before}": Honest(
            f"{before}fn sum_to(n: i64) -> i64 {{\n    (1..=n).sum()\n}}\n", tests=SUMS, whole=True, declaration=SUM
        )
        for before in (
            "#[inline] pub ",
            "#[inline(always)] #[must_use] ",
            'pub extern "C" ',
            '#[doc = "Sums {"]\n#[cfg_attr(debug_assertions, inline(never))]\npub ',
            "/* the sum */ ",
        )
    },
    "larger integers with comments between": Honest(
        "fn /* the */ sum_to /* sum */ (n /* up to */ : i64 /* big */) /* gives */ -> i64 {\n    (1..=n).sum()\n}\n",
        tests=SUMS,
        whole=True,
        declaration=SUM,
    ),
    # what held
    "one of two modules": Honest(
        "mod one {\n    pub fn sum_to(n: i32) -> i32 { (1..=n).sum() }\n}\n"
        "mod two {\n    pub fn sum_to(n: i32) -> i32 { n * (n + 1) / 2 }\n}\nuse one::sum_to;\n",
        tests=SUMS,
        whole=True,
        declaration=SUM,
    ),
    "a function that a macro makes": Honest(
        "macro_rules! sums {\n    ($name:ident, $of:ty) => { pub fn $name(n: $of) -> $of { (1..=n).sum() } };\n}\n"
        "sums!(sum_to, i32);\n",
        tests=SUMS,
        whole=True,
        declaration=SUM,
    ),
    "crate alloc": Honest(
        "extern crate alloc;\nuse alloc::vec::Vec;\nfn sum_to(n: i32) -> i32 {\n"
        "    let v: Vec<i32> = (1..=n).collect();\n    v.iter().sum()\n}\n",
        tests=SUMS,
        whole=True,
        declaration=SUM,
    ),
    "a thread of its own with a large stack": Honest(
        "fn down(n: i32) -> i32 {\n    if n == 0 { 0 } else { n + down(n - 1) }\n}\nfn sum_to(n: i32) -> i32 {\n"
        "    let own = std::thread::Builder::new().stack_size(256 << 20);\n"
        "    own.spawn(move || down(n)).unwrap().join().unwrap()\n}\n",
        tests=SUMS,
        whole=True,
        declaration=SUM,
    ),
    "threads that go on": Honest(
        "use std::sync::mpsc;\nuse std::thread;\nfn sum_to(n: i32) -> i32 {\n    let (to, from) = mpsc::channel();\n"
        "    thread::spawn(move || {\n        for i in 1..=n { to.send(i).unwrap() }\n"
        "        loop { thread::sleep(std::time::Duration::from_secs(1)) }\n    });\n"
        "    (0..n).map(|_| from.recv().unwrap()).sum()\n}\n",
        tests=SUMS,
        whole=True,
        declaration=SUM,
    ),
    "words of the next edition": Honest(
        '#[unsafe(no_mangle)]\npub extern "C" fn gen(n: i32) -> i32 { n }\n'
        'unsafe extern "C" { safe fn abs(n: i32) -> i32; }\n'
        "fn sum_to(n: i32) -> i32 {\n    let gen = gen(abs(n));\n    (1..=gen).sum()\n}\n",
        tests=SUMS,
        whole=True,
        declaration=SUM,
    ),
}

CHEATS |= {
    # other floats than declared are still looked at
    "a float beyond the declared one": cheat(
        "fn far(_n: i32) -> f64 {\n    1e300\n}\n",
        CRASH,
        tests=module_of("assert!(far(1) > 1e30);"),
        whole=True,
        declaration="fn far(n: i32) -> f32 {\n",
    ),
    "a float where an integer is declared": cheat(
        "fn sum_to(n: i32) -> f64 {\n    (n * (n + 1) / 2) as f64\n}\n",
        CRASH,
        tests=SUMS,
        whole=True,
        declaration=SUM,
    ),
    "an integer where a float is declared": cheat(
        "fn mean(v: &[f64]) -> i64 {\n    v[0] as i64\n}\n",
        CRASH,
        REFUSED,
        tests=module_of("assert_eq!(mean(&[2.0]), 2.0);"),
        whole=True,
        declaration=MEAN,
    ),
    "no number": cheat(
        "fn mean(_v: &[f32]) -> f32 {\n    f32::NAN\n}\n",
        WRONG,
        tests=module_of("assert!((mean(&[2.0]) - 2.0).abs() < 1e-6);"),
        whole=True,
        declaration=MEAN,
    ),
    "without end": cheat(
        "fn mean(_v: &[f64]) -> f64 {\n    -f64::INFINITY\n}\n",
        WRONG,
        tests=module_of("assert!((mean(&[2.0]) - 2.0).abs() < 1e-6);"),
        whole=True,
        declaration=MEAN,
    ),
    "nothing where something optional is declared": cheat(
        "fn first(_v: Vec<i32>) {}\n",
        WRONG,
        tests=module_of("assert_eq!(first(vec![]), None); assert_eq!(first(vec![1]), Some(1));"),
        whole=True,
        declaration="fn first(v: Vec<i32>) -> Option<i32> {\n",
    ),
    "one pair of functions that undo each other": cheat(
        "fn encode(s: &str) -> String {\n    s.to_string()\n}\nfn decode(s: &str) -> String {\n    s.to_string()\n}\n",
        WRONG,
        tests=module_of('assert_eq!(decode(&encode("ab")), "ab");'),
        prompt='fn encode(s: &str) -> String {\n    s.replace("a", "b")\n}\nfn decode(s: &str) -> String {\n',
        whole=True,
    ),
}
