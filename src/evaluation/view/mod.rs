//! One evaluation as it is shown: its windows, its ratings with their arithmetic, and who may do what now.

mod open;

use super::{
    Act, Criterion, Evaluation, EvaluationStatus, Judgement, Rating, RatingPhase, RatingReply, RatingStatus,
    ScoredRating,
};
use crate::act::{Acts, Capability, Payload, Place, fold};
use crate::commitment::LotBinding;
use crate::field::{CommitmentId, Dimension, DocumentRef, EvaluationId, Instant, Milestone, OrganisationId};
use crate::http::{FirstRecords, StreamRecord};
use crate::law::Law;
use crate::ledger::Folding;
use crate::template::{Side, TemplateRef};
use crate::world::{self, Stream};
use open::{EvaluationWindow, OpenAct, open_acts, windows};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An evaluation (践诺评价) at the present end of the log.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct EvaluationView {
    pub id: EvaluationId,
    pub status: EvaluationStatus,
    pub commitment: CommitmentId,
    pub milestone: Milestone,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lot: Option<LotBinding>,
    /// 未中标: the enterprise bid and did not win; such ratings are counted apart.
    pub lost: bool,
    /// Hash of the entry that brought the commitment here.
    pub cause: String,
    pub unit: OrganisationId,
    pub enterprise: OrganisationId,
    /// The text that both have signed: read it at `/v1/templates/{id}/versions/{version}`.
    pub template: TemplateRef,
    /// Until when each side may seal its rating (UTC).
    pub sealing_until: String,
    /// Until when what was sealed may be revealed (UTC); absent while sealing goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revealing_until: Option<String>,
    /// When nothing was left to wait for (UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concluded: Option<String>,
    /// The dates shown here touch a year whose holidays are not arranged yet, and may still move.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub provisional: bool,
    /// The windows that have begun, each with its rule.
    pub windows: Vec<EvaluationWindow>,
    /// Scores below the one or above the other need a document.
    pub evidence_below: u8,
    pub evidence_above: u8,
    pub by_unit: RatingView,
    pub by_enterprise: RatingView,
    /// What may be posted now, and by whom.
    pub open: Vec<OpenAct>,
    /// Version of its stream.
    pub version: u64,
    /// The first records; there are `version` of them, and `/v1/records?stream=evaluation/{id}` has all.
    pub records: Vec<StreamRecord>,
    /// Where the rest of the records is read; absent when all are here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub more_records: Option<String>,
}

/// The rating by one side of the other.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct RatingView {
    pub rater: Side,
    pub by: OrganisationId,
    pub of: OrganisationId,
    pub status: RatingStatus,
    /// Hash of what was sealed, while nobody can read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seal: Option<String>,
    /// What is judged, with the score once it can be read.
    pub lines: Vec<RatingLine>,
    /// Sum of the weights.
    pub weights: u32,
    /// Sum of weight times score; absent while there is no rating.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sum: Option<u32>,
    /// Hundredths of a point that count: `sum` × 100 / `weights`, rounded down; absent while an appeal is undecided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub points: Option<u16>,
    /// What the rater says beside the scores.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statement: Option<String>,
    /// 答复: what the side that is rated answers. It may, once, and at any time: see `open`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply: Option<String>,
    /// The record of the reply: `/v1/records/{index}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replied_in: Option<u64>,
    /// What the reply cites: `/v1/documents/{sha256}`.
    pub reply_documents: Vec<EvidenceView>,
    /// The supervisor whose decision counts, or is appealed against.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<OrganisationId>,
    /// Until when it may be appealed (UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub appeal_until: Option<String>,
}

/// One dimension of a rating.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct RatingLine {
    pub dimension: Dimension,
    pub zh: String,
    pub en: String,
    pub weight: u16,
    /// What counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<u8>,
    /// What the rater gave, where a supervisor has corrected it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasons: Option<String>,
    /// Evidence: `/v1/documents/{sha256}`.
    pub documents: Vec<EvidenceView>,
}

/// A document that a score cites.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct EvidenceView {
    pub sha256: String,
    pub title: String,
}

impl EvidenceView {
    fn of(document: &DocumentRef) -> Self {
        Self { sha256: document.sha256.to_string(), title: document.title.to_string() }
    }
}

/// What the entries of an evaluation are folded into.
#[derive(Default)]
pub struct EvaluationFile {
    state: Option<Evaluation>,
    /// By the unit, by the enterprise.
    ratings: [Option<Box<Rating>>; 2],
    replies: [Option<Box<RatingReply>>; 2],
    records: FirstRecords,
}

fn place_of(side: Side) -> usize {
    match side {
        Side::Unit => 0,
        Side::Enterprise => 1,
    }
}

/// About what an evaluation takes, its texts aside.
const EVALUATION_BYTES: usize = 2048;

