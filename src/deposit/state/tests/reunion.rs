//! A part is put back, and the receipt of which it had a share is reversed.

use super::division::{divided, division, product};
use super::*;
use proptest::prelude::*;

fn reversal(of: &str, part: &str) -> Value {
    json!({"deposit": of, "part": part, "reason": "到账误记", "document": paper()})
}

fn wrong(deposit: &str, reference: &str) -> Value {
    json!({"deposit": deposit, "reference": reference, "reason": "误记", "document": paper()})
}

/// Of 10,000,000 fen 4,000,000 are one heir's, the rest the other's, when it turns out that nothing came in at all.
#[test]
fn a_receipt_is_reversed_once_its_part_is_back() {
    let mut run = divided();
    run.accepts(1, "deposit.divided", division("d-1", "d-2", 4_000_000));
    let voucher = run.book().book.vouchers();
    run.accepts(1, "deposit.succeeded", json!({"deposit": "d-1", "successor": HEIRS[0], "document": paper()}));
    let refused = run.refuses(2, "deposit.receipt_reversed", wrong("d-1", "R-1"), "deposit-divided");
    assert!(refused.detail.zh.contains("d-2") && refused.detail.en.contains("d-2"), "{refused}");
    run.refuses(1, "deposit.division_reversed", reversal("d-1", "d-2"), "same-signer");
    run.refuses(2, "deposit.division_reversed", reversal("d-1", "d-1"), "unknown-reference");
    run.refuses(2, "deposit.division_reversed", reversal("d-2", "d-1"), "unknown-reference");
    run.accepts(2, "deposit.division_reversed", reversal("d-1", "d-2"));
    assert_eq!(run.vouchers.last().unwrap().reverses.unwrap().voucher, voucher);
    for heading in [Heading::Required, Heading::Available] {
        assert_eq!([run.standing(heading, "d-1"), run.standing(heading, "d-2")], [10_000_000, 0]);
    }
    assert_eq!(run.deposit("d-1").payer.as_ref().unwrap().as_str(), PAYER);
    assert_eq!(run.deposit("d-2").status(&run.book().book), DepositStatus::Reversed);
    run.accepts(2, "deposit.receipt_reversed", wrong("d-1", "R-1"));
    assert_eq!((run.standing(Heading::Available, "d-1"), product(&run, "d-1", "2027-01-01".parse().unwrap())), (0, 0));
    // Once, and nothing more becomes of it; its id stays what it was.
    run.refuses(2, "deposit.division_reversed", reversal("d-1", "d-2"), "state-forbids");
    run.refuses(1, "deposit.received", receipt("d-2", "R-2", 5, "2026-04-11"), "state-forbids");
    run.refuses(
        1,
        "deposit.assessed",
        json!({"deposit": "d-2", "base": yuan(5), "required": yuan(0), "rule": "DP-ASSESSMENT"}),
        "state-forbids",
    );
    run.accepts(1, "deposit.received", receipt("d-1", "R-3", 10_000_000, "2026-04-11"));
    run.refuses(1, "deposit.divided", division("d-1", "d-2", 1), "duplicate");
    run.accepts(1, "deposit.divided", division("d-1", "d-3", 3_000_000));
    assert_eq!(run.standing(Heading::Available, "d-1"), 7_000_000);
}

