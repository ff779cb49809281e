//! Whether a statement adds up.

use super::stated::StatedTotals;
use super::{AccountBalance, CountOf, Statement, StatementLine, StatementMismatch, StatementWarning, key};

/// Puts a statement's lines into the order of time, gives them keys, and holds them against what is stated.
pub(super) fn finish(statement: &mut Statement, totals: &StatedTotals) {
    in_order_of_time(&mut statement.lines);
    key::assign(&mut statement.lines);
    let foreign = statement.lines.iter().find(|line| line.is_booked() && line.currency != statement.currency);
    let foreign = foreign.map(|line| StatementWarning::ForeignCurrency {
        place: line.place.clone(),
        currency: line.currency.code().to_owned(),
    });
    let undated = statement.lines.iter().filter(|line| line.booked_on.is_none()).count();
    let running = running_balance(statement);
    if foreign.is_none() && running.is_none() {
        derive_balances(statement);
    }
    let equation = if foreign.is_none() { equation(statement) } else { None };
    let undated = (undated > 0).then_some(StatementWarning::Undated { lines: undated });
    let found: Vec<_> = equation.into_iter().chain(running).chain(totals_differ(statement, totals)).collect();
    statement.mismatches.extend(found);
    statement.warnings.extend(foreign.into_iter().chain(undated));
}

/// Many exports have the newest first. Within one day the balances tell, where there are any.
fn in_order_of_time(lines: &mut [StatementLine]) {
    let mut days = lines.iter().filter_map(|line| line.booked_on);
    let (first, last) = (days.next(), days.next_back());
    let newest_first = match first.cmp(&last) {
        _ if last.is_none() => false,
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => breaks(lines.iter().rev()) < breaks(lines.iter()),
    };
    if newest_first {
        lines.reverse();
    }
}

/// Each place where a balance is not the one before and the amount: the line, and what the balance should be.
fn gaps<'a>(lines: impl Iterator<Item = &'a StatementLine>) -> impl Iterator<Item = (&'a StatementLine, i128)> {
    let mut before: Option<i128> = None;
    lines.filter_map(move |line| {
        let computed = before.map(|before| before + i128::from(line.amount_minor));
        // After a line without a balance the next one is held against both amounts.
        before = line.balance_minor.map(i128::from).or(computed);
        let stated = line.balance_minor.map(i128::from)?;
        computed.filter(|computed| *computed != stated).map(|computed| (line, computed))
    })
}

fn breaks<'a>(lines: impl Iterator<Item = &'a StatementLine>) -> usize {
    gaps(lines.filter(|line| line.is_booked())).count()
}

fn running_balance(statement: &Statement) -> Option<StatementMismatch> {
    let mut gaps = gaps(statement.moving());
    let (line, computed_minor) = gaps.next()?;
    Some(StatementMismatch::RunningBalanceDiffers {
        place: line.place.clone(),
        computed_minor,
        stated_minor: line.balance_minor.unwrap_or_default(),
        breaks: 1 + gaps.count(),
    })
}

/// Where every line has its balance and none is missing between them, they tell what the statement begins and ends with.
fn derive_balances(statement: &mut Statement) {
    let mut lines = statement.moving();
    let (Some(first), every) = (lines.next(), statement.moving().all(|line| line.balance_minor.is_some())) else {
        return;
    };
    let last = lines.last().unwrap_or(first);
    let (Some(after_first), Some(amount_minor), true) = (first.balance_minor, last.balance_minor, every) else {
        return;
    };
    let before = after_first.checked_sub(first.amount_minor);
    let opening = before.map(|amount_minor| AccountBalance { amount_minor, day: first.booked_on, is_derived: true });
    let closing = AccountBalance { amount_minor, day: last.booked_on, is_derived: true };
    statement.opening = statement.opening.or(opening);
    statement.closing = statement.closing.or(Some(closing));
}

fn equation(statement: &Statement) -> Option<StatementMismatch> {
    let (opening, closing) = (statement.opening?, statement.closing?);
    let (credit, debit) = statement.turnover();
    let computed_minor = i128::from(opening.amount_minor) + credit - debit;
    let differs = computed_minor != i128::from(closing.amount_minor);
    differs.then_some(StatementMismatch::ClosingDiffers { computed_minor, stated_minor: closing.amount_minor })
}

fn totals_differ(statement: &Statement, totals: &StatedTotals) -> Vec<StatementMismatch> {
    let (credit, debit) = statement.turnover();
    let count = |counts: fn(&StatementLine) -> bool| statement.lines.iter().filter(|line| counts(line)).count() as u64;
    let counts = [
        (CountOf::All, totals.count, count(|_| true)),
        (CountOf::Credits, totals.credit_count, count(|line| line.is_booked() && line.amount_minor >= 0)),
        (CountOf::Debits, totals.debit_count, count(|line| line.is_booked() && line.amount_minor < 0)),
    ];
    let sums = [
        totals
            .credit_minor
            .filter(|stated| i128::from(*stated) != credit)
            .map(|stated_minor| StatementMismatch::CreditSumDiffers { stated_minor, found_minor: credit }),
        totals
            .debit_minor
            .filter(|stated| i128::from(*stated) != debit)
            .map(|stated_minor| StatementMismatch::DebitSumDiffers { stated_minor, found_minor: debit }),
    ];
    let counts = counts.into_iter().filter_map(|(of, stated, found)| {
        let stated = stated.filter(|stated| *stated != found)?;
        Some(StatementMismatch::CountDiffers { of, stated, found })
    });
    sums.into_iter().flatten().chain(counts).collect()
}
