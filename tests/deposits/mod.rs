//! Deposits over real HTTP, on both engines: refunds to the day and the fen, holds that never overspend, what each may see, and
//! what an audit and a comparison find.

mod asked;
mod audit_month;
mod books;
mod clocks;
mod division;
mod holds;
mod month;
mod reconciliation;
mod refunds;
mod reversals;
mod secrecy;
mod sight;
mod stage;
mod statements;

use super::support;
