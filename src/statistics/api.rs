//! 统计 over HTTP: figures with their method and what is missing, the same as a CSV, totals, and how payees give deposits back.

use super::projection::Counting;
use super::statistic::Words;
use super::view::{PayeeRefundsView, StatisticGroupView, StatisticsView, TotalsView};
use super::{CountedCases, EditionOccasions, GroupedBy, Narrowed, PayeeRefunds, Statistic};
use crate::field::{Day, DocumentId, OrganisationId};
use crate::http::{CsvFile, Problem, Typed, page_limit, page_of, parameters, region_begins};
use crate::ledger::Ledger;
use crate::problem;
use compact_str::CompactString;
use futures::FutureExt;
use poem_openapi::param::{Path, Query};
use poem_openapi::{OpenApi, Tags};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A chapter of the API document.
#[derive(Tags)]
enum Tag {
    /// 统计: what the log comes to. Every number says how it was counted, and where the list of its cases is.
    Statistics,
}

parameters! { GroupedBy }

/// Groups on a page: each has seven figures of three numbers, with their addresses.
const GROUPS_MAX: u32 = 100;

/// Lines of the file that are made at a time.
const CSV_GROUPS: usize = 100;

/// How payees give deposits back.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct PayeeRefundsPage {
    /// Entries of the log that were counted.
    pub size: u64,
    /// All payees together.
    pub all: PayeeRefundsView,
    /// In the order of their codes.
    pub items: Vec<PayeeRefundsView>,
    /// Pass as `after` to go on; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
}

/// What is counted is kept between requests.
pub struct StatisticsApi {
    ledger: Arc<Ledger>,
    counting: Counting,
}

impl StatisticsApi {
    pub fn new(ledger: Arc<Ledger>) -> Self {
        Self { ledger, counting: Counting::default() }
    }

    async fn counted(&self) -> Result<Arc<CountedCases>, Problem> {
        Ok(self.counting.counted(&self.ledger).boxed().await?)
    }
}

/// # Errors
/// `bad-parameter`: what can't be a region.
fn narrowed(
    region: Option<String>,
    unit: Option<OrganisationId>,
    from: Option<Day>,
    to: Option<Day>,
) -> Result<Narrowed, Problem> {
    let region = region_begins(region)?;
    let unit = unit.map(|unit| CompactString::from(unit.as_str()));
    Ok(Narrowed { region: region.map(CompactString::from), unit, from, to })
}

