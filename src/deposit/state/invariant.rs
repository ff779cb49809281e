//! What holds of every book after every record: I1 to I22, one list. Those that a book or a voucher shows by itself are functions
//! here; of the others it says which test keeps them.

use super::super::DifferenceSide;
use super::super::book::{Heading, Imbalance, JournalVoucher};
use super::account::unexplained;
use super::{
    DepositBook, DepositState, ForfeiturePhase, ForfeitureState, RefundPhase, UnallocatedFate, UnclaimedPhase,
};
use crate::field::{Currency, ItemId};
use crate::law::{ForfeitTo, part};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// How an invariant is kept.
#[derive(Clone, Copy)]
pub enum Kept {
    /// Asked of a book: what breaks it.
    Book(fn(&DepositBook) -> Vec<String>),
    /// Asked of each voucher.
    Voucher(fn(&JournalVoucher) -> Vec<String>),
    /// By what no single book shows: the test that does.
    By(&'static str),
}

/// A rule without exception.
#[derive(Clone, Copy)]
pub struct Invariant {
    pub id: &'static str,
    /// The article, or what an accountant expects.
    pub source: &'static str,
    /// What would have gone wrong.
    pub breaks: &'static str,
    pub kept: Kept,
}

/// One that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    pub id: &'static str,
    pub what: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.id, self.what)
    }
}

const fn rule(id: &'static str, source: &'static str, breaks: &'static str, kept: Kept) -> Invariant {
    Invariant { id, source, breaks, kept }
}

/// All of them, in their order.
pub const INVARIANTS: [Invariant; 22] = [
    rule("I1", "double entry", "a voucher that does not balance, or moves nothing", Kept::Voucher(balances)),
    rule("I2", "会计法 art. 17 (账账相符)", "the balances of a book do not add up to zero", Kept::Book(trial_balance)),
    rule("I3", "招标投标法实施条例 art. 26", "an account gave more than it had", Kept::Book(limits)),
    rule("I4", "会计法 art. 15", "balances are not those of the journal", Kept::By("state::tests::random")),
    rule("I5", "财会〔2024〕12号 art. 5", "a gap between vouchers", Kept::By("state::tests::random")),
    rule("I6", "idempotency", "one request, two effects", Kept::By("tests/deposits/holds.rs; the audit: jti-reused")),
    rule("I7", "all or none", "a refused act changed something", Kept::By("state::tests::random")),
    rule("I8", "财会〔2024〕12号 art. 21", "a record was edited", Kept::By("the audit: hash chain and tree")),
    rule(
        "I9",
        "会计法 art. 14",
        "a voucher without a signed record",
        Kept::By("the audit; vouchers are made of records only"),
    ),
    rule("I10", "RFC 6962", "two histories", Kept::By("the audit: checkpoints and consistency")),
    rule("I11", "保障农民工工资支付条例 art. 33", "what is held is not what holds keep", Kept::Book(holds)),
    rule("I12", "招标投标法实施条例 art. 57", "refunds differ from what is on its way", Kept::Book(refunds)),
    rule(
        "I13",
        "会计法 art. 17 (账实相符)",
        "book and bank differ by something else than what a reconciliation lists and says that it can't explain",
        Kept::Book(bank),
    ),
    rule("I14", "招标投标法实施条例 art. 26", "deposits paid for the payee's own costs", Kept::Book(segregation)),
    rule("I15", "招标投标法 art. 60", "a forfeiture without its time of appeal", Kept::Book(forfeitures)),
    rule("I16", "优化营商环境条例 art. 25", "more is asked than the scheme allows", Kept::Book(caps)),
    rule("I17", "招标投标法实施条例 art. 57", "interest stays where it only passes through", Kept::Book(interest)),
    rule("I18", "会计法 art. 15 (红字冲销)", "money of a receipt is gone, or counts twice", Kept::Book(conservation)),
    rule("I19", "as of any entry", "an old balance can't be had again", Kept::By("state::tests::random")),
    rule("I20", "招标投标法实施条例 art. 57", "a late refund that is not listed", Kept::Book(lateness)),
    // A voucher is booked on the day of its record, and the log's time does not go back: what is over is closed by that alone, and what
    // came late has its own day beside.
    rule("I21", "closed periods", "a voucher in a period that was closed", Kept::By("state::tests::random")),
    rule("I22", "closing", "a deposit is closed that still has something", Kept::Book(closing)),
];

impl DepositBook {
    /// Every invariant that does not hold of it: none, whatever was recorded.
    pub fn check(&self) -> Vec<Broken> {
        broken(|kept| if let Kept::Book(asks) = kept { asks(self) } else { Vec::new() })
    }

