//! The harness: a service on a free port with a clock that the test moves, and the people who use it.
#![allow(dead_code, reason = "each test binary uses the part of the harness that its theme needs")]

pub mod dice;
pub mod files;
pub mod fixture;
pub mod postbox;
pub mod postgres;
pub mod process;
pub mod python;
pub mod registry;

use gongshi::audit::{Folder, Report, verify};
use gongshi::clock::Clock;
use gongshi::field::{Instant, OrganisationId};
use gongshi::highwater::HighWater;
use gongshi::http::{Limits, TrustedProxies};
use gongshi::law::Editions;
use gongshi::ledger::{Home, Ledger, LedgerError, LogKeys, NewLog};
use gongshi::log::{NoteKey, Policy};
use gongshi::organisation::{self, Confirmation, Registration, Role};
use gongshi::record::{Alg, Bearer, Header, PrivateKey, Record};
use gongshi::server::Server;
use gongshi::store::{Database, Objects, Pools};
use gongshi::subscription::{Delivering, MailSettings, Subscriptions, WebhookReach};
use gongshi::world::{Act, Stream};
use serde_json::Value;
use sqlx::SqlitePool;
use sqlx::sqlite::SqliteConnectOptions;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::sync::oneshot;

/// 2026-08-03 09:00 in Shanghai, a Monday in a year whose holidays are known.
pub const START: &str = "2026-08-03T01:00:00.000Z";
pub const ORIGIN: &str = "test.gongshi.example/log";
/// What a new log must be told.
pub const NAMES: [&str; 6] = ["--origin", ORIGIN, "--operator", "1241010041580000XR", "--operator-name", "测试平台"];
pub const DAY: i64 = 86_400_000;

/// Which engine a service runs on.
#[derive(Clone, Copy, Debug)]
pub enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    /// The URL of an empty database.
    pub fn database(self, folder: &Path) -> String {
        match self {
            Self::Sqlite => format!("sqlite://{}", folder.join("gongshi.sqlite").display()),
            Self::Postgres => postgres::fresh_database(),
        }
    }
}

/// No rates, and documents of a megabyte.
pub fn unlimited() -> Limits {
    Limits { per_address: 0, per_key: 0, registrations: 0, document_bytes: 1 << 20, ..Limits::default() }
}

/// A running service.
pub struct App {
    pub ledger: Arc<Ledger>,
    pub clock: Clock,
    pub base: String,
    pub client: reqwest::Client,
    pub folder: TempDir,
    stop: Option<oneshot::Sender<()>>,
}

/// An organisation that can sign.
#[derive(Clone)]
pub struct Actor {
    pub id: OrganisationId,
    pub key: PrivateKey,
}

/// An answer of the service.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub body: Value,
    pub headers: reqwest::header::HeaderMap,
}

impl Answer {
    /// The code of the problem; panics when it is none.
    #[track_caller]
    pub fn problem(&self) -> &str {
        let kind = self.body["type"].as_str().unwrap_or_else(|| panic!("not a problem: {self:?}"));
        assert_eq!(self.body["status"], self.status, "{self:?}");
        for member in ["title", "title_en", "detail", "detail_en"] {
            assert!(self.body[member].is_string(), "{member} in {self:?}");
        }
        kind.strip_prefix("/problems/").unwrap_or_else(|| panic!("{kind}"))
    }

    #[track_caller]
    pub fn accepted(self) -> Value {
        assert_eq!(self.status, 201, "{}", self.body);
        self.body
    }
}

pub async fn open(folder: &Path, engine: Engine, clock: Clock) -> Arc<Ledger> {
    open_at(folder, engine.database(folder), clock).await
}

pub async fn open_at(folder: &Path, database_url: String, clock: Clock) -> Arc<Ledger> {
    open_with(folder, database_url, clock, None).await.unwrap()
}

pub async fn open_with(
    folder: &Path,
    database_url: String,
    clock: Clock,
    policy: Option<Policy>,
) -> Result<Arc<Ledger>, LedgerError> {
    open_as(ORIGIN, folder, database_url, clock, policy).await
}

