//! Before a log is written on, everybody who may know it further is asked: the place where it is published, and mirrors. Mirrors
//! that readers are told of are asked again and again.
//! Witnesses are asked by [`crate::cosigning`].
//!
//! Whoever does not answer in time stops nothing: only a checkpoint that the log signed, and does not go on from, does.

use crate::highwater::Voucher;
use crate::ledger::{Ledger, LedgerError};
use crate::log::{Checkpoint, CheckpointError};
use crate::mirror::{FetchError, LogClient};
use crate::publishing::{Publisher, PublishingError};
use crate::store::Objects;
use futures::future::join_all;
use std::sync::Arc;
use std::time::Duration;

/// A start waits so long for an answer.
pub const PATIENCE: Duration = Duration::from_secs(3);
/// Between two questions to a mirror that readers are told of: it need not be closer than what they read meanwhile.
pub const ASKED_EVERY: Duration = Duration::from_secs(60);

/// Why somebody's word is not known.
#[derive(Debug, thiserror::Error)]
enum AskingError {
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error(transparent)]
    Publishing(#[from] PublishingError),
    #[error("what stands there is not a checkpoint of this log: {0}")]
    Foreign(#[from] CheckpointError),
    #[error("no answer in time")]
    Late,
}

/// Holds the log against what stands in its published place and in mirrors, given by URL or folder.
pub async fn ask(ledger: &Arc<Ledger>, place: Option<&Objects>, mirrors: &[String]) {
    let published = async {
        let Some(place) = place else { return };
        let publisher = Publisher::new(Arc::clone(ledger), place.clone());
        tell("the published place", in_time(async { Ok(publisher.standing().await.map(drop)?) }).await);
    };
    tokio::join!(published, ask_mirrors(ledger, mirrors));
}

async fn ask_mirrors(ledger: &Ledger, mirrors: &[String]) {
    let asked = mirrors.iter().map(|url| async move {
        let answer = in_time(mirror(ledger, url)).await;
        ledger.mirrors.heard(url, ledger.clock.now(), answer.as_ref().ok().copied());
        tell(url, answer.map(drop));
    });
    join_all(asked).await;
}

/// Asks the mirrors that readers are told of, again and again, so long after the last answer; drop the future to stop.
pub async fn ask_for_ever(ledger: Arc<Ledger>, mirrors: Vec<String>, every: Duration) {
    loop {
        tokio::time::sleep(every).await;
        ask_mirrors(&ledger, &mirrors).await;
    }
}

async fn in_time<T>(asked: impl Future<Output = Result<T, AskingError>>) -> Result<T, AskingError> {
    tokio::time::timeout(PATIENCE, asked).await.unwrap_or(Err(AskingError::Late))
}

/// What contradicts the log was told of where it was heard.
fn tell(whom: &str, asked: Result<(), AskingError>) {
    match asked {
        Ok(()) | Err(AskingError::Publishing(PublishingError::Rewound(_))) => {}
        Err(error) => tracing::warn!(%error, "{whom} was asked how far it knows the log, and did not say"),
    }
}

/// How many entries a mirror has, and whether they are the log's.
async fn mirror(ledger: &Ledger, url: &str) -> Result<(u64, bool), AskingError> {
    let note = LogClient::locate(url).await?.checkpoint().await?;
    let known = Checkpoint::open_any(&note, &ledger.identity().all_keys())?;
    let rewound = ledger.hold_against(Voucher::Mirror(url.to_owned()), &known).await?;
    Ok((known.size, rewound.is_none()))
}
