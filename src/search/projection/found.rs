//! What is found.

use crate::field::{DueTime, Instant};
use crate::search::SearchKind;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// How well a thing fits.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
    strum::EnumString,
    strum::IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Fit {
    /// Its title or its key is what was typed.
    Whole,
    /// Each word is in its title.
    Title,
    /// Each word is in one of its texts.
    Text,
}

/// Where a page ended: `<fit>~<entry>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SearchPlace {
    pub fit: Fit,
    pub id: u64,
}

impl fmt::Display for SearchPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}~{}", <&str>::from(self.fit), self.id)
    }
}

impl FromStr for SearchPlace {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (fit, id) = text.split_once('~').ok_or(())?;
        // No column holds more.
        let id = id.parse().ok().filter(|id| *id <= i64::MAX as u64).ok_or(())?;
        Ok(Self { fit: fit.parse().map_err(|_| ())?, id })
    }
}

/// First character, and how many.
pub type Stretch = (usize, usize);

/// Where words stand in a text of a thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snippet {
    /// Which of its texts: `clauses/c-1`.
    pub part: String,
    pub text: String,
    pub stretches: Vec<Stretch>,
}

/// A thing that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundThing {
    pub fit: Fit,
    /// The entry with which it began.
    pub id: u64,
    pub kind: SearchKind,
    pub key: String,
    pub title: String,
    /// Where words stand in its title.
    pub stretches: Vec<Stretch>,
    pub snippet: Option<Snippet>,
    pub status: String,
    pub nature: Option<String>,
    pub method: Option<String>,
    pub region: Option<String>,
    pub unit: Option<String>,
    /// Of bids, and when they are opened: as long as the tender runs.
    pub deadline: Option<DueTime>,
    pub opening: Option<DueTime>,
    /// When it began.
    pub time: Instant,
}

/// How many of the things that were counted share each value of a filter, most first.
pub type Counts = BTreeMap<&'static str, Vec<(String, u64)>>;

/// Why nothing was found, and so what to try.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NothingFound {
    /// Words that nothing has by itself, whatever the filters.
    pub words: Vec<String>,
    /// There is no letter and no digit in what was typed.
    pub is_no_word: bool,
    /// Without the filters something would be found.
    pub is_filtered: bool,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Searched {
    /// Entries of the log that the index knows.
    pub size: u64,
    pub things: Vec<FoundThing>,
    pub next: Option<SearchPlace>,
}

/// Of how many things values were counted, and whether there are more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueCounts {
    pub things: u64,
    pub is_cut: bool,
    pub counts: Counts,
}
