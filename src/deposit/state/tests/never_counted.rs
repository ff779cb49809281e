//! Entered and reversed is never entered, of what counts interest or pays it, and of a remittance that was annulled since.

use super::corrections::{allocated, allocation, approves, capitalised, of_allocation, reapproves};
use super::custody::bank;
use super::never_entered::without_memory;
use super::reversals::{of_entry, of_line, paid};
use super::standing::bounded;
use super::unclaimed::late;
use super::*;
use proptest::prelude::*;

/// What is entered, and what is done between that and its reversal whether or not it was.
struct Event {
    kind: &'static str,
    payload: Value,
    reversal: fn(u64) -> Value,
    /// What else may happen while it stands, that does not rest on it.
    beside: Beside,
    annulled: bool,
}

#[derive(Clone, Copy)]
struct Beside {
    receipts: bool,
    pooled: bool,
    shared: bool,
    holds: bool,
}

const ALL: Beside = Beside { receipts: true, pooled: true, shared: true, holds: true };
const COUNTED: Beside = Beside { shared: false, pooled: false, ..ALL };

impl Event {
    fn of(kind: &'static str, payload: Value, beside: Beside) -> Self {
        Self { kind, payload, reversal: of_entry, beside, annulled: false }
    }
}

/// 80,000 yuan of 100,000, or too much of it by 30,000.
fn received(fen: i64) -> Run {
    let mut run = Run::on("2026-03-20");
    run.accepts(1, "deposit.scheme_published", scheme("bid-tendering"));
    run.accepts(1, "deposit.announced", notice("d-1"));
    run.at("2026-04-01");
    run.accepts(1, "deposit.received", receipt("d-1", "R-1", fen, "2026-04-01"));
    run
}

fn due(mut run: Run, event: &str, day: &str) -> Run {
    run.tick(day);
    run.accepts(1, "deposit.refund_due", json!({"deposit": "d-1", "event": event, "day": day, "document": paper()}));
    run
}

/// What was final, and is remitted.
fn forfeited(kind: &str) -> Run {
    let mut run = Run::secured(kind);
    run.forfeits(4_000_000);
    run.tick("2026-04-20");
    run
}

fn staged(event: usize) -> (Run, Event) {
    let approved = "deposit.refund_approved";
    match event {
        // Before its day, with interest up to a day that is to come; and late, with what that costs.
        0 => {
            let mut run = due(Run::secured("bid-tendering"), "contract", "2026-04-27");
            run.tick("2026-04-30");
            let payload = approves(&run, "r-1", 6_000_000, "2026-05-06");
            (run, Event::of(approved, payload, COUNTED))
        }
        1 => {
            let mut run = due(Run::secured("bid-procurement"), "award", "2026-04-20");
            run.tick("2026-06-01");
            let payload = approves(&run, "r-1", 6_000_000, "2026-06-01");
            (run, Event::of(approved, payload, Beside { pooled: true, ..COUNTED }))
        }
        // What is too much, all of it and a part.
        2 | 3 => {
            let mut run = received(13_000_000);
            run.tick("2026-04-03");
            let payload = approves(&run, "r-1", if event == 2 { 3_000_000 } else { 1_000_000 }, "2026-04-03");
            (run, Event::of(approved, payload, COUNTED))
        }
        // Again, for a later day: the second of its kind, and with what was allocated before.
        4 => {
            let mut run = late();
            run.tick("2026-05-12");
            let second = approves(&run, "r-2", 1_000_000, "2026-05-14");
            run.accepts(2, approved, second);
            run.tick("2026-05-20");
            let payload = reapproves(&run, "r-1", "2026-05-21");
            (run, Event::of(approved, payload, COUNTED))
        }
        5 => {
            let mut run = due(allocated(), "contract", "2026-05-04");
            run.tick("2026-05-20");
            let payload = approves(&run, "r-1", 6_000_000, "2026-05-20");
            (run, Event::of(approved, payload, COUNTED))
        }
        // Shared by two, the second time.
        6 => {
            let mut run = allocated();
            run.tick("2026-05-20");
            run.accepts(1, "deposit.bank_entered", bank("pooled_interest", "I-2", 777, "2026-05-20"));
            let payload = allocation(&run, "2026-05-20");
            let beside = Beside { shared: false, ..ALL };
            (run, Event { reversal: of_allocation, ..Event::of("deposit.interest_allocated", payload, beside) })
        }
        // Too much, and what was missing.
        7 | 8 => {
            let mut run = allocated();
            if event == 8 {
                run = capitalised(false);
            }
            let payload = json!({"deposit": "d-1", "amount": yuan(run.deposit("d-1").allocated_minor)});
            let beside = Beside { receipts: event == 7, holds: event == 7, shared: false, ..ALL };
            (run, Event::of("deposit.interest_capitalised", payload, beside))
        }
        _ => {
            let run = forfeited(if event == 9 { "bid-procurement" } else { "bid-tendering" });
            let event = Event::of("deposit.forfeiture_remitted", paid("T-1", "2026-04-20"), ALL);
            (run, Event { reversal: |_| of_line("T-1"), annulled: true, ..event })
        }
    }
}

