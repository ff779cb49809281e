//! Which acts on deposits are allowed now, and by whom.

use super::super::book::PostingError;
use super::super::{Act, BankReceipt, DepositNotice, Hold, HoldRelease, ReceiptReversal};
use super::timers::Awaited;
use super::{
    DepositBook, DepositState, bank, forfeit, own_funds, pool, reconcile, refund, require, reverse, unallocated, upkeep,
};
use crate::act::{Acts, Author, Moment, Role, must_have};
use crate::field::{Currency, Fault, ItemId, Money};
use crate::law::{DepositShape, ReservedTerms, Rule, Running};
use crate::organisation::Organisation;
use crate::problem::{self, Refusal};
use crate::record::KeyId;

/// Whether the act may enter the log now.
///
/// # Errors
/// Who may not sign it, what the law does not allow, and what the book does not have.
pub(super) fn decide(state: Option<&DepositBook>, act: &Act, at: &Moment<'_>) -> Result<(), Refusal> {
    let by = at.author()?;
    if let Act::SchemePublished(scheme) = act {
        return require::decide_scheme(state, scheme, by, at);
    }
    let book = state.ok_or_else(|| Refusal::state_forbids(act.kind(), "no scheme"))?;
    match act {
        Act::Announced(notice) => decide_notice(book, notice, by, at)?,
        Act::StatementReconciled(act) => reconcile::decide(book, act, by, at)?,
        Act::OpenItemResolved(act) => reconcile::decide_resolution(book, act, by)?,
        Act::ReconciliationWithdrawn(act) => reconcile::decide_withdrawal(book, act, by, at)?,
        Act::EntryReversed(reversal) => reverse::decide(book, reversal, act.kind(), by, at)?,
        act if act.deposit().is_some() => {
            let deposit = book.deposit_of(act)?;
            decide_on(book, deposit, act, by, at)?;
        }
        act => decide_at_bank(book, act, by, at)?,
    }
    must_post(book, act)
}

/// What is of no deposit.
fn decide_at_bank(book: &DepositBook, act: &Act, by: &Author, at: &Moment<'_>) -> Result<(), Refusal> {
    match act {
        Act::BankEntered(entry) => bank::decide_entry(book, entry, by, at),
        Act::UnallocatedReceived(receipt) => unallocated::decide_receipt(book, receipt, by, at),
        Act::UnallocatedReturned(back) => unallocated::decide_return(book, back, by, at),
        Act::InterestAllocated(allocation) => pool::decide_allocation(book, allocation, by, at),
        Act::OwnFundsApproved(approval) => own_funds::decide_approval(book, approval, by, at),
        Act::DifferenceOpened(opening) => bank::decide_opening(book, opening, by, at),
        Act::DifferenceCleared(clearing) => bank::decide_clearing(book, clearing, by, at),
        Act::OwnCostsOverdue(overdue) => {
            must_be_due(book, act, &Awaited::OwnCosts { currency: overdue.currency }, by, at)
        }
        act => Err(Refusal::state_forbids(act.kind(), "unknown")),
    }
}

