//! What an act means for somebody whom it concerns beside its own stream.

use super::{Stream, StreamId};
use crate::field::{Day, OrganisationId, SuccessionManner};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An act concerns a subject: what it says of it, and what it takes back.
///
/// A function of the act and of the state before it, so it is history, written once for each act that is accepted, and anybody
/// can compute it again. What is computed from everything that bears on a subject can be checked for completeness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bearing {
    pub subject: Stream,
    pub fact: Fact,
    /// The entry whose fact about this subject no longer holds: overruled on appeal, lifted, or struck.
    pub undoes: Option<u64>,
}

/// What an act says of the one whom it concerns, and of nobody else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case", deny_unknown_fields)]
pub enum Fact {
    /// It concerns the subject, and says nothing of its conduct.
    Concerned,
    /// Both sides have signed: the subject is bound by a promise.
    CommitmentEffective,
    /// A supervisor found that the subject broke a promise.
    BreachFound { severity: Severity },
    /// What the subject claimed of itself is true.
    ClaimVerified,
    /// What the subject claimed of itself is false.
    ClaimRefuted,
    /// A supervisor found that an objection to what the subject disclosed is right.
    ObjectionUpheld,
    /// What the subject had to do by then was not done in time.
    DeadlinePassed,
    /// The subject won.
    Awarded,
    /// The contract was inspected and accepted.
    ContractFulfilled,
    /// The other side rated the subject, from 0 to 100; `lost`: as a bidder that did not win. `verified`: a supervisor has
    /// looked at it.
    Evaluated { score: u8, lost: bool, verified: bool },
    /// The subject may not take part, by a decision of an authority, up to and including the last day.
    Barred { from: Day, to: Day },
    /// The subject has the rights and duties of one that ended.
    Succeeds { predecessor: OrganisationId, manner: SuccessionManner },
}

/// How grave a breach is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// 轻微
    Minor,
    /// 较重
    Serious,
    /// 严重
    Grave,
}

/// A bearing, and the entry whose act it is of: what stands in the history of a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Borne {
    pub entry: u64,
    /// The day of the entry in Asia/Shanghai.
    pub day: Day,
    /// Who signed it.
    pub by: OrganisationId,
    pub fact: Fact,
    pub undoes: Option<u64>,
}

impl Bearing {
    pub fn new(subject: &impl StreamId, fact: Fact) -> Self {
        Self { subject: Stream::of(subject), fact, undoes: None }
    }

    /// It concerns the subject, no more.
    pub fn concerned(subject: &impl StreamId) -> Self {
        Self::new(subject, Fact::Concerned)
    }

    /// It also takes back what an earlier entry said of the subject, if there is one.
    #[must_use]
    pub fn undoing(self, entry: Option<u64>) -> Self {
        Self { undoes: entry, ..self }
    }

    /// Whether it says or takes back anything.
    pub fn tells(&self) -> bool {
        self.fact != Fact::Concerned || self.undoes.is_some()
    }
}
