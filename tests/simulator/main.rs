//! A simulator of the whole log from a seed: random actors, acts, clocks, batch cuts, power cuts, full disks and restarts,
//! one writer on SQLite or two on PostgreSQL. After each run, live state = replay = audit = bundle, and nothing that was
//! acknowledged is lost. `scripts/simulate` plays it for as long as one likes; a plain `cargo test` for some seconds.
//!
//! A seed is unrolled into a [`plan`]: steps that are plain data, so that a plan that fails is cut down ([`shrink`]) and
//! printed. What a step means is decided when it is played ([`run`]), from its own dice and the state that it meets
//! ([`acts`]). The [`oracle`] folds every entry anew, and [`check`] compares.

mod acts;
mod cast;
mod check;
#[path = "../support/dice.rs"]
mod dice;
mod fault;
mod home;
mod oracle;
mod papers;
mod plan;
mod play;
mod post;
#[path = "../support/postgres.rs"]
#[allow(dead_code, reason = "the simulator needs a part of it")]
mod postgres;
mod run;
mod seam;
mod shrink;
mod sign;
mod tally;

use plan::{Engine, Plan};
use play::Failure;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};
use tally::Tally;

/// A plain `cargo test` is for quick answers; CI asks for a minute.
const SECONDS: u64 = 10;
/// Runs after which every kind of record must have been accepted at least once.
const RUNS_FOR_ALL_KINDS: u64 = 300;

/// What the environment asks for.
struct Wish {
    seconds: u64,
    /// The first seed; with no seconds the only one.
    seed: u64,
    threads: usize,
}

fn wish() -> Wish {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Wish {
        seconds: number("GONGSHI_SIMULATE_SECONDS").unwrap_or(SECONDS),
        // Room for a million runs before the seeds of the next second.
        seed: number("GONGSHI_SIMULATE_SEED").unwrap_or(since_1970.as_secs() << 20),
        threads: number("JOBS")
            .map_or_else(|| std::thread::available_parallelism().map_or(1, usize::from), |n| n as usize),
    }
}

/// `cargo test` hands its arguments to every test binary: `--list`, and names of tests that are not ours.
fn is_asked_for() -> bool {
    let mut arguments = std::env::args().skip(1);
    arguments.all(|argument| argument != "--list" && (argument.starts_with('-') || "simulator".contains(&*argument)))
}

fn main() -> ExitCode {
    if !is_asked_for() {
        return ExitCode::SUCCESS;
    }
    let wish = wish();
    let (began, seeds) = (Instant::now(), AtomicU64::new(wish.seed));
    let until = (wish.seconds > 0).then(|| began + Duration::from_secs(wish.seconds));
    let (tally, failed) = (Mutex::new(Tally::default()), AtomicBool::new(false));
    if std::env::var_os("RUST_LOG").is_some() {
        tracing_subscriber::fmt().with_env_filter(tracing_subscriber::EnvFilter::from_default_env()).init();
    }
    fault::remember_panics();
    std::thread::scope(|scope| {
        let work = || {
            // Emptied before each run that wants it.
            let mut database = None;
            while !failed.load(Ordering::SeqCst) {
                let plan = Plan::of_seed(seeds.fetch_add(1, Ordering::SeqCst));
                if plan.engine == Engine::Postgres && database.is_none() {
                    database = Some(postgres::fresh_database());
                }
                match play::play(&plan, database.as_deref(), until) {
                    Ok(more) => tally.lock().expect("nobody panics with it").add(&more),
                    // One failure is enough to look at.
                    Err(failure) if !failed.swap(true, Ordering::SeqCst) => tell(plan, failure, database.as_deref()),
                    Err(_) => {}
                }
                if until.is_none_or(|until| Instant::now() >= until) {
                    break;
                }
            }
        };
        let one = if wish.seconds == 0 { 1 } else { wish.threads };
        (0..one).for_each(|_| drop(scope.spawn(work)));
    });
    let tally = tally.into_inner().expect("nobody panics with it");
    println!("seeds from {}, {} seconds", wish.seed, began.elapsed().as_secs());
    if tally.runs > 0 {
        print!("{tally}");
    }
    let missing = tally.missing();
    if tally.runs >= RUNS_FOR_ALL_KINDS && !missing.is_empty() {
        println!("never accepted: {}", missing.join(", "));
        return ExitCode::FAILURE;
    }
    if failed.into_inner() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Prints what failed, then the fewest steps that fail alike.
fn tell(plan: Plan, failure: Box<Failure>, database: Option<&str>) {
    let seed = plan.seed;
    println!("seed {seed} fails in step {} of {}\n{}", failure.step, plan.steps.len(), failure.fault);
    println!("again: scripts/simulate 0 {seed}\ncutting it down …");
    let (plan, failure) = shrink::shrink(plan, failure, database);
    println!("{} steps from {} on fail: {}", plan.steps.len(), plan.start, failure.fault);
    println!("{}", failure.story.join("\n"));
    plan.steps.iter().enumerate().for_each(|(at, step)| println!("{at}. {step:?}"));
}
