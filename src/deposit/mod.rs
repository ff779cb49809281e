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
pub use projection::{IS_PUBLIC, books_after, books_of_tender, tenders_of_standing};
#[cfg(feature = "shell")]
pub use view::DepositView;

pub use payload::{
    AccountFingerprint, Act, BankEntry, BankNature, BankReceipt, CoverSwap, DepositAssessment, DepositDivision,
    DepositNotice, DepositSuccession, DifferenceClearing, DifferenceOpening, DifferenceSide, DivisionReversal,
    EntryReversal, Forfeiture, ForfeitureAnnulment, ForfeitureAppeal, ForfeitureConfirmation, ForfeitureFinal,
    ForfeitureOutcome, ForfeitureRecovery, ForfeitureRemittance, ForfeitureRuling, GuaranteeCheck, GuaranteeClaim,
    GuaranteeExpiring, GuaranteeExpiry, GuaranteeLodging, GuaranteePayment, GuaranteeRelease, GuaranteeVerification,
    Hold, HoldLapse, HoldRelease, ITEM_ENTRIES_MAX, ITEMS_MAX, InterestAllocation, InterestCapitalisation, ListedItem,
    OpenItemId, OpenItemResolution, OwnCostsOverdue, OwnFundsApproval, PayerAccountKind, ProcurementElsewhere,
    ReceiptReversal, ReconciliationWithdrawal, RefundApproval, RefundClockStart, RefundDestination, RefundInstruction,
    RefundOutcome, RefundOverdue, RefundSettlement, SchemePublication, SecuredLot, SettledItem,
    StatementReconciliation, SurplusOverdue, SwapDirection, TopUpDemand, TopUpOverdue, UnallocatedClaim,
    UnallocatedReceipt, UnallocatedReturn, UnclaimedNotice, UnclaimedReclaim, UnclaimedRecovery, UnclaimedRemittance,
    UnclaimedSettingAside,
};
pub use state::{
    AllocationTable, AssessmentInputs, Awaited, Broken, ClockState, CustodyJournal, CustodyState, DepositBook,
    DepositBookId, DepositState, DepositStatus, DifferenceState, DraftFault, DraftedReconciliation, EntryName,
    ForfeiturePhase, ForfeitureSource, ForfeitureState, FreeOwnFunds, GuaranteePhase, GuaranteeState, HoldState,
    INVARIANTS, InterestShare, Invariant, ItemState, Journal, Kept, OpenItemStatus, OwnCostsState, OwnFundsState,
    PartState, PoolState, ReceiptState, ReconciliationState, RefundPhase, RefundState, RefundSums, RefundTiming,
    SchemeState, Settlement, SurplusState, TopUpState, UnallocatedFate, UnallocatedState, UnclaimedPhase,
    UnclaimedState, check_voucher, refund_sums,
};
