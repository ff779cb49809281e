//! What the law and the platform say of deposits while they stand: how much is asked as things change, and whose guarantees count.

use super::credit::Grade;
use super::deposits::{DepositForm, IssuerKind, WHOLE_PPM};
use super::rule::{DayRule, Rule};
use crate::calendar::Period;
use crate::field::ItemId;
use serde::{Deserialize, Serialize};

/// With a grade of credit or a better one, so much of what the result asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreditStep {
    pub grade_from: Grade,
    pub ratio_ppm: u32,
}

/// How what is asked follows results and credit while a deposit stands: only downwards from the cap.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssessmentTerms {
    /// From one assessment to the next.
    pub months: u16,
    /// The best first.
    #[serde(rename = "step")]
    pub steps: Vec<CreditStep>,
    pub rule: Rule,
}

impl AssessmentTerms {
    pub fn period(&self) -> Period {
        Period::Months(self.months)
    }

    /// Of what the result asks, for a grade; all of it where nobody was graded.
    pub fn ratio_ppm(&self, grade: Option<Grade>) -> u32 {
        let step = grade.and_then(|grade| self.steps.iter().find(|step| grade >= step.grade_from));
        step.map_or(WHOLE_PPM, |step| step.ratio_ppm)
    }

    pub(super) fn fault(&self) -> Option<String> {
        let falls =
            self.steps.is_sorted_by(|one, next| one.grade_from > next.grade_from && one.ratio_ppm <= next.ratio_ppm);
        let is_right = falls && self.steps.iter().all(|step| step.ratio_ppm <= WHOLE_PPM);
        (!is_right).then(|| "credit reduces, and a better grade reduces more".into())
    }
}

/// Who may issue a guarantee of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GuaranteeIssuers {
    pub form: DepositForm,
    pub kinds: Vec<IssuerKind>,
}

/// Whose guarantees count, and how long before its end one is warned of.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GuaranteeTerms {
    pub warning_days: u16,
    pub issuers: Vec<GuaranteeIssuers>,
    pub rule: Rule,
}

impl GuaranteeTerms {
    /// Whether somebody of this kind may issue such a guarantee.
    pub fn takes(&self, form: DepositForm, kind: IssuerKind) -> bool {
        self.issuers.iter().any(|issuers| issuers.form == form && issuers.kinds.contains(&kind))
    }
}

/// Which deposits tell who bids.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecrecyTerms {
    pub kinds: Vec<ItemId>,
    pub rule: Rule,
}

/// A deposit of a kind is not asked of whom one of these stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApartKinds {
    pub kind: ItemId,
    pub beside: Vec<ItemId>,
}

/// How much may be asked of whom for one lot, in all.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AskedTerms {
    /// Kinds that are asked of those who bid.
    pub of_bidders: Vec<ItemId>,
    /// Kinds that are asked of those who won.
    pub of_winners: Vec<ItemId>,
    pub apart: Vec<ApartKinds>,
    /// What is asked of whoever has the place of who bid is asked in its place. Up to 2027-07 it was asked of that one alone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_bidder: bool,
    pub rule: Rule,
}

impl AskedTerms {
    /// Whether a kind is not asked where the other one stands.
    pub fn are_apart(&self, kind: &ItemId, beside: &ItemId) -> bool {
        self.apart.iter().any(|apart| apart.kind == *kind && apart.beside.contains(beside))
    }

    pub(super) fn kinds(&self) -> impl Iterator<Item = &ItemId> {
        let apart = self.apart.iter().flat_map(|apart| std::iter::once(&apart.kind).chain(&apart.beside));
        self.of_bidders.iter().chain(&self.of_winners).chain(apart)
    }
}

/// What is held for grounds of its kind, and for nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReservedTerms {
    pub kinds: Vec<ItemId>,
    /// No bar stops their refund, either. Up to 2027-05 it did.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unbarred: bool,
    pub rule: Rule,
}

/// What stands for a procurement, and for no other.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProcurementTerms {
    pub kinds: Vec<ItemId>,
    pub rule: Rule,
}

/// How many lines the voucher of one allocation of interest has at most.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AllocationTerms {
    lines: usize,
    pub rule: Rule,
}

