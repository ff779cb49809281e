//! A log followed from outside, over HTTP, by those who trust nobody: mirrors and monitors.

#![cfg(feature = "shell")]

mod mirror;
mod monitor;
mod shelf;
#[path = "../support/mod.rs"]
mod support;
