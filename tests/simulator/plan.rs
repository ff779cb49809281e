//! A seed unrolled into steps: plain data, so that a plan that fails can be cut down and printed.

use super::cast::{ADMITTED, BUYERS_FIRST, ENTERPRISES_FIRST, OPERATOR};
use super::dice::Dice;
use gongshi::field::Instant;
use std::fmt;

/// What one run does.
#[derive(Debug, Clone)]
pub struct Plan {
    pub seed: u64,
    pub engine: Engine,
    /// Services that write to the one log in turn.
    pub writers: usize,
    pub start: Instant,
    /// By how much the second writer's clock is ahead.
    pub skew_millis: i64,
    pub steps: Vec<Step>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// Records that are queued together: one batch, unless something makes the queue move in between.
    Batch { writer: usize, intents: Vec<Intent> },
    /// Records for two writers at the same moment.
    Race { intents: Vec<Intent>, others: Vec<Intent> },
    /// The clock is set forward, or a little back.
    Wait { minutes: i64 },
    /// The service does what is due; beyond the last writer, all of them at once.
    Due { writer: usize },
    /// The log is brought to its static files, by a publisher that begins or one that was at it.
    Publish { anew: bool },
    /// Power fails while these are on their way. `kept` of 65,535 parts of what was being written reached the disk.
    Crash { intents: Vec<Intent>, kept: u16 },
    /// The disk takes no more while these are on their way; afterwards it does.
    Outage { intents: Vec<Intent> },
    /// An orderly stop and a new start.
    Restart,
    /// Everything is compared, not only at the end.
    Check,
}

/// Somebody means to do something. What exactly is decided when it is played, from the dice and the state that it meets.
#[derive(Debug, Clone, PartialEq)]
pub struct Intent {
    pub subject: Subject,
    /// One of the subject's few.
    pub which: usize,
    /// What would come next here; or any act at all.
    pub sensible: bool,
    pub twist: Twist,
    pub dice: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    Organisation,
    Template,
    Tender,
    Commitment,
    Evaluation,
    /// That of a player.
    Credit,
    /// Whether an enterprise is barred.
    Access,
    /// The deposits of a buyer.
    Deposit,
    /// One of them, on its way to an end.
    Course(Course),
    /// The log itself: its keys and its name; an adoption of law would go here.
    Log,
}

/// What becomes of a deposit at last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Course {
    Refunded,
    /// From the treasury, which had what was forfeited.
    Recovered,
    /// By who issued its guarantee.
    Paid,
    /// With its part.
    Reunited,
}

/// The longest twice.
const COURSES: [Course; 6] =
    [Course::Refunded, Course::Refunded, Course::Recovered, Course::Recovered, Course::Paid, Course::Reunited];
/// Of a hundred intents.
const OF_COURSES: usize = 20;
/// Whose deposits they are.
const BUYER_ON_COURSE: usize = 0;

/// What is wrong with a record on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Twist {
    No,
    /// Signed on the version that the author sees.
    Seen,
    /// Signed on another version.
    Stale,
    /// By another player.
    Author(usize),
    /// By the service.
    Service,
    /// By a key that is not the one that the header names.
    Forged,
    /// By a key that the log doesn't know.
    Unknown,
    /// By any key of the author, revoked or never registered.
    AnyKey,
    /// The bytes of an earlier record.
    Again(usize),
    /// Another record under the `jti` of an earlier one.
    Jti(usize),
    /// On another stream.
    Stream(usize),
    /// For another log.
    Audience,
    /// Signed so many minutes from now.
    Clock(i64),
}

/// Templates; all the time the same.
pub const TEMPLATES: usize = 3;
/// Tenders and commitments that one run may have. A few of each are acted on at a time, so that acts meet; then others are,
/// because those come to an end.
pub const TENDERS: usize = 64;
pub const COMMITMENTS: usize = 64;
/// Enterprises whose access is acted on.
const ENTERPRISES: usize = 5;
/// Buyers that keep deposits.
const BUYERS: usize = 4;
const AT_A_TIME: usize = 5;
/// Steps after which the next tender takes the place of the first one.
const STEPS_EACH: usize = 20;

const DAY: i64 = 24 * 60;
/// Every so many seeds a plan is for PostgreSQL and two writers.
const POSTGRES_EVERY: u64 = 8;

