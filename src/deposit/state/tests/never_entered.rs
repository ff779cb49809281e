//! Entered and reversed is never entered: all but the two lines of the journal, and of the account, that both stand there.

use super::custody::bank;
use super::reversals::{annulled, claimed, of_entry, of_line, paid};
use super::unclaimed::late;
use super::*;
use crate::deposit::interest::BalanceStep;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// A step that may be taken back: by which hand, and under which reference, if the bank has a line for it.
struct Step {
    hand: u8,
    kind: &'static str,
    payload: Value,
    reference: Option<&'static str>,
}

impl Step {
    fn of(hand: u8, kind: &'static str, payload: Value) -> Self {
        Self { hand, kind, payload, reference: None }
    }

    fn under(self, reference: &'static str) -> Self {
        Self { reference: Some(reference), ..self }
    }
}

/// What comes of a deposit that nobody takes back, in its order.
fn unclaimed_steps() -> Vec<Step> {
    let reclaimed = || Step::of(2, "deposit.unclaimed_reclaimed", json!({"deposit": "d-1", "document": paper()}));
    let line = |reference: &str| json!({"deposit": "d-1", "reference": reference, "value_date": "2026-07-11"});
    vec![
        Step::of(
            1,
            "deposit.unclaimed_noticed",
            json!({"deposit": "d-1", "published": "2026-05-11", "document": paper()}),
        ),
        Step::of(2, "deposit.unclaimed_set_aside", json!({"deposit": "d-1"})),
        Step::of(1, "deposit.unclaimed_remitted", line("U-1")).under("U-1"),
        reclaimed(),
        Step::of(1, "deposit.unclaimed_recovered", line("U-2")).under("U-2"),
    ]
}

/// Of each event the run up to it, and it.
fn staged(event: usize) -> (Run, Step) {
    match event {
        0 | 1 => {
            let step = Step::of(2, "deposit.guarantee_paid", paid("P-1", "2026-03-20")).under("P-1");
            (claimed("2027-07", if event == 0 { 4_000_000 } else { 10_000_000 }), step)
        }
        2 => {
            let step = Step::of(1, "deposit.forfeiture_recovered", paid("T-2", "2026-06-01")).under("T-2");
            (annulled(), step)
        }
        event => {
            let mut run = late();
            run.accepts(1, "deposit.bank_entered", bank("interest", "I-1", 555, "2026-05-11"));
            let mut steps = unclaimed_steps();
            // Reclaimed before it was remitted.
            if event == 8 {
                steps.remove(2);
            }
            let at = if event == 8 { 2 } else { event - 3 };
            let mut steps = steps.into_iter();
            for step in steps.by_ref().take(at) {
                run.accepts(step.hand, step.kind, step.payload);
                run.at("2026-07-11");
            }
            (run, steps.next().unwrap())
        }
    }
}

/// All but which allocations may still be taken back.
pub(super) fn without_memory(
    (accounts, mut book): (Vec<(BookAccount, i64)>, DepositBook),
) -> (Vec<(BookAccount, i64)>, DepositBook) {
    for pool in book.pools.values_mut() {
        pool.allocations.clear();
        pool.stands = 0;
    }
    (accounts, book)
}

impl Run {
    /// Both runs number alike from here on, whatever one of them has more.
    pub(super) fn numbers_from(&mut self, slot: u64) {
        self.index = slot * 1000;
        self.state.as_mut().unwrap().book.number_from(slot * 1000);
    }

