//! Working days and legal periods in Asia/Shanghai. Pure: days in, days out. How days are counted, by the ids that the rest
//! of the code cites:
//!
//! | id | rule | source |
//! |---|---|---|
//! | DAY-1 | the starting day is not counted | 民法典 第二百零一条, 财政部令第87号 第八十五条, 财政部令第94号 第四十二条 |
//! | DAY-2 | a last day that is a day off rolls to the day after it ends; whether a plain weekend rolls is disputed | 民法典 第二百零三条, 财政部令第87号 第八十五条 |
//! | DAY-3 | a period by months or years ends on the corresponding day, or the month's last | 民法典 第二百零二条 |
//! | DAY-5 | 日 is a calendar day, 工作日 a working day; never convert one into the other | the wording of each rule |
//! | DAY-6 | a working day is Monday to Friday, as adjusted by the State Council for that year | 全国年节及纪念日放假办法 |
//! | DAY-7 | the last day ends at 24:00 | 民法典 第二百零三条 |
//! | DAY-8 | backward limits (「至少15日前」) are counted from the deadline's day, which is not counted, and never roll | practice |
//! | DAY-9 | 「最短不得少于20日」 is kept when the deadline is 20 days after the issue | practice |
//! | DAY-10 | in a year without a notice of the State Council weekends and the fixed holidays are off, and what is counted there is provisional | 全国年节及纪念日放假办法 第二条; the notice names the days that are moved |

mod holidays;
mod period;

pub use holidays::{Calendar, CalendarError};
pub use period::{Due, Period, Roll, spans_at_least};
