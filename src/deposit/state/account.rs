//! 专户与银行: what the book moves on a custody account, the reconciliations of it, and the items that they left open (未达账项).

use super::super::book::{BookAccount, Heading, JournalLine};
use super::super::{
    AccountFingerprint, ListedItem, OpenItemId, OpenItemResolution, ReconciliationWithdrawal, StatementReconciliation,
};
use super::DepositBook;
use crate::act::{Place, statuses};
use crate::field::{Currency, Day, ItemId};
use crate::log::Hash;
use crate::reconciliation::{CarriedForward, CarriedItem, OpenItemKind};
use crate::record::KeyId;
use std::collections::{BTreeMap, BTreeSet};

/// What one custody account has come to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CustodyState {
    /// By its entry, the day and the amount of each posting.
    movements: BTreeMap<u64, (Day, i64)>,
    /// By their entries.
    pub reconciliations: BTreeMap<u64, ReconciliationState>,
    pub items: BTreeMap<OpenItemId, ItemState>,
}

/// A reconciliation.
#[derive(Debug, Clone, PartialEq)]
pub struct ReconciliationState {
    pub file: Hash,
    pub account: Option<AccountFingerprint>,
    pub first: Day,
    pub last: Day,
    pub opening_minor: i64,
    pub closing_minor: i64,
    pub book_minor: i64,
    pub lines: u32,
    pub matched: u32,
    pub open: u32,
    pub open_sha256: Hash,
    pub unexplained_minor: i64,
    pub first_untied: Option<Day>,
    pub signed_by: KeyId,
    /// The entry that took it back.
    pub withdrawn: Option<u64>,
}

statuses! {
    /// Where an item is that was open.
    pub enum OpenItemStatus {
        /// 未达
        Open,
        /// 已结清
        Settled,
        /// 对账已撤回: the reconciliation which found it was taken back.
        Withdrawn,
    }
}

/// An item that was open at the end of a reconciliation.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemState {
    pub kind: OpenItemKind,
    pub day: Day,
    pub bank_over_book_minor: i64,
    pub line: Option<u32>,
    pub reference: Option<Box<str>>,
    /// The posting that it is, or differs from.
    pub posting: Option<u64>,
    pub candidates: Vec<u64>,
    pub settled: Option<Settlement>,
    /// The entry that took back the reconciliation which opened it.
    pub withdrawn: Option<u64>,
}

/// What became of an open item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// The entry that says so.
    pub by: u64,
    /// The postings; none where a line of the bank settles it, or another item.
    pub entries: Vec<u64>,
    /// Why, where somebody named them.
    pub reason: Option<Box<str>>,
}

impl ItemState {
    pub(super) fn of(listed: &ListedItem, opened: u64) -> Self {
        let is_posting = listed.kind.is_in_book() || listed.kind == OpenItemKind::AmountDiffers;
        // What the book has of it after the period is named from the beginning.
        let is_named = !is_posting && !listed.entries.is_empty();
        Self {
            kind: listed.kind,
            day: listed.day,
            bank_over_book_minor: listed.bank_over_book_minor,
            line: listed.line,
            reference: listed.reference.as_ref().map(|reference| reference.as_str().into()),
            posting: listed.entries.first().copied().filter(|_| is_posting),
            candidates: listed.candidates.clone(),
            settled: is_named.then(|| Settlement { by: opened, entries: listed.entries.clone(), reason: None }),
            withdrawn: None,
        }
    }

    /// Neither settled nor taken back.
    pub fn is_open(&self) -> bool {
        self.settled.is_none() && self.withdrawn.is_none()
    }
}

impl CustodyState {
    pub(super) fn note(&mut self, entry: u64, day: Day, amount_minor: i64) {
        if amount_minor != 0 {
            self.movements.insert(entry, (day, amount_minor));
        }
    }

    /// The last reconciliation that stands, with its entry.
    pub fn last(&self) -> Option<(u64, &ReconciliationState)> {
        let standing = self.reconciliations.iter().rev().find(|(_, of)| of.withdrawn.is_none());
        standing.map(|(entry, of)| (*entry, of))
    }

    /// What the book had on the account at the end of a day.
    pub(super) fn book_at(&self, day: Day) -> i128 {
        self.movements.values().filter(|(booked, _)| *booked <= day).map(|(_, amount)| i128::from(*amount)).sum()
    }

