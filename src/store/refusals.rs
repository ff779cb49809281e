//! How often records were refused, by the rule that the refusal cites: the statements.

use super::{Database, StoreError, Value, Write};
use crate::field::Instant;

/// Of an edition of the law by its hash, and a rule as the refusal cites it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedBy {
    pub edition: String,
    pub rule: String,
    pub refused: u64,
}

impl Database {
    /// Since when refusals are counted: from now on, where nobody has begun.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn begin_refusals(&self, now: Instant) -> Result<(), StoreError> {
        if self.refusals_since().await?.is_some() {
            return Ok(());
        }
        let mut write = self.begin_write().await?;
        let sql = "INSERT INTO refusal_head (id, since) VALUES (1, $1) ON CONFLICT (id) DO NOTHING";
        write.read(sql, &[Value::Integer(now.millis())]).await?;
        write.commit().await
    }

    /// Since when refusals are counted.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn refusals_since(&self) -> Result<Option<Instant>, StoreError> {
        let rows = self.read("SELECT since FROM refusal_head WHERE id = 1", &[]).await?;
        rows.first().map(|row| Ok(Instant::from_millis(row.integer(0)?))).transpose()
    }

    /// Those under one edition: as many rows as it has rules that are ever cited.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn refusals(&self, edition: &str) -> Result<Vec<RefusedBy>, StoreError> {
        let sql = "SELECT edition, rule, refused FROM refusals WHERE edition = $1 ORDER BY rule";
        let rows = self.read(sql, &[Value::from(edition)]).await?;
        let read = rows.iter().map(|row| {
            Ok(RefusedBy { edition: row.text(0)?.into(), rule: row.text(1)?.into(), refused: row.unsigned(2)? })
        });
        read.collect()
    }
}

impl Write {
    /// Adds to what was counted before. Whoever counts beside us adds in the same order of keys, so nobody waits in a circle.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn add_refusals(&mut self, counted: Vec<RefusedBy>) -> Result<(), StoreError> {
        let sql = "INSERT INTO refusals (edition, rule, refused) VALUES ($1, $2, $3) \
                   ON CONFLICT (edition, rule) DO UPDATE SET refused = refusals.refused + excluded.refused";
        for RefusedBy { edition, rule, refused } in counted {
            self.read(sql, &[edition.into(), rule.into(), Value::from(refused)]).await?;
        }
        Ok(())
    }
}
