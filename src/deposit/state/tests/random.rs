//! Whatever is tried.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

fn at_bank(what: u8) -> &'static str {
    match what {
        13 => "deposit.unallocated_received",
        14 => "deposit.unallocated_claimed",
        15 => "deposit.unallocated_returned",
        16 => "deposit.interest_allocated",
        17 => "deposit.interest_capitalised",
        18 => "deposit.difference_opened",
        19 => "deposit.difference_cleared",
        20 => "deposit.divided",
        21 => "deposit.division_reversed",
        _ => "deposit.forfeiture_remitted",
    }
}

/// What moves on the account besides.
fn bank_move(run: &Run, what: u8, (id, item): (&str, &str), n: usize, fen: i64) -> Value {
    let (today, book) = (Day::from(run.now.shanghai_day()), run.book());
    let reference = format!("R-{n}");
    let stray = book.unallocated.keys().next().map_or("R-0".to_owned(), ToString::to_string);
    let icbc = "icbc".parse().unwrap();
    match what {
        13 => json!({
            "bank": "icbc", "reference": reference, "amount": yuan(fen), "value_date": today, "account": sealed(),
        }),
        14 => json!({"deposit": id, "reference": stray, "account_kind": "basic", "document": paper()}),
        15 => json!({"receipt": stray, "reference": reference, "value_date": today, "reason": "误"}),
        16 => json!({
            "bank": "icbc", "amount": yuan(book.to_allocate_minor(&icbc, Currency::CNY)), "up_to": today,
            "table": book.allocation(&icbc, Currency::CNY, today).digest().to_string(),
        }),
        17 => {
            let deposit = book.deposits.get(&id.parse::<ItemId>().unwrap());
            json!({"deposit": id, "amount": yuan(deposit.map_or(1, |deposit| deposit.allocated_minor))})
        }
        18 => json!({
            "id": item, "bank": "icbc", "side": if fen % 2 == 0 { "over" } else { "short" }, "amount": yuan(fen / 1000 + 1),
            "value_date": today, "statement": "查",
        }),
        19 => json!({"difference": item, "explanation": "更正", "document": paper()}),
        20 => json!({
            "deposit": id, "id": format!("d-{}", 3 + n % 5), "successor": HEIRS[n % 2], "amount": yuan(fen / 2 + 1), "document": paper(),
        }),
        21 => {
            let mut taken = book.deposits.values().filter_map(|of| Some((&of.id, of.part.as_ref()?)));
            let part = taken.rfind(|(_, part)| part.put_back.is_none());
            let (part, from) = part.map_or((item, id), |(id, part)| (id.as_str(), part.from.as_str()));
            json!({"deposit": from, "part": part, "reason": "误", "document": paper()})
        }
        _ => json!({"deposit": id, "forfeiture": item, "reference": reference, "value_date": today}),
    }
}

