//! Access as it is shown. What was repaired is shown no more, whatever time is asked about: its entry stays in the log.

mod next;
mod summary;

pub use summary::{BarSummary, HEAD};

use super::{
    Access, AccessState, AsOf, Bar, BarRulingOutcome, BarStatus, CreditEffect, Lifting, RepairOutcome, RepairPath,
    standing,
};
use crate::act::{Capability, Place, Succession, fold};
use crate::field::{BarKindId, Bilingual, Instant, OrganisationId, SuccessionManner};
use crate::http::{NextStep, encoded};
use crate::law::{BarField, BarMeasure, Grade, Law, RepairRegime, Running};
use crate::ledger::Folding;
use crate::world;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What an organisation may do at a time, and what shows it.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct AccessView {
    pub organisation: OrganisationId,
    pub state: AccessState,
    pub state_zh: String,
    pub state_en: String,
    /// The time that is answered for (UTC).
    pub at: String,
    /// Entries of the log that were looked at.
    pub size: u64,
    /// Bars that were in force then, or were to come.
    pub bars: Vec<BarView>,
    /// Entries of bars that were in force then, and were repaired since: nothing of them is shown any more.
    pub closed: Vec<u64>,
    /// What may be posted now about the bars that stand, by whom and until when, and by which rule; nothing of another time.
    pub next: Vec<NextStep>,
    /// Version of its stream; 0 where nobody ever entered a bar.
    pub version: u64,
    /// Where its records are, and where whoever asks with `wait` hears of the next one.
    pub records: String,
}

/// A bar that stands, with what is said against it.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct BarView {
    pub id: String,
    /// Index of the entry: the record that bars.
    pub entry: u64,
    /// Where the proof of that entry is.
    pub proof: String,
    pub status: BarStatus,
    pub kind: BarKindId,
    pub kind_zh: String,
    pub kind_en: String,
    /// What the organisation is called in the decision.
    pub name: String,
    pub authority: String,
    pub decision: String,
    pub article: String,
    pub fields: Vec<BarField>,
    /// Everywhere where there is none.
    pub regions: Vec<String>,
    pub measures: Vec<BarMeasure>,
    /// The same in words: what is stopped, in which field, and where.
    pub scope_zh: String,
    pub scope_en: String,
    pub first_day: String,
    pub last_day: String,
    /// When it is over by itself (UTC).
    pub ends: String,
    /// SHA-256 of the decision, at `/v1/documents/{document}`.
    pub document: String,
    pub entered_by: OrganisationId,
    /// 异议中: an objection waits for its ruling.
    pub disputed: bool,
    pub objections: Vec<BarObjectionView>,
    pub repair_regime: RepairRegime,
    pub repair_zh: String,
    pub repair_en: String,
    /// First day on which repair may be applied for; absent where no rule sets one, and where it would come after the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repairable_from: Option<String>,
    pub repairs: Vec<RepairView>,
    /// Where it is a predecessor's: by which succession it binds this organisation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inherited: Option<BarInheritance>,
}

/// Why a bar of another organisation binds this one.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct BarInheritance {
    /// Whom the decision names.
    pub from: OrganisationId,
    pub manner: SuccessionManner,
    pub manner_zh: String,
    pub manner_en: String,
    /// The entry by which that one ended and named its successors.
    pub entry: u64,
    pub record: String,
    /// The rule by which it binds.
    pub rule: String,
    pub rule_zh: String,
    pub rule_en: String,
    pub law: String,
}

impl BarInheritance {
    fn of(succession: &Succession, law: Law<'_>) -> Self {
        let (words, rule) = (succession.manner.words(), &law.edition().access.succession.rule);
        Self {
            from: succession.predecessor.clone(),
            manner: succession.manner,
            manner_zh: words.zh,
            manner_en: words.en,
            entry: succession.entry,
            record: format!("/v1/records/{}", succession.entry),
            rule: rule.id.clone(),
            rule_zh: rule.zh.clone(),
            rule_en: rule.en.clone(),
            law: rule.law.clone(),
        }
    }
}

/// What the organisation says against a bar, and what became of it.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct BarObjectionView {
    pub id: String,
    /// Index of the entry, which has the grounds.
    pub entry: u64,
    pub filed: String,
    /// When it is to be ruled on (UTC).
    pub due: String,
    /// It should have been ruled on.
    pub overdue: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<BarRulingOutcome>,
    /// Index of the entry with the reasons.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ruling: Option<u64>,
}

