//! 未达账项: what one side has and the other one has not.

use crate::field::{Bilingual, Day};
use crate::statement::{Reversal, StatementLine};

/// What an open item is. Of a line, what the bank's mark, its direction and its words say.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
    strum::EnumString,
    strum::IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum OpenItemKind {
    /// 银行已收、账簿未收
    UnallocatedReceipt,
    /// 银行已付、账簿未付
    UnbookedPayment,
    /// 银行结息未入账
    UnbookedInterest,
    /// 手续费未入账
    UnbookedCharge,
    /// 退汇、冲正未入账
    UnbookedReturn,
    /// 账簿已收、银行未收
    ReceiptNotAtBank,
    /// 账簿已付、银行未付
    PaymentNotAtBank,
    /// 同一参考号，金额不符
    AmountDiffers,
}

/// Words by which banks say that a line is interest.
const INTEREST_WORDS: [&str; 3] = ["结息", "利息", "interest"];

/// And that it is a charge.
const CHARGE_WORDS: [&str; 5] = ["手续费", "管理费", "工本费", "服务费", "charge"];

impl OpenItemKind {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Whether it stands in the book, and not at the bank.
    pub fn is_in_book(self) -> bool {
        matches!(self, Self::ReceiptNotAtBank | Self::PaymentNotAtBank)
    }

    pub(super) fn of_line(line: &StatementLine) -> Self {
        let text = line.text.to_lowercase();
        let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
        match &line.reversal {
            Some(Reversal::Reversed | Reversal::Returned { .. }) => Self::UnbookedReturn,
            None if line.amount_minor >= 0 && says(&INTEREST_WORDS) => Self::UnbookedInterest,
            None if line.amount_minor < 0 && says(&CHARGE_WORDS) => Self::UnbookedCharge,
            None if line.amount_minor >= 0 => Self::UnallocatedReceipt,
            None => Self::UnbookedPayment,
        }
    }

    pub(super) fn of_movement(amount_minor: i64) -> Self {
        if amount_minor >= 0 { Self::ReceiptNotAtBank } else { Self::PaymentNotAtBank }
    }

    pub fn words(self) -> Bilingual {
        let (zh, en) = match self {
            Self::UnallocatedReceipt => ("银行已收，账簿未收", "received at the bank, not in the book"),
            Self::UnbookedPayment => ("银行已付，账簿未付", "paid at the bank, not in the book"),
            Self::UnbookedInterest => ("银行结息，账簿未记", "bank interest, not in the book"),
            Self::UnbookedCharge => ("银行收费，账簿未记", "bank charge, not in the book"),
            Self::UnbookedReturn => ("退汇或冲正，账簿未记", "returned or corrected at the bank, not in the book"),
            Self::ReceiptNotAtBank => ("账簿已收，银行未收", "received in the book, not at the bank"),
            Self::PaymentNotAtBank => ("账簿已付，银行未付", "paid in the book, not at the bank"),
            Self::AmountDiffers => ("参考号相同，金额不符", "same reference, another amount"),
        };
        Bilingual::new(zh, en)
    }
}

/// An open item. Whose it is, the bank's own statement says; here is nobody's name.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct OpenItem {
    pub kind: OpenItemKind,
    /// Since when it is open: the line's day, or the posting's.
    pub day: Day,
    /// Days from then to the end of the period.
    pub age_days: u32,
    /// By how much the bank has more for it; negative: less. All of them together are what bank and book differ by.
    pub bank_over_book_minor: i64,
    /// The line, by its key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<String>,
    /// The posting, by its entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<u64>,
    /// The postings by which the book has it after the period.
    #[serde(skip)]
    pub late: Vec<u64>,
    /// The entries that it might be: several fit, or one that another line fits as well.
    pub candidates: Vec<u64>,
}
