//! Whether a write could be made now. While writes succeed it costs a look; after one has failed, a write is tried.

use super::{Column, Database, Obstacle, Pools, StoreError, Table, Value, postgres, room};
use rand::Rng;

static PROBE: Table = Table { name: "probe", columns: &[Column::integer("id"), Column::blob("bytes")], key: &["id"] };

/// The least that is tried, so that it takes pages that were not there.
const TRIED_BYTES_MIN: usize = 64 << 10;

impl Database {
    /// Why it can't be written, as far as the last writes and the last [`Self::probe`] tell.
    pub fn obstacle(&self) -> Option<Obstacle> {
        self.health.obstacle()
    }

    /// Whether something was written, once, since a write has failed: a probe would tell more than what is known.
    pub fn take_hope(&self) -> bool {
        self.health.take_hope()
    }

    /// Looks whether it can be written: [`Self::obstacle`] tells then.
    pub async fn probe(&self) {
        let try_write = async |bytes: usize| {
            if let Err(error) = self.try_write(bytes.max(TRIED_BYTES_MIN)).await {
                // Which is noted already.
                tracing::debug!(%error, "a write was tried and failed");
            }
        };
        self.health.probe(self.look(), try_write).await;
    }

    async fn look(&self) -> Result<(), Obstacle> {
        match &self.pools {
            Pools::Sqlite { file, .. } => match file.parent() {
                Some(folder) => room::look(folder.to_owned()).await,
                None => Ok(()),
            },
            Pools::Postgres(pool) => match postgres::is_read_only(pool).await {
                Ok(false) => Ok(()),
                Ok(true) => Err(Obstacle::ReadOnly),
                Err(error) => Err(Obstacle::of_database(&error)),
            },
        }
    }

    /// Writes as much as could not be written, and deletes it: the pages that it took are free for the next batch. Of
    /// another kind than zeros, which PostgreSQL would compress.
    async fn try_write(&self, bytes: usize) -> Result<(), StoreError> {
        let (id, mut noise) = (rand::random::<u32>(), vec![0; bytes]);
        rand::rng().fill_bytes(&mut noise);
        let mut write = self.begin_write().await?;
        write.put(&PROBE, vec![vec![Value::Integer(id.into()), Value::Blob(noise)]]).await?;
        write.commit().await?;
        let mut write = self.begin_write().await?;
        // What another replica, or one that died, has left there is of no use either.
        write.empty(&PROBE).await?;
        write.commit().await
    }
}
