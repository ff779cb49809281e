//! The law as data: the minimum windows of a tender's life, the terms of commitments.

mod commitments;

pub use commitments::{CommitmentTerms, Rule, Term, commitment_terms};

use serde::Deserialize;
use std::sync::LazyLock;

/// The version that `log.opened` names; entries are judged by the version that applied to them.
pub const VERSION: &str = "2026-11";

/// A minimum number of days, with its source.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MinimumWindow {
    /// Rule id, e.g. `AW-WINDOW`.
    pub id: String,
    /// Law and article.
    pub law: String,
    pub days: u16,
    pub zh: String,
    pub en: String,
}

/// The minimums by name.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MinimumWindows {
    /// 中标候选人公示期.
    pub candidates: MinimumWindow,
    /// From the call to the bid deadline of an open tender.
    pub bidding: MinimumWindow,
    /// From a material amendment to the bid deadline.
    pub amendment: MinimumWindow,
}

static WINDOWS: LazyLock<MinimumWindows> = LazyLock::new(|| {
    toml::from_str(include_str!("windows.toml")).expect("windows.toml is part of the program and covered by a test")
});

/// The minimum windows of this version.
pub fn windows() -> &'static MinimumWindows {
    &WINDOWS
}

#[cfg(test)]
mod tests {
    #[test]
    fn minimums_are_those_of_the_law() {
        let windows = super::windows();
        assert_eq!((windows.candidates.days, windows.bidding.days, windows.amendment.days), (3, 20, 15));
    }
}
