//! 拆分冲销: a part is put back into the deposit that it was taken from, while all of it is there and free (红字冲销).
//!
//! What both had together, the one has again, whatever became of the rest meanwhile: amounts, what is asked, every day's interest, and the
//! clock that both have. So it does not matter for anything else that there was a part.

use super::super::book::{Heading, JournalLine};
use super::super::interest::{DatedRate, product_of_steps};
use super::super::{Act, DivisionReversal};
use super::decide::{must_be_another, unknown};
use super::{DepositBook, DepositState, ForfeiturePhase, GuaranteePhase, PartState, ReceiptState, SchemeState};
use crate::act::{Acts, Moment, Place};
use crate::field::{Day, ItemId, OrganisationId};
use crate::problem::{self, Refusal};

/// Why a part can't be put back, and what is to be done first; in both languages.
type Obstacle = (&'static str, &'static str);

impl DepositState {
    /// It was a part, and is in the deposit again that it was taken from.
    pub(super) fn is_put_back(&self) -> bool {
        self.part.as_ref().is_some_and(|part| part.put_back.is_some())
    }

    /// What was begun with a part, and has not come to its end.
    fn obstacles(&self, taken: &PartState, reversible: bool) -> Vec<Obstacle> {
        let is_gone =
            |phase| matches!(phase, GuaranteePhase::Refuted | GuaranteePhase::Released | GuaranteePhase::Expired);
        [
            (self.held_minor() > 0, ("有冻结款，须先解冻", "some of it is held: release it first")),
            (
                self.receipts.iter().any(|receipt| !receipt.is_reversed),
                ("该部分另有到账，须先冲销", "more has come in for it: reverse that receipt first"),
            ),
            (
                self.passed_minor < taken.amount_minor,
                ("其中又有拆分，须先冲销", "a part was taken from it in turn: put that back first"),
            ),
            (
                self.guarantees.values().any(|guarantee| !is_gone(guarantee.phase)),
                ("有未了结的保函，须先退还", "a guarantee stands for it: give that back first"),
            ),
            (
                self.forfeitures.values().any(|forfeiture| forfeiture.phase != ForfeiturePhase::Overturned),
                ("有不予退还的决定，撤销后方可", "some of it is not to be given back: that has to be overturned first"),
            ),
            (
                !self.refunds.is_empty(),
                if reversible && self.refunds.values().all(|of| of.instructed.is_none()) {
                    ("已经办退还，须先冲销", "a refund was approved: reverse that first")
                } else {
                    ("已办理退还，只能继续退还", "it is on its way back already, and can only go on")
                },
            ),
            (self.unclaimed.is_some(), ("已公告无法退还", "it was published that nobody takes it back")),
        ]
        .into_iter()
        .filter_map(|(is_met, obstacle)| is_met.then_some(obstacle))
        .collect()
    }

    /// Interest is counted up to a day where it is not yet, and its product kept.
    fn count_ahead(&mut self, day: Day, rates: &[DatedRate]) {
        if self.counted_to.is_some_and(|counted| counted >= day) {
            return;
        }
        if let Some(from) = self.counted_to.or_else(|| self.steps.iter().map(|step| step.day).min()) {
            self.carry += product_of_steps(&self.steps, rates, from, day);
        }
        self.count_to(day);
    }

    /// It has what the part had.
    fn takes_again(&mut self, part: &Self, taken: &PartState) {
        self.steps.extend(&part.steps);
        self.carry += part.carry;
        self.required_minor += part.required_minor;
        self.allocated_minor += part.allocated_minor;
        self.capitalised_minor += part.capitalised_minor;
        self.passed_minor += part.passed_minor;
        // What the payee asked of either since counts; what it asked of the whole goes on where it asked of neither.
        let is_asked_anew = self.asked_minor != part.asked_minor;
        self.asked_minor = if is_asked_anew { self.required_minor } else { self.asked_minor.max(self.required_minor) };
        // Nothing is charged that was not late, and no day of lateness is lost.
        self.charged_to = self.charged_to.min(part.charged_to);
        self.overdue = self.overdue.or(part.overdue);
        self.surplus = self.surplus.or(part.surplus);
        self.payer.clone_from(&taken.divided);
    }

    /// It has nothing any more.
    fn leaves(&mut self, entry: u64) {
        self.steps.clear();
        (self.carry, self.required_minor, self.allocated_minor) = (0, 0, 0);
        (self.capitalised_minor, self.passed_minor) = (0, 0);
        self.overdue = None;
        if let Some(taken) = &mut self.part {
            taken.put_back = Some(entry);
        }
    }
}

impl DepositBook {
    /// The part of a reversal, if it was taken from that deposit.
    fn part_of(&self, deposit: &ItemId, part: &ItemId) -> Option<(&DepositState, &PartState)> {
        let part = self.deposits.get(part)?;
        Some((part, part.part.as_ref()?)).filter(|(_, taken)| taken.from == *deposit)
    }

