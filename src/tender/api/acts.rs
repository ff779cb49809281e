//! What is posted on a tender.

use super::super::{
    Adoption, Amendment, Announcement, Award, CandidatePublication, ChallengeAnswer, ClaimRefutation,
    ClaimVerification, Clarification, Contract, ContractAcceptance, ContractAmendment, Failure, Objection,
    ObjectionAnswer, ObjectionEscalation, ObjectionRuling, ObjectionWithdrawal, Opening, PeriodReopening, Resumption,
    Revision, SuspensionOrder, Termination,
};
use crate::field::TenderCode;
use crate::http::endpoints_of_acts;

endpoints_of_acts! {
    TenderActs: "/v1", super::Tag::Tenders, code: TenderCode;

    /// 重新开放期间: a period that a wrong clock ended runs again, by a supervisor.
    "/tenders/:code/period-reopenings", "reopenPeriod", PeriodReopening;

    /// 修改公示: the whole new text; material changes restart the window.
    "/tenders/:code/revisions", "reviseTender", Revision;

    /// 提出异议.
    "/tenders/:code/objections", "objectToTender", Objection;

    /// 答复异议.
    "/tenders/:code/objection-answers", "answerObjection", ObjectionAnswer;

    /// 投诉: an objection goes to the supervisor.
    "/tenders/:code/objection-escalations", "escalateObjection", ObjectionEscalation;

    /// 投诉处理决定.
    "/tenders/:code/objection-rulings", "ruleObjection", ObjectionRuling;

    /// 撤回异议.
    "/tenders/:code/objection-withdrawals", "withdrawObjection", ObjectionWithdrawal;

    /// 招标公告 / 采购公告: only after clearance.
    "/tenders/:code/announcements", "announceTender", Announcement;

    /// 澄清.
    "/tenders/:code/clarifications", "clarifyTender", Clarification;

    /// 修改招标文件.
    "/tenders/:code/amendments", "amendTender", Amendment;

    /// 开标记录.
    "/tenders/:code/openings", "openBids", Opening;

    /// 暂停.
    "/tenders/:code/suspensions", "suspendTender", SuspensionOrder;

    /// 恢复.
    "/tenders/:code/resumptions", "resumeTender", Resumption;

    /// 终止.
    "/tenders/:code/terminations", "terminateTender", Termination;

    /// 流标.
    "/tenders/:code/failures", "failLot", Failure;

    /// 中标候选人公示.
    "/tenders/:code/candidates", "publishCandidates", CandidatePublication;

    /// 答复质疑.
    "/tenders/:code/challenge-answers", "answerChallenge", ChallengeAnswer;

    /// 核实声明属实.
    "/tenders/:code/claim-verifications", "verifyClaim", ClaimVerification;

    /// 证伪声明.
    "/tenders/:code/claim-refutations", "refuteClaim", ClaimRefutation;

    /// 中标结果公告.
    "/tenders/:code/awards", "awardLot", Award;

    /// 合同公示.
    "/tenders/:code/contracts", "publishContract", Contract;

    /// 合同变更.
    "/tenders/:code/contract-amendments", "amendContract", ContractAmendment;

    /// 履约验收公示.
    "/tenders/:code/contract-acceptances", "acceptContract", ContractAcceptance;

    /// 接入: a supervisor takes over a tender announced elsewhere.
    "/tenders/:code/adoptions", "adoptTender", Adoption;
}
