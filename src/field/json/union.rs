//! Unions: objects whose member `kind` says which other members they have.
//!
//! serde's own way (`#[serde(tag = "kind")]`) copies the object before it knows the type, and so forgets the rules of what
//! reads it. Here the `kind` is looked for ahead and the members are read as those of any struct.

use super::expected;
use super::parts::Members;
use super::refused::Raised;
use super::scan::Scanner;
use serde::de::{DeserializeSeed, Deserializer, EnumAccess, Error, IgnoredAny, VariantAccess, Visitor};
use serde::forward_to_deserialize_any;

/// The member that names the variant.
pub const KIND: &str = "kind";
/// The name under which a union asks for itself; no Rust enum can have it.
pub const UNION: &str = "union by kind";

impl<'de> EnumAccess<'de> for &mut Scanner<'de> {
    type Error = Raised;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Raised> {
        let mut ahead = *self;
        let mut first = true;
        ahead.enter()?;
        while ahead.another(first, b'}')? {
            first = false;
            let name = ahead.string()?;
            ahead.colon()?;
            if name == KIND {
                if ahead.peek() != Some(b'"') {
                    return Err(ahead.other_than(expected::TEXT).within(KIND));
                }
                let variant = seed.deserialize(&mut ahead).map_err(|refused| refused.within(KIND))?;
                return Ok((variant, self));
            }
            ahead.pass()?;
        }
        Err(Raised::missing_field(KIND))
    }
}

impl<'de> VariantAccess<'de> for &mut Scanner<'de> {
    type Error = Raised;

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Raised> {
        seed.deserialize(Variant(self))
    }

    /// Of an object that has its kind and nothing else.
    fn unit_variant(self) -> Result<(), Raised> {
        Members::of_union(self).visit(IgnoredAny).map(drop)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Raised> {
        Members::of_union(self).visit(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, Raised> {
        Members::of_union(self).visit(visitor)
    }
}

/// The object of a union, for the struct that its `kind` names.
struct Variant<'a, 'de>(&'a mut Scanner<'de>);

impl<'de> Deserializer<'de> for Variant<'_, 'de> {
    type Error = Raised;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Raised> {
        Members::of_union(self.0).visit(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// Implements `Deserialize` for an enum of structs that `#[serde(tag = "kind", rename_all = "snake_case")]` serializes. What
/// is not read by [`parse`](super::parse) can't read it.
macro_rules! union {
    ($union:ident { $($variant:ident($members:ty)),+ $(,)? }) => {
        impl<'de> serde::Deserialize<'de> for $union {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                #[derive(serde::Deserialize)]
                #[serde(rename = "union by kind", rename_all = "snake_case")]
                enum Union {
                    $($variant($members)),+
                }

                Ok(match Union::deserialize(deserializer)? {
                    $(Union::$variant(members) => Self::$variant(members)),+
                })
            }
        }
    };
}

pub(crate) use union;
