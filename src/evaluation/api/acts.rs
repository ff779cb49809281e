//! What is posted on an evaluation.

use super::super::{
    EvaluationReopening, Rating, RatingAppeal, RatingCorrection, RatingReply, RatingRuling, RatingSeal,
    RatingVerification,
};
use crate::field::EvaluationId;
use crate::http::endpoints_of_acts;

endpoints_of_acts! {
    EvaluationActs: "/v1/evaluations", super::Tag::Evaluations, id: EvaluationId;

    /// 密封评价: a side seals how it rates the other.
    "/:id/seals", "sealRating", RatingSeal;

    /// 公开评价: what was sealed, once both have or the time for it is over.
    "/:id/ratings", "revealRating", Rating;

    /// 答复: once, by the side that was rated.
    "/:id/replies", "replyToRating", RatingReply;

    /// 核实: by a supervisor.
    "/:id/verifications", "verifyRating", RatingVerification;

    /// 更正: by a supervisor, with reasons.
    "/:id/corrections", "correctRating", RatingCorrection;

    /// 申诉: once, by either side.
    "/:id/appeals", "appealRating", RatingAppeal;

    /// 重新开放期限: a term that a wrong clock ended runs again, by a supervisor.
    "/:id/period-reopenings", "reopenEvaluationPeriod", EvaluationReopening;

    /// 申诉裁定: by another supervisor; final.
    "/:id/appeal-rulings", "ruleRatingAppeal", RatingRuling;
}
