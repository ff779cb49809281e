//! One look at everything: what was told, and how bad it was.

use super::MonitorError;
use super::event::{Event, EventLine, Gravity};
use crate::clock::Clock;
use std::collections::HashSet;

/// Where events go. What it took counts as told, so it should have passed it on before it returns.
pub type Tell<'t> = &'t mut (dyn FnMut(&EventLine) -> std::io::Result<()> + Send);

pub(super) struct Round<'t> {
    tell: Tell<'t>,
    clock: Clock,
    /// Alerts that the round before told: a state of affairs is told once, until it changes.
    known: HashSet<String>,
    standing: HashSet<String>,
    worst: Gravity,
}

impl<'t> Round<'t> {
    pub fn new(tell: Tell<'t>, clock: Clock, known: HashSet<String>) -> Self {
        Self { tell, clock, known, standing: HashSet::new(), worst: Gravity::Fine }
    }

    /// Tells what is not as it should be.
    pub fn alert(&mut self, event: Event) -> Result<(), MonitorError> {
        self.worst = self.worst.max(event.gravity());
        let identity = event.identity();
        if !self.known.contains(&identity) && !self.standing.contains(&identity) {
            self.tell(event)?;
        }
        self.standing.insert(identity);
        Ok(())
    }

    pub fn tell(&mut self, event: Event) -> Result<(), MonitorError> {
        Ok((self.tell)(&event.at(self.clock.now()))?)
    }

    /// The alerts that stand, and the gravity of the worst.
    pub fn end(self) -> (HashSet<String>, Gravity) {
        (self.standing, self.worst)
    }
}
