//! The examiner's side of docs/wall.md: runs tests, asks the program, says what came of it.

extern crate passatk_wall;

use passatk_wall::{at_broken, raised, receive, send, words_of, Decode, Encode, Reader, Writer};
use std::cell::RefCell;
use std::collections::hash_map::DefaultHasher;
use std::fmt::{Arguments, Debug};
use std::fs::File;
use std::hash::Hasher;
use std::io::{Read, Write};
use std::os::unix::io::FromRawFd;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, Once};

const VERDICT: i32 = 3;
const ANSWERS: i32 = 4;
const CALLS: i32 = 5;

// --- what it says ----------------------------------------------------------------------------------------------

extern "C" {
    fn _exit(code: i32) -> !;
    fn getauxval(kind: u64) -> u64;
}

const RANDOM: u64 = 25;
const LONGEST: usize = 2000;

/// Says one line and ends, whatever else is going on.
fn say(word: &str, words: &str) -> ! {
    let mut line: String = word.to_owned();
    for part in words.split_whitespace() {
        line.push(' ');
        line.push_str(part);
    }
    if line.len() > LONGEST {
        let end = (0..=LONGEST).rev().find(|&at| line.is_char_boundary(at)).unwrap_or(0);
        line.truncate(end);
    }
    line.push('\n');
    let _ = unsafe { File::from_raw_fd(VERDICT) }.write_all(line.as_bytes());
    send(CALLS, &mut [0, 0, 0, 0, b'E']);
    let _ = std::io::stdout().flush();
    unsafe { _exit(0) }
}

fn say_broken(words: &str) -> ! {
    say("broken", words)
}

// --- calls -----------------------------------------------------------------------------------------------------

static NEXT: AtomicU64 = AtomicU64::new(0);
static ANSWERED: AtomicBool = AtomicBool::new(false);
static ONCE: Once = Once::new();
static mut TURNS: Option<Mutex<()>> = None;

/// One question at a time, whatever threads the tests start.
fn turns() -> &'static Mutex<()> {
    unsafe {
        ONCE.call_once(|| TURNS = Some(Mutex::new(())));
        (*std::ptr::addr_of!(TURNS)).as_ref().unwrap()
    }
}

pub struct Call {
    number: u64,
    message: Writer,
}

impl Call {
    pub fn new(function: u16, arguments: u8) -> Call {
        let number = NEXT.fetch_add(1, Ordering::SeqCst);
        let mut message = Writer { bytes: vec![0, 0, 0, 0, b'C'] };
        message.bytes.extend_from_slice(&number.to_le_bytes());
        message.bytes.extend_from_slice(&function.to_le_bytes());
        message.byte(arguments);
        Call { number, message }
    }

    pub fn argument<T: Encode + ?Sized>(&mut self, value: &T) {
        value.encode(&mut self.message)
    }

    /// What the function gives back.
    pub fn result<T: Decode>(self) -> T {
        let mut answer = self.ask();
        let value = answer.value();
        answer.end(0);
        value
    }

    /// Of a function that gives nothing back and changes what it is given.
    pub fn ask(mut self) -> Answer {
        let message = {
            let _turn = turns().lock();
            match send(CALLS, &mut self.message.bytes) {
                true => receive(ANSWERS),
                false => None,
            }
        };
        let mut from = match message {
            Some(message) => Reader::new(message),
            None => say("ended", ""),
        };
        let kind = from.byte();
        if kind != b'R' && kind != b'X' {
            say_broken(&format!("a message that begins with {:?}", kind as char))
        }
        let number = from.number(8);
        if number != self.number {
            say_broken("an answer to another question")
        }
        if kind == b'X' {
            let (class, words) = raised(&mut from);
            finished(&from);
            ANSWERED.store(true, Ordering::SeqCst);
            RAISED.with(|it| *it.borrow_mut() = Some((class, words.clone())));
            std::panic::panic_any(words)
        }
        Answer { from }
    }
}

pub struct Answer {
    from: Reader,
}

impl Answer {
    pub fn value<T: Decode>(&mut self) -> T {
        T::decode(&mut self.from)
    }

    pub fn changes(&mut self, count: u8) {
        if self.from.byte() != count {
            say_broken("the wrong number of changed arguments")
        }
    }

    pub fn change<T: Decode>(&mut self, place: u8, target: &mut T) {
        *target = self.changed(place);
    }

    pub fn change_slice<T: Decode>(&mut self, place: u8, target: &mut [T]) {
        let values: Vec<T> = self.changed(place);
        if values.len() != target.len() {
            say_broken("a slice of another length")
        }
        for (old, new) in target.iter_mut().zip(values) {
            *old = new;
        }
    }

    fn changed<T: Decode>(&mut self, place: u8) -> T {
        if self.from.byte() != place {
            say_broken("another argument changed")
        }
        self.value()
    }

    pub fn end(mut self, changes: u8) {
        if changes == 0 {
            self.changes(0);
        }
        finished(&self.from);
        ANSWERED.store(true, Ordering::SeqCst);
    }
}

