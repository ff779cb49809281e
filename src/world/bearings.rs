//! What bears on whom and was not taken account of yet: so that what is left out of an account shows.

use super::{Act, Stream, World};
use crate::act::{Bearing, Borne, Place};
use hashbrown::HashMap;

/// What bears on subjects, in the order of the log, as far as it says anything.
#[derive(Debug, Default)]
pub(super) struct Bearings {
    /// Everything is at hand: whoever folds the whole log has seen it.
    all: bool,
    of: HashMap<Stream, Vec<Borne>>,
}

impl Bearings {
    fn take(&mut self, bearing: Bearing, place: &Place) {
        let Bearing { subject, fact, undoes } = bearing;
        let day = place.time.shanghai_day().into();
        let borne = || Borne { entry: place.index, day, by: place.author.clone(), fact, undoes };
        if self.all {
            self.of.entry(subject).or_default().push(borne());
        } else if let Some(of) = self.of.get_mut(&subject) {
            of.push(borne());
        }
    }

    /// An account was given of everything up to an entry.
    fn settle(&mut self, subject: &Stream, up_to: Option<u64>) {
        let (Some(up_to), Some(of)) = (up_to, self.of.get_mut(subject)) else { return };
        let settled = of.partition_point(|borne| borne.entry <= up_to);
        of.drain(..settled);
        if of.is_empty() && self.all {
            self.of.remove(subject);
        }
    }

    /// What bears on a subject since the last account; `None` where nobody here could know.
    pub(super) fn of(&self, subject: &Stream) -> Option<&[Borne]> {
        let known = self.of.get(subject).map(Vec::as_slice);
        if self.all { Some(known.unwrap_or_default()) } else { known }
    }
}

impl World {
    /// For whoever folds a whole log from its first entry.
    #[must_use]
    pub fn with_all_bearings(mut self) -> Self {
        self.bearings.all = true;
        self
    }

    /// Folds a record that was decided just now, and takes note of what it says of others. States that are read back are
    /// [applied](Self::apply) alone.
    pub fn accept(&mut self, stream: &Stream, act: &Act, place: &Place) {
        if self.bearings.all || !self.bearings.of.is_empty() {
            for bearing in self.bears_on(stream, act).into_iter().filter(Bearing::tells) {
                self.bearings.take(bearing, place);
            }
        }
        self.apply(stream, act, place);
        if let Some((subject, up_to)) = act.looks_at_bearings(self.state(stream)) {
            self.bearings.settle(&subject, up_to);
        }
    }
}

/// For whoever keeps the history in a store and loads a part of it.
#[cfg(feature = "shell")]
impl World {
    /// What bears on a subject since the last account, as whoever keeps the log's history has it.
    pub(crate) fn is_given_bearings(&mut self, subject: Stream, borne: Vec<Borne>) {
        self.bearings.of.insert(subject, borne);
    }

    /// Drops what was given: others may add to it.
    pub(crate) fn forget_bearings(&mut self) {
        self.bearings.of.clear();
    }

    /// Whose bearings the decision on an act looks at, and up to which entry an account was given of them.
    pub(crate) fn looks_at_bearings(&self, stream: &Stream, act: &Act) -> Option<(Stream, Option<u64>)> {
        act.looks_at_bearings(self.state(stream))
    }
}
