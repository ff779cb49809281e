//! Where a simulated log is kept, and what a power cut leaves of it.

use super::cast::Cast;
use super::fault::{Fault, fault};
use super::plan::Engine;
use gongshi::clock::Clock;
use gongshi::highwater::HighWater;
use gongshi::ledger::{Home as Place, Ledger, LedgerError, LogKeys, NewLog};
use gongshi::record::PrivateKey;
use gongshi::sequencer::LoadError;
use gongshi::store::Objects;
use sqlx::{Connection, Executor, PgConnection};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;

pub const ORIGIN: &str = "simulated.example/log";

pub enum Home {
    Sqlite(TempDir),
    /// An empty database at first.
    Postgres(String),
}

/// How far SQLite's write-ahead log has come: its header, which changes when it begins anew, and its length.
#[derive(PartialEq)]
pub struct Mark {
    header: [u8; 32],
    length: u64,
}

fn wal(folder: &Path) -> PathBuf {
    folder.join("gongshi.sqlite-wal")
}

impl Home {
    pub async fn empty(engine: Engine, postgres: Option<&str>) -> Result<Self, Fault> {
        match (engine, postgres) {
            (Engine::Sqlite, _) => Ok(Self::Sqlite(folder()?)),
            (Engine::Postgres, None) => Err(fault("setting", "PostgreSQL is not installed")),
            (Engine::Postgres, Some(url)) => {
                let mut connection = PgConnection::connect(url).await.map_err(|e| fault("setting", e))?;
                let anew = "DROP SCHEMA public CASCADE; CREATE SCHEMA public";
                connection.execute(anew).await.map_err(|e| fault("setting", e))?;
                Ok(Self::Postgres(url.to_owned()))
            }
        }
    }

    fn url(&self) -> String {
        match self {
            Self::Sqlite(folder) => format!("sqlite://{}", folder.path().join("gongshi.sqlite").display()),
            Self::Postgres(url) => url.clone(),
        }
    }

    /// Starts a service on it, under the name that the log has.
    pub async fn open(
        &self,
        cast: &Cast,
        service: &PrivateKey,
        documents: &Path,
        clock: &Clock,
    ) -> Result<Arc<Ledger>, Fault> {
        let mut origin = ORIGIN.to_owned();
        loop {
            let place = Place {
                database_url: self.url(),
                objects: Objects::local(documents).map_err(|e| fault("setting", e))?,
                keys: LogKeys {
                    checkpoint: cast.checkpoint_keys(),
                    service: service.clone(),
                    operator: cast.players[0].keys[0].clone(),
                    links: service.clone(),
                },
                opening: NewLog {
                    origin,
                    operator: cast.players[0].id.clone(),
                    operator_name: "模拟平台".into(),
                    law: Arc::clone(&cast.first_law),
                },
                clock: clock.clone(),
                policy: None,
                high_water: HighWater::default(),
            };
            match Ledger::open(place).await {
                Ok(ledger) => return Ok(ledger),
                // It was continued under another name, which an operator would read in the error, too.
                Err(LedgerError::Load(LoadError::Origin { found, expected })) if expected == ORIGIN => origin = found,
                Err(error) => return Err(fault("open", error)),
            }
        }
    }

    pub fn mark(&self) -> Result<Option<Mark>, Fault> {
        let Self::Sqlite(folder) = self else { return Ok(None) };
        let path = wal(folder.path());
        let mut file = fs::File::open(&path).map_err(|e| fault("setting", e))?;
        let length = file.metadata().map_err(|e| fault("setting", e))?.len();
        let mut header = [0; 32];
        // A log that nobody has written to has no header yet.
        let _ = file.read_exact(&mut header);
        Ok(Some(Mark { header, length }))
    }

    /// What was synced before the mark is on the disk; of what was written after it, a part.
    pub fn after_power_cut(self, before: Option<&Mark>, kept: u16) -> Result<Self, Fault> {
        let Self::Sqlite(old) = &self else { return Ok(self) };
        let new = folder()?;
        let copy = |name: &str| fs::copy(old.path().join(name), new.path().join(name));
        copy("gongshi.sqlite").and_then(|_| copy("gongshi.sqlite-wal")).map_err(|e| fault("setting", e))?;
        let now = self.mark()?;
        if let (Some(before), Some(now)) = (before, now)
            && before.header == now.header
            && before.length < now.length
        {
            let length = before.length + (now.length - before.length) * u64::from(kept) / u64::from(u16::MAX);
            let file = fs::OpenOptions::new().write(true).open(wal(new.path())).map_err(|e| fault("setting", e))?;
            file.set_len(length).map_err(|e| fault("setting", e))?;
        }
        Ok(Self::Sqlite(new))
    }
}

pub fn folder() -> Result<TempDir, Fault> {
    tempfile::Builder::new().prefix("gongshi-simulated-").tempdir().map_err(|e| fault("setting", e))
}
