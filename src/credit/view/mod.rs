//! Somebody's credit as its readers know it: the last grade with its arithmetic, what counts, objections, former grades.

mod file;
mod history;
mod next;
mod predecessor;
mod what_if;

pub use file::CreditFile;
pub use history::{HISTORY_HEAD, history_lines};
use predecessor::PredecessorView;
pub use what_if::WhatIfView;

use super::{
    Account, Counted, Credit, CreditObjectionPhase, CreditObjectionState, GradeCap, Graded, GradingOccasion,
    ObjectionFate, SUPPOSED_FROM,
};
use crate::field::{Day, Instant, OrganisationId};
use crate::http::{NextStep, encoded};
use crate::law::{Conduct, ConductRule, CreditTerms, Grade, Law, Rule};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The rule that conduct counts by.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
pub struct CreditRuleView {
    pub id: String,
    /// Law and article, or that the rule is this platform's own.
    pub law: String,
    pub zh: String,
    pub en: String,
}

/// What one kind of conduct comes to.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct ConductSumView {
    pub conduct: Conduct,
    pub rule: CreditRuleView,
    pub count: u32,
    /// Points on their own days, together.
    pub full: String,
    /// What is left of them by their age.
    pub aged: String,
    /// What is left where all of a kind count for so much at most.
    pub points: String,
}

/// What holds a grade down.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct GradeCapView {
    /// Absent where it is only supposed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
    pub conduct: Conduct,
    pub rule: CreditRuleView,
    pub at_most: Grade,
    /// The last day.
    pub until: String,
}

/// An entry that counts, as of the day of the grade.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct ContributionView {
    pub entry: u64,
    /// Where the record is read.
    pub record: String,
    /// Its day in Asia/Shanghai.
    pub day: String,
    /// Who signed it.
    pub by: String,
    /// The predecessor whose conduct it was (承继).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<OrganisationId>,
    pub conduct: Conduct,
    pub rule: CreditRuleView,
    pub age_days: i64,
    /// Points on its own day.
    pub full: String,
    /// What is left of them.
    pub points: String,
    /// How that comes about, for checking by hand.
    pub arithmetic: String,
    /// 异议中: the organisation objects to it, and that is not decided yet.
    pub disputed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub objection: Option<String>,
}

/// An objection to a contribution; the reasons are in the records.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct CreditObjectionView {
    pub id: String,
    pub entry: u64,
    pub filed: String,
    /// 异议中.
    pub open: bool,
    /// When it is to be decided by; absent once it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    /// It is open, and that time is over.
    pub overdue: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fate: Option<ObjectionFate>,
}

/// A former grade.
#[derive(Clone, Serialize, JsonSchema)]
pub struct GradeStepView {
    /// The entry.
    index: u64,
    time: String,
    record: String,
    day: String,
    occasion: GradingOccasion,
    points: String,
    grade: Grade,
    /// Entries that it took up.
    contributions: u64,
    /// The next record belongs to the same grade.
    continues: bool,
}

/// The credit of an organisation (信用评价).
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct CreditView {
    pub organisation: OrganisationId,
    pub grade: Grade,
    pub points: String,
    /// 中性: nothing counts yet, which is no worse than B.
    pub neutral: bool,
    /// Why it is this grade, in Chinese.
    pub reason: String,
    pub reason_en: String,
    /// What counts up to the end of this day; absent before the first grade.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub occasion: Option<GradingOccasion>,
    /// The entry of the grade.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
    /// No entry up to this one is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub up_to: Option<u64>,
    pub base: String,
    pub base_rule: CreditRuleView,
    pub sums: Vec<ConductSumView>,
    pub caps: Vec<GradeCapView>,
    /// Whom it succeeds, as of the last grade.
    pub predecessors: Vec<PredecessorView>,
    /// Some of what counts, the newest first; of a former grade, what was new in its record.
    pub contributions: Vec<ContributionView>,
    pub contribution_count: u64,
    /// Where all of them are.
    pub all_contributions: String,
    /// Some of the objections, the newest first.
    pub objections: Vec<CreditObjectionView>,
    pub open_objections: u64,
    /// What may be posted now, by whom and until when, and by which rule; nothing of a former grade.
    pub next: Vec<NextStep>,
    /// Where all grades are.
    pub grades: String,
}

