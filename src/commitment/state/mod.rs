//! Where a commitment stands and the acts that it allows: pure, exhaustive, without a clock.

mod apply;
mod bearing;
mod decide;
mod status;
#[cfg(test)]
mod tests;

pub use status::{BreachStatus, CommitmentStatus};

use super::{Act, Binding, BreachFinding, Deadline, Lapse, YearEnd};
use crate::access::{GateReach, gate_streams};
use crate::act::{Author, Bearing, Capability, Moment, Place, Stream, StreamId};
use crate::field::{CommitmentId, EvaluationId, Instant, ItemId, LotId, OrganisationId};
use crate::law::{Law, Running};
use crate::log::Hash;
use crate::problem::Refusal;
use crate::template::{Side, TemplateRef};
use chrono::NaiveDate;

impl StreamId for CommitmentId {
    const PREFIX: &'static str = "commitment";
}

/// Where a commitment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Signed by one side; lapses when the period is over.
    Offered {
        open: Running,
    },
    /// Signed by both (生效).
    Effective {
        since: Instant,
    },
    Declined,
    Lapsed,
}

/// How far the report of a breach has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BreachPhase {
    /// To be answered within the period.
    Reported {
        answer: Running,
        /// The service said that the answer is late.
        overdue: bool,
    },
    Answered,
    /// May be appealed within the period.
    Ruled {
        finding: BreachFinding,
        by: OrganisationId,
        /// The entry that found it.
        entry: u64,
        appeal: Running,
    },
    /// Against this finding.
    Appealed {
        finding: BreachFinding,
        by: OrganisationId,
    },
    /// On appeal: final.
    Final {
        finding: BreachFinding,
    },
}

impl BreachPhase {
    /// What counts now: nothing while an appeal is undecided.
    pub fn finding(&self) -> Option<BreachFinding> {
        match self {
            Self::Ruled { finding, .. } | Self::Final { finding } => Some(*finding),
            Self::Reported { .. } | Self::Answered | Self::Appealed { .. } => None,
        }
    }
}

/// A promise that is said to be broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BreachState {
    pub id: ItemId,
    pub against: Side,
    pub reported_by: OrganisationId,
    pub phase: BreachPhase,
}

/// One commitment; the texts are in the records.
#[derive(Debug, Clone, PartialEq)]
pub struct Commitment {
    pub(in super::super) version: u64,
    pub template: TemplateRef,
    pub unit: OrganisationId,
    pub enterprise: OrganisationId,
    pub binding: Binding,
    pub offered_by: Side,
    /// Hash of the offer's entry: what the other side accepts.
    pub offer: Hash,
    pub phase: Phase,
    pub breaches: Vec<BreachState>,
    /// Hash of the entry that says that its year is over.
    pub year_ended: Option<Hash>,
    pub first_time: Instant,
    pub last_time: Instant,
}

/// What a commitment looks at of the tender that it is bound to: the tender shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Its centre, and its procuring unit where that is known by its code.
    pub buyers: Vec<OrganisationId>,
    /// It is terminated or closed.
    pub is_over: bool,
    /// Its lots, and whether nobody knows their bids yet.
    pub lots: Vec<(LotId, bool)>,
    /// In which field and where, for who is barred there.
    pub reach: GateReach,
}

impl Call {
    /// Whether the lot's bids are unknown; `None` when there is no such lot.
    fn is_before_opening(&self, lot: &LotId) -> Option<bool> {
        self.lots.iter().find(|(id, _)| id == lot).map(|(_, before)| *before)
    }
}

/// The parties, the template and the tender of an act; nothing when the commitment is not there and not offered either.
fn tied<'a>(
    state: Option<&'a Commitment>,
    act: &'a Act,
) -> Option<(&'a TemplateRef, [&'a OrganisationId; 2], &'a Binding)> {
    match (state, act) {
        (Some(state), _) => Some((&state.template, [&state.unit, &state.enterprise], &state.binding)),
        (None, Act::Offered(offer)) => Some((&offer.template, [&offer.unit, &offer.enterprise], &offer.binding)),
        (None, _) => None,
    }
}

impl Capability for Commitment {
    type Id = CommitmentId;
    type Act = Act;

    const IS_DROPPED: bool = true;
    const FALLS_DUE: bool = true;
    const ENTAILS: bool = true;

    fn version(&self) -> u64 {
        self.version
    }

