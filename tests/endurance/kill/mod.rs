//! Kills the service as it works, and looks whether it keeps its word: `scripts/kill KILLS [ENGINE] [SEED]`.
//!
//! A life is one log. Its service is started, put under load and killed with SIGKILL at a random moment, again and again
//! on the same data; on PostgreSQL a backend or the whole server is killed now and then. After each start what is new in
//! the log is read and checked: every record that was acknowledged stands at its index byte for byte, under a tree that
//! every checkpoint ever shown agrees with; nothing is there twice, nothing that nobody sent. At the end of its life the
//! whole log is audited, and its tables are compared with it.
//!
//! SIGKILL takes the process, not what the kernel has of its writes: the simulator cuts power.

mod book;
mod life;
mod load;
mod reader;
mod tally;

use super::support::Engine;
use super::support::dice::Dice;
use super::support::postgres::Cluster;
use super::{engines, number};
use life::Life;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};
use tally::Tally;

/// Kills of one engine in a plain `cargo test`, which is for quick answers.
const KILLS: u64 = 20;
/// Kills in the life of one log: the audit at its end takes about as long as a few kills, and a long log slows nothing.
const KILLS_OF_A_LIFE: u64 = 200;

/// What the environment asks for.
struct Wish {
    kills: u64,
    /// Enough of it, whatever the number of kills.
    time: Duration,
    seed: u64,
}

fn wish() -> Wish {
    let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let seconds = number("GONGSHI_KILL_SECONDS");
    Wish {
        kills: number("GONGSHI_KILLS").unwrap_or(if seconds.is_some() { u64::MAX } else { KILLS }),
        time: seconds.map_or(Duration::MAX, Duration::from_secs),
        // Room for a thousand lives before the seeds of the next second.
        seed: number("GONGSHI_KILL_SEED").unwrap_or(since_1970.as_secs() << 10),
    }
}

/// Each engine in turn.
pub fn run() -> ExitCode {
    let (wish, engines) = (wish(), engines());
    let share = wish.time.checked_div(engines.len() as u32).unwrap_or(Duration::MAX);
    if engines.iter().all(|engine| survives(*engine, &wish, share)) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn survives(engine: Engine, wish: &Wish, share: Duration) -> bool {
    let postgres = matches!(engine, Engine::Postgres).then(|| Arc::new(Cluster::start("")));
    let (began, mut tally, mut seed) = (Instant::now(), Tally::default(), wish.seed);
    while tally.kills() < wish.kills && began.elapsed() < share {
        let kills = KILLS_OF_A_LIFE.min(wish.kills - tally.kills());
        let left = share.saturating_sub(began.elapsed());
        // One thread: the clients of the load are light, and the service has the other cores.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        if let Err(broken) = runtime.block_on(Life::live(postgres.as_ref(), Dice::new(seed), kills, left, &mut tally)) {
            println!("{engine:?}, seed {seed}, after {} kills: {broken:#}", tally.kills());
            println!("again: scripts/kill {kills} {} {seed}", format!("{engine:?}").to_lowercase());
            return false;
        }
        println!("{engine:?}, seeds {} to {seed}, {} s: {tally}", wish.seed, began.elapsed().as_secs());
        seed += 1;
    }
    true
}
