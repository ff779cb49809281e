//! How far back what counted interest may be taken back: from the edition 2027-09 on no further than the last allocations that it names, and of no
//! allocation in part.

use super::corrections::{allocated, allocation, approves, of_allocation};
use super::custody::bank;
use super::never_entered::without_memory;
use super::reversals::of_entry;
use super::unordered::named;
use super::*;
use crate::deposit::book::JournalLine;
use crate::deposit::state::counted::CountedStep;
use proptest::prelude::*;

/// The newest edition, but for how many allocations may be taken back.
pub(super) fn bounded(last: usize) -> std::sync::Arc<crate::law::Edition> {
    let edit = |name: &str, text: String| match name {
        "deposits.toml" => text.replace("\nallocations = 12\n", &format!("\nallocations = {last}\n")),
        _ => text,
    };
    let files: Vec<_> = Editions::newest().files().into_iter().map(|(name, text)| (edit(&name, text), name)).collect();
    let bytes = Edition::pack(files.iter().map(|(text, name)| (&**name, &**text)));
    std::sync::Arc::new(Edition::parse(&bytes).unwrap())
}

impl Run {
    /// A month of interest of the account, shared; the entry that did.
    fn shares_month(&mut self, number: u32) -> u64 {
        let first: Day = "2026-05-01".parse().unwrap();
        let day = Day::from(first.date() + chrono::Months::new(number)).to_string();
        self.at(&day);
        self.accepts(1, "deposit.bank_entered", bank("pooled_interest", &format!("M-{number}"), 900, &day));
        let payload = allocation(self, &day);
        self.accepts(1, "deposit.interest_allocated", payload);
        self.index
    }

    /// How much is remembered of each deposit.
    fn remembered(&self) -> Vec<usize> {
        self.book().deposits.values().map(|deposit| deposit.counted_steps.len()).collect()
    }

    /// Of an allocation that may be taken back nobody has forgotten its share.
    fn has_whole_allocations(&self) -> bool {
        let mut all =
            self.book().pools.iter().flat_map(|((bank, _), pool)| pool.allocations.iter().map(move |of| (bank, of)));
        all.all(|(bank, of)| {
            let lines = self.book().lines_of_allocation(bank, of.entry);
            lines.iter().map(JournalLine::signed).sum::<i64>() == 0 && lines.len() > 1
        })
    }
}

/// Money of one payer for a year and a month.
fn lies_for_a_year(mut run: Run) -> (Run, Vec<u64>) {
    let shared = (0..13).map(|number| run.shares_month(number)).collect();
    (run, shared)
}

/// A year of months; under the edition before, all of them.
#[test]
fn the_last_allocations_of_an_account_are_taken_back() {
    let (mut run, shared) = lies_for_a_year(Run::secured("bid-tendering"));
    assert_eq!(run.remembered(), [12]);
    let refused = run.refuses(2, "deposit.entry_reversed", of_allocation(shared[0]), "entry-stands");
    assert!(refused.detail.zh.contains("12") && refused.citation.is_some(), "{refused}");
    run.refuses(2, "deposit.entry_reversed", of_allocation(shared[1]), "entry-in-use");
    for entry in shared[1..].iter().rev() {
        run.accepts(2, "deposit.entry_reversed", of_allocation(*entry));
    }
    run.refuses(2, "deposit.entry_reversed", of_allocation(shared[0]), "entry-stands");
    let of = run.deposit("d-1");
    assert_eq!((of.allocated_minor, of.counted_to), (900, "2026-05-01".parse().ok()));
    assert_eq!(run.standing(Heading::InterestToAllocate, "icbc"), 12 * 900);
    // Neither what was never one, nor one of elsewhere.
    run.refuses(2, "deposit.entry_reversed", of_allocation(run.index), "unknown-reference");
    run.refuses(2, "deposit.entry_reversed", of_entry(1), "unknown-reference");

    let (mut run, shared) = lies_for_a_year(Run::secured("bid-tendering").under("2027-08"));
    assert_eq!(run.remembered(), [13]);
    for entry in shared.iter().rev() {
        run.accepts(2, "deposit.entry_reversed", of_allocation(*entry));
    }
    assert_eq!((run.deposit("d-1").counted_to, run.remembered()), (None, vec![0]));
}

