//! Indicators as they are shown: each with its rule, its numbers, every record behind it, and the replies beside the scores.

use super::{Dispute, Figure, FigureKind, FigureUnit, Indicator, IndicatorKind, Material, MaterialLimit, Threshold};
use crate::evaluation::{RatingStatus, SettledRating, Stamp};
use crate::field::{Dimension, OrganisationId};
use crate::http::RecordKind;
use crate::law::FairnessTerms;
use crate::template::Side;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// A sentence in both languages.
#[derive(Serialize, JsonSchema)]
pub struct Sentence {
    zh: String,
    en: String,
}

impl Sentence {
    fn of((zh, en): (&str, &str)) -> Self {
        Self { zh: zh.to_owned(), en: en.to_owned() }
    }
}

/// What an indicator is, and what it is not.
const NOTICE: (&str, &str) = (
    "指标只是提请关注的迹象，不是认定：只供监督部门、审计部门和本主体查阅，不影响信用、准入和任何办理环节，系统不据此自动作出任何\
     决定；是否核查由人判断。被评价方的答复列在各项评分之旁。",
    "An indicator is a reason to look and no finding. Supervisors, auditors and the organisation itself may read it; it changes \
     no credit, no access and no step of any procedure, and nothing is decided by it automatically: whether to look into it is \
     for a person to judge. The reply of whoever was rated stands beside each score.",
);

/// What the ratings of an organisation look like together, up to an entry of the log.
#[derive(Serialize, JsonSchema)]
pub struct OrganisationIndicators {
    organisation: OrganisationId,
    /// Entries of the log that count.
    size: u64,
    /// The time of the last of them (UTC): windows end there.
    as_of: String,
    notice: Sentence,
    /// How far back ratings are looked at, and the rule that says so.
    window_days: u16,
    window_rule: String,
    /// Ratings by it, and of it, that were looked at.
    given: u64,
    received: u64,
    /// What there was more of than is looked at; empty when everything was.
    limits_reached: Vec<ReachedLimit>,
    indicators: Vec<IndicatorView>,
    /// Pass as `after` to go on; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<u64>,
}

/// Something that there was more of than is looked at.
#[derive(Serialize, JsonSchema)]
pub struct ReachedLimit {
    limit: MaterialLimit,
    /// So many, the newest, were looked at.
    most: u64,
    zh: String,
    en: String,
}

impl ReachedLimit {
    fn of(limit: MaterialLimit) -> Self {
        let (zh, en) = limit.title();
        Self { limit, most: limit.most() as u64, zh: zh.to_owned(), en: en.to_owned() }
    }
}

/// One indicator, with everything that it rests on.
#[derive(Serialize, JsonSchema)]
pub struct IndicatorView {
    kind: IndicatorKind,
    title: Sentence,
    /// What was seen.
    seen: Sentence,
    /// What may be behind it that is nobody's fault.
    innocent: Sentence,
    /// The other organisation, where it is about two.
    #[serde(skip_serializing_if = "Option::is_none")]
    counterpart: Option<OrganisationId>,
    /// Id of the rule, and where that comes from: read it at `/v1/law/{edition}`.
    rule: String,
    law: String,
    figures: Vec<FigureView>,
    /// The ratings that it points at; the first of them.
    ratings: Vec<RatingInput>,
    rating_count: u64,
    /// The ratings that these were held against; the first of them.
    compared: Vec<RatingInput>,
    compared_count: u64,
    /// The acts after which the ratings came.
    disputes: Vec<DisputeView>,
}

/// A number of an indicator.
#[derive(Serialize, JsonSchema)]
pub struct FigureView {
    of: FigureKind,
    zh: String,
    en: String,
    unit: FigureUnit,
    value: i64,
    /// How the rule asks for more, or less.
    #[serde(skip_serializing_if = "Option::is_none")]
    threshold: Option<Threshold>,
    /// What the rule asks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    bound: Option<i64>,
}

