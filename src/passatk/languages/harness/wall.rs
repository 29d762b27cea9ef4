//! docs/wall.md in Rust: values, and the program's side of the conversation.

use std::any::{Any, TypeId};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, LinkedList, VecDeque};
use std::convert::TryFrom;
use std::fs::File;
use std::hash::Hash;
use std::io::{ErrorKind, Read, Write};
use std::mem::ManuallyDrop;
use std::os::unix::io::FromRawFd;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;

pub const MOST_BYTES: usize = 16 << 20;
pub const MOST_DEPTH: u32 = 1000;

// --- what cannot be: who reads a broken message does not go on -------------------------------------------------

static AT_BROKEN: AtomicUsize = AtomicUsize::new(0);

pub fn at_broken(act: fn(&str) -> !) {
    AT_BROKEN.store(act as usize, Ordering::SeqCst);
}

pub fn broken(words: &str) -> ! {
    let act = AT_BROKEN.load(Ordering::SeqCst);
    if act != 0 {
        let act: fn(&str) -> ! = unsafe { std::mem::transmute(act) };
        act(words)
    }
    eprintln!("passatk: {}", words);
    std::process::exit(70)
}

// --- bytes -----------------------------------------------------------------------------------------------------

#[derive(Default)]
pub struct Writer {
    pub bytes: Vec<u8>,
}