fn decide_on(
    book: &DepositBook,
    deposit: &DepositState,
    act: &Act,
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    // What it was is told by the deposit that has it again.
    if deposit.is_put_back() {
        return Err(Refusal::state_forbids(act.kind(), "reversed"));
    }
    match act {
        Act::Received(receipt) => decide_receipt(book, deposit, receipt, by, at),
        Act::ReceiptReversed(reversal) => decide_reversal(book, deposit, reversal, act, by, at),
        Act::UnallocatedClaimed(claim) => unallocated::decide_claim(book, deposit, claim, by, at),
        Act::InterestCapitalised(act) => pool::decide_capitalisation(book, deposit, act, by),
        Act::Held(hold) => decide_hold(book, deposit, hold, act, by, at),
        Act::Released(release) => decide_release(book, deposit, release, by),
        Act::RefundDue(start) => refund::decide_clock(book, deposit, start, act, by, at),
        Act::RefundApproved(approval) => refund::decide_approval(book, deposit, approval, by, at),
        Act::RefundInstructed(instruction) => refund::decide_instruction(book, deposit, instruction, act, by, at),
        Act::RefundSettled(settlement) => refund::decide_settlement(book, deposit, settlement, act, by, at),
        Act::HoldLapsed(lapse) => {
            let (deposit, hold) = (lapse.deposit.clone(), lapse.hold.clone());
            must_be_due(book, act, &Awaited::HoldLapse { deposit, hold }, by, at)
        }
        Act::RefundOverdue(overdue) => {
            must_be_exactly(book, act, &Awaited::RefundOverdue { deposit: overdue.deposit.clone() }, by, at)
        }
        Act::TopUpDemanded(demand) => {
            must_be_exactly(book, act, &Awaited::TopUp { deposit: demand.deposit.clone() }, by, at)
        }
        Act::TopUpOverdue(overdue) => {
            must_be_exactly(book, act, &Awaited::TopUpOverdue { deposit: overdue.deposit.clone() }, by, at)
        }
        Act::SurplusOverdue(overdue) => {
            must_be_exactly(book, act, &Awaited::SurplusOverdue { deposit: overdue.deposit.clone() }, by, at)
        }
        Act::GuaranteeExpiring(warning) => {
            let (deposit, guarantee) = (warning.deposit.clone(), warning.guarantee.clone());
            must_be_due(book, act, &Awaited::GuaranteeExpiring { deposit, guarantee }, by, at)
        }
        Act::Assessed(assessment) => upkeep::decide_assessment(book, deposit, assessment, act.kind(), by, at),
        Act::ForfeitureFinal(last) => {
            let (deposit, forfeiture) = (last.deposit.clone(), last.forfeiture.clone());
            must_be_due(book, act, &Awaited::ForfeitureFinal { deposit, forfeiture }, by, at)
        }
        Act::GuaranteeExpired(expiry) => {
            let (deposit, guarantee) = (expiry.deposit.clone(), expiry.guarantee.clone());
            must_be_due(book, act, &Awaited::GuaranteeExpiry { deposit, guarantee }, by, at)
        }
        act => forfeit::decide(book, deposit, act, by, at),
    }
}

/// What time brings is the service's to say, and only when it has come.
fn must_be_due(book: &DepositBook, act: &Act, awaited: &Awaited, by: &Author, at: &Moment<'_>) -> Result<(), Refusal> {
    must_have(by, &[Role::Service])?;
    if book.timers.is_due(awaited, at.now, at.law) {
        return Ok(());
    }
    Err(Refusal::state_forbids(act.kind(), "not due"))
}

/// And says what the book says.
fn must_be_exactly(
    book: &DepositBook,
    act: &Act,
    awaited: &Awaited,
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    must_be_due(book, act, awaited, by, at)?;
    if awaited.act(book, at.law) == *act { Ok(()) } else { Err(Refusal::state_forbids(act.kind(), "other")) }
}

/// # Errors
/// The book does not have it: an account would go beyond its limit.
fn must_post(book: &DepositBook, act: &Act) -> Result<(), Refusal> {
    let lines = book.postings(act);
    if lines.is_empty() {
        return Ok(());
    }
    book.book.try_lines(&lines).map_err(|error| match error {
        PostingError::Limit { account, balance } => {
            let (missing, words) = (balance.unsigned_abs(), account.heading.words());
            Refusal::new(
                &problem::BALANCE_INSUFFICIENT,
                format!("{}（{account}）不足，尚缺 {missing}（最小货币单位）", words.zh),
                format!("{} ({account}) has {missing} minor units too little", words.en),
            )
        }
        // What a payload can't say: lines are made from it.
        PostingError::Lines | PostingError::Amount { .. } | PostingError::Unbalanced { .. } => {
            Refusal::state_forbids(act.kind(), "unbalanced")
        }
        PostingError::Overflow { .. } => Refusal::of_field("/amount", Fault::AmountOutOfRange),
    })
}

impl DepositBook {
    fn deposit_of(&self, act: &Act) -> Result<&DepositState, Refusal> {
        let id = act.deposit();
        id.and_then(|id| self.deposits.get(id))
            .ok_or_else(|| unknown("/deposit", id.map(ItemId::to_string).unwrap_or_default()))
    }