/// An application for repair, and what became of it.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct RepairView {
    id: String,
    entry: u64,
    path: RepairPath,
    filed: String,
    /// When it is to be decided (UTC).
    due: String,
    overdue: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<RepairOutcome>,
    /// Index of the entry with the reasons.
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<u64>,
}

impl BarView {
    fn of(bar: &Bar, by: Option<&Succession>, status: BarStatus, law: Law<'_>, at: AsOf) -> Self {
        let terms = &law.edition().access;
        let named = terms.kind(&bar.kind).map(|kind| Bilingual::new(&kind.zh, &kind.en));
        let kind = named.unwrap_or_else(|| Bilingual::new(bar.kind.as_str(), bar.kind.as_str()));
        let rule = terms.repair(bar.regime, at.time.shanghai_day().into());
        let (regime, scope) = (bar.regime.words(), scope_words(bar));
        let repairable = rule.and_then(|rule| bar.repairable(rule));
        let due = |running: Running, is_done: bool| {
            let end = law.end(running).at;
            (end.to_string(), !is_done && end <= at.time)
        };
        let objections = bar.objections.iter().filter(|filed| at.knows(&filed.filed)).map(|filed| {
            let ruled = filed.ruled.as_ref().filter(|(_, mark)| at.knows(mark));
            let (due, overdue) = due(filed.ruling_due, ruled.is_some());
            BarObjectionView {
                id: filed.id.to_string(),
                entry: filed.filed.entry,
                filed: filed.filed.time.to_string(),
                due,
                overdue,
                outcome: ruled.map(|(outcome, _)| *outcome),
                ruling: ruled.map(|(_, mark)| mark.entry),
            }
        });
        let repairs = bar.applications.iter().filter(|filed| at.knows(&filed.filed)).map(|filed| {
            let decided = filed.decided.as_ref().filter(|(_, mark)| at.knows(mark));
            let (due, overdue) = due(filed.decision_due, decided.is_some());
            RepairView {
                id: filed.id.to_string(),
                entry: filed.filed.entry,
                path: filed.path,
                filed: filed.filed.time.to_string(),
                due,
                overdue,
                outcome: decided.map(|(outcome, _)| *outcome),
                decision: decided.map(|(_, mark)| mark.entry),
            }
        });
        Self {
            id: bar.id.to_string(),
            entry: bar.entered.entry,
            proof: format!("/v1/records/{}/proof", bar.entered.entry),
            status,
            kind: bar.kind.clone(),
            kind_zh: kind.zh,
            kind_en: kind.en,
            name: bar.name.to_string(),
            authority: bar.authority.to_string(),
            decision: bar.decision.to_string(),
            article: bar.article.to_string(),
            fields: bar.fields.clone(),
            regions: bar.regions.iter().map(ToString::to_string).collect(),
            measures: bar.measures.clone(),
            scope_zh: scope.zh,
            scope_en: scope.en,
            first_day: bar.from.to_string(),
            last_day: bar.to.to_string(),
            ends: bar.ends().to_string(),
            document: bar.document.to_string(),
            entered_by: bar.entered.by.clone(),
            disputed: bar.is_disputed(at),
            objections: objections.collect(),
            repair_regime: bar.regime,
            repair_zh: regime.zh,
            repair_en: regime.en,
            repairable_from: repairable.filter(|day| *day <= bar.to).map(|day| day.to_string()),
            repairs: repairs.collect(),
            inherited: by.map(|succession| BarInheritance::of(succession, law)),
        }
    }
}

/// What a bar stops, in which field, and where.
fn scope_words(bar: &Bar) -> Bilingual {
    let (measures, fields) = (bar.measures.iter().map(|of| of.words()), bar.fields.iter().map(|of| of.words()));
    let (measures_zh, measures_en): (Vec<_>, Vec<_>) = measures.map(|words| (words.zh, words.en)).unzip();
    let (fields_zh, fields_en): (Vec<_>, Vec<_>) = fields.map(|words| (words.zh, words.en)).unzip();
    let regions = bar.regions.iter().map(ToString::to_string).collect::<Vec<_>>();
    let (where_zh, where_en) = match regions.is_empty() {
        true => ("全国".to_owned(), "everywhere".to_owned()),
        false => (regions.join("、"), regions.join(", ")),
    };
    Bilingual::new(
        format!("限制{}；领域：{}；地区：{where_zh}", measures_zh.join("、"), fields_zh.join("、")),
        format!("stops {}; in {}; {where_en}", measures_en.join(", "), fields_en.join(" and ")),
    )
}

