//! What was survived, in numbers.

use std::fmt;
use std::time::Duration;

/// What is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strike {
    /// The service at work.
    Service,
    /// The service as it starts, or makes its log.
    Start,
    /// One process of PostgreSQL that serves a connection: the server then ends all others and recovers.
    Backend,
    /// PostgreSQL itself.
    Server,
}

#[derive(Debug, Default)]
pub struct Tally {
    pub at_work: u64,
    pub starting: u64,
    pub backends: u64,
    pub servers: u64,
    /// Logs, each audited whole at its end, and its tables compared with it.
    pub logs: u64,
    pub entries: u64,
    /// Records with a receipt.
    pub acknowledged: u64,
    /// Records that nobody had an answer to, which were there all the same.
    pub unanswered_kept: u64,
    /// Checkpoints that were shown, in receipts or by themselves.
    pub checkpoints: u64,
    pub documents: u64,
    pub disclosures: u64,
    /// The longest time from a start to an answer, and from a blow at PostgreSQL to the next receipt.
    pub slowest_start: Duration,
    pub slowest_return: Duration,
}

impl Tally {
    pub fn kills(&self) -> u64 {
        self.at_work + self.starting + self.backends + self.servers
    }

    pub fn struck(&mut self, strike: Strike) {
        *match strike {
            Strike::Service => &mut self.at_work,
            Strike::Start => &mut self.starting,
            Strike::Backend => &mut self.backends,
            Strike::Server => &mut self.servers,
        } += 1;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} kills ({} at work, {} starting, {} backends, {} postmasters), {} logs, {} entries; kept: {} acknowledged \
             records, {} unanswered, {} checkpoints, {} documents, {} disclosures; slowest start {:.1} s, return {:.1} s",
            self.kills(),
            self.at_work,
            self.starting,
            self.backends,
            self.servers,
            self.logs,
            self.entries,
            self.acknowledged,
            self.unanswered_kept,
            self.checkpoints,
            self.documents,
            self.disclosures,
            self.slowest_start.as_secs_f32(),
            self.slowest_return.as_secs_f32(),
        )
    }
}
