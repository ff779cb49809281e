//! Every call into the parts of the house that change their shape now and then: streams, the world, audit, bundle, replay.
//! Who reshapes those has this one file to adapt.

use gongshi::access::{Access, AccessId};
use gongshi::act::{Around, Author, Place};
use gongshi::audit::{self, Folder, Report};
use gongshi::bundle::{Conclusion, Maker, Scope, export_bundle};
use gongshi::commitment::Commitment;
use gongshi::credit::{Credit, CreditId, Graded};
use gongshi::deposit::{DepositBook, DepositBookId};
use gongshi::derived;
use gongshi::evaluation::Evaluation;
use gongshi::field::{CommitmentId, EvaluationId, Instant, OrganisationId, TemplateId, TenderCode};
use gongshi::identity::LogState;
use gongshi::law::{Edition, Editions, Law};
use gongshi::ledger::Ledger;
use gongshi::organisation::Organisation;
use gongshi::problem::Refusal;
use gongshi::record::{Header, PrivateKey};
use gongshi::search::projection::catch_up;
use gongshi::store::Database;
use gongshi::template::Template;
use gongshi::tender::Tender;
use gongshi::world::{Act, Stream, World};
use std::path::Path;
use std::sync::{Arc, LazyLock};

pub fn log_stream() -> Stream {
    Stream::LOG
}

pub fn organisation_stream(id: &OrganisationId) -> Stream {
    Stream::of(id)
}

pub fn tender_stream(code: &TenderCode) -> Stream {
    Stream::of(code)
}

pub fn template_stream(id: &TemplateId) -> Stream {
    Stream::of(id)
}

pub fn commitment_stream(id: &CommitmentId) -> Stream {
    Stream::of(id)
}

pub fn evaluation_stream(id: &EvaluationId) -> Stream {
    Stream::of(id)
}

pub fn credit_stream(id: &OrganisationId) -> Stream {
    Stream::of(&CreditId(id.clone()))
}

pub fn credit<'w>(world: &'w World, id: &OrganisationId) -> Option<&'w Credit> {
    world.get(&CreditId(id.clone()))
}

/// The grade of an organisation that is due for the day before, by everything that bears on it.
pub fn due_grade(world: &World, id: &OrganisationId, now: Instant) -> Option<Graded> {
    let (borne, yesterday) = (world.bearings(&Stream::of(id))?, now.shanghai_day().pred_opt()?.into());
    let of = |id: &OrganisationId| credit(world, id);
    Credit::due_grade(credit(world, id), id, borne, &of, yesterday, &world.law()?.edition().credit)
}

pub fn access_stream(id: &OrganisationId) -> Stream {
    Stream::of(&AccessId(id.clone()))
}

pub fn access<'w>(world: &'w World, id: &OrganisationId) -> Option<&'w Access> {
    world.get(&AccessId(id.clone()))
}

pub fn deposit_stream(payee: &OrganisationId) -> Stream {
    Stream::of(&DepositBookId(payee.clone()))
}

pub fn deposits<'w>(world: &'w World, payee: &OrganisationId) -> Option<&'w DepositBook> {
    world.get(&DepositBookId(payee.clone()))
}

pub fn log(world: &World) -> Option<&LogState> {
    world.log()
}

pub fn organisation<'w>(world: &'w World, id: &OrganisationId) -> Option<&'w Organisation> {
    world.get(id)
}

pub fn tender<'w>(world: &'w World, code: &TenderCode) -> Option<&'w Tender> {
    world.get(code)
}

pub fn template<'w>(world: &'w World, id: &TemplateId) -> Option<&'w Template> {
    world.get(id)
}

pub fn evaluation<'w>(world: &'w World, id: &EvaluationId) -> Option<&'w Evaluation> {
    world.get(id)
}

/// What the service owes on a stream that has not begun, all of the log being at hand.
pub fn owed(world: &World, stream: &Stream) -> Option<Act> {
    world.owed(stream).0
}

pub fn commitment<'w>(world: &'w World, id: &CommitmentId) -> Option<&'w Commitment> {
    world.get(id)
}

/// The law as it stands in a world.
pub fn law(world: &World) -> Law<'_> {
    world.law().expect("a log that was opened has a law")
}

/// Editions that a log may adopt: the one that comes with the program, one with invented holidays in the years that the
/// simulator plays in, and one with other minimums and terms.
pub fn editions() -> [Arc<Edition>; 3] {
    static EDITIONS: LazyLock<[Arc<Edition>; 3]> = LazyLock::new(|| {
        let holidays = "\n[[year]]\nyear = 2027\nnotices = []\nwork = [\"2027-01-09\", \"2027-03-06\"]\n\
                        rest = [\"2027-01-01\", \"2027-01-04\", \"2027-01-05\", \"2027-03-01\", \"2027-03-02\"]\n";
        let moved = edited("moved", |name, text| if name == "calendar.toml" { text + holidays } else { text });
        let other = edited("other", |name, text| match name {
            "commitments.toml" => text.replace("15", "9"),
            // No log here is so long that a year of allocations would matter.
            "deposits.toml" => text.replace("\nallocations = 12\n", "\nallocations = 1\n"),
            _ => text,
        });
        [Editions::newest(), moved, other]
    });
    EDITIONS.clone()
}

