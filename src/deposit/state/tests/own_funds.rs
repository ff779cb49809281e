//! The payee's own money leaves a custody account, and nothing of anybody else's: from the edition 2027-07 on.

use super::custody::bank;
use super::*;

fn approved(id: &str, bank: &str, fen: i64) -> Value {
    json!({"id": id, "bank": bank, "amount": yuan(fen), "reason": "多余的自有资金"})
}

fn returned(id: &str, reference: &str, fen: i64, day: &str) -> Value {
    json!({
        "bank": "icbc", "nature": "own_funds_returned", "reference": reference, "amount": yuan(fen), "value_date": day,
        "approval": id,
    })
}

fn alone(run: &Run, heading: Heading) -> i64 {
    run.book().book.standing(&heading.alone(Currency::CNY))
}

fn of_entry(entry: u64) -> Value {
    json!({"entry": entry, "reason": "误记", "document": paper()})
}

fn of_line(reference: &str) -> Value {
    json!({"reference": reference, "reason": "误记", "document": paper()})
}

/// 100,000 yuan of a payer, and 50 of the payee's own.
fn secured(edition: &str) -> Run {
    let mut run = Run::secured("bid-tendering").under(edition);
    run.accepts(1, "deposit.bank_entered", bank("own_funds", "O-1", 5_000, "2026-04-01"));
    run
}

#[test]
fn own_funds_go_back_by_two_persons_and_the_banks_line() {
    for edition in ["2027-06", "2027-07"] {
        let mut run = secured(edition);
        if edition == "2027-06" {
            run.refuses(1, "deposit.own_funds_approved", approved("z-1", "icbc", 5_000), "law-silent");
            run.refuses(2, "deposit.bank_entered", returned("z-1", "O-2", 5_000, "2026-04-01"), "law-silent");
            continue;
        }
        for (bank, fen, problem) in [
            ("icbc", 0, "amount-out-of-range"),
            ("icbc", 5_001, "amount-out-of-range"),
            ("boc", 5_000, "unknown-reference"),
        ] {
            run.refuses(1, "deposit.own_funds_approved", approved("z-1", bank, fen), problem);
        }
        run.accepts(1, "deposit.own_funds_approved", approved("z-1", "icbc", 3_000));
        let entry = run.index;
        assert_eq!((alone(&run, Heading::OwnFunds), alone(&run, Heading::OwnPayable)), (2_000, 3_000));
        run.refuses(1, "deposit.own_funds_approved", approved("z-1", "icbc", 1_000), "duplicate");
        // What was set apart is not there a second time.
        run.refuses(1, "deposit.own_funds_approved", approved("z-2", "icbc", 2_001), "amount-out-of-range");
        run.refuses(1, "deposit.bank_entered", returned("z-1", "O-2", 3_000, "2026-04-01"), "same-signer");
        run.refuses(2, "deposit.bank_entered", returned("z-2", "O-2", 3_000, "2026-04-01"), "unknown-reference");
        run.refuses(2, "deposit.bank_entered", returned("z-1", "O-2", 2_999, "2026-04-01"), "inconsistent");
        run.refuses(2, "deposit.bank_entered", returned("z-1", "O-2", 3_000, "2026-03-31"), "dates-out-of-order");
        run.refuses(2, "deposit.bank_entered", returned("z-1", "O-1", 3_000, "2026-04-01"), "duplicate");
        run.accepts(2, "deposit.bank_entered", returned("z-1", "O-2", 3_000, "2026-04-01"));
        assert_eq!((run.standing(Heading::CustodyBank, "icbc"), alone(&run, Heading::OwnPayable)), (10_002_000, 0));
        run.refuses(2, "deposit.bank_entered", returned("z-1", "O-3", 3_000, "2026-04-01"), "state-forbids");
        // And is reversed, the last first.
        let refused = run.refuses(2, "deposit.entry_reversed", of_entry(entry), "entry-in-use");
        assert!(refused.detail.zh.contains("O-2"), "{refused}");
        run.accepts(1, "deposit.entry_reversed", of_line("O-2"));
        run.refuses(1, "deposit.entry_reversed", of_entry(entry), "same-signer");
        run.accepts(2, "deposit.entry_reversed", of_entry(entry));
        run.refuses(2, "deposit.entry_reversed", of_entry(entry), "unknown-reference");
        assert!(
            run.book().own_funds.is_empty()
                && run.book().free_own_minor(&"icbc".parse().unwrap(), Currency::CNY) == 5_000
        );
        run.accepts(1, "deposit.own_funds_approved", approved("z-1", "icbc", 5_000));
    }
}

