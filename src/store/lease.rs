//! Of several replicas one publishes: two could take turns at putting an older checkpoint over a newer one.

use super::{Database, Pools, StoreError};
use sqlx::pool::PoolConnection;
use sqlx::{Connection, Postgres};

/// A session that holds PostgreSQL's advisory lock; SQLite has one process anyway. The lock goes with the session, however
/// that ends.
pub struct Lease(Option<PoolConnection<Postgres>>);

/// "gongshi" in ASCII: the lock's name in the database.
const LOCK: i64 = 0x0067_6F6E_6773_6869;

impl Lease {
    /// Whether this process may publish now; takes the lease when it is free.
    ///
    /// # Errors
    /// The database can't be reached.
    pub async fn holds(lease: &mut Option<Self>, database: &Database) -> Result<bool, StoreError> {
        if let Some(Self(session)) = lease {
            let alive = match session {
                Some(session) => session.ping().await.is_ok(),
                None => true,
            };
            if alive {
                return Ok(true);
            }
            *lease = None;
        }
        *lease = match &database.pools {
            Pools::Sqlite { .. } => Some(Self(None)),
            Pools::Postgres(pool) => {
                let mut session = pool.acquire().await?;
                let taken: bool =
                    sqlx::query_scalar("SELECT pg_try_advisory_lock($1)").bind(LOCK).fetch_one(&mut *session).await?;
                taken.then_some(Self(Some(session)))
            }
        };
        Ok(lease.is_some())
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(session) = self.0.take() {
            // Back in the pool, it would hold the lock on.
            drop(session.detach());
        }
    }
}
