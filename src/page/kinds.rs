//! What each kind of record says, in a few words.

use super::language::Language;

/// Kind, Chinese, English.
const KINDS: &[(&str, &str, &str)] = &[
    ("access.barred", "作出限制准入决定", "Barred from access"),
    ("access.objected", "对限制准入提出异议", "Objected to a bar"),
    ("access.objection_ruled", "裁定对限制准入的异议", "Ruled on the objection to a bar"),
    ("access.repair_applied", "申请信用修复", "Applied for repair"),
    ("access.repair_decided", "决定信用修复", "Decided on repair"),
    ("access.revoked", "撤销限制准入", "Revoked a bar"),
    ("award.challenge_answered", "答复对结果的异议", "Answered a challenge"),
    ("award.challenged", "对结果提出异议", "Challenged the result"),
    ("award.claim_refuted", "查明申报内容不实", "Found a claim false"),
    ("award.claim_verified", "核实申报内容属实", "Found a claim true"),
    ("commitment.accepted", "签署承诺，承诺生效", "Signed the commitment: in force"),
    ("commitment.appeal_ruled", "裁定违诺申诉", "Ruled on the appeal of a finding"),
    ("commitment.breach_answered", "说明违诺举报", "Answered a report of a breach"),
    ("commitment.breach_appealed", "对违诺认定提出申诉", "Appealed a finding of breach"),
    ("commitment.breach_reported", "举报违反承诺", "Reported a breach"),
    ("commitment.breach_ruled", "认定违诺举报", "Ruled on a report of a breach"),
    ("commitment.deadline_passed", "承诺事项逾期", "A due date of a commitment passed"),
    ("commitment.declined", "谢绝承诺", "Declined a commitment"),
    ("commitment.lapsed", "承诺逾期失效", "A commitment lapsed"),
    ("commitment.offered", "提出承诺", "Offered a commitment"),
    ("commitment.period_reopened", "重开承诺期限", "Reopened a period of a commitment"),
    ("commitment.year_ended", "年度承诺期满", "The year of a commitment ended"),
    ("contract.accepted", "履约验收", "Inspected the performance"),
    ("contract.amended", "合同变更", "Amended the contract"),
    ("contract.published", "合同公示", "Published the contract"),
    ("credit.graded", "评定信用等级", "Graded"),
    ("credit.objected", "对信用等级提出异议", "Objected to a grade"),
    ("credit.objection_ruled", "裁定对信用等级的异议", "Ruled on the objection to a grade"),
    ("deposit.announced", "预告缴纳保证金", "Announced a deposit"),
    ("deposit.bank_entered", "登记银行事项", "Entered what the bank booked"),
    ("deposit.forfeited", "决定没收保证金", "Forfeited a deposit"),
    ("deposit.forfeiture_appealed", "对没收提出申诉", "Appealed a forfeiture"),
    ("deposit.forfeiture_confirmed", "复核没收决定", "Confirmed a forfeiture"),
    ("deposit.forfeiture_final", "没收决定生效", "A forfeiture became final"),
    ("deposit.forfeiture_remitted", "上缴没收款项", "Remitted what was forfeited"),
    ("deposit.forfeiture_ruled", "裁定没收申诉", "Ruled on the appeal of a forfeiture"),
    ("deposit.guarantee_expired", "保函到期", "A guarantee expired"),
    ("deposit.guarantee_lodged", "提交保函", "Lodged a guarantee"),
    ("deposit.guarantee_released", "退还保函", "Released a guarantee"),
    ("deposit.guarantee_verified", "核验保函", "Verified a guarantee"),
    ("deposit.held", "冻结保证金", "Held a deposit"),
    ("deposit.hold_lapsed", "冻结到期", "A hold lapsed"),
    ("deposit.receipt_reversed", "冲销到账", "Reversed a receipt"),
    ("deposit.received", "确认到账", "Confirmed a receipt"),
    ("deposit.refund_approved", "批准退还", "Approved a refund"),
    ("deposit.refund_due", "退还期限开始", "The refund's period began"),
    ("deposit.refund_instructed", "指令退还", "Instructed a refund"),
    ("deposit.refund_overdue", "退还逾期", "A refund is overdue"),
    ("deposit.refund_settled", "退还完成", "Settled a refund"),
    ("deposit.released", "解除冻结", "Released a hold"),
    ("deposit.scheme_published", "公布保证金方案", "Published a deposit scheme"),
    ("evaluation.appeal_ruled", "裁定评价申诉", "Ruled on the appeal of a rating"),
    ("evaluation.appealed", "对评价提出申诉", "Appealed a rating"),
    ("evaluation.corrected", "更正评价", "Corrected a rating"),
    ("evaluation.deadline_passed", "评价逾期", "A due date of an evaluation passed"),
    ("evaluation.opened", "启动双方评价", "Opened an evaluation"),
    ("evaluation.period_reopened", "重开评价期限", "Reopened a period of an evaluation"),
    ("evaluation.replied", "回应评价", "Replied to a rating"),
    ("evaluation.revealed", "公开评价", "Revealed a rating"),
    ("evaluation.sealed", "提交密封评价", "Sealed a rating"),
    ("evaluation.verified", "核实评价", "Verified a rating"),
    ("key.added", "增加密钥", "Added a key"),
    ("key.revoked", "撤销密钥", "Revoked a key"),
    ("log.checkpoint_key_added", "增加检查点密钥", "Added a checkpoint key"),
    ("log.checkpoint_key_retired", "停用检查点密钥", "Retired a checkpoint key"),
    ("log.continued", "日志续接", "The log goes on"),
    ("log.law_adopted", "采用法规版本", "Adopted an edition of the law"),
    ("log.opened", "日志启用", "Opened the log"),
    ("log.service_key_added", "增加服务密钥", "Added a service key"),
    ("log.service_key_revoked", "撤销服务密钥", "Revoked a service key"),
    ("organisation.claims_cleared", "清理代码主张", "Cleared the claims for a code"),
    ("organisation.confirmed", "确认主体", "Confirmed an organisation"),
    ("organisation.ended", "主体终止", "An organisation ended"),
    ("organisation.registered", "登记主体", "Registered"),
    ("organisation.reinstated", "恢复主体", "Reinstated an organisation"),
    ("organisation.renamed", "主体更名", "An organisation was renamed"),
    ("organisation.representative_changed", "变更法定代表人", "The representative changed"),
    ("organisation.role_granted", "授予身份", "Granted a role"),
    ("organisation.suspended", "暂停主体", "Suspended an organisation"),
    ("template.published", "公布承诺模板", "Published a template"),
    ("tender.adopted", "导入在途项目", "Adopted a tender under way"),
    ("tender.amended", "变更公告", "Amended the call"),
    ("tender.announced", "发布招标公告", "Published the call"),
    ("tender.awarded", "中标结果公告", "Awarded"),
    ("tender.bids_opened", "开标", "Opened the bids"),
    ("tender.candidates_published", "中标候选人公示", "Published the candidates"),
    ("tender.clarified", "澄清", "Clarified"),
    ("tender.cleared", "公示期满，可发布公告", "Cleared for the call"),
    ("tender.closed", "项目结案", "Closed"),
    ("tender.deadline_passed", "期限已过", "A due date passed"),
    ("tender.failed", "流标", "Failed"),
    ("tender.objected", "提出异议", "Objected"),
    ("tender.objection_answered", "答复异议", "Answered an objection"),
    ("tender.objection_escalated", "投诉", "Escalated an objection"),
    ("tender.objection_ruled", "裁定异议", "Ruled on an objection"),
    ("tender.objection_withdrawn", "撤回异议", "Withdrew an objection"),
    ("tender.period_reopened", "重开期限", "Reopened a period"),
    ("tender.preannounced", "招标前公示", "Disclosed before the call"),
    ("tender.preannouncement_revised", "修改公示文本", "Revised the disclosed text"),
    ("tender.resumed", "恢复", "Resumed"),
    ("tender.suspended", "暂停", "Suspended"),
    ("tender.terminated", "终止", "Terminated"),
    ("tender.window_closed", "公示期满，等待处理", "The window is over, and something is waited for"),
];

/// What a kind says; one that is not known here stands as it is called.
pub(super) fn kind(language: Language, kind: &str) -> &str {
    let found = KINDS.iter().find(|(known, ..)| *known == kind);
    found.map_or(kind, |(_, zh, en)| match language {
        Language::Chinese => zh,
        Language::English => en,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_kind_of_record_has_words_and_all_words_a_kind() {
        let known: BTreeSet<&str> = KINDS.iter().map(|(kind, ..)| *kind).collect();
        assert_eq!(known, crate::world::Act::kinds().collect());
        assert_eq!(known.len(), KINDS.len(), "each once");
    }
}
