//! Where tenders and their parts stand, in one word each.

use super::{AwardState, ContractState, LotPhase, ObjectionPhase, Phase, Tender};
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