    /// The currencies in which it has anything.
    fn currencies(&self) -> BTreeSet<Currency> {
        self.book.accounts().map(|(account, _)| account.currency).collect()
    }
}

/// Every invariant that does not hold of a voucher.
pub fn check_voucher(voucher: &JournalVoucher) -> Vec<Broken> {
    broken(|kept| if let Kept::Voucher(asks) = kept { asks(voucher) } else { Vec::new() })
}

/// What each invariant finds, under its id.
fn broken(finds: impl Fn(&Kept) -> Vec<String>) -> Vec<Broken> {
    let named = |rule: &'static Invariant| finds(&rule.kept).into_iter().map(|what| Broken { id: rule.id, what });
    INVARIANTS.iter().flat_map(named).collect()
}

fn unless(holds: bool, what: impl FnOnce() -> String) -> Vec<String> {
    if holds { Vec::new() } else { vec![what()] }
}

/// Asks each deposit.
fn each(book: &DepositBook, asks: impl Fn(&DepositState) -> Vec<String>) -> Vec<String> {
    book.deposits.values().flat_map(asks).collect()
}

/// What an account should have, and has.
fn stands(book: &DepositBook, deposit: &DepositState, heading: Heading, right: i64) -> Vec<String> {
    let account = deposit.account(heading);
    let standing = book.book.standing(&account);
    unless(standing == right, || format!("{account} stands at {standing}, not {right}"))
}

/// What the only account under a heading should have, and has.
fn alone(book: &DepositBook, heading: Heading, currency: Currency, right: i64) -> Vec<String> {
    let account = heading.alone(currency);
    let standing = book.book.standing(&account);
    unless(standing == right, || format!("{account} stands at {standing}, not {right}"))
}

fn balances(voucher: &JournalVoucher) -> Vec<String> {
    let mut sums: BTreeMap<(bool, Currency), i128> = BTreeMap::new();
    for line in &voucher.lines {
        *sums.entry((line.account.heading.is_memorandum(), line.account.currency)).or_default() +=
            i128::from(line.signed());
    }
    let is_right = sums.values().all(|sum| *sum == 0) && voucher.lines.iter().all(|line| line.amount_minor > 0);
    unless(is_right && voucher.lines.len() >= 2, || format!("voucher {}", voucher.number))
}

fn trial_balance(book: &DepositBook) -> Vec<String> {
    let found = book.book.check();
    found.iter().filter(|found| matches!(found, Imbalance::Trial { .. })).map(ToString::to_string).collect()
}

fn limits(book: &DepositBook) -> Vec<String> {
    let found = book.book.check();
    found.iter().filter(|found| !matches!(found, Imbalance::Trial { .. })).map(ToString::to_string).collect()
}

/// 2020 is exactly what holds keep back, and no more of a hold is decided on than it has.
fn holds(book: &DepositBook) -> Vec<String> {
    each(book, |deposit| {
        let mut found = stands(book, deposit, Heading::Held, deposit.held_minor());
        let wrong = deposit.holds.iter().filter(|(_, hold)| !(0..=hold.left_minor).contains(&hold.claimed_minor));
        found.extend(wrong.map(|(id, _)| format!("hold {id} of {}", deposit.id)));
        found
    })
}

/// 2030 is what was approved, 1020 what was instructed and has not arrived.
fn refunds(book: &DepositBook) -> Vec<String> {
    let total = |deposit: &DepositState, phase: RefundPhase| -> i64 {
        let of = deposit.refunds.values().filter(|refund| refund.phase == phase);
        of.map(super::RefundState::total_minor).sum()
    };
    let mut found =
        each(book, |deposit| stands(book, deposit, Heading::RefundPayable, total(deposit, RefundPhase::Approved)));
    let mut on_its_way = BTreeMap::new();
    for deposit in book.deposits.values() {
        let account = Heading::PaymentsInTransit.of(&deposit.bank, deposit.currency);
        *on_its_way.entry(account).or_insert(0) += total(deposit, RefundPhase::Instructed);
    }
    for (account, right) in on_its_way {
        let standing = book.book.standing(&account);
        found.extend(unless(standing == right, || format!("{account} stands at {standing}, not {right}")));
    }
    found
}

/// Bank is book, the items that are open, and what the last reconciliation says that nobody explained.
fn bank(book: &DepositBook) -> Vec<String> {
    let differs = |(account, of): (&super::super::book::BookAccount, &super::CustodyState)| {
        let (entry, last) = of.last()?;
        let left = unexplained(of, last.last, last.closing_minor);
        let said = last.unexplained_minor;
        (left != i128::from(said))
            .then(|| format!("{account}, reconciled by {entry}: {left} is unexplained, not {said}"))
    };
    book.custodies().filter_map(differs).collect()
}

