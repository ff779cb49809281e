//! 日志身份: what a log is called and which keys sign for it, from `log.opened` on.
//!
//! Keys don't last as long as a log does. The operator replaces the key of the checkpoints and the key of the service with
//! overlap: the new one is added, both sign, the old one goes. When a checkpoint key is stolen, nobody can tell the log's
//! word from the thief's any more; then the log goes on under another origin and another key, over the same tree, and the
//! record that says so holds the last checkpoint under the old name.

#[cfg(feature = "shell")]
mod api;
mod payload;
#[cfg(feature = "shell")]
mod projection;
mod state;

pub use payload::{
    Act, CheckpointKeyAddition, CheckpointKeyRetirement, LawAdoption, LogContinuation, LogOpening, ServiceKeyAddition,
    ServiceKeyRevocation,
};
pub use state::{Adopted, Left, LogState, TheLog, open_log};
