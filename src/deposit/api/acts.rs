//! What is posted on the deposits of a payee.

use super::super::{
    BankEntry, BankReceipt, CoverSwap, DepositAssessment, DepositBookId, DepositDivision, DepositNotice,
    DepositSuccession, DifferenceClearing, DifferenceOpening, DivisionReversal, EntryReversal, Forfeiture,
    ForfeitureAnnulment, ForfeitureAppeal, ForfeitureConfirmation, ForfeitureRecovery, ForfeitureRemittance,
    ForfeitureRuling, GuaranteeClaim, GuaranteeLodging, GuaranteePayment, GuaranteeRelease, GuaranteeVerification,
    Hold, HoldRelease, InterestAllocation, InterestCapitalisation, OpenItemResolution, OwnFundsApproval,
    ReceiptReversal, ReconciliationWithdrawal, RefundApproval, RefundClockStart, RefundInstruction, RefundSettlement,
    SchemePublication, StatementReconciliation, UnallocatedClaim, UnallocatedReceipt, UnallocatedReturn,
    UnclaimedNotice, UnclaimedReclaim, UnclaimedRecovery, UnclaimedRemittance, UnclaimedSettingAside,
};
use crate::http::endpoints_of_acts;

endpoints_of_acts! {
    DepositActs: "/v1/deposits", super::Tag::Deposits, payee: DepositBookId;

    /// 公布保证金方案: by the payee, with its legal basis.
    "/:payee/schemes", "publishDepositScheme", SchemePublication;

    /// 缴款通知: by the payee.
    "/:payee/notices", "announceDeposit", DepositNotice;

    /// 收款: by the payee, with the bank's reference.
    "/:payee/receipts", "receiveDeposit", BankReceipt;

    /// 红字冲销: by another person of the payee.
    "/:payee/receipt-reversals", "reverseDepositReceipt", ReceiptReversal;

    /// 更正银行流水等的登记: by another person of the payee.
    "/:payee/entry-reversals", "reverseDepositEntry", EntryReversal;

    /// 专户其他收支: by the payee.
    "/:payee/bank-entries", "enterDepositBank", BankEntry;

    /// 自有资金转回经办: by the payee; another person of it enters the bank's line.
    "/:payee/own-funds-approvals", "approveDepositOwnFunds", OwnFundsApproval;

    /// 冻结: by the payee.
    "/:payee/holds", "holdDeposit", Hold;

    /// 解冻: by the payee, or by a supervisor.
    "/:payee/releases", "releaseDeposit", HoldRelease;

    /// 退还起算: by the payee, the payer or a supervisor.
    "/:payee/refund-clocks", "startDepositRefundClock", RefundClockStart;

    /// 退还经办: by the payee.
    "/:payee/refund-approvals", "approveDepositRefund", RefundApproval;

    /// 退还复核付款: by another person of the payee.
    "/:payee/refund-instructions", "instructDepositRefund", RefundInstruction;

    /// 退款到账或退汇: by the payee, with the bank's reference.
    "/:payee/refund-settlements", "settleDepositRefund", RefundSettlement;

    /// 不予退还决定: by the payee.
    "/:payee/forfeitures", "forfeitDeposit", Forfeiture;

    /// 不予退还复核: by another person of the payee.
    "/:payee/forfeiture-confirmations", "confirmDepositForfeiture", ForfeitureConfirmation;

    /// 申诉: by the payer.
    "/:payee/forfeiture-appeals", "appealDepositForfeiture", ForfeitureAppeal;

    /// 申诉裁定: by a supervisor.
    "/:payee/forfeiture-rulings", "ruleDepositForfeiture", ForfeitureRuling;

    /// 缴库或转出: by the payee, with the bank's reference.
    "/:payee/forfeiture-remittances", "remitDepositForfeiture", ForfeitureRemittance;

    /// 银行对账: by the payee, as `/v1/deposits/{payee}/statements` drafts it of the bank's file.
    "/:payee/reconciliations", "reconcileDepositStatement", StatementReconciliation;

    /// 未达账项处理: by the payee, naming the postings that an open item is.
    "/:payee/open-item-resolutions", "resolveDepositOpenItem", OpenItemResolution;

    /// 撤回对账: by another person of the payee.
    "/:payee/reconciliation-withdrawals", "withdrawDepositReconciliation", ReconciliationWithdrawal;

    /// 收到保函: by the payee.
    "/:payee/guarantees", "lodgeDepositGuarantee", GuaranteeLodging;

    /// 保函查验: by another person of the payee.
    "/:payee/guarantee-verifications", "verifyDepositGuarantee", GuaranteeVerification;

    /// 退还保函: by the payee.
    "/:payee/guarantee-releases", "releaseDepositGuarantee", GuaranteeRelease;

    /// 未认领来款: by the payee, with the bank's reference.
    "/:payee/unallocated-receipts", "receiveUnallocatedMoney", UnallocatedReceipt;

    /// 认领: by another person of the payee.
    "/:payee/unallocated-claims", "claimUnallocatedMoney", UnallocatedClaim;

    /// 退回来款: by another person of the payee, with the bank's reference.
    "/:payee/unallocated-returns", "returnUnallocatedMoney", UnallocatedReturn;

    /// 结息分配: by the payee, with the hash of the table; a refusal says which it is.
    "/:payee/interest-allocations", "allocateDepositInterest", InterestAllocation;

    /// 利息转本金: by the payee.
    "/:payee/interest-capitalisations", "capitaliseDepositInterest", InterestCapitalisation;

    /// 长短款: by the payee.
    "/:payee/differences", "openDepositDifference", DifferenceOpening;

    /// 长短款查明: by another person of the payee.
    "/:payee/difference-clearings", "clearDepositDifference", DifferenceClearing;

    /// 保函索赔决定: by the payee.
    "/:payee/guarantee-claims", "claimDepositGuarantee", GuaranteeClaim;

    /// 索赔到账: by another person of the payee, with the bank's reference.
    "/:payee/guarantee-payments", "payDepositGuarantee", GuaranteePayment;

    /// 资金与保函互换: by another person than who lodged the guarantee.
    "/:payee/swaps", "swapDepositCover", CoverSwap;

    /// 生效后撤销: by a supervisor.
    "/:payee/forfeiture-annulments", "annulDepositForfeiture", ForfeitureAnnulment;

    /// 国库退付到账: by the payee, with the bank's reference.
    "/:payee/forfeiture-recoveries", "recoverDepositForfeiture", ForfeitureRecovery;

    /// 核定: by the payee, when something changed; each year by the service.
    "/:payee/assessments", "assessDeposit", DepositAssessment;

    /// 无法退还公告: by the payee, once its refund is late.
    "/:payee/unclaimed-notices", "noticeUnclaimedDeposit", UnclaimedNotice;

    /// 转为无法退还: by another person of the payee, when the time of the notice is over.
    "/:payee/unclaimed-settings-aside", "setUnclaimedDepositAside", UnclaimedSettingAside;

    /// 无法退还缴库: by the payee, with the bank's reference.
    "/:payee/unclaimed-remittances", "remitUnclaimedDeposit", UnclaimedRemittance;

    /// 申领: by the payee, on evidence.
    "/:payee/unclaimed-reclaims", "reclaimUnclaimedDeposit", UnclaimedReclaim;

    /// 申领后国库退付到账: by the payee, with the bank's reference.
    "/:payee/unclaimed-recoveries", "recoverUnclaimedDeposit", UnclaimedRecovery;

    /// 承继: by the payee, as the payer's own records say.
    "/:payee/successions", "succeedDeposit", DepositSuccession;

    /// 分立拆分: by the payee, as the successors of a divided payer have agreed.
    "/:payee/divisions", "divideDeposit", DepositDivision;

    /// 拆分冲销: by another person of the payee, while the part is whole and free.
    "/:payee/division-reversals", "reverseDepositDivision", DivisionReversal;
}
