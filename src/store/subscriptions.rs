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

/// Messages that wait for others of their lane alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SendingLane {
    Mail,
    /// First attempts at webhooks that answer promptly.
    Prompt,
    /// All others to webhooks: of those that nobody has confirmed, that failed, and that took long since a time.
    Slow,
}

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

    /// Ids and places of those of a lane to whom something is due, who has waited longest first; none at `full` places. Who has rested
    /// since `slow_since` is slow.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn due_subscriptions(
        &self,
        lane: SendingLane,
        [now, slow_since]: [Instant; 2],
        full: Vec<String>,
        limit: usize,
    ) -> Result<Vec<(String, String)>, StoreError> {
        let prompt = "state = 'active' AND attempts = 0 AND rests < $2";
        let (of_lane, times) = match lane {
            SendingLane::Mail => ("target LIKE 'mailto:%'".to_owned(), vec![now]),
            SendingLane::Prompt => (format!("target NOT LIKE 'mailto:%' AND {prompt}"), vec![now, slow_since]),
            SendingLane::Slow => (format!("target NOT LIKE 'mailto:%' AND NOT ({prompt})"), vec![now, slow_since]),
        };
        let mut values: Vec<Value> = times.into_iter().map(|time| Value::Integer(time.millis())).collect();
        let marks: Vec<String> = (values.len() + 1..).map(|n| format!("${n}")).take(full.len()).collect();
        values.extend(full.into_iter().map(Value::from));
        let elsewhere = match marks.is_empty() {
            true => String::new(),
            false => format!(" AND place NOT IN ({})", marks.join(", ")),
        };
        let sql = format!(
            "SELECT id, place FROM subscriptions WHERE due <= $1 AND {of_lane}{elsewhere} ORDER BY due, id LIMIT {limit}"
        );
        let rows = self.read_built(sql, &values).await?;
        rows.iter().map(|row| Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned()))).collect()
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
    /// Whether its receiver has declined since a time.
    pub is_declined: bool,
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
        [target, place, filter]: [&str; 3],
        receiver: &str,
        declined_since: Instant,
    ) -> Result<SubscriptionCounts, StoreError> {
        let sql = "SELECT (SELECT COUNT(*) FROM subscriptions), \
                   (SELECT COUNT(*) FROM subscriptions WHERE target = $1), \
                   (SELECT COUNT(*) FROM subscriptions WHERE state = 'waiting'), \
                   (SELECT COUNT(*) FROM subscriptions WHERE place = $2 AND state = 'waiting'), \
                   (SELECT COUNT(*) FROM subscriptions WHERE target = $1 AND filter = $3 AND state <> 'failed'), \
                   (SELECT COUNT(*) FROM subscription_declines WHERE receiver = $4 AND since >= $5)";
        let since = Value::Integer(declined_since.millis());
        let rows = self.read(sql, &[target.into(), place.into(), filter.into(), receiver.into(), since]).await?;
        let row = rows.first().ok_or(StoreError::Unexpected(0))?;
        Ok(SubscriptionCounts {
            all: row.unsigned(0)?,
            of_target: row.unsigned(1)?,
            waiting: row.unsigned(2)?,
            waiting_at_place: row.unsigned(3)?,
            same: row.unsigned(4)?,
            is_declined: row.unsigned(5)? > 0,
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

    /// Deletes one that nobody has confirmed.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn forget_waiting(&mut self, id: &str) -> Result<(), StoreError> {
        self.read("DELETE FROM subscriptions WHERE id = $1 AND state = 'waiting'", &[id.into()]).await.map(drop)
    }

    /// Deletes all with a target that nobody has confirmed, or with any target at a place, where one is given; and keeps that their
    /// receiver wants none for now.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn decline(
        &mut self,
        receiver: &str,
        target: &str,
        place: Option<&str>,
        now: Instant,
    ) -> Result<(), StoreError> {
        // Alone, as whoever counts them and adds one does.
        self.lock_subscriptions().await?;
        let sql = "INSERT INTO subscription_declines (receiver, since) VALUES ($1, $2) \
                   ON CONFLICT (receiver) DO UPDATE SET since = excluded.since";
        self.read(sql, &[receiver.into(), Value::Integer(now.millis())]).await?;
        let (sql, whose) = match place {
            Some(place) => ("DELETE FROM subscriptions WHERE place = $1 AND state = 'waiting'", place),
            None => ("DELETE FROM subscriptions WHERE target = $1 AND state = 'waiting'", target),
        };
        self.read(sql, &[whose.into()]).await.map(drop)
    }

    /// Forgets who has declined before a time.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn expire_declines(&mut self, before: Instant) -> Result<(), StoreError> {
        let sql = "DELETE FROM subscription_declines WHERE since < $1";
        self.read(sql, &[Value::Integer(before.millis())]).await.map(drop)
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

    /// A message was sent: nothing of it is to be told any more, and nothing more is sent before the subscription has rested, if it is
    /// to rest.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn message_sent(
        &mut self,
        id: &str,
        up_to: u64,
        now: Instant,
        rests: Option<Instant>,
    ) -> Result<(), StoreError> {
        // First, as whoever adds something waits for this row.
        let sql = "UPDATE subscriptions SET attempts = 0, up_to = -1, fault = '', rests = CASE WHEN $2 > rests THEN $2 ELSE rests \
                   END WHERE id = $1 AND up_to = $3 RETURNING id";
        let rests = Value::Integer(rests.map_or(0, Instant::millis));
        let ours = self.read(sql, &[id.into(), rests, Value::from(up_to)]).await?;
        let sql = "DELETE FROM subscription_news WHERE subscription = $1 AND entry <= $2";
        self.read(sql, &[id.into(), Value::from(up_to)]).await?;
        // Its lease was over, and somebody else has gone on.
        if ours.is_empty() {
            return Ok(());
        }
        // Behind those who have waited longer.
        let sql = "UPDATE subscriptions SET due = CASE WHEN NOT EXISTS (SELECT 1 FROM subscription_news WHERE subscription = $1) \
                   THEN $2 WHEN rests > $3 THEN rests ELSE $3 END WHERE id = $1";
        self.read(sql, &[id.into(), Value::Integer(NOT_DUE), Value::Integer(now.millis())]).await.map(drop)
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

    /// Says that one has taken long.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn rests(&mut self, id: &str, until: Instant) -> Result<(), StoreError> {
        let sql = "UPDATE subscriptions SET rests = $2 WHERE id = $1 AND rests < $2";
        self.read(sql, &[id.into(), Value::Integer(until.millis())]).await.map(drop)
    }

    /// Gives one up whose message is under way: nothing more is told, and its owner can still read why. `false` where somebody else has
    /// gone on.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn give_up_subscription(
        &mut self,
        id: &str,
        up_to: u64,
        now: Instant,
        fault: &str,
    ) -> Result<bool, StoreError> {
        self.read("UPDATE subscription_head SET revision = revision + 1", &[]).await?;
        let sql = "UPDATE subscriptions SET state = 'failed', since = $2, due = $3, fault = $4 \
                   WHERE id = $1 AND state = 'active' AND up_to = $5 RETURNING id";
        let values =
            [id.into(), Value::Integer(now.millis()), Value::Integer(NOT_DUE), fault.into(), Value::from(up_to)];
        if self.read(sql, &values).await?.is_empty() {
            return Ok(false);
        }
        self.read("DELETE FROM subscription_news WHERE subscription = $1", &[id.into()]).await?;
        Ok(true)
    }
}