    fn ties(state: Option<&Self>, act: &Act) -> Vec<Stream> {
        let Some((template, parties, binding)) = tied(state, act) else { return Vec::new() };
        let signs = matches!(act, Act::Offered(_) | Act::Accepted(_));
        let gated = gate_streams(parties.into_iter().filter(|_| signs));
        let parties = parties.into_iter().map(Stream::of);
        let tender = binding.tender().map(Stream::of);
        std::iter::once(Stream::of(&template.id)).chain(parties).chain(tender).chain(gated).collect()
    }

    /// What a promise came to concerns both sides.
    fn bears_on(state: Option<&Self>, act: &Act) -> Vec<Bearing> {
        state.map(|commitment| commitment.bearings(act)).unwrap_or_default()
    }

    fn disputes(state: Option<&Self>, act: &Act) -> Vec<OrganisationId> {
        match (state, act) {
            (Some(commitment), Act::BreachReported(breach)) => vec![commitment.party(breach.against).clone()],
            _ => Vec::new(),
        }
    }

    fn decide(state: Option<&Self>, act: &Act, at: &Moment<'_>) -> Result<(), Refusal> {
        decide::decide(state, act, at)
    }

    fn begin(act: &Act, place: &Place, law: Law<'_>) -> Option<Self> {
        match act {
            Act::Offered(offer) => Some(Self::offered(offer, place, law)),
            _ => None,
        }
    }

    fn apply(&mut self, act: &Act, place: &Place, law: Law<'_>) {
        self.fold(act, place, law);
        self.version = place.version;
        self.last_time = place.time;
    }

    fn next_due(&self, law: Law<'_>) -> Option<Instant> {
        match self.phase {
            Phase::Offered { open } => Some(law.end(open).at),
            Phase::Effective { .. } | Phase::Declined | Phase::Lapsed => {
                self.awaited_answers(law).map(|(_, due)| due).chain(self.year_over()).min()
            }
        }
    }

    /// The year of a yearly commitment is evaluated at its end.
    fn entails(&self, id: &CommitmentId, place: &Place) -> Vec<Stream> {
        let has_ended = self.year_ended == Some(place.hash);
        has_ended.then(|| Stream::of(&EvaluationId::of_year(id.clone()))).into_iter().collect()
    }

    fn due(&self, now: Instant, law: Law<'_>) -> Option<Act> {
        match self.phase {
            Phase::Offered { open } if law.is_over(open, now) => Some(Lapse { offer: self.offer }.into()),
            _ => self
                .awaited_answers(law)
                .find(|(_, due)| *due <= now)
                .map(|(breach, due)| {
                    let breach = breach.id.clone();
                    Deadline { breach, due }.into()
                })
                .or_else(|| self.year_over().filter(|over| *over <= now).and_then(|_| self.year_end())),
        }
    }
}

impl Commitment {
    /// The organisation of a side.
    pub fn party(&self, side: Side) -> &OrganisationId {
        match side {
            Side::Unit => &self.unit,
            Side::Enterprise => &self.enterprise,
        }
    }

    /// The side on which the author stands, if on any. The service acts for nobody.
    pub fn side_of(&self, author: &Author) -> Option<Side> {
        [Side::Unit, Side::Enterprise].into_iter().find(|side| author.is(self.party(*side)))
    }

    pub fn is_effective(&self) -> bool {
        matches!(self.phase, Phase::Effective { .. })
    }

    pub fn breach(&self, id: &ItemId) -> Option<&BreachState> {
        self.breaches.iter().find(|breach| breach.id == *id)
    }

    /// When the year is over that both are bound for, until the service has said so.
    fn year_over(&self) -> Option<Instant> {
        let Binding::Year(binding) = &self.binding else { return None };
        let next = NaiveDate::from_ymd_opt(i32::from(binding.year) + 1, 1, 1)?;
        (self.is_effective() && self.year_ended.is_none()).then(|| Instant::start_of_shanghai_day(next))
    }

    fn year_end(&self) -> Option<Act> {
        let Binding::Year(binding) = &self.binding else { return None };
        Some(YearEnd { year: binding.year }.into())
    }

    /// Breaches of which the service has not yet said that their answer is late, and when it will be.
    fn awaited_answers(&self, law: Law<'_>) -> impl Iterator<Item = (&BreachState, Instant)> {
        self.breaches.iter().filter_map(move |breach| match breach.phase {
            BreachPhase::Reported { answer, overdue: false } => Some((breach, law.end(answer).at)),
            _ => None,
        })
    }
}
