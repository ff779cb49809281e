//! Subscriptions, on both engines: who asks for it is told once of each entry that brings something into a search, whoever is killed
//! when; nobody else is told anything.

#![cfg(feature = "shell")]

mod crashes;
mod killed;
mod limits;
mod mails;
mod stage;
#[path = "../support/mod.rs"]
mod support;
mod tls;
mod webhooks;
