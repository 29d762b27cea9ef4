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
    send(CALLS, &mut Writer { bytes: vec![0, 0, 0, 0, b'E'] });
    let _ = std::io::stdout().flush();
    unsafe { _exit(0) }
}

fn say_broken(words: &str) -> ! {
    say("broken", words)
}

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

    pub fn argument<T: Lent + ?Sized>(&mut self, value: &T) {
        value.write_lent(&mut self.message)
    }

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

pub fn test<T: Outcome>(test: fn() -> T) {
    test().settle()
}

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
    let secret = u64::from_str_radix(&token[16..], 16).unwrap_or(0);
    *NEXT.lock().unwrap() = secret.wrapping_add(1);
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
    use std::ops::{Range, RangeInclusive};
    use std::sync::atomic::{AtomicU64, Ordering};

    static STATE: AtomicU64 = AtomicU64::new(0x243f_6a88_85a3_08d3);

    fn draw() -> u64 {
        let mut value = STATE.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::SeqCst);
        value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        value ^ (value >> 31)
    }

    fn unit() -> f64 {
        (draw() >> 11) as f64 / (1u64 << 53) as f64
    }

    pub trait Random {
        fn random() -> Self;
        /// `closed`: `high` may be drawn too.
        fn between(low: Self, high: Self, closed: bool) -> Self;
    }

    macro_rules! integers {
        ($($type:ident)*) => { $( impl Random for $type {
            fn random() -> Self { draw() as $type }
            fn between(low: Self, high: Self, closed: bool) -> Self {
                let span = high as i128 - low as i128 + closed as i128;
                assert!(span > 0, "cannot sample empty range");
                (low as i128 + draw() as i128 % span) as $type
            }
        } )* };
    }
    integers!(i8 i16 i32 i64 isize u8 u16 u32 u64 usize);

    macro_rules! floats {
        ($($type:ident)*) => { $( impl Random for $type {
            fn random() -> Self { unit() as $type }
            fn between(low: Self, high: Self, _: bool) -> Self { low + (high - low) * unit() as $type }
        } )* };
    }
    floats!(f32 f64);

    impl Random for bool {
        fn random() -> Self {
            draw() & 1 == 1
        }
        fn between(low: Self, high: Self, closed: bool) -> Self {
            u8::between(low as u8, high as u8, closed) == 1
        }
    }

    pub trait Span<T> {
        fn draw(self) -> T;
    }

    impl<T: Random> Span<T> for Range<T> {
        fn draw(self) -> T {
            T::between(self.start, self.end, false)
        }
    }

    impl<T: Random> Span<T> for RangeInclusive<T> {
        fn draw(self) -> T {
            let (low, high) = self.into_inner();
            T::between(low, high, true)
        }
    }

    pub struct ThreadRng;

    pub fn thread_rng() -> ThreadRng {
        ThreadRng
    }

    pub fn random<T: Random>() -> T {
        T::random()
    }

    pub trait Rng {
        fn gen<T: Random>(&mut self) -> T {
            T::random()
        }

        fn gen_range<T, S: Span<T>>(&mut self, range: S) -> T {
            range.draw()
        }

        fn gen_bool(&mut self, chance: f64) -> bool {
            unit() < chance
        }
    }

    impl Rng for ThreadRng {}
    impl<'a, R: Rng> Rng for &'a mut R {}
}

/// The same as it was up to rand 0.4, where a range is two numbers.
pub mod old_rand {
    use super::rand::Random;
    pub use super::rand::{random, thread_rng, ThreadRng};

    pub trait Rng {
        fn gen<T: Random>(&mut self) -> T {
            T::random()
        }

        fn gen_range<T: Random>(&mut self, low: T, high: T) -> T {
            T::between(low, high, false)
        }
    }

    impl Rng for ThreadRng {}
    impl<'a, R: Rng> Rng for &'a mut R {}
}
