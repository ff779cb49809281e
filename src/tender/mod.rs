//! The life of a tender: 招标前公示 → 公告 → 开标 → 中标候选人公示 → 中标 → 合同 → 验收.
//!
//! `payload` is what is signed, `state` what follows from it, `projection` the tables, `api` the endpoints.

mod api;
mod payload;
mod projection;
mod state;
mod view;

pub use api::TenderApi;
pub use payload::*;
pub use state::{
    CandidateState, ChallengeState, ClaimState, ClauseChange, ClauseState, Finding, LotPhase, LotState, ObjectionPhase,
    ObjectionState, Phase, Tender, Verdict, clause_changes,
};
