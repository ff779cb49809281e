//! 无法退还与承继: what nobody takes back, and who takes the place of a payer that is no more.

use super::super::book::{Heading, JournalLine};
use super::super::interest::BalanceStep;
use super::super::{Act, UnclaimedNotice};
use super::decide::{must_be_another, must_have_rule};
use super::refund::must_be_dated;
use super::{DepositBook, DepositState, RefundPhase, day_begins, day_of, division, reunion};
use crate::act::{Acts, Author, Moment, Place, must_be_past, statuses};
use crate::field::{Day, Fault, ItemId};
use crate::law::{Law, Running};
use crate::problem::Refusal;
use crate::record::KeyId;

statuses! {
    /// How far what nobody takes back is.
    pub enum UnclaimedPhase {
        /// 已公告
        Noticed,
        /// 已转为无法退还
        SetAside,
        /// 已缴入国库
        Remitted,
        /// 已申领，待国库退付
        Recoverable,
        /// 已申领
        Reclaimed,
    }
}

/// What nobody takes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnclaimedState {
    pub phase: UnclaimedPhase,
    pub noticed_by: KeyId,
    /// The time of the notice.
    pub running: Running,
    /// All that was set aside, and what of it was principal.
    pub amount_minor: i64,
    pub principal_minor: i64,
    /// The day on which it came to its phase.
    pub since: Day,
}

/// Where what goes back stands, whatever has become of it.
const TO_GO_BACK: [Heading; 4] =
    [Heading::Available, Heading::Excess, Heading::RefundPayable, Heading::InterestPayable];

/// What of that bears interest.
pub(super) fn bearing_minor(book: &DepositBook, deposit: &DepositState) -> i64 {
    let bears = [Heading::Available, Heading::Excess];
    bears.map(|heading| book.book.standing(&deposit.account(heading))).iter().sum()
}

impl DepositState {
    fn is_unclaimed(&self, phase: UnclaimedPhase) -> bool {
        self.unclaimed.as_ref().is_some_and(|of| of.phase == phase)
    }

    /// What was set aside, while it is in that state.
    pub(super) fn unclaimed_minor(&self, phase: UnclaimedPhase) -> i64 {
        self.unclaimed.as_ref().filter(|of| of.phase == phase).map_or(0, |of| of.amount_minor)
    }

    /// It is neither with the payer nor to go back.
    pub(super) fn is_set_aside(&self) -> bool {
        self.is_unclaimed(UnclaimedPhase::SetAside) || self.is_unclaimed(UnclaimedPhase::Remitted)
    }
}

impl DepositBook {
    pub(super) fn unclaimed_lines(&self, deposit: &DepositState, act: &Act) -> Vec<JournalLine> {
        let account = |heading: Heading| deposit.account(heading);
        let alone = |heading: Heading| heading.alone(deposit.currency);
        let bank = Heading::CustodyBank.of(&deposit.bank, deposit.currency);
        let amount = deposit.unclaimed.as_ref().map_or(0, |of| of.amount_minor);
        match act {
            Act::UnclaimedSetAside(_) => {
                let of = |heading: &Heading| {
                    let standing = self.book.standing(&account(*heading));
                    JournalLine::transfer(account(*heading), account(Heading::Unclaimed), standing)
                };
                TO_GO_BACK.iter().flat_map(of).collect()
            }
            Act::UnclaimedRemitted(_) => [
                JournalLine::transfer(account(Heading::Unclaimed), alone(Heading::TreasuryPayable), amount),
                JournalLine::transfer(alone(Heading::TreasuryPayable), bank, amount),
            ]
            .concat(),
            Act::UnclaimedReclaimed(_) => {
                let is_gone = deposit.is_unclaimed(UnclaimedPhase::Remitted);
                let from = if is_gone { alone(Heading::TreasuryRecoverable) } else { account(Heading::Unclaimed) };
                JournalLine::transfer(from, account(Heading::Available), amount)
            }
            Act::UnclaimedRecovered(_) => JournalLine::transfer(bank, alone(Heading::TreasuryRecoverable), amount),
            Act::Divided(division) => self.division_lines(deposit, division),
            Act::DivisionReversed(reversal) => self.reunion_lines(deposit, reversal),
            _ => Vec::new(),
        }
    }

