//! A log followed from outside, over HTTP, by those who trust nobody: mirrors and monitors.

mod mirroring;
mod monitor;
mod shelf;

use super::support;
