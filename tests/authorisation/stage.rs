//! A log without a service: acts are decided and folded, nothing is stored.

use super::cast::{AUTHORS, Who};
use gongshi::act::Place;
use gongshi::field::Instant;
use gongshi::law::{Edition, Editions};
use gongshi::log::{Checkpoint, Hash, NoteSigner};
use gongshi::problem::Refusal;
use gongshi::record::{Header, PrivateKey, Record};
use gongshi::world::{Act, Stream, World};
use serde_json::{Value, json};
use std::collections::HashMap;

pub const ORIGIN: &str = "matrix.example/log";
/// Monday, 9 o'clock in Shanghai.
const START: &str = "2026-06-01T01:00:00.000Z";
pub const HOUR: i64 = 3_600_000;
pub const DAY: i64 = 24 * HOUR;

pub struct Stage {
    pub world: World,
    pub now: Instant,
    /// The organisation that is acted on.
    pub subject: Who,
    index: u64,
    /// Of the last entry on each stream.
    hashes: HashMap<Stream, Hash>,
}

pub fn checkpoint_key(seed: u8, origin: &str) -> NoteSigner {
    NoteSigner::new(origin, PrivateKey::from_seed([200 + seed; 32])).unwrap()
}

impl Stage {
    /// No record yet.
    pub fn empty() -> Self {
        let (editions, another) = (Editions::built_in(), another_edition());
        editions.learn(another.id, || Some(another.bytes().to_vec()));
        let world = World::new(editions).with_all_bearings();
        Self { world, now: START.parse().unwrap(), subject: Who::Rival, index: 0, hashes: HashMap::new() }
    }

    /// The log is opened, and nobody registered.
    pub fn opened() -> Self {
        let mut stage = Self::empty();
        stage.act(Who::Operator, "log.opened", "log", &opening());
        stage
    }

    /// Everybody is who the columns say.
    pub fn with_everybody() -> Self {
        let mut stage = Self::opened();
        for who in AUTHORS.into_iter().filter(|who| !matches!(who, Who::Operator | Who::Service | Who::Stranger)) {
            stage.register(who);
            if let Some(by) = who.admitted_by() {
                stage.confirm(by, who);
            }
        }
        let suspension = json!({"reason": "调查期间"});
        stage.act(Who::Supervisor, "organisation.suspended", &about(Who::Suspended), &suspension);
        stage.later(2 * DAY);
        stage
    }

    pub fn register(&mut self, who: Who) {
        self.act(who, "organisation.registered", &about(who), &registration(who, &who.key()));
    }

    pub fn confirm(&mut self, by: Who, who: Who) {
        let confirmation = json!({"kid": who.key().key_id(), "roles": [who.role()]});
        self.act(by, "organisation.confirmed", &about(who), &confirmation);
    }

    pub fn later(&mut self, millis: i64) {
        self.now = self.now.plus_millis(millis);
    }

    /// The day in Shanghai, so many days from now.
    pub fn day(&self, plus: i64) -> String {
        self.now.plus_millis(plus * DAY).shanghai_text()[..10].to_owned()
    }

    pub fn hash(&self, stream: &str) -> Hash {
        self.hashes[&stream.parse::<Stream>().unwrap()]
    }

    /// What time makes due on a stream within two months, and when.
    pub fn due(&self, stream: &Stream, kind: &str) -> Option<(Instant, Act)> {
        let days = (0..60).map(|day| self.now.plus_millis(day * DAY));
        days.filter_map(|at| self.world.due(stream, at).map(|act| (at, act))).find(|(_, act)| act.kind() == kind)
    }

    pub fn decide(&self, key: &PrivateKey, stream: &Stream, act: &Act, now: Instant) -> Result<Place, Refusal> {
        let header = Header::new(key.key_id(), ORIGIN, act.kind(), stream.as_str(), now.seconds());
        let author = self.world.decide(&header, stream, act, now)?;
        let (version, hash) = (self.world.version(stream) + 1, Hash::of(self.index.to_be_bytes()));
        Ok(Place { index: self.index, time: now, hash, author: author.id, kid: key.key_id(), version })
    }

    fn apply(&mut self, stream: &Stream, act: &Act, place: Place) {
        self.world.accept(stream, act, &place);
        self.hashes.insert(stream.clone(), place.hash);
        self.index += 1;
    }

    /// Adds a record that must be accepted.
    #[track_caller]
    pub fn act(&mut self, who: Who, kind: &str, stream: &str, payload: &Value) {
        self.act_by(&who.key(), kind, stream, payload);
    }

    /// With any key.
    #[track_caller]
    pub fn act_by(&mut self, key: &PrivateKey, kind: &str, stream: &str, payload: &Value) {
        let act =
            Act::parse(kind, payload.to_string().as_bytes()).unwrap_or_else(|refusal| panic!("{kind}: {refusal}"));
        let stream: Stream = stream.parse().unwrap();
        let place = self.decide(key, &stream, &act, self.now);
        let place = place.unwrap_or_else(|refusal| panic!("{kind} on {stream}: {refusal}"));
        self.apply(&stream, &act, place);
    }

    /// Waits until an act of this kind is due, and lets the service do it.
    #[track_caller]
    pub fn wait_for(&mut self, kind: &str, stream: &str) {
        let stream: Stream = stream.parse().unwrap();
        let (at, act) = self.due(&stream, kind).unwrap_or_else(|| panic!("{kind} is never due"));
        self.now = at;
        let place = self.decide(&Who::Service.key(), &stream, &act, at).unwrap();
        self.apply(&stream, &act, place);
    }
}

/// The newest edition under another name, which the log has not adopted.
pub fn another_edition() -> Edition {
    let renamed = |text: String| text.replace("name = \"2027-09\"", "name = \"matrix\"");
    let files = Editions::newest().files().into_iter().map(|(name, text)| (name, renamed(text)));
    let files: Vec<(String, String)> = files.collect();
    Edition::parse(&Edition::pack(files.iter().map(|(name, text)| (&**name, &**text)))).unwrap()
}

pub fn about(who: Who) -> String {
    format!("organisation/{}", who.id())
}

pub fn registration(who: Who, key: &PrivateKey) -> Value {
    json!({"id": who.id(), "name": who.name(), "key": key.public().to_jwk(), "roles": ["enterprise"]})
}

pub fn opening() -> Value {
    json!({
        "origin": ORIGIN, "operator": Who::Operator.id(), "operator_name": "某运行中心",
        "operator_key": Who::Operator.key().public().to_jwk(), "service_key": Who::Service.key().public().to_jwk(),
        "log_key": checkpoint_key(0, ORIGIN).verifier().to_string(), "law": Editions::newest().document(),
        "time_zone": "Asia/Shanghai",
    })
}

/// A checkpoint of the log so far, whatever its root: only the service knows the tree.
pub fn predecessor() -> String {
    Checkpoint { origin: ORIGIN.to_owned(), size: 1, root: Hash::of([]) }.sign(&checkpoint_key(0, ORIGIN))
}

pub fn possession(key: &PrivateKey, stream: &str, now: Instant) -> String {
    let header = gongshi::organisation::possession_header(key.key_id(), ORIGIN, &stream.parse().unwrap(), now);
    Record::sign(key, &header, b"").detached()
}