    /// What the book moves on the account: entry, day and amount of each posting.
    pub fn movements(&self) -> impl Iterator<Item = (u64, Day, i64)> {
        self.movements.iter().map(|(entry, (day, amount))| (*entry, *day, *amount))
    }

    pub(super) fn movement(&self, entry: u64) -> Option<(Day, i64)> {
        self.movements.get(&entry).copied()
    }

    /// Items by which bank and book differ at the end of a day, and by how much still: what the book has of one by then is no
    /// difference any more.
    pub(super) fn open_at(&self, day: Day) -> impl Iterator<Item = (OpenItemId, &ItemState, i128)> {
        let standing = self.items.iter().filter(|(_, item)| item.withdrawn.is_none());
        let left = standing.map(move |(id, item)| (*id, item, self.left_at(item, day)));
        left.filter(|(_, _, left)| *left != 0)
    }

    fn left_at(&self, item: &ItemState, day: Day) -> i128 {
        let over = i128::from(item.bank_over_book_minor);
        match &item.settled {
            None => over,
            Some(settled) if settled.entries.is_empty() => 0,
            Some(settled) => {
                let booked = settled.entries.iter().filter_map(|entry| self.movement(*entry));
                over - booked.filter(|(booked, _)| *booked <= day).map(|(_, amount)| i128::from(amount)).sum::<i128>()
            }
        }
    }

    /// Whether a posting has no other side yet, and is named for nothing.
    pub(super) fn is_free(&self, entry: u64) -> bool {
        let Some((day, _)) = self.movement(entry) else { return false };
        let mut standing = self.items.values().filter(|item| item.withdrawn.is_none());
        let is_after = self.last().is_none_or(|(_, last)| day > last.last);
        let is_own = |item: &ItemState| item.kind.is_in_book() && item.posting == Some(entry);
        let is_open = is_after || standing.clone().any(|item| is_own(item) && item.is_open());
        let names = |item: &ItemState| {
            let settled = item.settled.iter().flat_map(|settled| &settled.entries);
            settled.copied().any(|named| named == entry) || (!item.kind.is_in_book() && item.posting == Some(entry))
        };
        is_open && !standing.any(names)
    }

    /// SHA-256 of what is open at the end of a day: of each, a line of day, kind and amount, sorted by these.
    pub(super) fn open_digest(&self, day: Day) -> (usize, Hash) {
        let mut open: Vec<(Day, &str, i128)> =
            self.open_at(day).map(|(_, item, left)| (item.day, item.kind.name(), left)).collect();
        open.sort_unstable();
        let text: String = open.iter().map(|(day, kind, left)| format!("{day} {kind} {left}\n")).collect();
        (open.len(), Hash::of(text))
    }

    /// How the next reconciliation begins; none before the first.
    pub fn carried_forward(&self) -> Option<CarriedForward> {
        let (_, before) = self.last()?;
        let items = self.open_at(before.last).map(|(id, item, left)| CarriedItem {
            id: id.to_string(),
            kind: item.kind,
            day: item.day,
            bank_over_book_minor: i64::try_from(left).unwrap_or(item.bank_over_book_minor),
            reference: item.reference.as_deref().map(str::to_owned),
            entry: item.posting,
            settled_by: self.named_after(item, before.last),
        });
        Some(CarriedForward { last: before.last, closing_minor: before.closing_minor, items: items.collect() })
    }

    fn named_after(&self, item: &ItemState, day: Day) -> Vec<u64> {
        let named = item.settled.iter().flat_map(|settled| settled.entries.iter().copied());
        named.filter(|entry| self.movement(*entry).is_some_and(|(booked, _)| booked > day)).collect()
    }

    pub(super) fn reconcile(&mut self, act: &StatementReconciliation, entry: u64, signed_by: KeyId) {
        for settled in &act.settled {
            self.settle(settled.item, Settlement { by: entry, entries: settled.entries.clone(), reason: None });
        }
        for (listed, number) in act.opened.iter().zip(1..) {
            self.items.insert(OpenItemId { entry, number }, ItemState::of(listed, entry));
        }
        let state = ReconciliationState {
            file: act.file,
            account: act.account.or_else(|| self.last().and_then(|(_, last)| last.account)),
            first: act.first,
            last: act.last,
            opening_minor: act.opening_minor,
            closing_minor: act.closing_minor,
            book_minor: act.book_minor,
            lines: act.lines,
            matched: act.matched,
            open: act.open,
            open_sha256: act.open_sha256,
            unexplained_minor: act.unexplained_minor,
            first_untied: act.first_untied,
            signed_by,
            withdrawn: None,
        };
        self.reconciliations.insert(entry, state);
    }

