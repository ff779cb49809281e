//! More deposits than one voucher has lines.

use super::super::super::book::LINES_MAX;
use super::*;

/// So many deposits of one account as if each had paid a million yuan on the same day, and the bank's interest of a fen for each of them.
fn lying_there(count: usize) -> Run {
    let mut run = Run::secured("bid-tendering");
    let state = run.state.as_mut().unwrap();
    let one = state.deposits.values().next().unwrap().clone();
    for number in 2..=count {
        let id: ItemId = format!("d-{number}").parse().unwrap();
        state.deposits.insert(id.clone(), DepositState { id, ..one.clone() });
    }
    run.at("2026-06-30");
    let interest = json!({
        "bank": "icbc", "nature": "pooled_interest", "reference": "I-1", "amount": yuan(count as i64),
        "value_date": "2026-06-30",
    });
    run.record(&payee(), 1, &Run::parsed("deposit.bank_entered", &interest)).unwrap();
    run
}

fn allocates(run: &mut Run, count: usize) -> Result<(), Refusal> {
    let table = run.book().allocation(&"icbc".parse().unwrap(), Currency::CNY, "2026-06-30".parse().unwrap());
    assert_eq!(table.0.iter().filter(|share| share.share_minor == 1).count(), count);
    let allocation = json!({
        "bank": "icbc", "amount": yuan(count as i64), "up_to": "2026-06-30", "table": table.digest().to_string(),
    });
    run.record(&payee(), 1, &Run::parsed("deposit.interest_allocated", &allocation)).map(drop)
}

/// What the bank paid is entered all the same; only its allocation waits, and says for what.
#[test]
fn interest_of_more_deposits_than_a_voucher_has_lines_waits_and_says_why() {
    let most = LINES_MAX - 1;
    let mut run = lying_there(most);
    allocates(&mut run, most).unwrap();
    assert_eq!(
        (run.standing(Heading::InterestToAllocate, "icbc"), run.standing(Heading::InterestPayable, "d-2")),
        (0, 1)
    );

    let mut run = lying_there(LINES_MAX);
    let refusal = allocates(&mut run, LINES_MAX).unwrap_err();
    assert_eq!(refusal.problem.code, "state-forbids");
    let said = refusal.to_string();
    assert!(said.contains("10000") && said.contains("9999"), "{said}");
    assert_eq!(run.standing(Heading::InterestToAllocate, "icbc"), LINES_MAX as i64);
}
