//! Asking, confirming, reading and stopping.

use super::limits::{
    ALL_MAX, DECLINED_MILLIS, OF_TARGET_MAX, QUERY_CHARACTERS_MAX, UNCONFIRMED_MILLIS, WAITING_AT_PLACE_MAX,
    WAITING_MAX,
};
use super::link::{Links, Right, SubscriptionId};
use super::mail::{MailSettings, Mailer};
use super::matching::Held;
use super::message::MessageLanguage;
use super::reach::WebhookReach;
use super::target::Target;
use super::webhook::WebhookSender;
use crate::act::statuses;
use crate::field::{Fault, FieldFault, Instant};
use crate::http::Problem;
use crate::ledger::{Ledger, LedgerError};
use crate::problem::{self, Refusal};
use crate::record::PublicKey;
use crate::search::SearchAsked;
use crate::store::{Row, SUBSCRIPTIONS, StoreError, SubscriptionCounts, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tokio::sync::Mutex;

/// How a service sends.
#[derive(Debug, Clone)]
pub struct Delivering {
    /// Where everybody reaches the service: links in messages begin so.
    pub base: String,
    /// Without it, no mail is sent.
    pub mail: Option<MailSettings>,
    pub reach: WebhookReach,
}

/// What sends.
pub(super) struct Sending {
    /// Without a slash at its end.
    pub base: String,
    pub mailer: Option<Mailer>,
    pub webhooks: WebhookSender,
    pub reach: WebhookReach,
}

/// The subscriptions of a log.
pub struct Subscriptions {
    pub(super) ledger: Arc<Ledger>,
    pub(super) links: Links,
    /// Without it nobody can subscribe, and nothing is sent.
    pub(super) sending: Option<Sending>,
    pub(super) held: Mutex<Held>,
}

statuses! {
    /// Where a subscription stands.
    pub enum SubscriptionState {
        /// Nobody has confirmed it.
        Waiting,
        /// It is told of what is newly found.
        Active,
        /// It could not be reached for two days, and was given up.
        Failed,
    }
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SubscriptionAsked {
    /// The parameters of a search. Without any, everything.
    #[serde(default)]
    pub filter: SearchAsked,
    /// Of mails, and of the pages that are linked to.
    pub language: MessageLanguage,
    pub target: Target,
}

/// A subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    pub id: SubscriptionId,
    pub state: SubscriptionState,
    pub target: Target,
    pub asked: SearchAsked,
    pub language: MessageLanguage,
    /// When it came into its state.
    pub since: Instant,
    /// Attempts at the message under way.
    pub attempts: u32,
    /// Last entry of the message under way.
    pub up_to: Option<u64>,
    /// Why the last attempt failed; empty if it did not.
    pub fault: String,
}

impl Subscription {
    /// # Errors
    /// The row was not written by us.
    pub fn of_row(row: &Row) -> Result<Self, StoreError> {
        let parsed = |at: usize| row.text(at)?.parse().map_err(|_| StoreError::Unexpected(at));
        Ok(Self {
            id: row.text(0)?.parse().map_err(|()| StoreError::Unexpected(0))?,
            state: row.text(1)?.parse().map_err(|_| StoreError::Unexpected(1))?,
            target: Target::of_url(row.text(2)?).ok_or(StoreError::Unexpected(2))?,
            asked: serde_json::from_str(row.text(4)?).map_err(|_| StoreError::Unexpected(4))?,
            language: parsed(5)?,
            since: Instant::from_millis(row.integer(6)?),
            attempts: u32::try_from(row.integer(9)?).map_err(|_| StoreError::Unexpected(9))?,
            up_to: u64::try_from(row.integer(10)?).ok(),
            fault: row.text(11)?.to_owned(),
        })
    }
}

/// Why nothing is sent.
fn not_sent(zh: &str, en: &str) -> Problem {
    Problem::with_detail(&problem::NOT_SENT, zh, en)
}

impl Subscriptions {
    /// # Errors
    /// No TLS is available.
    pub fn new(ledger: Arc<Ledger>, delivering: Option<Delivering>) -> anyhow::Result<Arc<Self>> {
        let sending = match delivering {
            None => None,
            Some(Delivering { base, mail, reach }) => Some(Sending {
                base: base.trim_end_matches('/').to_owned(),
                mailer: mail.map(Mailer::new).transpose()?,
                webhooks: WebhookSender::new(reach)?,
                reach,
            }),
        };
        let links = Links::new(ledger.link_key().clone());
        Ok(Arc::new(Self { ledger, links, sending, held: Mutex::default() }))
    }

    /// Those of a service that sends nothing.
    pub fn none(ledger: Arc<Ledger>) -> Arc<Self> {
        let links = Links::new(ledger.link_key().clone());
        Arc::new(Self { ledger, links, sending: None, held: Mutex::default() })
    }

    /// Whether this service sends mail, and whether it sends to webhooks.
    pub fn sends(&self) -> (bool, bool) {
        (self.sending.as_ref().is_some_and(|sending| sending.mailer.is_some()), self.sending.is_some())
    }

    /// The key under which webhooks are signed.
    pub fn service_key(&self) -> PublicKey {
        self.ledger.service_key().public()
    }

    /// What is wrong with what is asked for.
    fn faults(asked: &SubscriptionAsked, reach: WebhookReach) -> Vec<FieldFault> {
        let within = |mut fault: FieldFault| {
            fault.pointer.insert_str(0, "/filter");
            fault
        };
        let mut faults: Vec<_> = asked.filter.faults().into_iter().map(within).collect();
        if asked.filter.q.as_ref().is_some_and(|q| q.chars().count() > QUERY_CHARACTERS_MAX) {
            let fault = Fault::TextTooLong { max: QUERY_CHARACTERS_MAX };
            faults.push(FieldFault { pointer: "/filter/q".to_owned(), fault });
        }
        if let Target::Webhook(webhook) = &asked.target
            && let Some(fault) = webhook.url.fault(reach)
        {
            faults.push(FieldFault { pointer: "/target/url".to_owned(), fault });
        }
        faults
    }

    /// Takes a wish down, and has one message sent that asks to confirm it. The answer is the same whether or not the target has
    /// subscriptions already, and whether or not a message is sent: of one that has enough, none is.
    ///
    /// # Errors
    /// `not-sent`, problems of fields, `rate-limited` when as many wait as may, `unavailable`.
    pub async fn ask(&self, asked: SubscriptionAsked) -> Result<(), Problem> {
        let Some(sending) = &self.sending else {
            return Err(not_sent("本服务不发送订阅消息", "this service sends no messages to subscribers"));
        };
        if matches!(asked.target, Target::Email(_)) && sending.mailer.is_none() {
            return Err(not_sent(
                "本服务不发送邮件，可用 Atom 或 webhook",
                "this service sends no mail; take Atom or a webhook",
            ));
        }
        let faults = Self::faults(&asked, sending.reach);
        if !faults.is_empty() {
            return Err(Refusal::fields(faults).into());
        }
        let now = self.ledger.clock.look().map_err(LedgerError::from)?;
        let filter = serde_json::to_string(&asked.filter).unwrap_or_default();
        let (target, place) = (asked.target.to_url(), asked.target.place());
        let mut write = self.ledger.database.begin_write().await?;
        write.lock_subscriptions().await?;
        write.expire_subscriptions(SubscriptionState::Waiting.name(), now.plus_millis(-UNCONFIRMED_MILLIS)).await?;
        let receiver = self.links.mark(&asked.target.receiver());
        let declined_since = now.plus_millis(-DECLINED_MILLIS);
        let counts = write.subscription_counts([&target, &place, &filter], &receiver, declined_since).await?;
        let SubscriptionCounts { all, of_target, waiting, waiting_at_place, same, is_declined } = counts;
        let is_full = all >= ALL_MAX || waiting >= WAITING_MAX;
        let is_enough = of_target >= OF_TARGET_MAX || waiting_at_place >= WAITING_AT_PLACE_MAX || same > 0;
        if !is_full && !is_enough && !is_declined {
            let time = Value::Integer(now.millis());
            write
                .append(
                    &SUBSCRIPTIONS,
                    vec![vec![
                        SubscriptionId::random().to_string().into(),
                        SubscriptionState::Waiting.name().into(),
                        target.into(),
                        place.into(),
                        filter.into(),
                        asked.language.name().into(),
                        time.clone(),
                        time,
                        Value::Integer(0),
                        Value::Integer(0),
                        Value::Integer(-1),
                        "".into(),
                    ]],
                )
                .await?;
        }
        write.commit().await?;
        if is_full {
            let (zh, en) = ("订阅已满，请稍后再试", "there are as many subscriptions as there may be: try again later");
            return Err(Problem { retry_after: Some(3600), ..Problem::with_detail(&problem::RATE_LIMITED, zh, en) });
        }
        Ok(())
    }

    /// Confirms the subscription of a link.
    ///
    /// # Errors
    /// `not-found`: the link is none, or the subscription is gone; `unavailable`.
    pub async fn confirm(&self, token: &str) -> Result<Subscription, Problem> {
        let id = self.links.read(token, Right::Confirm).ok_or_else(gone)?;
        self.confirm_id(id).await?;
        self.one(id).await
    }

    pub(super) async fn confirm_id(&self, id: SubscriptionId) -> Result<bool, Problem> {
        let now = self.ledger.clock.look().map_err(LedgerError::from)?;
        let mut write = self.ledger.database.begin_write().await?;
        let asked_from = now.plus_millis(-UNCONFIRMED_MILLIS);
        let confirmed = write.confirm_subscription(&id.to_string(), asked_from, now).await?;
        write.commit().await?;
        Ok(confirmed)
    }

    /// The subscription of a link.
    ///
    /// # Errors
    /// `not-found`, `unavailable`
    pub async fn read(&self, token: &str) -> Result<Subscription, Problem> {
        self.one(self.links.read(token, Right::Manage).ok_or_else(gone)?).await
    }

    async fn one(&self, id: SubscriptionId) -> Result<Subscription, Problem> {
        let row = self.ledger.database.subscription(&id.to_string()).await?.ok_or_else(gone)?;
        let subscription = Subscription::of_row(&row)?;
        let expired = self.ledger.clock.now().plus_millis(-UNCONFIRMED_MILLIS) > subscription.since;
        if subscription.state == SubscriptionState::Waiting && expired { Err(gone()) } else { Ok(subscription) }
    }

    /// Stops the subscription of a link and deletes all that is known of it. Where nobody had confirmed it, its receiver has declined
    /// what a stranger asked for: nobody can have another message sent there for a month. Once more does no harm.
    ///
    /// # Errors
    /// `not-found`: the link is none; `unavailable`.
    pub async fn stop(&self, token: &str) -> Result<(), Problem> {
        let id = self.links.read(token, Right::Manage).ok_or_else(gone)?;
        match self.one(id).await {
            Ok(waiting) if waiting.state == SubscriptionState::Waiting => self.decline(&waiting.target).await,
            _ => {
                let mut write = self.ledger.database.begin_write().await?;
                write.forget_subscription(&id.to_string()).await?;
                Ok(write.commit().await?)
            }
        }
    }

    /// Notes that a receiver declines what nobody has confirmed, and deletes that.
    pub(super) async fn decline(&self, target: &Target) -> Result<(), Problem> {
        let receiver = self.links.mark(&target.receiver());
        let place = matches!(target, Target::Email(_)).then(|| target.place());
        let mut write = self.ledger.database.begin_write().await?;
        write.decline(&receiver, &target.to_url(), place.as_deref(), self.ledger.clock.now()).await?;
        Ok(write.commit().await?)
    }

    /// The link by which the owner reads and stops a subscription.
    pub(super) fn manage_link(&self, base: &str, language: MessageLanguage, id: SubscriptionId) -> String {
        format!("{base}/{}/subscription?token={}", language.name(), self.links.token(id, Right::Manage))
    }
}

fn gone() -> Problem {
    let zh = "没有这个订阅：链接不完整，或订阅已停止、未及时确认";
    let en = "there is no such subscription: the link is not whole, or it was stopped, or not confirmed in time";
    Problem::with_detail(&problem::NOT_FOUND, zh, en)
}