    /// Where a posting is an open item of its own, both are the same: neither is open any more.
    fn settle(&mut self, id: OpenItemId, settlement: Settlement) {
        for entry in &settlement.entries {
            let is_own =
                |item: &&mut ItemState| item.kind.is_in_book() && item.posting == Some(*entry) && item.is_open();
            if let Some(own) = self.items.values_mut().find(is_own) {
                let (by, reason) = (settlement.by, settlement.reason.clone());
                own.settled = Some(Settlement { by, entries: Vec::new(), reason });
            }
        }
        if let Some(item) = self.items.get_mut(&id) {
            item.settled = Some(settlement);
        }
    }

    fn withdraw(&mut self, from: u64, entry: u64) {
        for (_, of) in self.reconciliations.range_mut(from..) {
            of.withdrawn.get_or_insert(entry);
        }
        for (id, item) in &mut self.items {
            if id.entry >= from {
                item.withdrawn.get_or_insert(entry);
            } else if item.settled.as_ref().is_some_and(|settled| settled.by >= from) {
                item.settled = None;
            }
        }
    }
}

impl DepositBook {
    /// The custody account that its book calls so, in a currency.
    pub fn custody(&self, bank: &ItemId, currency: Currency) -> Option<&CustodyState> {
        self.custody.get(&Heading::CustodyBank.of(bank, currency))
    }

    /// All of them.
    pub fn custodies(&self) -> impl Iterator<Item = (&BookAccount, &CustodyState)> {
        self.custody.iter()
    }

    /// The accounts of one bank account, one a currency.
    pub(in super::super) fn custodies_of(&self, bank: &ItemId) -> impl Iterator<Item = (&BookAccount, &CustodyState)> {
        self.custody.iter().filter(move |(account, _)| account.sub.as_ref() == Some(bank))
    }

    pub(super) fn note_custody(&mut self, lines: &[JournalLine], place: &Place) {
        let mut moved: BTreeMap<&BookAccount, i64> = BTreeMap::new();
        for line in lines.iter().filter(|line| line.account.heading == Heading::CustodyBank) {
            let sum = moved.entry(&line.account).or_default();
            *sum = sum.saturating_add(line.signed());
        }
        for (account, amount) in moved {
            let state = self.custody.entry(account.clone()).or_default();
            state.note(place.index, place.time.shanghai_day().into(), amount);
        }
    }

    pub(super) fn reconcile(&mut self, act: &StatementReconciliation, place: &Place) {
        let account = Heading::CustodyBank.of(&act.bank, act.currency);
        self.custody.entry(account).or_default().reconcile(act, place.index, place.kid);
    }

    pub(super) fn resolve(&mut self, act: &OpenItemResolution, place: &Place) {
        let has = |of: &&mut CustodyState| of.items.contains_key(&act.item);
        if let Some(of) = self.custody.values_mut().find(has) {
            let reason = Some(act.reason.as_str().into());
            of.settle(act.item, Settlement { by: place.index, entries: act.entries.clone(), reason });
        }
    }

    pub(super) fn withdraw(&mut self, act: &ReconciliationWithdrawal, place: &Place) {
        let has = |of: &&mut CustodyState| of.reconciliations.contains_key(&act.reconciliation);
        if let Some(of) = self.custody.values_mut().find(has) {
            of.withdraw(act.reconciliation, place.index);
        }
    }

    /// Banks in whose name something was moved or is to be paid in.
    pub(super) fn knows_bank(&self, bank: &ItemId, currency: Currency) -> bool {
        self.custody(bank, currency).is_some()
            || self.deposits.values().any(|deposit| deposit.bank == *bank && deposit.currency == currency)
    }
}

/// What a closing balance is beside the book's and all that is open: I13.
pub(super) fn unexplained(of: &CustodyState, day: Day, closing_minor: i64) -> i128 {
    let open: i128 = of.open_at(day).map(|(_, _, left)| left).sum();
    i128::from(closing_minor) - of.book_at(day) - open
}

/// Entries that are named twice.
pub(super) fn twice(entries: impl Iterator<Item = u64>) -> Option<u64> {
    let mut known = BTreeSet::new();
    entries.into_iter().find(|entry| !known.insert(*entry))
}
