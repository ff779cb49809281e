//! Which organisations name which ones as their successors. There are few of them, and whoever decides whether somebody is barred
//! looks at those before it as well: that can't be told from the successor's own stream.

#[cfg(feature = "shell")]
use super::Act;
use super::{State, Stream, World};
use crate::access::AccessId;
use crate::field::OrganisationId;
#[cfg(feature = "shell")]
use crate::organisation;
use std::collections::{BTreeMap, BTreeSet};

/// For organisations that succeed others, those that named them, as far as they are known here, whether that was taken back or not.
#[derive(Debug, Default)]
pub(super) struct Predecessors {
    of: BTreeMap<OrganisationId, BTreeSet<OrganisationId>>,
    /// These are all.
    is_whole: bool,
}

/// Organisations before one another that a decision looks at: a chain of mergers is short, and whoever makes it longer on
/// purpose makes nothing slow.
const PREDECESSORS_MAX: usize = 100;

impl Predecessors {
    fn add(&mut self, successor: OrganisationId, predecessor: OrganisationId) {
        self.of.entry(successor).or_default().insert(predecessor);
    }

    /// Those before an organisation, the nearest first, each once.
    fn before(&self, id: &OrganisationId) -> Vec<&OrganisationId> {
        let mut found: Vec<&OrganisationId> = Vec::new();
        let mut at = 0;
        let mut next = Some(id);
        while let Some(successor) = next {
            let new = self.of.get(successor).into_iter().flatten();
            let new: Vec<_> = new.filter(|other| *other != id && !found.contains(other)).collect();
            found.extend(new);
            found.truncate(PREDECESSORS_MAX);
            next = found.get(at).copied();
            at += 1;
        }
        found
    }
}

impl World {
    /// The streams of those before whoever's access is looked at, and of their access.
    pub(super) fn predecessor_streams(&self, ties: &[Stream]) -> Vec<Stream> {
        if self.predecessors.of.is_empty() {
            return Vec::new();
        }
        let looked_at = ties.iter().filter_map(Stream::id::<AccessId>);
        let before = looked_at.flat_map(|AccessId(id)| {
            let before = self.predecessors.before(&id).into_iter().cloned();
            before.collect::<Vec<_>>()
        });
        let streams = before.flat_map(|id| [Stream::of(&id), Stream::of(&AccessId(id))]);
        let mut new: Vec<Stream> = Vec::new();
        for stream in streams {
            if !ties.contains(&stream) && !new.contains(&stream) {
                new.push(stream);
            }
        }
        new
    }

    /// Whether it knows of all organisations that succeed others.
    pub fn has_all_predecessors(&self) -> bool {
        self.predecessors.is_whole
    }

    /// All that the store knows of.
    pub fn is_given_all_predecessors(&mut self, all: impl Iterator<Item = (OrganisationId, OrganisationId)>) {
        all.for_each(|(successor, predecessor)| self.predecessors.add(successor, predecessor));
        self.predecessors.is_whole = true;
    }

    /// Another one may have named some on this stream.
    pub(super) fn may_lack_predecessors(&mut self, stream: &Stream) {
        if stream.id::<OrganisationId>().is_some() {
            self.predecessors.is_whole = false;
        }
    }

    /// Takes note of whom an organisation names, whose state has just changed.
    pub(super) fn note_successors(&mut self, stream: &Stream) {
        let Some(State::Organisation(organisation)) = self.lasting.get(stream) else { return };
        let Some(ended) = organisation.registry.endings.last() else { return };
        for successor in &ended.successors {
            self.predecessors.add(successor.clone(), organisation.id.clone());
        }
    }
}

/// For whoever keeps the streams in a store and loads a few of them.
#[cfg(feature = "shell")]
impl World {
    /// What decisions will look at once an organisation has ended by an act: it may come in the same batch as they.
    pub(crate) fn passed_on_by(&self, stream: &Stream, act: &Act) -> Vec<Stream> {
        let Act::Organisation(organisation::Act::Ended(_)) = act else { return Vec::new() };
        let access = stream.id::<OrganisationId>().map(|id| Stream::of(&AccessId(id)));
        let own: Vec<Stream> = access.into_iter().collect();
        let before = self.predecessor_streams(&own);
        own.into_iter().chain(before).collect()
    }

    /// Takes note of a predecessor whose own stream is not at hand: decisions look at it all the same.
    pub(crate) fn hears_of_predecessor(&mut self, successor: OrganisationId, predecessor: OrganisationId) {
        self.predecessors.add(successor, predecessor);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_before_are_found_once_also_where_they_go_round() {
        let id = |letter: &str| format!("XM-TEST-{letter}").parse::<OrganisationId>().unwrap();
        let mut known = Predecessors::default();
        for (successor, predecessor) in [("C", "B"), ("B", "A"), ("C", "D"), ("A", "C"), ("D", "A")] {
            known.add(id(successor), id(predecessor));
        }
        let before: Vec<&str> = known.before(&id("C")).into_iter().map(OrganisationId::as_str).collect();
        assert_eq!(before, ["XM-TEST-B", "XM-TEST-D", "XM-TEST-A"]);
        assert!(known.before(&id("E")).is_empty());
        for n in 0..300 {
            known.add(id("E"), format!("XM-TEST-N{n}").parse().unwrap());
        }
        assert_eq!(known.before(&id("E")).len(), PREDECESSORS_MAX);
    }
}
