//! Which streams began by following which: rounds of tendering after one that failed. There are few of them.

use super::Stream;
#[cfg(feature = "shell")]
use super::World;
use std::collections::{BTreeMap, BTreeSet};

/// For streams that are followed, those that follow them, as far as they are known here.
#[derive(Debug, Default)]
pub struct Successors {
    of: BTreeMap<Stream, BTreeSet<Stream>>,
}

impl Successors {
    pub fn of(&self, followed: &Stream) -> impl Iterator<Item = &Stream> {
        self.of.get(followed).into_iter().flatten()
    }

    pub fn add(&mut self, followed: Stream, successor: Stream) {
        self.of.entry(followed).or_default().insert(successor);
    }
}

/// For whoever keeps the streams in a store and loads a few of them.
#[cfg(feature = "shell")]
impl World {
    pub(crate) fn successors(&self) -> &Successors {
        &self.successors
    }

    pub(crate) fn successors_mut(&mut self) -> &mut Successors {
        &mut self.successors
    }
}
