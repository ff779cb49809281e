//! Deposits that share interest at once: more than one voucher had lines before, and as many as the edition says.

use super::*;
use crate::deposit::book::JournalLine;
use crate::deposit::export::{BeancountFormat, BookFormat, BookLine, BookWriter, LedgerFormat};
use crate::law::ALLOCATION_LINES_MAX;

/// Of a voucher under the editions up to 2027-06.
const LINES_BEFORE: usize = 10_000;

/// So many deposits of one account as if each had paid a hundred thousand yuan and its number in fen on the same day, and the bank's interest.
fn lying_there(count: usize, interest: i64, edition: &str) -> Run {
    let mut run = Run::secured("bid-tendering").under(edition);
    let state = run.state.as_mut().unwrap();
    let one = state.deposits.values().next().unwrap().clone();
    for number in 2..=count {
        let id: ItemId = format!("d-{number}").parse().unwrap();
        let mut deposit = DepositState { id: id.clone(), ..one.clone() };
        deposit.steps[0].change_minor += number as i64;
        state.deposits.insert(id, deposit);
    }
    run.at("2026-06-30");
    let interest = json!({
        "bank": "icbc", "nature": "pooled_interest", "reference": "I-1", "amount": yuan(interest),
        "value_date": "2026-06-30",
    });
    run.record(&payee(), 1, &Run::parsed("deposit.bank_entered", &interest)).unwrap();
    run
}

fn allocates(run: &mut Run, interest: i64) -> Result<AllocationTable, Refusal> {
    let table = run.book().allocation(&"icbc".parse().unwrap(), Currency::CNY, "2026-06-30".parse().unwrap());
    let allocation = json!({
        "bank": "icbc", "amount": yuan(interest), "up_to": "2026-06-30", "table": table.digest().to_string(),
    });
    run.record(&payee(), 1, &Run::parsed("deposit.interest_allocated", &allocation)).map(|_| table)
}

/// By hand: whole fen first, then one each to the largest remainders of all, the earlier first.
fn shared(products: &[i128], total: i64) -> Vec<i64> {
    let all: i128 = products.iter().sum();
    let parts = |product: &i128| (i128::from(total) * product / all, i128::from(total) * product % all);
    let mut shares: Vec<i64> = products.iter().map(|product| parts(product).0 as i64).collect();
    let mut remainders: Vec<(i128, usize)> = products.iter().map(parts).map(|(_, rest)| -rest).zip(0..).collect();
    remainders.sort_unstable();
    let left = total - shares.iter().sum::<i64>();
    remainders.iter().take(left as usize).for_each(|(_, at)| shares[*at] += 1);
    shares
}

/// A voucher as a file, and what its money comes to in fen as the file has it.
fn exported(format: impl BookFormat, book: &DepositBook, lines: &[JournalLine]) -> i64 {
    let mut writer = BookWriter::new(format);
    let day: Day = "2026-06-30".parse().unwrap();
    for (line, balance_minor) in lines.iter().zip(book.book.running(lines).unwrap()) {
        let (line, kind) = (line.clone(), "deposit.interest_allocated".to_owned());
        assert_eq!(writer.line(BookLine { voucher: 7, entry: 7, day, kind, line, balance_minor }), "");
    }
    let text = writer.finish();
    // Of the voucher alone: what accounts must come to afterwards stands behind it.
    let (begin, end) = (text.find(" * ").unwrap(), text.find("2026-07-01").unwrap_or(text.len()));
    let voucher = text[begin..end].lines().skip(1).take_while(|line| !line.contains(" = ") && !line.is_empty());
    let amounts = voucher.filter_map(|line| line.trim().strip_suffix(" CNY")?.rsplit_once("  "));
    let amounts: Vec<i64> = amounts.map(|(_, amount)| amount.replace('.', "").parse().unwrap()).collect();
    assert_eq!(amounts.len(), lines.len());
    amounts.iter().sum()
}

/// More than one voucher had lines before: all of them share at once, to the fen, and whoever reads the book adds up to nothing.
#[test]
fn interest_of_ten_thousand_deposits_and_more_is_shared_at_once() {
    let (count, interest) = (10_050, 123_457);
    let mut run = lying_there(count, interest, "2027-07");
    let before = run.book().clone();
    let table = allocates(&mut run, interest).unwrap();
    let products: Vec<i128> = table.0.iter().map(|share| share.product).collect();
    let shares: Vec<i64> = table.0.iter().map(|share| share.share_minor).collect();
    assert_eq!((shares.len(), &shares), (count, &shared(&products, interest)));
    assert_eq!(run.standing(Heading::InterestToAllocate, "icbc"), 0);
    let payable = table.0.iter().map(|share| run.standing(Heading::InterestPayable, share.deposit.as_str()));
    assert!(payable.eq(shares));
    let (act, _) = run.records.last().unwrap();
    let lines = before.postings(act);
    assert_eq!(lines.len(), count + 1);
    assert_eq!([exported(BeancountFormat, &before, &lines), exported(LedgerFormat, &before, &lines)], [0, 0]);
}

/// What the bank paid is entered all the same; only its allocation waits, and says for what.
#[test]
fn interest_of_more_deposits_than_a_voucher_has_lines_waits_and_says_why() {
    for (edition, lines) in [("2027-06", LINES_BEFORE), ("2027-07", ALLOCATION_LINES_MAX)] {
        // A fen for each of them.
        let mut run = lying_there(lines, lines as i64, edition);
        let refusal = allocates(&mut run, lines as i64).unwrap_err();
        assert_eq!((refusal.problem.code, refusal.citation.is_some()), ("state-forbids", edition == "2027-07"));
        let said = refusal.to_string();
        assert!(said.contains(&lines.to_string()) && said.contains(&(lines - 1).to_string()), "{said}");
        assert_eq!(run.standing(Heading::InterestToAllocate, "icbc"), lines as i64);
    }
    let most = LINES_BEFORE - 1;
    let mut run = lying_there(most, most as i64, "2027-06");
    allocates(&mut run, most as i64).unwrap();
    assert_eq!(run.standing(Heading::InterestToAllocate, "icbc"), 0);
}
