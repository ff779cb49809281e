//! Claims on an issuer, what the treasury has, and what nobody takes back, entered and reversed in whatever order.

use super::custody::{bank, lodged, verified};
use super::*;
use proptest::prelude::*;

const FORFEITURES: [&str; 2] = ["f-0", "f-1"];

/// Money and a guarantee, of which two parts are claimed, when the refund has been due for a while.
fn begun() -> Run {
    let mut run = Run::secured("bid-tendering");
    let mut lodging = lodged("g-1", 10_000_000);
    (lodging["valid_to"], lodging["claim_by"]) = ("2026-12-31".into(), "2026-12-31".into());
    run.accepts(1, "deposit.guarantee_lodged", lodging);
    run.accepts(2, "deposit.guarantee_verified", verified("g-1"));
    for (id, fen) in FORFEITURES.into_iter().zip([4_000_000, 6_000_000]) {
        run.accepts(
            1,
            "deposit.guarantee_claimed",
            json!({
                "deposit": "d-1", "id": id, "guarantee": "g-1", "amount": yuan(fen), "ground": "bid-withdrawn",
                "reasons": "撤标", "document": paper(),
            }),
        );
    }
    run.at("2026-04-27");
    let start = json!({"deposit": "d-1", "event": "contract", "day": "2026-04-27", "document": paper()});
    run.accepts(1, "deposit.refund_due", start);
    run.tick("2026-05-11");
    run
}

/// How a reversal names what it takes back.
pub(super) fn named(of: Option<&ItemId>, name: EntryName<'_>) -> Value {
    let mut reversal = json!({"reason": "误记", "document": paper()});
    match name {
        EntryName::Reference(reference) => reversal["reference"] = reference.into(),
        EntryName::Entry(entry) => reversal["entry"] = entry.into(),
        EntryName::Allocation(bank, entry) => {
            (reversal["bank"], reversal["entry"]) = (bank.as_str().into(), entry.into());
        }
    }
    if let Some(of) = of {
        reversal["deposit"] = of.as_str().into();
    }
    reversal
}

/// One of what may be taken back.
fn reversal(run: &Run, fen: i64) -> Value {
    let all: Vec<_> = run.book().reversible().collect();
    let chosen = if all.is_empty() { None } else { all.get(fen as usize % all.len()) };
    let (of, name) = chosen.copied().unwrap_or((None, EntryName::Entry(7)));
    named(of, name)
}

/// What else moves on the account.
fn at_bank(run: &Run, n: usize, what: u8, fen: i64) -> (&'static str, Value) {
    let (today, reference) = (Day::from(run.now.shanghai_day()), format!("R-{n}"));
    match what {
        20 => ("deposit.bank_entered", bank("own_funds", &reference, fen, &today.to_string())),
        21 => ("deposit.bank_entered", bank("charge", &reference, fen / 1000 + 1, &today.to_string())),
        22 => {
            let free = run.book().free_own_minor(&"icbc".parse().unwrap(), Currency::CNY);
            let fen = if fen % 5 == 0 { fen } else { free };
            (
                "deposit.own_funds_approved",
                json!({"id": format!("z-{n}"), "bank": "icbc", "amount": yuan(fen), "reason": "多余"}),
            )
        }
        23 => {
            let waiting = run.book().own_funds.iter().find(|(_, of)| of.returned.is_none());
            let (id, fen) = waiting.map_or(("z-0", fen), |(id, of)| (id.as_str(), of.amount.amount_minor));
            let mut back = bank("own_funds_returned", &reference, fen, &today.to_string());
            back["approval"] = id.into();
            ("deposit.bank_entered", back)
        }
        24 => {
            let (icbc, up_to) = ("icbc".parse().unwrap(), today);
            let left = run.book().to_allocate_minor(&icbc, Currency::CNY);
            let table = run.book().allocation(&icbc, Currency::CNY, up_to).digest().to_string();
            (
                "deposit.interest_allocated",
                json!({"bank": "icbc", "amount": yuan(left), "up_to": up_to, "table": table}),
            )
        }
        25 => {
            let allocated = run.deposit("d-1").allocated_minor;
            ("deposit.interest_capitalised", json!({"deposit": "d-1", "amount": yuan(allocated)}))
        }
        _ => ("deposit.bank_entered", bank("pooled_interest", &reference, fen / 1000 + 1, &today.to_string())),
    }
}

