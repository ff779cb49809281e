//! What gongshi does for its users, over real HTTP and from the command line, on both engines.
//!
//! One program: each would be linked with the whole of gongshi and start a PostgreSQL server of its own. Programs of their own are
//! tests that listen to all that their process says (`cost`, `promises`), and those that take long, to run beside each other.

#![cfg(feature = "shell")]

mod access;
mod credit;
mod deposits;
mod import;
mod law;
mod mirror;
mod publishing;
mod refusals;
mod search;
mod service;
mod statements;
mod statistics;
mod store;
mod subscriptions;
mod support;
mod walkthrough;
mod witness;
