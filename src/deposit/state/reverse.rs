//! 冲销的条件: which entries may be taken back now, by whom, and what has to be undone first.

use super::super::EntryReversal;
use super::decide::{must_be_another, must_have_rule, unknown};
use super::entered::{EnteredAs, Later, Taken};
use super::{DepositBook, DepositState, ForfeiturePhase, RefundPhase, RefundState, UnallocatedFate};
use crate::act::{Author, Moment};
use crate::field::{Fault, ItemId};
use crate::problem::{self, Refusal};

/// # Errors
/// The edition has no such act; no such entry, or one of another deposit; by who entered it; what has become of it meanwhile; what stands for good.
pub(super) fn decide(
    book: &DepositBook,
    reversal: &EntryReversal,
    kind: &'static str,
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    book.must_be_payee(by)?;
    must_have_rule(&at.law.edition().deposits.guards.reversal, at)?;
    match &reversal.reference {
        Some(reference) => decide_line(book, reversal, reference.as_str(), kind, at),
        None => decide_own(book, reversal, at),
    }
}

fn is_correctable(at: &Moment<'_>) -> bool {
    !at.law.edition().deposits.guards.corrections.is_silent()
}

/// Of a line of the bank.
fn decide_line(
    book: &DepositBook,
    reversal: &EntryReversal,
    reference: &str,
    kind: &'static str,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    let is_known = !at.law.edition().deposits.guards.entries.is_silent();
    let entered = book.entered.get(reference).filter(|entered| is_known || !entered.is_of_entries());
    let entered = entered.ok_or_else(|| unknown("/reference", reference.to_owned()))?;
    if entered.deposit() != reversal.deposit.as_ref() {
        let of = entered.deposit().map_or("—", ItemId::as_str);
        let words = (format!("这笔流水登记在保证金 {of} 名下"), format!("the line was entered for the deposit {of}"));
        return Err(Refusal::of_field("/deposit", Fault::inconsistent(words)));
    }
    // What a part was is told by the deposit that has it again, and nothing could be entered on it instead.
    if entered.deposit().and_then(|id| book.deposits.get(id)).is_some_and(DepositState::is_put_back) {
        return Err(Refusal::state_forbids(kind, "reversed"));
    }
    must_be_another(book, at, &entered.entered_by)?;
    let changed = |now: &'static str| Err(Refusal::state_forbids(kind, now));
    let forfeited = |deposit: &ItemId, forfeiture: &ItemId, phase: ForfeiturePhase| {
        let of = book.deposits.get(deposit).and_then(|deposit| deposit.forfeitures.get(forfeiture));
        of.filter(|of| of.phase != phase).map_or(Ok(()), |of| changed(of.phase.name()))
    };
    match &entered.as_what {
        EnteredAs::Bank { .. } | EnteredAs::OwnFunds { .. } | EnteredAs::Returned { .. } => Ok(()),
        EnteredAs::Unallocated => match book.unallocated.get(reference).map(|of| of.fate) {
            Some(UnallocatedFate::Open) | None => Ok(()),
            Some(fate) => changed(fate.name()),
        },
        EnteredAs::Settled { deposit, refund } => {
            let of = book.deposits.get(deposit).and_then(|deposit| deposit.refunds.get(refund));
            // One that came back and was set aside is none any more, until that is reversed.
            let is_gone = |of: &RefundState| is_known && of.phase == RefundPhase::SetAside;
            match of.filter(|of| of.settled_by.as_deref() != Some(reference) || is_gone(of)) {
                Some(of) => changed(of.phase.name()),
                None => Ok(()),
            }
        }
        EnteredAs::Remitted { deposit, forfeiture, annulled: Some(_), .. } if is_correctable(at) => {
            must_be_last(book.recovered_under(deposit, forfeiture).map(later_recovery).into_iter().collect(), at)
        }
        EnteredAs::Remitted { deposit, forfeiture, .. } => forfeited(deposit, forfeiture, ForfeiturePhase::Remitted),
        EnteredAs::Recovered { deposit, forfeiture, .. } => forfeited(deposit, forfeiture, ForfeiturePhase::Overturned),
        EnteredAs::Paid { deposit, forfeiture, entered: payment } => {
            let later = |deposit| book.later_than_payment(deposit, forfeiture, payment, entered.voucher);
            must_be_last(book.deposits.get(deposit).map(later).unwrap_or_default(), at)
        }
        EnteredAs::Unclaimed { deposit } => {
            let deposit = book.deposits.get(deposit);
            let step = deposit.and_then(|deposit| Some((deposit, deposit.step_of(reference)?)));
            must_be_last(
                step.map(|(deposit, step)| book.later_than(deposit, step, is_correctable(at))).unwrap_or_default(),
                at,
            )
        }
    }
}

/// The treasury has paid back what was remitted.
fn later_recovery(reference: &str) -> Later {
    (
        format!("国库已退付（流水号 {reference}），须先冲销"),
        format!("the treasury paid it back under {reference}: reverse that first"),
    )
}

/// Of what the bank has no line for.
fn decide_own(book: &DepositBook, reversal: &EntryReversal, at: &Moment<'_>) -> Result<(), Refusal> {
    let guards = &at.law.edition().deposits.guards;
    must_have_rule(&guards.entries, at)?;
    if reversal.bank.is_some() {
        must_have_rule(&guards.corrections, at)?;
    }
    let unknown = || unknown("/entry", reversal.entry.map(|entry| entry.to_string()).unwrap_or_default());
    let taken = book.taken(reversal);
    if is_correctable(at) && matches!(taken, None | Some(Taken::Counted(..))) {
        book.must_not_stand(reversal, at)?;
    }
    let (entered_by, later) = match taken.ok_or_else(unknown)? {
        Taken::Line(_) => return Err(unknown()),
        Taken::Counted(..) if !is_correctable(at) => return Err(unknown()),
        Taken::Step(deposit, step) => (&step.entered_by, book.later_than(deposit, step, is_correctable(at))),
        Taken::OwnFunds(of) => (&of.approved_by, of.later()),
        Taken::Counted(deposit, step, own) => (&own.entered_by, book.later_than_counted(deposit, step)),
        Taken::Allocation(pool, of) => (&of.entered_by, book.later_than_allocation(pool, of.entry)),
    };
    must_be_another(book, at, entered_by)?;
    must_be_last(later, at)
}

/// # Errors
/// `entry-in-use`: what rests on it, all of it.
fn must_be_last(later: Vec<Later>, at: &Moment<'_>) -> Result<(), Refusal> {
    if later.is_empty() {
        return Ok(());
    }
    let rule = &at.law.edition().deposits.guards.entries;
    let (zh, en): (Vec<_>, Vec<_>) = later.into_iter().unzip();
    Err(Refusal::new(&problem::ENTRY_IN_USE, zh.join("；"), en.join("; ")).citing(&rule.id, &rule.law))
}
