//! docs/wall.md in Rust: bytes, messages, and the program's side of the conversation.

mod values;
pub use values::{Lent, Value};

use std::any::Any;
use std::fs::File;
use std::io::{Read, Write};
use std::mem::ManuallyDrop;
use std::os::unix::io::FromRawFd;
use std::panic::{catch_unwind, AssertUnwindSafe};

const MOST_BYTES: usize = 16 << 20;
const MOST_DEPTH: u32 = 1000;

// --- bytes -----------------------------------------------------------------------------------------------------

/// A message that is being written. It begins with four bytes for its length.
pub struct Writer {
    pub bytes: Vec<u8>,
    /// The sign of all floats where their width is declared, else 0.
    floats: u8,
}

impl Writer {
    pub fn alone(sign: u8) -> Writer { Writer { bytes: vec![0, 0, 0, 0, sign], floats: 0 } }

    pub fn new(sign: u8, number: u64) -> Writer {
        let mut message = Writer::alone(sign);
        message.bytes.extend_from_slice(&number.to_le_bytes());
        message
    }

    pub fn byte(&mut self, byte: u8) { self.bytes.push(byte); }

    fn count(&mut self, count: usize) { self.bytes.extend_from_slice(&(count as u32).to_le_bytes()); }

    fn raw(&mut self, bytes: &[u8]) {
        self.count(bytes.len());
        self.bytes.extend_from_slice(bytes);
    }

    fn begin(&mut self, sign: u8, count: usize) {
        self.byte(sign);
        self.count(count);
    }

    /// Of a value whose type is left open: its name. The value follows.
    fn typed(&mut self, name: &str) {
        self.byte(b'a');
        self.raw(name.as_bytes());
    }

    /// A struct or a variant: its fields follow.
    pub fn own(&mut self, name: &str, fields: usize) {
        self.typed(name);
        self.begin(b'p', fields);
    }

    /// An integer by its low bits in two's complement.
    fn integer(&mut self, low: u128, negative: bool) {
        let small = low as i64;
        if small as u128 == low && (small < 0) == negative {
            self.byte(b'i');
            return self.bytes.extend_from_slice(&small.to_le_bytes());
        }
        let mut bytes = low.to_le_bytes().to_vec();
        let filler = if negative { 0xff } else { 0 };
        bytes.push(filler);
        while spare(&bytes, filler) {
            bytes.pop();
        }
        self.byte(b'I');
        self.raw(&bytes);
    }
}

/// Whether the last byte says nothing that the one before does not.
fn spare(bytes: &[u8], filler: u8) -> bool {
    let size = bytes.len();
    size > 1 && bytes[size - 1] == filler && (bytes[size - 2] ^ filler) < 0x80
}

/// A message that is being read. What makes no sense in it ends the process, by `refuse`.
pub struct Reader {
    raw: Vec<u8>,
    at: usize,
    depth: u32,
    /// A float may have another width than declared.
    any_width: bool,
    refuse: fn(&str) -> !,
}

impl Reader {
    pub fn broken(&self, words: &str) -> ! { (self.refuse)(words) }

    fn unexpected(&self, found: u8, due: &str) -> ! {
        self.broken(&format!("a value that begins with {:?} where {} was due", found as char, due))
    }

    fn left(&self) -> usize { self.raw.len() - self.at }

    fn take(&mut self, size: usize) -> &[u8] {
        if size > self.left() {
            self.broken(&format!("a message that ends {} bytes too soon", size - self.left()))
        }
        self.at += size;
        &self.raw[self.at - size..self.at]
    }

    pub fn byte(&mut self) -> u8 { self.take(1)[0] }

    pub fn number(&mut self, size: usize) -> u64 {
        let mut bytes = [0; 8];
        bytes[..size].copy_from_slice(self.take(size));
        u64::from_le_bytes(bytes)
    }

    pub fn end(&self) {
        if self.left() > 0 {
            self.broken("bytes behind a message")
        }
    }

    fn expect(&mut self, sign: u8, due: &str) {
        let found = self.byte();
        if found != sign {
            self.unexpected(found, due)
        }
    }

    fn integer(&mut self, due: &str) -> (u128, bool) {
        match self.byte() {
            b'i' => {
                let small = self.number(8) as i64;
                (small as u128, small < 0)
            }
            b'I' => {
                let size = self.number(4) as usize;
                let bytes = self.take(size).to_vec();
                let negative = size > 0 && bytes[size - 1] >= 0x80;
                let filler = if negative { 0xff } else { 0 };
                if size < 9 || size > 17 || spare(&bytes, filler) || (size == 17 && bytes[16] != filler) {
                    self.broken(&format!("an integer of {} bytes where {} was due", size, due))
                }
                let mut low = [filler; 16];
                low[..size.min(16)].copy_from_slice(&bytes[..size.min(16)]);
                (u128::from_le_bytes(low), negative)
            }
            found => self.unexpected(found, due),
        }
    }

