//! 退还: when it is due, what goes back with the principal (interest, and what lateness costs), and who sends it.

use super::super::book::Heading;
use super::super::interest::{DatedRate, product, product_of_steps, settle_owed};
use super::super::{Act, RefundApproval, RefundClockStart, RefundInstruction, RefundSettlement};
use super::decide::{duplicate, must_be_amount, must_be_another, unknown};
use super::pool::must_be_said;
use super::{DepositBook, DepositState, RefundPhase, RefundState};
use crate::access::{GateReach, GatedStep, barred_from};
use crate::act::{Acts, Author, Moment, Role, must_be_past};
use crate::field::{Day, Fault, ItemId, LotId, TenderCode};
use crate::law::{BarField, BarMeasure, DayRule, DepositKind, Law, LoanRate, RefundEvent, WHOLE_PPM};
use crate::problem::{self, Refusal};
use crate::tender::{AwardState, Tender};

/// A payment is approved some days before it goes out: under an edition that does not say how many, so many at most.
const VALUE_DATE_AHEAD_DAYS: u16 = 30;

/// What a refund comes to beside its principal, and what is left for the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefundSums {
    pub interest_minor: i64,
    pub overdue_minor: i64,
    /// Of a minor unit of interest.
    pub carry: i128,
}

/// What is due beside so much principal that goes out on a day.
pub fn refund_sums(
    book: &DepositBook,
    deposit: &DepositState,
    kind: Option<&DepositKind>,
    principal_minor: i64,
    value_date: Day,
    law: Law<'_>,
) -> RefundSums {
    let is_set_off = !law.edition().deposits.guards.reversal.is_silent();
    let (interest_minor, carry) = deposit.interest(book, value_date, is_set_off);
    RefundSums { interest_minor, overdue_minor: deposit.charge(kind, principal_minor, value_date, law), carry }
}

/// What is due beside the principal of a refund that was approved and did not go out, when it goes out on a later day: interest on it
/// goes on from the day before.
pub fn renewed_sums(
    book: &DepositBook,
    deposit: &DepositState,
    before: &RefundState,
    kind: Option<&DepositKind>,
    value_date: Day,
    law: Law<'_>,
) -> RefundSums {
    let (more, carry) = book.schemes.get(&deposit.scheme).map_or((0, deposit.carry), |scheme| {
        let earned = product(before.principal_minor, scheme.rates(), before.value_date, value_date);
        settle_owed(scheme.day_count(), deposit.carry + earned)
    });
    let overdue_minor = deposit.charge(kind, before.principal_minor, value_date, law).max(before.overdue_minor);
    RefundSums { interest_minor: before.interest_minor.saturating_add(more), overdue_minor, carry }
}

fn late_product(principal_minor: i64, rates: &[LoanRate], from: Day, to: Day) -> i128 {
    let rates = rates.iter().map(|rate| DatedRate { from: rate.from, rate_ppm: rate.rate_ppm });
    product(principal_minor, &rates.collect::<Vec<_>>(), from, to)
}

impl DepositState {
    /// Whole minor units of interest that are owed up to a day, and the rest: what was allocated, and from then on by the rate; what was
    /// paid too much before is set off, or asked back.
    pub fn interest(&self, book: &DepositBook, to: Day, is_set_off: bool) -> (i64, i128) {
        let allocated = self.allocated_minor;
        let Some(scheme) = book.schemes.get(&self.scheme) else { return (allocated, self.carry) };
        let Some(from) = self.counted_to.or_else(|| self.steps.iter().map(|step| step.day).min()) else {
            return (allocated, self.carry);
        };
        let earned = product_of_steps(&self.steps, scheme.rates(), from, to);
        let (day_count, owed) = (scheme.day_count(), self.carry + earned);
        let (whole, carry) = if is_set_off { settle_owed(day_count, owed) } else { day_count.settle(owed) };
        (allocated.saturating_add(whole), carry)
    }

    /// What lateness costs of so much principal that goes out on a day.
    fn charge(&self, kind: Option<&DepositKind>, principal_minor: i64, value_date: Day, law: Law<'_>) -> i64 {
        let Some((charge, due)) = kind.and_then(|kind| kind.overdue.as_ref()).zip(self.due_day(law)) else { return 0 };
        let charged = self.charged_to.filter(|_| !charge.since_due);
        let from = charged.map_or(due, |charged| charged.max(due));
        let rates = &law.edition().deposits.loan_rate;
        let year = i128::from(charge.year_days) * i128::from(WHOLE_PPM) * i128::from(WHOLE_PPM);
        let product = late_product(principal_minor, rates, from, value_date) * i128::from(charge.factor_ppm);
        i64::try_from(product / year.max(1)).unwrap_or(i64::MAX)
    }

