//! 招标前公示: the tender as it is shown before the call.

use super::EarlierRound;
use super::price::check_amounts;
use crate::act::{Payload, confirms_numbers};
use crate::calendar::Period;
use crate::field::{
    Citations, ClauseId, Day, DocumentRef, DueTime, Fault, Faults, Instant, ItemId, Line, LotId, Money, Nature,
    NumberConfirmation, OrganisationId, Party, ProcurementCategory, Prose, RegionCode, TemplateId,
};
use crate::law::Running;
use crate::record::Sealed;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::num::NonZeroU16;
use strum::{EnumString, IntoStaticStr};

/// 采购方式 (政府采购法 art. 26; 招标投标法 art. 10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, IntoStaticStr, EnumString)]
#[strum(serialize_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// 公开招标
    Open,
    /// 邀请招标
    Invited,
    /// 竞争性谈判
    CompetitiveNegotiation,
    /// 竞争性磋商
    CompetitiveConsultation,
    /// 询价 / 询比
    Inquiry,
    /// 单一来源
    SingleSource,
    /// 框架协议
    Framework,
}

impl Method {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// What a clause is about: changes of some kinds reopen the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClauseKind {
    /// 资格条件
    Qualification,
    /// 技术要求
    Technical,
    /// 商务要求
    Commercial,
    /// 评标办法
    Evaluation,
    /// 合同条款
    Contract,
    /// 时间安排
    Schedule,
    /// 联系方式
    Contact,
}

impl ClauseKind {
    /// Whether a change of such a clause matters to who can win.
    pub fn is_material(self) -> bool {
        match self {
            Self::Qualification | Self::Technical | Self::Commercial | Self::Evaluation | Self::Contract => true,
            Self::Schedule | Self::Contact => false,
        }
    }
}

/// A clause (条款): objections, screens and diffs point at it by its id.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    pub id: ClauseId,
    pub kind: ClauseKind,
    pub text: Prose<5000>,
}

/// A lot (标段 / 包).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lot {
    pub id: LotId,
    pub title: Line<300>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Prose<5000>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimate: Option<Money>,
    /// 最高投标限价: nobody who asks for more becomes a candidate (招标投标法实施条例 arts. 27, 51).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ceiling: Option<Money>,
    /// 入围家数: how many may win. Without it one, and by framework agreement as many as are candidates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub winners: Option<NonZeroU16>,
}

/// A row of the score table (评分表).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScoreRow {
    pub item: Line<300>,
    /// Hundredths of a point: 12.5 points are 1250.
    #[schemars(range(max = 100_000))]
    pub max_points: u32,
    pub criteria: Prose<5000>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clause: Option<ClauseId>,
}

/// When the next steps are planned; in this order. A deadline has an hour, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlannedDates {
    pub announce: Day,
    pub bid_deadline: DueTime,
    pub open: DueTime,
}

/// 日 or 工作日.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WindowUnit {
    Day,
    WorkingDay,
}

/// The length of a window; the first day is not counted (民法典 art. 201).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Window {
    #[schemars(range(min = 1, max = WINDOW_COUNT_MAX))]
    pub count: u16,
    pub unit: WindowUnit,
}

impl Window {
    pub fn period(self) -> Period {
        match self.unit {
            WindowUnit::Day => Period::Days(self.count),
            WindowUnit::WorkingDay => Period::WorkingDays(self.count),
        }
    }

    /// The window, beginning now.
    pub fn begins(self, now: Instant) -> Running {
        Running::new(now, self.period())
    }
}

/// The windows of this tender; the rulebook has minimums.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Windows {
    /// 招标前公示期: objections against the disclosed text.
    pub objection: Window,
    /// Within which the centre answers an objection or a challenge.
    pub answer: Window,
    /// Within which the objector may escalate an answer (投诉).
    pub escalation: Window,
    /// 中标候选人公示期.
    pub candidates: Window,
}

