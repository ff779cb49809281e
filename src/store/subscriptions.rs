//! Whom to tell of what a search newly finds, and what is still to be told: the statements.
//!
//! Whoever changes what a subscription is to be told locks its row first, by changing it; so a message that is noted as sent and one that
//! is just added don't miss each other.

use super::{Column, Database, Row, StoreError, Table, Value, Write, keys_list};
use crate::field::Instant;

/// Subscriptions.
pub static SUBSCRIPTIONS: Table = Table {
    name: "subscriptions",
    columns: &[
        Column::text("id"),
        Column::text("state"),
        Column::text("target"),
        Column::text("place"),
        Column::text("filter"),
        Column::text("language"),
        Column::integer("since"),
        Column::integer("due"),
        Column::integer("rests"),
        Column::integer("attempts"),
        Column::integer("up_to"),
        Column::text("fault"),
    ],
    key: &["id"],
};

/// What is still to be told.
pub static SUBSCRIPTION_NEWS: Table = Table {
    name: "subscription_news",
    columns: &[Column::text("subscription"), Column::integer("entry"), Column::text("things")],
    key: &["subscription", "entry"],
};

/// When nothing is to be sent.
pub const NOT_DUE: i64 = i64::MAX;

const COLUMNS: &str = "id, state, target, place, filter, language, since, due, rests, attempts, up_to, fault";

/// How many entries were held against the filters, and the revision of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SubscriptionHead {
    pub size: u64,
    pub revision: u64,
}

impl Database {
    /// # Errors
    /// See [`StoreError`].
    pub async fn subscription_head(&self) -> Result<SubscriptionHead, StoreError> {
        let rows = self.read("SELECT size, revision FROM subscription_head", &[]).await?;
        let row = rows.first().ok_or_else(|| StoreError::Damaged("subscription_head has no row".into()))?;
        Ok(SubscriptionHead { size: row.unsigned(0)?, revision: row.unsigned(1)? })
    }

    /// Id and filter of every subscription that is told of things.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn active_filters(&self) -> Result<Vec<Row>, StoreError> {
        self.read("SELECT id, filter FROM subscriptions WHERE state = 'active' ORDER BY id", &[]).await
    }

    /// One subscription, as [`SUBSCRIPTIONS`] has it.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn subscription(&self, id: &str) -> Result<Option<Row>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM subscriptions WHERE id = $1");
        Ok(self.read_built(sql, &[id.into()]).await?.into_iter().next())
    }

    /// To how many subscriptions something is to be sent, and the first entry that one of them is to be told.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn to_be_told(&self) -> Result<(u64, Option<u64>), StoreError> {
        // Along two keys, a step for each of them: there are no more than so many subscriptions.
        let sql = "SELECT COUNT(*), MIN((SELECT MIN(entry) FROM subscription_news WHERE subscription = subscriptions.id)) \
                   FROM subscriptions WHERE due < $1";
        let rows = self.read(sql, &[Value::Integer(NOT_DUE)]).await?;
        let row = rows.first().ok_or(StoreError::Unexpected(0))?;
        Ok((row.unsigned(0)?, row.optional_integer(1)?.map(i64::unsigned_abs)))
    }

    /// Ids of those to whom something is due, who has waited longest first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn due_subscriptions(&self, now: Instant, limit: usize) -> Result<Vec<String>, StoreError> {
        let sql = format!("SELECT id FROM subscriptions WHERE due <= $1 ORDER BY due, id LIMIT {limit}");
        let rows = self.read_built(sql, &[Value::Integer(now.millis())]).await?;
        rows.iter().map(|row| Ok(row.text(0)?.to_owned())).collect()
    }
}

/// How many subscriptions there are already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SubscriptionCounts {
    pub all: u64,
    /// With the same target.
    pub of_target: u64,
    /// That nobody has confirmed, of all and of the same place.
    pub waiting: u64,
    pub waiting_at_place: u64,
    /// With the same target and filter.
    pub same: u64,
}

