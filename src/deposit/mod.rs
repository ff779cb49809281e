//! 保证金: deposits with a legal basis, from the notice to the refund, in books that balance at every record.
//!
//! Legality comes before any posting: a scheme that the edition in force does not know is refused. What each act posts is a function
//! of the act and the state before it; so who folds the log again has every balance, every fen of interest and every clock.

#[cfg(feature = "shell")]
mod api;
pub mod book;
pub mod export;
pub mod interest;
mod payload;
#[cfg(feature = "shell")]
mod projection;
mod state;
#[cfg(feature = "shell")]
mod view;

#[cfg(feature = "shell")]
pub use projection::{books_after, books_of_tender, tenders_of_standing};

pub use payload::{
    Act, BankEntry, BankNature, BankReceipt, CoverSwap, DepositAssessment, DepositNotice, DepositSuccession,
    DifferenceClearing, DifferenceOpening, DifferenceSide, Forfeiture, ForfeitureAnnulment, ForfeitureAppeal,
    ForfeitureConfirmation, ForfeitureFinal, ForfeitureOutcome, ForfeitureRecovery, ForfeitureRemittance,
    ForfeitureRuling, GuaranteeCheck, GuaranteeClaim, GuaranteeExpiring, GuaranteeExpiry, GuaranteeLodging,
    GuaranteePayment, GuaranteeRelease, GuaranteeVerification, Hold, HoldLapse, HoldRelease, InterestAllocation,
    InterestCapitalisation, OwnCostsOverdue, PayerAccountKind, ReceiptReversal, RefundApproval, RefundClockStart,
    RefundDestination, RefundInstruction, RefundOutcome, RefundOverdue, RefundSettlement, SchemePublication,
    SecuredLot, SurplusOverdue, SwapDirection, TopUpDemand, TopUpOverdue, UnallocatedClaim, UnallocatedReceipt,
    UnallocatedReturn, UnclaimedNotice, UnclaimedReclaim, UnclaimedRecovery, UnclaimedRemittance,
    UnclaimedSettingAside,
};
pub use state::{
    AllocationTable, AssessmentInputs, Awaited, Broken, ClockState, CustodyJournal, DepositBook, DepositBookId,
    DepositState, DepositStatus, DifferenceState, ForfeiturePhase, ForfeitureSource, ForfeitureState, GuaranteePhase,
    GuaranteeState, HoldState, INVARIANTS, InterestShare, Invariant, Journal, Kept, OwnCostsState, PoolState,
    ReceiptState, RefundPhase, RefundState, RefundSums, SchemeState, SurplusState, TopUpState, UnallocatedFate,
    UnallocatedState, UnclaimedPhase, UnclaimedState, check_voucher, refund_sums,
};
