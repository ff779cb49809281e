//! What counts for somebody's credit, and what it comes to: pure, without a clock.
//!
//! Only counts are kept: how many entries of which kind on which day. So the order in which entries come doesn't matter, and
//! what is taken back leaves nothing behind.

mod account;
mod decide;
mod due;
mod inherited;
#[cfg(test)]
mod tests;

pub use account::Account;
pub use due::{FACTS_CONSIDERED_MAX, SUPPOSED_FROM, Supposed};
pub use inherited::Credits;

use super::{Act, Contribution, Graded, ObjectionFate, Predecessor};
use crate::act::{Bearing, Capability, Moment, Place, Stream, StreamId};
use crate::field::{Day, Instant, ItemId, OrganisationId, OrganisationIdError};
use crate::law::{Conduct, Edition, Grade, Law, Running};
use crate::problem::Refusal;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

/// The credit of an organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditId(pub OrganisationId);

impl StreamId for CreditId {
    const PREFIX: &'static str = "credit";
}

impl FromStr for CreditId {
    type Err = OrganisationIdError;

    fn from_str(text: &str) -> Result<Self, OrganisationIdError> {
        text.parse().map(Self)
    }
}

impl fmt::Display for CreditId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An entry that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    pub conduct: Conduct,
    pub day: Day,
    /// Who signed it; nobody, where it is only supposed.
    pub by: Option<OrganisationId>,
    /// First and last day on which it holds the grade down.
    pub holds: Option<(Day, Day)>,
    /// The predecessor whose conduct it was.
    pub from: Option<OrganisationId>,
}

/// How far an objection has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CreditObjectionPhase {
    /// 异议中, to be decided within the period.
    Open(Running),
    Ruled(ObjectionFate),
}

/// An objection to a contribution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditObjectionState {
    pub id: ItemId,
    pub entry: u64,
    /// Who signed that entry.
    pub by: OrganisationId,
    pub phase: CreditObjectionPhase,
    pub filed: Instant,
}

/// That a grade became another one: the first one there is included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GradeChange {
    pub entry: u64,
    pub time: Instant,
    pub day: Day,
    /// Nothing for the first one.
    pub was: Option<Grade>,
    pub grade: Grade,
    /// Hundredths of a point.
    pub points: u32,
}

/// Somebody's credit.
#[derive(Debug, Clone, PartialEq)]
pub struct Credit {
    pub(super) version: u64,
    pub organisation: OrganisationId,
    /// Every entry that may still count, by its index.
    pub counted: BTreeMap<u64, Counted>,
    /// Whom it succeeds, by the entries that say so.
    pub predecessors: BTreeMap<u64, Predecessor>,
    /// Entries that count and were a predecessor's.
    inherited: BTreeSet<u64>,
    /// Entries of predecessors that were taken back for this one alone: they don't come again.
    struck: BTreeSet<u64>,
    /// Those of them that hold the grade down for a time.
    holding: BTreeSet<u64>,
    /// How many of each kind there are on a day.
    days: BTreeMap<(Day, Conduct), u32>,
    /// The last grade, without its contributions.
    pub last: Graded,
    /// The entry of the last grade.
    pub graded_in: u64,
    /// At most one a night.
    pub changes: Vec<GradeChange>,
    pub objections: Vec<CreditObjectionState>,
    pub last_time: Instant,
}

impl Capability for Credit {
    type Id = CreditId;
    type Act = Act;

    /// There are as many as organisations.
    const IS_DROPPED: bool = false;

    fn is_in_law(edition: &Edition) -> bool {
        !edition.credit.base.rule.is_silent()
    }

    fn version(&self) -> u64 {
        self.version
    }

    /// A grade takes up what counts for predecessors.
    fn ties(state: Option<&Self>, act: &Act) -> Vec<Stream> {
        let graded = state.filter(|_| matches!(act, Act::Graded(_)));
        let predecessors = graded.into_iter().flat_map(|credit| credit.predecessors.values());
        predecessors.map(|predecessor| Stream::of(&CreditId(predecessor.organisation.clone()))).collect()
    }

    /// What is struck drops out of the next grade.
    fn bears_on(state: Option<&Self>, act: &Act) -> Vec<Bearing> {
        let (Some(credit), Act::ObjectionRuled(ruling)) = (state, act) else { return Vec::new() };
        let entry = credit.objection(&ruling.objection).map(|objection| objection.entry);
        let struck = entry.filter(|_| ruling.fate == ObjectionFate::Struck);
        vec![Bearing::concerned(&credit.organisation).undoing(struck)]
    }

    fn looks_at_bearings(state: Option<&Self>, act: &Act) -> Option<(Stream, Option<u64>)> {
        let Act::Graded(graded) = act else { return None };
        Some((Stream::of(&graded.organisation), state.and_then(|credit| credit.last.up_to)))
    }

