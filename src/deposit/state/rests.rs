//! What rests on an act that counted interest, and has to be undone before it: told with the acts that do.

use super::super::book::{Heading, JournalLine};
use super::counted::{Counted, CountedStep, OwnCount, OwnCounted};
use super::entered::Later;
use super::pool::AllocationEntered;
use super::{DepositBook, DepositState, PartState, PoolState};
use crate::field::{Currency, ItemId};
use std::collections::BTreeMap;

/// Deposits that are named: one allocation may be of tens of thousands.
const NAMED_MAX: usize = 5;

/// All parts by the deposit that each was taken from.
type Parts<'a> = BTreeMap<&'a ItemId, Vec<(&'a DepositState, &'a PartState)>>;

impl CountedStep {
    fn told(&self) -> Later {
        let entry = self.entry;
        let (zh, en) = match &self.what {
            Counted::Allocated { .. } => ("结息分配", "interest was allocated"),
            Counted::Own(own) => match &own.what {
                OwnCounted::Approved { refund, .. } => {
                    return (
                        format!("其后已经办退还 {refund}（记录 {entry}），须先冲销"),
                        format!("the refund {refund} was approved after it, by the entry {entry}: reverse that first"),
                    );
                }
                OwnCounted::Capitalised { .. } => ("利息转本金", "interest was capitalised"),
            },
        };
        (
            format!("其后有{zh}（记录 {entry}），须先冲销"),
            format!("{en} after it, by the entry {entry}: reverse that first"),
        )
    }
}

impl DepositBook {
    /// What has to be undone before an act of one deposit that counted its interest.
    pub(super) fn later_than_counted(&self, deposit: &DepositState, step: &CountedStep) -> Vec<Later> {
        if let Some(last) = deposit.counted_steps.last().filter(|last| last.entry != step.entry) {
            return vec![last.told()];
        }
        let Some(own) = step.own() else { return Vec::new() };
        let mut found = Self::later_than_count(deposit, step.entry, &self.parts());
        match &own.what {
            OwnCounted::Approved { raised, .. } => {
                if let Some(entry) = raised {
                    found.push((
                        format!("其后核定提高了要求（记录 {entry}），该款本可补足，只能继续退还"),
                        format!("more was asked after it, by the entry {entry}, which it would have covered: it can only go on"),
                    ));
                }
                found.extend(self.pooled_after(deposit, own));
            }
            OwnCounted::Capitalised { .. } => found.extend(self.covered_after(deposit, own)),
        }
        found
    }

