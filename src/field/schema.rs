//! How a type of the core describes itself: a JSON Schema, taken from its serde attributes and its comments.
//!
//! The core knows no API document; the shell makes one from these schemas (`http/schema.rs`).

use schemars::{JsonSchema, Schema, SchemaGenerator};
use std::borrow::Cow;
use std::marker::PhantomData;

/// Implements [`JsonSchema`] for a text newtype: a string with a format, mostly a length, and where it is a code a pattern
/// (ECMA-262, and the same in other languages). Patterns may take what the constructor refuses, never the other way round.
macro_rules! string_schema {
    ($type:ident $(<const $n:ident : usize>)?, $format:literal $(, min = $min:expr)? $(, max = $max:expr)? $(, pattern = $pattern:expr)?) => {
        impl $(<const $n: usize>)? schemars::JsonSchema for $type $(<$n>)? {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "type": "string",
                    "format": $format
                    $(, "minLength": $min)?
                    $(, "maxLength": $max)?
                    $(, "pattern": $pattern)?
                })
            }
        }
    };
}

pub(crate) use string_schema;

/// A variant of an enum that is told by its tag: the tag beside a reference to `T`, which schemars would copy in because
/// `T` takes no unknown fields.
pub(crate) struct Whole<T>(PhantomData<T>);

impl<T: JsonSchema> JsonSchema for Whole<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<T>()
    }
}
