//! 法规版本: the law as data, and which of it a log has adopted when.
//!
//! An *edition* is a set of TOML files: calendar years, minimum windows, terms. Its name in the log is the hash of its
//! bytes; the bytes are a document. `log.opened` names the first, `log.law_adopted` the next. Every entry is judged by what
//! was adopted before it, so an honest log verifies whatever law comes later.

mod access;
#[cfg(feature = "shell")]
mod api;
mod credit;
mod deposit_upkeep;
mod deposits;
mod edition;
mod evaluation;
mod fairness;
mod rule;

pub use access::{
    AccessTerms, BarField, BarKind, BarMeasure, BarSuccession, CreditEffects, RepairCondition, RepairRegime,
    RepairRule, UnlawfulGround,
};
#[cfg(feature = "shell")]
pub use api::{AdoptionView, EditionView, LawApi, LawRuleView};
pub use credit::{
    Conduct, ConductPassed, ConductRule, CreditBase, CreditSuccession, CreditTerms, Grade, GradeBorders, POINTS_MAX,
    RatingBorders,
};
pub use deposit_upkeep::{
    ALLOCATION_LINES_MAX, AllocationTerms, AskedTerms, AssessmentTerms, CreditStep, DepositGuards, GuaranteeIssuers,
    GuaranteeTerms, ProcurementTerms, ReservedTerms, SecrecyTerms, StandingTerms,
};
pub use deposits::{
    CapBase, DepositForm, DepositKind, DepositShape, DepositTerms, ForfeitGround, ForfeitTo, IssuerKind, LoanRate,
    OverdueCharge, ReductionStep, ReductionTable, RefundClock, RefundEvent, UnlawfulDeposit, WHOLE_PPM, part,
};
pub use edition::{EDITION_BYTES_MAX, Edition, EditionError, Editions, MEDIA_TYPE};
pub use evaluation::{ConductWeights, DimensionWeight, EvaluationTerms, EvidenceRule, RaterRule, SampleRule};
pub use fairness::{
    AlikeLimits, CountLimits, EndsLimits, FairnessTerms, IndicatorRule, LowAfterLimits, OutlierLimits, PraiseLimits,
    ReplyLimits, ShareLimits,
};
pub use rule::{
    CommitmentTerms, DayRule, Inheritance, LaterRounds, MinimumWindows, PriceRules, PublishedPersons, Rule, RuleStatus,
    SlipRule, WorkingDayRule,
};

use crate::calendar::{Period, Roll};
use crate::field::{DocumentId, Instant};
use std::sync::Arc;

/// Adoptions in one log: one a month for forty years.
pub const EDITIONS_MAX: usize = 500;

/// Below the log's prefix: the names of the editions that it has adopted, one a line. Nobody vouches for the list; who
/// finds one missing in it finds the law unknown.
pub const EDITIONS_PATH: &str = "law/editions";

/// Below the log's prefix: the bytes of an edition.
pub fn edition_path(id: DocumentId) -> String {
    format!("law/{id}")
}

/// The text at [`EDITIONS_PATH`].
pub fn editions_list(editions: &[DocumentId]) -> String {
    editions.iter().map(|id| format!("{id}\n")).collect()
}

/// An edition from its adoption on.
#[derive(Debug, Clone)]
pub struct InForce {
    /// The entry that adopted it: later ones are judged by it.
    pub index: u64,
    pub time: Instant,
    pub edition: Arc<Edition>,
}

impl InForce {
    /// The newest edition that comes with the program, in force from the beginning.
    pub fn newest() -> Self {
        Self { index: 0, time: Instant::from_millis(0), edition: Editions::newest() }
    }
}

/// The law as it stands at a point of the log: every edition adopted so far, oldest first.
#[derive(Debug, Clone, Copy)]
pub struct Law<'a>(&'a [InForce]);

/// A period that runs. It ends by the calendar in force, so an adoption moves it as long as it has not ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Running {
    pub since: Instant,
    pub period: Period,
    /// By how much suspensions have moved its end.
    pub moved_millis: i64,
}

/// When a period is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End {
    pub at: Instant,
    /// It touches a year whose holidays are not arranged yet, and may still move.
    pub provisional: bool,
}

impl Running {
    pub fn new(since: Instant, period: Period) -> Self {
        Self { since, period, moved_millis: 0 }
    }

    #[must_use]
    pub fn moved(self, millis: i64) -> Self {
        Self { moved_millis: self.moved_millis + millis, ..self }
    }
}

impl<'a> Law<'a> {
    /// `None` when nothing was adopted.
    pub fn new(adopted: &'a [InForce]) -> Option<Self> {
        (!adopted.is_empty()).then_some(Self(adopted))
    }

    /// The law of one adoption.
    pub fn of(adoption: &'a InForce) -> Self {
        Self(std::slice::from_ref(adoption))
    }

    /// What was adopted before an entry; for the first, what it adopts itself.
    #[must_use]
    pub fn before(self, index: u64) -> Self {
        let count = self.0.partition_point(|adoption| adoption.index < index);
        Self(&self.0[..count.max(1)])
    }

    /// The edition in force.
    pub fn edition(self) -> &'a Edition {
        &self.0[self.0.len() - 1].edition
    }

    /// Every edition that was adopted, oldest first.
    pub fn adopted(self) -> &'a [InForce] {
        self.0
    }

    /// When a period is over. An edition that is adopted afterwards doesn't open it again.
    pub fn end(self, running: Running) -> End {
        for (at, next) in self.0.iter().enumerate().skip(1) {
            if running.since < next.time {
                let before = self.end_under(at - 1, running);
                if before.at <= next.time {
                    return before;
                }
            }
        }
        self.end_under(self.0.len() - 1, running)
    }

    fn end_under(self, adoption: usize, running: Running) -> End {
        let calendar = &self.0[adoption].edition.calendar;
        let due = calendar.end_of(running.since.shanghai_day(), running.period, Roll::default());
        End { at: due.over_at().plus_millis(running.moved_millis), provisional: due.provisional }
    }

    pub fn is_over(self, running: Running, now: Instant) -> bool {
        self.end(running).at <= now
    }
}

#[cfg(test)]
pub mod tests;
