//! Sending, in three steps: a message is leased, handed over, and noted as sent. Whoever is killed between two of them leaves a lease
//! that runs out; then the message is sent again, with the same things and under the same name.

use super::event::Sender;
use super::limits::{LEASE_MILLIS, MAIL_ENTRIES_MAX, MAIL_RESTS_MILLIS, NEWS_MAX, PAUSES, UNDER_WAY_MAX};
use super::link::Right;
use super::mail::Envelope;
use super::news::Tidings;
use super::service::{Sending, Subscription, SubscriptionState, Subscriptions};
use super::signature::webhook_signature;
use super::target::{EmailTarget, Target, WebhookTarget};
use super::webhook::{SignedEvent, Undelivered};
use crate::http::Problem;
use crate::ledger::LedgerError;
use crate::store::{NOT_DUE, StoreError};
use futures::StreamExt;
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;

/// Between two looks for what is due.
const LOOKS_EVERY: Duration = Duration::from_millis(500);
/// After a failure.
const FAILED_PAUSE: Duration = Duration::from_secs(5);

/// A message that is ours to send for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leased {
    subscription: Subscription,
    /// Nothing: the message asks to confirm.
    news: Vec<Tidings>,
}

/// What became of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// Whoever it was for, or the server of mail, has it.
    Done,
    /// The webhook has answered the challenge.
    Answered,
    Failed(Undelivered),
}

/// A webhook's answer to the challenge.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChallengeAnswer {
    challenge: String,
}

/// Sends what is due; drop the future to stop.
pub async fn send_for_ever(subscriptions: Arc<Subscriptions>) {
    loop {
        let pause = match subscriptions.send_due().await {
            Ok(0) => LOOKS_EVERY,
            Ok(_) => Duration::ZERO,
            Err(error) => {
                tracing::error!(%error, "messages to subscribers were not sent");
                FAILED_PAUSE
            }
        };
        tokio::time::sleep(pause).await;
    }
}

impl Leased {
    /// The same for the same message, however often it is sent: `msg_<subscription>_<entry>`.
    pub fn id(&self) -> String {
        match self.news.last() {
            None => format!("msg_{}_confirm", self.subscription.id),
            Some(last) => format!("msg_{}_{}", self.subscription.id, last.entry),
        }
    }
}

impl Subscriptions {
    /// Sends what is due, some at a time, and says how many messages were tried. While the clock can't be trusted there are none.
    ///
    /// # Errors
    /// The store can't be read or written.
    pub async fn send_due(&self) -> Result<usize, LedgerError> {
        let mut leased = Vec::new();
        let Ok(now) = self.ledger.clock.look() else { return Ok(0) };
        for id in self.ledger.database.due_subscriptions(now, UNDER_WAY_MAX).await? {
            leased.extend(self.lease(&id).await?);
        }
        let tried = leased.len();
        let sent = futures::stream::iter(leased).map(|leased| async move {
            let delivery = self.deliver(&leased).await;
            self.note(&leased, delivery).await
        });
        let noted: Vec<_> = sent.buffer_unordered(UNDER_WAY_MAX).collect().await;
        noted.into_iter().collect::<Result<(), _>>()?;
        Ok(tried)
    }

    /// Takes the message that is due to a subscription; `None` when somebody else has it.
    ///
    /// # Errors
    /// The store can't be read or written.
    pub async fn lease(&self, id: &str) -> Result<Option<Leased>, LedgerError> {
        let now = self.ledger.clock.now();
        let mut write = self.ledger.database.begin_write().await?;
        let Some(row) = write.lease_subscription(id, now, now.plus_millis(LEASE_MILLIS)).await? else {
            write.rollback().await;
            return Ok(None);
        };
        let subscription = Subscription::of_row(&row)?;
        if subscription.state == SubscriptionState::Waiting {
            write.commit().await?;
            return Ok(Some(Leased { subscription, news: Vec::new() }));
        }
        let at_once = match subscription.target {
            Target::Email(_) => MAIL_ENTRIES_MAX,
            Target::Webhook(_) => 1,
        };
        let rows = write.news(id, subscription.up_to, at_once).await?;
        let news = rows.iter().map(Tidings::of_row).collect::<Result<Vec<_>, StoreError>>()?;
        let leased = match news.last() {
            Some(last) => {
                write.begin_message(id, last.entry).await?;
                Some(Leased { subscription, news })
            }
            None => {
                write.put_off(id, (subscription.state.name(), subscription.up_to), NOT_DUE, "").await?;
                None
            }
        };
        write.commit().await?;
        Ok(leased)
    }

    /// Hands a message over.
    pub async fn deliver(&self, leased: &Leased) -> Delivery {
        let Some(sending) = &self.sending else {
            return Delivery::Failed(Undelivered::ForNow("this service sends nothing any more".to_owned()));
        };
        let subscription = &leased.subscription;
        let origin = self.ledger.origin();
        let manage = self.manage_link(&sending.base, subscription.language, subscription.id);
        let sender = Sender { base: &sending.base, origin: &origin, asked: &subscription.asked, manage };
        let done = match &subscription.target {
            Target::Email(target) => self.deliver_mail(sending, leased, &sender, target).await.map(|()| Delivery::Done),
            Target::Webhook(target) => self.deliver_event(sending, leased, &sender, target).await,
        };
        done.unwrap_or_else(Delivery::Failed)
    }

