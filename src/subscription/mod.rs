//! 订阅: whoever asks for it is told of what a search newly finds, by mail or by a webhook.
//!
//! A subscription is no record: it is somebody's wish, personal data in tables of its own, and it goes when it is stopped. It finds
//! exactly what `/v1/search` finds (`search::projection::Matcher`). What each entry of the log brings into it is noted in the same
//! transaction as how far the log has been looked at, and each message is named by its subscription and an entry. So nothing is left
//! out, and what is sent again after a crash can be told apart by whoever receives it.

mod api;
mod event;
mod lane;
mod limits;
mod link;
mod mail;
mod matching;
mod message;
mod news;
mod reach;
mod sending;
mod service;
mod signature;
mod target;
mod webhook;

pub use api::{SubscriptionApi, SubscriptionView, WaysView, WishView};
pub use lane::send_for_ever;
pub use link::SubscriptionId;
pub use mail::{MailSettings, MailTls, Mailer};
pub use matching::match_for_ever;
pub use reach::WebhookReach;
pub use sending::{Delivery, Leased};
pub use service::{Delivering, SubscriptionState, Subscriptions};
pub use target::{EmailTarget, Target, WebhookTarget};