pub async fn open_as(
    origin: &str,
    folder: &Path,
    database_url: String,
    clock: Clock,
    policy: Option<Policy>,
) -> Result<Arc<Ledger>, LedgerError> {
    open_new(new_log(origin), folder, database_url, clock, policy).await
}

/// How a log of the tests begins.
pub fn new_log(origin: &str) -> NewLog {
    NewLog {
        origin: origin.into(),
        operator: "1241010041580000XR".parse().unwrap(),
        operator_name: "测试平台".into(),
        law: Editions::newest(),
    }
}

pub async fn open_new(
    opening: NewLog,
    folder: &Path,
    database_url: String,
    clock: Clock,
    policy: Option<Policy>,
) -> Result<Arc<Ledger>, LedgerError> {
    let objects = Objects::local(&folder.join("documents")).unwrap();
    let keys = LogKeys::in_folder(&folder.join("keys")).unwrap();
    let high_water = HighWater::in_folder(folder).unwrap();
    Ledger::open(Home { database_url, objects, keys, opening, clock, policy, high_water }).await
}

impl App {
    pub async fn start() -> Self {
        Self::start_on(Engine::Sqlite).await
    }

    pub async fn start_on(engine: Engine) -> Self {
        Self::start_with(engine, unlimited()).await
    }

    pub async fn start_with(engine: Engine, limits: Limits) -> Self {
        Self::start_in(tempfile::tempdir().unwrap(), engine, limits, None).await
    }

    /// In a folder that may hold keys already, with the witnesses of a policy.
    pub async fn start_in(folder: TempDir, engine: Engine, limits: Limits, policy: Option<Policy>) -> Self {
        Self::start_by(Clock::manual(START.parse().unwrap()), folder, engine, limits, policy).await
    }