    /// The last day on which its refund is in time.
    pub fn due_day(&self, law: Law<'_>) -> Option<Day> {
        let end = law.end(self.clock?.running).at;
        Some(end.plus_millis(-1).shanghai_day().into())
    }
}

/// # Errors
/// Not its payee, its payer or a supervisor; an event that has not happened, or another one than the law counts from.
pub(super) fn decide_clock(
    book: &DepositBook,
    deposit: &DepositState,
    start: &RefundClockStart,
    act: &Act,
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    let is_payer = deposit.payer.as_ref().is_some_and(|payer| by.is(payer));
    let is_service = by.roles.has(Role::Service) && !at.law.edition().deposits.own_clock.is_silent();
    if !is_payer && !is_service && !by.roles.has(Role::Supervisor) {
        book.must_be_payee(by)?;
    }
    if deposit.clock.is_some() {
        return Err(Refusal::state_forbids(act.kind(), "due"));
    }
    must_be_past(start.day <= at.today(), "/day")?;
    let tender =
        deposit.secures.as_ref().and_then(|secured| Some((at.around.get::<Tender>(&secured.tender)?, secured)));
    if let Some((tender, secured)) = tender.filter(|_| start.event == RefundEvent::Agreed) {
        must_be_agreed(book, deposit, (tender, &secured.lot), at)?;
    }
    if start.event == RefundEvent::Agreed || tender.is_none() {
        if is_payer || is_service {
            let words = ("须由收取人或监督部门说明", "to be said by the payee or a supervisor");
            return Err(Refusal::of_field("/event", Fault::inconsistent(words)));
        }
        return start.document.as_ref().map(drop).ok_or_else(|| Refusal::of_field("/document", Fault::MissingField));
    }
    let Some((tender, secured)) = tender else { return Ok(()) };
    let happened = event_of(book, deposit, tender, &secured.lot, at.law);
    match happened {
        Some(happened) if happened == (start.event, start.day) => Ok(()),
        Some((event, day)) => {
            let words = (
                format!("依法自{}（{day}）起算", event.words().zh),
                format!("the law counts from {} ({day})", event.words().en),
            );
            Err(Refusal::of_field("/event", Fault::inconsistent(words)))
        }
        None => Err(Refusal::state_forbids(act.kind(), "not happened")),
    }
}

/// # Errors
/// The law says from what the clock of this kind counts, and the tender's records do or will.
fn must_be_agreed(
    book: &DepositBook,
    deposit: &DepositState,
    (tender, lot): (&Tender, &LotId),
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    let rule = &at.law.edition().deposits.guards.event;
    let Some(kind) = book.kind(deposit, at).filter(|_| !rule.is_silent()) else { return Ok(()) };
    let clock = &kind.refund;
    if clock.period().is_none() || (clock.winner, clock.loser) == (RefundEvent::Agreed, RefundEvent::Agreed) {
        return Ok(());
    }
    let words = match event_of(book, deposit, tender, lot, at.law) {
        Some((event, day)) => (
            format!("依法自{}（{day}）起算，不得另行约定", event.words().zh),
            format!("the law counts from {} ({day}), whatever was agreed", event.words().en),
        ),
        None => (
            format!("依法自{}（未中标的，自{}）起算，不得另行约定", clock.winner.words().zh, clock.loser.words().zh),
            format!(
                "the law counts from {}, or for who lost from {}, whatever was agreed",
                clock.winner.words().en,
                clock.loser.words().en
            ),
        ),
    };
    Err(Refusal::of_field("/event", Fault::inconsistent(words)).citing(&rule.id, &rule.law))
}

