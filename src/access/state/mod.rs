//! Who is barred from what, at any time: a function of the records and the time that is asked about, and of nothing else.

mod apply;
mod bearing;
mod decide;
mod gate;
mod history;
mod standing;
#[cfg(test)]
mod tests;

pub use gate::{GateReach, GatedStep, barred_from, bound_by, gate_streams};
pub use history::{BarChange, BarEvent};
pub use standing::{AccessState, AsOf, BarStatus, CreditEffect, standing};

use super::{Act, BarRulingOutcome, RepairOutcome, RepairPath};
use crate::act::{Bearing, Capability, Moment, Place, Stream, StreamId, statuses};
use crate::field::{BarKindId, Day, DocumentId, Instant, ItemId, OrganisationId, OrganisationIdError, RegionCode};
use crate::law::{BarField, BarMeasure, Edition, Law, RepairRegime, Running};
use crate::problem::Refusal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Names the stream of an organisation's access. It need not be registered here.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct AccessId(pub OrganisationId);

impl StreamId for AccessId {
    const PREFIX: &'static str = "access";
}

impl FromStr for AccessId {
    type Err = OrganisationIdError;

    fn from_str(text: &str) -> Result<Self, OrganisationIdError> {
        text.parse().map(Self)
    }
}

impl fmt::Display for AccessId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The entry that did something, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    pub entry: u64,
    pub time: Instant,
    pub by: OrganisationId,
}

impl Mark {
    fn of(place: &Place) -> Self {
        Self { entry: place.index, time: place.time, by: place.author.clone() }
    }
}

statuses! {
    /// Why a bar ended before its time.
    pub enum Lifting {
        /// 决定已撤销
        Revoked,
        /// 异议成立
        Annulled,
        /// 已修复
        Repaired,
    }
}

/// An objection to a bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectionFiled {
    pub id: ItemId,
    pub filed: Mark,
    /// Until when it is to be ruled on.
    pub ruling_due: Running,
    pub ruled: Option<(BarRulingOutcome, Mark)>,
}

/// An application for the repair of a bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepairFiled {
    pub id: ItemId,
    pub path: RepairPath,
    pub filed: Mark,
    /// Until when it is to be decided.
    pub decision_due: Running,
    pub decided: Option<(RepairOutcome, Mark)>,
}

/// A bar, with what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    pub id: ItemId,
    pub kind: BarKindId,
    /// What the organisation is called in the decision.
    pub name: Box<str>,
    pub authority: Box<str>,
    pub authority_id: Option<OrganisationId>,
    /// Number of the decision.
    pub decision: Box<str>,
    pub article: Box<str>,
    pub fields: Vec<BarField>,
    /// Everywhere where there is none.
    pub regions: Vec<RegionCode>,
    pub measures: Vec<BarMeasure>,
    /// First and last day.
    pub from: Day,
    pub to: Day,
    pub document: DocumentId,
    pub regime: RepairRegime,
    pub entered: Mark,
    pub lifted: Option<(Lifting, Mark)>,
    pub objections: Vec<ObjectionFiled>,
    pub applications: Vec<RepairFiled>,
}

/// What is known of one organisation's access.
#[derive(Debug, Clone, PartialEq)]
pub struct Access {
    pub(in super::super) version: u64,
    pub organisation: OrganisationId,
    /// Every bar that was ever entered, oldest first.
    pub bars: Vec<Bar>,
}

impl Bar {
    /// From when on it keeps nobody away: midnight in Shanghai after its last day.
    pub fn ends(&self) -> Instant {
        self.to.date().succ_opt().map_or(Instant::from_millis(i64::MAX), Instant::start_of_shanghai_day)
    }

    /// From when on it does.
    pub fn begins(&self) -> Instant {
        Instant::start_of_shanghai_day(self.from.date())
    }

    /// The supervisor that entered it decided it itself: nobody else need be asked.
    pub fn is_own_decision(&self) -> bool {
        self.authority_id.as_ref() == Some(&self.entered.by)
    }

    /// The objection that nobody has ruled on.
    pub fn open_objection(&self) -> Option<&ObjectionFiled> {
        self.objections.iter().find(|objection| objection.ruled.is_none())
    }

    /// The application that nobody has decided.
    pub fn open_application(&self) -> Option<&RepairFiled> {
        self.applications.iter().find(|application| application.decided.is_none())
    }
}

impl Access {
    pub fn bar(&self, id: &ItemId) -> Option<&Bar> {
        self.bars.iter().find(|bar| bar.id == *id)
    }

    /// An objection, and the bar that it is about.
    pub fn objection(&self, id: &ItemId) -> Option<(&Bar, &ObjectionFiled)> {
        self.bars.iter().find_map(|bar| Some((bar, bar.objections.iter().find(|filed| filed.id == *id)?)))
    }

    /// An application, and the bar that it is about.
    pub fn application(&self, id: &ItemId) -> Option<(&Bar, &RepairFiled)> {
        self.bars.iter().find_map(|bar| Some((bar, bar.applications.iter().find(|filed| filed.id == *id)?)))
    }
}

impl Capability for Access {
    type Id = AccessId;
    type Act = Act;

    const IS_DROPPED: bool = true;

    fn is_in_law(edition: &Edition) -> bool {
        !edition.access.basis.is_silent()
    }

    fn version(&self) -> u64 {
        self.version
    }

    /// Whether the organisation has ended, and who speaks for it then.
    fn ties(state: Option<&Self>, act: &Act) -> Vec<Stream> {
        let is_about_it = matches!(
            act,
            Act::Objected(_) | Act::RepairApplied(_) | Act::ObjectionRuled(_) | Act::RepairDecided(_) | Act::Revoked(_)
        );
        state.filter(|_| is_about_it).map(|access| Stream::of(&access.organisation)).into_iter().collect()
    }

    /// What a bar comes to concerns the organisation.
    fn bears_on(state: Option<&Self>, act: &Act) -> Vec<Bearing> {
        bearing::bearings(state, act)
    }

    fn decide(state: Option<&Self>, act: &Act, at: &Moment<'_>) -> Result<(), Refusal> {
        decide::decide(state, act, at)
    }

    fn begin(act: &Act, place: &Place, law: Law<'_>) -> Option<Self> {
        let Act::Barred(barring) = act else { return None };
        let bar = Bar::entered(barring, place, law)?;
        Some(Self { version: place.version, organisation: barring.organisation.clone(), bars: vec![bar] })
    }

    fn apply(&mut self, act: &Act, place: &Place, law: Law<'_>) {
        self.fold(act, place, law);
        self.version = place.version;
    }
}
