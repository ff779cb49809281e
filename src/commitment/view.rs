//! One commitment as it is shown.

use super::{Act, Binding, BreachFinding, BreachPhase, BreachState, Commitment, Phase};
use crate::act::{Acts, Capability, fold};
use crate::field::{CommitmentId, OrganisationId};
use crate::http::Problem;
use crate::law::{End, Law};
use crate::ledger::Ledger;
use crate::template::{Side, TemplateRef};
use crate::world::{self, Stream};
use poem_openapi::Object;
use poem_openapi::types::Any;
use serde::Serialize;

/// A commitment (廉洁承诺) at the present end of the log.
#[derive(Serialize, Object)]
pub struct CommitmentView {
    id: CommitmentId,
    /// `offered`, `effective`, `declined` or `lapsed`.
    status: String,
    /// The text that both sides sign: read it at `/v1/templates/{id}/versions/{version}`.
    template: TemplateRef,
    unit: OrganisationId,
    enterprise: OrganisationId,
    binding: Binding,
    offered_by: Side,
    /// Hash of the offer's entry: what an acceptance cites.
    offer: String,
    /// When an offer lapses (UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[oai(skip_serializing_if_is_none)]
    lapses: Option<String>,
    /// The dates shown here touch a year whose holidays are not arranged yet, and may still move.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[oai(skip_serializing_if = "std::ops::Not::not", default)]
    provisional: bool,
    /// Since when both are bound (UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[oai(skip_serializing_if_is_none)]
    effective_since: Option<String>,
    breaches: Vec<BreachView>,
    /// Version of its stream.
    pub(super) version: u64,
    records: Vec<CommitmentRecord>,
}

/// A promise that is said to be broken; the reasons are in the records.
#[derive(Serialize, Object)]
pub struct BreachView {
    id: String,
    against: Side,
    reported_by: OrganisationId,
    /// `reported`, `overdue`, `answered`, `ruled`, `appealed` or `final`.
    status: String,
    /// What counts now; absent while it is open or under appeal.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[oai(skip_serializing_if_is_none)]
    finding: Option<BreachFinding>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[oai(skip_serializing_if_is_none)]
    answer_due: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[oai(skip_serializing_if_is_none)]
    appeal_until: Option<String>,
}

/// A record of the commitment.
#[derive(Serialize, Object)]
pub struct CommitmentRecord {
    index: u64,
    time: String,
    kind: String,
    author: String,
    version: u64,
    entry_hash: String,
    payload: Any<serde_json::Value>,
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
            status: breach.phase.name().to_owned(),
            finding: breach.phase.finding(),
            answer_due: answer_due.map(|end| end.at.to_string()),
            appeal_until: appeal_until.map(|end| end.at.to_string()),
        };
        (view, answer_due.or(appeal_until))
    }
}

/// Folds a commitment's stream; `None` when there is no such commitment.
///
/// # Errors
/// The store can't be read.
pub async fn commitment_view(ledger: &Ledger, id: CommitmentId) -> Result<Option<CommitmentView>, Problem> {
    let stream = Stream::of(&id);
    let adopted = ledger.law().await?;
    let Some(law) = Law::new(&adopted) else { return Ok(None) };
    let mut state: Option<Commitment> = None;
    let mut records = Vec::new();
    for entry in ledger.stream(&stream).await? {
        let world::Act::Commitment(act) = entry.act else { continue };
        fold(&mut state, &act, &entry.place, law);
        records.push(record(&act, &entry.place));
    }
    Ok(state.map(|commitment| view(id, commitment, records, law)))
}

fn record(act: &Act, place: &crate::act::Place) -> CommitmentRecord {
    CommitmentRecord {
        index: place.index,
        time: place.time.to_string(),
        kind: act.kind().to_owned(),
        author: place.author.to_string(),
        version: place.version,
        entry_hash: place.hash.to_string(),
        payload: Any(act.to_value()),
    }
}

fn view(id: CommitmentId, commitment: Commitment, records: Vec<CommitmentRecord>, law: Law<'_>) -> CommitmentView {
    let (lapses, effective_since) = match commitment.phase {
        Phase::Offered { open } => (Some(law.end(open)), None),
        Phase::Effective { since } => (None, Some(since.to_string())),
        Phase::Declined | Phase::Lapsed => (None, None),
    };
    let (breaches, ends): (Vec<_>, Vec<_>) =
        commitment.breaches.iter().map(|breach| BreachView::of(breach, law)).unzip();
    CommitmentView {
        id,
        status: commitment.phase.name().to_owned(),
        offered_by: commitment.offered_by,
        offer: commitment.offer.to_string(),
        provisional: ends.into_iter().chain([lapses]).flatten().any(|end| end.provisional),
        lapses: lapses.map(|end| end.at.to_string()),
        effective_since,
        breaches,
        version: commitment.version(),
        template: commitment.template,
        unit: commitment.unit,
        enterprise: commitment.enterprise,
        binding: commitment.binding,
        records,
    }
}
