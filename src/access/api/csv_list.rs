//! The public list of bars as a CSV.

use super::super::projection::{columns, standing_before};
use super::super::view::{BarSummary, HEAD};
use crate::http::{CSV_ROWS, CsvFile, Problem};
use crate::ledger::Ledger;
use crate::store::StoreError;
use std::sync::Arc;

/// Every bar that is in force now, the newest first.
///
/// # Errors
/// The store can't be read.
pub async fn all(ledger: Arc<Ledger>) -> Result<CsvFile, Problem> {
    let now = ledger.clock.now();
    let page = move |before: Option<u64>| {
        let ledger = Arc::clone(&ledger);
        async move {
            let rows = standing_before(&ledger.database, before.unwrap_or(u64::MAX), CSV_ROWS).await?;
            let last = rows.last().filter(|_| rows.len() >= CSV_ROWS as usize);
            let next = last.map(|row| row.unsigned(columns::ENTRY)).transpose()?;
            let bars = rows.iter().filter_map(|row| BarSummary::in_force(row, now).transpose());
            let lines = bars.map(|bar| Ok(bar?.cells())).collect::<Result<_, StoreError>>()?;
            Ok((lines, next))
        }
    };
    CsvFile::of_pages("bars.csv", HEAD, page).await
}
