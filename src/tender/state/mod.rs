//! The state of one tender and the acts that it allows: pure, exhaustive, without a clock.

mod apply;
mod decide;
mod due;
mod lot;

pub use apply::apply;
pub use decide::decide;
pub use lot::{CandidateState, ChallengeState, ClaimFinding, ClaimState, LotPhase, LotState, Verdict};

use super::{
    AnswerOutcome, Change, Clause, ClauseKind, Method, RulingOutcome, ScoreRow, Window, Windows, score_table_id,
};
use crate::act::Author;
use crate::calendar::{Calendar, Roll, UnknownYear};
use crate::field::{
    ClauseId, CommitmentId, Day, Instant, ItemId, LotId, Money, Nature, OrganisationId, Party, ProcurementCategory,
    RegionCode, TemplateId,
};
use crate::log::Hash;
use crate::organisation::Role;

/// Where a tender stands. Its lots run their own way once it is announced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Phase {
    /// 招标前公示: objections are accepted until the instant.
    Preannounced {
        until: Instant,
        /// The service said that the window is over and what it waits for.
        waiting: bool,
    },
    /// The call may be announced.
    Cleared,
    /// 公告发布; see the lots.
    Announced,
    /// 终止.
    Terminated,
    /// 结案: every lot is accepted or failed.
    Closed,
}

impl Phase {
    pub fn name(&self) -> &'static str {
        match self {
            Self::Preannounced { waiting: false, .. } => "preannounced",
            Self::Preannounced { waiting: true, .. } => "waiting",
            Self::Cleared => "cleared",
            Self::Announced => "announced",
            Self::Terminated => "terminated",
            Self::Closed => "closed",
        }
    }

    pub fn is_final(&self) -> bool {
        match self {
            Self::Terminated | Self::Closed => true,
            Self::Preannounced { .. } | Self::Cleared | Self::Announced => false,
        }
    }
}

/// A clause by its content: the text itself is in the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClauseState {
    pub id: ClauseId,
    pub kind: ClauseKind,
    pub text: Hash,
}

/// How far an objection has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjectionPhase {
    /// To be answered by the instant.
    Filed {
        answer_due: Instant,
        overdue: bool,
    },
    /// May be escalated until the instant.
    Answered {
        outcome: AnswerOutcome,
        escalate_until: Instant,
    },
    Escalated,
    Ruled(RulingOutcome),
    Withdrawn,
}

impl ObjectionPhase {
    pub fn name(self) -> &'static str {
        match self {
            Self::Filed { overdue: false, .. } => "filed",
            Self::Filed { overdue: true, .. } => "overdue",
            Self::Answered { .. } => "answered",
            Self::Escalated => "escalated",
            Self::Ruled(_) => "ruled",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Answered, ruled or withdrawn: `tender.cleared` waits for this.
    pub fn is_dealt_with(self) -> bool {
        match self {
            Self::Filed { .. } | Self::Escalated => false,
            Self::Answered { .. } | Self::Ruled(_) | Self::Withdrawn => true,
        }
    }
}

/// An objection against the disclosed text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectionState {
    pub id: ItemId,
    pub by: OrganisationId,
    pub phase: ObjectionPhase,
}

/// One tender: what decisions and lists need, no more; the texts are in the records.
#[derive(Debug, Clone, PartialEq)]
pub struct Tender {
    pub(super) version: u64,
    pub phase: Phase,
    /// The version of the disclosed text, from 1; 0 for an adopted tender.
    pub text_version: u32,
    pub title: Box<str>,
    pub centre: OrganisationId,
    pub procuring_unit: Party,
    pub nature: Nature,
    /// Unknown for an adopted tender.
    pub method: Option<Method>,
    pub region: RegionCode,
    pub category: Option<ProcurementCategory>,
    pub estimate: Option<Money>,
    pub windows: Windows,
    /// Bidders must have signed a commitment on this template.
    pub commitment_template: Option<TemplateId>,
    /// The commitments that were cited, each once.
    pub commitments: Vec<CommitmentId>,
    pub clauses: Vec<ClauseState>,
    pub objections: Vec<ObjectionState>,
    /// An accepted or upheld objection demands a revision or the termination.
    pub revision_required: bool,
    pub suspended_since: Option<Instant>,
    pub bid_deadline: Option<Day>,
    pub open_day: Option<Day>,
    pub lots: Vec<LotState>,
    pub first_time: Instant,
    pub last_time: Instant,
}

