//! Grades and their histories as CSV.

use super::super::view::{HISTORY_HEAD, history_lines};
use super::super::{Act, CreditId};
use super::{CREDITS, CreditSummary};
use crate::field::OrganisationId;
use crate::http::{CSV_ROWS, CsvFile, Problem};
use crate::law::Law;
use crate::ledger::Ledger;
use crate::store::{Filter, Value};
use crate::world::{self, Stream};
use std::sync::Arc;

/// What the columns of [`CreditSummary::cells`] are called.
const HEAD: [&str; 7] = ["统一社会信用代码", "信用等级", "分值", "评定日", "记录", "异议中", "版本"];

impl CreditSummary {
    fn cells(self) -> [String; 7] {
        let Self { organisation, grade, points, day, index, open_objections, version } = self;
        let numbers = [index, open_objections, version].map(|number| number.to_string());
        let [index, open_objections, version] = numbers;
        [organisation, grade.name().to_owned(), points, day, index, open_objections, version]
    }
}

/// Every grade, by organisation.
///
/// # Errors
/// The store can't be read.
pub async fn all_grades(ledger: Arc<Ledger>) -> Result<CsvFile, Problem> {
    let page = move |after: Option<String>| {
        let ledger = Arc::clone(&ledger);
        async move {
            let after = after.map(|id| vec![Value::from(id)]);
            let id = |row: &crate::store::Row| Ok(row.text(0)?.to_owned());
            let (database, read) = (&ledger.database, CreditSummary::of_row);
            let (items, next) = Filter::default().page(database, &CREDITS, after, CSV_ROWS, read, id).await?;
            Ok((items.into_iter().map(CreditSummary::cells).collect(), next))
        }
    };
    CsvFile::of_pages("credit.csv", HEAD, page).await
}

/// Records of grades that are read at a time: each has a hundred contributions at most.
const GRADES_AT_A_TIME: u32 = 16;

/// Every grade that an organisation has had, oldest first, with what was new in it and how its points came about.
///
/// # Errors
/// The store can't be read.
pub async fn history(ledger: Arc<Ledger>, id: OrganisationId) -> Result<CsvFile, Problem> {
    let name = format!("credit-{id}.csv");
    let stream = Stream::of(&CreditId(id));
    let page = move |after: Option<u64>| {
        let (ledger, stream) = (Arc::clone(&ledger), stream.clone());
        async move {
            let entries = ledger.stream(&stream, after.unwrap_or_default(), GRADES_AT_A_TIME).await?;
            let last = entries.last().filter(|_| entries.len() >= GRADES_AT_A_TIME as usize);
            let next = last.map(|entry| entry.place.version);
            let adopted = ledger.law_before(entries.last().map_or(0, |entry| entry.place.index)).await?;
            let mut lines = Vec::new();
            for entry in entries {
                if let (world::Act::Credit(Act::Graded(graded)), Some(law)) = (entry.act, Law::new(&adopted)) {
                    let index = entry.place.index;
                    lines.extend(history_lines(&graded, index, &law.before(index).edition().credit));
                }
            }
            Ok((lines, next))
        }
    };
    CsvFile::of_pages(&name, HISTORY_HEAD, page).await
}