    /// By a clock of the test's choice.
    pub async fn start_by(
        clock: Clock,
        folder: TempDir,
        engine: Engine,
        limits: Limits,
        policy: Option<Policy>,
    ) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let database_url = engine.database(folder.path());
        let ledger = open_with(folder.path(), database_url, clock.clone(), policy).await.unwrap();
        Self::serve(folder, ledger, clock, limits).await
    }

    /// Stops, and starts again on the same data (SQLite) under the name that the log has now.
    pub async fn restart(self) -> Self {
        let clock = self.clock.clone();
        self.restart_by(clock).await
    }

    /// As [`Self::restart`], by another clock.
    pub async fn restart_by(mut self, clock: Clock) -> Self {
        let origin = self.ledger.origin();
        self.stop();
        self.ledger.database.close().await;
        let folder = std::mem::replace(&mut self.folder, tempfile::tempdir().unwrap());
        let database_url = Engine::Sqlite.database(folder.path());
        let ledger = open_as(&origin, folder.path(), database_url, clock.clone(), None).await.unwrap();
        Self::serve(folder, ledger, clock, unlimited()).await
    }

    /// Serves a ledger that was opened before.
    pub async fn serve(folder: TempDir, ledger: Arc<Ledger>, clock: Clock, limits: Limits) -> Self {
        Self::serve_behind(TrustedProxies::default(), folder, ledger, clock, limits).await
    }

    /// Believes who asks from these networks.
    pub async fn start_behind(networks: &[&str], limits: Limits) -> Self {
        let proxies = TrustedProxies::new(networks.iter().map(|network| network.parse().unwrap()).collect());
        let (folder, clock) = (tempfile::tempdir().unwrap(), Clock::manual(START.parse().unwrap()));
        let ledger = open(folder.path(), Engine::Sqlite, clock.clone()).await;
        Self::serve_behind(proxies, folder, ledger, clock, limits).await
    }

    async fn serve_behind(
        proxies: TrustedProxies,
        folder: TempDir,
        ledger: Arc<Ledger>,
        clock: Clock,
        limits: Limits,
    ) -> Self {
        let server = Server::bind(Arc::clone(&ledger), "127.0.0.1:0".parse().unwrap(), limits).await.unwrap();
        Self::serve_by(server.behind(proxies), folder, ledger, clock)
    }

    /// Serves with subscriptions that are sent: in the messages, links begin with the address of the service.
    pub async fn serve_telling(
        folder: TempDir,
        ledger: Arc<Ledger>,
        clock: Clock,
        limits: Limits,
        mail: Option<MailSettings>,
        reach: WebhookReach,
    ) -> (Self, Arc<Subscriptions>) {
        let server = Server::bind(Arc::clone(&ledger), "127.0.0.1:0".parse().unwrap(), limits).await.unwrap();
        let delivering = Delivering { base: format!("http://{}", server.address()), mail, reach };
        let subscriptions = Subscriptions::new(Arc::clone(&ledger), Some(delivering)).unwrap();
        (Self::serve_by(server.telling(Arc::clone(&subscriptions)), folder, ledger, clock), subscriptions)
    }

    fn serve_by(server: Server, folder: TempDir, ledger: Arc<Ledger>, clock: Clock) -> Self {
        let server = server.keeping_bundles_in(folder.path().to_owned());
        let base = format!("http://{}", server.address());
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(server.serve(async {
            let _ = stopped.await;
        }));
        Self { ledger, clock, base, client: reqwest::Client::new(), folder, stop: Some(stop) }
    }

    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// Lets days pass; the service does what falls due.
    pub async fn days_pass(&self, days: i64) {
        self.clock.advance_millis(days * DAY);
        self.ledger.propose_due().await.unwrap();
    }

    pub fn operator(&self) -> Actor {
        Actor { id: "1241010041580000XR".parse().unwrap(), key: self.ledger.operator_key().clone() }
    }

    /// Registers and confirms an organisation over HTTP.
    pub async fn admit(&self, id: &str, role: Role, by: &Actor) -> Actor {
        let actor = Actor { id: id.parse().unwrap(), key: PrivateKey::generate() };
        self.register(&actor, role).await.accepted();
        self.confirm(&actor, role, by).await.accepted();
        actor
    }

    pub async fn register(&self, actor: &Actor, role: Role) -> Answer {
        let registration = Registration {
            id: actor.id.clone(),
            name: format!("单位{}", actor.id).parse().unwrap(),
            key: actor.key.public().to_jwk(),
            roles: vec![role],
            region: None,
            code_as_issued: false,
        };
        let stream = Stream::of(&actor.id);
        self.post(actor, "/v1/organisations", &stream, &organisation::Act::from(registration).into()).await
    }

    pub async fn confirm(&self, actor: &Actor, role: Role, by: &Actor) -> Answer {
        let confirmation = Confirmation { kid: actor.key.key_id(), roles: vec![role], code_document: None };
        let stream = Stream::of(&actor.id);
        let path = format!("/v1/organisations/{}/confirmations", actor.id);
        self.post(by, &path, &stream, &organisation::Act::from(confirmation).into()).await
    }

    /// Supervisor, centre and two enterprises.
    pub async fn cast(&self) -> Cast {
        let supervisor = self.admit("11410100005260004Y", Role::Supervisor, &self.operator()).await;
        Cast {
            centre: self.admit("91410100MA0000015B", Role::Centre, &supervisor).await,
            enterprise: self.admit("91410105MA9ABCDE2Y", Role::Enterprise, &supervisor).await,
            rival: self.admit("91410100MA000004XQ", Role::Enterprise, &supervisor).await,
            supervisor,
        }
    }

    pub fn header(&self, actor: &Actor, stream: &Stream, kind: &str) -> Header {
        Header {
            alg: Alg::EdDsa,
            kid: actor.key.key_id(),
            aud: self.ledger.origin(),
            typ: kind.into(),
            sub: stream.to_string(),
            jti: uuid::Uuid::new_v4(),
            iat: self.now().seconds(),
            ver: None,
        }
    }

    /// Posts a typed act with its detached signature.
    pub async fn post(&self, actor: &Actor, path: &str, stream: &Stream, act: &Act) -> Answer {
        let payload = serde_json::to_vec(&act.to_value()).unwrap();
        self.post_bytes(actor, path, &self.header(actor, stream, act.kind()), &payload).await
    }

    /// Posts any bytes under any header, properly signed.
    pub async fn post_bytes(&self, actor: &Actor, path: &str, header: &Header, payload: &[u8]) -> Answer {
        let record = Record::sign(&actor.key, header, payload);
        self.post_raw(path, Some(&record.detached()), payload.to_vec()).await
    }

    pub async fn post_raw(&self, path: &str, signature: Option<&str>, body: Vec<u8>) -> Answer {
        let request =
            self.client.post(format!("{}{path}", self.base)).header("content-type", "application/json").body(body);
        let request = match signature {
            Some(signature) => request.header("x-jws-signature", signature),
            None => request,
        };
        self.send(request).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.client.get(format!("{}{path}", self.base))).await
    }

    pub async fn get_as(&self, actor: &Actor, path: &str) -> Answer {
        self.send(self.client.get(format!("{}{path}", self.base)).bearer_auth(self.token(actor))).await
    }

    pub fn token(&self, actor: &Actor) -> String {
        Bearer::issue(&actor.key, &self.ledger.origin(), self.now())
    }

    pub async fn bytes(&self, path: &str) -> Vec<u8> {
        let response = self.client.get(format!("{}{path}", self.base)).send().await.unwrap();
        assert!(response.status().is_success(), "{path}: {}", response.status());
        response.bytes().await.unwrap().to_vec()
    }

    pub async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Answer { status, body, headers }
    }

    /// The verifier key of its checkpoints.
    pub fn log_key(&self) -> NoteKey {
        self.ledger.identity().checkpoint_keys[0].clone()
    }

    pub fn size(&self) -> u64 {
        *self.ledger.size().borrow()
    }
}

