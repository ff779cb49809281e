//! 银行对账: a bank's statement held against the postings of one custody account (专户) of a payee's book. Which line is which posting
//! and why; what stands on one side alone (未达账项); and whether bank and book tie on each day (银行存款余额调节表).
//!
//! **Nothing is guessed.** A line is matched where exactly one posting fits it and it is the only line that fits that posting; of several
//! that do, where one has the nearest day and each is the other's. Else it stays open, with those that it might be. A payment that seems
//! to have come back without the bank's mark is proposed, and stays open until it is named. Pure: it reads no file, and names nobody: of
//! a line, it gives on the key, the day and the amount.

mod carry;
mod day;
mod fault;
mod held;
mod item;
mod matching;
mod movement;
mod report;
mod returned;
#[cfg(test)]
mod tests;

pub use carry::{CarriedForward, CarriedItem};
pub use day::ReconciledDay;
pub use fault::ReconciliationFault;
pub use item::{OpenItem, OpenItemKind};
pub use matching::{BankMatch, MatchReason, NOTICE_DAYS_MAX, PAYER_DAYS_MAX, PAYMENT_DAYS_MAX};
pub use movement::BookMovement;
pub use report::{PERIOD_DAYS_MAX, Reconciliation};
pub use returned::{RETURN_DAYS_MAX, ReturnProposal, ReturnReason, ReturnedPair, ReturnedPairError};
