//! The life of a tender: 招标前公示 → 公告 → 开标 → 中标候选人公示 → 中标 → 合同 → 验收.
//!
//! `payload` is what is signed, `state` what follows from it, `projection` the tables, `api` the endpoints.

#[cfg(feature = "shell")]
mod api;
mod payload;
#[cfg(feature = "shell")]
mod projection;
mod state;
mod tendency;
#[cfg(feature = "shell")]
mod view;

#[cfg(feature = "shell")]
pub use api::{LotSummary, ObjectionSummary, TenderSummary};
pub use payload::*;
pub use state::{
    AnswerTiming, AwardState, AwardStatus, BidState, CandidateState, ChallengeState, ClaimFinding, ClaimState,
    ClauseChange, ClauseState, ContractState, LotBidding, LotPhase, LotState, LotStatus, ObjectionPhase,
    ObjectionResult, ObjectionState, ObjectionStatus, OpeningTiming, Phase, RoundState, Tender, TenderStatus, Verdict,
    clause_changes,
};
pub use tendency::{Tendency, tendency};
#[cfg(feature = "shell")]
pub use view::{CandidateView, LotView, NoticeView, ObjectionView, SuspensionView, TenderView};