impl Drop for App {
    fn drop(&mut self) {
        self.stop();
    }
}

impl App {
    fn stop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
    }
}

/// The people of most stories.
pub struct Cast {
    pub supervisor: Actor,
    pub centre: Actor,
    pub enterprise: Actor,
    pub rival: Actor,
}

/// As if the disk were full: SQLite's file may not grow, on the connection that there is and on those that follow it.
pub struct FullDisk {
    writer: SqlitePool,
    before: Arc<SqliteConnectOptions>,
}

impl FullDisk {
    pub async fn under(database: &Database) -> Self {
        let Pools::Sqlite { writer, .. } = &database.pools else { panic!("SQLite") };
        let before = writer.connect_options();
        writer.set_connect_options((*before).clone().pragma("max_page_count", "1"));
        sqlx::query("PRAGMA max_page_count = 1").fetch_all(writer).await.unwrap();
        Self { writer: writer.clone(), before }
    }

    pub async fn make_room(self) {
        self.writer.set_connect_options((*self.before).clone());
        sqlx::query("PRAGMA max_page_count = 1000000").fetch_all(&self.writer).await.unwrap();
    }
}

/// Writes a log as a plain folder, by reading it from the running service as any stranger would.
pub async fn mirror(app: &App, out: &Path) {
    let checkpoint = app.bytes("/log/checkpoint").await;
    let size = String::from_utf8(checkpoint.clone()).unwrap().lines().nth(1).unwrap().parse().unwrap();
    for tile in gongshi::log::tiles_of_size(size) {
        let mut resources = vec![gongshi::log::Resource::Hashes(tile)];
        if tile.level == 0 {
            resources.push(gongshi::log::Resource::Entries(tile));
        }
        for resource in resources {
            let path = out.join(format!("tile/{resource}"));
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, app.bytes(&format!("/log/tile/{resource}")).await).unwrap();
        }
    }
    std::fs::write(out.join("checkpoint"), checkpoint).unwrap();
}

/// Audits a plain folder.
pub fn audit(folder: &Path) -> Report {
    verify(&mut Folder::new(folder), None, &Editions::built_in(), &mut |_, _| {}).unwrap()
}
