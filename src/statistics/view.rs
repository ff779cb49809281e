//! Figures as they are shown: each number with the list that has as many.

use super::counted::CASES_OF_A_SHARE_MIN;
use super::lists::list;
use super::statistic::Words;
use super::{CountedAs, CountedCases, GroupedBy, Narrowed, PayeeRefunds, Statistic, StatisticGroup, Tally, Total};
use crate::field::OrganisationId;
use crate::http::encoded;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A number of cases.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct CountView {
    pub count: u64,
    /// The list that has as many, where one can be asked for exactly these.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub list: Option<String>,
    /// The same list as a page; in English below `/en`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<String>,
}

/// One statistic of a group: cases that are as it asks, that are not, and of which it is not known.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct StatisticFigure {
    pub statistic: Statistic,
    pub met: CountView,
    pub unmet: CountView,
    /// Cases of which the log does not say it, or not yet. They are in no share.
    pub unknown: CountView,
    /// The share of `met` among `met` and `unmet`, in parts per million; absent where these are fewer than `few`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share_ppm: Option<u64>,
}

/// Cases that belong together.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct StatisticGroupView {
    /// The year, the digits of the region, or the code of the unit; absent for cases of which the log does not say it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    pub figures: Vec<StatisticFigure>,
}

/// What a statistic is called and how it is counted.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct StatisticAbout {
    pub statistic: Statistic,
    pub title: String,
    pub title_en: String,
    pub met: String,
    pub met_en: String,
    pub unmet: String,
    pub unmet_en: String,
    /// What is missing.
    pub unknown: String,
    pub unknown_en: String,
    /// What is counted, of which records, and to which day a case belongs.
    pub method: String,
    pub method_en: String,
    /// Rules of the law as data whose periods it is about; of others, the texts of the tenders say the periods.
    pub rules: Vec<String>,
}

/// What the log comes to.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct StatisticsView {
    /// Entries of the log that were counted: a log that has just grown is counted a little later.
    pub size: u64,
    /// The time of the last of them (UTC).
    pub time: String,
    pub by: GroupedBy,
    /// Of fewer cases no share is said.
    pub few: u64,
    pub about: Vec<StatisticAbout>,
    /// All that was asked for.
    pub all: StatisticGroupView,
    pub groups: Vec<StatisticGroupView>,
    /// Groups in all.
    pub group_count: u64,
    /// Pass as `after` to go on; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
}

/// A total of the whole log.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct TotalView {
    pub total: Total,
    pub count: u64,
    /// The list that has as many.
    pub list: String,
}

/// What there is in the whole log.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct TotalsView {
    /// Entries of the log that were counted.
    pub size: u64,
    /// The time of the last of them (UTC).
    pub time: String,
    pub items: Vec<TotalView>,
}

/// How a payee gives deposits back: numbers of deposits. What each book comes to is at `/v1/deposits/{payee}`.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct PayeeRefundsView {
    /// Absent for all payees together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payee: Option<OrganisationId>,
    pub deposits: u64,
    /// 按期: all of it was back by its last day.
    pub in_time: CountView,
    /// 逾期: a part came back after it, or is overdue now.
    pub late: CountView,
    /// 逾期未退: of those, what is not back yet.
    pub overdue: CountView,
    /// 期内: to be returned, and not late.
    pub running: CountView,
    /// 未起算
    pub not_due: CountView,
    /// No money was to go back: forfeited, only guaranteed, or unclaimed.
    pub nothing: CountView,
    /// The last day of the one that is overdue longest (UTC, its end).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overdue_since: Option<String>,
    /// The share of those in time among those that are back or late, in parts per million; absent where these are fewer than ten.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share_ppm: Option<u64>,
}

impl CountView {
    /// `list` is an address without its first segment.
    fn of(count: u64, list: Option<String>) -> Self {
        let below = |root: &str| list.as_ref().map(|list| format!("{root}{list}"));
        Self { count, list: below("/v1"), page: below("/zh") }
    }
}