    /// # Errors
    /// Somebody else than the payee.
    pub(super) fn must_be_payee(&self, by: &Author) -> Result<(), Refusal> {
        if by.is(&self.payee) {
            return Ok(());
        }
        Err(Refusal::new(&problem::NOT_A_PARTY, "不是该账簿的收取人", "not the payee of this book"))
    }

    /// # Errors
    /// The line of the bank was entered already; from the edition that says so on, however its reference is written.
    pub(super) fn must_be_new(&self, reference: &str, at: &Moment<'_>) -> Result<(), Refusal> {
        let duplicate = |id: &str| Refusal::of_field("/reference", Fault::Duplicate { id: id.to_owned() });
        if self.references.contains(reference) {
            return Err(duplicate(reference));
        }
        let rule = &at.law.edition().deposits.guards.references;
        match self.references.like(reference).filter(|_| !rule.is_silent()) {
            Some(known) => Err(duplicate(known).citing(&rule.id, &rule.law)),
            None => Ok(()),
        }
    }

    /// The shape of a deposit's kind.
    pub(super) fn shape(&self, deposit: &DepositState, at: &Moment<'_>) -> Option<DepositShape> {
        self.kind(deposit, at).map(|kind| kind.shape)
    }
}

pub(super) fn unknown(pointer: &str, id: String) -> Refusal {
    Refusal::of_field(pointer, Fault::UnknownReference { id })
}

pub(super) fn duplicate(pointer: &str, id: &ItemId) -> Refusal {
    Refusal::of_field(pointer, Fault::Duplicate { id: id.to_string() })
}

/// # Errors
/// Nothing, or money of another currency.
pub(super) fn must_be_amount(amount: Money, currency: Currency) -> Result<(), Refusal> {
    if amount.currency != currency {
        let words = (format!("币种应为 {currency:?}"), format!("the currency of the deposit is {currency:?}"));
        return Err(Refusal::of_field("/amount/currency", Fault::inconsistent(words)));
    }
    must_have_amount(amount)
}

/// # Errors
/// `law-silent`: the edition has no such rule.
pub(super) fn must_have_rule(rule: &Rule, at: &Moment<'_>) -> Result<(), Refusal> {
    if rule.is_silent() { Err(Refusal::law_silent(&at.law.edition().name)) } else { Ok(()) }
}

/// # Errors
/// Nothing.
pub(super) fn must_have_amount(amount: Money) -> Result<(), Refusal> {
    if amount.amount_minor == 0 {
        return Err(Refusal::of_field("/amount/amount_minor", Fault::AmountZero));
    }
    Ok(())
}

/// # Errors
/// More than there is.
pub(super) fn must_be_at_most(amount: Money, most: i64) -> Result<(), Refusal> {
    if amount.amount_minor > most {
        return Err(Refusal::of_field("/amount/amount_minor", Fault::AmountAbove { most }));
    }
    Ok(())
}

/// Another person than who did the first half (制单、复核分离).
///
/// # Errors
/// `same-signer`: also of a key that is so new in the log that whoever had the other one may have added it.
pub(super) fn must_be_another(book: &DepositBook, at: &Moment<'_>, first: &KeyId) -> Result<(), Refusal> {
    if at.signer != first {
        return [first, at.signer].into_iter().try_for_each(|kid| must_be_known(book, kid, at));
    }
    let (zh, en) = ("须由另一人（另一把密钥）复核", "to be signed by another person of the payee, with another key");
    Err(Refusal::new(&problem::SAME_SIGNER, zh, en))
}