/// Hundredths of a point as text.
pub(super) fn points(hundredths: i64) -> String {
    let (sign, hundredths) = (if hundredths < 0 { "-" } else { "" }, hundredths.unsigned_abs());
    format!("{sign}{}.{:02}", hundredths / 100, hundredths % 100)
}

fn record(entry: u64) -> String {
    format!("/v1/records/{entry}")
}

impl CreditRuleView {
    fn of(rule: &Rule) -> Self {
        let Rule { id, law, zh, en, .. } = rule;
        Self { id: id.clone(), law: law.clone(), zh: zh.clone(), en: en.clone() }
    }

    fn of_conduct(conduct: Conduct, terms: &CreditTerms) -> Self {
        Self::of(terms.conduct(conduct).map_or(&terms.base.rule, |rule| &rule.rule))
    }
}

/// `3.00 × (730 − 65) / 730 = 2.73`.
fn arithmetic(rule: &ConductRule, day: Day, on: Day) -> (i64, i64, String) {
    let age = (on.date() - day.date()).num_days();
    let (half_life, aged) = (i64::from(rule.half_life_days), Credit::aged(rule, day, on));
    let (halvings, rest) = (age.max(0) / half_life, age.max(0) % half_life);
    let halved = if halvings == 0 { String::new() } else { format!(" / 2^{halvings}") };
    let full = points(i64::from(rule.points) * 100);
    let text = if age > i64::from(rule.horizon_days) {
        format!("{age} > {} → 0.00", rule.horizon_days)
    } else {
        format!("{full} × ({} − {rest}) / {}{halved} = {}", 2 * half_life, 2 * half_life, points(aged))
    };
    (age, aged, text)
}

impl ContributionView {
    pub(super) fn of(
        entry: u64,
        counted: &Counted,
        on: Day,
        objection: Option<&CreditObjectionState>,
        terms: &CreditTerms,
    ) -> Option<Self> {
        let rule = terms.conduct(counted.conduct)?;
        let (age_days, aged, arithmetic) = arithmetic(rule, counted.day, on);
        let disputed = objection.is_some_and(|o| matches!(o.phase, CreditObjectionPhase::Open(_)));
        Some(Self {
            entry,
            record: record(entry),
            day: counted.day.to_string(),
            by: counted.by.as_ref().map(OrganisationId::to_string).unwrap_or_default(),
            from: counted.from.clone(),
            conduct: counted.conduct,
            rule: CreditRuleView::of(&rule.rule),
            age_days,
            full: points(i64::from(rule.points) * 100),
            points: points(aged),
            arithmetic,
            disputed,
            objection: objection.map(|objection| objection.id.to_string()),
        })
    }
}

impl CreditObjectionView {
    fn of(objection: &CreditObjectionState, law: Law<'_>, now: Instant) -> Self {
        let (due, fate) = match objection.phase {
            CreditObjectionPhase::Open(running) => (Some(law.end(running).at), None),
            CreditObjectionPhase::Ruled(fate) => (None, Some(fate)),
        };
        Self {
            id: objection.id.to_string(),
            entry: objection.entry,
            filed: objection.filed.to_string(),
            open: due.is_some(),
            due: due.map(|due| due.to_string()),
            overdue: due.is_some_and(|due| due <= now),
            fate,
        }
    }
}

impl ContributionView {
    pub(super) fn entry(&self) -> u64 {
        self.entry
    }
}

impl GradeStepView {
    pub(super) fn is_up_to_entry(&self, entry: u64) -> bool {
        self.index <= entry
    }

    pub(super) fn is_up_to_time(&self, time: Instant) -> bool {
        self.time.parse::<Instant>().is_ok_and(|made| made <= time)
    }

    pub(super) fn index(&self) -> u64 {
        self.index
    }
}

