//! 分立拆分: a payer was divided, and its successors have agreed who has how much of what is free in its deposit.
//!
//! A part is moved into a deposit of its own, so that all that holds of deposits holds of parts: what is asked, clocks, interest, refunds.
//! Nothing is made or lost by it: every amount that the part gets is taken from the rest, interest among it, and both
//! together are never asked for more than the whole was.

use super::super::book::{Heading, JournalLine};
use super::super::interest::BalanceStep;
use super::super::{Act, DepositDivision};
use super::decide::{duplicate, must_be_amount, must_have_rule};
use super::{DepositBook, DepositState};
use crate::act::{Moment, Place, Succession};
use crate::field::{Fault, ItemId, OrganisationId, SuccessionManner};
use crate::problem::Refusal;
use crate::record::KeyId;
use std::collections::BTreeMap;

/// What a part was taken from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartState {
    /// The deposit that was divided first of all.
    pub whole: ItemId,
    /// The one that it was taken from, and whose that was then.
    pub from: ItemId,
    pub divided: Option<OrganisationId>,
    pub amount_minor: i64,
    pub divided_by: KeyId,
    /// The voucher that has it.
    pub voucher: u64,
    /// The entry that put it back.
    pub put_back: Option<u64>,
}

/// What a part takes along.
struct Share {
    available_minor: i64,
    excess_minor: i64,
    required_minor: i64,
    allocated_minor: i64,
    /// Of so much that bears interest.
    of_minor: i64,
}

impl Share {
    fn amount_minor(&self) -> i64 {
        self.available_minor + self.excess_minor
    }

    /// Its part of something, cut off to the unit: what is left stays with the rest.
    fn of(&self, whole: i128) -> i128 {
        let product = whole.checked_mul(self.amount_minor().into());
        product.and_then(|product| product.checked_div_euclid(self.of_minor.into())).unwrap_or_default()
    }
}

impl DepositState {
    /// What bears interest in all.
    fn bearing_minor(&self) -> i64 {
        self.steps.iter().map(|step| step.change_minor).sum()
    }

    /// The deposit that it is a part of, or itself.
    pub(super) fn whole(&self) -> &ItemId {
        self.part.as_ref().map_or(&self.id, |part| &part.whole)
    }

    /// It is a part, or what is left.
    pub(super) fn is_divided(&self) -> bool {
        self.part.is_some() || self.passed_minor != 0
    }

    /// How the balance of a part would have changed if it had always stood apart: at each day as much of the whole as it is now.
    fn steps_of(&self, share: &Share) -> Vec<BalanceStep> {
        let mut days = BTreeMap::new();
        for step in &self.steps {
            *days.entry(step.day).or_insert(0_i128) += i128::from(step.change_minor);
        }
        let (mut whole, mut before) = (0, 0);
        let step = |(day, change): (_, i128)| {
            whole += change;
            let stands = share.of(whole);
            let change_minor = i64::try_from(stands - before).unwrap_or_default();
            before = stands;
            BalanceStep { day, change_minor }
        };
        days.into_iter().map(step).filter(|step| step.change_minor != 0).collect()
    }

    /// What the division makes of the successor's part.
    fn part(&self, division: &DepositDivision, share: &Share, voucher: u64, place: &Place) -> Self {
        let taken = PartState {
            whole: self.whole().clone(),
            from: self.id.clone(),
            divided: self.payer.clone(),
            amount_minor: share.amount_minor(),
            divided_by: place.kid,
            voucher,
            put_back: None,
        };
        Self {
            id: division.id.clone(),
            part: Some(taken),
            passed_minor: share.amount_minor(),
            payer: Some(division.successor.clone()),
            required_minor: share.required_minor,
            entry: place.index,
            announced: place.time,
            receipts: Vec::new(),
            holds: BTreeMap::new(),
            refunds: BTreeMap::new(),
            forfeitures: BTreeMap::new(),
            guarantees: BTreeMap::new(),
            steps: self.steps_of(share),
            carry: share.of(self.carry),
            allocated_minor: share.allocated_minor,
            capitalised_minor: 0,
            refunds_in_time: 0,
            refunds_late: 0,
            was_whole: false,
            topup: None,
            surplus: self.surplus.filter(|_| share.excess_minor > 0),
            unclaimed: None,
            steps_unclaimed: Vec::new(),
            counted_steps: Vec::new(),
            counted_stands: 0,
            ..self.clone()
        }
    }