/// What the actors of one plan mostly care for. A few acts a book, as they come to where everybody does everything, never get as far
/// as what follows a division.
#[derive(Clone, Copy)]
enum Leaning {
    /// Tenders most of all, and some of everything.
    Everything,
    /// Two buyers' deposits, and what becomes of those who paid them.
    Deposits,
}

/// Whom and what the intents of a step are about.
#[derive(Clone, Copy)]
struct Bent {
    /// The first tender that is acted on now.
    first: usize,
    leaning: Leaning,
}

/// Plans of a hundred that lean to deposits.
const OF_DEPOSITS: usize = 25;
/// Buyers whose deposits those are about.
const BUYERS_LEANT_ON: usize = 2;

impl Plan {
    pub fn of_seed(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let engine = if seed % POSTGRES_EVERY == POSTGRES_EVERY - 1 { Engine::Postgres } else { Engine::Sqlite };
        let writers = if engine == Engine::Postgres { 2 } else { 1 };
        // Between 2026-01-05 and 2026-12-20: the next year's holidays are not known.
        let start = Instant::from_millis(1_767_574_800_000 + dice.between(0, 349 * DAY) * 60_000);
        let leaning = if dice.percent(OF_DEPOSITS) { Leaning::Deposits } else { Leaning::Everything };
        let mut steps = prologue(&mut dice);
        if let Leaning::Deposits = leaning {
            steps.extend(second_keys(&mut dice));
        }
        // Some are long enough for several full tiles and for more entries than a replay reads at a time.
        let times = if dice.percent(4) { 6 } else { 1 };
        for at in 0..times * dice.between(60, 360) {
            let of = Bent { first: at as usize / STEPS_EACH, leaning };
            steps.push(step(&mut dice, of, writers));
        }
        let skew_millis = if dice.percent(50) { 0 } else { dice.between(-180_000, 180_000) };
        Self { seed, engine, writers, start, skew_millis, steps }
    }
}

/// Nearly everybody registers and is confirmed, and the templates are published: else nothing else would come about.
fn prologue(dice: &mut Dice) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut intent = |subject, which| Intent { subject, which, sensible: true, twist: Twist::No, dice: dice.next() };
    // Supervisors confirm the others, so they come first.
    for players in [1..3, 3..ADMITTED] {
        for _ in ["register", "confirm", "confirm who was forgotten"] {
            let intents = players.clone().map(|player| intent(Subject::Organisation, player)).collect();
            steps.push(Step::Batch { writer: 0, intents });
        }
    }
    let intents = (0..TEMPLATES).map(|which| intent(Subject::Template, which)).collect();
    steps.push(Step::Batch { writer: 0, intents });
    let left_out = dice.below(steps.len() * 12);
    if left_out < steps.len() {
        steps.remove(left_out);
    }
    steps
}

/// Much of what is done with deposits takes two people: most of those buyers have another key then.
fn second_keys(dice: &mut Dice) -> Vec<Step> {
    let buyers = BUYERS_FIRST..BUYERS_FIRST + BUYERS_LEANT_ON;
    let mut intent =
        |which| Intent { subject: Subject::Organisation, which, sensible: true, twist: Twist::No, dice: dice.next() };
    let mut batch = || Step::Batch { writer: 0, intents: buyers.clone().map(&mut intent).collect() };
    // They are in the log for some days before they count as other persons'.
    vec![batch(), batch(), Step::Wait { minutes: 4 * DAY }]
}

fn step(dice: &mut Dice, of: Bent, writers: usize) -> Step {
    let writer = dice.below(writers);
    match dice.below(100) {
        0..15 if writers > 1 => Step::Race { intents: intents(dice, of), others: intents(dice, of) },
        0..55 => Step::Batch { writer, intents: intents(dice, of) },
        55..75 => Step::Wait { minutes: minutes(dice) },
        75..90 => Step::Due { writer: dice.below(if writers > 1 { writers + 1 } else { 1 }) },
        90..92 => Step::Publish { anew: dice.percent(40) },
        92..95 => Step::Crash { intents: intents(dice, of), kept: kept(dice) },
        95..97 => Step::Outage { intents: intents(dice, of) },
        97..99 => Step::Restart,
        _ => Step::Check,
    }
}

/// Often everything is written, and only the answer does not arrive.
fn kept(dice: &mut Dice) -> u16 {
    if dice.percent(35) { u16::MAX } else { dice.next() as u16 }
}

