//! What is posted on a commitment.

use super::super::{Acceptance, Appeal, AppealRuling, BreachAnswer, BreachRuling, Decline, TermReopening};
use crate::field::CommitmentId;
use crate::http::endpoints_of_acts;

endpoints_of_acts! {
    CommitmentActs: "/v1/commitments", super::Tag::Commitments, id: CommitmentId;

    /// 重新开放期限: a term that a wrong clock ended runs again, by a supervisor.
    "/:id/period-reopenings", "reopenCommitmentPeriod", TermReopening;

    /// 接受承诺: the other side signs the same text.
    "/:id/acceptances", "acceptCommitment", Acceptance;

    /// 不接受或撤回.
    "/:id/declines", "declineCommitment", Decline;

    /// 违诺说明: by the side that the report is about.
    "/:id/breach-answers", "answerBreach", BreachAnswer;

    /// 违诺认定: by a supervisor.
    "/:id/breach-rulings", "ruleBreach", BreachRuling;

    /// 申诉: once, by either side.
    "/:id/breach-appeals", "appealBreach", Appeal;

    /// 申诉裁定: by another supervisor; final.
    "/:id/appeal-rulings", "ruleAppeal", AppealRuling;
}