fn edited(called: &str, edit: impl Fn(&str, String) -> String) -> Arc<Edition> {
    let files = Editions::newest().files().into_iter().map(|(name, text)| {
        let text = edit(&name, text.replace("name = \"2027-09\"", &format!("name = \"{called}\"")));
        (name, text)
    });
    let files: Vec<(String, String)> = files.collect();
    let bytes = Edition::pack(files.iter().map(|(name, text)| (&**name, &**text)));
    Arc::new(Edition::parse(&bytes).expect("an edition with other days"))
}

/// Every edition that may be adopted here.
fn library() -> Editions {
    let library = Editions::built_in();
    for edition in editions() {
        library.learn(edition.id, || Some(edition.bytes().to_vec()));
    }
    library
}

pub fn empty_world() -> World {
    World::new(library()).with_all_bearings()
}

/// The one judge.
pub fn decide(world: &World, header: &Header, stream: &Stream, act: &Act, now: Instant) -> Result<Author, Refusal> {
    world.decide(header, stream, act, now)
}

pub fn apply(world: &mut World, stream: &Stream, act: &Act, place: &Place) {
    world.accept(stream, act, place);
}

pub fn version(world: &World, stream: &Stream) -> u64 {
    world.version(stream)
}

pub fn due(world: &World, stream: &Stream, now: Instant) -> Option<Act> {
    world.due(stream, now)
}

/// A stream's state as text: equal states give equal texts.
pub fn shown(world: &World, stream: &str) -> String {
    let stream: Stream = stream.parse().expect("a stream of the log");
    format!("{:#?}", world.state(&stream))
}

/// Folded by the service from what is stored.
pub async fn states(ledger: &Ledger, streams: &[Stream]) -> Result<World, String> {
    ledger.states(streams).await.map_err(|error| error.to_string())
}

/// Brings the index of texts to the end of the log. A record whose answer nobody waits for may still be written meanwhile.
pub async fn index_texts(ledger: &Ledger) -> Result<(), String> {
    let mut known = 0;
    for _ in 0..50 {
        known = catch_up(ledger).await.map_err(|error| error.to_string())?;
        if known == *ledger.size().borrow() {
            return Ok(());
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    Err(format!("the index of texts knows {known} entries, the log has {}", *ledger.size().borrow()))
}

/// Every row that is not as the log says.
pub async fn mismatches(database: &Database) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    let compared = derived::compare(database, None, &library(), |mismatch| found.push(mismatch.to_string())).await;
    compared.map(|_| found).map_err(|error| error.to_string())
}

/// What a replay had to repair.
pub async fn replay(database: &Database) -> Result<String, String> {
    let replayed = derived::replay(database, &library()).await.map_err(|error| error.to_string())?;
    Ok(if replayed.changed_nothing() { String::new() } else { format!("{replayed:?}") })
}

/// Audits a copy, with so many states in memory.
pub fn audit(copy: &Path, states: Option<usize>) -> Result<Report, String> {
    let (mut source, editions) = (Folder::new(copy), Editions::built_in());
    let report = match states {
        None => audit::verify(&mut source, None, &editions, &mut |_, _| {}),
        Some(states) => audit::verify_within(states, &mut source, None, &editions, &mut |_, _| {}),
    };
    report.map_err(|error| error.to_string())
}

/// Exports a bundle, which verifies it, and says whether it is whole.
pub async fn bundle(
    ledger: &Ledger,
    keys: &[PrivateKey],
    scope: Scope,
    now: Instant,
    out: &Path,
) -> Result<(Report, bool), String> {
    let editions = Editions::built_in();
    let maker = Maker { database: &ledger.database, documents: &ledger.documents, editions: &editions, keys };
    let verified = export_bundle(maker, scope, now, out).await.map_err(|error| error.to_string())?;
    let whole = verified.conclusion() == Conclusion::Holds;
    Ok((verified.report, whole))
}

/// Whether a deposit is held for a ground that the record names.
pub fn names_ground(act: &Act) -> bool {
    matches!(act, Act::Deposit(gongshi::deposit::Act::Held(hold)) if hold.ground.is_some())
}

/// Whether an act is about a part of a deposit whose payer was divided.
pub fn is_of_part(world: &World, stream: &Stream, act: &Act) -> bool {
    let Act::Deposit(act) = act else { return false };
    let book = stream.id::<DepositBookId>().and_then(|id| deposits(world, &id.0));
    let deposit = book.zip(act.deposit()).and_then(|(book, id)| book.deposits.get(id));
    deposit.is_some_and(|deposit| deposit.part.is_some())
}
