//! What can be wrong with one field, and where.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Why one field of a payload is refused. Each has a problem type of its own (`problem::of_fault`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "kebab-case")]
pub enum Fault {
    /// The schema has no such member.
    UnknownField,
    /// A required member is absent.
    MissingField,
    /// A value of another JSON type, or an enum value that is not in the list.
    WrongType { expected: String },
    /// Longer than the field allows, in Unicode scalar values.
    TextTooLong { max: usize },
    /// Empty or only white space where words are needed.
    TextEmpty,
    /// A control, bidi-override, zero-width or otherwise invisible character: it can make a text read as another.
    ForbiddenCharacter { code_point: u32 },
    /// A code that does not have the form its field asks for.
    MalformedCode { reason: String },
    /// The check character of a code does not match (GB 32100-2015).
    CheckCharacter { expected: char },
    /// Not a province-level prefix of GB/T 2260.
    UnknownRegion,
    /// Not a 品目 code of the 政府采购品目分类目录 form, nor a CPV code.
    UnknownCategory,
    /// Negative, or above 10^15 minor units (ten trillion yuan).
    AmountOutOfRange,
    /// Not an ISO 4217 code that this service knows the minor unit of.
    UnknownCurrency,
    /// Not a day of the calendar.
    InvalidDate,
    /// One date stands before another that must precede it.
    DatesOutOfOrder { earlier: String },
    /// A window shorter than the rulebook's minimum.
    WindowTooShort { min_days: u16, rule: String },
    /// A list that is longer than allowed.
    TooMany { max: usize },
    /// A list that needs at least one element.
    TooFew,
    /// An id that stands twice in one list.
    Duplicate { id: String },
    /// An id that names nothing in this tender.
    UnknownReference { id: String },
    /// Two members that contradict each other.
    Inconsistent { reason: String },
}

impl Fault {
    /// Serde errors carry only text, so the fault travels as JSON behind this mark.
    const MARK: &'static str = "\u{1}";

    pub(crate) fn into_serde<E: serde::de::Error>(self) -> E {
        E::custom(format_args!("{}{}", Self::MARK, serde_json::to_string(&self).unwrap_or_default()))
    }

    /// The fault that [`Self::into_serde`] made this message of.
    pub(super) fn carried_by(message: &str) -> Option<Self> {
        serde_json::from_str(message.strip_prefix(Self::MARK)?).ok()
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownField => write!(f, "the schema has no such member"),
            Self::MissingField => write!(f, "a required member is missing"),
            Self::WrongType { expected } => write!(f, "{expected}"),
            Self::TextTooLong { max } => write!(f, "longer than {max} characters"),
            Self::TextEmpty => write!(f, "empty"),
            Self::ForbiddenCharacter { code_point } => write!(f, "character U+{code_point:04X} is not allowed here"),
            Self::MalformedCode { reason } => write!(f, "{reason}"),
            Self::CheckCharacter { expected } => {
                write!(f, "wrong check character, {expected} expected (GB 32100-2015)")
            }
            Self::UnknownRegion => write!(f, "no province of GB/T 2260 begins like this"),
            Self::UnknownCategory => write!(f, "not a 政府采购品目 code (A/B/C and digits) or an 8-digit CPV code"),
            Self::AmountOutOfRange => write!(f, "negative, or above 10^15 minor units"),
            Self::UnknownCurrency => write!(f, "not a known ISO 4217 currency"),
            Self::InvalidDate => write!(f, "not a calendar day of the form 2026-11-23"),
            Self::DatesOutOfOrder { earlier } => write!(f, "may not be before {earlier}"),
            Self::WindowTooShort { min_days, rule } => write!(f, "shorter than {min_days} days ({rule})"),
            Self::TooMany { max } => write!(f, "more than {max} elements"),
            Self::TooFew => write!(f, "at least one element is needed"),
            Self::Duplicate { id } => write!(f, "{id} stands twice"),
            Self::UnknownReference { id } => write!(f, "{id} names nothing here"),
            Self::Inconsistent { reason } => write!(f, "{reason}"),
        }
    }
}

/// A fault and the RFC 6901 JSON pointer of the field that has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldFault {
    pub pointer: String,
    pub fault: Fault,
}

/// Collects the faults that only show when several fields are looked at together.
#[derive(Debug, Default)]
pub struct Faults(Vec<FieldFault>);

impl Faults {
    pub fn add(&mut self, pointer: impl Into<String>, fault: Fault) {
        self.0.push(FieldFault { pointer: pointer.into(), fault });
    }

    /// Refuses an empty list, one longer than `max`, or one in which an id stands twice.
    pub fn list<'a, T, K: fmt::Display + Ord>(
        &mut self,
        pointer: impl fmt::Display,
        items: &'a [T],
        max: usize,
        id: impl Fn(&'a T) -> K,
    ) {
        if items.is_empty() {
            self.add(pointer.to_string(), Fault::TooFew);
        }
        self.at_most(&pointer, items.len(), max);
        let mut seen = std::collections::BTreeSet::new();
        for (at, item) in items.iter().enumerate() {
            let id = id(item);
            if seen.contains(&id) {
                self.add(format!("{pointer}/{at}"), Fault::Duplicate { id: id.to_string() });
            }
            seen.insert(id);
        }
    }

    /// The pointer is only spelled out when there is a fault.
    pub fn at_most(&mut self, pointer: impl fmt::Display, len: usize, max: usize) {
        if len > max {
            self.add(pointer.to_string(), Fault::TooMany { max });
        }
    }

    pub fn into_result(self) -> Result<(), Vec<FieldFault>> {
        if self.0.is_empty() { Ok(()) } else { Err(self.0) }
    }
}
