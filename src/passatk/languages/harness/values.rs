//! What crosses the wall, by its type in Rust.

use crate::{Reader, Writer};
use std::any::Any;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::hash::Hash;

pub trait Value: Sized {
    fn write(&self, to: &mut Writer);
    fn read(from: &mut Reader) -> Self;
}

/// What may stand behind a reference: values, and what has no size of its own.
pub trait Lent {
    fn write_lent(&self, to: &mut Writer);
    fn boxed(from: &mut Reader) -> Box<Self>;
    /// Takes the value that follows for its own.
    fn change(&mut self, from: &mut Reader) { from.broken("another value where none can be put") }
}

impl<T: Value> Lent for T {
    fn write_lent(&self, to: &mut Writer) { self.write(to) }
    fn boxed(from: &mut Reader) -> Box<T> { Box::new(T::read(from)) }
    fn change(&mut self, from: &mut Reader) { *self = T::read(from) }
}

impl Lent for str {
    fn write_lent(&self, to: &mut Writer) {
        to.byte(b's');
        to.raw(self.as_bytes());
    }
    fn boxed(from: &mut Reader) -> Box<str> { String::read(from).into_boxed_str() }
}

impl<T: Value> Lent for [T] {
    fn write_lent(&self, to: &mut Writer) {
        to.begin(b'l', self.len());
        for value in self {
            value.write(to);
        }
    }
    fn boxed(from: &mut Reader) -> Box<[T]> { Vec::read(from).into_boxed_slice() }
    fn change(&mut self, from: &mut Reader) {
        let values: Vec<T> = Vec::read(from);
        from.exactly(values.len(), self.len());
        for (old, new) in self.iter_mut().zip(values) {
            *old = new;
        }
    }
}

impl<T: Lent + ?Sized> Value for Box<T> {
    fn write(&self, to: &mut Writer) { (**self).write_lent(to) }
    fn read(from: &mut Reader) -> Self { T::boxed(from) }
}

impl<'a, T: Lent + ?Sized> Value for &'a T {
    fn write(&self, to: &mut Writer) { (**self).write_lent(to) }
    fn read(from: &mut Reader) -> Self { Box::leak(T::boxed(from)) }
}

impl<'a, T: Lent + ToOwned + ?Sized> Value for Cow<'a, T>
where
    T::Owned: Value,
{
    fn write(&self, to: &mut Writer) { (**self).write_lent(to) }
    fn read(from: &mut Reader) -> Self { Cow::Owned(Value::read(from)) }
}

impl Value for () {
    fn write(&self, to: &mut Writer) { to.byte(b'n') }
    fn read(from: &mut Reader) -> Self { from.expect(b'n', "()") }
}

impl Value for bool {
    fn write(&self, to: &mut Writer) { to.byte(if *self { b't' } else { b'f' }) }
    fn read(from: &mut Reader) -> Self {
        match from.byte() {
            b't' => true,
            b'f' => false,
            found => from.unexpected(found, "bool"),
        }
    }
}

impl Value for char {
    fn write(&self, to: &mut Writer) { (*self as u32).write(to) }
    fn read(from: &mut Reader) -> Self {
        let code = u32::read(from);
        char::from_u32(code).unwrap_or_else(|| from.broken("a number that is no char"))
    }
}

impl Value for String {
    fn write(&self, to: &mut Writer) { self.as_str().write_lent(to) }
    fn read(from: &mut Reader) -> Self {
        from.expect(b's', "a text");
        from.text()
    }
}

impl Writer {
    fn narrow(&mut self, value: f32) {
        self.byte(b'e');
        self.bytes.extend_from_slice(&value.to_bits().to_le_bytes());
    }

    fn wide(&mut self, value: f64) {
        self.byte(b'd');
        self.bytes.extend_from_slice(&value.to_bits().to_le_bytes());
    }
}

impl Reader {
    fn narrow(&mut self) -> f32 { f32::from_bits(self.number(4) as u32) }
    fn wide(&mut self) -> f64 { f64::from_bits(self.number(8)) }
}

/// By its shortest digits: what a literal in the tests is where a program has the other width.
fn widened(value: f32) -> f64 { value.to_string().parse().unwrap_or(f64::NAN) }

impl Value for f32 {
    fn write(&self, to: &mut Writer) {
        if to.floats == b'd' {
            to.wide(widened(*self))
        } else {
            to.narrow(*self)
        }
    }
    fn read(from: &mut Reader) -> Self {
        match from.byte() {
            b'e' => from.narrow(),
            b'd' if from.any_width => from.wide() as f32,
            found => from.unexpected(found, "f32"),
        }
    }
}

impl Value for f64 {
    fn write(&self, to: &mut Writer) {
        let narrow = *self as f32;
        if to.floats == b'e' && narrow.is_finite() == self.is_finite() {
            to.narrow(narrow)
        } else {
            to.wide(*self)
        }
    }
    fn read(from: &mut Reader) -> Self {
        match from.byte() {
            b'd' => from.wide(),
            b'e' if from.any_width => widened(from.narrow()),
            found => from.unexpected(found, "f64"),
        }
    }
}

macro_rules! integers {
    ($($type:ident)*) => { $(
        impl Value for $type {
            #[allow(unused_comparisons)]
            fn write(&self, to: &mut Writer) { to.integer(*self as u128, *self < 0) }
            #[allow(unused_comparisons)]
            fn read(from: &mut Reader) -> Self {
                let (low, negative) = from.integer(stringify!($type));
                let value = low as $type;
                if value as u128 != low || (value < 0) != negative {
                    from.broken(concat!("an integer beyond ", stringify!($type)))
                }
                value
            }
        }
    )* };
}
integers!(i8 i16 i32 i64 isize i128 u8 u16 u32 u64 usize u128);