/// From what the law counts for this payer in its lot, and when that was.
fn event_of(
    book: &DepositBook,
    deposit: &DepositState,
    tender: &Tender,
    lot: &LotId,
    law: Law<'_>,
) -> Option<(RefundEvent, Day)> {
    let kind = book.kind_of(&deposit.id, law)?;
    let lot = tender.lots.iter().find(|known| known.id == *lot)?;
    // 招标投标法实施条例 art. 31: nothing comes of it any more.
    let failed = lot.failed.filter(|_| !law.edition().deposits.failed_lot.is_silent());
    let over = failed.or(tender.terminated).filter(|_| lot.awards.is_empty() && kind.refund.period().is_some());
    if let Some(day) = over {
        return Some((RefundEvent::Terminated, day));
    }
    // Whoever has the place of who bid has not bid itself.
    let bidder = if law.edition().deposits.division.is_silent() { &deposit.payer } else { &deposit.bidder };
    let won = |award: &&AwardState| bidder.as_ref().is_some_and(|bidder| lot.is_won_by(award, bidder));
    let own: Vec<&AwardState> = lot.awards.iter().filter(won).collect();
    let (event, awards) =
        if own.is_empty() { (kind.refund.loser, lot.awards.iter().collect()) } else { (kind.refund.winner, own) };
    let day = match event {
        RefundEvent::Award => awards.iter().map(|award| award.awarded).min(),
        RefundEvent::Contract => {
            awards.iter().filter_map(|award| award.contract.as_ref()).map(|made| made.signed).min()
        }
        RefundEvent::Agreed | RefundEvent::Terminated => None,
    };
    Some((event, day?))
}

impl DepositBook {
    /// The clocks that a tender's records have set going and nobody has started: the service does.
    pub fn due_clocks(&self, id: &TenderCode, tender: &Tender, law: Law<'_>) -> Vec<RefundClockStart> {
        if law.edition().deposits.own_clock.is_silent() {
            return Vec::new();
        }
        let waiting = self.of_tender(id).filter(|deposit| deposit.clock.is_none() && !deposit.is_put_back());
        let start = |deposit: &DepositState| {
            let secured = deposit.secures.as_ref()?;
            let (event, day) = event_of(self, deposit, tender, &secured.lot, law)?;
            Some(RefundClockStart { deposit: deposit.id.clone(), event, day, document: None })
        };
        waiting.filter_map(start).collect()
    }
}

/// # Errors
/// More than may go back, or other interest than there is.
pub(super) fn decide_approval(
    book: &DepositBook,
    deposit: &DepositState,
    approval: &RefundApproval,
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    book.must_be_payee(by)?;
    must_be_amount(approval.amount, deposit.currency)?;
    let DayRule { days, rule } = &at.law.edition().deposits.guards.payment_days;
    must_follow(approval.value_date, Some(at.today()), at)?;
    let ahead = if rule.is_silent() { VALUE_DATE_AHEAD_DAYS } else { *days };
    let latest = at.today().date().checked_add_days(chrono::Days::new(ahead.into())).map(Day::from);
    if latest.is_some_and(|latest| latest < approval.value_date) {
        let words = ("付款日过远", "a day of payment so far ahead");
        return Err(Refusal::of_field("/value_date", Fault::inconsistent(words)));
    }
    must_not_be_barred(book, deposit, at)?;
    match deposit.refunds.get(&approval.id) {
        Some(before) if !rule.is_silent() => return decide_renewal(book, deposit, before, approval, at),
        Some(_) => return Err(duplicate("/id", &approval.id)),
        None => {}
    }
    if deposit.counted_to.is_some_and(|counted| approval.value_date < counted) {
        let earlier = deposit.counted_to.map(|day| day.to_string()).unwrap_or_default();
        return Err(Refusal::of_field("/value_date", Fault::DatesOutOfOrder { earlier }));
    }
    let excess = book.book.standing(&deposit.account(Heading::Excess));
    if deposit.clock.is_none() && approval.amount.amount_minor > excess {
        let (zh, en) =
            ("退还事由尚未发生，只能退还超额部分", "what it secures is not over: only what is too much goes back");
        return Err(Refusal::new(&problem::STATE_FORBIDS, zh, en));
    }
    let sums =
        refund_sums(book, deposit, book.kind(deposit, at), approval.amount.amount_minor, approval.value_date, at.law);
    must_say(approval, &sums)
}

fn must_say(approval: &RefundApproval, sums: &RefundSums) -> Result<(), Refusal> {
    must_be_said("/interest_minor", approval.interest_minor, sums.interest_minor)?;
    must_be_said("/overdue_minor", approval.overdue_minor, sums.overdue_minor)
}

/// Whether a refund that did not go out on its day may go out on a later one.
///
/// # Errors
/// It did, or still may; another principal; other sums than the later day makes of it.
fn decide_renewal(
    book: &DepositBook,
    deposit: &DepositState,
    before: &RefundState,
    approval: &RefundApproval,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    if before.phase != RefundPhase::Approved || before.value_date >= at.today() {
        return Err(duplicate("/id", &approval.id));
    }
    must_be_said("/amount/amount_minor", approval.amount.amount_minor, before.principal_minor)?;
    let sums = renewed_sums(book, deposit, before, book.kind(deposit, at), approval.value_date, at.law);
    must_say(approval, &sums)
}

