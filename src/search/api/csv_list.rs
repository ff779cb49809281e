//! Everything that a query finds, as a CSV.

use crate::http::{CSV_ROWS, CsvFile, Problem};
use crate::ledger::Ledger;
use crate::search::projection::{FoundThing, Search, SearchPlace};
use std::sync::Arc;

const HEAD: [&str; 11] =
    ["类别", "编号", "标题", "状态", "业务类型", "采购方式", "地区", "采购单位", "开始时间", "记录", "地址"];

fn cells(thing: FoundThing) -> [String; 11] {
    let path = thing.path();
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
        path,
    ]
}

/// In the order of the pages.
///
/// # Errors
/// The store can't be read.
pub async fn all(ledger: Arc<Ledger>, search: Search) -> Result<CsvFile, Problem> {
    let search = Arc::new(search);
    let page = move |after: Option<SearchPlace>| {
        let (ledger, search) = (Arc::clone(&ledger), Arc::clone(&search));
        async move {
            let page = search.list(&ledger, after, CSV_ROWS as usize).await?;
            Ok((page.things.into_iter().map(cells).collect(), page.next))
        }
    };
    CsvFile::of_pages("search.csv", HEAD, page).await
}
