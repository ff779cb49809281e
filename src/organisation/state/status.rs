//! Where an organisation stands, in one word.

use super::Status;
use crate::act::statuses;

statuses! {
    /// Where an organisation stands.
    pub enum OrganisationStatus {
        /// Nobody has confirmed it yet.
        Pending,
        /// 已确认
        Confirmed,
        /// 已暂停
        Suspended,
        /// 已终止: merged, divided, deregistered, or without a licence.
        Ended,
    }
}

impl From<Status> for OrganisationStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Pending => Self::Pending,
            Status::Confirmed => Self::Confirmed,
            Status::Suspended(_) => Self::Suspended,
            Status::Ended => Self::Ended,
        }
    }
}