proptest! {
    /// Whatever is tried in whatever order: every accepted act balances (asked after each), what comes in is what is owed, and who
    /// folds the acts again has the same book.
    #[test]
    fn books_balance_whatever_is_tried(moves in prop::collection::vec((0u8..25, 0u8..8, 1i64..9_000_000, 0u8..3), 1..60)) {
        let mut run = Run::on("2026-03-20");
        run.accepts(1, "deposit.scheme_published", scheme("bid-tendering"));
        run.divides_payer();
        for (n, (what, deposit, fen, other)) in moves.into_iter().enumerate() {
            let (id, item) = (format!("d-{deposit}"), format!("x-{other}"));
            run.now = run.now.plus_millis(40 * 3_600_000);
            let (today, hand) = (Day::from(run.now.shanghai_day()).to_string(), 1 + other % 2);
            let until = "2026-09-01";
            let (kind, payload) = match what {
                0 => ("deposit.announced", notice(&id)),
                1 => ("deposit.received", receipt(&id, &format!("R-{n}"), fen, &today)),
                // What the bank had a month ago.
                2 => {
                    let earlier = run.now.plus_millis(-30 * 24 * 3_600_000).shanghai_day();
                    ("deposit.received", receipt(&id, &format!("R-{n}"), fen, &Day::from(earlier).to_string()))
                }
                3 => ("deposit.held", json!({"deposit": id, "id": item, "amount": yuan(fen), "reason": "查", "until": until})),
                4 => ("deposit.released", json!({"deposit": id, "hold": item, "amount": yuan(fen / 2 + 1), "reason": "查"})),
                5 => ("deposit.forfeited", json!({
                    "deposit": id, "id": item, "hold": item, "amount": yuan(fen / 3 + 1), "ground": "bid-withdrawn",
                    "reasons": "理由", "document": paper(),
                })),
                6 => ("deposit.forfeiture_confirmed", json!({"deposit": id, "forfeiture": item})),
                7 => ("deposit.refund_due", json!({"deposit": id, "event": "agreed", "day": today, "document": paper()})),
                8 | 9 => {
                    let parsed: ItemId = id.parse().unwrap();
                    let sums = run.book().deposits.get(&parsed).map(|deposit| {
                        refund_sums(run.book(), deposit, None, fen, today.parse().unwrap(), run.law())
                    });
                    let interest = sums.map_or(0, |sums| sums.interest_minor);
                    ("deposit.refund_approved", json!({
                        "deposit": id, "id": item, "amount": yuan(fen), "value_date": today,
                        "interest_minor": interest, "overdue_minor": 0,
                    }))
                }
                10 => ("deposit.refund_instructed", json!({"deposit": id, "refund": item})),
                11 => ("deposit.refund_settled", json!({
                    "deposit": id, "refund": item, "outcome": if fen % 2 == 0 { "confirmed" } else { "bounced" },
                    "reference": format!("R-{n}"), "value_date": today,
                })),
                12 => ("deposit.bank_entered", json!({
                    "bank": "icbc", "nature": (["own_funds", "charge", "pooled_interest"][usize::from(other)]),
                    "reference": format!("R-{n}"), "amount": yuan(fen / 1000 + 1), "value_date": today,
                })),
                13..=22 => (at_bank(what), bank_move(&run, what, (&id, &item), n, fen)),
                23 => {
                    // The newest one that may be, with its deposit.
                    let entered = run.records.iter().rev().find_map(|(act, _)| match act {
                        Act::BankEntered(act) => Some((None, act.reference.clone())),
                        Act::UnallocatedReceived(act) => Some((None, act.reference.clone())),
                        Act::UnallocatedReturned(act) => Some((None, act.reference.clone())),
                        Act::RefundSettled(act) => Some((Some(act.deposit.clone()), act.reference.clone())),
                        Act::ForfeitureRemitted(act) => Some((Some(act.deposit.clone()), act.reference.clone())),
                        _ => None,
                    });
                    let (of, reference) = entered.unwrap_or((None, "R-0".parse().unwrap()));
                    let mut reversal = json!({"reference": reference.as_str(), "reason": "误", "document": paper()});
                    if let Some(of) = of {
                        reversal["deposit"] = of.as_str().into();
                    }
                    let counted = run.book().reversible().filter(|(_, name)| !matches!(name, EntryName::Reference(_)));
                    if let Some((of, name)) = counted.last().filter(|_| fen % 3 > 0) {
                        reversal = unordered::named(of, name);
                    }
                    ("deposit.entry_reversed", reversal)
                }
                _ => ("deposit.receipt_reversed", json!({
                    "deposit": id, "reference": format!("R-{}", n / 2), "reason": "误", "document": paper(),
                })),
            };
            let before = run.state.clone();
            if run.posts(&payee(), hand, kind, &payload).is_err() {
                prop_assert_eq!(&run.state, &before);
            }
            while let Some(act) = run.book().due(run.now, run.law()) {
                run.act(&service(), 9, &act).unwrap();
            }
            // What own costs took of deposits has a clock.
            prop_assert!(run.book().own_minor(Currency::CNY) >= 0 || run.book().own_costs.contains_key(&Currency::CNY));
        }
        // The journal alone has all of it: numbers without a gap, and the same balances.
        let mut again = super::super::AccountBook::default();
        let booked_on: BTreeMap<u64, Day> =
            run.records.iter().map(|(_, place)| (place.index, place.time.shanghai_day().into())).collect();
        let mut last = None;
        for (at, voucher) in run.vouchers.iter().enumerate() {
            prop_assert_eq!(voucher.number, at as u64 + 1);
            // I21: whatever day the bank has, nothing is booked into a day that is over.
            prop_assert_eq!(voucher.day, booked_on[&voucher.entry]);
            prop_assert!(last <= Some(voucher.day));
            last = Some(voucher.day);
            again.post(&voucher.lines).unwrap();
        }
        prop_assert_eq!(&again, &run.book().book);
        prop_assert_eq!(run.journal.book(), run.state.as_ref());
    }

    /// As many as want to, at once: never more is held than is there.
    #[test]
    fn holds_never_overspend(amounts in prop::collection::vec(1i64..1_300_000, 60)) {
        let mut run = Run::secured("bid-tendering");
        let mut held = 0;
        for (n, fen) in amounts.into_iter().enumerate() {
            let hold = json!({"deposit": "d-1", "id": format!("k-{n}"), "amount": yuan(fen), "reason": "查", "until": "2026-09-01"});
            let fits = held + fen <= 10_000_000;
            prop_assert_eq!(run.posts(&payee(), 1, "deposit.held", &hold).is_ok(), fits);
            held += if fits { fen } else { 0 };
            prop_assert_eq!(run.standing(Heading::Held, "d-1"), held);
        }
    }
}