/// What was begun with the part comes to its end first: each refusal says what, and the last step of each line makes it possible.
#[test]
fn a_part_in_use_stays_until_it_is_free() {
    type Steps<'a> = &'a [(u8, &'a str, Value)];
    let cases: [(&str, Steps<'_>, Steps<'_>); 4] = [
        (
            "冻结",
            &[(
                1,
                "deposit.held",
                json!({"deposit": "d-2", "id": "k", "amount": yuan(5), "reason": "查", "until": "2026-09-01"}),
            )],
            &[(1, "deposit.released", json!({"deposit": "d-2", "hold": "k", "amount": yuan(5), "reason": "查"}))],
        ),
        (
            "另有到账",
            &[(1, "deposit.received", receipt("d-2", "R-9", 7, "2026-04-11"))],
            &[(2, "deposit.receipt_reversed", wrong("d-2", "R-9"))],
        ),
        (
            "起算",
            &[(
                1,
                "deposit.refund_due",
                json!({"deposit": "d-2", "event": "contract", "day": "2026-04-11", "document": paper()}),
            )],
            &[(
                1,
                "deposit.refund_due",
                json!({"deposit": "d-1", "event": "contract", "day": "2026-04-11", "document": paper()}),
            )],
        ),
        ("保函", &[(1, "deposit.guarantee_lodged", guarantee())], &[(2, "deposit.guarantee_verified", refuted())]),
    ];
    for (what, begun, ended) in cases {
        let mut run = divided();
        run.accepts(1, "deposit.divided", division("d-1", "d-2", 4_000_000));
        for (hand, kind, payload) in begun {
            run.accepts(*hand, kind, payload.clone());
        }
        let refused = run.refuses(2, "deposit.division_reversed", reversal("d-1", "d-2"), "part-in-use");
        assert!(refused.detail.zh.contains(what), "{refused}");
        for (hand, kind, payload) in ended {
            run.accepts(*hand, kind, payload.clone());
        }
        run.accepts(2, "deposit.division_reversed", reversal("d-1", "d-2"));
        assert_eq!(run.standing(Heading::Available, "d-1"), 10_000_000, "{what}");
    }
}

fn guarantee() -> Value {
    json!({
        "deposit": "d-2", "id": "g-1", "form": "bank_guarantee", "issuer": {"name": "某银行"}, "issuer_kind": "bank",
        "licence": "B0001H141010001", "number": "BH-1", "amount": yuan(5), "valid_from": "2026-04-11", "valid_to": "2026-12-31",
        "claim_by": "2026-12-31", "document": paper(),
    })
}

fn refuted() -> Value {
    json!({"deposit": "d-2", "guarantee": "g-1", "outcome": "refuted", "statement": "电话查验", "evidence": paper()})
}

/// A part of a part goes back into that first; what is going back already stays.
#[test]
fn parts_of_parts_go_back_one_after_the_other() {
    let mut run = divided();
    run.accepts(1, "deposit.divided", division("d-1", "d-2", 4_000_000));
    // The heir is divided in turn, into the same two: all that the run knows of.
    run.predecessor = HEIRS[1].parse().unwrap();
    run.accepts(
        1,
        "deposit.divided",
        json!({
            "deposit": "d-2", "id": "d-3", "successor": HEIRS[0], "amount": yuan(1_500_000), "document": paper(),
        }),
    );
    let refused = run.refuses(2, "deposit.division_reversed", reversal("d-1", "d-2"), "part-in-use");
    assert!(refused.detail.en.contains("in turn"), "{refused}");
    run.refuses(2, "deposit.division_reversed", reversal("d-1", "d-3"), "unknown-reference");
    run.accepts(2, "deposit.division_reversed", reversal("d-2", "d-3"));
    run.accepts(2, "deposit.division_reversed", reversal("d-1", "d-2"));
    assert_eq!(run.standing(Heading::Available, "d-1"), 10_000_000);
    let mut run = divided();
    run.accepts(1, "deposit.received", receipt("d-1", "R-2", 500, "2026-04-01"));
    run.accepts(1, "deposit.divided", division("d-1", "d-2", 10_000_500));
    let mut refund = approval("r-1", 500, "2026-04-11", 138, 0);
    refund["deposit"] = "d-2".into();
    run.accepts(1, "deposit.refund_approved", refund);
    run.refuses(2, "deposit.division_reversed", reversal("d-1", "d-2"), "part-in-use");
}

/// Late is late: the deposit that has it again is in the list at once, and the service does not say so twice.
#[test]
fn what_is_late_stays_late() {
    let mut run = divided();
    let start = json!({"deposit": "d-1", "event": "contract", "day": "2026-04-11", "document": paper()});
    run.accepts(1, "deposit.refund_due", start);
    run.accepts(1, "deposit.divided", division("d-1", "d-2", 10_000_000));
    assert_eq!(run.tick("2026-05-08"), ["deposit.refund_overdue"]);
    assert_eq!((run.deposit("d-1").overdue, run.deposit("d-2").overdue.is_some()), (None, true));
    run.accepts(2, "deposit.division_reversed", reversal("d-1", "d-2"));
    assert!(run.deposit("d-1").overdue.is_some() && run.deposit("d-2").overdue.is_none());
    assert_eq!(run.book().overdue.iter().map(ItemId::as_str).collect::<Vec<_>>(), ["d-1"]);
    assert_eq!(run.tick("2026-06-08"), [""; 0]);
}

/// What is too much has the time that it had, wherever it was meanwhile.
#[test]
fn a_surplus_keeps_its_clock() {
    let mut run = Run::secured("bid-tendering");
    run.accepts(1, "deposit.received", receipt("d-1", "R-2", 500, "2026-04-01"));
    let before = run.deposit("d-1").surplus;
    run.divides_payer();
    run.at("2026-04-03");
    run.accepts(1, "deposit.divided", division("d-1", "d-2", 10_000_500));
    run.at("2026-04-07");
    run.accepts(2, "deposit.division_reversed", reversal("d-1", "d-2"));
    assert_eq!((run.deposit("d-1").surplus, run.deposit("d-2").surplus), (before, None));
    assert_eq!(run.tick("2026-04-10"), ["deposit.surplus_overdue"]);
}

/// What the payee asked of the parts is what it asks of the whole; where it asked nothing anew, what it asked before goes on.
#[test]
fn what_is_asked_is_what_was_asked_of_both() {
    for (fen, asked) in [(None, 10_000_000), (Some(3_999_999), 9_999_999)] {
        let mut run = divided();
        run.accepts(1, "deposit.divided", division("d-1", "d-2", 4_000_000));
        if let Some(fen) = fen {
            let assessed =
                json!({"deposit": "d-2", "base": yuan(500_000_000), "required": yuan(fen), "rule": "DP-ASSESSMENT"});
            run.accepts(1, "deposit.assessed", assessed);
        }
        run.accepts(2, "deposit.division_reversed", reversal("d-1", "d-2"));
        let deposit = run.deposit("d-1");
        assert_eq!((deposit.required_minor, deposit.asked_minor), (asked, asked));
        assert_eq!(run.standing(Heading::Excess, "d-1"), 10_000_000 - asked);
        assert_eq!(run.book().due_assessment(deposit, None, run.now, run.law()), None);
    }
}

/// What happens to whole deposits and to divided ones alike.
fn passes(run: &mut Run, n: usize, what: u8, fen: i64) {
    run.now = run.now.plus_millis(5 * 86_400_000);
    let today = Day::from(run.now.shanghai_day()).to_string();
    let reference = format!("L-{n}");
    match what {
        0 => run.accepts(1, "deposit.bank_entered", json!({
            "bank": "icbc", "nature": "pooled_interest", "reference": reference, "amount": yuan(fen), "value_date": today,
        })),
        1 => {
            let (bank, up_to) = ("icbc".parse().unwrap(), today.parse().unwrap());
            let left = run.book().to_allocate_minor(&bank, Currency::CNY);
            let table = run.book().allocation(&bank, Currency::CNY, up_to).digest().to_string();
            let allocated = json!({"bank": "icbc", "amount": yuan(left), "up_to": today, "table": table});
            let _ = run.posts(&payee(), 1, "deposit.interest_allocated", &allocated);
        }
        _ => run.accepts(1, "deposit.received", receipt("d-1", &reference, fen, &today)),
    }
}

proptest! {
    /// What was divided and put together again is what it would have been anyway: to the fen, its interest to the last part of one,
    /// whatever day is asked about, however long it was apart, and whatever came and was allocated before, meanwhile and after.
    #[test]
    fn what_is_put_back_was_never_away(
        moves in prop::collection::vec((0u8..3, 1i64..3_000_000), 0..12), cut in 1i64..10_000_000, from in 0usize..12, to in 0usize..12,
        days in 0u64..400,
    ) {
        let (mut whole, mut parted) = (divided(), divided());
        let (from, to) = (from.min(to), from.max(to));
        for n in 0..12 {
            if n == from {
                parted.accepts(1, "deposit.divided", division("d-1", "d-2", cut));
            }
            if let Some((what, fen)) = moves.get(n) {
                for run in [&mut whole, &mut parted] {
                    passes(run, n, *what, *fen);
                }
            }
            if n == to {
                parted.accepts(2, "deposit.division_reversed", reversal("d-1", "d-2"));
            }
        }
        let day = Day::from(whole.now.shanghai_day() + chrono::Days::new(days));
        let comes_to = |run: &Run| {
            let deposit = run.deposit("d-1");
            let headings = [Heading::Required, Heading::Available, Heading::Excess, Heading::InterestPayable];
            let standing = headings.map(|heading| run.standing(heading, "d-1"));
            (standing, product(run, "d-1", day), deposit.allocated_minor, deposit.asked_minor, deposit.surplus.is_some())
        };
        prop_assert_eq!(comes_to(&parted), comes_to(&whole));
        prop_assert_eq!(product(&parted, "d-2", day), 0);
    }
}
