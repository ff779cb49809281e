//! The OpenAPI face of a text newtype: a string with a format and a length.

/// Implements poem-openapi's type traits for a newtype that has `Display` and `FromStr`.
macro_rules! string_schema {
    ($type:ident $(<const $n:ident : usize>)?, $format:literal, max = $max:expr) => {
        impl $(<const $n: usize>)? poem_openapi::types::Type for $type $(<$n>)? {
            const IS_REQUIRED: bool = true;
            type RawValueType = Self;
            type RawElementValueType = Self;

            fn name() -> std::borrow::Cow<'static, str> {
                concat!("string_", $format).into()
            }

            fn schema_ref() -> poem_openapi::registry::MetaSchemaRef {
                let mut schema = poem_openapi::registry::MetaSchema::new_with_format("string", $format);
                schema.max_length = Some($max);
                poem_openapi::registry::MetaSchemaRef::Inline(Box::new(schema))
            }

            fn as_raw_value(&self) -> Option<&Self> {
                Some(self)
            }

            fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
                Box::new(std::iter::once(self))
            }
        }

        impl $(<const $n: usize>)? poem_openapi::types::ParseFromJSON for $type $(<$n>)? {
            fn parse_from_json(value: Option<serde_json::Value>) -> poem_openapi::types::ParseResult<Self> {
                match value.unwrap_or_default() {
                    serde_json::Value::String(text) => {
                        text.parse().map_err(poem_openapi::types::ParseError::custom)
                    }
                    other => Err(poem_openapi::types::ParseError::expected_type(other)),
                }
            }
        }

        impl $(<const $n: usize>)? poem_openapi::types::ParseFromParameter for $type $(<$n>)? {
            fn parse_from_parameter(text: &str) -> poem_openapi::types::ParseResult<Self> {
                text.parse().map_err(poem_openapi::types::ParseError::custom)
            }
        }

        impl $(<const $n: usize>)? poem_openapi::types::ToJSON for $type $(<$n>)? {
            fn to_json(&self) -> Option<serde_json::Value> {
                Some(serde_json::Value::String(self.to_string()))
            }
        }
    };
}

pub(crate) use string_schema;
