//! What is measured of a process, and what of it must not grow.

use super::trend::{growth_of_second_half, median};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Memory may still grow so much in the second half: an allocator's pages, and the states of the streams that are new. Of more
/// than a hundred requests a second in a quarter of an hour, a kind that loses 200 bytes each time is found.
const MEMORY_GROWTH_MAX_KIB: f64 = 16_384.0;
/// Files and sockets: connections come and go.
const FDS_GROWTH_MAX: f64 = 8.0;
/// SQLite begins its write-ahead log anew after 4,000 pages of 8 KiB, so it goes up and down by 32 MiB.
const WAL_GROWTH_MAX_KIB: f64 = 8_192.0;
/// It is never emptied where a reader never ends.
const WAL_MAX_KIB: f64 = 65_536.0;

pub struct Samples {
    process: PathBuf,
    wal: Option<PathBuf>,
    began: Instant,
    at: Vec<Duration>,
    memory_kib: Vec<f64>,
    fds: Vec<f64>,
    wal_kib: Vec<f64>,
}

impl Samples {
    /// Of a process; of the write-ahead log where there is a file of that kind. PostgreSQL looks after its own.
    pub fn of(pid: u32, data: Option<&Path>) -> Self {
        Self {
            process: PathBuf::from(format!("/proc/{pid}")),
            wal: data.map(|data| data.join("gongshi.sqlite-wal")),
            began: Instant::now(),
            at: Vec::new(),
            memory_kib: Vec::new(),
            fds: Vec::new(),
            wal_kib: Vec::new(),
        }
    }

    pub fn take(&mut self) -> anyhow::Result<()> {
        let status = fs::read_to_string(self.process.join("status"))?;
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let resident = resident.and_then(|line| line.split_whitespace().next()).unwrap_or_default().parse()?;
        self.at.push(self.began.elapsed());
        self.memory_kib.push(resident);
        self.fds.push(fs::read_dir(self.process.join("fd"))?.count() as f64);
        if let Some(wal) = &self.wal {
            self.wal_kib.push(fs::metadata(wal).map_or(0.0, |file| file.len() as f64 / 1024.0));
        }
        Ok(())
    }

    /// A line now and then, about twenty of them.
    pub fn print(&self) {
        println!("seconds  memory KiB  fds  write-ahead log KiB");
        for at in (0..self.at.len()).step_by(self.at.len().div_ceil(20).max(1)) {
            let wal = self.wal_kib.get(at).copied().unwrap_or_default();
            println!("{:>7}  {:>10}  {:>3}  {wal:>10.0}", self.at[at].as_secs(), self.memory_kib[at], self.fds[at]);
        }
    }

    /// What goes up; and, printed, by how much each of them went.
    pub fn rising(&self) -> Vec<String> {
        let judged = [
            ("memory KiB", &self.memory_kib, MEMORY_GROWTH_MAX_KIB),
            ("fds", &self.fds, FDS_GROWTH_MAX),
            ("write-ahead log KiB", &self.wal_kib, WAL_GROWTH_MAX_KIB),
        ];
        let mut rising = Vec::new();
        for (name, series, allowed) in judged.into_iter().filter(|(_, series, _)| !series.is_empty()) {
            let (growth, most) = (growth_of_second_half(series), series.iter().copied().fold(0.0, f64::max));
            println!("{name}: median {:.0}, most {most:.0}, second half {growth:+.0} of {allowed:.0}", median(series));
            if growth > allowed {
                rising.push(format!("{name} went up by {growth:.0} in the second half"));
            }
        }
        if self.wal_kib.iter().any(|size| *size > WAL_MAX_KIB) {
            rising.push("the write-ahead log is never emptied".to_owned());
        }
        rising
    }
}
