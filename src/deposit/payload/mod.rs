//! What is signed about deposits.

mod bank;
mod division;
mod entry;
mod forfeiture;
mod guarantee;
mod hold;
mod open_item;
mod receipt;
mod reconciliation;
mod refund;
mod scheme;
#[cfg(test)]
mod tests;
mod unallocated;
mod unclaimed;
mod upkeep;

pub use bank::{
    BankEntry, BankNature, DifferenceClearing, DifferenceOpening, DifferenceSide, InterestAllocation,
    InterestCapitalisation, OwnCostsOverdue, OwnFundsApproval,
};
pub use division::{DepositDivision, DivisionReversal};
pub use entry::EntryReversal;
pub use forfeiture::{
    Forfeiture, ForfeitureAnnulment, ForfeitureAppeal, ForfeitureConfirmation, ForfeitureFinal, ForfeitureOutcome,
    ForfeitureRecovery, ForfeitureRemittance, ForfeitureRuling,
};
pub use guarantee::{
    CoverSwap, GuaranteeCheck, GuaranteeClaim, GuaranteeExpiry, GuaranteeLodging, GuaranteePayment, GuaranteeRelease,
    GuaranteeVerification, SwapDirection,
};
pub use hold::{Hold, HoldLapse, HoldRelease};
pub use open_item::{AccountFingerprint, OpenItemId};
pub use receipt::{BankReceipt, DepositNotice, PayerAccountKind, ProcurementElsewhere, ReceiptReversal, SecuredLot};
pub use reconciliation::{
    ITEM_ENTRIES_MAX, ITEMS_MAX, ListedItem, OpenItemResolution, ReconciliationWithdrawal, SettledItem,
    StatementReconciliation,
};
pub use refund::{
    RefundApproval, RefundClockStart, RefundDestination, RefundInstruction, RefundOutcome, RefundOverdue,
    RefundSettlement,
};
pub use scheme::SchemePublication;
pub use unallocated::{UnallocatedClaim, UnallocatedReceipt, UnallocatedReturn};
pub use unclaimed::{
    DepositSuccession, UnclaimedNotice, UnclaimedReclaim, UnclaimedRecovery, UnclaimedRemittance, UnclaimedSettingAside,
};
pub use upkeep::{DepositAssessment, GuaranteeExpiring, SurplusOverdue, TopUpDemand, TopUpOverdue};

use crate::act::acts;

acts! {
    /// Every act about deposits.
    pub enum Act {
        SchemePublished(SchemePublication),
        Announced(DepositNotice),
        Received(BankReceipt),
        ReceiptReversed(ReceiptReversal),
        BankEntered(BankEntry),
        Held(Hold),
        Released(HoldRelease),
        HoldLapsed(HoldLapse),
        RefundDue(RefundClockStart),
        RefundOverdue(RefundOverdue),
        RefundApproved(RefundApproval),
        RefundInstructed(RefundInstruction),
        RefundSettled(RefundSettlement),
        Forfeited(Forfeiture),
        ForfeitureConfirmed(ForfeitureConfirmation),
        ForfeitureAppealed(ForfeitureAppeal),
        ForfeitureRuled(ForfeitureRuling),
        ForfeitureFinal(ForfeitureFinal),
        ForfeitureRemitted(ForfeitureRemittance),
        GuaranteeLodged(GuaranteeLodging),
        GuaranteeVerified(GuaranteeVerification),
        GuaranteeReleased(GuaranteeRelease),
        GuaranteeExpired(GuaranteeExpiry),
        UnallocatedReceived(UnallocatedReceipt),
        UnallocatedClaimed(UnallocatedClaim),
        UnallocatedReturned(UnallocatedReturn),
        InterestAllocated(InterestAllocation),
        InterestCapitalised(InterestCapitalisation),
        DifferenceOpened(DifferenceOpening),
        DifferenceCleared(DifferenceClearing),
        OwnCostsOverdue(OwnCostsOverdue),
        GuaranteeClaimed(GuaranteeClaim),
        GuaranteePaid(GuaranteePayment),
        Swapped(CoverSwap),
        ForfeitureAnnulled(ForfeitureAnnulment),
        ForfeitureRecovered(ForfeitureRecovery),
        Assessed(DepositAssessment),
        TopUpDemanded(TopUpDemand),
        TopUpOverdue(TopUpOverdue),
        SurplusOverdue(SurplusOverdue),
        GuaranteeExpiring(GuaranteeExpiring),
        UnclaimedNoticed(UnclaimedNotice),
        UnclaimedSetAside(UnclaimedSettingAside),
        UnclaimedRemitted(UnclaimedRemittance),
        UnclaimedReclaimed(UnclaimedReclaim),
        UnclaimedRecovered(UnclaimedRecovery),
        Succeeded(DepositSuccession),
        Divided(DepositDivision),
        DivisionReversed(DivisionReversal),
        StatementReconciled(StatementReconciliation),
        OpenItemResolved(OpenItemResolution),
        ReconciliationWithdrawn(ReconciliationWithdrawal),
        EntryReversed(EntryReversal),
        OwnFundsApproved(OwnFundsApproval),
    }
}