fn minutes(dice: &mut Dice) -> i64 {
    match dice.below(100) {
        0..9 => -dice.between(1, 5),
        9 => -dice.between(5, DAY),
        10..30 => dice.between(1, 60),
        30..60 => dice.between(60, DAY),
        60..90 => dice.between(DAY, 7 * DAY),
        _ => dice.between(7 * DAY, 30 * DAY),
    }
}

fn intents(dice: &mut Dice, of: Bent) -> Vec<Intent> {
    let count = match dice.below(400) {
        0..160 => 1,
        160..360 => dice.between(2, 6),
        360..399 => dice.between(7, 30),
        // More than one batch takes.
        _ => 600,
    };
    (0..count).map(|_| intent(dice, of)).collect()
}

fn intent(dice: &mut Dice, of: Bent) -> Intent {
    let (subject, which) = match of.leaning {
        _ if dice.percent(OF_COURSES) => (Subject::Course(dice.pick(&COURSES)), BUYER_ON_COURSE),
        Leaning::Deposits if dice.percent(70) => of_deposits(dice),
        _ => of_everything(dice, of.first),
    };
    let sensible = dice.percent(88);
    let twist = if dice.percent(12) { twist(dice, of.first) } else { Twist::No };
    Intent { subject, which, sensible, twist, dice: dice.next() }
}

fn of_deposits(dice: &mut Dice) -> (Subject, usize) {
    if dice.percent(85) {
        return (Subject::Deposit, dice.below(BUYERS_LEANT_ON));
    }
    (Subject::Organisation, ENTERPRISES_FIRST + dice.below(ADMITTED - ENTERPRISES_FIRST))
}

fn of_everything(dice: &mut Dice, first: usize) -> (Subject, usize) {
    match dice.below(100) {
        0..52 => (Subject::Tender, (first + dice.below(AT_A_TIME)) % TENDERS),
        52..60 => (Subject::Deposit, dice.below(BUYERS)),
        60..73 => (Subject::Commitment, (first + dice.below(2 * AT_A_TIME)) % COMMITMENTS),
        73..81 => (Subject::Evaluation, (first + dice.below(2 * AT_A_TIME)) % COMMITMENTS),
        81..84 => (Subject::Access, dice.below(ENTERPRISES)),
        // The operator's organisation begins in the log's own stream, which makes it worth more attention.
        84..86 => (Subject::Organisation, OPERATOR),
        86..93 => (Subject::Organisation, dice.below(ADMITTED + 1)),
        93..95 => (Subject::Template, dice.below(TEMPLATES)),
        95..97 => (Subject::Credit, dice.below(ADMITTED)),
        _ => (Subject::Log, 0),
    }
}

fn twist(dice: &mut Dice, first: usize) -> Twist {
    match dice.below(16) {
        0 | 1 => Twist::Seen,
        2 => Twist::Stale,
        3 | 4 => Twist::Author(dice.below(ADMITTED + 1)),
        5 => Twist::Service,
        6 => Twist::Forged,
        7 => Twist::Unknown,
        8 => Twist::AnyKey,
        9..12 => Twist::Again(dice.below(1000)),
        12 => Twist::Jti(dice.below(1000)),
        13 => Twist::Stream((first + dice.below(AT_A_TIME)) % TENDERS),
        14 => Twist::Audience,
        _ => Twist::Clock(dice.pick(&[-1441, -1439, -60, -1, 4, 6, 1_000_000_000])),
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = |count: usize| if count == 1 { "1 record".to_owned() } else { format!("{count} records") };
        match self {
            Self::Batch { writer, intents } => write!(f, "writer {writer} gets {}", plural(intents.len())),
            Self::Race { intents, others } => {
                write!(f, "the writers get {} and {} at once", plural(intents.len()), plural(others.len()))
            }
            Self::Wait { minutes } => write!(f, "{minutes} minutes pass"),
            Self::Publish { anew } => write!(f, "publish{}", if *anew { " anew" } else { "" }),
            Self::Due { writer } => write!(f, "writer {writer} does what is due"),
            Self::Crash { intents, kept } => {
                write!(f, "power fails during {}, {kept}/65535 of the last write kept", plural(intents.len()))
            }
            Self::Outage { intents } => write!(f, "the disk is full during {}", plural(intents.len())),
            Self::Restart => f.write_str("restart"),
            Self::Check => f.write_str("check"),
        }
    }
}
