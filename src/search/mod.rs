//! 全文检索: words of the log's texts, Chinese ones by overlapping pairs of characters, so that whatever stands in a text is found by
//! any two characters of it, and no dictionary decides.

mod fold;
mod query;
mod words;

pub use fold::FoldedText;
pub use query::{SearchQuery, SearchWord};
pub use words::{PART_OVERLAP, PART_WORDS, parts_of, phrase_of};