    /// All that there is, but for what says which entry it was and how the account moved.
    pub(super) fn comes_to(&self) -> (Vec<(BookAccount, i64)>, DepositBook) {
        let mut book = self.book().clone();
        let accounts = book.book.accounts().filter(|(_, balance)| *balance != 0);
        let accounts = accounts.map(|(account, balance)| (account.clone(), balance)).collect();
        (book.version, book.book) = (0, AccountBook::default());
        book.custody.clear();
        for of in book.own_history.values_mut() {
            // Any act says since when there is a time for own costs; and a clock that was over is over.
            (of.first, of.said) = (None, None);
        }
        book.own_history.retain(|_, of| *of != Default::default());
        for of in book.own_costs.values_mut() {
            of.overdue = of.overdue.map(|_| 0);
        }
        for deposit in book.deposits.values_mut() {
            deposit.last_entry = 0;
            if let Some(of) = &mut deposit.surplus {
                of.overdue = of.overdue.map(|_| 0);
            }
            // They find what is compared here, in another order of its steps.
            deposit.counted_steps.clear();
            deposit.counted_stands = 0;
            let mut days = BTreeMap::new();
            for step in &deposit.steps {
                *days.entry(step.day).or_insert(0) += step.change_minor;
            }
            let changes = days.into_iter().filter(|(_, change_minor)| *change_minor != 0);
            deposit.steps = changes.map(|(day, change_minor)| BalanceStep { day, change_minor }).collect();
            for of in deposit.guarantees.values_mut() {
                of.warned = of.warned.map(|_| 0);
            }
        }
        (accounts, book)
    }

    fn tries(&mut self, kind: &str, payload: &Value) {
        let _ = self.posts(&payee(), 1, kind, payload);
    }

    /// What happens whether or not it was entered; nothing where the book refuses it.
    fn passes(&mut self, slot: u64, what: u8, fen: i64, (shares, is_short): (bool, bool)) {
        self.numbers_from(slot);
        self.now = self.now.plus_millis(7 * 86_400_000);
        let today = Day::from(self.now.shanghai_day()).to_string();
        let reference = format!("L-{slot}");
        match what {
            // What covers what is missing rests on a payment.
            0 | 1 if is_short => {}
            0 => self.tries("deposit.received", &receipt("d-1", &reference, fen, &today)),
            1 => self.tries("deposit.received", &receipt("d-1", &reference, fen, "2026-04-02")),
            2 => self.accepts(1, "deposit.bank_entered", bank("own_funds", &reference, fen, &today)),
            3 => self.accepts(1, "deposit.bank_entered", bank("pooled_interest", &reference, fen, &today)),
            4 if shares => {
                let (icbc, up_to) = ("icbc".parse().unwrap(), today.parse().unwrap());
                let left = self.book().to_allocate_minor(&icbc, Currency::CNY);
                let table = self.book().allocation(&icbc, Currency::CNY, up_to).digest().to_string();
                let allocated = json!({"bank": "icbc", "amount": yuan(left), "up_to": today, "table": table});
                self.tries("deposit.interest_allocated", &allocated);
            }
            _ => {}
        }
        self.tick(&today);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Whatever of this edition's reversals it is, however long it stood there, and whatever came before it was noticed and afterwards:
    /// accounts, states, clocks and what is waited for, interest to the last part of a fen. Of what moves what bears interest nothing is shared
    /// meanwhile: that takes the days as it finds them.
    #[test]
    fn what_is_reversed_was_never_entered(
        event in 0usize..9, before in prop::collection::vec((0u8..6, 1i64..3_000_000), 0..4),
        after in prop::collection::vec((0u8..6, 1i64..3_000_000), 0..4),
    ) {
        let ((mut entered, step), (mut never, _)) = (staged(event), staged(event));
        let moves_what_bears = matches!(event, 4 | 6 | 8);
        for run in [&mut entered, &mut never] {
            run.numbers_from(1);
        }
        entered.accepts(step.hand, step.kind, step.payload);
        let reversal = step.reference.map_or_else(|| of_entry(entered.index), of_line);
        for (slot, (what, fen)) in (2..).zip(&before) {
            for run in [&mut entered, &mut never] {
                run.passes(slot, *what, *fen, (!moves_what_bears, event < 2));
            }
        }
        entered.numbers_from(10);
        entered.accepts(3 - step.hand, "deposit.entry_reversed", reversal);
        for (slot, (what, fen)) in (11..).zip(&after) {
            for run in [&mut entered, &mut never] {
                run.passes(slot, *what, *fen, (true, false));
            }
        }
        prop_assert_eq!(entered.comes_to(), never.comes_to());
    }
}
