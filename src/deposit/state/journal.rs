//! 序时账: the vouchers of a book, made again from its records, one after the other. For whoever prints or exports books.

use super::super::Act;
use super::super::book::{JournalVoucher, ReversalMark};
use super::DepositBook;
use crate::act::{Acts, Place, fold};
use crate::law::Law;

/// Takes the records of one book in their order.
#[derive(Debug, Default)]
pub struct Journal {
    book: Option<DepositBook>,
}

impl Journal {
    /// The voucher of the next record; none where it moves nothing.
    pub fn take(&mut self, act: &Act, place: &Place, law: Law<'_>) -> Option<JournalVoucher> {
        let lines = self.book.as_ref().map(|book| book.postings(act)).unwrap_or_default();
        let before = self.vouchers();
        let reverses = self.book.as_ref().and_then(|book| book.reverses(act));
        fold(&mut self.book, act, place, law);
        let (number, day) = (self.vouchers(), place.time.shanghai_day().into());
        (number > before).then(|| JournalVoucher { number, entry: place.index, day, kind: act.kind(), lines, reverses })
    }

    /// The book after the records that were taken.
    pub fn book(&self) -> Option<&DepositBook> {
        self.book.as_ref()
    }

    fn vouchers(&self) -> u64 {
        self.book.as_ref().map_or(0, |book| book.book.vouchers())
    }
}

impl DepositBook {
    /// The voucher that an act takes back, if it does.
    fn reverses(&self, act: &Act) -> Option<ReversalMark> {
        let voucher = match act {
            Act::ReceiptReversed(reversal) => {
                self.deposits.get(&reversal.deposit)?.receipt(reversal.reference.as_str())?.voucher
            }
            Act::DivisionReversed(reversal) => self.deposits.get(&reversal.part)?.part.as_ref()?.voucher,
            Act::EntryReversed(reversal) => self.entry_voucher(reversal)?,
            _ => return None,
        };
        Some(ReversalMark { voucher })
    }
}
