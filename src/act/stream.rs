//! What a record acts on.

use crate::field::Fault;
use compact_str::{CompactString, ToCompactString};
use std::fmt;
use std::str::FromStr;

/// What a record acts on, the `sub` of its header: `log`, or `<prefix>/<id>`. All records on one stream, folded in order,
/// make its state.
///
/// A text is parsed where the list of capabilities is (`world`), so that there is no stream that none of them owns.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stream(CompactString);

/// An id that names a stream.
pub trait StreamId: fmt::Display + FromStr<Err: Into<Fault>> {
    /// What stands before the slash.
    const PREFIX: &'static str;

    fn stream(&self) -> Stream {
        Stream(compact_str::format_compact!("{}/{self}", Self::PREFIX))
    }

    /// The id in a stream's text, when it is a stream of this kind.
    fn of_stream(text: &str) -> Option<Self> {
        text.strip_prefix(Self::PREFIX)?.strip_prefix('/')?.parse().ok()
    }
}

impl Stream {
    /// The log's own stream.
    pub const LOG: Self = Self(CompactString::const_new("log"));

    pub fn of<I: StreamId>(id: &I) -> Self {
        id.stream()
    }

    /// The id, when it is a stream of this kind.
    pub fn id<I: StreamId>(&self) -> Option<I> {
        I::of_stream(&self.0)
    }

    /// Whether it is a stream of this kind.
    pub fn is_of<I: StreamId>(&self) -> bool {
        self.0.strip_prefix(I::PREFIX).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// `organisation` of `organisation/<id>`.
    pub fn prefix(&self) -> &str {
        let slash = self.0.bytes().position(|byte| byte == b'/');
        &self.0[..slash.unwrap_or(self.0.len())]
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A text that was found to name a stream.
    pub(crate) fn checked(text: &str) -> Self {
        Self(text.to_compact_string())
    }
}

impl fmt::Display for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
