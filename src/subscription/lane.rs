//! Messages in lanes, so that a server of mail that hangs keeps no webhook waiting, and a webhook that is slow none that is prompt. In a
//! lane, whatever ends makes room for the next at once.

use super::limits::{
    MAILS_UNDER_WAY_MAX, PROMPT_UNDER_WAY_MAX, SLOW_MILLIS, SLOW_UNDER_WAY_MAX, UNDER_WAY_AT_PLACE_MAX,
};
use super::sending::Leased;
use super::service::Subscriptions;
use crate::ledger::LedgerError;
use crate::store::SendingLane;
use futures::future::join_all;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::{Id, JoinError, JoinSet};

/// Between two looks for what is due.
const LOOKS_EVERY: Duration = Duration::from_millis(500);
/// After a failure.
const FAILED_PAUSE: Duration = Duration::from_secs(5);

const LANES: [SendingLane; 3] = [SendingLane::Mail, SendingLane::Prompt, SendingLane::Slow];

/// How many are under way at each place.
type UnderWay = HashMap<String, usize>;

fn room(lane: SendingLane) -> usize {
    match lane {
        SendingLane::Mail => MAILS_UNDER_WAY_MAX,
        SendingLane::Prompt => PROMPT_UNDER_WAY_MAX,
        SendingLane::Slow => SLOW_UNDER_WAY_MAX,
    }
}

/// Sends what is due; drop the future to stop.
pub async fn send_for_ever(subscriptions: Arc<Subscriptions>) {
    join_all(LANES.map(|lane| send_in_lane(Arc::clone(&subscriptions), lane))).await;
}

/// Those under way are tasks of their own: one that is noting what became of it has the store's writer, for which the next lease waits.
async fn send_in_lane(subscriptions: Arc<Subscriptions>, lane: SendingLane) {
    let (mut sending, mut places) = (JoinSet::new(), HashMap::new());
    loop {
        let mut under_way = UnderWay::new();
        places.values().for_each(|place: &String| *under_way.entry(place.clone()).or_default() += 1);
        let pause = match subscriptions.lease_due(lane, under_way).await {
            Ok(leased) => {
                for (leased, place) in leased {
                    let subscriptions = Arc::clone(&subscriptions);
                    let task = sending.spawn(async move {
                        if let Err(error) = subscriptions.send(&leased).await {
                            tracing::error!(%error, "what became of a message to a subscriber was not noted");
                        }
                    });
                    places.insert(task.id(), place);
                }
                LOOKS_EVERY
            }
            Err(error) => {
                tracing::error!(%error, "messages to subscribers were not sent");
                FAILED_PAUSE
            }
        };
        let mut next = tokio::time::timeout(pause, ended(&mut sending)).await.ok();
        while let Some(id) = next {
            places.remove(&id);
            next = sending.try_join_next_with_id().map(|ended| id_of(&ended));
        }
    }
}

fn id_of(ended: &Result<(Id, ()), JoinError>) -> Id {
    ended.as_ref().map_or_else(JoinError::id, |(id, ())| *id)
}

/// What ends next; never, where nothing is under way.
async fn ended(sending: &mut JoinSet<()>) -> Id {
    match sending.join_next_with_id().await {
        None => std::future::pending().await,
        Some(ended) => id_of(&ended),
    }
}

impl Subscriptions {
    /// Sends what is due, some of each lane, and says how many messages were tried.
    ///
    /// # Errors
    /// The store can't be read or written.
    pub async fn send_due(&self) -> Result<usize, LedgerError> {
        let mut leased = Vec::new();
        for lane in LANES {
            leased.extend(self.lease_due(lane, UnderWay::new()).await?);
        }
        let noted = join_all(leased.iter().map(|(leased, _)| self.send(leased))).await;
        noted.into_iter().collect::<Result<(), _>>()?;
        Ok(leased.len())
    }

    /// Leases as many messages of a lane as there is room for beside those under way. While the clock can't be trusted there are none.
    async fn lease_due(&self, lane: SendingLane, mut places: UnderWay) -> Result<Vec<(Leased, String)>, LedgerError> {
        let mut leased = Vec::new();
        let Ok(now) = self.ledger.clock.look() else { return Ok(leased) };
        let free = room(lane).saturating_sub(places.values().sum());
        if free == 0 {
            return Ok(leased);
        }
        let is_full = |count: &usize| *count >= UNDER_WAY_AT_PLACE_MAX;
        let full = places.iter().filter(|(_, count)| is_full(count)).map(|(place, _)| place.clone()).collect();
        let times = [now, now.plus_millis(-SLOW_MILLIS)];
        for (id, place) in self.ledger.database.due_subscriptions(lane, times, full, free).await? {
            if places.get(&place).is_some_and(is_full) {
                continue;
            }
            if let Some(message) = self.lease(&id).await? {
                *places.entry(place.clone()).or_default() += 1;
                leased.push((message, place));
            }
        }
        Ok(leased)
    }
}
