//! Where a commitment stands and the acts that it allows: pure, exhaustive, without a clock.

mod apply;
mod decide;
#[cfg(test)]
mod tests;

pub use apply::apply;
pub use decide::{Surroundings, decide};

use super::{Act, Binding, BreachFinding, Deadline, Lapse};
use crate::act::Author;
use crate::field::{Instant, ItemId, OrganisationId, TemplateId, TenderCode};
use crate::log::Hash;
use crate::template::{Side, TemplateRef};

/// Where a commitment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Signed by one side; lapses at the instant.
    Offered {
        lapses: Instant,
    },
    /// Signed by both (生效).
    Effective {
        since: Instant,
    },
    Declined,
    Lapsed,
}

impl Phase {
    pub fn name(self) -> &'static str {
        match self {
            Self::Offered { .. } => "offered",
            Self::Effective { .. } => "effective",
            Self::Declined => "declined",
            Self::Lapsed => "lapsed",
        }
    }
}

/// How far the report of a breach has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BreachPhase {
    /// To be answered by the instant.
    Reported {
        answer_due: Instant,
        overdue: bool,
    },
    Answered,
    /// May be appealed until the instant.
    Ruled {
        finding: BreachFinding,
        by: OrganisationId,
        appeal_until: Instant,
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
    pub fn name(&self) -> &'static str {
        match self {
            Self::Reported { overdue: false, .. } => "reported",
            Self::Reported { overdue: true, .. } => "overdue",
            Self::Answered => "answered",
            Self::Ruled { .. } => "ruled",
            Self::Appealed { .. } => "appealed",
            Self::Final { .. } => "final",
        }
    }

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
    pub(super) version: u64,
    pub template: TemplateRef,
    pub unit: OrganisationId,
    pub enterprise: OrganisationId,
    pub binding: Binding,
    pub offered_by: Side,
    /// Hash of the offer's entry: what the other side accepts.
    pub offer: Hash,
    pub phase: Phase,
    pub breaches: Vec<BreachState>,
    pub first_time: Instant,
    pub last_time: Instant,
}

/// What a commitment is tied to: the streams that its decisions look at.
#[derive(Debug, Clone, Copy)]
pub struct Ties<'a> {
    pub template: &'a TemplateId,
    pub unit: &'a OrganisationId,
    pub enterprise: &'a OrganisationId,
    pub tender: Option<&'a TenderCode>,
}

/// What an act on a commitment is tied to; nothing when it is not there and not offered either.
pub fn ties<'a>(state: Option<&'a Commitment>, act: &'a Act) -> Option<Ties<'a>> {
    let (template, unit, enterprise, binding) = match (state, act) {
        (Some(state), _) => (&state.template, &state.unit, &state.enterprise, &state.binding),
        (None, Act::Offered(offer)) => (&offer.template, &offer.unit, &offer.enterprise, &offer.binding),
        (None, _) => return None,
    };
    Some(Ties { template: &template.id, unit, enterprise, tender: binding.tender() })
}

impl Commitment {
    /// How many records act on it.
    pub fn version(&self) -> u64 {
        self.version
    }

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

    /// The act that is due now, if any: the service signs it, `decide` accepts exactly it.
    pub fn due(&self, now: Instant) -> Option<Act> {
        match self.phase {
            Phase::Offered { lapses } if lapses <= now => Some(Lapse { offer: self.offer }.into()),
            _ => self.overdue_answers().find(|(_, due)| *due <= now).map(|(breach, due)| {
                let breach = breach.id.clone();
                Deadline { breach, due }.into()
            }),
        }
    }

    /// The earliest instant at which [`Self::due`] has something.
    pub fn next_due(&self) -> Option<Instant> {
        match self.phase {
            Phase::Offered { lapses } => Some(lapses),
            Phase::Effective { .. } | Phase::Declined | Phase::Lapsed => {
                self.overdue_answers().map(|(_, due)| due).min()
            }
        }
    }

    /// Breaches of which the service has not yet said that their answer is late, and when it will be.
    fn overdue_answers(&self) -> impl Iterator<Item = (&BreachState, Instant)> {
        self.breaches.iter().filter_map(|breach| match breach.phase {
            BreachPhase::Reported { answer_due, overdue: false } => Some((breach, answer_due)),
            _ => None,
        })
    }
}