/// Up to 2027-06 no edition said how many, and any voucher had so many at most.
const LINES_BEFORE: usize = 10_000;

/// No edition lets it have more: each line is a row of postings, of an account and of a deposit, and all of them are written in one
/// transaction, for which everybody else waits: two seconds on SQLite in a program that was not optimised.
pub const ALLOCATION_LINES_MAX: usize = 50_000;

impl AllocationTerms {
    /// One for each deposit that has a share, and one for the account.
    pub fn lines(&self) -> usize {
        if self.rule.is_silent() { LINES_BEFORE } else { self.lines }
    }

    pub(super) fn fault(&self) -> Option<String> {
        let is_right = (LINES_BEFORE..=ALLOCATION_LINES_MAX).contains(&self.lines());
        let told = || format!("an allocation's voucher has between {LINES_BEFORE} and {ALLOCATION_LINES_MAX} lines");
        (!is_right).then(told)
    }
}

/// How many allocations of interest on one account may be taken back, the last ones.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StandingTerms {
    allocations: usize,
    pub rule: Rule,
}

/// No edition lets more be taken back than five years of months: each is remembered in memory of each deposit that shared.
const ALLOCATIONS_BACK_MAX: usize = 60;

impl StandingTerms {
    /// Up to 2027-08 all of them may be.
    pub fn allocations(&self) -> Option<usize> {
        (!self.rule.is_silent()).then_some(self.allocations)
    }

    pub(super) fn fault(&self) -> Option<String> {
        let is_right = self.allocations().is_none_or(|last| (1..=ALLOCATIONS_BACK_MAX).contains(&last));
        (!is_right).then(|| format!("between one and {ALLOCATIONS_BACK_MAX} allocations can be reversed"))
    }
}

/// What keeps a book from saying what did not happen, and a payee from asking or keeping what it may not. Editions up to 2027-03 have
/// none of them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DepositGuards {
    /// A hold stops no clock of a refund.
    pub held: Rule,
    /// Nothing is paid before it is approved, nor later than interest was counted to; which is at most so many days ahead.
    pub payment_days: DayRule,
    /// What goes with a receipt that is reversed.
    pub reversal: Rule,
    pub asked: AskedTerms,
    /// Clocks count from what the law counts from.
    pub event: Rule,
    /// When and how often a guarantee covers.
    pub cover: Rule,
    /// Where interest goes back, there is some.
    pub rates: Rule,
    /// For what some kinds are held. Silent in 2027-04, as what follows.
    #[serde(default)]
    pub reserved: ReservedTerms,
    /// However it is written, a line of the bank is entered once.
    #[serde(default)]
    pub references: Rule,
    /// How long a key has been in the log before it stands for another person. Silent up to 2027-05, as what follows.
    #[serde(default)]
    pub second: DayRule,
    /// Kinds whose notice says for which procurement it is.
    #[serde(default)]
    pub procurement: ProcurementTerms,
    /// Whatever was entered can be reversed. Silent up to 2027-06, as what follows.
    #[serde(default)]
    pub entries: Rule,
    #[serde(default)]
    pub allocation: AllocationTerms,
    /// What of that could not be yet. Silent up to 2027-07.
    #[serde(default)]
    pub corrections: Rule,
    /// And what of it can't be any more. Silent up to 2027-08.
    #[serde(default)]
    pub standing: StandingTerms,
}

impl DepositGuards {
    pub(super) fn rules(&self) -> impl Iterator<Item = (&Rule, Option<u16>)> {
        let Self {
            held,
            payment_days,
            reversal,
            asked,
            event,
            cover,
            rates,
            reserved,
            references,
            second,
            procurement,
            entries,
            allocation,
            corrections,
            standing,
        } = self;
        let plain = [held, reversal, &asked.rule, event, cover, rates, &reserved.rule, references, &procurement.rule];
        let plain = plain.into_iter().chain([entries, &allocation.rule, corrections, &standing.rule]);
        let days = [payment_days, second].map(|of| (&of.rule, Some(of.days)));
        plain.map(|rule| (rule, None)).chain(days)
    }
}
