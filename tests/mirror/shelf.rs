//! A log that a test writes itself, on a static web server that does what the test wants.

use gongshi::clock::Clock;
use gongshi::field::Instant;
use gongshi::log::{
    Checkpoint, Edge, Entry, EntryView, Hash, NoteKey, NoteSigner, Resource, TILE_WIDTH, Tile, bundle, first_previous,
    leaf_hash, tiles_of_size,
};
use gongshi::record::{Alg, Header, PrivateKey, Record};
use poem::http::{StatusCode, Uri};
use poem::listener::{Acceptor, Listener, TcpListener};
use poem::web::Data;
use poem::{EndpointExt, Response, Route, Server, get, handler};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

pub const ORIGIN: &str = "shelf.example/log";
/// When the first entry of a forged log was written; each further one is a second later.
pub const BEGIN: &str = "2026-03-02T02:00:00.000Z";

/// Entries under one signature; they need not be allowed by anybody.
#[derive(Clone)]
pub struct Forge {
    pub signer: NoteSigner,
    author: PrivateKey,
    pub entries: Vec<Vec<u8>>,
}

impl Forge {
    pub fn new() -> Self {
        let signer = NoteSigner::new(ORIGIN, PrivateKey::from_seed([5; 32])).unwrap();
        Self { signer, author: PrivateKey::from_seed([6; 32]), entries: Vec::new() }
    }

    pub fn of(size: u64) -> Self {
        let mut forge = Self::new();
        forge.grow_to(size);
        forge
    }

    pub fn key(&self) -> NoteKey {
        self.signer.verifier().clone()
    }