    /// Whom the reversal of a division concerns beside the payer: whose the part is, and who was divided.
    pub(super) fn sharers(&self, reversal: &DivisionReversal) -> Vec<&OrganisationId> {
        let Some((part, taken)) = self.part_of(&reversal.deposit, &reversal.part) else { return Vec::new() };
        part.payer.iter().chain(&taken.divided).collect()
    }

    /// All that the part has goes back, as it came, the last first.
    pub(super) fn reunion_lines(&self, deposit: &DepositState, reversal: &DivisionReversal) -> Vec<JournalLine> {
        let Some((part, _)) = self.part_of(&deposit.id, &reversal.part) else { return Vec::new() };
        let headings = [Heading::Required, Heading::Available, Heading::Excess, Heading::InterestPayable];
        let amounts = headings.map(|heading| self.book.standing(&part.account(heading)));
        JournalLine::reversed(&deposit.lines_to(&part.id, amounts))
    }

    pub(super) fn put_back(&mut self, id: &ItemId, part: &ItemId, place: &Place) {
        let Some((found, taken)) = self.part_of(id, part) else { return };
        let (mut found, taken) = (found.clone(), taken.clone());
        let Some(mut deposit) = self.deposits.get(id).cloned() else { return };
        let rates = self.schemes.get(&deposit.scheme).map(SchemeState::rates).unwrap_or_default();
        if let Some(day) = deposit.counted_to.max(found.counted_to) {
            deposit.count_ahead(day, rates);
            found.count_ahead(day, rates);
        }
        let had_surplus = deposit.surplus.is_some();
        deposit.takes_again(&found, &taken);
        if let Some(surplus) = deposit.surplus.filter(|surplus| !had_surplus && surplus.overdue.is_none()) {
            self.timers.run(surplus.running, deposit.awaited_surplus());
        }
        self.deposits.insert(id.clone(), deposit);
        self.with(part, |part| part.leaves(place.index));
    }

    /// Parts that stand, by what they were taken from.
    pub(super) fn parts_of(&self, id: &ItemId) -> impl Iterator<Item = &ItemId> {
        let is_taken = move |taken: &PartState| taken.from == *id && taken.put_back.is_none();
        self.deposits.values().filter(move |part| part.part.as_ref().is_some_and(is_taken)).map(|part| &part.id)
    }

    /// # Errors
    /// What a receipt brought is with a successor now, in part: that has to be put back first.
    pub(super) fn must_have_kept(&self, deposit: &DepositState, receipt: &ReceiptState) -> Result<(), Refusal> {
        let lacks = |heading, minor| minor > self.book.standing(&deposit.account(heading));
        let is_short =
            lacks(Heading::Available, receipt.available_minor) || lacks(Heading::Excess, receipt.excess_minor);
        let parts: Vec<&str> =
            if is_short { self.parts_of(&deposit.id).map(ItemId::as_str).collect() } else { Vec::new() };
        if parts.is_empty() {
            return Ok(());
        }
        let zh = format!("该到账的款项已有部分拆分至 {}，须先冲销拆分", parts.join("、"));
        let en = format!("a part of what it brought is in {}: reverse that division first", parts.join(", "));
        Err(Refusal::new(&problem::DEPOSIT_DIVIDED, zh, en))
    }
}

/// # Errors
/// No part of this deposit; one that was put back; by who divided it; one that is in use, or whose clock is another one.
pub(super) fn decide(
    book: &DepositBook,
    deposit: &DepositState,
    reversal: &DivisionReversal,
    act: &Act,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    let Some((part, taken)) = book.part_of(&deposit.id, &reversal.part) else {
        return Err(unknown("/part", reversal.part.to_string()));
    };
    if part.is_put_back() {
        return Err(Refusal::state_forbids(act.kind(), "reversed"));
    }
    must_be_another(book, at, &taken.divided_by)?;
    let mut obstacles = part.obstacles(taken, !at.law.edition().deposits.guards.corrections.is_silent());
    let running = |of: &DepositState| of.clock.map(|clock| clock.running);
    if running(part) != running(deposit) {
        obstacles.push((
            "两者退还期限不同，未起算的须先按同一事由起算",
            "the two have different times for their refund: start the clock that does not run with the same event first",
        ));
    }
    if deposit.is_set_aside() {
        obstacles.push((
            "原保证金已转为无法退还，须先申领",
            "the deposit that it was taken from is set aside: reclaim that first",
        ));
    }
    if obstacles.is_empty() {
        return Ok(());
    }
    let (zh, en): (Vec<_>, Vec<_>) = obstacles.into_iter().unzip();
    Err(Refusal::new(&problem::PART_IN_USE, zh.join("；"), en.join("; ")))
}