/// Whom to ask. A natural person stands sealed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    pub office: Line<200>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<Sealed>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Line<50>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Line<300>>,
}

/// `tender.preannounced`: 招标前公示 / 采购意向公开.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Preannouncement {
    pub title: Line<300>,
    /// 重新招标: the tender that failed, in whole or in part, and is held again. A revision keeps it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<EarlierRound>,
    /// 采购人 / 招标人.
    pub procuring_unit: Party,
    /// 采购中心 / 招标代理机构: it, or the procuring unit, signs what follows.
    pub centre: OrganisationId,
    pub nature: Nature,
    pub method: Method,
    /// Why not by open tender; required for every other method.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method_reason: Option<Prose<2000>>,
    pub region: RegionCode,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<ProcurementCategory>,
    #[schemars(length(min = 1, max = LOTS_MAX))]
    pub lots: Vec<Lot>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimate: Option<Money>,
    /// 资金来源.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub funding: Option<Prose<1000>>,
    /// Qualification, technical, business, evaluation and contract terms, each a clause of its own.
    #[schemars(length(min = 1, max = CLAUSES_MAX))]
    pub clauses: Vec<Clause>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = SCORE_ROWS_MAX))]
    pub score_table: Vec<ScoreRow>,
    /// 廉洁双承诺: bidders sign a commitment on this template with the procuring side before the opening; whose bid has none
    /// is not opened, and wins nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commitment_template: Option<TemplateId>,
    pub planned: PlannedDates,
    pub windows: Windows,
    pub contact: Contact,
    /// Where the notice was first published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Line<500>>,
    #[serde(default, skip_serializing_if = "Citations::is_empty")]
    pub documents: Citations,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numbers_confirmed: Option<NumberConfirmation>,
}

/// `tender.preannouncement_revised`: the whole new text, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Revision {
    pub reason: Prose<5000>,
    pub preannouncement: Preannouncement,
}

/// `tender.window_closed` (service): the window is over, but the tender waits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WindowClosure {
    /// Objections that are neither answered, ruled nor withdrawn: the first hundred, as they were filed.
    #[schemars(length(max = Self::NAMED_MAX))]
    pub open_objections: Vec<ItemId>,
    /// How many there are.
    pub open_count: u32,
    /// An accepted or upheld objection demands a revision.
    pub revision_required: bool,
}

/// `tender.cleared` (service): the call may be announced.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Clearance {
    /// The version of the disclosed text that was cleared, from 1.
    #[serde(rename = "disclosure")]
    pub text_version: u32,
}

pub(super) const LOTS_MAX: usize = 100;
pub(super) const CLAUSES_MAX: usize = 300;
pub(super) const SCORE_ROWS_MAX: usize = 200;
const WINDOW_COUNT_MAX: u16 = 365;

/// Where a clause id is asked for, this one stands for the whole score table; no clause is called so.
const SCORE_TABLE: &str = "score-table";

/// `score-table` as a clause id.
pub fn score_table_id() -> ClauseId {
    SCORE_TABLE.parse().expect("a clause id")
}

pub(super) fn check_clauses(clauses: &[Clause], score_table: &[ScoreRow], at: &str, faults: &mut Faults) {
    faults.list(format_args!("{at}/clauses"), clauses, CLAUSES_MAX, |clause| &clause.id);
    if let Some(row) = clauses.iter().position(|clause| clause.id.as_str() == SCORE_TABLE) {
        faults.add(format!("{at}/clauses/{row}/id"), Fault::Duplicate { id: SCORE_TABLE.to_owned() });
    }
    faults.at_most(format_args!("{at}/score_table"), score_table.len(), SCORE_ROWS_MAX);
    for (row, score) in score_table.iter().enumerate() {
        if let Some(id) = score.clause.as_ref().filter(|id| !clauses.iter().any(|clause| clause.id == **id)) {
            faults.add(format!("{at}/score_table/{row}/clause"), Fault::UnknownReference { id: id.to_string() });
        }
    }
}

