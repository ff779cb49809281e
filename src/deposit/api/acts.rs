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
    DepositActs: "/v1/deposits", "super::Tag::Deposits", payee: DepositBookId;

    /// 公布保证金方案: by the payee, with its legal basis.
    publish_scheme: "/:payee/schemes", "publishDepositScheme", SchemePublication;

    /// 缴款通知: by the payee.
    announce: "/:payee/notices", "announceDeposit", DepositNotice;

    /// 收款: by the payee, with the bank's reference.
    receive: "/:payee/receipts", "receiveDeposit", BankReceipt;

    /// 红字冲销: by another person of the payee.
    reverse_receipt: "/:payee/receipt-reversals", "reverseDepositReceipt", ReceiptReversal;

    /// 更正银行流水等的登记: by another person of the payee.
    reverse_entry: "/:payee/entry-reversals", "reverseDepositEntry", EntryReversal;

    /// 专户其他收支: by the payee.
    enter_bank: "/:payee/bank-entries", "enterDepositBank", BankEntry;

    /// 自有资金转回经办: by the payee; another person of it enters the bank's line.
    approve_own_funds: "/:payee/own-funds-approvals", "approveDepositOwnFunds", OwnFundsApproval;

    /// 冻结: by the payee.
    hold: "/:payee/holds", "holdDeposit", Hold;

    /// 解冻: by the payee, or by a supervisor.
    release: "/:payee/releases", "releaseDeposit", HoldRelease;

    /// 退还起算: by the payee, the payer or a supervisor.
    start_clock: "/:payee/refund-clocks", "startDepositRefundClock", RefundClockStart;

    /// 退还经办: by the payee.
    approve_refund: "/:payee/refund-approvals", "approveDepositRefund", RefundApproval;

    /// 退还复核付款: by another person of the payee.
    instruct_refund: "/:payee/refund-instructions", "instructDepositRefund", RefundInstruction;

    /// 退款到账或退汇: by the payee, with the bank's reference.
    settle_refund: "/:payee/refund-settlements", "settleDepositRefund", RefundSettlement;

    /// 不予退还决定: by the payee.
    forfeit: "/:payee/forfeitures", "forfeitDeposit", Forfeiture;

    /// 不予退还复核: by another person of the payee.
    confirm_forfeiture: "/:payee/forfeiture-confirmations", "confirmDepositForfeiture", ForfeitureConfirmation;

    /// 申诉: by the payer.
    appeal_forfeiture: "/:payee/forfeiture-appeals", "appealDepositForfeiture", ForfeitureAppeal;

    /// 申诉裁定: by a supervisor.
    rule_forfeiture: "/:payee/forfeiture-rulings", "ruleDepositForfeiture", ForfeitureRuling;

    /// 缴库或转出: by the payee, with the bank's reference.
    remit_forfeiture: "/:payee/forfeiture-remittances", "remitDepositForfeiture", ForfeitureRemittance;

    /// 银行对账: by the payee, as `/v1/deposits/{payee}/statements` drafts it of the bank's file.
    reconcile_statement: "/:payee/reconciliations", "reconcileDepositStatement", StatementReconciliation;

    /// 未达账项处理: by the payee, naming the postings that an open item is.
    resolve_open_item: "/:payee/open-item-resolutions", "resolveDepositOpenItem", OpenItemResolution;

    /// 撤回对账: by another person of the payee.
    withdraw_reconciliation: "/:payee/reconciliation-withdrawals", "withdrawDepositReconciliation", ReconciliationWithdrawal;

    /// 收到保函: by the payee.
    lodge_guarantee: "/:payee/guarantees", "lodgeDepositGuarantee", GuaranteeLodging;

    /// 保函查验: by another person of the payee.
    verify_guarantee: "/:payee/guarantee-verifications", "verifyDepositGuarantee", GuaranteeVerification;

    /// 退还保函: by the payee.
    release_guarantee: "/:payee/guarantee-releases", "releaseDepositGuarantee", GuaranteeRelease;

    /// 未认领来款: by the payee, with the bank's reference.
    receive_unallocated: "/:payee/unallocated-receipts", "receiveUnallocatedMoney", UnallocatedReceipt;

    /// 认领: by another person of the payee.
    claim_unallocated: "/:payee/unallocated-claims", "claimUnallocatedMoney", UnallocatedClaim;

    /// 退回来款: by another person of the payee, with the bank's reference.
    return_unallocated: "/:payee/unallocated-returns", "returnUnallocatedMoney", UnallocatedReturn;

    /// 结息分配: by the payee, with the hash of the table; a refusal says which it is.
    allocate_interest: "/:payee/interest-allocations", "allocateDepositInterest", InterestAllocation;

    /// 利息转本金: by the payee.
    capitalise_interest: "/:payee/interest-capitalisations", "capitaliseDepositInterest", InterestCapitalisation;

    /// 长短款: by the payee.
    open_difference: "/:payee/differences", "openDepositDifference", DifferenceOpening;

    /// 长短款查明: by another person of the payee.
    clear_difference: "/:payee/difference-clearings", "clearDepositDifference", DifferenceClearing;

    /// 保函索赔决定: by the payee.
    claim_guarantee: "/:payee/guarantee-claims", "claimDepositGuarantee", GuaranteeClaim;

    /// 索赔到账: by another person of the payee, with the bank's reference.
    take_guarantee_payment: "/:payee/guarantee-payments", "payDepositGuarantee", GuaranteePayment;

    /// 资金与保函互换: by another person than who lodged the guarantee.
    swap_cover: "/:payee/swaps", "swapDepositCover", CoverSwap;

    /// 生效后撤销: by a supervisor.
    annul_forfeiture: "/:payee/forfeiture-annulments", "annulDepositForfeiture", ForfeitureAnnulment;

    /// 国库退付到账: by the payee, with the bank's reference.
    recover_forfeiture: "/:payee/forfeiture-recoveries", "recoverDepositForfeiture", ForfeitureRecovery;

    /// 核定: by the payee, when something changed; each year by the service.
    assess: "/:payee/assessments", "assessDeposit", DepositAssessment;

    /// 无法退还公告: by the payee, once its refund is late.
    notice_unclaimed: "/:payee/unclaimed-notices", "noticeUnclaimedDeposit", UnclaimedNotice;

    /// 转为无法退还: by another person of the payee, when the time of the notice is over.
    set_unclaimed_aside: "/:payee/unclaimed-settings-aside", "setUnclaimedDepositAside", UnclaimedSettingAside;

    /// 无法退还缴库: by the payee, with the bank's reference.
    remit_unclaimed: "/:payee/unclaimed-remittances", "remitUnclaimedDeposit", UnclaimedRemittance;

    /// 申领: by the payee, on evidence.
    reclaim_unclaimed: "/:payee/unclaimed-reclaims", "reclaimUnclaimedDeposit", UnclaimedReclaim;

    /// 申领后国库退付到账: by the payee, with the bank's reference.
    recover_unclaimed: "/:payee/unclaimed-recoveries", "recoverUnclaimedDeposit", UnclaimedRecovery;

    /// 承继: by the payee, as the payer's own records say.
    succeed: "/:payee/successions", "succeedDeposit", DepositSuccession;

    /// 分立拆分: by the payee, as the successors of a divided payer have agreed.
    divide: "/:payee/divisions", "divideDeposit", DepositDivision;

    /// 拆分冲销: by another person of the payee, while the part is whole and free.
    reverse_division: "/:payee/division-reversals", "reverseDepositDivision", DivisionReversal;
}