/// What charges and lateness cost came out of the payee's own funds, but for lateness that is approved and not yet paid, or has a
/// clock that runs; 1090 is what is under investigation.
fn segregation(book: &DepositBook) -> Vec<String> {
    let of = |currency: Currency| {
        let mine = book.deposits.values().filter(|deposit| deposit.currency == currency);
        let approved = mine
            .flat_map(|deposit| deposit.refunds.values())
            .filter(|refund| refund.phase == RefundPhase::Approved)
            .map(|refund| refund.overdue_minor);
        let left = book.own_minor(currency) + approved.sum::<i64>();
        let is_watched = book.own_costs.contains_key(&currency);
        let mut found = unless(left >= 0 || is_watched, || {
            format!("{} {currency:?} of own costs came out of deposits", left.unsigned_abs())
        });
        let open = book.differences.values().filter(|of| !of.is_cleared && of.amount.currency == currency);
        let right: i64 = open
            .map(|of| match of.side {
                DifferenceSide::Over => -of.amount.amount_minor,
                DifferenceSide::Short => of.amount.amount_minor,
            })
            .sum();
        found.extend(alone(book, Heading::Difference, currency, right));
        found
    };
    book.currencies().into_iter().flat_map(of).collect()
}

/// 2060 is what may still be appealed; what is owed to the treasury or the payee is what became final, and had its time of appeal, and to the
/// payee its own funds that are to go back.
fn forfeitures(book: &DepositBook) -> Vec<String> {
    let is_open = |of: &&ForfeitureState| matches!(of.phase, ForfeiturePhase::Appealable | ForfeiturePhase::Appealed);
    let mut found = each(book, |deposit| {
        let open: i64 = deposit.forfeitures.values().filter(is_open).map(|of| of.amount_minor).sum();
        let mut found = stands(book, deposit, Heading::ForfeitedPending, open);
        let begins = |phase| matches!(phase, ForfeiturePhase::Decided | ForfeiturePhase::Claimed);
        let hasty = |of: &ForfeitureState| !begins(of.phase) && of.appeal.is_none();
        let hasty = deposit.forfeitures.iter().filter(|(_, of)| hasty(of));
        found.extend(hasty.map(|(id, _)| format!("forfeiture {id} of {} had no time of appeal", deposit.id)));
        found
    });
    for currency in book.currencies() {
        for (to, heading) in [(ForfeitTo::Treasury, Heading::TreasuryPayable), (ForfeitTo::Payee, Heading::OwnPayable)]
        {
            let mine = book.deposits.values().filter(|deposit| deposit.currency == currency);
            let last = mine
                .flat_map(|deposit| deposit.forfeitures.values())
                .filter(|of| of.to == to && of.phase == ForfeiturePhase::Final);
            let own = if to == ForfeitTo::Payee { book.own_funds_approved_minor(currency) } else { 0 };
            found.extend(alone(book, heading, currency, last.map(|of| of.amount_minor).sum::<i64>() + own));
        }
        let mine = || book.deposits.values().filter(|deposit| deposit.currency == currency);
        let annulled =
            mine().flat_map(|deposit| deposit.forfeitures.values()).filter(|of| of.phase == ForfeiturePhase::Annulled);
        let reclaimed = mine().map(|deposit| deposit.unclaimed_minor(UnclaimedPhase::Recoverable));
        let right = annulled.map(|of| of.amount_minor).sum::<i64>() + reclaimed.sum::<i64>();
        found.extend(alone(book, Heading::TreasuryRecoverable, currency, right));
    }
    found
}

/// The scheme's part of the base is never above the cap of its kind: that was decided when it was published. What was divided is one
/// deposit by law: its parts together are.
fn caps(book: &DepositBook) -> Vec<String> {
    let mut required: BTreeMap<&ItemId, i128> = BTreeMap::new();
    for deposit in book.deposits.values() {
        *required.entry(deposit.whole()).or_default() += i128::from(deposit.required_minor);
    }
    each(book, |deposit| {
        let Some(scheme) = book.schemes.get(&deposit.scheme) else {
            return vec![format!("{} has no scheme", deposit.id)];
        };
        let most = part(deposit.base_minor, scheme.publication.ratio_ppm);
        let all = required.get(&deposit.id).copied().unwrap_or_default();
        unless(all <= most.into(), || format!("{} of {most} at most", deposit.id))
    })
}

