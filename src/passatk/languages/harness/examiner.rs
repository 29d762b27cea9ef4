//! The examiner's side of docs/wall.md: runs tests, asks the program, says what came of it.

extern crate passatk_wall;

use passatk_wall::{receive, send, words_of, Lent, Reader, Value, Writer};
use std::cell::RefCell;
use std::fmt::{Arguments, Debug};
use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::io::FromRawFd;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Mutex;

const VERDICT: i32 = 3;
const ANSWERS: i32 = 4;
const CALLS: i32 = 5;
const LONGEST: usize = 2000;

extern "C" {
    fn _exit(code: i32) -> !;
}

/// Says one line and ends, whatever else is going on.
fn say(word: &str, words: &str) -> ! {
    let line: String = words.split_whitespace().fold(word.to_owned(), |line, part| line + " " + part);
    let line: String = line.chars().take(LONGEST).collect();
    let _ = unsafe { File::from_raw_fd(VERDICT) }.write_all((line + "\n").as_bytes());
    send(CALLS, &mut Writer::alone(b'E'));
    let _ = std::io::stdout().flush();
    unsafe { _exit(0) }
}

fn say_broken(words: &str) -> ! { say("broken", words) }

// --- calls -----------------------------------------------------------------------------------------------------

/// The number of the next call. It is held until the answer is there: one question at a time.
static NEXT: Mutex<u64> = Mutex::new(0);
static ANSWERED: AtomicBool = AtomicBool::new(false);

thread_local! {
    /// The class and words of the last panic that was an answer.
    static RAISED: RefCell<Option<(String, String)>> = RefCell::new(None);
}

pub struct Call {
    message: Writer,
}

impl Call {
    pub fn new(function: u16, arguments: u8) -> Call {
        let mut message = Writer::new(b'C', 0);
        message.bytes.extend_from_slice(&function.to_le_bytes());
        message.byte(arguments);
        Call { message }
    }

    pub fn argument<T: Lent + ?Sized>(&mut self, value: &T) { value.write_lent(&mut self.message) }

    /// What the function gives back.
    pub fn result<T: Value>(self) -> T {
        let mut answer = self.ask();
        let value = T::read(&mut answer.from);
        answer.changes(0);
        answer.end();
        value
    }

    /// Of a function that gives nothing back: its changes follow.
    pub fn changing(self, count: u8) -> Answer {
        let mut answer = self.ask();
        <()>::read(&mut answer.from);
        answer.changes(count);
        answer
    }

    fn ask(mut self) -> Answer {
        let mut next = NEXT.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let number = *next;
        *next = next.wrapping_add(1);
        self.message.bytes[5..13].copy_from_slice(&number.to_le_bytes());
        let sent = send(CALLS, &mut self.message);
        let mut from = match receive(ANSWERS, say_broken) {
            Some(message) if sent => message,
            _ => say("ended", ""),
        };
        let kind = from.byte();
        if kind != b'R' && kind != b'X' {
            say_broken(&format!("a message that begins with {:?}", kind as char))
        }
        if from.number(8) != number {
            say_broken("an answer to another question")
        }
        if kind == b'R' {
            return Answer { from };
        }
        let (class, words) = (from.text(), from.text());
        Answer { from }.end();
        RAISED.with(|it| *it.borrow_mut() = Some((class, words.clone())));
        drop(next);
        std::panic::panic_any(words)
    }
}

pub struct Answer {
    from: Reader,
}

impl Answer {
    fn changes(&mut self, count: u8) {
        if self.from.byte() != count {
            say_broken("the wrong number of changed arguments")
        }
    }

    pub fn change<T: Lent + ?Sized>(&mut self, place: u8, target: &mut T) {
        if self.from.byte() != place {
            say_broken("another argument changed")
        }
        target.change(&mut self.from)
    }

    pub fn end(self) {
        self.from.end();
        ANSWERED.store(true, Ordering::SeqCst);
    }
}

// --- tests -----------------------------------------------------------------------------------------------------

static FAILED: AtomicBool = AtomicBool::new(false);

/// What `assert!` with words of its own does where it does not hold.
pub fn failed(words: Arguments<'_>) -> ! {
    FAILED.store(true, Ordering::SeqCst);
    panic!("{}", words)
}

/// What a test may give back.
pub trait Outcome {
    fn settle(self);
}

impl Outcome for () {
    fn settle(self) {}
}