    pub fn text(&mut self) -> String {
        let size = self.number(4) as usize;
        match String::from_utf8(self.take(size).to_vec()) {
            Ok(text) => text,
            Err(_) => self.broken("a text that is not UTF-8"),
        }
    }

    fn begin(&mut self, sign: u8, due: &str) -> usize {
        self.expect(sign, due);
        let count = self.number(4) as usize;
        if count > self.left() {
            self.broken(&format!("{} values in {} bytes", count, self.left()))
        }
        count
    }

    fn exactly(&self, found: usize, due: usize) {
        if found != due {
            self.broken(&format!("{} values where {} were due", found, due))
        }
    }

    /// The fields of a struct or a variant follow.
    pub fn fields(&mut self, count: usize) {
        let found = self.begin(b'p', "fields");
        self.exactly(found, count)
    }

    /// A value with its type, which may hold others of its kind.
    pub fn typed<T>(&mut self, read: impl FnOnce(&mut Reader, &str) -> T) -> T {
        self.expect(b'a', "a value with its type");
        self.depth += 1;
        if self.depth > MOST_DEPTH {
            self.broken(&format!("values nested more than {} deep", MOST_DEPTH))
        }
        let name = self.text();
        let value = read(self, &name);
        self.depth -= 1;
        value
    }

    pub fn unknown(&self, name: &str) -> ! { self.broken(&format!("a value of the unknown type {:?}", name)) }
}

// --- messages --------------------------------------------------------------------------------------------------

fn pipe(descriptor: i32) -> ManuallyDrop<File> { ManuallyDrop::new(unsafe { File::from_raw_fd(descriptor) }) }

/// The next message, or None where the pipe ends before it does.
pub fn receive(descriptor: i32, refuse: fn(&str) -> !) -> Option<Reader> {
    let mut pipe = pipe(descriptor);
    let mut size = [0; 4];
    pipe.read_exact(&mut size).ok()?;
    let size = u32::from_le_bytes(size) as usize;
    if size > MOST_BYTES {
        refuse(&format!("a message of {} bytes", size))
    }
    let mut raw = Vec::new();
    (&mut *pipe).take(size as u64).read_to_end(&mut raw).ok()?;
    if raw.len() < size {
        return None;
    }
    Some(Reader { raw, at: 0, depth: 0, any_width: false, refuse })
}

/// Whether somebody may read it.
pub fn send(descriptor: i32, message: &mut Writer) -> bool {
    let size = message.bytes.len() - 4;
    if size > MOST_BYTES {
        eprintln!("passatk: values of more than 16 MiB cannot be given or returned");
        std::process::exit(71)
    }
    message.bytes[..4].copy_from_slice(&(size as u32).to_le_bytes());
    pipe(descriptor).write_all(&message.bytes).is_ok()
}

/// What a panic says.
pub fn words_of(payload: &(dyn Any + Send)) -> String {
    match (payload.downcast_ref::<&str>(), payload.downcast_ref::<String>()) {
        (Some(words), _) => words.to_string(),
        (_, Some(words)) => words.clone(),
        _ => "Box<dyn Any>".to_owned(),
    }
}

// --- the program's side ----------------------------------------------------------------------------------------

const CALLS: i32 = 3;
const ANSWERS: i32 = 4;

/// A call, and the answer to it.
pub struct Call {
    arguments: Reader,
    answer: Writer,
}

impl Call {
    pub fn argument<T: Value>(&mut self) -> T { T::read(&mut self.arguments) }

    /// What floats are given back as, whatever they are in the program: `e` or `d`.
    pub fn floats(&mut self, sign: u8) { self.answer.floats = sign; }

    /// What is given back, and how many arguments changed, which follow.
    pub fn result<T: Value>(&mut self, value: T, changes: u8) {
        value.write(&mut self.answer);
        self.answer.byte(changes);
    }

    pub fn change<T: Lent + ?Sized>(&mut self, place: u8, value: &T) {
        self.answer.byte(place);
        value.write_lent(&mut self.answer)
    }
}

fn refuse(words: &str) -> ! {
    eprintln!("passatk: {}", words);
    std::process::exit(70)
}

/// Answers calls until there are no more; `catching`: tests expect panics, so these are answers too.
/// A fork of the program that comes back answers none.
pub fn serve(functions: &[fn(&mut Call)], catching: bool) {
    let owner = std::process::id();
    while let Some(mut arguments) = receive(CALLS, refuse) {
        if arguments.byte() != b'C' {
            break;
        }
        let number = arguments.number(8);
        let function = functions[arguments.number(2) as usize];
        arguments.byte();
        arguments.any_width = true;
        let mut call = Call { arguments, answer: Writer::new(b'R', number) };
        if !catching {
            function(&mut call);
        } else if let Err(payload) = catch_unwind(AssertUnwindSafe(|| function(&mut call))) {
            call.answer = Writer::new(b'X', number);
            call.answer.raw(b"panic");
            call.answer.raw(words_of(&*payload).as_bytes());
        }
        if std::process::id() != owner {
            std::process::exit(1)
        }
        send(ANSWERS, &mut call.answer);
    }
    let _ = std::io::stdout().flush();
}