pub(super) fn check_windows(windows: Windows, at: &str, faults: &mut Faults) {
    let Windows { objection, answer, escalation, candidates } = windows;
    for (window, name) in
        [(objection, "objection"), (answer, "answer"), (escalation, "escalation"), (candidates, "candidates")]
    {
        check_window(window, format_args!("{at}/windows/{name}"), faults);
    }
}

fn check_window(window: Window, at: impl std::fmt::Display, faults: &mut Faults) {
    if window.count == 0 {
        let rule = "a window has at least one day".into();
        faults.add(format!("{at}/count"), Fault::WindowTooShort { min_days: 1, rule });
    } else if window.count > WINDOW_COUNT_MAX {
        faults.add(format!("{at}/count"), Fault::TooMany { max: WINDOW_COUNT_MAX.into() });
    }
}

impl Preannouncement {
    /// Its centre, and its procuring unit where that is named by its code.
    pub fn buyers(&self) -> impl Iterator<Item = &OrganisationId> {
        std::iter::once(&self.centre).chain(&self.procuring_unit.id)
    }

    fn check_at(&self, at: &str, faults: &mut Faults) {
        faults.list(format_args!("{at}/lots"), &self.lots, LOTS_MAX, |lot| &lot.id);
        check_amounts(&self.lots, self.estimate, at, faults);
        check_clauses(&self.clauses, &self.score_table, at, faults);
        let PlannedDates { announce, bid_deadline, open } = self.planned;
        for (earlier, name, later, pointer) in
            [(announce.into(), "announce", bid_deadline, "bid_deadline"), (bid_deadline, "bid_deadline", open, "open")]
        {
            if later.is_before(earlier) {
                faults.add(format!("{at}/planned/{pointer}"), Fault::DatesOutOfOrder { earlier: name.into() });
            }
        }
        if self.method != Method::Open && self.method_reason.is_none() {
            faults.add(format!("{at}/method_reason"), Fault::MissingField);
        }
        check_windows(self.windows, at, faults);
        if let Some(follows) = &self.follows {
            follows.check(&format!("{at}/follows"), faults);
        }
    }
}

impl Payload for Preannouncement {
    const KIND: &'static str = "tender.preannounced";

    confirms_numbers!();

    fn check(&self, faults: &mut Faults) {
        self.check_at("", faults);
    }

    fn documents(&self) -> Vec<&DocumentRef> {
        self.documents.iter().collect()
    }

    fn sealed(&self) -> Vec<Sealed> {
        self.contact.person.iter().cloned().collect()
    }

    fn codes(&self) -> Vec<&OrganisationId> {
        [Some(&self.centre), self.procuring_unit.id.as_ref()].into_iter().flatten().collect()
    }
}

impl Payload for Revision {
    const KIND: &'static str = "tender.preannouncement_revised";
    const NUMBERS_CONFIRMED: Option<&'static str> = Some("/preannouncement/numbers_confirmed");

    fn numbers_confirmed(&self) -> Option<&NumberConfirmation> {
        self.preannouncement.numbers_confirmed.as_ref()
    }

    fn check(&self, faults: &mut Faults) {
        self.preannouncement.check_at("/preannouncement", faults);
    }

    fn documents(&self) -> Vec<&DocumentRef> {
        self.preannouncement.documents()
    }

    fn sealed(&self) -> Vec<Sealed> {
        self.preannouncement.sealed()
    }

    fn codes(&self) -> Vec<&OrganisationId> {
        self.preannouncement.codes()
    }
}

impl WindowClosure {
    /// Whoever objects must not make this record longer than an entry may be: then no window of the tender could end.
    pub const NAMED_MAX: usize = 100;
}

impl Payload for WindowClosure {
    const KIND: &'static str = "tender.window_closed";
}

impl Payload for Clearance {
    const KIND: &'static str = "tender.cleared";
}
