//! What the book says of the account.

use crate::field::Day;

/// What one voucher moves on a custody account, all its lines on it together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookMovement {
    /// The entry of the log that posts it.
    pub entry: u64,
    /// 凭证号
    pub voucher: u64,
    /// 记账日期
    pub booked_on: Day,
    /// 起息日: when it was at the bank, as the record says.
    pub value_date: Day,
    /// Into the account; negative: out of it.
    pub amount_minor: i64,
    /// The bank's, as the record has it.
    pub reference: Option<String>,
    /// The deposit that it is of: the payer was told to name it.
    pub notice: Option<String>,
    /// What the payer is called, where that is known.
    pub payer: Option<String>,
    /// The day on which the bank was told to pay it: the bank can't have had it before.
    pub instructed: Option<Day>,
    /// The entry whose movement this one takes back (红字冲销).
    pub takes_back: Option<u64>,
}

impl BookMovement {
    /// Of what the state of a custody account knows: entry, day and amount; with the bank's reference.
    pub fn plain((entry, day, amount_minor): (u64, Day, i64), reference: Option<String>) -> Self {
        Self {
            entry,
            voucher: entry,
            booked_on: day,
            value_date: day,
            amount_minor,
            reference,
            notice: None,
            payer: None,
            instructed: None,
            takes_back: None,
        }
    }
}
