//! Sending, in three steps: a message is leased, handed over, and noted as sent. Whoever is killed between two of them leaves a lease
//! that runs out; then the message is sent again, with the same things and under the same name.

use super::event::Sender;
use super::limits::{
    LEASE_MILLIS, MAIL_ENTRIES_MAX, MAIL_RESTS_MILLIS, NEWS_MAX, PAUSES, PROMPT_TIME, RETRY_AFTER_MAX,
};
use super::link::Right;
use super::mail::Envelope;
use super::news::Tidings;
use super::service::{Sending, Subscription, SubscriptionState, Subscriptions};
use super::signature::webhook_signature;
use super::target::{EmailTarget, Target, WebhookTarget};
use super::webhook::{SignedEvent, Undelivered, beginning_of};
use crate::field::Instant;
use crate::http::Problem;
use crate::ledger::LedgerError;
use crate::store::{NOT_DUE, StoreError};
use serde::Deserialize;
use std::time::Duration;

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
    /// Hands a message over, and notes what became of it.
    ///
    /// # Errors
    /// The store can't be written.
    pub async fn send(&self, leased: &Leased) -> Result<(), LedgerError> {
        let began = std::time::Instant::now();
        let delivery = self.deliver(leased).await;
        self.note(leased, delivery, began.elapsed()).await
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
            return Delivery::Failed(Undelivered::for_now("this service sends nothing any more"));
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
            return Err(Undelivered::for_now("this service sends no mail any more"));
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
            // Whoever said yes has the message, whatever comes of the rest of the answer.
            return Ok(Delivery::Done);
        }
        match serde_json::from_slice(&beginning_of(answer).await) {
            Ok(ChallengeAnswer { challenge: answered }) if answered == challenge => Ok(Delivery::Answered),
            _ => Err(Undelivered::for_now("the challenge was not answered")),
        }
    }

    /// Notes what became of an attempt, and how long it took.
    ///
    /// # Errors
    /// The store can't be written.
    pub async fn note(&self, leased: &Leased, delivery: Delivery, took: Duration) -> Result<(), LedgerError> {
        let Subscription { id, state, target, .. } = &leased.subscription;
        let (name, now) = (id.to_string(), self.ledger.clock.now());
        let is_mail = matches!(target, Target::Email(_));
        let metrics = &self.ledger.metrics;
        let slow = (!is_mail && took > PROMPT_TIME).then(|| now.plus_millis(took.as_millis() as i64));
        match delivery {
            Delivery::Answered => {
                self.confirm_id(*id).await.map_err(unavailable)?;
            }
            Delivery::Done => {
                let mut write = self.ledger.database.begin_write().await?;
                match leased.news.last() {
                    // The one message is sent; what comes next is the answer to it.
                    None => write.put_off(&name, (state.name(), None), NOT_DUE, "").await?,
                    Some(last) => {
                        let rests = if is_mail { Some(now.plus_millis(MAIL_RESTS_MILLIS)) } else { slow };
                        write.message_sent(&name, last.entry, now, rests).await?;
                    }
                }
                write.commit().await?;
            }
            Delivery::Failed(failed) => {
                metrics.message_failed(target.way());
                return self.note_failed(leased, &failed, slow).await;
            }
        }
        metrics.message_delivered(target.way());
        Ok(())
    }

    async fn note_failed(
        &self,
        leased: &Leased,
        failed: &Undelivered,
        rests: Option<Instant>,
    ) -> Result<(), LedgerError> {
        let Subscription { id, state, attempts, target, .. } = &leased.subscription;
        tracing::info!(subscription = %id, attempts, reason = %failed, "a message to a subscriber was not delivered");
        let (name, now) = (id.to_string(), self.ledger.clock.now());
        let is_mail = matches!(target, Target::Email(_));
        let after = match failed {
            Undelivered::ForNow { after, .. } => Some(after.unwrap_or_default().min(RETRY_AFTER_MAX)),
            // A server of mail may refuse for a while what it took before; what is not known to be wanted is not tried again.
            Undelivered::Refused(_) => Some(Duration::ZERO).filter(|_| is_mail && *state == SubscriptionState::Active),
            Undelivered::Gone => None,
        };
        let pause = PAUSES.get((*attempts as usize).saturating_sub(1)).copied();
        let due = |pause: Duration| now.plus_millis(pause.as_millis() as i64).millis();
        let due = pause.zip(after).map(|(pause, after)| due(pause.max(after)));
        let fault = failed.to_string();
        if *state == SubscriptionState::Waiting && *failed == Undelivered::Gone {
            return self.decline(target).await.map_err(unavailable);
        }
        let mut write = self.ledger.database.begin_write().await?;
        if let Some(until) = rests {
            write.rests(&name, until).await?;
        }
        let mut is_given_up = false;
        match leased.news.last() {
            // It is never tried again, and counts at its place until it expires: whoever asked can't have another one sent.
            None if pause.is_some() => {
                write.put_off(&name, (state.name(), None), due.unwrap_or(NOT_DUE), &fault).await?
            }
            None => write.forget_waiting(&name).await?,
            Some(last) => {
                let is_too_much = write.news(&name, None, NEWS_MAX).await?.len() >= NEWS_MAX;
                match due.filter(|_| !is_too_much) {
                    Some(due) => write.put_off(&name, (state.name(), Some(last.entry)), due, &fault).await?,
                    None => is_given_up = write.give_up_subscription(&name, last.entry, now, &fault).await?,
                }
            }
        }
        write.commit().await?;
        if is_given_up {
            self.ledger.metrics.subscription_given_up(target.way());
        }
        Ok(())
    }
}

/// What is asked of ourselves fails only with the store.
fn unavailable(_: Problem) -> LedgerError {
    StoreError::Over.into()
}
