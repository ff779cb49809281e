//! Working days and legal periods in Asia/Shanghai (rulebook.md §2.0, rules DAY-1 to DAY-10). Pure: days in, days out.

mod holidays;
mod period;

pub use holidays::{Calendar, CalendarError};
pub use period::{Due, Period, Roll, spans_at_least};
