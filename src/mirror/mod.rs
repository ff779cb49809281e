//! 镜像：a log read from a place that nobody trusts, and copied into a plain folder.
//!
//! [`LogClient`] fetches, [`Trust`] knows whose checkpoints count, [`SignedTree`] lets pass only what a checkpoint commits
//! to, and [`Mirror`] keeps a folder at the newest checkpoint. Tiles alone are needed: no API of a service, so that a
//! mirror can follow a mirror.

mod client;
mod copy;
mod follow;
mod signed_tree;
mod trust;

pub use client::{FetchError, LogClient};
pub use copy::CopyError;
pub(crate) use copy::{keep_evidence, replace, sync, write};
pub use follow::{Advance, Blame, Mirror, MirrorError};
pub use signed_tree::{Bundle, Expected, ReadError, SignedTree};
pub use trust::{Trust, TrustError};