/// A court may hold what is to go back, but for what the law reserves.
fn must_not_be_barred(book: &DepositBook, deposit: &DepositState, at: &Moment<'_>) -> Result<(), Refusal> {
    let reserved = &at.law.edition().deposits.guards.reserved;
    if reserved.unbarred && book.kind(deposit, at).is_some_and(|kind| reserved.kinds.contains(&kind.id)) {
        return Ok(());
    }
    let fields = vec![BarField::GovernmentProcurement, BarField::Tendering];
    let reach = GateReach::Purchase { fields, region: None };
    let step = GatedStep { measure: BarMeasure::Refund, reach, days: vec![at.today()] };
    barred_from(deposit.payer.iter().map(|payer| ("/deposit".to_owned(), payer)), &step, at)
}

/// # Errors
/// It is not approved, or by the same person.
pub(super) fn decide_instruction(
    book: &DepositBook,
    deposit: &DepositState,
    instruction: &RefundInstruction,
    act: &Act,
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    book.must_be_payee(by)?;
    let refund = refund_of(deposit, &instruction.refund)?;
    if refund.phase != RefundPhase::Approved {
        return Err(Refusal::state_forbids(act.kind(), refund.phase.name()));
    }
    must_be_another(book, at, &refund.approved_by)?;
    let (rule, day) = (&at.law.edition().deposits.guards.payment_days.rule, refund.value_date);
    if !rule.is_silent() {
        must_not_be_barred(book, deposit, at)?;
    }
    if !rule.is_silent() && day < at.today() {
        let told = Refusal::new(
            &problem::STATE_FORBIDS,
            format!("付款日 {day} 已过：请以同一编号重新经办，补足其后的利息和占用费"),
            format!(
                "its day of payment, {day}, has passed: approve it again under the same id, with what has come on top"
            ),
        );
        return Err(told.citing(&rule.id, &rule.law));
    }
    if refund.overdue_minor > 0 { book.must_have_own_funds(deposit) } else { Ok(()) }
}

impl DepositBook {
    /// What lateness costs is never paid out of others' deposits.
    ///
    /// # Errors
    /// The payee has not put in what it costs.
    pub(super) fn must_have_own_funds(&self, deposit: &DepositState) -> Result<(), Refusal> {
        if self.own_minor(deposit.currency) >= 0 {
            return Ok(());
        }
        let (zh, en) =
            ("超期资金占用费须先由自有资金拨入专户", "what lateness costs is paid out of own funds, which come first");
        Err(Refusal::new(&problem::BALANCE_INSUFFICIENT, zh, en))
    }
}

/// # Errors
/// Nothing was instructed; the bank's line was entered before.
pub(super) fn decide_settlement(
    book: &DepositBook,
    deposit: &DepositState,
    settlement: &RefundSettlement,
    act: &Act,
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    book.must_be_payee(by)?;
    let refund = refund_of(deposit, &settlement.refund)?;
    if refund.phase != RefundPhase::Instructed {
        return Err(Refusal::state_forbids(act.kind(), refund.phase.name()));
    }
    book.must_be_new(settlement.reference.as_str(), at)?;
    must_be_dated(settlement.value_date, refund.instructed, at)
}

/// # Errors
/// The bank will do it later, or did it before it could.
pub(super) fn must_be_dated(value_date: Day, after: Option<Day>, at: &Moment<'_>) -> Result<(), Refusal> {
    must_be_past(value_date <= at.today(), "/value_date")?;
    must_follow(value_date, after, at)
}

/// # Errors
/// The bank did it before it could, as the edition has it.
pub(super) fn must_follow(value_date: Day, after: Option<Day>, at: &Moment<'_>) -> Result<(), Refusal> {
    let rule = &at.law.edition().deposits.guards.payment_days.rule;
    match after.filter(|after| !rule.is_silent() && value_date < *after) {
        Some(after) => {
            let fault = Fault::DatesOutOfOrder { earlier: after.to_string() };
            Err(Refusal::of_field("/value_date", fault).citing(&rule.id, &rule.law))
        }
        None => Ok(()),
    }
}

fn refund_of<'a>(deposit: &'a DepositState, id: &ItemId) -> Result<&'a RefundState, Refusal> {
    deposit.refunds.get(id).ok_or_else(|| unknown("/refund", id.to_string()))
}
