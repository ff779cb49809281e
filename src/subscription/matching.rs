//! New entries held against all filters. What is to be told is written in the same transaction as how far the log was looked at, so
//! each entry is told of once, whoever looks and whenever somebody is killed.

use super::limits::{DECLINED_MILLIS, ENTRIES_AT_A_TIME, GIVEN_UP_MILLIS, UNCONFIRMED_MILLIS};
use super::news::{NewThing, Told};
use super::service::{SubscriptionState, Subscriptions};
use crate::ledger::LedgerError;
use crate::search::SearchAsked;
use crate::search::projection::{Matcher, SearchedThing, ThingChange, changes};
use crate::store::{StoreError, Value};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// Between two looks at the log.
const FOLLOWS_EVERY: Duration = Duration::from_millis(500);
/// After a failure.
const FAILED_PAUSE: Duration = Duration::from_secs(5);
/// Between two looks at what has expired.
const TIDIES_EVERY: Duration = Duration::from_secs(3600);

/// The filters of a revision.
#[derive(Default)]
pub struct Held {
    revision: Option<u64>,
    filters: Arc<Vec<(String, Matcher)>>,
}

/// Follows the log; drop the future to stop.
pub async fn match_for_ever(subscriptions: Arc<Subscriptions>) {
    let mut tidied = None;
    loop {
        let is_time = tidied.is_none_or(|at: std::time::Instant| at.elapsed() > TIDIES_EVERY);
        if is_time && subscriptions.expire().await.is_ok() {
            tidied = Some(std::time::Instant::now());
        }
        let pause = match subscriptions.match_new().await {
            Ok(_) => FOLLOWS_EVERY,
            Err(error) => {
                tracing::error!(%error, "new entries were not held against subscriptions");
                FAILED_PAUSE
            }
        };
        tokio::time::sleep(pause).await;
    }
}

impl Subscriptions {
    /// Holds everything new against the filters, and says how many pieces of news there are.
    ///
    /// # Errors
    /// The store can't be read or written.
    pub async fn match_new(&self) -> Result<usize, LedgerError> {
        let mut news = 0;
        while let Some(found) = self.match_some().await? {
            news += found;
        }
        Ok(news)
    }

    /// `None` when there is nothing new.
    async fn match_some(&self) -> Result<Option<usize>, LedgerError> {
        let database = &self.ledger.database;
        let head = database.subscription_head().await?;
        let size = self.ledger.size_now().await?;
        if head.size == size {
            return Ok(None);
        }
        let filters = self.filters(head.revision).await?;
        // A log that went back has other entries from there on; and where nobody is to be told, none is looked at.
        let to = if head.size > size || filters.is_empty() { size } else { size.min(head.size + ENTRIES_AT_A_TIME) };
        let rows = if filters.is_empty() || head.size > size {
            Vec::new()
        } else {
            held_against(&filters, &changes(&self.ledger, head.size, to).await?)?
        };
        let found = rows.len();
        let now = self.ledger.clock.now();
        let mut write = database.begin_write().await?;
        // Somebody else was faster, or has subscribed or stopped meanwhile: it is looked at again.
        if !write.filters_go_on(head, to).await? {
            write.rollback().await;
            return Ok(Some(0));
        }
        write.add_news(rows, now).await?;
        write.commit().await?;
        Ok(Some(found))
    }

    async fn filters(&self, revision: u64) -> Result<Arc<Vec<(String, Matcher)>>, LedgerError> {
        let mut held = self.held.lock().await;
        if held.revision != Some(revision) {
            // They may be newer than the revision; then the head has moved on, and nothing comes of them.
            let mut filters = Vec::new();
            for row in self.ledger.database.active_filters().await? {
                let asked: SearchAsked = serde_json::from_str(row.text(1)?).map_err(|_| StoreError::Unexpected(1))?;
                filters.push((row.text(0)?.to_owned(), Matcher::of(&asked.search())));
            }
            *held = Held { revision: Some(revision), filters: Arc::new(filters) };
        }
        Ok(Arc::clone(&held.filters))
    }

    /// Deletes what nobody has confirmed in time, and what was given up or declined long ago.
    async fn expire(&self) -> Result<(), LedgerError> {
        let now = self.ledger.clock.look()?;
        let mut write = self.ledger.database.begin_write().await?;
        write.expire_subscriptions(SubscriptionState::Waiting.name(), now.plus_millis(-UNCONFIRMED_MILLIS)).await?;
        write.expire_subscriptions(SubscriptionState::Failed.name(), now.plus_millis(-GIVEN_UP_MILLIS)).await?;
        write.expire_declines(now.plus_millis(-DECLINED_MILLIS)).await?;
        Ok(write.commit().await?)
    }
}

/// What each subscription is to be told, as rows: things that its search finds now and did not find before.
fn held_against(filters: &[(String, Matcher)], changes: &[ThingChange]) -> Result<Vec<Vec<Value>>, StoreError> {
    let mut told: BTreeMap<(&str, u64), Told> = BTreeMap::new();
    for change in changes {
        let after = SearchedThing::of(&change.after);
        let mut before = None;
        for (id, matcher) in filters.iter().filter(|(_, matcher)| matcher.finds(&after)) {
            let before = before.get_or_insert_with(|| change.before.as_ref().map(SearchedThing::of));
            if before.as_ref().is_some_and(|before| matcher.finds(before)) {
                continue;
            }
            let known = told.entry((id, change.entry));
            let told = known.or_insert_with(|| Told { time: change.time, things: Vec::new() });
            told.things.push(NewThing::from(change));
        }
    }
    let row = |((id, entry), told): ((&str, u64), Told)| {
        let things = serde_json::to_string(&told).map_err(|_| StoreError::WrongKind)?;
        Ok(vec![id.into(), entry.into(), things.into()])
    };
    told.into_iter().map(row).collect()
}