    async fn deliver_mail(
        &self,
        sending: &Sending,
        leased: &Leased,
        sender: &Sender<'_>,
        target: &EmailTarget,
    ) -> Result<(), Undelivered> {
        let Some(mailer) = &sending.mailer else {
            return Err(Undelivered::ForNow("this service sends no mail any more".to_owned()));
        };
        let Subscription { id, language, .. } = leased.subscription;
        let letter = if leased.news.is_empty() {
            let token = self.links.token(id, Right::Confirm);
            let confirm = sender.page(language, &format!("/subscription/confirm?token={token}"));
            sender.confirmation(language, &confirm)
        } else {
            sender.found_in_mail(language, &leased.news)
        };
        let host = self.ledger.origin();
        let host = host.split('/').next().unwrap_or_default();
        let token = self.links.token(id, Right::Manage);
        let envelope = Envelope {
            to: &target.address,
            message_id: format!("{}@{host}", leased.id()),
            stop: format!("{}/v1/subscription/stop?token={token}", sending.base),
            date: self.ledger.clock.now(),
        };
        mailer.send(&envelope, &letter).await
    }

    async fn deliver_event(
        &self,
        sending: &Sending,
        leased: &Leased,
        sender: &Sender<'_>,
        target: &WebhookTarget,
    ) -> Result<Delivery, Undelivered> {
        let challenge = self.links.token(leased.subscription.id, Right::Confirm);
        let body = match leased.news.first() {
            None => sender.challenge(&challenge, leased.subscription.since),
            Some(news) => sender.found(news),
        };
        let (id, seconds) = (leased.id(), self.ledger.clock.now().seconds());
        let signature = webhook_signature(self.ledger.service_key(), &id, seconds, &body);
        let answer = sending.webhooks.send(&target.url, SignedEvent { id, seconds, signature, body }).await?;
        if !leased.news.is_empty() {
            return Ok(Delivery::Done);
        }
        match serde_json::from_slice(&answer) {
            Ok(ChallengeAnswer { challenge: answered }) if answered == challenge => Ok(Delivery::Answered),
            _ => Err(Undelivered::ForNow("the challenge was not answered".to_owned())),
        }
    }

    /// Notes what became of an attempt.
    ///
    /// # Errors
    /// The store can't be written.
    pub async fn note(&self, leased: &Leased, delivery: Delivery) -> Result<(), LedgerError> {
        let Subscription { id, state, attempts, target, .. } = &leased.subscription;
        let (name, now) = (id.to_string(), self.ledger.clock.now());
        let is_mail = matches!(target, Target::Email(_));
        let (metrics, to) = (&self.ledger.metrics, if is_mail { "email" } else { "webhook" });
        let failed = match delivery {
            Delivery::Answered => {
                self.confirm_id(*id).await.map_err(unavailable)?;
                metrics.message_delivered(to);
                return Ok(());
            }
            Delivery::Done => {
                let mut write = self.ledger.database.begin_write().await?;
                match leased.news.last() {
                    // The one message is sent; what comes next is the answer to it.
                    None => write.put_off(&name, (state.name(), None), NOT_DUE, "").await?,
                    Some(last) => {
                        let rests = if is_mail { MAIL_RESTS_MILLIS } else { 0 };
                        write.message_sent(&name, last.entry, now.plus_millis(rests)).await?;
                    }
                }
                write.commit().await?;
                metrics.message_delivered(to);
                return Ok(());
            }
            Delivery::Failed(failed) => failed,
        };
        tracing::info!(subscription = %id, attempts, reason = %failed, "a message to a subscriber was not delivered");
        metrics.message_failed(to);
        // A server of mail may refuse for a while what it took before; what is not known to be wanted is not tried again.
        let is_refused = matches!(failed, Undelivered::Refused(_)) && !(is_mail && *state == SubscriptionState::Active);
        let pause = PAUSES.get((*attempts as usize).saturating_sub(1)).filter(|_| !is_refused);
        if pause.is_none() && *state == SubscriptionState::Waiting {
            return self.forget(*id).await.map_err(unavailable);
        }
        let mut write = self.ledger.database.begin_write().await?;
        let is_too_much = write.news(&name, None, NEWS_MAX).await?.len() >= NEWS_MAX;
        match pause.filter(|_| !is_too_much) {
            Some(pause) => {
                let due = now.plus_millis(pause.as_millis() as i64).millis();
                let message = (state.name(), leased.news.last().map(|last| last.entry));
                write.put_off(&name, message, due, &failed.to_string()).await?;
            }
            None => write.give_up_subscription(&name, now, &failed.to_string()).await?,
        }
        write.commit().await?;
        if pause.is_none() || is_too_much {
            metrics.subscription_given_up(to);
        }
        Ok(())
    }
}

/// What is asked of ourselves fails only with the store.
fn unavailable(_: Problem) -> LedgerError {
    StoreError::Over.into()
}
