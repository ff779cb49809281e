//! The public list of bars as a CSV, as fast as its reader takes it.

use super::super::projection::{columns, standing_before};
use super::super::view::{BarSummary, HEAD};
use crate::http::Problem;
use crate::ledger::Ledger;
use crate::store::{Row, StoreError};
use futures::stream;
use poem::Body;
use poem_openapi::ApiResponse;
use poem_openapi::payload::Binary;
use std::sync::Arc;

/// The list.
#[derive(ApiResponse)]
pub enum BarsCsv {
    /// UTF-8 with a byte order mark, so that spreadsheets read it as such.
    #[oai(status = 200, content_type = "text/csv; charset=utf-8")]
    All(Binary<Body>, #[oai(header = "Content-Disposition")] String),
}

/// Rows that are read at a time.
const CHUNK: u32 = 500;

/// The head, then every bar that is in force now, the newest first.
///
/// # Errors
/// The store can't be read.
pub async fn all(ledger: Arc<Ledger>) -> Result<BarsCsv, Problem> {
    let now = ledger.clock.now();
    // Read before the status is sent; what fails later breaks the connection off.
    let first = standing_before(&ledger.database, u64::MAX, CHUNK).await?;
    let head = format!("\u{feff}{}", line(HEAD.map(str::to_owned)));
    let rest = stream::try_unfold(Some(first), move |rows: Option<Vec<Row>>| {
        let ledger = Arc::clone(&ledger);
        async move {
            let Some(rows) = rows else { return Ok::<_, StoreError>(None) };
            let mut lines = String::new();
            for row in &rows {
                lines += &BarSummary::in_force(row, now)?.map(|bar| line(bar.cells())).unwrap_or_default();
            }
            let next = match rows.last() {
                Some(last) if rows.len() >= CHUNK as usize => {
                    Some(standing_before(&ledger.database, last.unsigned(columns::ENTRY)?, CHUNK).await?)
                }
                _ => None,
            };
            Ok(Some((lines.into_bytes(), next)))
        }
    });
    let rest = futures::TryStreamExt::map_err(rest, std::io::Error::other);
    let whole = futures::StreamExt::chain(stream::iter([Ok(head.into_bytes())]), rest);
    let disposition = "attachment; filename=\"bars.csv\"".to_owned();
    Ok(BarsCsv::All(Binary(Body::from_bytes_stream(whole)), disposition))
}

/// One line. A cell that a spreadsheet would compute is made a text.
fn line<const CELLS: usize>(cells: [String; CELLS]) -> String {
    let cell = |text: String| {
        let text = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text };
        if text.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
    };
    format!("{}\r\n", cells.map(cell).join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_cell_is_computed_or_breaks_the_line() {
        let cells = ["甲,乙", "=1+1", "说“\"”", "a\nb", "豫财〔2026〕1号"].map(str::to_owned);
        assert_eq!(line(cells), "\"甲,乙\",'=1+1,\"说“\"\"”\",\"a\nb\",豫财〔2026〕1号\r\n");
    }
}
