//! Whom a batch waits for.
//!
//! Those who were answered together come again together, but one by one: the first of them would have a batch of its own, and all
//! others would wait for its commit. So a batch lets everybody go first who is ready to run, as long as that brings somebody.

use super::BATCH_RECORDS_MAX;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// The part of a batch's time, from its answers on, in which the next one waits for company: it costs a quarter at most where nobody
/// comes, and spares a whole batch where all do. Who needs longer to come again is better at work while others are written.
const WAITING_PART: u32 = 4;
/// The largest batch whose clients are waited for. Of more, so many come while others are written that no batch is small; and to wait for
/// all of them would leave the disk idle while their records are read and verified (64 clients over HTTP were slower for it).
const COMPANY_MAX: usize = 16;

/// Whom the next batch waits for: as many as the last one had, so who comes alone waits for nobody.
///
/// It waits in turns of the runtime, each of which takes as long as what is ready there; no timer is as fine as a batch is short. A turn
/// that brings nobody is the last one: a burst that is over delays whoever comes next by one turn, once.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Company {
    records: usize,
    /// `None`: nobody is waited for.
    until: Option<Instant>,
}

impl Company {
    /// Of a batch that was answered just now, after so long.
    pub fn answered(records: usize, took: Duration) -> Self {
        let until = Instant::now().checked_add(took / WAITING_PART);
        Self { records, until: until.filter(|_| records <= COMPANY_MAX) }
    }

    /// Takes into a batch who comes in time, until there are as many as the last one had. A queue that is closed brings nobody.
    pub async fn joins<T>(self, waiting: &mut mpsc::Receiver<T>, batch: &mut Vec<T>) {
        while batch.len() < self.records && self.until.is_some_and(|until| Instant::now() < until) {
            let before = batch.len();
            tokio::task::yield_now().await;
            while batch.len() < BATCH_RECORDS_MAX
                && let Ok(more) = waiting.try_recv()
            {
                batch.push(more);
            }
            if batch.len() == before {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;
    use tokio::sync::oneshot;

    const CLIENTS: usize = 8;
    /// No test takes a quarter of it.
    const LONG: Duration = Duration::from_secs(3600);

    /// Each sends its next record when it is answered; says how many each batch had.
    async fn batches(rounds: usize) -> Vec<usize> {
        let (queue, mut waiting) = mpsc::channel::<oneshot::Sender<()>>(CLIENTS);
        for _ in 0..CLIENTS {
            let queue = queue.clone();
            tokio::spawn(async move {
                loop {
                    let (reply, answer) = oneshot::channel();
                    if queue.send(reply).await.is_err() || answer.await.is_err() {
                        return;
                    }
                }
            });
        }
        let (mut company, mut sizes) = (Company::default(), Vec::new());
        for _ in 0..rounds {
            let mut batch = Vec::new();
            waiting.recv_many(&mut batch, BATCH_RECORDS_MAX).await;
            company.joins(&mut waiting, &mut batch).await;
            sizes.push(batch.len());
            for reply in batch {
                let _ = reply.send(());
            }
            company = Company::answered(sizes[sizes.len() - 1], LONG);
        }
        sizes
    }

    /// One worker, which runs whoever was woken last before all others: so the first client that comes again wakes the sequencer, and
    /// without company each second batch would have a single record. The runtime ends a turn early now and then.
    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn those_who_were_answered_together_come_together() {
        let sizes = tokio::spawn(batches(50)).await.unwrap();
        assert!(sizes.iter().sum::<usize>() > 50 * (CLIENTS - 1), "{sizes:?}");
    }

    /// Nor does who comes late, or after many.
    #[tokio::test]
    async fn who_comes_alone_waits_for_nobody() {
        let (_queue, mut waiting) = mpsc::channel::<u8>(CLIENTS);
        let (late, many) = (Company::answered(CLIENTS, Duration::ZERO), Company::answered(COMPANY_MAX + 1, LONG));
        for company in [Company::default(), Company::answered(1, LONG), late, many] {
            assert_eq!(company.joins(&mut waiting, &mut vec![1]).now_or_never(), Some(()));
        }
    }

    /// A burst is over: one turn, and nobody is waited for any more. Nor is a queue that was closed.
    #[tokio::test]
    async fn whoever_does_not_come_is_waited_for_once() {
        let (queue, mut waiting) = mpsc::channel::<u8>(CLIENTS);
        let (mut batch, mut turns) = (vec![1], 0);
        let company = Company::answered(COMPANY_MAX, LONG);
        let mut joining = Box::pin(company.joins(&mut waiting, &mut batch));
        while futures::poll!(&mut joining).is_pending() {
            turns += 1;
            tokio::task::yield_now().await;
        }
        drop(joining);
        assert_eq!(turns, 1);
        queue.send(2).await.unwrap();
        drop(queue);
        company.joins(&mut waiting, &mut batch).await;
        assert_eq!(batch, [1, 2]);
    }

    /// Who waits already when somebody is waited for is taken along, though the last batch had fewer.
    #[tokio::test]
    async fn whoever_is_there_is_taken_along() {
        let (queue, mut waiting) = mpsc::channel::<u8>(CLIENTS);
        for record in 2..=5 {
            queue.try_send(record).unwrap();
        }
        let mut batch = vec![1];
        Company::answered(3, LONG).joins(&mut waiting, &mut batch).await;
        assert_eq!(batch, [1, 2, 3, 4, 5]);
    }
}
