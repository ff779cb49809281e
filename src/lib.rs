#![doc = include_str!("../ARCHITECTURE.md")]

// The pure core.
pub mod act;
pub mod calendar;
pub mod field;
pub mod law;
pub mod log;
pub mod problem;
pub mod record;
pub mod world;

// The capabilities.
pub mod commitment;
pub mod identity;
pub mod organisation;
pub mod template;
pub mod tender;

// The shell.
pub mod audit;
pub mod bench;
pub mod bundle;
pub mod clock;
pub mod cosigning;
pub mod demo;
pub mod http;
pub mod import;
pub mod ledger;
pub mod metrics;
pub mod mirror;
pub mod monitor;
pub mod publishing;
pub mod sequencer;
pub mod store;
pub mod witness;