    pub(super) fn fold_unclaimed(&mut self, id: &ItemId, act: &Act, place: &Place, law: Law<'_>) {
        let moves_to = |book: &mut Self, phase: UnclaimedPhase| {
            book.with(id, |deposit| {
                if let Some(of) = &mut deposit.unclaimed {
                    (of.phase, of.since) = (phase, day_of(place));
                }
            });
        };
        match act {
            Act::UnclaimedNoticed(notice) => self.notice_unclaimed(id, notice, place, law),
            Act::UnclaimedSetAside(_) => self.set_aside(id, place),
            Act::UnclaimedRemitted(act) => {
                self.references.insert(act.reference.as_str());
                moves_to(self, UnclaimedPhase::Remitted);
            }
            Act::UnclaimedReclaimed(_) => self.reclaim(id, place),
            Act::UnclaimedRecovered(act) => {
                self.references.insert(act.reference.as_str());
                moves_to(self, UnclaimedPhase::Reclaimed);
            }
            Act::Succeeded(succession) => self.with(id, |deposit| deposit.payer = Some(succession.successor.clone())),
            Act::Divided(division) => self.divide(id, division, place),
            Act::DivisionReversed(reversal) => self.put_back(id, &reversal.part, place),
            _ => {}
        }
    }

    fn notice_unclaimed(&mut self, id: &ItemId, notice: &UnclaimedNotice, place: &Place, law: Law<'_>) {
        let running = Running::new(day_begins(notice.published), law.edition().deposits.unclaimed.period());
        let state = UnclaimedState {
            phase: UnclaimedPhase::Noticed,
            noticed_by: place.kid,
            running,
            amount_minor: 0,
            principal_minor: 0,
            since: day_of(place),
        };
        self.with(id, |deposit| deposit.unclaimed = Some(state));
    }

    /// Refunds that did not go out are none any more.
    fn set_aside(&mut self, id: &ItemId, place: &Place) {
        let Some(deposit) = self.deposits.get(id) else { return };
        let standing = |heading: &Heading| self.book.standing(&deposit.account(*heading));
        let amount_minor = TO_GO_BACK.iter().map(standing).sum();
        let bears = bearing_minor(self, deposit);
        self.with(id, |deposit| {
            let mut principal_minor = bears;
            for refund in deposit.refunds.values_mut().filter(|refund| refund.phase == RefundPhase::Approved) {
                refund.phase = RefundPhase::SetAside;
                principal_minor += refund.principal_minor;
            }
            deposit.allocated_minor = 0;
            deposit.steps.push(BalanceStep { day: day_of(place), change_minor: -bears });
            if let Some(of) = &mut deposit.unclaimed {
                (of.phase, of.since) = (UnclaimedPhase::SetAside, day_of(place));
                (of.amount_minor, of.principal_minor) = (amount_minor, principal_minor);
            }
        });
    }

    /// All of it is principal now.
    fn reclaim(&mut self, id: &ItemId, place: &Place) {
        self.with(id, |deposit| {
            let Some(of) = &mut deposit.unclaimed else { return };
            let is_gone = of.phase == UnclaimedPhase::Remitted;
            of.phase = if is_gone { UnclaimedPhase::Recoverable } else { UnclaimedPhase::Reclaimed };
            of.since = day_of(place);
            deposit.capitalised_minor += of.amount_minor - of.principal_minor;
            deposit.steps.push(BalanceStep { day: day_of(place), change_minor: of.amount_minor });
        });
        self.restart_clock(id, place);
    }
}