impl Write {
    /// Locks the head of subscriptions, so that whoever counts them and adds one does so alone.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn lock_subscriptions(&mut self) -> Result<(), StoreError> {
        self.read("UPDATE subscription_head SET revision = revision", &[]).await.map(drop)
    }

    /// # Errors
    /// See [`StoreError`].
    pub async fn subscription_counts(
        &mut self,
        target: &str,
        place: &str,
        filter: &str,
    ) -> Result<SubscriptionCounts, StoreError> {
        let sql = "SELECT (SELECT COUNT(*) FROM subscriptions), \
                   (SELECT COUNT(*) FROM subscriptions WHERE target = $1), \
                   (SELECT COUNT(*) FROM subscriptions WHERE state = 'waiting'), \
                   (SELECT COUNT(*) FROM subscriptions WHERE place = $2 AND state = 'waiting'), \
                   (SELECT COUNT(*) FROM subscriptions WHERE target = $1 AND filter = $3 AND state <> 'failed')";
        let rows = self.read(sql, &[target.into(), place.into(), filter.into()]).await?;
        let row = rows.first().ok_or(StoreError::Unexpected(0))?;
        Ok(SubscriptionCounts {
            all: row.unsigned(0)?,
            of_target: row.unsigned(1)?,
            waiting: row.unsigned(2)?,
            waiting_at_place: row.unsigned(3)?,
            same: row.unsigned(4)?,
        })
    }

    /// One that waits, and was asked for at some time or later, becomes active, from the entry on that is held against the filters next;
    /// whether it did.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn confirm_subscription(
        &mut self,
        id: &str,
        asked_from: Instant,
        now: Instant,
    ) -> Result<bool, StoreError> {
        // The head first, as whoever holds entries against the filters locks it first.
        self.read("UPDATE subscription_head SET revision = revision + 1", &[]).await?;
        let sql = "UPDATE subscriptions SET state = 'active', since = $2, due = $3, attempts = 0, up_to = -1, fault = '' \
                   WHERE id = $1 AND state = 'waiting' AND since >= $4 RETURNING id";
        let [now, asked_from] = [now, asked_from].map(|time| Value::Integer(time.millis()));
        let values = [id.into(), now, Value::Integer(NOT_DUE), asked_from];
        Ok(!self.read(sql, &values).await?.is_empty())
    }

    /// Deletes one and all that is known of it; whether there was one.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn forget_subscription(&mut self, id: &str) -> Result<bool, StoreError> {
        self.read("UPDATE subscription_head SET revision = revision + 1", &[]).await?;
        let gone = self.read("DELETE FROM subscriptions WHERE id = $1 RETURNING id", &[id.into()]).await?;
        self.read("DELETE FROM subscription_news WHERE subscription = $1", &[id.into()]).await?;
        Ok(!gone.is_empty())
    }

    /// Deletes those that came into a state before a time; how many there were.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn expire_subscriptions(&mut self, state: &str, before: Instant) -> Result<usize, StoreError> {
        let sql = "DELETE FROM subscriptions WHERE state = $1 AND since < $2 RETURNING id";
        Ok(self.read(sql, &[state.into(), Value::Integer(before.millis())]).await?.len())
    }

    /// Says that entries up to one were held against the filters of a revision, unless another process has done so, or the filters have
    /// changed meanwhile.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn filters_go_on(&mut self, known: SubscriptionHead, to: u64) -> Result<bool, StoreError> {
        let sql = "UPDATE subscription_head SET size = $3 WHERE size = $1 AND revision = $2 RETURNING size";
        let values = [known.size, known.revision, to].map(Value::from);
        Ok(!self.read(sql, &values).await?.is_empty())
    }

    /// Adds what is to be told, as rows of [`SUBSCRIPTION_NEWS`], and says of whom it is that something is due.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn add_news(&mut self, rows: Vec<Vec<Value>>, now: Instant) -> Result<(), StoreError> {
        let mut ids: Vec<Value> = rows.iter().filter_map(|row| row.first().cloned()).collect();
        ids.sort();
        ids.dedup();
        self.append(&SUBSCRIPTION_NEWS, rows).await?;
        for some in ids.chunks(256) {
            let (marks, mut values) = keys_list(some.iter().map(|id| vec![id.clone()]).collect());
            let (not_due, present) = (values.len() + 1, values.len() + 2);
            values.extend([Value::Integer(NOT_DUE), Value::Integer(now.millis())]);
            let sql = format!(
                "UPDATE subscriptions SET due = CASE WHEN rests > ${present} THEN rests ELSE ${present} END \
                 WHERE due = ${not_due} AND (id) IN (VALUES {marks})"
            );
            self.read(&sql, &values).await?;
        }
        Ok(())
    }

    /// Takes one to whom something is due, for as long as a lease is: its row, as it was before, unless somebody else was faster.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn lease_subscription(
        &mut self,
        id: &str,
        now: Instant,
        until: Instant,
    ) -> Result<Option<Row>, StoreError> {
        let sql = format!(
            "UPDATE subscriptions SET due = $3, attempts = attempts + 1 WHERE id = $1 AND due <= $2 RETURNING {COLUMNS}"
        );
        let values = [id.into(), Value::Integer(now.millis()), Value::Integer(until.millis())];
        Ok(self.read(&sql, &values).await?.into_iter().next())
    }

    /// The first things that are to be told: entry and things, up to an entry where one is given.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn news(&mut self, id: &str, up_to: Option<u64>, limit: usize) -> Result<Vec<Row>, StoreError> {
        let up_to = Value::from(up_to.unwrap_or(i64::MAX as u64));
        let sql = format!(
            "SELECT entry, things FROM subscription_news WHERE subscription = $1 AND entry <= $2 ORDER BY entry LIMIT {limit}"
        );
        self.read(&sql, &[id.into(), up_to]).await
    }

    /// Says how far the message goes that is under way: it has the same things however often it is tried.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn begin_message(&mut self, id: &str, up_to: u64) -> Result<(), StoreError> {
        let sql = "UPDATE subscriptions SET up_to = $2 WHERE id = $1";
        self.read(sql, &[id.into(), Value::from(up_to)]).await.map(drop)
    }

    /// A message was sent: nothing of it is to be told any more, and nothing more is sent before the subscription has rested.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn message_sent(&mut self, id: &str, up_to: u64, rests: Instant) -> Result<(), StoreError> {
        // First, as whoever adds something waits for this row.
        let sql = "UPDATE subscriptions SET attempts = 0, up_to = -1, fault = '', rests = $2 WHERE id = $1 AND up_to = $3 \
                   RETURNING id";
        let ours = self.read(sql, &[id.into(), Value::Integer(rests.millis()), Value::from(up_to)]).await?;
        let sql = "DELETE FROM subscription_news WHERE subscription = $1 AND entry <= $2";
        self.read(sql, &[id.into(), Value::from(up_to)]).await?;
        // Its lease was over, and somebody else has gone on.
        if ours.is_empty() {
            return Ok(());
        }
        let sql = "UPDATE subscriptions SET due = CASE WHEN EXISTS (SELECT 1 FROM subscription_news WHERE subscription = $1) \
                   THEN rests ELSE $2 END WHERE id = $1";
        self.read(sql, &[id.into(), Value::Integer(NOT_DUE)]).await.map(drop)
    }

    /// When something is sent next, and why nothing was; unless the subscription has come into another state meanwhile, or another
    /// message is under way.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn put_off(
        &mut self,
        id: &str,
        (state, up_to): (&str, Option<u64>),
        due: i64,
        fault: &str,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE subscriptions SET due = $2, fault = $3 WHERE id = $1 AND state = $4 AND up_to = $5";
        let up_to = up_to.map_or(Value::Integer(-1), Value::from);
        self.read(sql, &[id.into(), Value::Integer(due), fault.into(), state.into(), up_to]).await.map(drop)
    }

    /// Gives one up: nothing more is told, and its owner can still read why.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn give_up_subscription(&mut self, id: &str, now: Instant, fault: &str) -> Result<(), StoreError> {
        self.read("UPDATE subscription_head SET revision = revision + 1", &[]).await?;
        let sql = "UPDATE subscriptions SET state = 'failed', since = $2, due = $3, fault = $4 WHERE id = $1";
        let values = [id.into(), Value::Integer(now.millis()), Value::Integer(NOT_DUE), fault.into()];
        self.read(sql, &values).await?;
        self.read("DELETE FROM subscription_news WHERE subscription = $1", &[id.into()]).await.map(drop)
    }
}
