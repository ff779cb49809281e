//! 银行对账: that a statement of the bank was held against a custody account, what was open then, and what became of it. The bank's
//! file stays with the payee: here are its digest and its numbers, and nobody's name or account.

use super::{AccountFingerprint, OpenItemId};
use crate::act::Payload;
use crate::field::{AMOUNT_MINOR_MAX, Currency, Day, Fault, Faults, ItemId, Line, Prose};
use crate::log::Hash;
use crate::reconciliation::OpenItemKind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Items that one record opens or settles: each takes some 250 of the 45,000 bytes that a payload may have. Whoever has more open
/// reconciles a shorter period, or enters what is missing first.
pub const ITEMS_MAX: usize = 100;
/// Postings that one item may be, or is settled by: a batch of payments.
pub const ITEM_ENTRIES_MAX: usize = 20;

/// An open item as it is listed: what one side has and the other one has not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListedItem {
    pub kind: OpenItemKind,
    /// The day since when it is open.
    pub day: Day,
    /// By how much the bank has more for it; negative: less.
    pub bank_over_book_minor: i64,
    /// The number of the bank's line among those of the file, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub line: Option<u32>,
    /// The bank's own reference of that line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Line<64>>,
    /// What the book has: its posting. What the bank has: the postings by which the book has it after the period. By their entries.
    pub entries: Vec<u64>,
    /// Postings that it might be; of more than five the service drafts the first five.
    pub candidates: Vec<u64>,
}

/// An open item of before whose other side came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SettledItem {
    pub item: OpenItemId,
    /// The postings that settle it; none where a line of this statement does.
    pub entries: Vec<u64>,
}

/// `deposit.statement_reconciled`: the payee has held a statement of its bank against its book, each day from where the one before
/// ended. What closes the account at the bank is what the book has, what is open, and what nobody can explain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StatementReconciliation {
    /// The bank account (专户), by the name that the book has for it.
    pub bank: ItemId,
    pub currency: Currency,
    /// The reconciliation before, by its entry; absent in the first one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<u64>,
    /// SHA-256 of the bank's file.
    pub file: Hash,
    /// Absent where the file does not write the whole number of its account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountFingerprint>,
    pub first: Day,
    pub last: Day,
    /// At the bank, before the first day and at the end of the last.
    pub opening_minor: i64,
    pub closing_minor: i64,
    /// In the book at the end of the last day.
    pub book_minor: i64,
    /// Lines of the statement in the period, and how many of them have their postings or each other.
    pub lines: u32,
    pub matched: u32,
    pub opened: Vec<ListedItem>,
    pub settled: Vec<SettledItem>,
    /// What is open at the end of the last day, those of before among them, and the digest of their list.
    pub open: u32,
    pub open_sha256: Hash,
    /// What is left of the bank's balance when the book's and all that is open are taken away: 0 where they tie.
    pub unexplained_minor: i64,
    /// The first day that does not tie.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_untied: Option<Day>,
}

/// `deposit.open_item_resolved`: the payee names the postings that an open item is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenItemResolution {
    pub bank: ItemId,
    pub item: OpenItemId,
    /// By their entries: they come to what is open.
    pub entries: Vec<u64>,
    pub reason: Prose<500>,
}

/// `deposit.reconciliation_withdrawn`: another person of the payee takes a reconciliation back, those that follow it, and what rested
/// on them; the account is then reconciled anew from where the one before ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReconciliationWithdrawal {
    pub bank: ItemId,
    /// By its entry.
    pub reconciliation: u64,
    pub reason: Prose<500>,
}

impl Payload for StatementReconciliation {
    const KIND: &'static str = "deposit.statement_reconciled";

    fn check(&self, faults: &mut Faults) {
        for (pointer, count) in [("/opened", self.opened.len()), ("/settled", self.settled.len())] {
            if count > ITEMS_MAX {
                faults.add(pointer, Fault::TooMany { max: ITEMS_MAX });
            }
        }
        if self.last < self.first {
            faults.add("/last", Fault::DatesOutOfOrder { earlier: "first".into() });
        }
        for (pointer, amount) in [
            ("/opening_minor", self.opening_minor),
            ("/closing_minor", self.closing_minor),
            ("/book_minor", self.book_minor),
            ("/unexplained_minor", self.unexplained_minor),
        ] {
            check_amount(pointer, amount, faults);
        }
        let is_within = |day: Day| (self.first..=self.last).contains(&day);
        if self.first_untied.is_some_and(|day| !is_within(day)) {
            faults.add("/first_untied", Fault::inconsistent(("须在对账期间内", "a day of the period")));
        }
        if self.unexplained_minor != 0 && self.first_untied.is_none() {
            let words = ("余额不平，须写明首个不平之日", "it does not tie: the first day that does not is named");
            faults.add("/first_untied", Fault::inconsistent(words));
        }
        if self.matched > self.lines {
            faults.add("/matched", Fault::inconsistent(("多于对账单的笔数", "more than there are lines")));
        }
        for (at, item) in self.opened.iter().enumerate() {
            item.check(&format!("/opened/{at}"), faults);
        }
        for (at, item) in self.settled.iter().enumerate() {
            check_entries(&format!("/settled/{at}/entries"), &item.entries, faults);
        }
    }
}

impl ListedItem {
    fn check(&self, at: &str, faults: &mut Faults) {
        check_amount(&format!("{at}/bank_over_book_minor"), self.bank_over_book_minor, faults);
        if self.bank_over_book_minor == 0 {
            let words = ("未达账项的金额不为 0", "an open item is of an amount other than 0");
            faults.add(format!("{at}/bank_over_book_minor"), Fault::wrong_type(words));
        }
        check_entries(&format!("{at}/entries"), &self.entries, faults);
        check_entries(&format!("{at}/candidates"), &self.candidates, faults);
        if self.kind.is_in_book() && (self.line.is_some() || self.entries.len() != 1) {
            let words = (
                "账簿一方的未达账项须写明一笔凭证，且没有银行流水",
                "what the book has is one posting, and no line of the bank",
            );
            faults.add(at.to_owned(), Fault::inconsistent(words));
        }
        if self.reference.is_some() && self.line.is_none() {
            faults.add(format!("{at}/line"), Fault::MissingField);
        }
    }
}

fn check_amount(at: &str, amount: i64, faults: &mut Faults) {
    if amount.unsigned_abs() > AMOUNT_MINOR_MAX.unsigned_abs() {
        let unit = ("分（最小货币单位）", "minor units");
        faults.add(at.to_owned(), Fault::not_within(-AMOUNT_MINOR_MAX..=AMOUNT_MINOR_MAX, unit));
    }
}

fn check_entries(at: &str, entries: &[u64], faults: &mut Faults) {
    if entries.len() > ITEM_ENTRIES_MAX {
        faults.add(at.to_owned(), Fault::TooMany { max: ITEM_ENTRIES_MAX });
    }
    if let Some((_, twice)) = entries.iter().enumerate().find(|(at, entry)| entries[..*at].contains(entry)) {
        faults.add(at.to_owned(), Fault::Duplicate { id: twice.to_string() });
    }
}

impl Payload for OpenItemResolution {
    const KIND: &'static str = "deposit.open_item_resolved";

    fn check(&self, faults: &mut Faults) {
        if self.entries.is_empty() {
            faults.add("/entries", Fault::TooFew);
        }
        check_entries("/entries", &self.entries, faults);
    }
}

impl Payload for ReconciliationWithdrawal {
    const KIND: &'static str = "deposit.reconciliation_withdrawn";
}