impl CreditView {
    /// Whoever is new.
    pub(super) fn new(organisation: &OrganisationId, terms: &CreditTerms) -> Self {
        let base = u32::from(terms.base.points) * 100;
        Self {
            organisation: organisation.clone(),
            grade: terms.grade(base),
            points: points(base.into()),
            neutral: true,
            reason: terms.base.rule.zh.clone(),
            reason_en: terms.base.rule.en.clone(),
            day: None,
            occasion: None,
            index: None,
            record: None,
            up_to: None,
            base: points(base.into()),
            base_rule: CreditRuleView::of(&terms.base.rule),
            sums: Vec::new(),
            caps: Vec::new(),
            predecessors: Vec::new(),
            contributions: Vec::new(),
            contribution_count: 0,
            all_contributions: format!("/v1/organisations/{}/credit/contributions", encoded(organisation.as_str())),
            objections: Vec::new(),
            open_objections: 0,
            next: Vec::new(),
            grades: format!("/v1/organisations/{}/credit/grades", encoded(organisation.as_str())),
        }
    }

    /// A grade as its record has it, with what was new.
    pub(super) fn of(graded: &Graded, index: u64, terms: &CreditTerms) -> Self {
        let account = graded.account();
        let (reason, reason_en) = reason(&account);
        let listed = graded.contributions.iter().filter_map(|listed| {
            let adds = listed.adds.as_ref()?;
            let (conduct, day, by) = (adds.conduct, listed.day, Some(listed.by.clone()));
            let counted = Counted { conduct, day, by, holds: None, from: listed.from.clone() };
            ContributionView::of(listed.entry, &counted, graded.day, None, terms)
        });
        let (sums, caps) = parts(&account, terms);
        Self {
            grade: graded.grade,
            points: points(graded.points.into()),
            neutral: graded.sums.is_empty() && graded.caps.is_empty(),
            reason,
            reason_en,
            day: Some(graded.day.to_string()),
            occasion: Some(graded.occasion),
            index: Some(index),
            record: Some(record(index)),
            up_to: graded.up_to,
            base: points(graded.base.into()),
            sums,
            caps,
            contributions: listed.collect(),
            contribution_count: graded.contributions.len() as u64,
            ..Self::new(&graded.organisation, terms)
        }
    }
}

/// The entry, unless it is only supposed.
fn known(cap: &GradeCap) -> Option<u64> {
    (cap.entry < SUPPOSED_FROM).then_some(cap.entry)
}

fn parts(account: &Account, terms: &CreditTerms) -> (Vec<ConductSumView>, Vec<GradeCapView>) {
    let sums = account.sums.iter().map(|sum| ConductSumView {
        conduct: sum.conduct,
        rule: CreditRuleView::of_conduct(sum.conduct, terms),
        count: sum.count,
        full: points(sum.full),
        aged: points(sum.aged),
        points: points(sum.points.into()),
    });
    let caps = account.caps.iter().map(|cap| GradeCapView {
        entry: known(cap),
        record: known(cap).map(record),
        conduct: cap.conduct,
        rule: CreditRuleView::of_conduct(cap.conduct, terms),
        at_most: cap.at_most,
        until: cap.until.to_string(),
    });
    (sums.collect(), caps.collect())
}

/// `80.00 + 3.00 − 12.00 = 71.00`, and what holds the grade down.
fn reason(graded: &Account) -> (String, String) {
    let mut sum = points(graded.base.into());
    for part in &graded.sums {
        let sign = if part.points < 0 { "−" } else { "+" };
        sum += &format!(" {sign} {}", points(i64::from(part.points).abs()));
    }
    sum += &format!(" = {}", points(graded.points.into()));
    let grade = graded.grade.name();
    let Some(cap) = graded.caps.iter().min_by_key(|cap| cap.at_most) else {
        return (format!("{sum}，{grade} 级"), format!("{sum}: grade {grade}"));
    };
    let (at_most, until) = (cap.at_most.name(), cap.until);
    let (zh, en) = match known(cap) {
        Some(entry) => (format!("因第 {entry} 号条目"), format!("entry {entry}")),
        None => ("因所设情形".to_owned(), "what is supposed".to_owned()),
    };
    (
        format!("{sum}；{zh}，至 {until} 至多为 {at_most} 级，现为 {grade} 级"),
        format!("{sum}; {en} holds it at {at_most} at most until {until}: grade {grade}"),
    )
}