    fn decide(state: Option<&Self>, act: &Act, at: &Moment<'_>) -> Result<(), Refusal> {
        decide::decide(state, act, at)
    }

    fn begin(act: &Act, place: &Place, law: Law<'_>) -> Option<Self> {
        let Act::Graded(graded) = act else { return None };
        let mut credit = Self {
            version: 0,
            organisation: graded.organisation.clone(),
            counted: BTreeMap::new(),
            predecessors: BTreeMap::new(),
            inherited: BTreeSet::new(),
            struck: BTreeSet::new(),
            holding: BTreeSet::new(),
            days: BTreeMap::new(),
            last: (**graded).clone(),
            graded_in: place.index,
            changes: Vec::new(),
            objections: Vec::new(),
            last_time: place.time,
        };
        credit.apply(act, place, law);
        Some(credit)
    }

    fn apply(&mut self, act: &Act, place: &Place, law: Law<'_>) {
        self.version = place.version;
        self.last_time = place.time;
        match act {
            Act::Graded(graded) => {
                graded.contributions.iter().for_each(|contribution| self.count(contribution));
                self.last = Graded { contributions: Vec::new(), ..(**graded).clone() };
                self.graded_in = place.index;
                self.note_change(graded, place);
                self.drop_what_is_past(graded.day, law.edition().credit.horizon_days());
            }
            Act::Objected(objection) => {
                let terms = &law.edition().credit;
                let counted = self.counted.get(&objection.entry);
                let rule = counted.and_then(|counted| terms.conduct(counted.conduct));
                let term = match rule {
                    Some(rule) if rule.found_by_others => &terms.objection_to_findings,
                    _ => &terms.objection,
                };
                let phase = CreditObjectionPhase::Open(Running::new(place.time, term.period()));
                let Some(by) = counted.and_then(|counted| counted.by.clone()) else { return };
                let (id, entry) = (objection.id.clone(), objection.entry);
                self.objections.push(CreditObjectionState { id, entry, by, phase, filed: place.time });
            }
            Act::ObjectionRuled(ruling) => {
                let found = self.objections.iter_mut().find(|objection| objection.id == ruling.objection);
                if let Some(objection) = found {
                    objection.phase = CreditObjectionPhase::Ruled(ruling.fate);
                }
            }
        }
    }
}

impl Counted {
    /// Whether it is over and can't come back.
    fn is_past(&self, day: Day, horizon_days: u16) -> bool {
        account::age(self.day, day) > i64::from(horizon_days) && self.holds.is_none_or(|(_, until)| until < day)
    }
}

impl Credit {
    pub fn objection(&self, id: &ItemId) -> Option<&CreditObjectionState> {
        self.objections.iter().find(|objection| objection.id == *id)
    }

    /// The objection to an entry, if there is one.
    pub fn objection_to(&self, entry: u64) -> Option<&CreditObjectionState> {
        self.objections.iter().find(|objection| objection.entry == entry)
    }

    /// Of a grade that takes several records, the last one counts.
    fn note_change(&mut self, graded: &Graded, place: &Place) {
        let was = self.changes.last().map(|change| change.grade);
        if !graded.continues && was != Some(graded.grade) {
            let Graded { day, grade, points, .. } = *graded;
            self.changes.push(GradeChange { entry: place.index, time: place.time, day, was, grade, points });
        }
    }

    /// Adds what a contribution adds and takes away what it takes back.
    fn count(&mut self, contribution: &Contribution) {
        if let Some(predecessor) = &contribution.succeeds {
            self.predecessors.insert(contribution.entry, predecessor.clone());
        }
        if let Some(back) = &contribution.takes_back {
            self.predecessors.remove(&back.entry);
            if self.inherited.contains(&back.entry) && contribution.from.is_none() {
                self.struck.insert(back.entry);
            }
            self.uncount(back.entry);
        }
        if let Some(adds) = &contribution.adds {
            let holds = adds.from.zip(adds.until);
            if holds.is_some() {
                self.holding.insert(contribution.entry);
            }
            let (conduct, day, by) = (adds.conduct, contribution.day, Some(contribution.by.clone()));
            let from = contribution.from.clone();
            if from.is_some() {
                self.inherited.insert(contribution.entry);
            }
            self.counted.insert(contribution.entry, Counted { conduct, day, by, holds, from });
            *self.days.entry((day, conduct)).or_default() += 1;
        }
    }

    fn uncount(&mut self, entry: u64) {
        let Some(Counted { conduct, day, .. }) = self.counted.remove(&entry) else { return };
        self.holding.remove(&entry);
        self.inherited.remove(&entry);
        account::take_away(&mut self.days, day, conduct);
    }

    /// Forgets what is over and can't come back: entries come in the order of their days.
    fn drop_what_is_past(&mut self, day: Day, horizon_days: u16) {
        while let Some(first) = self.counted.first_entry()
            && first.get().is_past(day, horizon_days)
        {
            let entry = *first.key();
            self.uncount(entry);
        }
    }
}
