//! Totals of the whole log, and how payees give deposits back.

use crate::act::statuses;
use crate::deposit::{DepositStatus, RefundTiming};
use crate::field::Instant;

statuses! {
    /// What there is of in the whole log.
    pub enum Total {
        /// 项目
        Tenders,
        /// 正在公示、可提出异议的项目
        OpenToObjections,
        /// 已发布公告、尚未结案的项目
        Called,
        /// 异议
        Objections,
        /// 成立的异议
        ObjectionsUpheld,
        /// 已确认的主体
        Organisations,
        /// 记录
        Records,
    }
}

impl Total {
    pub const EVERY: [Self; 7] = [
        Self::Tenders,
        Self::OpenToObjections,
        Self::Called,
        Self::Objections,
        Self::ObjectionsUpheld,
        Self::Organisations,
        Self::Records,
    ];

    /// The list of the API that has as many, without its first segment.
    pub fn list(self) -> &'static str {
        match self {
            Self::Tenders => "/tenders",
            Self::OpenToObjections => "/tenders?status=preannounced",
            Self::Called => "/tenders?status=announced",
            Self::Objections => "/objections",
            Self::ObjectionsUpheld => "/objections?result=upheld",
            Self::Organisations => "/organisations?status=confirmed",
            Self::Records => "/records",
        }
    }
}

/// The deposits of one payee, by how they went back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PayeeRefunds {
    pub deposits: u64,
    pub in_time: u64,
    pub late: u64,
    /// Of those that are late, what is not back yet.
    pub overdue: u64,
    pub running: u64,
    pub not_due: u64,
    pub nothing: u64,
    /// The last day of the one that is overdue longest.
    pub overdue_since: Option<Instant>,
}

impl PayeeRefunds {
    /// Counts a deposit that is due at this time, if its clock runs.
    pub fn add(&mut self, timing: RefundTiming, status: DepositStatus, due: Option<Instant>) {
        self.deposits += 1;
        match timing {
            RefundTiming::InTime => self.in_time += 1,
            RefundTiming::Late => self.late += 1,
            RefundTiming::Running => self.running += 1,
            RefundTiming::NotDue => self.not_due += 1,
            RefundTiming::Nothing => self.nothing += 1,
        }
        if status == DepositStatus::Overdue {
            self.overdue += 1;
            self.overdue_since = self.overdue_since.into_iter().chain(due).min();
        }
    }
}

impl std::iter::Sum for PayeeRefunds {
    fn sum<I: Iterator<Item = Self>>(payees: I) -> Self {
        payees.fold(Self::default(), |sum, payee| Self {
            deposits: sum.deposits + payee.deposits,
            in_time: sum.in_time + payee.in_time,
            late: sum.late + payee.late,
            overdue: sum.overdue + payee.overdue,
            running: sum.running + payee.running,
            not_due: sum.not_due + payee.not_due,
            nothing: sum.nothing + payee.nothing,
            overdue_since: sum.overdue_since.into_iter().chain(payee.overdue_since).min(),
        })
    }
}
