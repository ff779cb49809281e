//! Lists as CSV, as fast as their reader takes them, for people who open them in a spreadsheet.

use super::Problem;
use crate::ledger::LedgerError;
use futures::{StreamExt, TryStreamExt, stream};
use poem::Body;
use poem_openapi::ApiResponse;
use poem_openapi::payload::Binary;

/// A list as a file.
#[derive(ApiResponse)]
pub enum CsvFile {
    /// UTF-8 with a byte order mark, so that spreadsheets read it as such.
    #[oai(status = 200, content_type = "text/csv; charset=utf-8")]
    All(Binary<Body>, #[oai(header = "Content-Disposition")] String),
}

/// Rows that are read at a time.
pub const CSV_ROWS: u32 = 500;

/// Some lines of cells, and where the next ones are.
pub type CsvPage<P, const CELLS: usize> = (Vec<[String; CELLS]>, Option<P>);

impl CsvFile {
    /// The head, then page after page; `page` is asked for the first one with nothing.
    ///
    /// # Errors
    /// The first page can't be read. What fails later breaks the connection off.
    pub async fn of_pages<P, F, const CELLS: usize>(
        name: &str,
        head: [&str; CELLS],
        page: impl Fn(Option<P>) -> F + Send + 'static,
    ) -> Result<Self, Problem>
    where
        P: Send + 'static,
        F: Future<Output = Result<CsvPage<P, CELLS>, LedgerError>> + Send + 'static,
    {
        // Read before the status is sent.
        let first = page(None).await?;
        let head = csv_head(head.map(str::to_owned));
        let rest = stream::try_unfold((Some(first), page), |(read, page)| async move {
            let Some((rows, next)) = read else { return Ok::<_, LedgerError>(None) };
            let lines: String = rows.into_iter().map(csv_line).collect();
            let next = match next {
                Some(next) => Some(page(Some(next)).await?),
                None => None,
            };
            Ok(Some((lines.into_bytes(), (next, page))))
        });
        let whole = stream::iter([Ok(head.into_bytes())]).chain(rest.map_err(std::io::Error::other));
        let disposition = format!("attachment; filename=\"{name}\"");
        Ok(Self::All(Binary(Body::from_bytes_stream(whole)), disposition))
    }
}

/// The first line of a file, behind the byte order mark by which spreadsheets know UTF-8.
pub fn csv_head(cells: impl IntoIterator<Item = String>) -> String {
    format!("\u{feff}{}", csv_line(cells))
}

/// What a spreadsheet begins to compute at: the signs, those in full width, which Chinese Excel takes for the same, and what it leaves
/// out before them.
const COMPUTES: [char; 11] = ['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r', '\n'];

/// One line. A cell that a spreadsheet would compute is made a text; a number stays one.
pub fn csv_line(cells: impl IntoIterator<Item = String>) -> String {
    let cell = |text: String| {
        let is_number = || text.bytes().all(|c| b"+-.0123456789".contains(&c)) && text.parse::<f64>().is_ok();
        let computes = text.trim_start_matches(' ').starts_with(COMPUTES) && !is_number();
        let text = if computes { format!("'{text}") } else { text };
        if text.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
    };
    let cells: Vec<_> = cells.into_iter().map(cell).collect();
    format!("{}\r\n", cells.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_cell_is_computed_or_breaks_the_line() {
        let cells = ["甲,乙", "=1+1", "说“\"”", "a\nb", "豫财〔2026〕1号", "-12.00", "-1+1"].map(str::to_owned);
        assert_eq!(csv_line(cells), "\"甲,乙\",'=1+1,\"说“\"\"”\",\"a\nb\",豫财〔2026〕1号,-12.00,'-1+1\r\n");
        for text in ["=1", "+x", "-x", "@SUM(1)", "＝1+1", "＋1", "－1", "＠x", "\t=1", "\n=1", " =1", "-inf", "+1e5"]
        {
            let line = csv_line([text.to_owned()]);
            assert!(line.trim_start_matches('"').starts_with('\''), "{text:?}: {line}");
        }
        assert_eq!(csv_line(["+12", "-0.5", "a=1", " a"].map(str::to_owned)), "+12,-0.5,a=1, a\r\n");
    }

    #[tokio::test]
    async fn pages_make_one_file() {
        let page = |from: Option<u32>| async move {
            let from = from.unwrap_or_default();
            let rows = (from..from + 2).map(|n| [n.to_string(), "x".to_owned()]).collect();
            Ok::<CsvPage<u32, 2>, LedgerError>((rows, (from < 4).then_some(from + 2)))
        };
        let CsvFile::All(Binary(body), disposition) = CsvFile::of_pages("n.csv", ["n", "m"], page).await.unwrap();
        assert_eq!(body.into_string().await.unwrap(), "\u{feff}n,m\r\n0,x\r\n1,x\r\n2,x\r\n3,x\r\n4,x\r\n5,x\r\n");
        assert_eq!(disposition, "attachment; filename=\"n.csv\"");
    }
}