    pub fn grow_to(&mut self, size: u64) {
        for n in self.entries.len() as u64..size {
            self.write("tender.preannounced", &format!("tender/T-{n}"), r#"{"title":"道路工程","region":"410100"}"#);
        }
    }

    pub fn write(&mut self, kind: &str, stream: &str, payload: &str) {
        self.write_as(&self.author.clone(), kind, stream, payload);
    }

    pub fn write_as(&mut self, author: &PrivateKey, kind: &str, stream: &str, payload: &str) {
        let time = time(self.entries.len() as i64);
        let header = Header {
            alg: Alg::EdDsa,
            kid: author.key_id(),
            aud: ORIGIN.into(),
            typ: kind.into(),
            sub: stream.into(),
            jti: uuid::Uuid::from_u128(self.entries.len() as u128),
            iat: time.seconds(),
            ver: None,
        };
        self.append(time, &Record::sign(author, &header, payload.as_bytes()));
    }

    /// An entry at any time.
    pub fn append(&mut self, time: Instant, record: &Record) {
        let previous = self.entries.last().map_or_else(|| first_previous(ORIGIN), |last| leaf_hash(last));
        let entry = Entry { index: self.entries.len() as u64, time, previous, record };
        self.entries.push(entry.encode());
    }

    pub fn record(&self, index: usize) -> Record {
        EntryView::parse(&self.entries[index]).unwrap().record()
    }

    /// Another history from `index` on, under the same key.
    pub fn forked_at(&self, index: usize) -> Self {
        let mut fork = Self { entries: self.entries[..index].to_vec(), ..self.clone() };
        fork.write("tender.preannounced", "tender/OTHER", r#"{"title":"另一项目","region":"110000"}"#);
        fork.grow_to(self.entries.len() as u64);
        fork
    }

    pub fn checkpoint(&self, size: u64) -> Checkpoint {
        let mut edge = Edge::new();
        self.entries[..size as usize].iter().for_each(|entry| edge.append(leaf_hash(entry)));
        Checkpoint { origin: ORIGIN.into(), size, root: edge.root() }
    }

    pub fn note(&self, size: u64) -> String {
        self.checkpoint(size).sign(&self.signer)
    }

    /// All files of the log at this size.
    pub fn files(&self, size: u64) -> HashMap<String, Vec<u8>> {
        let entries = &self.entries[..size as usize];
        let mut files = HashMap::from([("checkpoint".to_owned(), self.note(size).into_bytes())]);
        let mut row: Vec<Hash> = entries.iter().map(|entry| leaf_hash(entry)).collect();
        let mut level = 0;
        for tile in tiles_of_size(size) {
            if tile.level > level {
                level = tile.level;
                row = row.chunks_exact(TILE_WIDTH as usize).map(|leaves| edge_of(leaves).root()).collect();
            }
            let part = |tile: Tile| {
                let first = (tile.index * TILE_WIDTH) as usize;
                first..first + usize::from(tile.width)
            };
            let hashes = row[part(tile)].iter().flat_map(|hash| *hash.as_bytes()).collect();
            files.insert(format!("tile/{}", Resource::Hashes(tile)), hashes);
            if level == 0 {
                let bytes = bundle(entries[part(tile)].iter().map(Vec::as_slice));
                files.insert(format!("tile/{}", Resource::Entries(tile)), bytes);
            }
        }
        files
    }
}

fn edge_of(leaves: &[Hash]) -> Edge {
    let mut edge = Edge::new();
    leaves.iter().for_each(|leaf| edge.append(*leaf));
    edge
}

/// The time of a forged entry.
pub fn time(index: i64) -> Instant {
    BEGIN.parse::<Instant>().unwrap().plus_millis(index * 1000)
}

pub fn clock_after(entries: i64) -> Clock {
    Clock::manual(time(entries))
}

/// A running web server.
#[derive(Clone)]
pub struct Shelf {
    pub url: String,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    files: HashMap<String, Vec<u8>>,
    /// Paths that were asked for, in order.
    asked: Vec<String>,
    /// Asked for once, these are answered with that status first.
    once: HashMap<String, u16>,
    /// These are always refused with 500.
    broken: HashSet<String>,
    /// These are never answered.
    stalled: HashSet<String>,
    /// After this path was asked for so often, these are the files.
    next: Option<(String, u32, HashMap<String, Vec<u8>>)>,
}

#[handler]
async fn serve(state: Data<&Arc<Mutex<State>>>, uri: &Uri) -> Response {
    let path = uri.path().trim_start_matches('/').to_owned();
    let is_stalled = state.lock().unwrap().stalled.contains(&path);
    if is_stalled {
        std::future::pending::<()>().await;
    }
    let mut state = state.lock().unwrap();
    state.asked.push(path.clone());
    if let Some(status) = state.once.remove(&path) {
        return Response::builder().status(StatusCode::from_u16(status).unwrap()).header("retry-after", "0").finish();
    }
    if state.broken.contains(&path) {
        return StatusCode::INTERNAL_SERVER_ERROR.into();
    }
    let answer = match state.files.get(&path) {
        Some(bytes) => Response::builder().body(bytes.clone()),
        None => StatusCode::NOT_FOUND.into(),
    };
    if let Some((awaited, count, _)) = &mut state.next
        && *awaited == path
    {
        *count -= 1;
    }
    if let Some((_, _, files)) = state.next.take_if(|(_, count, _)| *count == 0) {
        state.files = files;
    }
    answer
}

impl Shelf {
    pub async fn start(files: HashMap<String, Vec<u8>>) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let state = Arc::new(Mutex::new(State { files, ..State::default() }));
        let acceptor = TcpListener::bind("127.0.0.1:0").into_acceptor().await.unwrap();
        let url = format!("http://{}", acceptor.local_addr()[0].as_socket_addr().unwrap());
        let app = Route::new().at("/*path", get(serve)).data(Arc::clone(&state));
        tokio::spawn(Server::new_with_acceptor(acceptor).run(app));
        Self { url, state }
    }

    /// Adds files, or replaces them.
    pub fn put(&self, files: HashMap<String, Vec<u8>>) {
        self.state.lock().unwrap().files.extend(files);
    }

    pub fn replace_all(&self, files: HashMap<String, Vec<u8>>) {
        self.state.lock().unwrap().files = files;
    }

    pub fn remove(&self, path: &str) {
        assert!(self.state.lock().unwrap().files.remove(path).is_some(), "{path}");
    }

    pub fn change(&self, path: &str, change: impl FnOnce(&mut Vec<u8>)) {
        change(self.state.lock().unwrap().files.get_mut(path).unwrap_or_else(|| panic!("{path}")));
    }

    pub fn answer_once(&self, path: &str, status: u16) {
        self.state.lock().unwrap().once.insert(path.into(), status);
    }

    pub fn break_down(&self, path: &str) {
        self.state.lock().unwrap().broken.insert(path.into());
    }

    /// Serves other files once `path` was asked for that often.
    pub fn grow_after(&self, path: &str, count: u32, files: HashMap<String, Vec<u8>>) {
        self.state.lock().unwrap().next = Some((path.into(), count, files));
    }

    pub fn stall(&self, path: &str) {
        self.state.lock().unwrap().stalled.insert(path.into());
    }

    /// What was broken or stalled is served again.
    pub fn repair(&self) {
        let mut state = self.state.lock().unwrap();
        state.broken.clear();
        state.stalled.clear();
    }

    /// The paths that were asked for since the last call.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.state.lock().unwrap().asked)
    }
}