/// # Errors
/// Those of the organisation who would see that a key is a thief's have not had the time for it.
fn must_be_known(book: &DepositBook, kid: &KeyId, at: &Moment<'_>) -> Result<(), Refusal> {
    let terms = &at.law.edition().deposits.guards.second;
    // Nobody here could know of keys that are not at hand.
    let key = at.around.get::<Organisation>(&book.payee).and_then(|payee| payee.key(kid));
    let Some(key) = key.filter(|_| !terms.rule.is_silent()) else { return Ok(()) };
    let known = at.law.end(Running::new(key.since, terms.period())).at;
    if known <= at.now {
        return Ok(());
    }
    let told = Refusal::new(
        &problem::SAME_SIGNER,
        format!("密钥 {kid} 于 {} 登记，{known} 起才可与另一把密钥分别经办、复核", key.since),
        format!("the key {kid} is in the log since {}: from {known} on it stands for another person", key.since),
    );
    Err(told.citing(&terms.rule.id, &terms.rule.law))
}

fn decide_notice(book: &DepositBook, notice: &DepositNotice, by: &Author, at: &Moment<'_>) -> Result<(), Refusal> {
    book.must_be_payee(by)?;
    if book.deposits.contains_key(&notice.id) {
        return Err(duplicate("/id", &notice.id));
    }
    let scheme = book.schemes.get(&notice.scheme).ok_or_else(|| unknown("/scheme", notice.scheme.to_string()))?;
    require::must_be_required(book, scheme, notice, at)
}

fn decide_receipt(
    book: &DepositBook,
    deposit: &DepositState,
    receipt: &BankReceipt,
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    book.must_be_payee(by)?;
    must_be_amount(receipt.amount, deposit.currency)?;
    book.must_be_new(receipt.reference.as_str(), at)?;
    crate::act::must_be_past(receipt.value_date <= at.today(), "/value_date")?;
    require::must_take_money(book, deposit, receipt, at)
}

fn decide_reversal(
    book: &DepositBook,
    deposit: &DepositState,
    reversal: &ReceiptReversal,
    act: &Act,
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    book.must_be_payee(by)?;
    let found = deposit.receipt(reversal.reference.as_str());
    let receipt = found.ok_or_else(|| unknown("/reference", reversal.reference.to_string()))?;
    if receipt.is_reversed {
        return Err(Refusal::state_forbids(act.kind(), "reversed"));
    }
    must_be_another(book, at, &receipt.entered_by)?;
    book.must_have_kept(deposit, receipt)
}

fn decide_hold(
    book: &DepositBook,
    deposit: &DepositState,
    hold: &Hold,
    act: &Act,
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    book.must_be_payee(by)?;
    if book.shape(deposit, at) == Some(DepositShape::Historic) {
        return Err(Refusal::state_forbids(act.kind(), "refund only"));
    }
    must_be_for_its_kind(book, deposit, hold, at)?;
    must_be_amount(hold.amount, deposit.currency)?;
    if deposit.holds.contains_key(&hold.id) {
        return Err(duplicate("/id", &hold.id));
    }
    if hold.until < at.today() {
        return Err(Refusal::of_field("/until", Fault::DatesOutOfOrder { earlier: "today".into() }));
    }
    Ok(())
}

/// # Errors
/// The law lets the kind be held for its own grounds only, and the hold names none; or it names one that is not the kind's.
fn must_be_for_its_kind(
    book: &DepositBook,
    deposit: &DepositState,
    hold: &Hold,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    if let Some(ground) = &hold.ground {
        return forfeit::must_have_ground(book, deposit, ground, at);
    }
    let ReservedTerms { kinds, rule, .. } = &at.law.edition().deposits.guards.reserved;
    if rule.is_silent() || book.kind(deposit, at).is_none_or(|kind| !kinds.contains(&kind.id)) {
        return Ok(());
    }
    let fault = Fault::inconsistent((&*rule.zh, &*rule.en));
    Err(Refusal::of_field("/ground", fault).citing(&rule.id, &rule.law))
}

fn decide_release(
    book: &DepositBook,
    deposit: &DepositState,
    release: &HoldRelease,
    by: &Author,
) -> Result<(), Refusal> {
    // Whoever oversees the payee may let go as well.
    if !by.roles.has(Role::Supervisor) {
        book.must_be_payee(by)?;
    }
    must_be_amount(release.amount, deposit.currency)?;
    let hold = deposit.holds.get(&release.hold).ok_or_else(|| unknown("/hold", release.hold.to_string()))?;
    must_be_at_most(release.amount, hold.left_minor - hold.claimed_minor)
}