/// Interest becomes payable by its allocation, or goes with the principal in one voucher; what is allocated and what is not yet is
/// what the bank paid.
fn interest(book: &DepositBook) -> Vec<String> {
    let mut found = each(book, |deposit| stands(book, deposit, Heading::InterestPayable, deposit.allocated_minor));
    for ((bank, currency), pool) in &book.pools {
        let (left, standing) = (pool.received_minor - pool.allocated_minor, book.to_allocate_minor(bank, *currency));
        found.extend(unless(left == standing, || format!("{standing} of {bank} is to be allocated, not {left}")));
    }
    found
}

/// What came in and was not reversed is there, or lost for good, or on its way back, or back.
fn conservation(book: &DepositBook) -> Vec<String> {
    let mut found = set_aside(book);
    let by_issuers = paid_by_issuers(book);
    found.extend(each(book, |deposit| {
        let receipts = deposit.receipts.iter().filter(|receipt| !receipt.is_reversed);
        let came: i64 = receipts.map(|receipt| receipt.available_minor + receipt.excess_minor).sum();
        let by_issuers = by_issuers.get(&deposit.id).copied().unwrap_or_default();
        let came = came + by_issuers + deposit.capitalised_minor + deposit.passed_minor;
        let headings = [Heading::Available, Heading::Held, Heading::Excess, Heading::ForfeitedPending];
        let here: i64 = headings.iter().map(|heading| book.book.standing(&deposit.account(*heading))).sum();
        let is_lost = |of: &&ForfeitureState| matches!(of.phase, ForfeiturePhase::Final | ForfeiturePhase::Remitted);
        let lost: i64 = deposit.forfeitures.values().filter(is_lost).map(|of| of.amount_minor).sum();
        let back = deposit.refunds.values().filter(|refund| refund.phase != RefundPhase::SetAside);
        let back: i64 = back.map(|refund| refund.principal_minor).sum();
        let aside = deposit.unclaimed.as_ref().filter(|_| deposit.is_set_aside()).map_or(0, |of| of.principal_minor);
        let found = here + lost + back + aside;
        unless(came == found, || format!("{}: {came} came in, {found} is found", deposit.id))
    }));
    for currency in book.currencies() {
        let mine = book.deposits.values().filter(|deposit| deposit.currency == currency);
        let passed: i128 = mine.map(|deposit| i128::from(deposit.passed_minor)).sum();
        found.extend(unless(passed == 0, || {
            format!("parts have {passed} {currency:?} more than was taken from the rest")
        }));
        let open = book.unallocated.values().filter(|of| of.fate == UnallocatedFate::Open);
        let open = open.map(|of| of.amount).filter(|amount| amount.currency == currency);
        found.extend(alone(book, Heading::Unallocated, currency, open.map(|amount| amount.amount_minor).sum()));
    }
    found
}

/// What issuers have paid, by the deposit that has it: of a part that was put back, the one that it was put into.
fn paid_by_issuers(book: &DepositBook) -> BTreeMap<&ItemId, i64> {
    let mut paid = BTreeMap::new();
    for deposit in book.deposits.values() {
        let mine = deposit.forfeitures.values().filter(|of| of.is_paid);
        let mut has = deposit;
        while let Some(part) = has.part.as_ref().filter(|part| part.put_back.is_some()) {
            let Some(from) = book.deposits.get(&part.from) else { break };
            has = from;
        }
        *paid.entry(&has.id).or_default() += mine.map(|of| of.amount_minor).sum::<i64>();
    }
    paid
}

/// What nobody takes back stands apart until the treasury has it.
fn set_aside(book: &DepositBook) -> Vec<String> {
    each(book, |deposit| stands(book, deposit, Heading::Unclaimed, deposit.unclaimed_minor(UnclaimedPhase::SetAside)))
}

/// The list of late refunds is that of the deposits; that lateness is recorded at all, an audit and the simulator ask (nothing is due).
fn lateness(book: &DepositBook) -> Vec<String> {
    each(book, |deposit| {
        let is_late = deposit.overdue.is_some() && deposit.unsettled_minor(&book.book) > 0;
        let is_listed = book.overdue.contains(&deposit.id);
        unless(is_late == is_listed && (deposit.overdue.is_none() || deposit.clock.is_some()), || {
            format!("{}: late {is_late}, listed {is_listed}", deposit.id)
        })
    })
}

fn closing(book: &DepositBook) -> Vec<String> {
    each(book, |deposit| {
        let status = deposit.status(&book.book);
        let is_closed = matches!(status, super::DepositStatus::Closed | super::DepositStatus::Reversed);
        let left = deposit.owed_minor(&book.book) + deposit.guaranteed_minor();
        unless(!is_closed || (left == 0 && deposit.held_minor() == 0), || format!("{} has {left} left", deposit.id))
    })
}
