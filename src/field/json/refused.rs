//! A refusal on its way out.

use super::super::{Bilingual, Fault, FieldFault, nearest};
use super::expected;
use super::union::KIND;
use serde::de;
use std::fmt;

/// Why bytes are refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParseFailure {
    /// Not JSON at all (or not UTF-8, or nested too deeply).
    NotJson { reason: Bilingual },
    /// More bytes than a payload of its kind has, whatever they say.
    TooLong { max: usize },
    /// JSON, but a field is refused.
    Field(FieldFault),
}

impl ParseFailure {
    /// What is wrong.
    pub fn words(&self) -> Bilingual {
        match self {
            Self::NotJson { reason } => reason.clone(),
            Self::TooLong { max } => Bilingual::new(format!("超过 {max} 字节"), format!("more than {max} bytes")),
            Self::Field(field) => field.words(),
        }
    }

    /// What is wrong with a value that has no members: where it is, says who has it.
    pub fn of_plain_value(self) -> Fault {
        match self {
            Self::Field(field) => field.fault,
            other => Fault::wrong_type(other.words()),
        }
    }
}

impl fmt::Display for ParseFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words().en)
    }
}

/// A failure while it is handed up through serde: in a box, because every result that is none has room for it too.
#[derive(Debug)]
pub struct Raised(Box<ParseFailure>);

impl Raised {
    pub fn not_json(reason: impl Into<Bilingual>) -> Self {
        Self(Box::new(ParseFailure::NotJson { reason: reason.into() }))
    }

    pub fn field(pointer: String, fault: Fault) -> Self {
        Self(Box::new(ParseFailure::Field(FieldFault { pointer, fault })))
    }

    pub fn wrong(expected: impl Into<Bilingual>) -> Self {
        Self::field(String::new(), Fault::wrong_type(expected))
    }

    /// A member that nothing reads.
    pub fn unread() -> Self {
        Self::field(String::new(), Fault::UnknownField { nearest: None })
    }

    /// That a union does not say of which kind it is: which there are is known where it is read.
    pub fn without_kind(mut self, kinds: &[&str]) -> Self {
        if let ParseFailure::Field(FieldFault { pointer, fault: fault @ Fault::MissingField }) = &mut *self.0
            && *pointer == pointer_to(KIND)
        {
            *fault = Fault::KindMissing { words: kinds.iter().map(|&kind| kind.to_owned()).collect() };
        }
        self
    }

    pub fn twice(name: &str) -> Self {
        Self::wrong(expected::ONCE).within(name)
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
pub fn pointer_to(name: &str) -> String {
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
            None => Self::wrong(expected::ANOTHER),
        }
    }

    fn unknown_variant(_: &str, words: &'static [&'static str]) -> Self {
        Self::wrong(expected::one_of(words))
    }

    fn unknown_field(name: &str, known: &'static [&'static str]) -> Self {
        let nearest = nearest(name, known.iter().copied()).map(str::to_owned);
        Self::field(pointer_to(name), Fault::UnknownField { nearest })
    }

    fn missing_field(name: &'static str) -> Self {
        Self::field(pointer_to(name), Fault::MissingField)
    }

    fn duplicate_field(name: &'static str) -> Self {
        Self::twice(name)
    }
}
