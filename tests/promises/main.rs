//! Promises in public: templates, dual commitments, and what happens when one is said to be broken.

#![cfg(feature = "shell")]

mod breaches;
mod early_reading;
mod evaluating;
mod fairness;
mod gate;
mod signing;
mod stage;
mod suppliers;
#[path = "../support/mod.rs"]
mod support;
