//! Text that people read. Bytes stay as signed: nothing is trimmed or normalised, only refused.

use super::Fault;
use super::schema::string_schema;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

/// A JSON string while it is looked at, borrowed from the JSON where nothing in it is escaped; a plain `Cow` would always
/// be a copy.
#[derive(Deserialize)]
pub(crate) struct JsonText<'a>(#[serde(borrow)] Cow<'a, str>);

impl Deref for JsonText<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// One line of 1..=`MAX` characters: titles, names, addresses.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Line<const MAX: usize>(Box<str>);

/// Running text of 1..=`MAX` characters; line breaks and tabs are allowed.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Prose<const MAX: usize>(Box<str>);

/// Characters that change how the text around them is shown, or show as nothing at all.
fn is_deceptive(c: char) -> bool {
    // Most of it is Chinese or ASCII.
    if matches!(c, ' '..='~' | '\u{3001}'..='\u{3002}' | '\u{4E00}'..='\u{9FFF}') {
        return false;
    }
    c.is_control()
        || matches!(c,
            '\u{00AD}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180E}'
            | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}'
            | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

fn check(text: &str, max: usize, allowed: &[char]) -> Result<(), Fault> {
    if text.chars().all(char::is_whitespace) {
        return Err(Fault::TextEmpty);
    }
    // A character has at least one byte, so the cheap test spares counting in nearly every case.
    if text.len() > max && text.chars().count() > max {
        return Err(Fault::TextTooLong { max });
    }
    match text.chars().find(|c| is_deceptive(*c) && !allowed.contains(c)) {
        Some(c) => Err(Fault::ForbiddenCharacter { code_point: c as u32 }),
        None => Ok(()),
    }
}

macro_rules! text_type {
    ($name:ident, $format:literal, $allowed:expr) => {
        impl<const MAX: usize> $name<MAX> {
            /// # Errors
            /// [`Fault::TextEmpty`], [`Fault::TextTooLong`] or [`Fault::ForbiddenCharacter`].
            pub fn new(text: impl Into<Box<str>>) -> Result<Self, Fault> {
                let text = text.into();
                check(&text, MAX, $allowed)?;
                Ok(Self(text))
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl<const MAX: usize> FromStr for $name<MAX> {
            type Err = Fault;

            fn from_str(text: &str) -> Result<Self, Fault> {
                Self::new(text)
            }
        }

        impl<const MAX: usize> fmt::Display for $name<MAX> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<const MAX: usize> fmt::Debug for $name<MAX> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }

        impl<const MAX: usize> Serialize for $name<MAX> {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de, const MAX: usize> Deserialize<'de> for $name<MAX> {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = JsonText::deserialize(deserializer)?;
                Self::new(&*text).map_err(Fault::into_serde)
            }
        }

        string_schema!($name<const MAX: usize>, $format, min = 1, max = MAX);
    };
}

text_type!(Line, "line", &[]);
text_type!(Prose, "prose", &['\n', '\r', '\t']);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_counts_characters_not_bytes() {
        assert!(Line::<4>::new("公示公示").is_ok());
        assert_eq!(Line::<4>::new("公示公示们").unwrap_err(), Fault::TextTooLong { max: 4 });
        assert_eq!(Line::<4>::new(" \u{3000}").unwrap_err(), Fault::TextEmpty);
    }

    #[test]
    fn deceptive_characters_are_refused() {
        for c in ['\0', '\u{202E}', '\u{2066}', '\u{200B}', '\u{FEFF}', '\u{7f}', '\u{85}', '\u{2028}'] {
            let text = format!("甲{c}乙");
            assert_eq!(Line::<9>::new(text.as_str()).unwrap_err(), Fault::ForbiddenCharacter { code_point: c as u32 });
            assert!(Prose::<9>::new(text).is_err());
        }
        assert!(Line::<9>::new("甲\n乙").is_err());
        assert!(Prose::<9>::new("甲\n乙").is_ok());
    }
}