impl Writer {
    pub fn byte(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    pub fn int(&mut self, value: i64) {
        self.bytes.push(b'i');
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    /// `value` in its low bits; `above`: it is that much more times 2^128.
    pub fn big(&mut self, value: i128, above: u8) {
        if above == 0 {
            if let Ok(small) = i64::try_from(value) {
                return self.int(small);
            }
        }
        let mut bytes = value.to_le_bytes().to_vec();
        bytes.push(if above == 0 && value < 0 { 0xff } else { 0 });
        let filler = bytes[16];
        while bytes.len() > 1 && bytes[bytes.len() - 1] == filler && (bytes[bytes.len() - 2] ^ filler) < 0x80 {
            bytes.pop();
        }
        self.byte(b'I');
        self.raw(&bytes);
    }

    fn raw(&mut self, bytes: &[u8]) {
        self.length(bytes.len());
        self.bytes.extend_from_slice(bytes);
    }

    pub fn text(&mut self, text: &str) {
        self.byte(b's');
        self.raw(text.as_bytes());
    }

    pub fn begin(&mut self, sign: u8, count: usize) {
        self.byte(sign);
        self.length(count);
    }

    /// Of a value whose type is left open: its name. The value follows.
    pub fn typed(&mut self, name: &str) {
        self.byte(b'a');
        self.raw(name.as_bytes());
    }

    /// A struct or a variant: its fields follow.
    pub fn own(&mut self, name: &str, fields: usize) {
        self.typed(name);
        self.begin(b'p', fields);
    }

    fn length(&mut self, count: usize) {
        if count > MOST_BYTES {
            too_long()
        }
        self.bytes.extend_from_slice(&(count as u32).to_le_bytes());
    }
}

fn too_long() -> ! {
    eprintln!("passatk: values of more than 16 MiB cannot be given or returned");
    std::process::exit(71)
}

#[derive(Default)]
pub struct Reader {
    raw: Vec<u8>,
    at: usize,
    depth: u32,
}

impl Reader {
    pub fn new(raw: Vec<u8>) -> Reader {
        Reader { raw, at: 0, depth: 0 }
    }

    pub fn take(&mut self, size: usize) -> &[u8] {
        let left = self.raw.len() - self.at;
        if size > left {
            broken(&format!("a message that ends {} bytes too soon", size - left))
        }
        self.at += size;
        &self.raw[self.at - size..self.at]
    }

    pub fn byte(&mut self) -> u8 {
        self.take(1)[0]
    }

    pub fn number(&mut self, size: usize) -> u64 {
        let mut bytes = [0; 8];
        bytes[..size].copy_from_slice(self.take(size));
        u64::from_le_bytes(bytes)
    }

    pub fn at_end(&self) -> bool {
        self.at == self.raw.len()
    }

    fn unexpected(&self, sign: u8, wanted: &str) -> ! {
        broken(&format!("a value that begins with {:?} where {} was due", sign as char, wanted))
    }

    fn sign(&mut self, sign: u8, wanted: &str) {
        let found = self.byte();
        if found != sign {
            self.unexpected(found, wanted)
        }
    }

    pub fn int(&mut self, least: i64, most: i64, wanted: &str) -> i64 {
        self.sign(b'i', wanted);
        let value = self.number(8) as i64;
        if value < least || value > most {
            broken(&format!("{} where {} was due", value, wanted))
        }
        value
    }

    /// As `Writer::big` has it.
    pub fn big(&mut self, wanted: &str) -> (i128, u8) {
        match self.byte() {
            b'i' => (self.number(8) as i64 as i128, 0),
            b'I' => {
                let size = self.number(4) as usize;
                let bytes = self.take(size);
                let filler = if size > 0 && bytes[size - 1] >= 0x80 { 0xff } else { 0 };
                let spare = size > 1 && bytes[size - 1] == filler && (bytes[size - 2] ^ filler) < 0x80;
                if size < 9 || size > 17 || spare || (size == 17 && bytes[16] != 0) {
                    broken(&format!("an integer of {} bytes where {} was due", size, wanted))
                }
                let mut all = [filler; 16];
                all[..size.min(16)].copy_from_slice(&bytes[..size.min(16)]);
                (i128::from_le_bytes(all), (size == 17) as u8)
            }
            found => self.unexpected(found, wanted),
        }
    }

    fn sized(&mut self) -> String {
        let size = self.number(4) as usize;
        match std::str::from_utf8(self.take(size)) {
            Ok(text) => text.to_owned(),
            Err(_) => broken("a text that is not UTF-8"),
        }
    }

    pub fn text(&mut self) -> String {
        self.sign(b's', "a text");
        self.sized()
    }

    pub fn begin(&mut self, sign: u8, wanted: &str) -> usize {
        self.sign(sign, wanted);
        let count = self.number(4) as usize;
        if count > self.raw.len() - self.at {
            broken(&format!("{} values in {} bytes", count, self.raw.len() - self.at))
        }
        count
    }

    pub fn begin_exactly(&mut self, sign: u8, count: usize, wanted: &str) {
        let found = self.begin(sign, wanted);
        if found != count {
            broken(&format!("{} values where {} were due", found, count))
        }
    }

    pub fn typed(&mut self) -> String {
        self.sign(b'a', "a value with its type");
        self.sized()
    }

    /// Into a value that may hold others of its kind.
    pub fn enter(&mut self) {
        self.depth += 1;
        if self.depth > MOST_DEPTH {
            broken(&format!("values nested more than {} deep", MOST_DEPTH))
        }
    }

    pub fn leave(&mut self) {
        self.depth -= 1;
    }

    /// The fields of a struct or a variant follow.
    pub fn fields(&mut self, count: usize) {
        self.begin_exactly(b'p', count, "fields");
    }

    pub fn unknown(&self, name: &str) -> ! {
        broken(&format!("a value of the unknown type {:?}", name))
    }

    fn distinct(&self, found: usize, count: usize) {
        if found != count {
            broken("a key or member twice")
        }
    }

    fn filled(&mut self) -> bool {
        match self.byte() {
            b'n' => false,
            b'o' => true,
            found => self.unexpected(found, "an option"),
        }
    }
}

// --- values ----------------------------------------------------------------------------------------------------

pub trait Encode {
    fn encode(&self, to: &mut Writer);
}

pub trait Decode: Sized {
    fn decode(from: &mut Reader) -> Self;
}

macro_rules! small_integers {
    ($($type:ident)*) => { $(
        impl Encode for $type {
            fn encode(&self, to: &mut Writer) { to.int(*self as i64) }
        }
        impl Decode for $type {
            fn decode(from: &mut Reader) -> Self {
                from.int($type::MIN as i64, $type::MAX as i64, stringify!($type)) as $type
            }
        }
    )* };
}
small_integers!(i8 i16 i32 i64 isize u8 u16 u32);

macro_rules! large_integers {
    ($($type:ident)*) => { $(
        impl Encode for $type {
            fn encode(&self, to: &mut Writer) { to.big(*self as i128, 0) }
        }
        impl Decode for $type {
            fn decode(from: &mut Reader) -> Self {
                match from.big(stringify!($type)) {
                    (value, 0) if $type::try_from(value).is_ok() => value as $type,
                    _ => broken(concat!("an integer beyond ", stringify!($type))),
                }
            }
        }
    )* };
}
large_integers!(u64 usize i128);

impl Encode for u128 {
    fn encode(&self, to: &mut Writer) {
        to.big(*self as i128, (*self > i128::MAX as u128) as u8)
    }
}

impl Decode for u128 {
    fn decode(from: &mut Reader) -> Self {
        let (value, above) = from.big("u128");
        if (value < 0) != (above == 1) {
            broken("an integer beyond u128")
        }
        value as u128
    }
}

macro_rules! floats {
    ($($type:ident $sign:literal $size:literal $number:ident)*) => { $(
        impl Encode for $type {
            fn encode(&self, to: &mut Writer) {
                to.byte($sign);
                to.bytes.extend_from_slice(&self.to_bits().to_le_bytes());
            }
        }
        impl Decode for $type {
            fn decode(from: &mut Reader) -> Self {
                from.sign($sign, stringify!($type));
                $type::from_bits(from.number($size) as $number)
            }
        }
    )* };
}
floats!(f64 b'd' 8 u64 f32 b'e' 4 u32);

impl Encode for bool {
    fn encode(&self, to: &mut Writer) {
        to.byte(if *self { b't' } else { b'f' })
    }
}

impl Decode for bool {
    fn decode(from: &mut Reader) -> Self {
        match from.byte() {
            b't' => true,
            b'f' => false,
            found => from.unexpected(found, "bool"),
        }
    }
}

impl Encode for char {
    fn encode(&self, to: &mut Writer) {
        to.int(*self as i64)
    }
}

impl Decode for char {
    fn decode(from: &mut Reader) -> Self {
        match char::from_u32(from.int(0, 0x10ffff, "char") as u32) {
            Some(letter) => letter,
            None => broken("half a surrogate where char was due"),
        }
    }
}

impl Encode for () {
    fn encode(&self, to: &mut Writer) {
        to.byte(b'n')
    }
}

impl Decode for () {
    fn decode(from: &mut Reader) -> Self {
        from.sign(b'n', "()")
    }
}

impl Encode for str {
    fn encode(&self, to: &mut Writer) {
        to.text(self)
    }
}

impl Encode for String {
    fn encode(&self, to: &mut Writer) {
        to.text(self)
    }
}

impl Decode for String {
    fn decode(from: &mut Reader) -> Self {
        from.text()
    }
}

impl<'a> Decode for &'a str {
    fn decode(from: &mut Reader) -> Self {
        Box::leak(from.text().into_boxed_str())
    }
}

impl Decode for Box<str> {
    fn decode(from: &mut Reader) -> Self {
        from.text().into_boxed_str()
    }
}

impl<'a> Encode for std::borrow::Cow<'a, str> {
    fn encode(&self, to: &mut Writer) {
        to.text(self)
    }
}

impl<'a> Decode for std::borrow::Cow<'a, str> {
    fn decode(from: &mut Reader) -> Self {
        std::borrow::Cow::Owned(from.text())
    }
}

fn many<'a, T: Encode + 'a>(sign: u8, count: usize, values: impl Iterator<Item = &'a T>, to: &mut Writer) {
    to.begin(sign, count);
    for value in values {
        value.encode(to);
    }
}

impl<T: Encode> Encode for [T] {
    fn encode(&self, to: &mut Writer) {
        to.begin(b'l', self.len());
        for value in self {
            value.encode(to);
        }
    }
}

impl<T: Encode> Encode for Vec<T> {
    fn encode(&self, to: &mut Writer) {
        self.as_slice().encode(to)
    }
}

impl<T: Decode> Decode for Vec<T> {
    fn decode(from: &mut Reader) -> Self {
        let count = from.begin(b'l', "a list");
        let mut values = Vec::with_capacity(count.min(4096));
        for _ in 0..count {
            values.push(T::decode(from));
        }
        values
    }
}

impl<'a, T: Decode> Decode for &'a [T] {
    fn decode(from: &mut Reader) -> Self {
        Vec::<T>::decode(from).leak()
    }
}

impl<T: Decode> Decode for Box<[T]> {
    fn decode(from: &mut Reader) -> Self {
        Vec::<T>::decode(from).into_boxed_slice()
    }
}

impl<T: Encode, const N: usize> Encode for [T; N] {
    fn encode(&self, to: &mut Writer) {
        self.as_slice().encode(to)
    }
}

impl<T: Decode, const N: usize> Decode for [T; N] {
    fn decode(from: &mut Reader) -> Self {
        match <[T; N]>::try_from(Vec::<T>::decode(from)) {
            Ok(array) => array,
            Err(list) => broken(&format!("{} values where {} were due", list.len(), N)),
        }
    }
}

macro_rules! collections {
    ($($type:ident $sign:literal $add:ident [$($bound:tt)*])*) => { $(
        impl<T: Encode> Encode for $type<T> {
            fn encode(&self, to: &mut Writer) { many($sign, self.len(), self.iter(), to) }
        }
        impl<T: Decode $($bound)*> Decode for $type<T> {
            fn decode(from: &mut Reader) -> Self {
                let count = from.begin($sign, stringify!($type));
                let mut values = $type::new();
                for _ in 0..count {
                    values.$add(T::decode(from));
                }
                from.distinct(values.len(), count);
                values
            }
        }
    )* };
}
collections! {
    VecDeque b'l' push_back []
    LinkedList b'l' push_back []
    HashSet b'q' insert [+ Eq + Hash]
    BTreeSet b'q' insert [+ Ord]
}

macro_rules! maps {
    ($($type:ident [$($bound:tt)*])*) => { $(
        impl<K: Encode, V: Encode> Encode for $type<K, V> {
            fn encode(&self, to: &mut Writer) {
                to.begin(b'm', self.len());
                for (key, value) in self {
                    key.encode(to);
                    value.encode(to);
                }
            }
        }
        impl<K: Decode $($bound)*, V: Decode> Decode for $type<K, V> {
            fn decode(from: &mut Reader) -> Self {
                let count = from.begin(b'm', stringify!($type));
                let mut values = $type::new();
                for _ in 0..count {
                    let key = K::decode(from);
                    values.insert(key, V::decode(from));
                }
                from.distinct(values.len(), count);
                values
            }
        }
    )* };
}
maps!(HashMap [+ Eq + Hash] BTreeMap [+ Ord]);

macro_rules! tuples {
    ($(($count:literal $($type:ident $place:tt)*))*) => { $(
        impl<$($type: Encode),*> Encode for ($($type,)*) {
            fn encode(&self, to: &mut Writer) {
                to.begin(b'p', $count);
                $( self.$place.encode(to); )*
            }
        }
        impl<$($type: Decode),*> Decode for ($($type,)*) {
            fn decode(from: &mut Reader) -> Self {
                from.begin_exactly(b'p', $count, "a tuple");
                ($($type::decode(from),)*)
            }
        }
    )* };
}
tuples! {
    (1 A 0)
    (2 A 0 B 1)
    (3 A 0 B 1 C 2)
    (4 A 0 B 1 C 2 D 3)
    (5 A 0 B 1 C 2 D 3 E 4)
    (6 A 0 B 1 C 2 D 3 E 4 F 5)
    (7 A 0 B 1 C 2 D 3 E 4 F 5 G 6)
    (8 A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7)
}

impl<T: Encode> Encode for Option<T> {
    fn encode(&self, to: &mut Writer) {
        match self {
            None => to.byte(b'n'),
            Some(value) => {
                to.byte(b'o');
                value.encode(to)
            }
        }
    }
}

impl<T: Decode> Decode for Option<T> {
    fn decode(from: &mut Reader) -> Self {
        if from.filled() { Some(T::decode(from)) } else { None }
    }
}

impl<T: Encode, E: Encode> Encode for Result<T, E> {
    fn encode(&self, to: &mut Writer) {
        match self {
            Ok(value) => {
                to.typed("Ok");
                value.encode(to)
            }
            Err(error) => {
                to.typed("Err");
                error.encode(to)
            }
        }
    }
}

impl<T: Decode, E: Decode> Decode for Result<T, E> {
    fn decode(from: &mut Reader) -> Self {
        let name = from.typed();
        match name.as_str() {
            "Ok" => Ok(T::decode(from)),
            "Err" => Err(E::decode(from)),
            _ => from.unknown(&name),
        }
    }
}

macro_rules! pointers {
    ($($type:ty)*) => { $(
        impl<'a, T: Encode + ?Sized> Encode for $type {
            fn encode(&self, to: &mut Writer) { (**self).encode(to) }
        }
    )* };
}
pointers!(&'a T &'a mut T Box<T> Rc<T> Arc<T>);

impl<T: Encode + ?Sized> Encode for RefCell<T> {
    fn encode(&self, to: &mut Writer) {
        self.borrow().encode(to)
    }
}

impl<T: Encode + Copy> Encode for Cell<T> {
    fn encode(&self, to: &mut Writer) {
        self.get().encode(to)
    }
}

macro_rules! owners {
    ($($type:ident)*) => { $(
        impl<T: Decode> Decode for $type<T> {
            fn decode(from: &mut Reader) -> Self { $type::new(T::decode(from)) }
        }
    )* };
}
owners!(Box Rc Arc RefCell Cell);

impl<'a, T: Decode> Decode for &'a T {
    fn decode(from: &mut Reader) -> Self {
        Box::leak(Box::new(T::decode(from)))
    }
}

// --- values of any type ----------------------------------------------------------------------------------------

/// A value of a type that cannot cross.
pub struct Unknown;

struct Kind {
    name: &'static str,
    id: fn() -> TypeId,
    encode: fn(&dyn Any, &mut Writer),
    decode: fn(&mut Reader) -> Box<dyn Any>,
}

fn encode_as<T: Any + Encode>(value: &dyn Any, to: &mut Writer) {
    if let Some(value) = value.downcast_ref::<T>() {
        value.encode(to)
    }
}

fn decode_as<T: Any + Decode>(from: &mut Reader) -> Box<dyn Any> {
    Box::new(T::decode(from))
}

macro_rules! kinds {
    ($($type:ty,)*) => {
        &[$( Kind { name: stringify!($type), id: TypeId::of::<$type>, encode: encode_as::<$type>, decode: decode_as::<$type> }, )*]
    };
}
static KINDS: &[Kind] = kinds![
    i32, &'static str, String, f64, bool, char, (), i64, u8, u32, u64, usize, isize, f32, i8, i16, u16, i128, u128,
    Vec<i32>, Vec<String>, Vec<&'static str>, Vec<f64>, Vec<i64>, Vec<u8>, Vec<u32>, Vec<u64>, Vec<usize>, Vec<isize>,
    Vec<f32>, Vec<bool>, Vec<char>, Vec<()>, Vec<Box<dyn Any>>, Vec<Vec<i32>>, Vec<Vec<String>>, Vec<Vec<f64>>,
    Option<i32>, Option<String>, Option<&'static str>, Option<f64>, Option<bool>, Option<i64>, Option<usize>, Option<()>,
    HashMap<String, i32>, HashMap<&'static str, i32>, HashMap<String, String>, HashMap<&'static str, &'static str>,
    HashMap<i32, i32>, HashMap<String, Box<dyn Any>>, HashSet<i32>, HashSet<String>, (i32, i32), (f64, f64),
    (String, i32), (&'static str, i32), Box<dyn Any>,
];

impl Encode for dyn Any {
    fn encode(&self, to: &mut Writer) {
        let id = self.type_id();
        match KINDS.iter().find(|kind| (kind.id)() == id) {
            Some(kind) => {
                to.typed(kind.name);
                (kind.encode)(self, to)
            }
            None => {
                to.typed("?");
                to.byte(b'n')
            }
        }
    }
}

impl Decode for Box<dyn Any> {
    fn decode(from: &mut Reader) -> Self {
        from.enter();
        let name = from.typed();
        let value = match KINDS.iter().find(|kind| kind.name == name) {
            Some(kind) => (kind.decode)(from),
            None if name == "?" => {
                from.sign(b'n', "nothing");
                Box::new(Unknown)
            }
            None => from.unknown(&name),
        };
        from.leave();
        value
    }
}

impl<'a> Decode for &'a dyn Any {
    fn decode(from: &mut Reader) -> Self {
        Box::leak(Box::<dyn Any>::decode(from))
    }
}

// --- messages --------------------------------------------------------------------------------------------------

fn pipe(descriptor: i32) -> ManuallyDrop<File> {
    ManuallyDrop::new(unsafe { File::from_raw_fd(descriptor) })
}

/// The next message, or None where the pipe ends before it does.
pub fn receive(descriptor: i32) -> Option<Vec<u8>> {
    let mut pipe = pipe(descriptor);
    let mut size = [0; 4];
    pipe.read_exact(&mut size).ok()?;
    let size = u32::from_le_bytes(size) as usize;
    if size > MOST_BYTES {
        broken(&format!("a message of {} bytes", size))
    }
    let mut message = Vec::new();
    loop {
        match (&mut *pipe).take((size - message.len()) as u64).read_to_end(&mut message) {
            Ok(_) if message.len() == size => return Some(message),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            _ => return None,
        }
    }
}

/// Whether somebody may read it. `message` begins with four bytes for its length.
pub fn send(descriptor: i32, message: &mut [u8]) -> bool {
    let size = message.len() - 4;
    if size > MOST_BYTES {
        too_long()
    }
    message[..4].copy_from_slice(&(size as u32).to_le_bytes());
    pipe(descriptor).write_all(message).is_ok()
}

// --- the program's side ----------------------------------------------------------------------------------------

/// A call, and the answer to it.
pub struct Call {
    arguments: Reader,
    answer: Writer,
    changes: u8,
    changed: Writer,
}

pub type Function = fn(&mut Call);

impl Call {
    pub fn argument<T: Decode>(&mut self) -> T {
        T::decode(&mut self.arguments)
    }

    pub fn result<T: Encode + ?Sized>(&mut self, value: &T) {
        value.encode(&mut self.answer)
    }

    pub fn change<T: Encode + ?Sized>(&mut self, place: u8, value: &T) {
        self.changes += 1;
        self.changed.byte(place);
        value.encode(&mut self.changed)
    }
}

const CALLS: i32 = 3;
const ANSWERS: i32 = 4;

fn begun(sign: u8, number: u64) -> Writer {
    let mut answer = Writer { bytes: vec![0, 0, 0, 0, sign] };
    answer.bytes.extend_from_slice(&number.to_le_bytes());
    answer
}

fn next(functions: &[Function]) -> Option<(u64, Function, Call)> {
    let mut arguments = Reader::new(receive(CALLS)?);
    if arguments.byte() != b'C' {
        return None;
    }
    let number = arguments.number(8);
    let function = functions[arguments.number(2) as usize];
    arguments.byte();
    Some((number, function, Call { arguments, answer: begun(b'R', number), changes: 0, changed: Writer::default() }))
}

fn answer(mut call: Call) {
    call.answer.byte(call.changes);
    call.answer.bytes.append(&mut call.changed.bytes);
    send(ANSWERS, &mut call.answer.bytes);
}

/// Answers calls until there are no more.
pub fn serve(functions: &[Function]) {
    while let Some((_, function, mut call)) = next(functions) {
        function(&mut call);
        answer(call);
    }
    let _ = std::io::stdout().flush();
}

/// The same where tests expect panics: they are answers.
pub fn serve_catching(functions: &[Function]) {
    while let Some((number, function, mut call)) = next(functions) {
        match std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| function(&mut call))) {
            Ok(()) => answer(call),
            Err(payload) => {
                let mut raised = begun(b'X', number);
                raised.raw(b"panic");
                raised.raw(words_of(&*payload).as_bytes());
                send(ANSWERS, &mut raised.bytes);
            }
        }
    }
    let _ = std::io::stdout().flush();
}

/// What a panic says.
pub fn words_of(payload: &(dyn Any + Send)) -> String {
    match (payload.downcast_ref::<&str>(), payload.downcast_ref::<String>()) {
        (Some(words), _) => words.to_string(),
        (_, Some(words)) => words.clone(),
        _ => "Box<dyn Any>".to_owned(),
    }
}

/// The class and words of a panic that was an answer.
pub fn raised(from: &mut Reader) -> (String, String) {
    let class = from.sized();
    (class, from.sized())
}
