//! 保证金: deposits whose books balance at every record.

pub mod book;
pub mod interest;
