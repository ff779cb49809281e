//! 公示 gongshi: the integrity ledger of public procurement.

pub mod calendar;
pub mod field;
pub mod log;
pub mod record;
pub mod rulebook;