fn finished(from: &Reader) {
    if !from.at_end() {
        say_broken("bytes behind an answer")
    }
}

// --- tests -----------------------------------------------------------------------------------------------------

thread_local! {
    static RAISED: RefCell<Option<(String, String)>> = RefCell::new(None);
}
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
    at_broken(say_broken);
    let mut token = [0; 32];
    if std::io::stdin().read_exact(&mut token).is_err() {
        say("error", "no token")
    }
    NEXT.store(first_number(&token), Ordering::SeqCst);
    let name = std::env::args().nth(1).unwrap_or_default();
    let run = match all.iter().find(|(known, _)| *known == name) {
        Some((_, run)) => *run,
        None => say("error", "no such examiner"),
    };
    match catch_unwind(run) {
        Ok(()) if ANSWERED.load(Ordering::SeqCst) => say("passed", &String::from_utf8_lossy(&token)),
        Ok(()) => say("error", "the tests asked nothing of the program"),
        Err(payload) => {
            let words = words_of(&*payload);
            match RAISED.with(|it| it.borrow_mut().take()) {
                Some((class, raised)) if raised == words => say("raised", &format!("{}: {}", class, words)),
                _ => {}
            }
            let asserted = FAILED.load(Ordering::SeqCst) || words.starts_with("assertion");
            say(if asserted { "failed" } else { "error" }, &words)
        }
    }
}

/// Not to be guessed by a program, and nothing about the token to be learnt from it.
fn first_number(token: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    let random = unsafe { getauxval(RANDOM) } as *const u8;
    if !random.is_null() {
        hasher.write(unsafe { std::slice::from_raw_parts(random, 16) });
    }
    hasher.write(token);
    hasher.finish() >> 1
}

// --- randomness of tests ---------------------------------------------------------------------------------------

/// What tests use of crate rand, from a fixed seed: the same inputs for every program.
pub mod rand {
    use std::ops::{Range, RangeInclusive};
    use std::sync::atomic::{AtomicU64, Ordering};

    static STATE: AtomicU64 = AtomicU64::new(0x243f_6a88_85a3_08d3);

    pub struct ThreadRng;

    pub fn thread_rng() -> ThreadRng {
        ThreadRng
    }

    pub fn random<T: Random>() -> T {
        T::random()
    }

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
    }

    /// Between two ends, the second not included.
    pub trait Between: Sized {
        fn between(low: Self, high: Self) -> Self;
        fn within(low: Self, high: Self) -> Self;
    }

    macro_rules! integers {
        ($($type:ident)*) => { $(
            impl Random for $type {
                fn random() -> Self { (((draw() as u128) << 64) | draw() as u128) as $type }
            }
            impl Between for $type {
                fn between(low: Self, high: Self) -> Self {
                    assert!(low < high, "cannot sample empty range");
                    Self::within(low, high - 1)
                }
                fn within(low: Self, high: Self) -> Self {
                    let span = (high as i128).wrapping_sub(low as i128) as u128;
                    let drawn = if span == u128::MAX { 0 } else { draw() as u128 % (span + 1) };
                    (low as i128).wrapping_add(drawn as i128) as $type
                }
            }
        )* };
    }
    integers!(i8 i16 i32 i64 isize i128 u8 u16 u32 u64 usize u128);

    macro_rules! floats {
        ($($type:ident)*) => { $(
            impl Random for $type {
                fn random() -> Self { unit() as $type }
            }
            impl Between for $type {
                fn between(low: Self, high: Self) -> Self { low + (high - low) * unit() as $type }
                fn within(low: Self, high: Self) -> Self { Self::between(low, high) }
            }
        )* };
    }
    floats!(f32 f64);

    impl Random for bool {
        fn random() -> Self {
            draw() & 1 == 1
        }
    }

    impl Random for char {
        fn random() -> Self {
            loop {
                if let Some(letter) = char::from_u32((draw() % 0x11_0000) as u32) {
                    return letter;
                }
            }
        }
    }

    impl<A: Random, B: Random> Random for (A, B) {
        fn random() -> Self {
            (A::random(), B::random())
        }
    }

    pub trait Spread<T> {
        fn draw(self) -> T;
    }

    impl<T: Between> Spread<T> for Range<T> {
        fn draw(self) -> T {
            T::between(self.start, self.end)
        }
    }

    impl<T: Between> Spread<T> for RangeInclusive<T> {
        fn draw(self) -> T {
            let (low, high) = self.into_inner();
            T::within(low, high)
        }
    }

    pub trait Rng {
        fn gen<T: Random>(&mut self) -> T {
            T::random()
        }

        fn gen_range<T, S: Spread<T>>(&mut self, range: S) -> T {
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
    use super::rand::{Between, Random};
    pub use super::rand::{random, thread_rng, ThreadRng};

    pub trait Rng {
        fn gen<T: Random>(&mut self) -> T {
            T::random()
        }

        fn gen_range<T: Between>(&mut self, low: T, high: T) -> T {
            T::between(low, high)
        }
    }

    impl Rng for ThreadRng {}
    impl<'a, R: Rng> Rng for &'a mut R {}
}
