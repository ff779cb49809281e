//! Where a benchmark keeps its logs: a folder that is gone afterwards.

use crate::clock::Clock;
use crate::field::Instant;
use crate::highwater::HighWater;
use crate::law::Editions;
use crate::ledger::{Home, Ledger, LogKeys, NewLog};
use crate::store::Objects;
use anyhow::Context;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A temporary folder on a disk. `/tmp` is often memory, where a durable commit costs nothing; `/var/tmp` is not.
pub(super) struct Folder(PathBuf);

impl Folder {
    pub fn create() -> anyhow::Result<Self> {
        let lasting = Path::new("/var/tmp");
        let parent = match std::env::var_os("TMPDIR") {
            None if lasting.is_dir() => lasting.to_owned(),
            _ => std::env::temp_dir(),
        };
        let path = parent.join(format!("gongshi-bench-{}", uuid::Uuid::new_v4()));
        std::fs::create_dir(&path).with_context(|| path.display().to_string())?;
        Ok(Self(path))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub fn sqlite_url(&self, name: &str) -> String {
        format!("sqlite://{}", self.join(&format!("{name}.sqlite")).display())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Whoever runs a benchmark can't do anything about a folder that stays; the system clears it some day.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub(super) const ORIGIN: &str = "bench.gongshi.example/log";

/// Every benchmarked log lives at this hour, so that notices written here are valid in any year.
pub(super) const NOW: &str = "2026-03-02T02:00:00.000Z";

/// A log of the benchmark, begun when it is new.
pub(super) async fn open(database_url: &str, folder: &Path, clock: Clock) -> anyhow::Result<Arc<Ledger>> {
    let place = Home {
        database_url: database_url.to_owned(),
        objects: Objects::local(&folder.join("documents"))?,
        keys: LogKeys::in_folder(&folder.join("keys"))?,
        opening: NewLog {
            origin: ORIGIN.to_owned(),
            operator: "XM-BENCH-OPERATOR".parse()?,
            operator_name: "平台运行机构".to_owned(),
            law: Editions::newest(),
        },
        clock,
        policy: None,
        high_water: HighWater::default(),
    };
    Ok(Ledger::open(place).await?)
}

/// A log whose clock stands still at [`NOW`].
pub(super) async fn open_now(database_url: &str, folder: &Path) -> anyhow::Result<Arc<Ledger>> {
    let now: Instant = NOW.parse().map_err(|_| anyhow::anyhow!("{NOW} is not an instant"))?;
    open(database_url, folder, Clock::manual(now)).await
}
