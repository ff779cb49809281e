//! Subscriptions, on both engines: who asks for it is told once of each entry that brings something into a search, whoever is killed
//! when; nobody else is told anything.

mod crashes;
mod killed;
mod lanes;
mod limits;
mod mails;
mod stage;
mod tls;
mod webhooks;