impl From<&Figure> for FigureView {
    fn from(figure: &Figure) -> Self {
        let (zh, en) = figure.of.title();
        Self {
            of: figure.of,
            zh: zh.to_owned(),
            en: en.to_owned(),
            unit: figure.of.unit(),
            value: figure.value,
            threshold: figure.threshold.map(|(threshold, _)| threshold),
            bound: figure.threshold.map(|(_, bound)| bound),
        }
    }
}

/// A rating that an indicator rests on, and what the side that was rated says of it.
#[derive(Serialize, JsonSchema)]
pub struct RatingInput {
    /// Read it at `/v1/evaluations/{id}`.
    evaluation: String,
    /// The record that revealed it, or says that its time is over: `/v1/records/{index}`.
    index: u64,
    time: String,
    rater: OrganisationId,
    rated: OrganisationId,
    /// The side on which the rater stands.
    side: Side,
    /// The enterprise bid and did not win.
    lost: bool,
    status: RatingStatus,
    /// The record that sealed it: the rater was bound from then on.
    #[serde(skip_serializing_if = "Option::is_none")]
    sealed_in: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sealed_at: Option<String>,
    /// Hundredths of a point, as given.
    #[serde(skip_serializing_if = "Option::is_none")]
    points: Option<u16>,
    /// Hundredths of a point that count; absent while an appeal is undecided.
    #[serde(skip_serializing_if = "Option::is_none")]
    counted: Option<u16>,
    scores: Vec<ScoreInput>,
    /// 答复
    #[serde(skip_serializing_if = "Option::is_none")]
    reply: Option<ReplyView>,
    /// Who may still reply, by `evaluation.replied`.
    #[serde(skip_serializing_if = "Option::is_none")]
    may_reply: Option<OrganisationId>,
}

/// A score, as it was given.
#[derive(Serialize, JsonSchema)]
pub struct ScoreInput {
    dimension: Dimension,
    zh: String,
    en: String,
    score: u8,
}

/// What the side that was rated answered.
#[derive(Serialize, JsonSchema)]
pub struct ReplyView {
    index: u64,
    time: String,
    /// Absent where so many replies are shown that the rest is read from their records.
    #[serde(skip_serializing_if = "Option::is_none")]
    statement: Option<String>,
}

/// An act by which one disputed what another had done.
#[derive(Serialize, JsonSchema)]
pub struct DisputeView {
    kind: RecordKind,
    index: u64,
    time: String,
    by: OrganisationId,
}

impl From<&Dispute> for DisputeView {
    fn from(act: &Dispute) -> Self {
        let (index, time) = (act.at.entry, act.at.time.to_string());
        Self { kind: RecordKind(act.kind.clone()), index, time, by: act.by.clone() }
    }
}

/// Ratings that a list of an indicator shows.
const INPUTS_SHOWN_MAX: usize = 20;

/// The words of replies, by the entries of these.
pub type Statements = BTreeMap<u64, String>;

/// The replies beside the ratings that these indicators show, by their entries.
pub fn replies_shown(indicators: &[Indicator]) -> impl Iterator<Item = u64> {
    let lists = indicators.iter().flat_map(|indicator| [&indicator.ratings, &indicator.compared]);
    let shown = lists.flat_map(|ratings| ratings.iter().take(INPUTS_SHOWN_MAX));
    shown.filter_map(|rating| Some(rating.revealed()?.reply?.entry))
}

impl RatingInput {
    fn of(rating: &SettledRating, statements: &Statements) -> Self {
        let revealed = rating.revealed();
        let reply = revealed.and_then(|said| said.reply);
        let score = |(dimension, score): &(Dimension, u8)| {
            let (zh, en) = dimension.title();
            ScoreInput { dimension: *dimension, zh: zh.to_owned(), en: en.to_owned(), score: *score }
        };
        Self {
            evaluation: rating.evaluation.to_string(),
            index: rating.settled.entry,
            time: rating.settled.time.to_string(),
            rater: rating.rater.clone(),
            rated: rating.rated.clone(),
            side: rating.side,
            lost: rating.lost,
            status: rating.status(),
            sealed_in: revealed.map(|said| said.sealed.entry),
            sealed_at: revealed.map(|said| said.sealed.time.to_string()),
            points: revealed.map(|said| said.given),
            counted: revealed.and_then(|said| said.counted),
            scores: revealed.into_iter().flat_map(|said| &said.scores).map(score).collect(),
            may_reply: (revealed.is_some() && reply.is_none()).then(|| rating.rated.clone()),
            reply: reply.map(|Stamp { entry, time }| {
                let statement = statements.get(&entry).cloned();
                ReplyView { index: entry, time: time.to_string(), statement }
            }),
        }
    }
}

