//! Which references of the bank a book knows, so that no line of a statement counts twice.

use crate::field::alike;
use std::collections::BTreeSet;

/// References of the bank that were entered.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct References {
    /// By what is alike in each, and as it is written.
    known: BTreeSet<(Box<str>, Box<str>)>,
}

impl References {
    pub fn insert(&mut self, reference: &str) {
        self.known.insert((alike(reference), reference.into()));
    }

    /// The line was taken back.
    pub fn remove(&mut self, reference: &str) {
        self.known.remove(&(alike(reference), reference.into()));
    }

    /// Whether one that is written like this was entered.
    pub fn contains(&self, reference: &str) -> bool {
        self.known.contains(&(alike(reference), reference.into()))
    }

    /// One that was entered and differs at most in its writing.
    pub fn like(&self, reference: &str) -> Option<&str> {
        let alike = alike(reference);
        let next = self.known.range((alike.clone(), Box::default())..).next();
        next.filter(|(other, _)| *other == alike).map(|(_, written)| &**written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_writing_is_the_same_line_until_it_is_taken_back() {
        let mut references = References::default();
        references.insert("SAME 1");
        assert!(references.contains("SAME 1") && !references.contains("same 1"));
        for other in ["SAME 1", "same 1", "SAME1 ", "\u{3000}ＳＡＭＥ１"] {
            assert_eq!(references.like(other), Some("SAME 1"), "{other}");
        }
        for other in ["SAME 11", "SAME", "", "SAME 2"] {
            assert_eq!(references.like(other), None, "{other}");
        }
        // What earlier editions let in as another line.
        references.insert("same 1");
        references.remove("SAME 1");
        assert_eq!(references.like("SAME 1"), Some("same 1"));
        references.remove("same 1");
        assert_eq!(references.like("SAME 1"), None);
    }
}