/// What an earlier edition let be taken back may be until the next allocation under the one that lets it stand.
#[test]
fn an_edition_that_is_adopted_later_applies_from_then_on() {
    let (mut run, shared) = lies_for_a_year(Run::secured("bid-tendering").under("2027-08"));
    run = run.under("2027-09");
    assert_eq!(run.remembered(), [13]);
    run.shares_month(13);
    assert_eq!(run.remembered(), [12]);
    for entry in &shared[..2] {
        run.refuses(2, "deposit.entry_reversed", of_allocation(*entry), "entry-stands");
    }
    run.refuses(2, "deposit.entry_reversed", of_allocation(shared[2]), "entry-in-use");
    let (run, shared) = lies_for_a_year(Run::secured("bid-tendering").under("2027-08"));
    let mut run = run.under("2027-09");
    for entry in shared.iter().rev() {
        run.accepts(2, "deposit.entry_reversed", of_allocation(*entry));
    }
}

/// One of two who shared was paid: its share is forgotten, and the other's is not taken back alone.
#[test]
fn an_allocation_whose_share_was_paid_out_in_one_deposit_stands_in_all() {
    for edition in ["2027-08", "2027-09"] {
        let mut run = allocated().under(edition);
        let shared = run.index;
        let start = json!({"deposit": "d-1", "event": "contract", "day": "2026-05-01", "document": paper()});
        run.accepts(1, "deposit.refund_due", start);
        let payload = approves(&run, "r-1", 6_000_000, "2026-05-01");
        run.accepts(1, "deposit.refund_approved", payload);
        let approved = run.index;
        run.refuses(2, "deposit.entry_reversed", of_allocation(shared), "entry-in-use");
        run.accepts(2, "deposit.refund_instructed", json!({"deposit": "d-1", "refund": "r-1"}));
        // An edition without the rule asks for approvals all the same.
        assert_eq!(run.remembered(), [usize::from(edition == "2027-08"), 1]);
        for wrong in [of_allocation(shared), of_entry(approved)] {
            let refused = run.refuses(2, "deposit.entry_reversed", wrong, "entry-stands");
            assert!(refused.detail.zh.contains("已付款"), "{refused}");
        }
        // What the other one did since is its own.
        run.accepts(1, "deposit.interest_capitalised", json!({"deposit": "d-2", "amount": yuan(200)}));
        let mut capital = of_entry(run.index);
        capital["deposit"] = "d-2".into();
        run.accepts(2, "deposit.entry_reversed", capital);
        run.refuses(2, "deposit.entry_reversed", of_allocation(shared), "entry-stands");
        // The next one is of both, and forgets what stands.
        let next = run.shares_month(1);
        assert_eq!(run.remembered(), [1 + usize::from(edition == "2027-08"), 1]);
        run.accepts(2, "deposit.entry_reversed", of_allocation(next));
        run.refuses(2, "deposit.entry_reversed", of_allocation(shared), "entry-stands");
    }
}

/// A refund that was approved after the first allocation, under an edition by which two may be taken back; and its interest that the bank owes.
fn waiting() -> (Run, u64, i64) {
    let mut run = allocated();
    run.adopted.edition = bounded(2);
    let start = json!({"deposit": "d-1", "event": "contract", "day": "2026-05-01", "document": paper()});
    run.accepts(1, "deposit.refund_due", start);
    let payload = approves(&run, "r-1", 6_000_000, "2026-05-06");
    let on_top = payload["interest_minor"].as_i64().unwrap() - run.deposit("d-1").allocated_minor;
    run.accepts(1, "deposit.refund_approved", payload);
    let approved = run.index;
    assert_eq!((on_top > 0, run.deposit("d-1").approved_on_top_minor()), (true, on_top));
    (run, approved, on_top)
}