    fn parts(&self) -> Parts<'_> {
        let mut parts = Parts::new();
        for (part, taken) in self.deposits.values().filter_map(|of| Some((of, of.part.as_ref()?))) {
            parts.entry(&taken.from).or_default().push((part, taken));
        }
        parts
    }

    /// What rests on any count of a deposit's interest: it was set aside, or divided.
    fn later_than_count(deposit: &DepositState, entry: u64, parts: &Parts<'_>) -> Vec<Later> {
        let mut found: Vec<Later> = deposit.later_unclaimed(entry).into_iter().collect();
        let of = parts.get(&deposit.id).into_iter().flatten().copied();
        let taken = of.clone().filter(|(part, taken)| taken.put_back.is_none() && part.entry > entry);
        let taken: Vec<&str> = taken.map(|(part, _)| part.id.as_str()).collect();
        if !taken.is_empty() {
            found.push((
                format!("其后有部分拆分至 {}，须先冲销拆分", taken.join("、")),
                format!("a part of it went to {} after it: reverse that division first", taken.join(", ")),
            ));
        }
        let is_put_back = |part: &DepositState, put_back: Option<u64>| {
            part.entry < entry && put_back.is_some_and(|put_back| put_back > entry)
        };
        let concerned = of.chain(deposit.part.iter().map(|taken| (deposit, taken)));
        let united = concerned.filter(|(part, taken)| is_put_back(part, taken.put_back));
        let united: Vec<&str> = united.map(|(part, _)| part.id.as_str()).collect();
        if !united.is_empty() {
            found.push((
                format!("原拆分的 {} 其后已冲销并入，其计息以此为据，不能再冲销", united.join("、")),
                format!("{} was put back after it, with interest that rests on it: that stands", united.join(", ")),
            ));
        }
        found
    }

    /// What the bank paid for interest that an approval owed came off that first.
    fn pooled_after(&self, deposit: &DepositState, own: &OwnCount) -> Vec<Later> {
        if !own.is_owed_by_bank() {
            return Vec::new();
        }
        let account = Heading::InterestReceivable.of(&deposit.bank, deposit.currency);
        let moves = |lines: &[JournalLine]| lines.iter().any(|line| line.account == account);
        let pooled = self.pooled_entered().filter(|(_, voucher, lines)| *voucher > own.voucher && moves(lines));
        let told = |reference: &str| {
            (
                format!("其后银行结息（流水号 {reference}）已先抵补其利息，须先冲销，再重新登记"),
                format!(
                    "the bank's interest {reference} came after it and settled its own first: reverse that first, and enter it again"
                ),
            )
        };
        pooled.map(|(reference, ..)| told(reference)).collect()
    }

    /// What has covered, or was too much, since interest became principal.
    fn covered_after(&self, deposit: &DepositState, own: &OwnCount) -> Vec<Later> {
        let OwnCounted::Capitalised { amount_minor, cover_minor, required_minor, is_moved, .. } = &own.what else {
            return Vec::new();
        };
        let mut found: Vec<Later> = Vec::new();
        let covering = own.covering_minor();
        if covering > 0 {
            let receipts = deposit.receipts.iter().filter(|of| of.voucher > own.voucher && !of.is_reversed);
            found.extend(receipts.map(|of| {
                (
                    format!("其后到账（流水号 {}），须先冲销，再重新登记", of.reference),
                    format!("{} came in after it: reverse that receipt first, and enter it again", of.reference),
                )
            }));
        }
        let has_moved = || is_moved.unwrap_or_else(|| self.cover_of(deposit) != (*cover_minor, *required_minor));
        let lacks = |heading, minor: i64| self.book.standing(&deposit.account(heading)) < minor;
        let is_gone = lacks(Heading::Available, covering) || lacks(Heading::Excess, amount_minor - covering);
        if found.is_empty() && (is_gone || covering > 0 && has_moved()) {
            found.push((
                "其后要求、担保或可退余额已有变化（核定、换保、冻结或不予退还等），须先恢复".to_owned(),
                "what is asked, covers or is free has changed since (an assessment, a swap, a hold, a forfeiture): undo that first"
                    .to_owned(),
            ));
        }
        found
    }

    /// An allocation that stands, with its pool.
    pub(super) fn allocated(&self, bank: &ItemId, entry: u64) -> Option<(&(ItemId, Currency), &AllocationEntered)> {
        let pools = self.pools.iter().filter(|((known, _), _)| known == bank);
        pools.into_iter().find_map(|(pool, of)| Some((pool, of.allocations.iter().find(|it| it.entry == entry)?)))
    }

    /// Those that have a share in an allocation that stands, or were counted by it.
    fn sharing<'a>(
        &'a self,
        pool: &'a (ItemId, Currency),
        entry: u64,
    ) -> impl Iterator<Item = (&'a DepositState, &'a CountedStep)> {
        let here = self.deposits.values().filter(move |of| (&of.bank, of.currency) == (&pool.0, pool.1));
        here.filter_map(move |deposit| Some((deposit, deposit.counted_step(entry)?)))
    }

    /// The lines by which it was allocated.
    pub(super) fn lines_of_allocation(&self, bank: &ItemId, entry: u64) -> Vec<JournalLine> {
        let Some((pool, of)) = self.allocated(bank, entry) else { return Vec::new() };
        let share = |(deposit, step): (&DepositState, &CountedStep)| match step.what {
            Counted::Allocated { share_minor, .. } if share_minor > 0 => {
                Some(JournalLine::credit(deposit.account(Heading::InterestPayable), share_minor))
            }
            _ => None,
        };
        let debit = JournalLine::debit(Heading::InterestToAllocate.of(bank, pool.1), of.amount_minor);
        std::iter::once(debit).chain(self.sharing(pool, entry).filter_map(share)).collect()
    }

    /// What has to be undone before an allocation.
    pub(super) fn later_than_allocation(&self, pool: &(ItemId, Currency), entry: u64) -> Vec<Later> {
        let last = self.pools.get(pool).and_then(PoolState::last_entry).filter(|last| *last != entry);
        if let Some(last) = last {
            return vec![(
                format!("其后又有结息分配（记录 {last}），须先冲销"),
                format!("interest was allocated again after it, by the entry {last}: reverse that first"),
            )];
        }
        let parts = self.parts();
        let used = self.sharing(pool, entry).filter_map(|(deposit, step)| {
            let (zh, en): (Vec<_>, Vec<_>) = Self::later_than_share(deposit, step, &parts).into_iter().unzip();
            let id = &deposit.id;
            (!zh.is_empty()).then(|| (format!("{id}：{}", zh.join("，")), format!("{id}: {}", en.join(", "))))
        });
        let mut used: Vec<Later> = used.collect();
        if used.len() > NAMED_MAX {
            let more = used.len() - NAMED_MAX;
            used.truncate(NAMED_MAX);
            used.push((format!("另有 {more} 笔"), format!("and {more} more")));
        }
        used
    }

    fn later_than_share(deposit: &DepositState, step: &CountedStep, parts: &Parts<'_>) -> Vec<Later> {
        if let Some(last) = deposit.counted_steps.last().filter(|last| last.entry != step.entry) {
            return vec![last.told()];
        }
        let mut found = Self::later_than_count(deposit, step.entry, parts);
        if matches!(step.what, Counted::Allocated { has_kept_clock: true, .. }) {
            found.push((
                "其后有款项恢复应退，退还期限以此为据，不能再冲销".to_owned(),
                "something is to go back again since, and its time rests on this: that stands".to_owned(),
            ));
        }
        found
    }
}
