//! Where tenders and their parts stand, in one word each.

use super::super::{AnswerOutcome, RulingOutcome};
use super::{
    AwardState, ChallengeState, ContractState, LotPhase, LotState, ObjectionPhase, ObjectionState, Phase, Tender,
};
use crate::act::statuses;

statuses! {
    /// Where a tender stands.
    pub enum TenderStatus {
        /// 招标前公示
        Preannounced,
        /// The window is over, and an objection or a revision is waited for.
        Waiting,
        /// The call may be announced.
        Cleared,
        /// 公告发布; its lots say how far each is.
        Announced,
        /// 暂停
        Suspended,
        /// 终止
        Terminated,
        /// 结案
        Closed,
    }

    /// Where an objection stands.
    pub enum ObjectionStatus {
        /// 已提出, to be answered
        Filed,
        /// It should have been answered.
        Overdue,
        /// 已答复
        Answered,
        /// 投诉
        Escalated,
        /// 已处理
        Ruled,
        /// 已撤回
        Withdrawn,
    }

    /// Where a lot stands.
    pub enum LotStatus {
        /// Its bids are not opened yet.
        Waiting,
        /// 开标
        Opened,
        /// 中标候选人公示
        Candidates,
        /// 中标
        Awarded,
        /// 合同
        Contracted,
        /// 验收
        Accepted,
        /// 流标
        Failed,
    }

    /// What an objection came to.
    pub enum ObjectionResult {
        /// 成立: the answer accepted it, wholly or in part, or the ruling upheld it
        Upheld,
        /// 不成立: the answer rejected it, or the ruling dismissed it
        Rejected,
        /// 无结论: to be answered or ruled on, or withdrawn
        Open,
    }

    /// Whether an answer came within its period.
    pub enum AnswerTiming {
        /// 按期
        InTime,
        /// 逾期: it came later, or has not come
        Late,
        /// Within its period, or withdrawn before an answer.
        Open,
    }

    /// Whether the bids for a lot were opened on the day.
    pub enum OpeningTiming {
        /// 按时
        InTime,
        /// 逾期: on a later day, or not yet
        Late,
        /// Outside of this log.
        Unknown,
    }

    /// How many bid for a lot.
    pub enum LotBidding {
        /// 一家
        Single,
        /// 两家及以上
        Several,
        /// 没有
        Nobody,
        /// Not opened yet, or outside of this log.
        Unknown,
    }

    /// How far the award to one winner has come.
    pub enum AwardStatus {
        /// 中标
        Awarded,
        /// 合同
        Contracted,
        /// 验收
        Accepted,
    }
}

impl TenderStatus {
    /// Whether bids are called for, or were. Of a tender that is suspended nobody knows until when.
    pub fn is_called(self) -> bool {
        matches!(self, Self::Announced | Self::Closed)
    }

    /// Whether the dates for bids are no more than planned.
    pub fn is_planned(self) -> bool {
        matches!(self, Self::Preannounced | Self::Waiting | Self::Cleared)
    }
}

impl Tender {
    /// `suspended` while it is, else the phase.
    pub fn status(&self) -> TenderStatus {
        if self.is_suspended() { TenderStatus::Suspended } else { self.phase.status() }
    }
}

impl Phase {
    pub fn status(&self) -> TenderStatus {
        match self {
            Self::Preannounced { waiting: false } => TenderStatus::Preannounced,
            Self::Preannounced { waiting: true } => TenderStatus::Waiting,
            Self::Cleared => TenderStatus::Cleared,
            Self::Announced => TenderStatus::Announced,
            Self::Terminated => TenderStatus::Terminated,
            Self::Closed => TenderStatus::Closed,
        }
    }
}

impl ObjectionPhase {
    pub fn status(self) -> ObjectionStatus {
        match self {
            Self::Filed { overdue: false, .. } => ObjectionStatus::Filed,
            Self::Filed { overdue: true, .. } => ObjectionStatus::Overdue,
            Self::Answered { .. } => ObjectionStatus::Answered,
            Self::Escalated => ObjectionStatus::Escalated,
            Self::Ruled(_) => ObjectionStatus::Ruled,
            Self::Withdrawn => ObjectionStatus::Withdrawn,
        }
    }
}

impl ObjectionState {
    /// A ruling stands above the answer, and an answer that is escalated is none until then.
    pub fn result(&self) -> ObjectionResult {
        match self.phase {
            ObjectionPhase::Answered { outcome: AnswerOutcome::Accepted | AnswerOutcome::Partly, .. }
            | ObjectionPhase::Ruled(RulingOutcome::Upheld) => ObjectionResult::Upheld,
            ObjectionPhase::Answered { outcome: AnswerOutcome::Rejected, .. }
            | ObjectionPhase::Ruled(RulingOutcome::Dismissed) => ObjectionResult::Rejected,
            ObjectionPhase::Filed { .. } | ObjectionPhase::Escalated | ObjectionPhase::Withdrawn => {
                ObjectionResult::Open
            }
        }
    }
}

impl ChallengeState {
    /// Whether it was answered within its period.
    pub fn timing(&self) -> AnswerTiming {
        match (self.overdue, self.answer) {
            (true, _) => AnswerTiming::Late,
            (false, Some(_)) => AnswerTiming::InTime,
            (false, None) => AnswerTiming::Open,
        }
    }
}

impl LotState {
    /// How many bids were opened; of an adopted tender nobody here knows.
    pub fn bidding(&self) -> LotBidding {
        match self.bids.as_deref() {
            None => LotBidding::Unknown,
            Some([]) => LotBidding::Nobody,
            Some([_]) => LotBidding::Single,
            Some(_) => LotBidding::Several,
        }
    }

    /// Whether its bids were opened on the day.
    pub fn opening(&self) -> OpeningTiming {
        match self.bids {
            _ if self.opened_late => OpeningTiming::Late,
            Some(_) => OpeningTiming::InTime,
            None => OpeningTiming::Unknown,
        }
    }
}

impl LotPhase {
    pub fn status(&self) -> LotStatus {
        match self {
            Self::Waiting { .. } => LotStatus::Waiting,
            Self::Opened => LotStatus::Opened,
            Self::Candidates { .. } => LotStatus::Candidates,
            Self::Awarded => LotStatus::Awarded,
            Self::Contracted => LotStatus::Contracted,
            Self::Accepted => LotStatus::Accepted,
            Self::Failed => LotStatus::Failed,
        }
    }
}

impl AwardState {
    /// How far it has come.
    pub fn status(&self) -> AwardStatus {
        match &self.contract {
            None => AwardStatus::Awarded,
            Some(ContractState { is_accepted: false, .. }) => AwardStatus::Contracted,
            Some(ContractState { is_accepted: true, .. }) => AwardStatus::Accepted,
        }
    }
}
