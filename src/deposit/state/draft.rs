//! 对账记录: what a payee signs of a statement that was held against its book.

use super::super::{AccountFingerprint, ITEMS_MAX, ListedItem, SettledItem, StatementReconciliation};
use super::account::CustodyState;
use crate::field::{Bilingual, Currency, ItemId, Line, PersonalNumber};
use crate::log::Hash;
use crate::reconciliation::{BookMovement, OpenItem, OpenItemKind, Reconciliation, ReconciliationFault, ReturnedPair};
use crate::record::KeyId;
use crate::statement::Statement;
use std::collections::{BTreeMap, BTreeSet};

/// Candidates that are listed of an item: who has to look at more looks at the account.
const CANDIDATES_MAX: usize = 5;

/// Why a statement makes no record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DraftFault {
    #[error("{0}")]
    Reconciliation(#[from] ReconciliationFault),
    #[error(
        "{found} items would be open, and a record lists {ITEMS_MAX}: reconcile a shorter period, or enter what is missing"
    )]
    TooManyItems { found: usize },
}

impl DraftFault {
    pub fn words(&self) -> Bilingual {
        match self {
            Self::Reconciliation(fault) => fault.words(),
            Self::TooManyItems { found } => {
                let zh = format!("未达账项 {found} 项，一条记录至多 {ITEMS_MAX} 项：请缩短对账期间，或先补记");
                Bilingual::new(zh, self.to_string())
            }
        }
    }
}

/// A statement held against one custody account.
#[derive(Debug)]
pub struct DraftedReconciliation {
    pub found: Reconciliation,
    /// What is to be signed.
    pub record: StatementReconciliation,
}

impl CustodyState {
    /// Holds a statement against all that the book moves on the account, and writes down what can be signed of it.
    ///
    /// # Errors
    /// It says too little, nothing new, or contradicts what was reconciled.
    pub fn draft(
        &self,
        account: (&ItemId, Currency),
        file: Hash,
        statement: &Statement,
        movements: &[BookMovement],
    ) -> Result<DraftedReconciliation, DraftFault> {
        self.draft_naming(&[], account, file, statement, movements)
    }

    /// The same, where the payee has named payments that came back.
    ///
    /// # Errors
    /// As [`Self::draft`]; or they are none.
    pub fn draft_naming(
        &self,
        returned: &[ReturnedPair],
        (bank, currency): (&ItemId, Currency),
        file: Hash,
        statement: &Statement,
        movements: &[BookMovement],
    ) -> Result<DraftedReconciliation, DraftFault> {
        let carried = self.carried_forward();
        let found = Reconciliation::naming(returned, carried.as_ref(), statement, movements)?;
        let drafting = Drafting { before: self, found: &found, statement };
        let opened = drafting.opened();
        if opened.len() > ITEMS_MAX {
            return Err(DraftFault::TooManyItems { found: opened.len() });
        }
        let settled = drafting.settled(&opened);
        let of_lines = opened.iter().filter(|item| item.line.is_some()).count();
        let whole = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let last = found.days.last();
        let mut record = StatementReconciliation {
            bank: bank.clone(),
            currency,
            follows: self.last().map(|(entry, _)| entry),
            file,
            account: statement.account.as_deref().and_then(AccountFingerprint::of_number),
            first: found.first,
            last: found.last,
            opening_minor: found.opening_minor,
            closing_minor: found.closing_minor,
            book_minor: last.map_or(0, |day| day.book_minor),
            lines: whole(found.lines),
            matched: whole(found.lines.saturating_sub(of_lines)),
            opened,
            settled,
            open: 0,
            open_sha256: Hash::of(""),
            unexplained_minor: last.map_or(0, |day| day.unexplained_minor),
            first_untied: found.first_untied().map(|day| day.day),
        };
        let mut after = self.clone();
        after.reconcile(&record, u64::MAX, KeyId::from_bytes([0; 32]));
        let (open, digest) = after.open_digest(record.last);
        (record.open, record.open_sha256) = (whole(open), digest);
        Ok(DraftedReconciliation { found, record })
    }
}

