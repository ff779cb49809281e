//! Subscriptions over HTTP.

use super::message::MessageLanguage;
use super::service::{Subscription, SubscriptionAsked, SubscriptionState, Subscriptions};
use super::signature::webhook_key;
use super::target::Target;
use crate::field::Instant;
use crate::http::{Hourly, Limits, Peer, Problem, Question, Typed};
use crate::search::SearchAsked;
use poem::Request;
use poem_openapi::param::Query;
use poem_openapi::{ApiResponse, OpenApi, Tags};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A chapter of the API document.
#[derive(Tags)]
enum Tag {
    /// 订阅: being told of what a search newly finds.
    Subscriptions,
}

/// In which ways one may subscribe here. Atom and calendars of every search are there in any case.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct WaysView {
    /// Whether mail is sent.
    pub email: bool,
    /// Whether webhooks are called.
    pub webhook: bool,
    /// The key under which webhooks are signed (`v1a`), as Standard Webhooks writes it.
    pub webhook_key: String,
    /// The same key by its thumbprint: the service's, which the log names.
    pub kid: String,
}

/// That a wish was taken down.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct WishView {
    /// What comes next, in Chinese and in English.
    pub zh: String,
    pub en: String,
}

/// The answer to a wish; the same whether or not the target has subscriptions already.
#[derive(ApiResponse)]
enum WishTaken {
    /// One message is on its way that asks to confirm.
    #[oai(status = 202)]
    Taken(Typed<WishView>),
}

/// A subscription, for who has its link.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct SubscriptionView {
    pub state: SubscriptionState,
    pub filter: SearchAsked,
    pub language: MessageLanguage,
    pub target: Target,
    /// When it came into its state (UTC).
    pub since: Instant,
    /// Why the last message did not arrive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
}

/// That a subscription is stopped.
#[derive(ApiResponse)]
enum SubscriptionStopped {
    /// All that was known of it is deleted.
    #[oai(status = 204)]
    Stopped,
}

impl From<Subscription> for SubscriptionView {
    fn from(subscription: Subscription) -> Self {
        let Subscription { state, asked, language, target, since, fault, .. } = subscription;
        Self { state, filter: asked, language, target, since, fault: Some(fault).filter(|fault| !fault.is_empty()) }
    }
}

pub struct SubscriptionApi {
    subscriptions: Arc<Subscriptions>,
    wishes: Hourly,
}

impl SubscriptionApi {
    pub fn new(subscriptions: Arc<Subscriptions>, limits: &Limits) -> Self {
        // Where requests are not counted by address, nor are these.
        let per_address = if limits.per_address == 0 { 0 } else { limits.subscriptions_per_address };
        Self { subscriptions, wishes: Hourly::new(per_address, limits.subscriptions) }
    }
}

#[OpenApi(prefix_path = "/v1", tag = "Tag::Subscriptions")]
impl SubscriptionApi {
    /// 订阅方式: in which ways one may subscribe here.
    #[oai(path = "/subscriptions", method = "get", operation_id = "getSubscriptionWays")]
    async fn ways(&self) -> Typed<WaysView> {
        let (email, webhook) = self.subscriptions.sends();
        let key = self.subscriptions.service_key();
        Typed(WaysView { email, webhook, webhook_key: webhook_key(&key), kid: key.key_id().to_string() })
    }

    /// 订阅: to be told of what a search newly finds, from the moment at which it is confirmed. One message is sent that asks to confirm:
    /// a mail with a link, or to a webhook `subscription.challenge`, which it answers with `{"challenge": "…"}`. Unless that is done within
    /// 48 hours nothing more is sent, and what was asked for is deleted. Nothing is sent where three wait for the same mailbox or host to
    /// confirm, or the target has twenty or follows the same search, or its receiver has declined within 30 days; the answer does not tell.
    ///
    /// Webhooks are called as Standard Webhooks has it, signed under `webhook_key` of `GET /v1/subscriptions` (`v1a`). Each event
    /// `subscription.found` is about one entry, names its record and the proof of it, and has the same `webhook-id` however often it is
    /// sent; it is sent until it is answered with 2xx, for two days at most, and after 429 and 503 not before `Retry-After`. 410 stops the
    /// subscription. Whoever receives it answers no challenge whose `filter` is not its own, and takes nothing whose `webhook-timestamp` is
    /// five minutes old, whose `webhook-id` it has seen, or whose `webhook-id` names another subscription than the challenge did: a signature
    /// says who wrote a message, and not to whom.
    #[oai(path = "/subscriptions", method = "post", operation_id = "subscribe")]
    async fn ask(&self, request: &Request, asked: Question<SubscriptionAsked>) -> Result<WishTaken, Problem> {
        self.wishes.check(request.data::<Peer>().copied().unwrap_or(Peer::NOBODY))?;
        self.subscriptions.ask(asked.0).await?;
        let zh = "如可接收，确认消息即将发出；48 小时内确认后生效。".to_owned();
        let en =
            "a message that asks to confirm is on its way, if it may be sent; it counts once confirmed within 48 hours"
                .to_owned();
        Ok(WishTaken::Taken(Typed(WishView { zh, en })))
    }

    /// 查看订阅: the subscription of a link.
    #[oai(path = "/subscription", method = "get", operation_id = "getSubscription")]
    async fn read(
        &self,
        /// From the links in its messages.
        token: Query<String>,
    ) -> Result<Typed<SubscriptionView>, Problem> {
        Ok(Typed(self.subscriptions.read(&token.0).await?.into()))
    }

    /// 确认订阅: confirms the subscription of the link in the message that asks for it.
    #[oai(path = "/subscription/confirm", method = "post", operation_id = "confirmSubscription")]
    async fn confirm(
        &self,
        /// From the link in the message.
        token: Query<String>,
    ) -> Result<Typed<SubscriptionView>, Problem> {
        Ok(Typed(self.subscriptions.confirm(&token.0).await?.into()))
    }

    /// 退订: stops the subscription of a link, and deletes all that is known of it. Programs of mail ask for this (RFC 8058). Of one that nobody
    /// has confirmed its receiver declines: nothing is sent there for 30 days, whoever asks.
    #[oai(path = "/subscription/stop", method = "post", operation_id = "stopSubscription")]
    async fn stop(
        &self,
        /// From the links in its messages.
        token: Query<String>,
    ) -> Result<SubscriptionStopped, Problem> {
        self.subscriptions.stop(&token.0).await?;
        Ok(SubscriptionStopped::Stopped)
    }
}
