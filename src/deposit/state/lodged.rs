//! Which guarantees a book knows, so that none covers twice.

use crate::field::alike;
use std::collections::{BTreeMap, BTreeSet};

/// Guarantees by who issued them, and under which number.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Lodged {
    /// As they are written, whatever became of them.
    ever: BTreeSet<Written>,
    /// How many of them were not released, however they are written.
    held: BTreeMap<Written, u32>,
}

type Written = (Box<str>, Box<str>);

/// What is alike in other writings.
fn plain(issuer: &str, number: &str) -> Written {
    (alike(issuer), alike(number))
}

impl Lodged {
    pub fn lodge(&mut self, issuer: &str, number: &str) {
        self.ever.insert((issuer.into(), number.into()));
        *self.held.entry(plain(issuer, number)).or_default() += 1;
    }

    /// It is with its issuer again.
    pub fn release(&mut self, issuer: &str, number: &str) {
        if let Some(held) = self.held.get_mut(&plain(issuer, number)) {
            *held = held.saturating_sub(1);
        }
    }

    /// Whether one that is written like this was ever lodged.
    pub fn knows(&self, issuer: &str, number: &str) -> bool {
        self.ever.contains(&(issuer.into(), number.into()))
    }

    /// Whether one was lodged and not released, however it was written.
    pub fn holds(&self, issuer: &str, number: &str) -> bool {
        self.held.get(&plain(issuer, number)).is_some_and(|held| *held > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_writing_is_the_same_guarantee_until_it_is_released() {
        let mut lodged = Lodged::default();
        lodged.lodge("某某银行 郑州分行", "G1");
        assert!(lodged.knows("某某银行 郑州分行", "G1") && !lodged.knows("某某银行 郑州分行", "g1"));
        for (issuer, number) in
            [("某某银行郑州分行", "g1"), (" 某某银行　郑州分行", "Ｇ１"), ("某某银行 郑州分行", "G 1")]
        {
            assert!(lodged.holds(issuer, number), "{issuer} {number}");
        }
        assert!(!lodged.holds("某某银行 郑州分行", "G2"));
        // Two that earlier editions let in as different ones.
        lodged.lodge("某某银行郑州分行", "g1");
        lodged.release("某某银行 郑州分行", "G1");
        assert!(lodged.holds("某某银行 郑州分行", "G1"));
        lodged.release("某某银行郑州分行", "g1");
        assert!(!lodged.holds("某某银行 郑州分行", "G1") && lodged.knows("某某银行 郑州分行", "G1"));
    }
}
