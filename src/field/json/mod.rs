//! Strict reading: the JSON of FORMAT.md §10, and nothing wider.
//!
//! serde_json also takes an array for an object, `{"works":null}` for the word `"works"`, `null` for what is left out, and
//! 1.0 where an integer may be anything. One verifier takes such a record and the next refuses it, and they differ about the
//! log for ever. So everything that is signed is read here, in one pass, straight into the types of the payloads. The JSON
//! pointer of a refusal grows on its way out: what is accepted pays nothing for it.

mod parts;
mod refused;
mod scan;
#[cfg(test)]
mod tests;
mod union;

pub use refused::ParseFailure;
pub(crate) use union::union;

use parts::{Items, Members};
use refused::Raised;
use scan::Scanner;
use serde::de::{DeserializeOwned, Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;
use std::borrow::Cow;

/// Reads one value and nothing after it.
///
/// # Errors
/// See [`ParseFailure`].
pub fn parse<T: DeserializeOwned>(json: &[u8]) -> Result<T, ParseFailure> {
    // Validated whole, and with SIMD: Chinese text is slow to validate string by string.
    let Ok(text) = simdutf8::basic::from_utf8(json) else {
        return Err(ParseFailure::NotJson { reason: "not UTF-8".to_owned() });
    };
    let mut scanner = Scanner::new(text);
    let value = T::deserialize(&mut scanner)?;
    scanner.end()?;
    Ok(value)
}

impl<'de> Scanner<'de> {
    /// A value that is no string.
    fn other<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Raised> {
        match self.peek() {
            Some(b'{') => Members::untyped(self).visit(visitor),
            Some(b'[') => Items::of(self).visit(visitor),
            Some(b'-' | b'0'..=b'9') => self.integer()?.visit(visitor),
            Some(_) if self.literal("true") => visitor.visit_bool(true),
            Some(_) if self.literal("false") => visitor.visit_bool(false),
            Some(_) if self.literal("null") => {
                Err(Raised::wrong("a value is expected; what is unknown is left out, not null"))
            }
            _ => Err(self.broken("a value")),
        }
    }
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
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Raised> {
        match self.peek() {
            Some(b'{') => Members::of_struct(self).visit(visitor),
            _ => Err(self.other_than("an object")),
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
            Some(b'{') if name == union::UNION => visitor.visit_enum(self),
            Some(b'"') if name != union::UNION => visitor.visit_enum(self.string()?.into_deserializer()),
            _ if name == union::UNION => Err(self.other_than("an object with a kind")),
            _ => Err(self.other_than(&format!("one of the words {}", variants.join(", ")))),
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

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map identifier
    }
}
