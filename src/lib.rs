#![doc = include_str!("../ARCHITECTURE.md")]

// The pure core: no I/O, no clock.
pub mod act;
pub mod audit;
pub mod calendar;
pub mod field;
pub mod import;
pub mod law;
pub mod log;
pub mod problem;
pub mod record;
pub mod world;

// The capabilities: their payloads and states are core, their endpoints and tables shell.
pub mod commitment;
pub mod identity;
pub mod organisation;
pub mod template;
pub mod tender;

// The shell.
#[cfg(feature = "shell")]
pub mod access;
#[cfg(feature = "shell")]
pub mod bench;
#[cfg(feature = "shell")]
pub mod bundle;
#[cfg(feature = "shell")]
pub mod clock;
#[cfg(feature = "shell")]
pub mod cosigning;
#[cfg(feature = "shell")]
pub mod demo;
#[cfg(feature = "shell")]
pub mod derived;
#[cfg(feature = "shell")]
pub mod http;
#[cfg(feature = "shell")]
pub mod ledger;
#[cfg(feature = "shell")]
pub mod metrics;
#[cfg(feature = "shell")]
pub mod mirror;
#[cfg(feature = "shell")]
pub mod monitor;
#[cfg(feature = "shell")]
pub mod publishing;
#[cfg(feature = "shell")]
pub mod sequencer;
#[cfg(feature = "shell")]
pub mod server;
#[cfg(feature = "shell")]
pub mod store;
#[cfg(feature = "shell")]
pub mod witness;
