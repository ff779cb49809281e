//! A refusal on its way out.

use super::super::{Fault, FieldFault};
use serde::de;
use std::fmt;

/// Why bytes are refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParseFailure {
    /// Not JSON at all (or not UTF-8, or nested too deeply).
    NotJson { reason: String },
    /// More bytes than a payload of its kind has, whatever they say.
    TooLong { max: usize },
    /// JSON, but a field is refused.
    Field(FieldFault),
}

impl fmt::Display for ParseFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotJson { reason } => f.write_str(reason),
            Self::TooLong { max } => write!(f, "more than {max} bytes"),
            Self::Field(FieldFault { pointer, fault }) if pointer.is_empty() => write!(f, "{fault}"),
            Self::Field(FieldFault { pointer, fault }) => write!(f, "{pointer}: {fault}"),
        }
    }
}

/// A failure while it is handed up through serde: in a box, because every result that is none has room for it too.
#[derive(Debug)]
pub struct Raised(Box<ParseFailure>);

impl Raised {
    pub fn not_json(reason: String) -> Self {
        Self(Box::new(ParseFailure::NotJson { reason }))
    }

    fn field(pointer: String, fault: Fault) -> Self {
        Self(Box::new(ParseFailure::Field(FieldFault { pointer, fault })))
    }

    pub fn wrong(expected: impl Into<String>) -> Self {
        Self::field(String::new(), Fault::WrongType { expected: expected.into() })
    }

    /// A member that nothing reads.
    pub fn unread() -> Self {
        Self::field(String::new(), Fault::UnknownField)
    }

    pub fn twice(name: &str) -> Self {
        Self::wrong("a member stands once only").within(name)
    }

    /// As seen from outside the member or element that has it.
    pub fn within(mut self, name: &str) -> Self {
        if let ParseFailure::Field(field) = &mut *self.0 {
            field.pointer.insert_str(0, &pointer_to(name));
        }
        self
    }
}

/// RFC 6901 §3.
fn pointer_to(name: &str) -> String {
    format!("/{}", name.replace('~', "~0").replace('/', "~1"))
}

impl From<Raised> for ParseFailure {
    fn from(refused: Raised) -> Self {
        *refused.0
    }
}

impl fmt::Display for Raised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Raised {}

impl de::Error for Raised {
    fn custom<T: fmt::Display>(message: T) -> Self {
        let message = message.to_string();
        match Fault::carried_by(&message) {
            Some(fault) => Self::field(String::new(), fault),
            None => Self::wrong(message),
        }
    }

    fn unknown_field(name: &str, _: &'static [&'static str]) -> Self {
        Self::unread().within(name)
    }

    fn missing_field(name: &'static str) -> Self {
        Self::field(pointer_to(name), Fault::MissingField)
    }

    fn duplicate_field(name: &'static str) -> Self {
        Self::twice(name)
    }
}
