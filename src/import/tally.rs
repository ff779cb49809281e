//! What the report counts while the notices are mapped.

use crate::field::{Fault, Line, Prose};
use serde_json::Value;
use std::collections::BTreeMap;

/// Places that a note names before it only counts.
const PLACES_MAX: usize = 8;

/// Counts and notes.
#[derive(Debug, Default)]
pub(super) struct Tally {
    mapped: usize,
    unmapped: BTreeMap<String, usize>,
    notes: BTreeMap<&'static str, Vec<String>>,
}

/// How a note is worded that is about the files rather than one tender.
const EVERYWHERE: &str = "";

impl Tally {
    pub fn mapped(&mut self, values: usize) {
        self.mapped += values;
    }

    pub fn unmapped(&mut self, field: impl Into<String>, values: usize) {
        if values > 0 {
            *self.unmapped.entry(field.into()).or_default() += values;
        }
    }

    /// Notes that `what` happened at `place`, a tender's code as a rule.
    pub fn note(&mut self, what: &'static str, place: &str) {
        self.notes.entry(what).or_default().push(place.to_owned());
    }

    /// Notes something about the import as a whole.
    pub fn remark(&mut self, what: &'static str) {
        self.notes.insert(what, vec![EVERYWHERE.to_owned()]);
    }

    /// One line of text. Deceptive characters are taken out and line breaks made spaces, and both are noted.
    pub fn line<const MAX: usize>(&mut self, text: &str, place: &str) -> Result<Line<MAX>, Fault> {
        self.text(text, place, |text| Line::new(text))
    }

    /// Running text, as [`Self::line`].
    pub fn prose<const MAX: usize>(&mut self, text: &str, place: &str) -> Result<Prose<MAX>, Fault> {
        self.text(text, place, |text| Prose::new(text))
    }

    /// Text for a field that may stay empty: what does not fit is not cut but left out, and counted under `field`.
    pub fn optional_prose<const MAX: usize>(&mut self, text: &str, field: &str, place: &str) -> Option<Prose<MAX>> {
        match self.prose(text, place) {
            Ok(prose) => Some(prose),
            Err(_) => {
                self.unmapped(format!("{field} (too long)"), 1);
                None
            }
        }
    }

    fn text<T>(&mut self, text: &str, place: &str, make: impl Fn(&str) -> Result<T, Fault>) -> Result<T, Fault> {
        let mut text = text.trim().to_owned();
        loop {
            match make(&text) {
                Err(Fault::ForbiddenCharacter { code_point }) => {
                    let Some(forbidden) = char::from_u32(code_point) else {
                        return Err(Fault::ForbiddenCharacter { code_point });
                    };
                    if matches!(forbidden, '\n' | '\r' | '\t') {
                        self.note("a line break in a one-line text became a space", place);
                        text = text.replace(forbidden, " ");
                    } else {
                        self.note("a deceptive or control character was taken out of a text", place);
                        text = text.replace(forbidden, "");
                    }
                }
                made => return made,
            }
        }
    }

    pub fn finish(self) -> (usize, BTreeMap<String, usize>, Vec<String>) {
        let notes = self.notes.into_iter().map(|(what, places)| note_text(what, &places)).collect();
        (self.mapped, self.unmapped, notes)
    }
}

fn note_text(what: &str, places: &[String]) -> String {
    if places.iter().all(|place| place == EVERYWHERE) {
        return what.to_owned();
    }
    let named = places.iter().take(PLACES_MAX).map(String::as_str).collect::<Vec<_>>().join(", ");
    let more = if places.len() > PLACES_MAX { ", …" } else { "" };
    format!("{what}: {} ({named}{more})", places.len())
}

/// How many values a JSON value holds: lists and objects count their members, what says nothing counts none.
pub(super) fn weight(value: &Value) -> usize {
    match value {
        Value::Null => 0,
        Value::String(text) => usize::from(!super::source::says_nothing(text)),
        Value::Array(items) => items.len(),
        Value::Object(members) => members.len(),
        Value::Bool(_) | Value::Number(_) => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_changed_in_silence() {
        let mut tally = Tally::default();
        assert_eq!(tally.line::<9>(" 甲\u{200B}乙\n丙 ", "T-1").unwrap().as_str(), "甲乙 丙");
        assert_eq!(tally.prose::<9>("甲\n乙", "T-1").unwrap().as_str(), "甲\n乙");
        assert_eq!(tally.optional_prose::<2>("甲乙丙", "f.text", "T-1"), None);
        let (_, unmapped, notes) = tally.finish();
        assert_eq!(unmapped["f.text (too long)"], 1);
        assert_eq!(notes.len(), 2, "{notes:?}");
        assert!(notes[0].ends_with("text: 1 (T-1)"), "{notes:?}");
    }
}
