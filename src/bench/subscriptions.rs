//! Many filters held against many new records: row `filters_1000x1000`, in milliseconds of one processor.

use super::report::{Measurement, Reporter};
use super::search::{WORDS, dice, thing};
use crate::search::projection::{Matcher, Search, SearchFilters, SearchedThing};
use crate::search::{SearchKind, SearchQuery};
use std::time::Instant;

const ROW: &str = "filters_1000x1000";
/// What it may take.
const LIMIT_MS: f64 = 1_000.0;
const FILTERS: usize = 1_000;
const RECORDS: u64 = 1_000;

/// Two words, and half of the time what people filter by.
fn matcher(n: usize) -> Matcher {
    let word = |seed: usize| WORDS[dice((n * 7 + seed) as u64) % WORDS.len()];
    let query = SearchQuery::parse(&format!("{} {}", word(1), word(2)));
    let filters = match n % 2 {
        0 => SearchFilters::default(),
        _ => SearchFilters {
            kind: Some(SearchKind::Tender),
            region: Some(format!("41{:02}", n % 18)),
            ..SearchFilters::default()
        },
    };
    Matcher::of(&Search { query, filters })
}

pub(super) fn measure(report: &mut Reporter<'_>) -> anyhow::Result<()> {
    if !report.wants(ROW) {
        return Ok(());
    }
    let matchers: Vec<Matcher> = (0..FILTERS).map(matcher).collect();
    let rows: Vec<_> = (1..=RECORDS).map(thing).collect();
    let began = Instant::now();
    let mut found = 0;
    for row in &rows {
        let thing = SearchedThing::of(row);
        found += matchers.iter().filter(|matcher| matcher.finds(&thing)).count();
    }
    let took = began.elapsed();
    anyhow::ensure!(found > FILTERS, "{found} found");
    report.row(Measurement::new(ROW, took.as_secs_f64() * 1e3, "ms").of(Some(LIMIT_MS)))
}
