//! One commitment as it is shown: bounded, whatever was posted.

use super::{Binding, BreachFinding, BreachPhase, BreachState, BreachStatus, Commitment, CommitmentStatus, Phase};
use crate::act::{Acts, Capability, Place, fold};
use crate::field::{CommitmentId, OrganisationId};
use crate::http::{FirstRecords, StreamRecord, VIEW_BYTES_MAX, VIEW_ITEMS_MAX, behind, encoded, first_of, page_of};
use crate::law::{End, Law};
use crate::ledger::Folding;
use crate::template::{Side, TemplateRef};
use crate::world::{self, Stream};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A commitment (廉洁承诺) at the present end of the log.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct CommitmentView {
    pub id: CommitmentId,
    pub status: CommitmentStatus,
    /// The text that both sides sign: read it at `/v1/templates/{id}/versions/{version}`.
    pub template: TemplateRef,
    pub unit: OrganisationId,
    pub enterprise: OrganisationId,
    pub binding: Binding,
    pub offered_by: Side,
    /// Hash of the offer's entry: what an acceptance cites.
    pub offer: String,
    /// When an offer lapses (UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lapses: Option<String>,
    /// The dates shown here touch a year whose holidays are not arranged yet, and may still move.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub provisional: bool,
    /// Since when both are bound (UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effective_since: Option<String>,
    /// The first of them; `/v1/commitments/{id}/breaches` lists all.
    pub breaches: Vec<BreachView>,
    /// How many there are.
    pub breach_count: u64,
    /// Version of its stream.
    pub version: u64,
    /// The first records; there are `version` of them, and `/v1/records?stream=commitment/{id}` has all.
    pub records: Vec<StreamRecord>,
    /// Where the rest is read of what is not shown here in full; absent when all is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub more: Option<CommitmentMore>,
}

/// Where the lists are that a commitment's view shows a part of.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct CommitmentMore {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub breaches: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub records: Option<String>,
}

/// A promise that is said to be broken; the reasons are in the records.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct BreachView {
    pub id: String,
    pub against: Side,
    pub reported_by: OrganisationId,
    pub status: BreachStatus,
    /// What counts now; absent while it is open or under appeal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finding: Option<BreachFinding>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer_due: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub appeal_until: Option<String>,
}

impl BreachView {
    /// The breach, and the end of the period that it shows.
    fn of(breach: &BreachState, law: Law<'_>) -> (Self, Option<End>) {
        let (answer_due, appeal_until) = match &breach.phase {
            BreachPhase::Reported { answer, .. } => (Some(law.end(*answer)), None),
            BreachPhase::Ruled { appeal, .. } => (None, Some(law.end(*appeal))),
            BreachPhase::Answered | BreachPhase::Appealed { .. } | BreachPhase::Final { .. } => (None, None),
        };
        let view = Self {
            id: breach.id.to_string(),
            against: breach.against,
            reported_by: breach.reported_by.clone(),
            status: breach.phase.status(),
            finding: breach.phase.finding(),
            answer_due: answer_due.map(|end| end.at.to_string()),
            appeal_until: appeal_until.map(|end| end.at.to_string()),
        };
        (view, answer_due.or(appeal_until))
    }
}

/// What the entries of a commitment are folded into.
#[derive(Default)]
pub struct CommitmentFile {
    state: Option<Commitment>,
    records: FirstRecords,
}

/// About what a reported breach takes in the state.
const BREACH_BYTES: usize = 256;

impl Folding for CommitmentFile {
    fn take(&mut self, act: world::Act, place: &Place, law: Law<'_>) {
        let world::Act::Commitment(act) = act else { return };
        fold(&mut self.state, &act, place, law);
        if self.records.has_room() {
            self.records.take(act.kind(), &act.to_value(), place);
        }
    }

    fn bytes(&self) -> usize {
        let breaches = self.state.as_ref().map_or(0, |commitment| commitment.breaches.len());
        (1 + breaches) * BREACH_BYTES + self.records.bytes()
    }
}

impl CommitmentFile {
    /// The commitment under the law as it stands.
    pub fn view(&self, id: &CommitmentId, law: Law<'_>) -> Option<CommitmentView> {
        let commitment = self.state.as_ref()?;
        let (lapses, effective_since) = match commitment.phase {
            Phase::Offered { open } => (Some(law.end(open)), None),
            Phase::Effective { since } => (None, Some(since.to_string())),
            Phase::Declined | Phase::Lapsed => (None, None),
        };
        let mut provisional = lapses.is_some_and(|end| end.provisional);
        let breaches = commitment.breaches.iter().map(|breach| {
            let (view, end) = BreachView::of(breach, law);
            provisional |= end.is_some_and(|end| end.provisional);
            view
        });
        let breaches = first_of(breaches, VIEW_ITEMS_MAX, VIEW_BYTES_MAX);
        let all_breaches = || format!("/v1/commitments/{}/breaches", encoded(id.as_str()));
        let more = CommitmentMore {
            breaches: (breaches.len() < commitment.breaches.len()).then(all_breaches),
            records: self.records.rest(&Stream::of(id), commitment.version()),
        };
        Some(CommitmentView {
            id: id.clone(),
            status: commitment.phase.status(),
            offered_by: commitment.offered_by,
            offer: commitment.offer.to_string(),
            provisional,
            lapses: lapses.map(|end| end.at.to_string()),
            effective_since,
            breaches,
            breach_count: commitment.breaches.len() as u64,
            version: commitment.version(),
            template: commitment.template.clone(),
            unit: commitment.unit.clone(),
            enterprise: commitment.enterprise.clone(),
            binding: commitment.binding.clone(),
            records: self.records.records().to_vec(),
            more: (more.breaches.is_some() || more.records.is_some()).then_some(more),
        })
    }

    /// Whether there is such a commitment.
    pub fn exists(&self) -> bool {
        self.state.is_some()
    }

    /// The reported breaches behind one, as they were reported.
    pub fn breaches(&self, after: Option<&str>, limit: u32, law: Law<'_>) -> (Vec<BreachView>, Option<String>) {
        let breaches = self.state.as_ref().map(|commitment| &*commitment.breaches).unwrap_or_default();
        let first = behind(breaches.iter().map(|breach| breach.id.as_str()), after);
        let (items, next) = page_of(breaches, first, limit, |breach| BreachView::of(breach, law).0);
        let last = next.and_then(|_| items.last()).map(|breach| breach.id.clone());
        (items, last)
    }
}
