//! One plan from its first step to the last comparison. Each life of the services has a runtime of its own, so that a power
//! cut takes everything with it that had not come to an end.

use super::check;
use super::fault::{Fault, fault, panicked};
use super::plan::{Plan, Step};
use super::run::Run;
use super::tally::Tally;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;
use tokio::runtime::{Builder, Runtime};

/// Where a plan failed.
pub struct Failure {
    pub fault: Fault,
    /// The step during which it was found; as many as were played when the last comparison found it.
    pub step: usize,
    pub story: Vec<String>,
}

fn runtime() -> Result<Runtime, Fault> {
    Builder::new_current_thread().enable_all().build().map_err(|e| fault("setting", e))
}

/// Plays a plan, as far as it comes `until` then. `postgres` is the URL of a database that is this thread's alone.
pub fn play(plan: &Plan, postgres: Option<&str>, until: Option<Instant>) -> Result<Tally, Box<Failure>> {
    let (mut story, mut step) = (Vec::new(), 0);
    let played = catch_unwind(AssertUnwindSafe(|| steps(plan, postgres, until, &mut story, &mut step)));
    // A panic is the cause of whatever else was found.
    let result = match (panicked(), played) {
        (Some(panic), _) => Err(panic),
        (None, Ok(result)) => result,
        (None, Err(_)) => Err(fault("panic", "on another thread")),
    };
    result.map_err(|fault| Box::new(Failure { fault, step, story }))
}

fn steps(
    plan: &Plan,
    postgres: Option<&str>,
    until: Option<Instant>,
    story: &mut Vec<String>,
    step: &mut usize,
) -> Result<Tally, Fault> {
    let mut life = runtime()?;
    let mut run = life.block_on(Run::open(plan, postgres))?;
    for (at, next) in plan.steps.iter().enumerate() {
        // Few plans are long, but those take minutes; what has been played of one is worth the last comparison.
        if until.is_some_and(|until| Instant::now() >= until) {
            break;
        }
        *step = at;
        run.story.push(format!("{at}. {next}"));
        let result = take(next, plan, &mut run, &mut life);
        story.append(&mut run.story);
        result?;
        // A task that panicked is a fault even when nobody missed it.
        panicked().map_or(Ok(()), Err)?;
        *step = at + 1;
    }
    life.block_on(check::everything(&mut run, true))?;
    Ok(run.tally)
}

fn take(step: &Step, plan: &Plan, run: &mut Run, life: &mut Runtime) -> Result<(), Fault> {
    match step {
        Step::Batch { writer, intents } => life.block_on(run.batch(*writer % plan.writers, intents)),
        Step::Race { intents, others } => life.block_on(run.race([intents, others])),
        Step::Wait { minutes } => {
            run.clocks.iter().for_each(|clock| clock.advance_millis(minutes * 60_000));
            Ok(())
        }
        Step::Due { writer } if *writer < plan.writers => life.block_on(run.due(&[*writer])),
        Step::Due { .. } => life.block_on(run.due(&(0..plan.writers).collect::<Vec<_>>())),
        Step::Publish { anew } => life.block_on(run.publish(*anew)),
        Step::Outage { intents } => life.block_on(run.outage(intents)),
        Step::Check => life.block_on(check::everything(run, false)),
        Step::Crash { intents, kept } => {
            life.block_on(run.lose(intents, *kept))?;
            run.cut_power(*kept)?;
            std::mem::replace(life, runtime()?).shutdown_background();
            life.block_on(async {
                run.start(plan.writers).await?;
                run.post_again().await
            })
        }
        Step::Restart => {
            life.block_on(run.stop());
            std::mem::replace(life, runtime()?).shutdown_background();
            life.block_on(run.start(plan.writers))
        }
    }
}