/// A difference between two lists of clauses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClauseChange {
    pub clause: ClauseId,
    pub change: Change,
    /// The change matters to who can win.
    pub material: bool,
}

/// What changed from one list of clauses to another, in the order of the new list, removals last.
pub fn clause_changes(old: &[ClauseState], new: &[ClauseState]) -> Vec<ClauseChange> {
    let mut changes = Vec::new();
    for clause in new {
        let before = old.iter().find(|before| before.id == clause.id);
        let change = match before {
            None => Change::Added,
            Some(before) if before.text != clause.text || before.kind != clause.kind => Change::Changed,
            Some(_) => continue,
        };
        // A clause that is relabelled from material to immaterial changed materially.
        let material = clause.kind.is_material() || before.is_some_and(|before| before.kind.is_material());
        changes.push(ClauseChange { clause: clause.id.clone(), change, material });
    }
    for clause in old.iter().filter(|clause| !new.iter().any(|kept| kept.id == clause.id)) {
        let material = clause.kind.is_material();
        changes.push(ClauseChange { clause: clause.id.clone(), change: Change::Removed, material });
    }
    changes
}

impl ClauseState {
    /// The clauses of a text; its score table counts as one, so that it does not change unseen either.
    pub fn of(clauses: &[Clause], score_table: &[ScoreRow]) -> Vec<Self> {
        let scores = (!score_table.is_empty()).then(|| Self {
            id: score_table_id(),
            kind: ClauseKind::Evaluation,
            text: Hash::of(serde_json::to_vec(score_table).unwrap_or_default()),
        });
        clauses.iter().map(Self::of_clause).chain(scores).collect()
    }

    pub fn of_clause(clause: &Clause) -> Self {
        Self { id: clause.id.clone(), kind: clause.kind, text: Hash::of(clause.text.as_str()) }
    }
}

/// When a window that opens now is over.
fn window_end(window: Window, now: Instant, calendar: &Calendar) -> Result<Instant, UnknownYear> {
    calendar.end_of(now.shanghai_day(), window.period(), Roll::default()).map(crate::calendar::Due::over_at)
}

impl Tender {
    /// How many records act on it.
    pub fn version(&self) -> u64 {
        self.version
    }

    pub fn is_suspended(&self) -> bool {
        self.suspended_since.is_some()
    }

    /// `suspended` while it is, else the phase.
    pub fn status(&self) -> &'static str {
        if self.is_suspended() { "suspended" } else { self.phase.name() }
    }

    pub fn lot(&self, id: &LotId) -> Option<&LotState> {
        self.lots.iter().find(|lot| lot.id == *id)
    }

    pub fn objection(&self, id: &ItemId) -> Option<&ObjectionState> {
        self.objections.iter().find(|objection| objection.id == *id)
    }

    fn lot_mut(&mut self, id: &LotId) -> Option<&mut LotState> {
        self.lots.iter_mut().find(|lot| lot.id == *id)
    }

    fn open_objections(&self) -> Vec<ItemId> {
        self.objections.iter().filter(|o| !o.phase.is_dealt_with()).map(|o| o.id.clone()).collect()
    }

    /// Whether the author runs this tender: its centre, or the procuring unit itself.
    /// Whether it is the tender's centre or its procuring unit.
    pub fn is_bought_by(&self, organisation: &OrganisationId) -> bool {
        self.centre == *organisation || self.procuring_unit.id.as_ref() == Some(organisation)
    }

    fn is_run_by(&self, by: &Author) -> bool {
        runs(by, &self.centre, &self.procuring_unit)
    }
}

fn runs(by: &Author, centre: &OrganisationId, unit: &Party) -> bool {
    (by.roles.has(Role::Centre) && by.id == *centre)
        || (by.roles.has(Role::ProcuringUnit) && unit.id.as_ref() == Some(&by.id))
}

#[cfg(test)]
mod tests;
