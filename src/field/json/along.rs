//! Reading one part of a text: each type on the way to it is shown the one member, or element, that leads there.

use super::outline::{Outline, Parts};
use super::refused::Raised;
use super::scan::Scanner;
use super::union::{KIND, UNION};
use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, IntoDeserializer, MapAccess, SeqAccess, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use std::cell::Cell;

/// Whether the part was read well. Reading ends there: what lies around it is missing on purpose.
#[derive(Default)]
pub struct Reached(Cell<bool>);

impl Reached {
    pub fn well(&self) -> bool {
        self.0.get()
    }
}

/// A value that is shown by one of its parts alone.
pub struct Along<'a, 'de> {
    text: &'de str,
    outline: &'a Outline,
    /// The places of members and elements that lead to the part; never empty.
    path: &'a [usize],
    reached: &'a Reached,
    shown: bool,
}

impl<'a, 'de> Along<'a, 'de> {
    pub fn new(text: &'de str, outline: &'a Outline, path: &'a [usize], reached: &'a Reached) -> Self {
        Self { text, outline, path, reached, shown: false }
    }

    fn visit<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Raised> {
        match &self.outline.parts {
            Parts::Members(_) => visitor.visit_map(&mut self),
            Parts::Items(_) => visitor.visit_seq(&mut self),
            Parts::None => Err(Raised::unread()),
        }
    }

    /// The part next on the way, and what it is called.
    fn next(&self) -> Option<(String, &'a Outline)> {
        let at = *self.path.first()?;
        match &self.outline.parts {
            Parts::Members(members) => members.get(at).map(|(name, part)| (name.clone(), part)),
            Parts::Items(items) => items.get(at).map(|part| (at.to_string(), part)),
            Parts::None => None,
        }
    }

    fn read<S: DeserializeSeed<'de>>(&self, seed: S) -> Result<S::Value, Raised> {
        let (name, part) = self.next().ok_or_else(Raised::unread)?;
        let rest = self.path.get(1..).unwrap_or_default();
        let read = if rest.is_empty() {
            seed.deserialize(&mut Scanner::new(self.text).back_at(part.from)).and_then(|_| {
                self.reached.0.set(true);
                Err(Raised::unread())
            })
        } else {
            seed.deserialize(Along::new(self.text, part, rest, self.reached))
        };
        read.map_err(|refused: Raised| refused.within(&name))
    }
}

impl<'de> Deserializer<'de> for Along<'_, 'de> {
    type Error = Raised;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Raised> {
        self.visit(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Raised> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Raised> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Raised> {
        if name == UNION { visitor.visit_enum(self) } else { Err(Raised::unread()) }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

impl<'de> MapAccess<'de> for Along<'_, 'de> {
    type Error = Raised;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Raised> {
        if std::mem::replace(&mut self.shown, true) {
            return Ok(None);
        }
        let (name, _) = self.next().ok_or_else(Raised::unread)?;
        let name: StrDeserializer<'_, Raised> = name.as_str().into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Raised> {
        self.read(seed)
    }
}

impl<'de> SeqAccess<'de> for Along<'_, 'de> {
    type Error = Raised;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Raised> {
        if std::mem::replace(&mut self.shown, true) { Ok(None) } else { self.read(seed).map(Some) }
    }
}

impl<'de> EnumAccess<'de> for Along<'_, 'de> {
    type Error = Raised;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Raised> {
        let kind = self.outline.member(KIND).ok_or_else(|| Raised::missing_field(KIND))?;
        let kind = seed.deserialize(&mut Scanner::new(self.text).back_at(kind.from));
        let kind = kind.map_err(|refused| refused.within(KIND))?;
        if self.next().is_some_and(|(name, _)| name == KIND) {
            self.reached.0.set(true);
            return Err(Raised::unread());
        }
        Ok((kind, self))
    }
}

impl<'de> VariantAccess<'de> for Along<'_, 'de> {
    type Error = Raised;

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Raised> {
        seed.deserialize(self)
    }

    fn unit_variant(self) -> Result<(), Raised> {
        Err(Raised::unread())
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Raised> {
        self.visit(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, Raised> {
        self.visit(visitor)
    }
}
