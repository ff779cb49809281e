//! 记账凭证: numbered vouchers with their lines, for whoever prints or exports the books.

use super::{BookAccount, PostingSide};
use crate::field::Day;

/// 分录: one line of a voucher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalLine {
    pub account: BookAccount,
    pub side: PostingSide,
    /// Above zero.
    pub amount_minor: i64,
}

/// Which voucher another one takes back (红字冲销).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReversalMark {
    /// The number of the voucher that is taken back.
    pub voucher: u64,
}

/// 记账凭证: what one record posts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalVoucher {
    /// 凭证号: from 1, without a gap in the book.
    pub number: u64,
    /// The entry of the log: its hash is the voucher's evidence (原始凭证).
    pub entry: u64,
    /// The day on which it was booked (记账日期), in Asia/Shanghai.
    pub day: Day,
    /// The kind of the record, which says what happened (摘要).
    pub kind: &'static str,
    pub lines: Vec<JournalLine>,
    pub reverses: Option<ReversalMark>,
}

impl JournalLine {
    pub fn debit(account: BookAccount, amount_minor: i64) -> Self {
        Self { account, side: PostingSide::Debit, amount_minor }
    }

    pub fn credit(account: BookAccount, amount_minor: i64) -> Self {
        Self { account, side: PostingSide::Credit, amount_minor }
    }

    /// Debit and credit of one amount; nothing where there is none.
    pub fn transfer(debit: BookAccount, credit: BookAccount, amount_minor: i64) -> Vec<Self> {
        if amount_minor == 0 {
            return Vec::new();
        }
        vec![Self::debit(debit, amount_minor), Self::credit(credit, amount_minor)]
    }

    /// What it adds to the debit side.
    pub fn signed(&self) -> i64 {
        match self.side {
            PostingSide::Debit => self.amount_minor,
            PostingSide::Credit => -self.amount_minor,
        }
    }

    /// The line that takes this one back. Its amount is written on the other side here, and in red on the same one in books.
    #[must_use]
    pub fn mirrored(&self) -> Self {
        let side = match self.side {
            PostingSide::Debit => PostingSide::Credit,
            PostingSide::Credit => PostingSide::Debit,
        };
        Self { side, ..self.clone() }
    }

    /// Lines that take these back, the last one first: so each limit holds on the way as it did before.
    pub fn reversed(lines: &[Self]) -> Vec<Self> {
        lines.iter().rev().map(Self::mirrored).collect()
    }
}
