//! What is looked at: the newest ratings by and of one organisation, those of others about the same, and who disputed what it did.

use crate::act::statuses;
use crate::evaluation::{SettledRating, Stamp};
use crate::field::{Instant, OrganisationId};
use std::collections::{BTreeMap, BTreeSet};

/// The newest ratings by an organisation that are looked at: three years of a busy procuring unit.
pub const GIVEN_MAX: usize = 500;
/// The newest ratings of it.
pub const RECEIVED_MAX: usize = 500;
/// Those that it rated most often: of each of them others' ratings are looked at, too, by a statement of their own.
pub const COUNTERPARTS_MAX: usize = 20;
/// The newest ratings of one of those by others.
pub const PEERS_MAX: usize = 200;
/// The newest acts by which one of those disputed what the organisation did: as many as one objects to a tender.
pub const DISPUTES_MAX: usize = 50;

statuses! {
    /// Something that there was more of than is looked at.
    pub enum MaterialLimit {
        /// 本主体所作的评价
        Given,
        /// 本主体所受的评价
        Received,
        /// 所评价的主体
        Counterparts,
        /// 其他评价者的评价
        Peers,
        /// 异议、质疑、举报与申诉
        Disputes,
    }
}

impl MaterialLimit {
    /// How many are looked at.
    pub fn most(self) -> usize {
        match self {
            Self::Given => GIVEN_MAX,
            Self::Received => RECEIVED_MAX,
            Self::Counterparts => COUNTERPARTS_MAX,
            Self::Peers => PEERS_MAX,
            Self::Disputes => DISPUTES_MAX,
        }
    }

    /// What it is about.
    pub fn title(self) -> (&'static str, &'static str) {
        match self {
            Self::Given => ("只看最近所作的评价", "only the newest ratings that it gave were looked at"),
            Self::Received => ("只看最近所受的评价", "only the newest ratings that it was given were looked at"),
            Self::Counterparts => ("只看评价次数最多的对方", "only those that it rated most often were looked at"),
            Self::Peers => (
                "每一对方只看其他评价者最近的评价",
                "of each of those, only the newest ratings by others were looked at",
            ),
            Self::Disputes => {
                ("每一对方只看最近的异议等", "of each of those, only the newest objections and the like were looked at")
            }
        }
    }
}

/// An act by which an organisation disputed what another one had done: an objection, a challenge, the report of a breach, an
/// appeal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dispute {
    pub at: Stamp,
    /// Of the record.
    pub kind: String,
    pub by: OrganisationId,
    pub against: OrganisationId,
}

/// Everything that the indicators about one organisation are computed from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Material {
    pub organisation: OrganisationId,
    /// Its ratings of others, the newest first.
    pub given: Vec<SettledRating>,
    /// Others' ratings of it, the newest first.
    pub received: Vec<SettledRating>,
    counterparts: Vec<OrganisationId>,
    /// By whom they are about.
    pub peers: BTreeMap<OrganisationId, Vec<SettledRating>>,
    pub disputes: Vec<Dispute>,
    reached: Vec<MaterialLimit>,
}

impl Material {
    /// Of ratings that come newest first, at most one more than are looked at.
    pub fn new(organisation: OrganisationId, given: Vec<SettledRating>, received: Vec<SettledRating>) -> Self {
        let (counterparts, peers, disputes) = (Vec::new(), BTreeMap::new(), Vec::new());
        let mut material = Self { organisation, given, received, counterparts, peers, disputes, reached: Vec::new() };
        if cut(&mut material.given, GIVEN_MAX) {
            material.note(MaterialLimit::Given);
        }
        if cut(&mut material.received, RECEIVED_MAX) {
            material.note(MaterialLimit::Received);
        }
        let mut counts: BTreeMap<&OrganisationId, usize> = BTreeMap::new();
        for rating in material.given.iter().filter(|rating| rating.revealed().is_some()) {
            *counts.entry(&rating.rated).or_default() += 1;
        }
        let mut counts: Vec<_> = counts.into_iter().collect();
        // Stable: those of one number stay in the order of their codes.
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        material.counterparts = counts.into_iter().map(|(counterpart, _)| counterpart.clone()).collect();
        if cut(&mut material.counterparts, COUNTERPARTS_MAX) {
            material.note(MaterialLimit::Counterparts);
        }
        material
    }

