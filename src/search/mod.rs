//! 全文检索: words of the log's texts, Chinese ones by overlapping pairs of characters, so that whatever stands in a text is found by
//! any two characters of it, and no dictionary decides. The index follows the log, outside of the way of a write.

mod api;
mod fold;
pub mod projection;
mod query;
mod rows;
mod texts;
mod view;
mod words;

pub use api::{SearchApi, SearchAsked, answer};
pub use fold::{FoldedText, is_han};
pub use query::{SearchQuery, SearchWord};
pub use rows::{SearchKind, SearchRow, TextPart};
pub(crate) use texts::Texts;
pub use view::{NothingView, SearchHit, SearchPage, StretchView, page_path, view_path};
pub use words::{Term, Word, phrases_of, places_of, words_of};