impl StatisticFigure {
    fn of(statistic: Statistic, tally: Tally, narrowed: Option<&Narrowed>) -> Self {
        let count = |counted_as| {
            CountView::of(tally.of(counted_as), narrowed.and_then(|narrowed| list(statistic, counted_as, narrowed)))
        };
        Self {
            statistic,
            met: count(CountedAs::Met),
            unmet: count(CountedAs::Unmet),
            unknown: count(CountedAs::Unknown),
            // Every tender is one.
            share_ppm: tally.share_ppm().filter(|_| statistic != Statistic::Tenders),
        }
    }
}

impl StatisticGroupView {
    /// `narrowed` asks for exactly these cases.
    pub fn of(group: &StatisticGroup, narrowed: Option<&Narrowed>) -> Self {
        let figures = Statistic::EVERY.into_iter().zip(group.tallies);
        let figures = figures.map(|(statistic, tally)| StatisticFigure::of(statistic, tally, narrowed)).collect();
        Self { key: group.key.as_ref().map(ToString::to_string), figures }
    }

    /// One of several that a question was answered with.
    pub fn of_question(group: &StatisticGroup, by: GroupedBy, asked: &Narrowed) -> Self {
        let narrowed = group.key.as_ref().map(|key| asked.within(by, key));
        Self::of(group, narrowed.as_ref())
    }
}

impl From<Statistic> for StatisticAbout {
    fn from(statistic: Statistic) -> Self {
        let words = statistic.words();
        let both = |[zh, en]: Words| (zh.to_owned(), en.to_owned());
        let ((title, title_en), (method, method_en)) = (both(words.title), both(words.method));
        let ((met, met_en), (unmet, unmet_en), (unknown, unknown_en)) =
            (both(words.met), both(words.unmet), both(words.unknown));
        let rules = statistic.rules().iter().map(|rule| (*rule).to_owned()).collect();
        Self { statistic, title, title_en, met, met_en, unmet, unmet_en, unknown, unknown_en, method, method_en, rules }
    }
}

impl StatisticsView {
    /// Without groups.
    pub fn of(counted: &CountedCases, by: GroupedBy, all: &StatisticGroup, asked: &Narrowed) -> Self {
        Self {
            size: counted.size,
            time: counted.time.to_string(),
            by,
            few: CASES_OF_A_SHARE_MIN,
            about: Statistic::EVERY.into_iter().map(StatisticAbout::from).collect(),
            all: StatisticGroupView::of(all, Some(asked)),
            groups: Vec::new(),
            group_count: 0,
            next: None,
        }
    }
}

impl From<&CountedCases> for TotalsView {
    fn from(counted: &CountedCases) -> Self {
        let item = |total: Total| TotalView {
            total,
            count: counted.totals.get(total.name()).copied().unwrap_or_default(),
            list: format!("/v1{}", total.list()),
        };
        let items = Total::EVERY.into_iter().map(item).collect();
        Self { size: counted.size, time: counted.time.to_string(), items }
    }
}

impl PayeeRefundsView {
    /// `payee`: whose deposits these are; of all payees without it.
    pub fn of(payee: Option<OrganisationId>, refunds: PayeeRefunds) -> Self {
        let whose = payee.as_ref().map(|payee| format!("&payee={}", encoded(payee.as_str()))).unwrap_or_default();
        let with = |count, asks: &str| CountView::of(count, Some(format!("/deposits?{asks}{whose}")));
        let tally = Tally { met: refunds.in_time, unmet: refunds.late, unknown: 0 };
        Self {
            payee,
            deposits: refunds.deposits,
            in_time: with(refunds.in_time, "refund=in_time"),
            late: with(refunds.late, "refund=late"),
            overdue: with(refunds.overdue, "status=overdue"),
            running: with(refunds.running, "refund=running"),
            not_due: with(refunds.not_due, "refund=not_due"),
            nothing: with(refunds.nothing, "refund=nothing"),
            overdue_since: refunds.overdue_since.map(|at| at.to_string()),
            share_ppm: tally.share_ppm(),
        }
    }
}