macro_rules! collections {
    ($($type:ident $sign:literal $add:ident [$($bound:tt)*])*) => { $(
        impl<T: Value $($bound)*> Value for $type<T> {
            fn write(&self, to: &mut Writer) {
                to.begin($sign, self.len());
                for value in self {
                    value.write(to);
                }
            }
            fn read(from: &mut Reader) -> Self {
                let count = from.begin($sign, stringify!($type));
                let mut values = $type::new();
                for _ in 0..count {
                    values.$add(T::read(from));
                }
                from.exactly(values.len(), count);
                values
            }
        }
    )* };
}
collections! {
    Vec b'l' push []
    VecDeque b'l' push_back []
    HashSet b'q' insert [+ Eq + Hash]
    BTreeSet b'q' insert [+ Ord]
}

macro_rules! maps {
    ($($type:ident [$($bound:tt)*])*) => { $(
        impl<K: Value $($bound)*, V: Value> Value for $type<K, V> {
            fn write(&self, to: &mut Writer) {
                to.begin(b'm', self.len());
                for (key, value) in self {
                    key.write(to);
                    value.write(to);
                }
            }
            fn read(from: &mut Reader) -> Self {
                let count = from.begin(b'm', stringify!($type));
                let mut values = $type::new();
                for _ in 0..count {
                    let key = K::read(from);
                    values.insert(key, V::read(from));
                }
                from.exactly(values.len(), count);
                values
            }
        }
    )* };
}
maps!(HashMap [+ Eq + Hash] BTreeMap [+ Ord]);

impl<T: Value, const N: usize> Value for [T; N] {
    fn write(&self, to: &mut Writer) { self[..].write_lent(to) }
    fn read(from: &mut Reader) -> Self {
        <[T; N]>::try_from(Vec::read(from)).unwrap_or_else(|list: Vec<T>| {
            from.exactly(list.len(), N);
            unreachable!()
        })
    }
}

macro_rules! tuples {
    () => {};
    ($first:ident $($type:ident)*) => {
        #[allow(non_snake_case)]
        impl<$first: Value, $($type: Value),*> Value for ($first, $($type,)*) {
            fn write(&self, to: &mut Writer) {
                let ($first, $($type,)*) = self;
                to.begin(b'p', [stringify!($first), $(stringify!($type)),*].len());
                $first.write(to);
                $( $type.write(to); )*
            }
            fn read(from: &mut Reader) -> Self {
                from.fields([stringify!($first), $(stringify!($type)),*].len());
                ($first::read(from), $($type::read(from),)*)
            }
        }
        tuples!($($type)*);
    };
}
tuples!(A B C D E F G H);

impl<T: Value> Value for Option<T> {
    fn write(&self, to: &mut Writer) {
        match self {
            None => to.byte(b'n'),
            Some(value) => {
                to.byte(b'o');
                value.write(to)
            }
        }
    }
    fn read(from: &mut Reader) -> Self {
        match from.byte() {
            b'n' => None,
            b'o' => Some(T::read(from)),
            found => from.unexpected(found, "an option"),
        }
    }
}

impl<T: Value, E: Value> Value for Result<T, E> {
    fn write(&self, to: &mut Writer) {
        to.typed(if self.is_ok() { "Ok" } else { "Err" });
        match self {
            Ok(value) => value.write(to),
            Err(error) => error.write(to),
        }
    }
    fn read(from: &mut Reader) -> Self {
        from.typed(|from, name| match name {
            "Ok" => Ok(T::read(from)),
            "Err" => Err(E::read(from)),
            _ => from.unknown(name),
        })
    }
}

// --- values of any type ----------------------------------------------------------------------------------------

/// A value of a type that cannot cross.
struct Unknown;

macro_rules! kinds {
    ($($type:ty,)*) => {
        impl Lent for dyn Any {
            fn write_lent(&self, to: &mut Writer) {
                $( if let Some(value) = self.downcast_ref::<$type>() {
                    to.typed(stringify!($type));
                    return value.write(to);
                } )*
                to.typed("?");
                to.byte(b'n')
            }
            fn boxed(from: &mut Reader) -> Box<dyn Any> {
                from.typed(|from, name| {
                    $( if name == stringify!($type) {
                        return Box::new(<$type>::read(from)) as Box<dyn Any>;
                    } )*
                    if name != "?" {
                        from.unknown(name)
                    }
                    from.expect(b'n', "nothing");
                    Box::new(Unknown)
                })
            }
        }
    };
}
kinds! {
    i32, &'static str, String, f64, bool, char, (), i64, u8, u32, u64, usize, isize, f32, i8, i16, u16, i128, u128,
    Vec<i32>, Vec<String>, Vec<&'static str>, Vec<f64>, Vec<i64>, Vec<u8>, Vec<u32>, Vec<u64>, Vec<usize>, Vec<isize>,
    Vec<f32>, Vec<bool>, Vec<char>, Vec<()>, Vec<Box<dyn Any>>, Vec<Vec<i32>>, Vec<Vec<String>>, Vec<Vec<f64>>,
    Option<i32>, Option<String>, Option<&'static str>, Option<f64>, Option<bool>, Option<i64>, Option<usize>, Option<()>,
    HashMap<String, i32>, HashMap<&'static str, i32>, HashMap<String, String>, HashMap<&'static str, &'static str>,
    HashMap<i32, i32>, HashMap<String, Box<dyn Any>>, HashSet<i32>, HashSet<String>, (i32, i32), (f64, f64),
    (String, i32), (&'static str, i32), Box<dyn Any>,
}