impl<T, E: Debug> Outcome for Result<T, E> {
    fn settle(self) {
        if let Err(error) = self {
            say("failed", &format!("Err({:?})", error))
        }
    }
}

pub fn test<T: Outcome>(test: fn() -> T) { test().settle() }

/// A test that holds if it panics, with the words `expected` in what it says.
pub fn should_panic<T: Outcome>(expected: &str, test: fn() -> T) {
    FAILED.store(false, Ordering::SeqCst);
    match catch_unwind(AssertUnwindSafe(test)) {
        Ok(_) => say("failed", "assertion failed: the test did not panic"),
        Err(payload) => {
            let words = words_of(&*payload);
            if !words.contains(expected) {
                say("failed", &format!("assertion failed: {:?} where {:?} was expected", words, expected))
            }
        }
    }
}

/// Reads the token, runs the tests of the name that it is given, and says what came of them.
pub fn main(all: &[(&str, fn())]) -> ! {
    let mut token = String::new();
    if !matches!(std::io::stdin().read_to_string(&mut token), Ok(32)) {
        say("error", "no token")
    }
    match u64::from_str_radix(&token[16..], 16) {
        Ok(secret) => *NEXT.lock().unwrap() = secret.wrapping_add(1),
        Err(_) => say("error", "a token that is no number"),
    }
    let name = std::env::args().nth(1).unwrap_or_default();
    let run = match all.iter().find(|(known, _)| *known == name) {
        Some((_, run)) => *run,
        None => say("error", "no such examiner"),
    };
    match catch_unwind(run) {
        Ok(()) if ANSWERED.load(Ordering::SeqCst) => say("passed", &token),
        Ok(()) => say("error", "the tests asked nothing of the program"),
        Err(payload) => {
            let words = words_of(&*payload);
            match RAISED.with(|it| it.borrow_mut().take()) {
                Some((class, raised)) if raised == words => say("raised", &format!("{}: {}", class, words)),
                _ if FAILED.load(Ordering::SeqCst) || words.starts_with("assertion") => say("failed", &words),
                _ => say("error", &words),
            }
        }
    }
}

// --- randomness of tests ---------------------------------------------------------------------------------------

/// What tests use of crate rand, from a fixed seed: the same inputs for every program.
pub mod rand {
    use std::sync::atomic::{AtomicU64, Ordering};

    // at this seed the reference of HumanEvalPack Rust/32 ends: it loops on about one polynomial in a hundred
    static STATE: AtomicU64 = AtomicU64::new(0x082e_fa98_ec4e_6c89);

    fn draw() -> u64 {
        let mut value = STATE.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::SeqCst);
        value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        value ^ (value >> 31)
    }

    fn unit() -> f64 { (draw() >> 11) as f64 / (1u64 << 53) as f64 }

    pub trait Random {
        fn random() -> Self;
        /// `high` is not drawn.
        fn between(low: Self, high: Self) -> Self;
    }

    macro_rules! numbers {
        ($($type:ident: $random:expr, $low:ident $high:ident => $between:expr;)*) => { $( impl Random for $type {
            fn random() -> Self { ($random) as $type }
            fn between($low: Self, $high: Self) -> Self {
                assert!($low < $high, "cannot sample empty range");
                ($between) as $type
            }
        } )* };
    }
    macro_rules! integers {
        ($($type:ident)*) => { numbers! { $( $type: draw(), low high => {
            low as i128 + draw() as i128 % (high as i128 - low as i128)
        }; )* } };
    }
    integers!(i8 i16 i32 i64 isize u8 u16 u32 u64 usize);
    numbers! {
        f32: unit(), low high => low + (high - low) * unit() as f32;
        f64: unit(), low high => low + (high - low) * unit();
    }

    impl Random for bool {
        fn random() -> Self { draw() & 1 == 1 }
        fn between(low: Self, _: Self) -> Self { low }
    }

    pub struct ThreadRng;

    pub fn thread_rng() -> ThreadRng { ThreadRng }

    pub fn random<T: Random>() -> T { T::random() }

    /// As it was up to rand 0.4, where a range is two numbers.
    pub trait Rng {
        fn gen<T: Random>(&mut self) -> T { T::random() }
        fn gen_range<T: Random>(&mut self, low: T, high: T) -> T { T::between(low, high) }
    }

    impl Rng for ThreadRng {}
    impl<'a, R: Rng> Rng for &'a mut R {}
}