struct Drafting<'a> {
    before: &'a CustodyState,
    found: &'a Reconciliation,
    statement: &'a Statement,
}

impl Drafting<'_> {
    /// The items that are open now and were not before.
    fn opened(&self) -> Vec<ListedItem> {
        let numbers: BTreeMap<&str, u32> =
            self.statement.moving().zip(1..).map(|(line, number)| (line.key.as_str(), number)).collect();
        let references: BTreeMap<&str, &str> =
            self.statement.moving().filter_map(|line| Some((line.key.as_str(), line.reference.as_deref()?))).collect();
        let known: BTreeSet<String> = self.before.items.keys().map(ToString::to_string).collect();
        let open: BTreeSet<u64> = self.open_entries().into_keys().collect();
        let is_new = |item: &&OpenItem| match (&item.line, item.entry) {
            (Some(line), _) => !known.contains(line),
            (None, Some(entry)) => !item.kind.is_in_book() || !open.contains(&entry),
            (None, None) => true,
        };
        let listed = self.found.items.iter().filter(is_new).map(|item| {
            let line = item.line.as_deref().and_then(|key| numbers.get(key)).copied();
            let reference = item.line.as_deref().and_then(|key| references.get(key)).copied();
            // A number that may be somebody's stays in the bank's file.
            let reference = reference.filter(|text| PersonalNumber::within(text).is_none());
            let (kind, entries, candidates) = Self::postings(item);
            ListedItem {
                kind,
                day: item.day,
                bank_over_book_minor: item.bank_over_book_minor,
                line,
                reference: line.and(reference).and_then(|text| Line::new(text).ok()),
                entries,
                candidates: candidates.into_iter().take(CANDIDATES_MAX).collect(),
            }
        });
        listed.collect()
    }

    /// Which postings an item is, which it might be, and what it is called by them.
    fn postings(item: &OpenItem) -> (OpenItemKind, Vec<u64>, Vec<u64>) {
        let own: Vec<u64> = item.entry.into_iter().collect();
        match item.kind {
            // By the end of the period the book has nothing of it: it may be this posting then.
            OpenItemKind::AmountDiffers if !item.late.is_empty() => {
                let came = item.bank_over_book_minor >= 0;
                let kind = if came { OpenItemKind::UnallocatedReceipt } else { OpenItemKind::UnbookedPayment };
                (kind, Vec::new(), item.late.clone())
            }
            kind if kind.is_in_book() || kind == OpenItemKind::AmountDiffers => (kind, own, item.candidates.clone()),
            kind => (kind, item.late.clone(), item.candidates.clone()),
        }
    }

    /// The items of before by the posting that each is.
    fn open_entries(&self) -> BTreeMap<u64, super::super::OpenItemId> {
        let items = self.before.items.iter().filter(|(_, item)| item.is_open() && item.kind.is_in_book());
        items.filter_map(|(id, item)| Some((item.posting?, *id))).collect()
    }

    fn settled(&self, opened: &[ListedItem]) -> Vec<SettledItem> {
        let known = self.found.settled.iter().filter_map(|(id, entries)| Some((id.parse().ok()?, entries.clone())));
        let mut settled: Vec<SettledItem> = known.map(|(item, entries)| SettledItem { item, entries }).collect();
        // What the book had alone, and the bank has now with another amount, is a difference from now on.
        let open = self.open_entries();
        let differing = opened.iter().filter(|item| item.kind == OpenItemKind::AmountDiffers);
        let turned = differing.flat_map(|item| &item.entries).filter_map(|entry| open.get(entry));
        settled.extend(turned.map(|id| SettledItem { item: *id, entries: Vec::new() }));
        settled
    }
}