/// It is to go out with what it has on top, however many allocations came after it.
#[test]
fn an_approval_that_waits_is_remembered() {
    // What the bank paid of its own interest, both allocations, and then it.
    let (mut run, approved, _) = waiting();
    let shared: Vec<u64> = (1..=2).map(|month| run.shares_month(month)).collect();
    let of_bank = json!({"reference": "M-1", "reason": "误", "document": paper()});
    for wrong in shared.iter().rev().map(|entry| of_allocation(*entry)).chain([of_bank, of_entry(approved)]) {
        run.accepts(2, "deposit.entry_reversed", wrong);
    }
    // With one more the first of them stands, and what came before it.
    let (mut run, approved, on_top) = waiting();
    for month in 1..8 {
        run.shares_month(month);
    }
    assert_eq!(run.remembered(), [3, 2]);
    assert_eq!(run.deposit("d-1").approved_on_top_minor(), on_top);
    run.refuses(2, "deposit.entry_reversed", of_entry(approved), "entry-stands");
    let again = super::corrections::reapproves(&run, "r-1", "2026-12-01");
    run.accepts(1, "deposit.refund_approved", again);
    let renewed = run.index;
    run.accepts(2, "deposit.entry_reversed", of_entry(renewed));
    let again = super::corrections::reapproves(&run, "r-1", "2026-12-01");
    run.accepts(1, "deposit.refund_approved", again);
    run.accepts(2, "deposit.refund_instructed", json!({"deposit": "d-1", "refund": "r-1"}));
    assert_eq!((run.remembered(), run.deposit("d-1").approved_on_top_minor()), (vec![0, 2], 0));
    run.refuses(2, "deposit.entry_reversed", of_entry(renewed), "entry-stands");
}

/// There are a hundred thousand deposits, each with as many as may be taken back.
#[test]
fn what_is_remembered_of_a_share_is_small() {
    let (run, _) = lies_for_a_year(Run::secured("bid-tendering"));
    let of = run.deposit("d-1");
    assert!(size_of::<CountedStep>() <= 96, "{}", size_of::<CountedStep>());
    assert!(of.counted_steps.iter().all(|step| step.steps.len() == 1 && step.backdated.capacity() == 0));
    assert_eq!((of.counted_steps.len(), of.counted_steps.capacity()), (12, 12));
}