impl Run {
    fn tries_as(&mut self, hand: u8, kind: &str, payload: &Value) {
        let _ = self.posts(&payee(), hand, kind, payload);
    }

    /// What happens whether or not it was entered; nothing where the book refuses it.
    fn goes_on(&mut self, slot: u64, what: u8, fen: i64, beside: Beside) {
        self.numbers_from(slot);
        self.now = self.now.plus_millis(7 * 86_400_000);
        let today = Day::from(self.now.shanghai_day()).to_string();
        let reference = format!("L-{slot}");
        match what {
            0 if beside.receipts => {
                self.tries_as(1, "deposit.received", &receipt("d-1", &reference, fen, &today));
            }
            1 if beside.receipts => {
                self.tries_as(1, "deposit.received", &receipt("d-1", &reference, fen, "2026-04-02"));
            }
            2 => {
                let (nature, fen) = if fen % 2 == 0 { ("own_funds", fen) } else { ("charge", fen / 100 + 1) };
                self.accepts(1, "deposit.bank_entered", bank(nature, &reference, fen, &today));
            }
            3 if beside.pooled => {
                self.accepts(1, "deposit.bank_entered", bank("pooled_interest", &reference, fen, &today))
            }
            4 if beside.shared => {
                let payload = allocation(self, &today);
                self.tries_as(1, "deposit.interest_allocated", &payload);
            }
            // Held for a while, and not given back.
            5 | 6 if beside.holds => {
                let hold = json!({
                    "deposit": "d-1", "id": reference, "amount": yuan(fen / 4 + 1), "reason": "查", "until": "2027-09-01",
                });
                self.tries_as(1, "deposit.held", &hold);
                if what == 6 {
                    self.tries_as(
                        1,
                        "deposit.forfeited",
                        &json!({
                            "deposit": "d-1", "id": reference, "hold": reference, "amount": yuan(fen / 8 + 1),
                            "ground": "bid-withdrawn", "reasons": "撤标", "document": paper(),
                        }),
                    );
                    let confirmed = json!({"deposit": "d-1", "forfeiture": reference});
                    self.tries_as(2, "deposit.forfeiture_confirmed", &confirmed);
                }
            }
            7 => {
                let start = json!({"deposit": "d-1", "event": "contract", "day": today, "document": paper()});
                self.tries_as(1, "deposit.refund_due", &start);
            }
            _ => {}
        }
        self.tick(&today);
    }

    fn annuls(&mut self, slot: u64) {
        self.numbers_from(slot);
        let annulled = json!({"deposit": "d-1", "forfeiture": "f-1", "reasons": "判决撤销", "document": paper()});
        self.posts(&author(SUPERVISOR, Role::Supervisor), 6, "deposit.forfeiture_annulled", &annulled).unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Whatever it is, however long it stood, and whatever came before that was noticed and afterwards: accounts, states, clocks and what is
    /// waited for, interest to the last part of a fen, own funds. What rests on it is left out here: it is refused before, which `corrections` has.
    #[test]
    fn what_is_reversed_was_never_counted(
        event in 0usize..11, last in 1usize..14, before in prop::collection::vec((0u8..8, 1i64..3_000_000), 0..5),
        after in prop::collection::vec((0u8..8, 1i64..3_000_000), 0..5),
    ) {
        let ((mut entered, step), (mut never, _)) = (staged(event), staged(event));
        for run in [&mut entered, &mut never] {
            run.numbers_from(1);
            // However few allocations may be taken back.
            run.adopted.edition = bounded(last);
        }
        entered.accepts(1, step.kind, step.payload);
        let reversal = (step.reversal)(entered.index);
        for (slot, (what, fen)) in (2..).zip(&before) {
            for run in [&mut entered, &mut never] {
                run.goes_on(slot, *what, *fen, step.beside);
            }
        }
        if step.annulled {
            for run in [&mut entered, &mut never] {
                run.annuls(10);
            }
        }
        entered.numbers_from(11);
        entered.accepts(2, "deposit.entry_reversed", reversal);
        for (slot, (what, fen)) in (12..).zip(&after) {
            for run in [&mut entered, &mut never] {
                run.goes_on(slot, *what, *fen, ALL);
            }
        }
        // What is over is said to be, wherever that was not seen meanwhile.
        for run in [&mut entered, &mut never] {
            run.goes_on(20, 8, 1, ALL);
        }
        if last > 12 {
            prop_assert_eq!(entered.comes_to(), never.comes_to());
        } else {
            prop_assert_eq!(without_memory(entered.comes_to()), without_memory(never.comes_to()));
        }
    }
}
