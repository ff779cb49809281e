//! The sample (回访) of a day: drawn from the log itself, so that anybody can draw it again.

use super::super::projection::concluded;
use crate::field::{Day, Instant};
use crate::http::{Problem, Typed};
use crate::law::Law;
use crate::ledger::Ledger;
use crate::log::Hash;
use crate::problem;
use crate::store::{Database, StoreError, load_edge};
use poem_openapi::OpenApi;
use poem_openapi::param::Query;
use schemars::JsonSchema;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// A batch that is under way may still get a time from before: so long after the end of a day nothing is added to it.
const SETTLED_MILLIS: i64 = 60_000;
const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// The evaluations that a third party asks about, of those that were concluded on a day.
#[derive(Serialize, JsonSchema)]
pub struct SampleView {
    day: Day,
    /// One in so many is drawn, rounded up, and the rule that says so.
    one_in: u16,
    rule: String,
    /// When it can be drawn (UTC): when the day after is over.
    drawn_at: String,
    /// Entries of the tree whose root the draw is made with: all until then. Absent before.
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
    /// Base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    root: Option<String>,
    /// In the order of the draw: the first of them are drawn.
    items: Vec<SampleItem>,
}

/// An evaluation in a draw.
#[derive(Serialize, JsonSchema)]
pub struct SampleItem {
    id: String,
    /// SHA-256 of the root's 32 bytes and the id: what they are ordered by.
    draw: String,
    is_drawn: bool,
}

/// Orders ids by the hash of root and id, and says which are drawn.
fn draw(root: Hash, ids: Vec<String>, one_in: u16) -> Vec<SampleItem> {
    let drawn = ids.len().div_ceil(usize::from(one_in));
    let hashed = |id: String| (Hash::from(Sha256::new().chain_update(root.as_bytes()).chain_update(&id)), id);
    let mut hashed: Vec<(Hash, String)> = ids.into_iter().map(hashed).collect();
    hashed.sort_unstable();
    let item =
        |(at, (hash, id)): (usize, (Hash, String))| SampleItem { id, draw: hash.to_string(), is_drawn: at < drawn };
    hashed.into_iter().enumerate().map(item).collect()
}

pub struct SampleApi(pub(super) Arc<Ledger>);

#[OpenApi(prefix_path = "/v1/evaluations", tag = "super::Tag::Evaluations")]
impl SampleApi {
    /// 回访抽样: which of the evaluations that were concluded on a day a third party asks about. They are ordered by the SHA-256
    /// of a root and their id, where the root is that of all entries until the end of the next day; the first are drawn.
    #[oai(path = "/samples", method = "get", operation_id = "getEvaluationSample")]
    async fn sample(&self, day: Query<Day>) -> Result<Typed<SampleView>, Problem> {
        let adopted = self.0.law_before(0).await?;
        let law = Law::new(&adopted).ok_or_else(|| Problem::of(&problem::UNAVAILABLE))?;
        let rule = &law.edition().evaluation.sample;
        let from = Instant::start_of_shanghai_day(day.0.date());
        let (to, drawn_at) = (from.plus_millis(DAY_MILLIS), from.plus_millis(2 * DAY_MILLIS));
        let mut view = SampleView {
            day: day.0,
            one_in: rule.one_in.get(),
            rule: rule.rule.id.clone(),
            drawn_at: drawn_at.to_string(),
            size: None,
            root: None,
            items: Vec::new(),
        };
        if self.0.clock.now() < drawn_at.plus_millis(SETTLED_MILLIS) {
            return Ok(Typed(view));
        }
        let database = &self.0.database;
        let size = entries_before(database, drawn_at, self.0.size_now().await?).await?;
        let root = load_edge(database, size).await?.root();
        let ids = concluded(database, from, to).await?;
        (view.size, view.root) = (Some(size), Some(root.to_base64()));
        view.items = draw(root, ids, rule.one_in.get());
        Ok(Typed(view))
    }
}

/// How many entries were sequenced before a moment: times never run back, so it is searched for by halves.
async fn entries_before(database: &Database, moment: Instant, size: u64) -> Result<u64, StoreError> {
    let (mut low, mut high) = (0, size);
    while low < high {
        let middle = low.midpoint(high);
        let entry = database.stored_entry(middle).await?;
        let entry = entry.ok_or_else(|| StoreError::Damaged(format!("no entry {middle}")))?;
        if entry.time < moment { low = middle + 1 } else { high = middle }
    }
    Ok(low)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_least_a_tenth_is_drawn_and_another_root_draws_others() {
        let ids = |count: usize| (0..count).map(|n| format!("c-{n}:year_end")).collect::<Vec<_>>();
        for (count, drawn) in [(0, 0), (1, 1), (10, 1), (11, 2), (100, 10)] {
            let items = draw(Hash::of("root"), ids(count), 10);
            assert_eq!((items.len(), items.iter().filter(|item| item.is_drawn).count()), (count, drawn));
        }
        let first = |root: &str| draw(Hash::of(root), ids(100), 10).into_iter().map(|item| item.id).collect::<Vec<_>>();
        assert_eq!(first("a"), first("a"));
        assert_ne!(first("a"), first("b"));
    }
}