#[OpenApi(prefix_path = "/v1", tag = "Tag::Statistics")]
impl StatisticsApi {
    /// 统计: by year, region or unit, for each statistic how many cases are so, how many are not, and of how many the log does not say
    /// it. Each number has the list of its cases, where one can be asked for exactly these.
    #[oai(path = "/statistics", method = "get", operation_id = "getStatistics")]
    #[expect(clippy::too_many_arguments, reason = "each is a documented query parameter")]
    async fn statistics(
        &self,
        /// By what cases are put together: `year`, as long as nothing is said.
        by: Query<Option<GroupedBy>>,
        /// Digits with which the region code begins: `41` is Henan, `4101` Zhengzhou.
        region: Query<Option<String>>,
        /// Code of the procuring unit; of deposits, of the payee.
        unit: Query<Option<OrganisationId>>,
        /// Cases of this day or later (Asia/Shanghai).
        from: Query<Option<Day>>,
        /// Cases of this day or before.
        to: Query<Option<Day>>,
        /// `next` of the page before.
        after: Query<Option<u64>>,
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))] limit: Query<Option<u32>>,
    ) -> Result<Typed<StatisticsView>, Problem> {
        let by = by.0.unwrap_or(GroupedBy::Year);
        let asked = narrowed(region.0, unit.0, from.0, to.0)?;
        let counted = self.counted().await?;
        let (all, groups) = counted.groups(by, &asked);
        let limit = page_limit(limit.0)?.min(GROUPS_MAX);
        let first = usize::try_from(after.0.unwrap_or_default()).unwrap_or(usize::MAX).min(groups.len());
        let group = |group: &_| StatisticGroupView::of_question(group, by, &asked);
        let (items, next) = page_of(&groups, first, limit, group);
        let view = StatisticsView::of(&counted, by, &all, &asked);
        let (group_count, next) = (groups.len() as u64, next.map(|next| next as u64));
        Ok(Typed(StatisticsView { groups: items, group_count, next, ..view }))
    }

    /// 统计（CSV）: the same numbers, a line for each group and statistic.
    #[oai(path = "/statistics.csv", method = "get", operation_id = "getStatisticsCsv")]
    async fn csv(
        &self,
        /// By what cases are put together: `year`, as long as nothing is said.
        by: Query<Option<GroupedBy>>,
        /// Digits with which the region code begins.
        region: Query<Option<String>>,
        /// Code of the procuring unit; of deposits, of the payee.
        unit: Query<Option<OrganisationId>>,
        /// Cases of this day or later (Asia/Shanghai).
        from: Query<Option<Day>>,
        /// Cases of this day or before.
        to: Query<Option<Day>>,
    ) -> Result<CsvFile, Problem> {
        let by = by.0.unwrap_or(GroupedBy::Year);
        let asked = Arc::new(narrowed(region.0, unit.0, from.0, to.0)?);
        let counted = self.counted().await?;
        let size = counted.size;
        let groups = Arc::new(counted.groups(by, &asked).1);
        let page = move |first: Option<usize>| {
            let (groups, asked, first) = (Arc::clone(&groups), Arc::clone(&asked), first.unwrap_or_default());
            async move {
                let rest = groups.get(first..).unwrap_or_default();
                let some = rest.iter().take(CSV_GROUPS).map(|group| StatisticGroupView::of_question(group, by, &asked));
                let next = (rest.len() > CSV_GROUPS).then_some(first + CSV_GROUPS);
                Ok((some.flat_map(|group| lines(&group, size)).collect(), next))
            }
        };
        CsvFile::of_pages("statistics.csv", HEAD, page).await
    }

    /// 总数: what there is in the whole log, each with the list that has as many.
    #[oai(path = "/totals", method = "get", operation_id = "getTotals")]
    async fn totals(&self) -> Result<Typed<TotalsView>, Problem> {
        Ok(Typed(TotalsView::from(&*self.counted().await?)))
    }

    /// 规则的适用次数: how often each rule of an edition applied while that was in force, as far as the log says it, and how often this
    /// service refused a record by it. Most records don't name the rules that they passed, so each number says how it was counted.
    #[oai(path = "/statistics/rules/:edition", method = "get", operation_id = "getRuleOccasions")]
    async fn rules(&self, edition: Path<DocumentId>) -> Result<Typed<EditionOccasions>, Problem> {
        let edition = self.ledger.editions.get(&edition.0).ok_or_else(|| Problem::of(&problem::NOT_FOUND))?;
        let counted = self.counted().await?;
        let database = &self.ledger.database;
        let since = database.refusals_since().await?;
        let refusals = database.refusals(&edition.id.to_string()).await?;
        Ok(Typed(EditionOccasions::of(&edition, &counted, since, &refusals)))
    }

    /// 保证金退还情况: for each payee how many deposits went back in time, late, or are overdue. The overdue ones are at
    /// `/v1/deposits?status=overdue`. Without amounts.
    #[oai(path = "/deposits/refunds", method = "get", operation_id = "listDepositRefunds")]
    async fn refunds(
        &self,
        /// Only this one.
        payee: Query<Option<OrganisationId>>,
        /// `next` of the page before.
        after: Query<Option<u64>>,
        #[oai(validator(minimum(value = "1"), maximum(value = "500")))] limit: Query<Option<u32>>,
    ) -> Result<Typed<PayeeRefundsPage>, Problem> {
        let limit = page_limit(limit.0)?;
        let counted = self.counted().await?;
        let is_asked = |code: &CompactString| payee.0.as_ref().is_none_or(|payee| payee.as_str() == *code);
        let payees: Vec<(OrganisationId, PayeeRefunds)> = counted
            .payees
            .iter()
            .filter(|(code, _)| is_asked(code))
            .filter_map(|(code, refunds)| Some((code.parse().ok()?, *refunds)))
            .collect();
        let all = payees.iter().map(|(_, refunds)| *refunds).sum();
        let first = usize::try_from(after.0.unwrap_or_default()).unwrap_or(usize::MAX).min(payees.len());
        let view =
            |(payee, refunds): &(OrganisationId, PayeeRefunds)| PayeeRefundsView::of(Some(payee.clone()), *refunds);
        let (items, next) = page_of(&payees, first, limit, view);
        let all = PayeeRefundsView::of(payee.0, all);
        Ok(Typed(PayeeRefundsPage { size: counted.size, all, items, next: next.map(|next| next as u64) }))
    }
}

/// The columns of the file.
const HEAD: [&str; 13] = [
    "分组",
    "统计项",
    "统计项代码",
    "“是”指",
    "是",
    "“否”指",
    "否",
    "“未知”指",
    "未知",
    "占比（百分比，已知者不足十件时不写）",
    "“是”的名单",
    "“否”的名单",
    "统计到的记录数",
];

/// The lines of a group.
fn lines(group: &StatisticGroupView, size: u64) -> Vec<[String; HEAD.len()]> {
    let line = |figure: &super::view::StatisticFigure| {
        let words = figure.statistic.words();
        let zh = |[zh, _]: Words| zh.to_owned();
        // Every tender is one.
        let is_plain = figure.statistic == Statistic::Tenders;
        let unless_plain = |text: String| if is_plain { String::new() } else { text };
        let share = |ppm: u64| format!("{}.{:02}", ppm / 10_000, ppm % 10_000 / 100);
        [
            group.key.clone().unwrap_or_else(|| "未载明".to_owned()),
            zh(words.title),
            figure.statistic.name().to_owned(),
            zh(words.met),
            figure.met.count.to_string(),
            unless_plain(zh(words.unmet)),
            unless_plain(figure.unmet.count.to_string()),
            unless_plain(zh(words.unknown)),
            unless_plain(figure.unknown.count.to_string()),
            figure.share_ppm.map(share).unwrap_or_default(),
            figure.met.list.clone().unwrap_or_default(),
            figure.unmet.list.clone().unwrap_or_default(),
            size.to_string(),
        ]
    };
    group.figures.iter().map(line).collect()
}