/// What the entries of an access stream are folded into.
#[derive(Default)]
pub struct AccessFile(Option<Access>);

/// About what a bar, an objection or an application takes in the state.
const ITEM_BYTES: usize = 1024;

impl Folding for AccessFile {
    fn take(&mut self, act: world::Act, place: &Place, law: Law<'_>) {
        if let world::Act::Access(act) = act {
            fold(&mut self.0, &act, place, law);
        }
    }

    fn bytes(&self) -> usize {
        let items = |bar: &Bar| 1 + bar.objections.len() + bar.applications.len();
        let bars = self.0.as_ref().map(|access| &*access.bars).unwrap_or_default();
        bars.iter().map(items).sum::<usize>() * ITEM_BYTES
    }
}

/// What is asked of an organisation's access, and what is known beside its own stream.
#[derive(Clone, Copy)]
pub struct AccessAsked<'a> {
    pub organisation: &'a OrganisationId,
    /// Those that it succeeds, with their bars.
    pub inherited: &'a [(Succession, Vec<Bar>)],
    /// Who speaks for it now; nobody when another time is asked about.
    pub speakers: &'a [OrganisationId],
    pub grade: Option<Grade>,
    pub at: AsOf,
    pub size: u64,
}

impl AccessFile {
    fn next(&self, asked: &AccessAsked<'_>, law: Law<'_>) -> Vec<NextStep> {
        if asked.speakers.is_empty() {
            return Vec::new();
        }
        let now = asked.at.time;
        let mut next = next::next_steps(self.bars(), asked.speakers, now, law);
        for (succession, bars) in asked.inherited {
            next.extend(next::next_steps(bars, &succession.successors, now, law));
        }
        next
    }

    pub fn bars(&self) -> &[Bar] {
        self.0.as_ref().map(|access| &*access.bars).unwrap_or_default()
    }

    /// Whether an objection to the bar of an entry should have been ruled on.
    pub fn is_overdue(&self, entry: u64, now: Instant, law: Law<'_>) -> bool {
        let bar = self.bars().iter().find(|bar| bar.entered.entry == entry);
        bar.and_then(Bar::open_objection).is_some_and(|filed| law.end(filed.ruling_due).at <= now)
    }

    /// Nobody who was never barred has a stream: such an organisation has full access. With the bars of those that it succeeds.
    pub fn view(&self, asked: &AccessAsked<'_>, law: Law<'_>) -> AccessView {
        let AccessAsked { organisation, inherited, grade, at, size, .. } = *asked;
        let own = self.bars().iter().map(|bar| (None, bar));
        let others =
            inherited.iter().flat_map(|(succession, bars)| bars.iter().map(move |bar| (Some(succession), bar)));
        let bars: Vec<(Option<&Succession>, &Bar)> = own.chain(others).collect();
        let effects = &law.edition().access.effects;
        let effect = grade.and_then(|grade| CreditEffect::of(grade, effects));
        let state = standing(bars.iter().map(|(_, bar)| *bar), effect, at);
        let is_repaired = |bar: &Bar| matches!(bar.lifted, Some((Lifting::Repaired, _)));
        let stands = |bar: &Bar| {
            let stands = |status: &BarStatus| matches!(status, BarStatus::ToCome | BarStatus::InForce);
            bar.status(at).filter(stands)
        };
        let shown = bars.iter().filter(|(_, bar)| !is_repaired(bar));
        let shown = shown.filter_map(|(by, bar)| Some(BarView::of(bar, *by, stands(bar)?, law, at))).collect();
        let closed = bars.iter().map(|(_, bar)| bar).filter(|bar| is_repaired(bar) && bar.is_in_force(at));
        let words = state.words();
        AccessView {
            organisation: organisation.clone(),
            state,
            state_zh: words.zh,
            state_en: words.en,
            at: at.time.to_string(),
            size,
            bars: shown,
            closed: closed.map(|bar| bar.entered.entry).collect(),
            next: self.next(asked, law),
            version: self.0.as_ref().map_or(0, Access::version),
            records: format!("/v1/records?stream={}", encoded(&format!("access/{organisation}"))),
        }
    }
}
