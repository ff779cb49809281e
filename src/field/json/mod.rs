//! Strict reading: the JSON of FORMAT.md §10, and nothing wider.
//!
//! serde_json also takes an array for an object, `{"works":null}` for the word `"works"`, `null` for what is left out, and
//! 1.0 where an integer may be anything. One verifier takes such a record and the next refuses it, and they differ about the
//! log for ever. So everything that is signed is read here, in one pass, straight into the types of the payloads. The JSON
//! pointer of a refusal grows on its way out: what is accepted pays nothing for it.

mod along;
mod every;
mod expected;
mod no_text;
mod outline;
mod parts;
mod refused;
mod scan;
#[cfg(test)]
mod tests;
mod union;

pub use every::every_fault;
pub use refused::ParseFailure;
pub(crate) use union::union;

use expected::Words;
use parts::{Items, Members};
use refused::Raised;
use scan::{A_VALUE, INTEGER_MAX, Integer, Scanner};
use serde::de::{DeserializeOwned, Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;
use std::borrow::Cow;

/// Reads one value and nothing after it.
///
/// # Errors
/// See [`ParseFailure`].
pub fn parse<T: DeserializeOwned>(json: &[u8]) -> Result<T, ParseFailure> {
    // Validated whole, and with SIMD: Chinese text is slow to validate string by string.
    let Ok(text) = simdutf8::basic::from_utf8(json) else { return Err(no_text::not_utf8(json)) };
    let mut scanner = Scanner::new(text);
    let read = T::deserialize(&mut scanner).and_then(|value| scanner.end().map(|()| value));
    read.map_err(|refused| no_text::instead_of_json(text).unwrap_or_else(|| refused.into()))
}

impl<'de> Scanner<'de> {
    /// The integer that stands here.
    fn integer_or(&mut self, expected: Words) -> Result<Integer, Raised> {
        match self.peek() {
            Some(b'-' | b'0'..=b'9') => self.integer(),
            _ => Err(self.other_than(expected)),
        }
    }

    /// A value that is no string.
    fn other<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Raised> {
        match self.peek() {
            Some(b'{') => Members::untyped(self).visit(visitor),
            Some(b'[') => Items::of(self).visit(visitor),
            Some(b'-' | b'0'..=b'9') => self.integer()?.visit(visitor),
            Some(_) if self.literal("true") => visitor.visit_bool(true),
            Some(_) if self.literal("false") => visitor.visit_bool(false),
            Some(_) if self.literal("null") => Err(Raised::wrong(expected::VALUE)),
            _ => Err(self.broken(A_VALUE)),
        }
    }
}

/// Integers of Rust, told apart by what they can hold.
macro_rules! deserialize_integers {
    ($($method:ident: $integer:ty,)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Raised> {
            let integer = self.integer_or(expected::INTEGER)?;
            let (min, max) = (<$integer>::MIN.into(), i128::from(<$integer>::MAX).min(INTEGER_MAX));
            if integer.is_between(min, max) {
                integer.visit(visitor)
            } else {
                Err(Raised::wrong(expected::between(min, max)))
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for &mut Scanner<'de> {
    type Error = Raised;

    // Most values are strings.
    #[inline]
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Raised> {
        match self.peek() {
            Some(b'"') => match self.string()? {
                Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
                Cow::Owned(text) => visitor.visit_string(text),
            },
            _ => self.other(visitor),
        }
    }

    /// An object: serde's structs would take an array of their fields too.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        members: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Raised> {
        match self.peek() {
            Some(b'{') => Members::of_struct(self).visit(visitor),
            _ => Err(self.other_than(expected::object_with(members))),
        }
    }

    /// A word, or a union by its `kind`: serde's enums would take an object with the word as its member too.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Raised> {
        match self.peek() {
            Some(b'{') if name == union::UNION => {
                visitor.visit_enum(self).map_err(|refused| refused.without_kind(variants))
            }
            Some(b'"') if name != union::UNION => visitor.visit_enum(self.string()?.into_deserializer()),
            _ if name == union::UNION => Err(self.other_than(expected::object_of_kind(variants))),
            _ => Err(self.other_than(expected::one_of(variants))),
        }
    }

    /// What is optional is there or left out.
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Raised> {
        match self.peek() {
            Some(b'n') => self.deserialize_any(visitor),
            _ => visitor.visit_some(self),
        }
    }

    /// The value itself. (serde_json's `RawValue`, which nobody would have read, is refused by this.)
    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Raised> {
        visitor.visit_newtype_struct(self)
    }

    /// Nothing is passed over unread, whatever a type may say about unknown members.
    fn deserialize_ignored_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Raised> {
        Err(Raised::unread())
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Raised> {
        match self.peek() {
            Some(b'"') => self.deserialize_any(visitor),
            _ => Err(self.other_than(expected::TEXT)),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Raised> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Raised> {
        match self.peek() {
            Some(b't' | b'f') => self.deserialize_any(visitor),
            _ => Err(self.other_than(expected::BOOLEAN)),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Raised> {
        match self.peek() {
            Some(b'[') => self.deserialize_any(visitor),
            _ => Err(self.other_than(expected::LIST)),
        }
    }

    deserialize_integers! {
        deserialize_u8: u8, deserialize_u16: u16, deserialize_u32: u32, deserialize_u64: u64,
        deserialize_i8: i8, deserialize_i16: i16, deserialize_i32: i32,
    }

    /// Of any size: who counts money says better what is wrong with one.
    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Raised> {
        self.integer_or(expected::INTEGER)?.visit(visitor)
    }

    forward_to_deserialize_any! {
        i128 u128 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct map identifier
    }
}
