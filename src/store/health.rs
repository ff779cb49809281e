//! Whether a store can be written, as far as the last writes tell: what a full disk, a lost connection or a read-only
//! file system looks like from here.

use super::StoreError;
use super::room::ROOM_BYTES;
use crate::problem::Bilingual;
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Why a database or an object store can't be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// It is not reached, or does not answer in time.
    Away,
    /// No room is left.
    Full,
    /// It is mounted or opened read-only, or this process may not write to it.
    ReadOnly,
    /// Whatever else the log of the service says.
    Failing,
}

impl Obstacle {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Away => "away",
            Self::Full => "full",
            Self::ReadOnly => "read-only",
            Self::Failing => "failing",
        }
    }

    pub fn reason(self) -> Bilingual {
        let (zh, en) = match self {
            Self::Away => ("无法连接，或未及时应答", "it can't be reached, or does not answer in time"),
            Self::Full => ("存储空间已满，无法写入", "no room is left: nothing can be written"),
            Self::ReadOnly => ("只读，或服务无写入权限", "it is read-only, or the service may not write to it"),
            Self::Failing => {
                ("最近一次写入失败，原因见服务日志", "the last write failed; the log of the service says why")
            }
        };
        Bilingual { zh: zh.to_owned(), en: en.to_owned() }
    }

    /// What whoever runs the service does about it.
    pub fn cure(self) -> Bilingual {
        let (zh, en) = match self {
            Self::Away => ("请恢复其运行或网络", "start it again, or mend the network"),
            Self::Full => ("请腾出空间或扩容", "make room, or give it more"),
            Self::ReadOnly => ("请恢复可写状态及权限", "make it writable again for the service"),
            Self::Failing => ("请按日志排除故障", "mend what the log says"),
        };
        Bilingual {
            zh: format!("{zh}；恢复后服务自动继续，无须重启"),
            en: format!("{en}; the service goes on by itself, without a restart"),
        }
    }

    /// Of what a driver says.
    pub fn of_database(error: &sqlx::Error) -> Self {
        match error {
            sqlx::Error::Io(error) => Self::of_io(error).unwrap_or(Self::Away),
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Tls(_) => Self::Away,
            sqlx::Error::Database(error) => match error.code().as_deref() {
                Some(code) if error.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some() => Self::of_sqlite(code),
                Some(code) => Self::of_postgres(code),
                None => Self::Failing,
            },
            _ => Self::Failing,
        }
    }

    /// <https://www.sqlite.org/rescode.html>: the primary code is the lowest byte.
    fn of_sqlite(code: &str) -> Self {
        match code.parse::<u32>().map(|code| code & 0xFF) {
            Ok(13) => Self::Full,
            Ok(3 | 8 | 14) => Self::ReadOnly,
            _ => Self::Failing,
        }
    }

    /// <https://www.postgresql.org/docs/current/errcodes-appendix.html>
    fn of_postgres(code: &str) -> Self {
        match code {
            "53100" => Self::Full,
            "25006" | "42501" => Self::ReadOnly,
            // Too many clients; connection exceptions; the server stops or starts.
            "53300" => Self::Away,
            _ if code.starts_with("08") || code.starts_with("57P") => Self::Away,
            _ => Self::Failing,
        }
    }

    /// `None` for an error that says nothing about the place.
    pub fn of_io(error: &io::Error) -> Option<Self> {
        use io::ErrorKind as Kind;
        match error.kind() {
            Kind::StorageFull | Kind::QuotaExceeded | Kind::FileTooLarge => Some(Self::Full),
            Kind::ReadOnlyFilesystem | Kind::PermissionDenied => Some(Self::ReadOnly),
            _ => None,
        }
    }

    /// Of what an object store says: a folder's errors hold what the system said.
    pub fn of_objects(error: &object_store::Error) -> Self {
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
        while let Some(error) = cause {
            if let Some(obstacle) = error.downcast_ref::<io::Error>().and_then(Self::of_io) {
                return obstacle;
            }
            cause = error.source();
        }
        match error {
            object_store::Error::PermissionDenied { .. } | object_store::Error::Unauthenticated { .. } => {
                Self::ReadOnly
            }
            _ => Self::Failing,
        }
    }
}

impl StoreError {
    /// What it says about the database as a whole; `None` when it is about one value.
    pub fn obstacle(&self) -> Option<Obstacle> {
        match self {
            Self::Database(error) => Some(Obstacle::of_database(error)),
            Self::TimedOut => Some(Obstacle::Away),
            Self::Migration(_) | Self::NotDurable { .. } | Self::Pooled | Self::File { .. } | Self::Damaged(_) => {
                Some(Obstacle::Failing)
            }
            Self::Unexpected(_) | Self::WrongKind | Self::Over => None,
        }
    }
}

/// What the last writes to one store came to; shared by everybody who writes to it.
#[derive(Debug)]
pub(super) struct Health {
    /// What it is, for the log of the service.
    of: &'static str,
    failed: Mutex<Option<Failed>>,
}

