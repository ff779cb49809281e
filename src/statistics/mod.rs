//! 统计: what the log comes to, by year, region and unit. A figure says what was counted and how, in which cases it is not known, and
//! where the list of its cases is; a share is said only where there are enough of them.
//!
//! Nothing here is a record, and nothing follows from it: it is counted from the tables, which are made of the log.

mod api;
mod counted;
mod lists;
mod occasions;
mod projection;
mod question;
mod statistic;
mod total;
mod trace;
mod view;

pub use api::{PayeeRefundsPage, StatisticsApi};
pub use counted::{Case, CountedCases, StatisticGroup, Tally};
pub use occasions::{EditionOccasions, Occasions, OtherRefusals, RuleCounting, RuleOccasions};
pub use question::{GroupedBy, Narrowed};
pub use statistic::{CountedAs, Statistic};
pub use total::{PayeeRefunds, Total};
pub use view::{
    CountView, PayeeRefundsView, StatisticAbout, StatisticFigure, StatisticGroupView, StatisticsView, TotalView,
    TotalsView,
};
