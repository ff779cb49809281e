//! What is posted on the deposits of a payee.

use super::super::{
    BankEntry, BankReceipt, DepositBookId, DepositNotice, Forfeiture, ForfeitureAppeal, ForfeitureConfirmation,
    ForfeitureRemittance, ForfeitureRuling, GuaranteeLodging, GuaranteeRelease, GuaranteeVerification, Hold,
    HoldRelease, ReceiptReversal, RefundApproval, RefundClockStart, RefundInstruction, RefundSettlement,
    SchemePublication,
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

    /// 专户其他收支: by the payee.
    enter_bank: "/:payee/bank-entries", "enterDepositBank", BankEntry;

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

    /// 收到保函: by the payee.
    lodge_guarantee: "/:payee/guarantees", "lodgeDepositGuarantee", GuaranteeLodging;

    /// 保函查验: by another person of the payee.
    verify_guarantee: "/:payee/guarantee-verifications", "verifyDepositGuarantee", GuaranteeVerification;

    /// 退还保函: by the payee.
    release_guarantee: "/:payee/guarantee-releases", "releaseDepositGuarantee", GuaranteeRelease;
}
