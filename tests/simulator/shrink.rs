//! A plan that fails, cut down as long as the same check still finds something.

use super::plan::{Intent, Plan, Step, Twist};
use super::play::{Failure, play};
use std::time::{Duration, Instant};

/// A shorter plan is worth so much time, and no more.
const PATIENCE: Duration = Duration::from_secs(120);

/// The shortest plan that was found, and how it fails.
pub fn shrink(plan: Plan, failure: Box<Failure>, postgres: Option<&str>) -> (Plan, Box<Failure>) {
    let mut shrunk = Shrunk { plan, failure, until: Instant::now() + PATIENCE, postgres };
    let reached = shrunk.failure.step;
    shrunk.tries(|plan| plan.steps.truncate(reached + 1));
    loop {
        let before = size(&shrunk.plan);
        shrunk.drop_steps();
        shrunk.drop_intents();
        shrunk.simplify();
        if size(&shrunk.plan) == before || shrunk.is_out_of_time() {
            return (shrunk.plan, shrunk.failure);
        }
    }
}

fn size(plan: &Plan) -> usize {
    let intents = |step: &Step| intents(step).map_or(0, Vec::len);
    plan.steps.iter().map(|step| 1 + intents(step)).sum()
}

fn intents(step: &Step) -> Option<&Vec<Intent>> {
    match step {
        Step::Batch { intents, .. }
        | Step::Crash { intents, .. }
        | Step::Outage { intents }
        | Step::Race { intents, .. } => Some(intents),
        _ => None,
    }
}

fn intents_mut(step: &mut Step) -> Option<&mut Vec<Intent>> {
    match step {
        Step::Batch { intents, .. }
        | Step::Crash { intents, .. }
        | Step::Outage { intents }
        | Step::Race { intents, .. } => Some(intents),
        _ => None,
    }
}

struct Shrunk<'a> {
    plan: Plan,
    failure: Box<Failure>,
    until: Instant,
    postgres: Option<&'a str>,
}

impl Shrunk<'_> {
    fn is_out_of_time(&self) -> bool {
        Instant::now() > self.until
    }

    /// Whether the changed plan fails alike; then it takes the place of the present one.
    fn tries(&mut self, change: impl FnOnce(&mut Plan)) -> bool {
        let mut changed = self.plan.clone();
        change(&mut changed);
        if self.is_out_of_time() || changed.steps == self.plan.steps {
            return false;
        }
        match play(&changed, self.postgres, None) {
            Err(failure) if failure.fault.class == self.failure.fault.class => {
                (self.plan, self.failure) = (changed, failure);
                true
            }
            _ => false,
        }
    }

    /// Halves, quarters, … down to single steps, from the end.
    fn drop_steps(&mut self) {
        let mut width = self.plan.steps.len().div_ceil(2);
        while width > 0 {
            let mut end = self.plan.steps.len();
            while end > 0 {
                let start = end.saturating_sub(width);
                self.tries(|plan| drop(plan.steps.drain(start..end)));
                end = start;
            }
            width /= 2;
        }
    }

    fn drop_intents(&mut self) {
        for at in (0..self.plan.steps.len()).rev() {
            let mut width = intents(&self.plan.steps[at]).map_or(0, Vec::len).div_ceil(2);
            while width > 0 {
                let mut end = intents(&self.plan.steps[at]).map_or(0, Vec::len);
                while end > 0 {
                    let start = end.saturating_sub(width);
                    self.tries(|plan| {
                        intents_mut(&mut plan.steps[at])
                            .into_iter()
                            .for_each(|intents| drop(intents.drain(start..end)));
                    });
                    end = start;
                }
                width /= 2;
            }
        }
    }

    /// What is wrong with a record on purpose is mostly not why a plan fails; nor is a crash.
    fn simplify(&mut self) {
        for at in 0..self.plan.steps.len() {
            if let Step::Crash { intents, .. } | Step::Outage { intents } | Step::Race { intents, .. } =
                self.plan.steps[at].clone()
            {
                self.tries(|plan| plan.steps[at] = Step::Batch { writer: 0, intents });
            }
            for which in 0..intents(&self.plan.steps[at]).map_or(0, Vec::len) {
                self.tries(|plan| {
                    intents_mut(&mut plan.steps[at]).into_iter().for_each(|intents| intents[which].twist = Twist::No);
                });
            }
        }
    }
}
