//! Keeps the house in order, by reading the source tree as text: what clippy and the compiler can't see.
//!
//! Each file is one rule, with the sample that breaks it, so that a rule which never fails shows. What breaks a rule today
//! and is to go stands in a list called `KNOWN`; a line that is no longer true fails too, so the lists only shrink. What is
//! meant to stay stands in a list with its reason.

mod apart;
mod circles;
mod described;
mod limits;
mod names;
mod references;
mod rooms;
mod scripts;
mod source;
mod sql;
mod tree;
