//! Who is barred, over real HTTP: gates, midnight, objections, repair, lists and many codes at once.

#![cfg(feature = "shell")]

mod answers;
mod bars;
mod following;
mod gates;
mod repair;
mod stage;
mod succession;
#[path = "../support/mod.rs"]
mod support;
