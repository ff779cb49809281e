//! Everything that a query finds, as a CSV.

use crate::http::{CSV_ROWS, CsvFile, Problem, Site};
use crate::ledger::Ledger;
use crate::search::projection::{FoundThing, Search, SearchPlace};
use std::sync::Arc;

const HEAD: [&str; 11] =
    ["类别", "编号", "标题", "状态", "业务类型", "采购方式", "地区", "采购单位", "开始时间", "记录", "地址"];

fn cells(thing: FoundThing, site: &Site) -> [String; 11] {
    let address = site.address(&thing.page());
    [
        thing.kind.name().to_owned(),
        thing.key,
        thing.title,
        thing.status,
        thing.nature.unwrap_or_default(),
        thing.method.unwrap_or_default(),
        thing.region.unwrap_or_default(),
        thing.unit.unwrap_or_default(),
        thing.time.shanghai_text(),
        thing.id.to_string(),
        address,
    ]
}

/// In the order of the pages.
///
/// # Errors
/// The store can't be read.
pub async fn all(ledger: Arc<Ledger>, search: Search, site: Site) -> Result<CsvFile, Problem> {
    let (search, site) = (Arc::new(search), Arc::new(site));
    let page = move |after: Option<SearchPlace>| {
        let (ledger, search, site) = (Arc::clone(&ledger), Arc::clone(&search), Arc::clone(&site));
        async move {
            let page = search.list(&ledger, after, CSV_ROWS as usize).await?;
            Ok((page.things.into_iter().map(|thing| cells(thing, &site)).collect(), page.next))
        }
    };
    CsvFile::of_pages("search.csv", HEAD, page).await
}
