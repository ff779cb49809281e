//! A stranger with a copy of the log: what holds is found to hold, and every kind of tampering is named.

#![cfg(feature = "shell")]

mod bundle;
mod copy;
mod erasure;
mod forged;
mod keys;
mod poison;
mod receipts;
mod restoring;
mod rewound;
#[path = "../support/mod.rs"]
mod support;
mod tampering;