fn of_deposit(run: &Run, id: &str, what: u8, n: usize, fen: i64) -> (&'static str, Value) {
    let (today, reference) = (Day::from(run.now.shanghai_day()), format!("R-{n}"));
    let deposit = run.deposit(id);
    let refunds: Vec<&ItemId> = deposit.refunds.keys().collect();
    let refund = refunds.get(fen as usize % refunds.len().max(1)).map_or("r-0", |id| id.as_str());
    let approval = |id: &str, fen: i64, sums: RefundSums| {
        json!({
            "deposit": deposit.id, "id": id, "amount": yuan(fen), "value_date": today, "interest_minor": sums.interest_minor,
            "overdue_minor": sums.overdue_minor,
        })
    };
    let kind = run.book().kind_of(&deposit.id, run.law());
    match what {
        0 => ("deposit.received", receipt(id, &reference, fen, &today.to_string())),
        1 => ("deposit.received", receipt(id, &reference, fen, "2026-04-20")),
        2 => ("deposit.refund_due", json!({"deposit": id, "event": "agreed", "day": today, "document": paper()})),
        3 | 4 => {
            let fen = 1 + fen % run.standing(Heading::Available, id).max(1);
            let sums = refund_sums(run.book(), deposit, kind, fen, today, run.law());
            ("deposit.refund_approved", approval(&format!("r-{n}"), fen, sums))
        }
        5 => match deposit.refunds.get(&refund.parse::<ItemId>().unwrap()) {
            Some(before) => {
                let sums = renewed_sums(run.book(), deposit, before, kind, today, run.law());
                ("deposit.refund_approved", approval(refund, before.principal_minor, sums))
            }
            None => ("deposit.refund_instructed", json!({"deposit": id, "refund": "r-0"})),
        },
        6 => ("deposit.refund_instructed", json!({"deposit": id, "refund": refund})),
        7 => {
            let outcome = if fen % 2 == 0 { "confirmed" } else { "bounced" };
            let settled = json!({
                "deposit": id, "refund": refund, "outcome": outcome, "reference": reference, "value_date": today,
            });
            ("deposit.refund_settled", settled)
        }
        8 => ("deposit.interest_capitalised", json!({"deposit": id, "amount": yuan(deposit.allocated_minor)})),
        9..=12 => ("deposit.interest_allocated", allocation(run, &today.to_string())),
        13 => {
            let all: Vec<_> = run.book().reversible().collect();
            let (of, name) = all.get(fen as usize % all.len().max(1)).copied().unwrap_or((None, EntryName::Entry(7)));
            ("deposit.entry_reversed", named(of, name))
        }
        // Mostly what counted, and the newest of it.
        _ => {
            let all = run.book().reversible().filter(|(_, name)| !matches!(name, EntryName::Reference(_)));
            let newest = all.max_by_key(|(_, name)| match name {
                EntryName::Entry(entry) | EntryName::Allocation(_, entry) => *entry,
                EntryName::Reference(_) => 0,
            });
            let (of, name) = newest.unwrap_or((None, EntryName::Entry(7)));
            ("deposit.entry_reversed", named(of, name))
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// A book that forgets and one that remembers everything are the same, but for what may be taken back: whatever else is accepted or refused by
    /// one is by the other, and comes to the same accounts, states and clocks. What is taken back of the one may be of the other.
    #[test]
    fn what_is_forgotten_changes_nothing_else(
        last in 1usize..4,
        moves in prop::collection::vec((0u8..18, 0u8..2, 1i64..3_000_000, 1u8..3, 0u64..9), 1..60),
    ) {
        let (mut few, mut all) = (allocated(), allocated().under("2027-08"));
        few.adopted.edition = bounded(last);
        for (n, (what, of, fen, hand, days)) in moves.into_iter().enumerate() {
            for run in [&mut few, &mut all] {
                run.now = run.now.plus_millis(i64::try_from(days * 86_400_000).unwrap());
                while let Some(act) = run.book().due(run.now, run.law()) {
                    run.act(&service(), 9, &act).unwrap();
                }
                if (9..13).contains(&what) {
                    let today = Day::from(run.now.shanghai_day()).to_string();
                    run.accepts(1, "deposit.bank_entered", bank("pooled_interest", &format!("I-{n}x"), fen, &today));
                }
            }
            let id = ["d-1", "d-2"][usize::from(of)];
            // Of what the one that remembers could take back.
            let (kind, payload) = of_deposit(&all, id, what, n, fen);
            let before = few.state.clone();
            match few.posts(&payee(), hand, kind, &payload) {
                Err(refusal) if refusal.problem.code == "entry-stands" => prop_assert_eq!(&few.state, &before),
                Err(refusal) => {
                    let other = all.posts(&payee(), hand, kind, &payload).map_err(|refusal| refusal.problem.code);
                    prop_assert_eq!(other, Err(refusal.problem.code), "{}", kind);
                }
                Ok(()) => {
                    let other = all.posts(&payee(), hand, kind, &payload);
                    prop_assert!(other.is_ok(), "{} {:?}", kind, other);
                }
            }
            prop_assert!(few.has_whole_allocations() && all.has_whole_allocations());
            for deposit in few.book().deposits.values() {
                let shares = deposit.counted_steps.iter().filter(|step| step.is_share()).count();
                prop_assert!(shares <= last);
            }
            prop_assert_eq!(without_memory(few.comes_to()), without_memory(all.comes_to()));
        }
        prop_assert_eq!(few.journal.book(), few.state.as_ref());
    }
}
