//! Which way a change of a clause goes for who wants to bid: stricter or looser, where its words say it.
//!
//! Told is only what can be read off the words without doubt: that a quantity alone changed, what it is of, and that more of it
//! asks more of a bidder, or less. Whatever else changed beside it, whatever is negated, an alternative or a range, and every rule
//! of evaluation is left to the reader. Nothing follows from what is told here.

mod reading;
mod rules;
#[cfg(test)]
mod tests;
mod words;

use super::ClauseKind;
use crate::act::statuses;
use reading::{Piece, pieces};
use rules::told;

statuses! {
    /// Which way a change of a clause goes for who wants to bid.
    pub enum Tendency {
        /// 更严: more is asked of bidders, or they have less time.
        Stricter,
        /// 放宽: less is asked of bidders, or they have more time.
        Looser,
        /// 提高: a ceiling or a budget, which is neither.
        Raised,
        /// 降低: the same, lower.
        Lowered,
        /// 仅写法: the same words and quantities, written otherwise.
        Wording,
    }
}

/// Which way the change goes; `None` where the words do not say.
pub fn tendency(kind: ClauseKind, before: &str, after: &str) -> Option<Tendency> {
    let (before, after) = (pieces(before), pieces(after));
    if before == after {
        return Some(Tendency::Wording);
    }
    let is_alike = |(before, after): (&Piece, &Piece)| match (before, after) {
        (Piece::Quantity(before), Piece::Quantity(after)) => before.unit == after.unit,
        (before, after) => before == after,
    };
    if before.len() != after.len() || !before.iter().zip(&after).all(is_alike) {
        return None;
    }
    let changed = (0..before.len()).filter(|at| before[*at] != after[*at]);
    let mut said = changed.map(|at| match (&before[at], &after[at]) {
        (Piece::Quantity(was), Piece::Quantity(is)) => told(kind, &before, at, is.amount > was.amount),
        _ => None,
    });
    let first = said.next()??;
    said.all(|other| other == Some(first)).then_some(first)
}