fn attempt(run: &Run, n: usize, what: u8, fen: i64) -> (&'static str, Value) {
    let today = Day::from(run.now.shanghai_day());
    let (reference, forfeiture) = (format!("R-{n}"), FORFEITURES[n % 2]);
    let line = |forfeiture: Option<&str>| {
        let mut line = json!({"deposit": "d-1", "reference": reference, "value_date": today});
        if let Some(forfeiture) = forfeiture {
            line["forfeiture"] = forfeiture.into();
        }
        line
    };
    let decided =
        |rest: (&str, &str)| json!({"deposit": "d-1", "forfeiture": forfeiture, rest.0: rest.1, "reasons": "理由"});
    match what {
        0 | 1 => ("deposit.guarantee_paid", line(Some(forfeiture))),
        2 => ("deposit.forfeiture_appealed", json!({"deposit": "d-1", "forfeiture": forfeiture, "grounds": "不服"})),
        3 => ("deposit.forfeiture_ruled", decided(("outcome", if fen % 2 == 0 { "upheld" } else { "overturned" }))),
        4 => ("deposit.forfeiture_remitted", line(Some(forfeiture))),
        5 => {
            let mut annulled = decided(("reasons", "判决撤销"));
            annulled["document"] = paper();
            ("deposit.forfeiture_annulled", annulled)
        }
        6 => ("deposit.forfeiture_recovered", line(Some(forfeiture))),
        7 => ("deposit.unclaimed_noticed", json!({"deposit": "d-1", "published": today, "document": paper()})),
        8 => ("deposit.unclaimed_set_aside", json!({"deposit": "d-1"})),
        9 => ("deposit.unclaimed_remitted", line(None)),
        10 => ("deposit.unclaimed_reclaimed", json!({"deposit": "d-1", "document": paper()})),
        11 => ("deposit.unclaimed_recovered", line(None)),
        12..=16 => ("deposit.entry_reversed", reversal(run, fen)),
        17 => {
            let free = run.standing(Heading::Available, "d-1").max(1);
            let fen = 1 + fen % free;
            let sums = refund_sums(run.book(), run.deposit("d-1"), None, fen, today, run.law());
            ("deposit.refund_approved", approval(&format!("r-{n}"), fen, &today.to_string(), sums.interest_minor, 0))
        }
        18 | 19 => {
            let refunds = &run.deposit("d-1").refunds;
            let refund = refunds.keys().nth(fen as usize % refunds.len().max(1)).map_or("r-0", ItemId::as_str);
            if what == 18 {
                return ("deposit.refund_instructed", json!({"deposit": "d-1", "refund": refund}));
            }
            (
                "deposit.refund_settled",
                json!({
                    "deposit": "d-1", "refund": refund, "outcome": if fen % 2 == 0 { "confirmed" } else { "bounced" },
                    "reference": reference, "value_date": today,
                }),
            )
        }
        _ => at_bank(run, n, what, fen),
    }
}

proptest! {
    /// Every invariant after every record (asked in `act`); what is refused changes nothing, and who folds the records has the same book.
    #[test]
    fn whatever_is_entered_and_reversed_the_book_holds(
        moves in prop::collection::vec((0u8..28, 1i64..3_000_000, 1u8..3, 0u64..20), 1..50),
    ) {
        let mut run = begun();
        for (n, (what, fen, hand, days)) in moves.into_iter().enumerate() {
            run.now = run.now.plus_millis(i64::try_from(days * 86_400_000).unwrap());
            while let Some(act) = run.book().due(run.now, run.law()) {
                run.act(&service(), 9, &act).unwrap();
            }
            let (kind, payload) = attempt(&run, n, what, fen);
            let by = match kind {
                "deposit.forfeiture_appealed" => payer(),
                "deposit.forfeiture_ruled" | "deposit.forfeiture_annulled" => author(SUPERVISOR, Role::Supervisor),
                _ => payee(),
            };
            let before = run.state.clone();
            let own = run.book().own_minor(Currency::CNY);
            if run.posts(&by, hand, kind, &payload).is_err() {
                prop_assert_eq!(&run.state, &before);
            } else if kind == "deposit.own_funds_approved" {
                prop_assert!(own >= payload["amount"]["amount_minor"].as_i64().unwrap());
            }
        }
        prop_assert_eq!(run.journal.book(), run.state.as_ref());
    }
}