/// What the bank owes for interest that was paid ahead, what the treasury owes, and what is missing and not explained stays until it has come;
/// so does what was put into another account, and what the payee has spent of it.
#[test]
fn what_is_needed_stays() {
    let free = |run: &Run| run.book().free_own_minor(&"icbc".parse().unwrap(), Currency::CNY);
    let mut run = secured("2027-07");
    assert_eq!(free(&run), 5_000);
    let short = json!({
        "id": "x-1", "bank": "icbc", "side": "short", "amount": yuan(70), "value_date": "2026-04-01", "statement": "对账不符",
    });
    run.accepts(1, "deposit.difference_opened", short);
    assert_eq!(free(&run), 4_930);
    run.accepts(
        2,
        "deposit.difference_cleared",
        json!({"difference": "x-1", "explanation": "银行更正", "document": paper()}),
    );
    run.accepts(1, "deposit.bank_entered", bank("charge", "C-1", 30, "2026-04-01"));
    assert_eq!(free(&run), 4_970);
    let stray = json!({"bank": "icbc", "reference": "S-1", "amount": yuan(700), "value_date": "2026-04-01", "account": sealed()});
    run.accepts(1, "deposit.unallocated_received", stray);
    run.accepts(1, "deposit.bank_entered", bank("pooled_interest", "I-0", 9, "2026-04-01"));
    assert_eq!(free(&run), 4_970);
    run.at("2026-05-01");
    run.accepts(
        1,
        "deposit.refund_due",
        json!({"deposit": "d-1", "event": "contract", "day": "2026-05-01", "document": paper()}),
    );
    // 30 days of interest, 416 fen, that the bank pays later.
    run.accepts(1, "deposit.refund_approved", approval("r-1", 10_000_000, "2026-05-01", 416, 0));
    assert_eq!(free(&run), 4_554);
    run.accepts(2, "deposit.refund_instructed", json!({"deposit": "d-1", "refund": "r-1"}));
    assert_eq!(free(&run), 4_554);
    run.accepts(1, "deposit.bank_entered", bank("pooled_interest", "I-1", 416, "2026-05-01"));
    assert_eq!(free(&run), 4_970);
    // Own funds that lie elsewhere do not leave from here: 4,970 of them are here, 900 there.
    let mut elsewhere = notice("d-2");
    elsewhere["bank"] = "boc".into();
    run.accepts(1, "deposit.announced", elsewhere);
    run.accepts(
        1,
        "deposit.bank_entered",
        json!({
            "bank": "boc", "nature": "own_funds", "reference": "O-9", "amount": yuan(900), "value_date": "2026-05-01",
        }),
    );
    assert_eq!((free(&run), run.book().own_minor(Currency::CNY)), (4_970, 5_870));
    run.refuses(1, "deposit.own_funds_approved", approved("z-1", "icbc", 4_971), "amount-out-of-range");
    run.accepts(1, "deposit.own_funds_approved", approved("z-1", "boc", 900));
}

/// A nature that is not approved, and one that is and names no approval, say so beside everything else that is wrong.
#[test]
fn an_approval_belongs_to_own_funds_that_go_back() {
    let mut named = bank("charge", "C-1", 30, "2026-04-01");
    named["approval"] = "z-1".into();
    let nameless = bank("own_funds_returned", "C-1", 30, "2026-04-01");
    for (payload, code) in [(named, "inconsistent"), (nameless, "missing-field")] {
        let refusal = crate::world::Act::parse("deposit.bank_entered", payload.to_string().as_bytes()).unwrap_err();
        assert_eq!(refusal.problem.code, code, "{refusal}");
    }
    for (payload, code) in [
        (json!({"reason": "误记", "document": paper()}), "missing-field"),
        (json!({"reference": "C-1", "entry": 7, "reason": "误记", "document": paper()}), "inconsistent"),
    ] {
        let refusal = crate::world::Act::parse("deposit.entry_reversed", payload.to_string().as_bytes()).unwrap_err();
        assert_eq!(refusal.problem.code, code, "{refusal}");
    }
}