    /// Those that it rated: of each of them [`Self::add`] is told the rest.
    pub fn counterparts(&self) -> &[OrganisationId] {
        &self.counterparts
    }

    /// What others gave one of those, in words and not by the organisation itself, and what that one disputed; the newest first,
    /// at most one more than are looked at.
    pub fn add(&mut self, counterpart: &OrganisationId, mut peers: Vec<SettledRating>, mut disputes: Vec<Dispute>) {
        if cut(&mut peers, PEERS_MAX) {
            self.note(MaterialLimit::Peers);
        }
        if cut(&mut disputes, DISPUTES_MAX) {
            self.note(MaterialLimit::Disputes);
        }
        self.peers.insert(counterpart.clone(), peers);
        self.disputes.extend(disputes);
    }

    /// The same from all settled ratings and all disputes of a log, in any order: how an auditor finds it.
    pub fn of_log(organisation: &OrganisationId, ratings: &[SettledRating], disputes: &[Dispute]) -> Self {
        let newest = |is_wanted: &dyn Fn(&SettledRating) -> bool| {
            let mut found: Vec<_> = ratings.iter().filter(|rating| is_wanted(rating)).cloned().collect();
            found.sort_by_key(|rating| std::cmp::Reverse(rating.settled));
            found
        };
        let given = newest(&|rating| rating.rater == *organisation);
        let received = newest(&|rating| rating.rated == *organisation);
        let mut material = Self::new(organisation.clone(), given, received);
        for counterpart in material.counterparts.clone() {
            let peers = newest(&|rating| {
                rating.rated == counterpart && rating.rater != *organisation && rating.revealed().is_some()
            });
            let theirs = disputes.iter().filter(|act| act.by == counterpart && act.against == *organisation);
            let mut theirs: Vec<_> = theirs.cloned().collect();
            theirs.sort_by_key(|act| std::cmp::Reverse(act.at));
            material.add(&counterpart, peers, theirs);
        }
        material
    }

    /// What there was more of than is looked at.
    pub fn reached(&self) -> &[MaterialLimit] {
        &self.reached
    }

    fn note(&mut self, limit: MaterialLimit) {
        if !self.reached.contains(&limit) {
            self.reached.push(limit);
        }
    }

    /// The part of it from a time on, in the order of the log.
    pub(super) fn since(&self, from: Instant) -> Looked<'_> {
        fn part(ratings: &[SettledRating], from: Instant) -> Vec<&SettledRating> {
            ratings.iter().rev().filter(|rating| rating.settled.time >= from).collect()
        }
        let peers = self.peers.iter().map(|(of, ratings)| (of, part(ratings, from)));
        Looked {
            organisation: &self.organisation,
            given: part(&self.given, from),
            received: part(&self.received, from),
            peers: peers.collect(),
            disputes: self.disputes.iter().collect(),
        }
    }
}

/// Leaves so many, and says whether there were more.
fn cut<T>(items: &mut Vec<T>, most: usize) -> bool {
    let is_cut = items.len() > most;
    items.truncate(most);
    is_cut
}

/// What the indicators look at, the oldest first.
pub(super) struct Looked<'a> {
    pub organisation: &'a OrganisationId,
    pub given: Vec<&'a SettledRating>,
    pub received: Vec<&'a SettledRating>,
    pub peers: BTreeMap<&'a OrganisationId, Vec<&'a SettledRating>>,
    /// Each once.
    pub disputes: BTreeSet<&'a Dispute>,
}