    /// The lines by which so much goes to a part: of what is required, what covers, what is too much, and interest.
    pub(super) fn lines_to(&self, part: &ItemId, amounts: [i64; 4]) -> Vec<JournalLine> {
        let part = |heading: Heading| heading.of(part, self.currency);
        let moved = |heading: Heading, minor: i64| JournalLine::transfer(self.account(heading), part(heading), minor);
        let [required, available, excess, interest] = amounts;
        [
            JournalLine::transfer(part(Heading::Required), self.account(Heading::Required), required),
            moved(Heading::Available, available),
            moved(Heading::Excess, excess),
            moved(Heading::InterestPayable, interest),
        ]
        .concat()
    }

    /// It keeps what the part has not.
    fn parts_with(&mut self, part: &Self) {
        let back = |step: &BalanceStep| BalanceStep { day: step.day, change_minor: -step.change_minor };
        self.steps.extend(part.steps.iter().map(back));
        self.carry -= part.carry;
        self.required_minor -= part.required_minor;
        self.allocated_minor -= part.allocated_minor;
        self.passed_minor -= part.passed_minor;
    }
}

impl DepositBook {
    /// What covers goes first, and what is asked for it goes along.
    fn share(&self, deposit: &DepositState, amount_minor: i64) -> Share {
        let standing = |heading: Heading| self.book.standing(&deposit.account(heading));
        let available_minor = amount_minor.min(standing(Heading::Available));
        let share = Share {
            available_minor,
            excess_minor: amount_minor - available_minor,
            required_minor: available_minor.min(standing(Heading::Required)),
            allocated_minor: 0,
            of_minor: deposit.bearing_minor(),
        };
        let allocated_minor = i64::try_from(share.of(deposit.allocated_minor.into())).unwrap_or_default();
        Share { allocated_minor, ..share }
    }

    pub(super) fn division_lines(&self, deposit: &DepositState, division: &DepositDivision) -> Vec<JournalLine> {
        let Share { required_minor, available_minor, excess_minor, allocated_minor, .. } =
            self.share(deposit, division.amount.amount_minor);
        deposit.lines_to(&division.id, [required_minor, available_minor, excess_minor, allocated_minor])
    }

    pub(super) fn divide(&mut self, id: &ItemId, division: &DepositDivision, place: &Place) {
        let Some(deposit) = self.deposits.get(id) else { return };
        let (share, voucher) = (self.share(deposit, division.amount.amount_minor), self.book.vouchers() + 1);
        let part = deposit.part(division, &share, voucher, place);
        if let Some(surplus) = part.surplus.filter(|surplus| surplus.overdue.is_none()) {
            self.timers.run(surplus.running, part.awaited_surplus());
        }
        self.with(id, |deposit| deposit.parts_with(&part));
        self.add(part);
    }
}

/// # Errors
/// The edition knows no division; an id that is taken; a payer that was not divided, or not into this one.
pub(super) fn decide(
    book: &DepositBook,
    deposit: &DepositState,
    division: &DepositDivision,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    let rule = &at.law.edition().deposits.division;
    must_have_rule(rule, at)?;
    must_be_amount(division.amount, deposit.currency)?;
    if book.deposits.contains_key(&division.id) {
        return Err(duplicate("/id", &division.id));
    }
    let succession = must_succeed(deposit, &division.successor, at)?;
    if succession.manner == SuccessionManner::Divided && succession.successors.len() > 1 {
        return Ok(());
    }
    let words = ("只有交纳人分立为两个以上法人的，才可以拆分", "only what a payer had that was divided into several");
    Err(Refusal::of_field("/deposit", Fault::inconsistent(words)).citing(&rule.id, &rule.law))
}

/// # Errors
/// The payer's own records do not name it as a successor.
pub(super) fn must_succeed(
    deposit: &DepositState,
    successor: &OrganisationId,
    at: &Moment<'_>,
) -> Result<Succession, Refusal> {
    let succession = deposit.payer.as_ref().and_then(|payer| at.around.face::<Succession>(payer));
    succession.filter(|succession| succession.successors.contains(successor)).ok_or_else(|| {
        let words = ("交纳人的登记记录未载明其为承继人", "the payer's own records do not name it as a successor");
        Refusal::of_field("/successor", Fault::inconsistent(words))
    })
}

impl Act {
    /// The deposit that it makes of a part of another one, or puts back into it.
    pub(in super::super) fn part(&self) -> Option<&ItemId> {
        match self {
            Self::Divided(division) => Some(&division.id),
            Self::DivisionReversed(reversal) => Some(&reversal.part),
            _ => None,
        }
    }
}