impl IndicatorView {
    /// With the words of the replies that are at hand.
    pub fn of(indicator: &Indicator, terms: &FairnessTerms, statements: &Statements) -> Self {
        let (rule, innocent) = indicator.kind.rule(terms);
        let inputs = |ratings: &[SettledRating]| {
            ratings.iter().take(INPUTS_SHOWN_MAX).map(|rating| RatingInput::of(rating, statements)).collect()
        };
        Self {
            kind: indicator.kind,
            title: Sentence::of(indicator.kind.title()),
            seen: Sentence::of((&indicator.words.zh, &indicator.words.en)),
            innocent: Sentence::of((&innocent.zh, &innocent.en)),
            counterpart: indicator.counterpart.clone(),
            rule: rule.id.clone(),
            law: rule.law.clone(),
            figures: indicator.figures.iter().map(FigureView::from).collect(),
            ratings: inputs(&indicator.ratings),
            rating_count: indicator.ratings.len() as u64,
            compared: inputs(&indicator.compared),
            compared_count: indicator.compared.len() as u64,
            disputes: indicator.disputes.iter().map(DisputeView::from).collect(),
        }
    }
}

impl OrganisationIndicators {
    /// A page of what is pointed out about an organisation.
    pub fn of(
        material: &Material,
        (size, as_of): (u64, crate::field::Instant),
        terms: &FairnessTerms,
        (indicators, next): (Vec<IndicatorView>, Option<u64>),
    ) -> Self {
        Self {
            organisation: material.organisation.clone(),
            size,
            as_of: as_of.to_string(),
            notice: Sentence::of(NOTICE),
            window_days: terms.window.days,
            window_rule: terms.window.rule.id.clone(),
            given: material.given.len() as u64,
            received: material.received.len() as u64,
            limits_reached: material.reached().iter().copied().map(ReachedLimit::of).collect(),
            indicators,
            next,
        }
    }
}

/// An indicator in a list over organisations.
#[derive(Serialize, JsonSchema)]
pub struct IndicatorSummary {
    organisation: OrganisationId,
    kind: IndicatorKind,
    title: Sentence,
    seen: Sentence,
    #[serde(skip_serializing_if = "Option::is_none")]
    counterpart: Option<OrganisationId>,
    rule: String,
    rating_count: u64,
    /// Where it is explained.
    explained_at: String,
}

impl IndicatorSummary {
    pub fn of(organisation: &OrganisationId, indicator: &Indicator, terms: &FairnessTerms) -> Self {
        Self {
            organisation: organisation.clone(),
            kind: indicator.kind,
            title: Sentence::of(indicator.kind.title()),
            seen: Sentence::of((&indicator.words.zh, &indicator.words.en)),
            counterpart: indicator.counterpart.clone(),
            rule: indicator.kind.rule(terms).0.id.clone(),
            rating_count: indicator.ratings.len() as u64,
            explained_at: format!("/v1/organisations/{organisation}/indicators?kind={}", indicator.kind.name()),
        }
    }
}

/// A page of indicators, by organisation.
#[derive(Serialize, JsonSchema)]
pub struct IndicatorPage {
    notice: Sentence,
    items: Vec<IndicatorSummary>,
    /// Organisations that were looked at for this page.
    looked_at: u64,
    /// Pass as `after` to go on, also where this page is empty; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

impl IndicatorPage {
    pub fn of(items: Vec<IndicatorSummary>, looked_at: u64, next: Option<String>) -> Self {
        Self { notice: Sentence::of(NOTICE), items, looked_at, next }
    }
}
