//! The one way to read an entry.

use super::{Act, Stream};
use crate::act::Place;
use crate::field::OrganisationId;
use crate::log::{EntryError, EntryView, Hash};
use crate::problem::Refusal;
use crate::record::{Header, JwsError, jws};

/// An entry, and what its record says.
#[derive(Debug)]
pub struct ReadEntry<'a> {
    pub view: EntryView<'a>,
    pub header: Header,
    pub stream: Stream,
    pub act: Act,
    pub signature: [u8; 64],
}

/// Why bytes can't be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// They are no entry.
    #[error("{0}")]
    Entry(#[from] EntryError),
    #[error("{0}")]
    Jws(#[from] JwsError),
    /// Its stream or its payload is none.
    #[error("{0}")]
    Record(#[from] Refusal),
}

impl<'a> ReadEntry<'a> {
    /// # Errors
    /// See [`ReadError`].
    pub fn parse(bytes: &'a [u8]) -> Result<Self, ReadError> {
        Self::of_view(EntryView::parse(bytes)?)
    }

    /// What the record of an entry says.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn of_view(view: EntryView<'a>) -> Result<Self, ReadError> {
        let header = jws::header(view.protected)?;
        let signature = jws::signature(view.signature)?;
        let act = Act::parse(&header.typ, &jws::payload(view.payload)?)?;
        let stream = header.sub.parse::<Stream>()?;
        Ok(Self { view, header, stream, act, signature })
    }

    pub fn hash(&self) -> Hash {
        self.view.hash()
    }

    /// Where it stands, for its author and as this version of its stream.
    pub fn place(&self, author: OrganisationId, version: u64) -> Place {
        let (index, time, hash) = (self.view.index, self.view.time, self.hash());
        Place { index, time, hash, author, kid: self.header.kid, version }
    }
}