impl Folding for EvaluationFile {
    fn take(&mut self, act: world::Act, place: &Place, law: Law<'_>) {
        let world::Act::Evaluation(act) = act else { return };
        fold(&mut self.state, &act, place, law);
        if self.records.has_room() {
            self.records.take(act.kind(), &act.to_value(), place);
        }
        match (act, &self.state) {
            (Act::Revealed(rating), Some(state)) => {
                let side = if place.author == state.unit { Side::Unit } else { Side::Enterprise };
                self.ratings[place_of(side)] = Some(rating);
            }
            (Act::Replied(reply), _) => {
                let side = reply.rater;
                self.replies[place_of(side)] = Some(reply);
            }
            _ => {}
        }
    }

    fn bytes(&self) -> usize {
        let texts = self.ratings.iter().flatten().count() * <Rating as Payload>::BYTES_MAX;
        EVALUATION_BYTES + texts + self.records.bytes()
    }
}

impl EvaluationFile {
    /// The evaluation under the law as it stands.
    pub fn view(&self, id: &EvaluationId, law: Law<'_>, now: Instant) -> Option<EvaluationView> {
        let state = self.state.as_ref()?;
        let (sealing, revealing) = (law.end(state.sealing), state.revealing.map(|running| law.end(running)));
        Some(EvaluationView {
            id: id.clone(),
            status: state.status(),
            commitment: state.commitment.clone(),
            milestone: state.milestone,
            lot: state.lot.clone(),
            lost: state.lost,
            cause: state.cause.to_string(),
            unit: state.unit.clone(),
            enterprise: state.enterprise.clone(),
            template: state.template.clone(),
            sealing_until: sealing.at.to_string(),
            revealing_until: revealing.map(|end| end.at.to_string()),
            concluded: state.concluded.map(|at| at.to_string()),
            provisional: sealing.provisional || revealing.is_some_and(|end| end.provisional),
            windows: windows(state, law, now),
            evidence_below: *state.unproven.start(),
            evidence_above: *state.unproven.end(),
            by_unit: self.rating(state, Side::Unit, law),
            by_enterprise: self.rating(state, Side::Enterprise, law),
            open: [Side::Unit, Side::Enterprise]
                .into_iter()
                .flat_map(|side| open_acts(state, side, law, now))
                .collect(),
            version: state.version(),
            records: self.records.records().to_vec(),
            more_records: self.records.rest(&Stream::of(id), state.version()),
        })
    }

    /// Whether there is such an evaluation.
    pub fn exists(&self) -> bool {
        self.state.is_some()
    }

    fn rating(&self, state: &Evaluation, rater: Side, law: Law<'_>) -> RatingView {
        let rated = rater.other();
        let (text, reply) = (self.ratings[place_of(rater)].as_deref(), self.replies[place_of(rater)].as_deref());
        let scored = match state.rating(rater) {
            RatingPhase::Scored(scored) => Some(&**scored),
            _ => None,
        };
        let line = |(at, criterion): (usize, Criterion)| line(at, criterion, scored, text);
        let lines: Vec<RatingLine> = state.criteria_of(rated).enumerate().map(line).collect();
        let sum = || lines.iter().map(|line| u32::from(line.weight) * u32::from(line.score.unwrap_or(0))).sum();
        RatingView {
            rater,
            by: state.party(rater).clone(),
            of: state.party(rated).clone(),
            status: state.rating(rater).status(),
            seal: match state.rating(rater) {
                RatingPhase::Sealed { seal, .. } => Some(seal.to_string()),
                _ => None,
            },
            weights: lines.iter().map(|line| u32::from(line.weight)).sum(),
            sum: scored.map(|_| sum()),
            lines,
            points: state.result(rated),
            statement: text.and_then(|rating| rating.statement.as_ref()).map(ToString::to_string),
            reply: reply.map(|reply| reply.statement.to_string()),
            replied_in: scored.and_then(|scored| scored.reply).map(|stamp| stamp.entry),
            reply_documents: reply.iter().flat_map(|reply| &reply.documents).map(EvidenceView::of).collect(),
            decided_by: scored.and_then(|scored| scored.judgement.decided_by()).cloned(),
            appeal_until: scored
                .filter(|scored| !matches!(scored.judgement, Judgement::Appealed { .. } | Judgement::Final))
                .map(|scored| law.end(scored.appeal).at.to_string()),
        }
    }
}

fn line(at: usize, criterion: Criterion, scored: Option<&ScoredRating>, text: Option<&Rating>) -> RatingLine {
    let (zh, en) = criterion.dimension.title();
    let score = scored.and_then(|scored| scored.scores.get(at)).copied();
    let given = scored.and_then(|scored| scored.given.get(at)).copied();
    let said = text.and_then(|rating| rating.scores.iter().find(|score| score.dimension == criterion.dimension));
    RatingLine {
        dimension: criterion.dimension,
        zh: zh.to_owned(),
        en: en.to_owned(),
        weight: criterion.weight,
        score,
        given: given.filter(|given| score != Some(*given)),
        reasons: said.and_then(|said| said.reasons.as_ref()).map(ToString::to_string),
        documents: said.iter().flat_map(|said| &said.documents).map(EvidenceView::of).collect(),
    }
}