/// # Errors
/// Nothing is late, or its notice is not over; by who gave it; a successor that the payer's own records don't name.
pub(super) fn decide(
    book: &DepositBook,
    deposit: &DepositState,
    act: &Act,
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    book.must_be_payee(by)?;
    let must_be = |phase: UnclaimedPhase| {
        if deposit.is_unclaimed(phase) { Ok(()) } else { Err(Refusal::state_forbids(act.kind(), deposit.phase_name())) }
    };
    match act {
        Act::UnclaimedNoticed(notice) => decide_notice(book, deposit, notice, act, at),
        Act::UnclaimedSetAside(_) => {
            must_be(UnclaimedPhase::Noticed)?;
            let Some(of) = &deposit.unclaimed else { return Ok(()) };
            if !at.law.is_over(of.running, at.now) {
                return Err(Refusal::window_open(at.law.end(of.running).at));
            }
            must_be_idle(book, deposit, act)?;
            must_be_another(book, at, &of.noticed_by)
        }
        Act::UnclaimedRemitted(remittance) => {
            must_be(UnclaimedPhase::SetAside)?;
            book.must_be_new(remittance.reference.as_str(), at)?;
            must_be_dated(remittance.value_date, deposit.unclaimed.as_ref().map(|of| of.since), at)?;
            let is_late = deposit.refunds.values().any(|of| of.phase == RefundPhase::SetAside && of.overdue_minor > 0);
            let is_guarded = !at.law.edition().deposits.guards.payment_days.rule.is_silent();
            if is_late && is_guarded { book.must_have_own_funds(deposit) } else { Ok(()) }
        }
        Act::UnclaimedReclaimed(_) if deposit.is_set_aside() => Ok(()),
        Act::UnclaimedReclaimed(_) => Err(Refusal::state_forbids(act.kind(), deposit.phase_name())),
        Act::UnclaimedRecovered(recovery) => {
            must_be(UnclaimedPhase::Recoverable)?;
            book.must_be_new(recovery.reference.as_str(), at)?;
            must_be_dated(recovery.value_date, deposit.unclaimed.as_ref().map(|of| of.since), at)
        }
        Act::Succeeded(succession) => division::must_succeed(deposit, &succession.successor, at).map(drop),
        Act::Divided(division) => division::decide(book, deposit, division, at),
        Act::DivisionReversed(reversal) => reunion::decide(book, deposit, reversal, act, at),
        act => Err(Refusal::state_forbids(act.kind(), "unknown")),
    }
}

impl DepositState {
    fn phase_name(&self) -> &'static str {
        self.unclaimed.as_ref().map_or("claimed", |of| of.phase.name())
    }
}

fn decide_notice(
    book: &DepositBook,
    deposit: &DepositState,
    notice: &UnclaimedNotice,
    act: &Act,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    must_have_rule(&at.law.edition().deposits.unclaimed.rule, at)?;
    if deposit.unclaimed.as_ref().is_some_and(|of| of.phase != UnclaimedPhase::Reclaimed) {
        return Err(Refusal::state_forbids(act.kind(), deposit.phase_name()));
    }
    if !deposit.clock.is_some_and(|clock| at.law.is_over(clock.running, at.now)) {
        return Err(Refusal::state_forbids(act.kind(), "not overdue"));
    }
    must_be_idle(book, deposit, act)?;
    // Nobody is looked for before the refund is late.
    if let Some(due) = deposit.due_day(at.law).filter(|due| notice.published <= *due) {
        return Err(Refusal::of_field("/published", Fault::DatesOutOfOrder { earlier: due.to_string() }));
    }
    must_be_past(notice.published <= at.today(), "/published")
}

/// Something is to go back, and nothing of it is on its way.
fn must_be_idle(book: &DepositBook, deposit: &DepositState, act: &Act) -> Result<(), Refusal> {
    let is_paid = deposit.refunds.values().any(|refund| refund.phase == RefundPhase::Instructed);
    match deposit.free_minor(&book.book) {
        0 => Err(Refusal::state_forbids(act.kind(), "nothing to go back")),
        _ if is_paid => Err(Refusal::state_forbids(act.kind(), "on its way")),
        _ => Ok(()),
    }
}