impl Act {
    /// Whether it is the second half of what two persons sign (经办、复核).
    pub fn checks_another(&self) -> bool {
        if let Self::BankEntered(entry) = self {
            return entry.nature == BankNature::OwnFundsReturned;
        }
        matches!(
            self,
            Self::ReceiptReversed(_)
                | Self::RefundInstructed(_)
                | Self::ForfeitureConfirmed(_)
                | Self::GuaranteeVerified(_)
                | Self::GuaranteePaid(_)
                | Self::Swapped(_)
                | Self::UnallocatedClaimed(_)
                | Self::UnallocatedReturned(_)
                | Self::DifferenceCleared(_)
                | Self::UnclaimedSetAside(_)
                | Self::DivisionReversed(_)
                | Self::ReconciliationWithdrawn(_)
                | Self::EntryReversed(_)
        )
    }

    /// The deposit that it is about, if it is about one.
    pub fn deposit(&self) -> Option<&crate::field::ItemId> {
        Some(match self {
            Self::SchemePublished(_)
            | Self::BankEntered(_)
            | Self::UnallocatedReceived(_)
            | Self::UnallocatedReturned(_)
            | Self::InterestAllocated(_)
            | Self::DifferenceOpened(_)
            | Self::DifferenceCleared(_)
            | Self::OwnCostsOverdue(_)
            | Self::StatementReconciled(_)
            | Self::OpenItemResolved(_)
            | Self::ReconciliationWithdrawn(_)
            | Self::OwnFundsApproved(_) => return None,
            Self::EntryReversed(act) => return act.deposit.as_ref(),
            Self::Announced(act) => &act.id,
            Self::Received(act) => &act.deposit,
            Self::ReceiptReversed(act) => &act.deposit,
            Self::Held(act) => &act.deposit,
            Self::Released(act) => &act.deposit,
            Self::HoldLapsed(act) => &act.deposit,
            Self::RefundDue(act) => &act.deposit,
            Self::RefundOverdue(act) => &act.deposit,
            Self::RefundApproved(act) => &act.deposit,
            Self::RefundInstructed(act) => &act.deposit,
            Self::RefundSettled(act) => &act.deposit,
            Self::Forfeited(act) => &act.deposit,
            Self::ForfeitureConfirmed(act) => &act.deposit,
            Self::ForfeitureAppealed(act) => &act.deposit,
            Self::ForfeitureRuled(act) => &act.deposit,
            Self::ForfeitureFinal(act) => &act.deposit,
            Self::ForfeitureRemitted(act) => &act.deposit,
            Self::GuaranteeLodged(act) => &act.deposit,
            Self::GuaranteeVerified(act) => &act.deposit,
            Self::GuaranteeReleased(act) => &act.deposit,
            Self::GuaranteeExpired(act) => &act.deposit,
            Self::UnallocatedClaimed(act) => &act.deposit,
            Self::InterestCapitalised(act) => &act.deposit,
            Self::GuaranteeClaimed(act) => &act.deposit,
            Self::GuaranteePaid(act) => &act.deposit,
            Self::Swapped(act) => &act.deposit,
            Self::ForfeitureAnnulled(act) => &act.deposit,
            Self::ForfeitureRecovered(act) => &act.deposit,
            Self::Assessed(act) => &act.deposit,
            Self::TopUpDemanded(act) => &act.deposit,
            Self::TopUpOverdue(act) => &act.deposit,
            Self::SurplusOverdue(act) => &act.deposit,
            Self::GuaranteeExpiring(act) => &act.deposit,
            Self::UnclaimedNoticed(act) => &act.deposit,
            Self::UnclaimedSetAside(act) => &act.deposit,
            Self::UnclaimedRemitted(act) => &act.deposit,
            Self::UnclaimedReclaimed(act) => &act.deposit,
            Self::UnclaimedRecovered(act) => &act.deposit,
            Self::Succeeded(act) => &act.deposit,
            Self::Divided(act) => &act.deposit,
            Self::DivisionReversed(act) => &act.deposit,
        })
    }
}