/// A write that failed, and that none as large has followed.
#[derive(Clone, Copy, Debug)]
struct Failed {
    obstacle: Obstacle,
    /// How much was to be written: a smaller write that succeeds is no proof, only a sign.
    bytes: usize,
    /// There was such a sign since the last look.
    hopeful: bool,
}

/// A store that takes longer to be probed is as good as away. Whoever watches has an answer within two seconds.
const PROBE_TIME_MAX: Duration = Duration::from_millis(1200);

/// Of a write that failed, as much is tried again: what a few ordinary records need. A trial of the longest batch would
/// cost more than it tells.
const TRIED_BYTES_MAX: usize = 4 << 20;

impl Health {
    pub fn new(of: &'static str) -> Self {
        Self { of, failed: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Failed>> {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn failed(&self, obstacle: Obstacle, bytes: usize) {
        let bytes = bytes.min(TRIED_BYTES_MAX);
        let mut failed = self.lock();
        let before = *failed;
        let bytes = before.map_or(bytes, |before| before.bytes.max(bytes));
        *failed = Some(Failed { obstacle, bytes, hopeful: false });
        // Told of once, not at every write.
        if before.is_none_or(|before| before.obstacle != obstacle) {
            tracing::error!(cause = obstacle.as_str(), "{} can't be written: {}", self.of, obstacle.reason().en);
        }
    }

    /// Of a look, without a write. Where it found no room, only a write as large as that room says otherwise.
    fn looked(&self, obstacle: Obstacle) {
        self.failed(obstacle, if obstacle == Obstacle::Full { ROOM_BYTES } else { 0 });
    }

    pub fn wrote(&self, bytes: usize) {
        let mut failed = self.lock();
        match &mut *failed {
            None => {}
            Some(failed) if bytes < failed.bytes => failed.hopeful = true,
            Some(_) => {
                *failed = None;
                tracing::info!("{} can be written again", self.of);
            }
        }
    }

    /// Whether something was written since a write has failed and since this was last asked: it should be looked at now.
    pub fn take_hope(&self) -> bool {
        self.lock().as_mut().is_some_and(|failed| std::mem::take(&mut failed.hopeful))
    }

    /// Why it can't be written, as far as the last writes and the last [`Self::probe`] tell.
    pub fn obstacle(&self) -> Option<Obstacle> {
        self.lock().map(|failed| failed.obstacle)
    }

    /// Looks whether it can be written; after a write that has failed, as much is tried again, and notes itself how it went.
    pub async fn probe<F: Future<Output = ()>>(
        &self,
        look: impl Future<Output = Result<(), Obstacle>>,
        try_write: impl FnOnce(usize) -> F,
    ) {
        let probing = async {
            look.await?;
            let failed = *self.lock();
            if let Some(failed) = failed {
                try_write(failed.bytes).await;
            }
            Ok(())
        };
        let probed = tokio::time::timeout(PROBE_TIME_MAX, probing).await.unwrap_or(Err(Obstacle::Away));
        if let Err(obstacle) = probed {
            self.looked(obstacle);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Health {
        fn failure(&self) -> Option<Failed> {
            *self.lock()
        }
    }

    #[test]
    fn only_a_write_as_large_as_the_one_that_failed_says_that_it_can_be_written() {
        let health = Health::new("a store");
        health.wrote(1);
        assert!(health.failure().is_none());
        health.failed(Obstacle::Full, 4096);
        health.failed(Obstacle::Full, 10);
        assert!(!health.take_hope());
        health.wrote(4095);
        assert!(health.take_hope() && !health.take_hope());
        assert_eq!(health.failure().map(|failed| (failed.obstacle, failed.bytes)), Some((Obstacle::Full, 4096)));
        health.wrote(4096);
        assert!(health.failure().is_none());
        // No trial is ever larger.
        health.failed(Obstacle::Failing, usize::MAX);
        health.wrote(TRIED_BYTES_MAX);
        assert!(health.failure().is_none());
    }

    #[test]
    fn what_engines_and_systems_say_is_understood() {
        assert_eq!(["13", "8", "1032", "14", "778", "5"].map(Obstacle::of_sqlite), {
            use Obstacle::{Failing, Full, ReadOnly};
            [Full, ReadOnly, ReadOnly, ReadOnly, Failing, Failing]
        });
        assert_eq!(["53100", "25006", "57P03", "08006", "40001"].map(Obstacle::of_postgres), {
            use Obstacle::{Away, Failing, Full, ReadOnly};
            [Full, ReadOnly, Away, Away, Failing]
        });
        let full = io::Error::from_raw_os_error(rustix::io::Errno::NOSPC.raw_os_error());
        let nested = object_store::Error::Generic { store: "folder", source: Box::new(full) };
        assert_eq!(Obstacle::of_objects(&nested), Obstacle::Full);
        let refused = sqlx::Error::Io(io::ErrorKind::ConnectionRefused.into());
        assert_eq!(Obstacle::of_database(&refused), Obstacle::Away);
    }
}
