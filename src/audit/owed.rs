//! What entries oblige the service to begin, and it never began.

use super::finding::{Reason, Report};
use crate::act::{Place, Stream};
use crate::field::Instant;
use crate::world::World;
use std::collections::BTreeMap;

/// How long the service may take: it looks every few seconds, but may be down for a while, or not trust its clock.
const PATIENCE_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// The streams that are owed and have not begun, and the entries that oblige the service to.
#[derive(Default)]
pub(super) struct Owed(BTreeMap<Stream, (u64, Instant)>);

impl Owed {
    /// An act was applied.
    pub fn applied(&mut self, world: &World, stream: &Stream, place: &Place) {
        if place.version == 1 {
            self.0.remove(stream);
        }
        for begun in world.entails(stream, place) {
            self.0.insert(begun, (place.index, place.time));
        }
    }

    /// Reports what was owed for too long when the log ended.
    pub fn report(&self, end: Instant, report: &mut Report) {
        for (stream, (index, since)) in &self.0 {
            if end.millis() - since.millis() > PATIENCE_MILLIS {
                report.add(Some(*index), Reason::ActOwed, format!("{stream} should have begun, and never did"));
            }
        }
    }
}
