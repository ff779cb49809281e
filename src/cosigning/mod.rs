//! 请求见证：the log's side of witnessing. Every new checkpoint is sent to the witnesses of the policy (C2SP
//! tlog-witness); what they sign is kept beside it.
//!
//! Nothing waits for a witness: records are accepted whether or not anybody is there to see it, and the receipts become
//! stronger afterwards. All witnesses that are free are asked about the same checkpoint at the same moment, or no size
//! would ever have enough of them.

mod request;

use crate::field::Instant;
use crate::ledger::{Ledger, WitnessStatus};
use crate::log::Checkpoint;
use request::{Answer, Failure, Request};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, OwnedMutexGuard, oneshot};
use tokio::task::JoinSet;
use tokio::time::{Instant as Moment, MissedTickBehavior};

/// How often a new checkpoint is looked for.
const ROUND_EVERY: Duration = Duration::from_millis(500);
/// A log that does not grow has its checkpoint cosigned anew, so that everybody sees that it is still the newest.
const RENEWED_EVERY: Duration = Duration::from_secs(15 * 60);
const PAUSE_MAX: Duration = Duration::from_secs(60);

/// What is known of a witness between two rounds. It is held while the witness is asked: one request at a time.
#[derive(Default)]
struct Progress {
    /// Size of the newest checkpoint that it says it cosigned.
    size: u64,
    asked: Option<Moment>,
    failures: u32,
    not_before: Option<Moment>,
}

impl Progress {
    fn wants(&self, checkpoint: &Checkpoint, now: Moment) -> bool {
        let may = self.not_before.is_none_or(|moment| moment <= now);
        let stale = self.asked.is_none_or(|asked| now - asked >= RENEWED_EVERY);
        may && (self.size < checkpoint.size || self.failures > 0 || stale)
    }
}

/// Asks the witnesses of a log for ever; drop the future to stop. `first` is told when each of them was asked once.
pub async fn run(ledger: Arc<Ledger>, first: oneshot::Sender<()>) {
    let mut first = Some(first);
    let Some(witnesses) = ledger.witnesses() else { return };
    let client = reqwest::Client::builder().timeout(request::TIMEOUT).build().unwrap_or_default();
    let progress: Vec<Arc<Mutex<Progress>>> = witnesses.policy().witnesses.iter().map(|_| Arc::default()).collect();
    let mut asking = JoinSet::new();
    let mut rounds = tokio::time::interval(ROUND_EVERY);
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        rounds.tick().await;
        while asking.try_join_next().is_some() {}
        if let Err(error) = ledger.recall_cosigned().await {
            tracing::error!(%error, "cosignatures can't be read");
            continue;
        }
        let newest = match ledger.checkpoint().await {
            Ok(newest) => Arc::new(newest),
            Err(error) => {
                tracing::error!(%error, "there is no checkpoint to be witnessed");
                continue;
            }
        };
        for (at, progress) in progress.iter().enumerate() {
            let Ok(progress) = Arc::clone(progress).try_lock_owned() else { continue };
            if progress.wants(&newest.1, Moment::now()) {
                asking.spawn(ask(Arc::clone(&ledger), client.clone(), at, progress, Arc::clone(&newest)));
            }
        }
        if let Some(first) = first.take() {
            while asking.join_next().await.is_some() {}
            // Whoever waited for it may have gone.
            let _ = first.send(());
        }
    }
}

async fn ask(
    ledger: Arc<Ledger>,
    client: reqwest::Client,
    at: usize,
    mut progress: OwnedMutexGuard<Progress>,
    newest: Arc<(String, Checkpoint)>,
) {
    let Some(witnesses) = ledger.witnesses() else { return };
    let Some(witness) = witnesses.policy().witnesses.get(at) else { return };
    let Some(url) = &witness.url else { return };
    let request = Request { ledger: &ledger, client: &client, witness, url, newest: &newest };
    let answer = request.send(progress.size).await;
    progress.asked = Some(Moment::now());
    let outcome = match answer {
        Ok(Answer::Cosigned { line, time }) => {
            progress.size = newest.1.size;
            ledger
                .keep_cosignature(&newest, &line, &witness.key)
                .await
                .map(|()| Some(time))
                .map_err(|error| Failure::Ledger(Box::new(error)))
        }
        // Another replica was faster; what it was given is in the store.
        Ok(Answer::Ahead { size }) => {
            progress.size = size;
            Ok(None)
        }
        Err(failure) => Err(failure),
    };
    match outcome {
        Ok(time) => {
            progress.failures = 0;
            progress.not_before = None;
            let size = progress.size;
            let before = witnesses.report(at, |status| {
                *status =
                    WitnessStatus { size, time: time.or(status.time), failing: None, denies: None, ..status.clone() };
            });
            ledger.weigh_witnesses();
            ledger.metrics.witness_cosigned(&witness.name, size);
            if before.is_some_and(|before| before.failing.is_some()) {
                tracing::info!(witness = witness.name, size, "the witness cosigns again");
            }
        }
        Err(failure) => {
            progress.failures = progress.failures.saturating_add(1);
            let pause = Duration::from_secs(1 << progress.failures.min(6)).min(PAUSE_MAX);
            progress.not_before = Some(Moment::now() + pause);
            failed(&ledger, at, &failure);
        }
    }
}

fn failed(ledger: &Ledger, at: usize, failure: &Failure) {
    let (Some(witnesses), now) = (ledger.witnesses(), ledger.clock.now()) else { return };
    let since = |status: &WitnessStatus| status.failing.as_ref().map_or(now, |(since, _): &(Instant, _)| *since);
    let before = witnesses.report(at, |status| {
        status.failing = Some((since(status), failure.to_string()));
        status.denies = failure.denial().or(status.denies);
    });
    ledger.weigh_witnesses();
    let Some(before) = before else { return };
    ledger.metrics.witness_failed(&before.name);
    // A witness that is away is told of once; what speaks of two logs is told of every time.
    if failure.is_alarm() {
        tracing::error!(witness = before.name, error = %failure, "a witness and this log disagree");
    } else if before.failing.is_none() {
        tracing::warn!(witness = before.name, error = %failure, "a witness does not cosign");
    }
}
