//! A log in the layout of C2SP tlog-tiles: of a service or any static mirror, over HTTP, or in a plain folder.

use crate::field::DocumentId;
use crate::law::{EDITION_BYTES_MAX, EDITIONS_MAX, EDITIONS_PATH, edition_path};
use crate::log::{Hash, Resource, SignedNote, TILE_WIDTH, Tile};
use bytes::{Bytes, BytesMut};
use reqwest::header::RETRY_AFTER;
use reqwest::{Response, StatusCode};
use std::time::Duration;

/// Reads the resources of one log. What it returns has the right length, and nothing else is known about it.
#[derive(Debug, Clone)]
pub struct LogClient {
    place: Place,
    /// The prefix below which `checkpoint` and `tile/…` stand; without a slash at its end.
    base: String,
}

#[derive(Debug, Clone)]
enum Place {
    Web(reqwest::Client),
    Folder,
}

/// Something was not fetched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// 404 or 410.
    #[error("{url}: not there")]
    Missing { url: String },
    /// Another answer than the resource, for good. Some stores say 403 of what is not there.
    #[error("{url}: {status}")]
    Refused { url: String, status: u16 },
    /// No answer after all attempts.
    #[error("{url}: {reason}")]
    Unreachable { url: String, reason: String },
    /// Longer or shorter than such a resource can be.
    #[error("{url}: not a resource of a log")]
    Malformed { url: String },
}

/// As much as a note may have (`log/note.rs`).
const CHECKPOINT_BYTES_MAX: usize = 100_000;
/// Each entry behind its length.
const BUNDLE_BYTES_MAX: usize = TILE_WIDTH as usize * (2 + crate::log::ENTRY_BYTES_MAX);
const HASH_BYTES: usize = 32;
/// A line an edition: its hash in hex, and the end of the line.
const EDITIONS_BYTES_MAX: usize = EDITIONS_MAX * 65;

const CONNECT_TIME: Duration = Duration::from_secs(10);
/// Without a byte.
const SILENCE: Duration = Duration::from_secs(30);
/// For the largest bundle on a slow line.
const REQUEST_TIME: Duration = Duration::from_secs(300);

/// Attempts at a request that fails.
const ATTEMPTS: u32 = 5;
/// Before the second attempt; doubled for each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// The longest pause that a server may ask for.
const PAUSE_MAX: Duration = Duration::from_secs(60);
/// A server that asks for patience (429) is asked again for so long.
const PATIENCE: Duration = Duration::from_secs(300);

/// One attempt.
enum Failure {
    Final(FetchError),
    /// Worth another attempt, after the pause that the server asks for.
    Passing {
        reason: String,
        pause: Option<Duration>,
        /// It said itself that we should come again later.
        busy: bool,
    },
}

impl LogClient {
    /// The log whose resources stand right below `base`, a URL or a folder.
    ///
    /// # Errors
    /// No TLS is available.
    pub fn new(base: &str) -> Result<Self, FetchError> {
        let base = base.trim_end_matches('/').to_owned();
        if !base.starts_with("http://") && !base.starts_with("https://") {
            return Ok(Self { place: Place::Folder, base });
        }
        let http = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIME)
            .read_timeout(SILENCE)
            .timeout(REQUEST_TIME)
            .build()
            .map_err(|error| FetchError::Unreachable { url: base.clone(), reason: error.to_string() })?;
        Ok(Self { place: Place::Web(http), base })
    }

    /// The log of a service, which has it below `/log`, or of a mirror, which is the log itself.
    ///
    /// # Errors
    /// Nobody answers at the address.
    pub async fn locate(url: &str) -> Result<Self, FetchError> {
        let mirror = Self::new(url)?;
        let service = Self { base: format!("{}/log", mirror.base), ..mirror.clone() };
        match service.checkpoint().await {
            Ok(note) if SignedNote::parse(&note).is_ok() => Ok(service),
            Err(error @ FetchError::Unreachable { .. }) => Err(error),
            _ => Ok(mirror),
        }
    }

    pub fn base(&self) -> &str {
        &self.base
    }

    /// The newest checkpoint, a signed note.
    ///
    /// # Errors
    /// See [`FetchError`].
    pub async fn checkpoint(&self) -> Result<String, FetchError> {
        self.note("checkpoint").await
    }

    /// The signed note below a path.
    pub(crate) async fn note(&self, path: &str) -> Result<String, FetchError> {
        let bytes = self.get(path, CHECKPOINT_BYTES_MAX).await?;
        String::from_utf8(bytes.into()).map_err(|_| FetchError::Malformed { url: self.url(path) })
    }

    /// A tile or an entry bundle. Publishers drop a partial one once the full one is there; then that is fetched and cut.
    ///
    /// # Errors
    /// See [`FetchError`].
    pub async fn resource(&self, resource: Resource) -> Result<Bytes, FetchError> {
        let full = |tile: Tile| Tile { width: TILE_WIDTH as u16, ..tile };
        let (max, whole) = match resource {
            Resource::Hashes(tile) => (TILE_WIDTH as usize * HASH_BYTES, Resource::Hashes(full(tile))),
            Resource::Entries(tile) => (BUNDLE_BYTES_MAX, Resource::Entries(full(tile))),
        };
        let path = format!("tile/{resource}");
        let (bytes, asked) = match self.get(&path, max).await {
            Err(error @ (FetchError::Missing { .. } | FetchError::Refused { .. })) if whole != resource => {
                (self.get(&format!("tile/{whole}"), max).await.map_err(|_| error)?, whole)
            }
            fetched => (fetched?, resource),
        };
        // What stands under a path is as long as the path says.
        let sound = cut(&bytes, asked).is_some_and(|part| part.len() == bytes.len());
        cut(&bytes, resource).filter(|_| sound).ok_or_else(|| FetchError::Malformed { url: self.url(&path) })
    }

    /// The editions of the law that the log says it has adopted; none where nobody keeps a list.
    ///
    /// # Errors
    /// See [`FetchError`].
    pub async fn editions(&self) -> Result<Vec<DocumentId>, FetchError> {
        let bytes = match self.get(EDITIONS_PATH, EDITIONS_BYTES_MAX).await {
            Err(FetchError::Missing { .. } | FetchError::Refused { .. }) => return Ok(Vec::new()),
            fetched => fetched?,
        };
        let malformed = || FetchError::Malformed { url: self.url(EDITIONS_PATH) };
        let text = std::str::from_utf8(&bytes).map_err(|_| malformed())?;
        text.lines().map(|line| line.parse().map_err(|_| malformed())).collect()
    }

    /// The bytes of an edition of the law; they have the hash that names it.
    ///
    /// # Errors
    /// See [`FetchError`].
    pub async fn edition(&self, id: DocumentId) -> Result<Bytes, FetchError> {
        let path = edition_path(id);
        let bytes = self.get(&path, EDITION_BYTES_MAX).await?;
        if DocumentId::from(Hash::of(&bytes)) == id {
            return Ok(bytes);
        }
        Err(FetchError::Malformed { url: self.url(&path) })
    }

    fn url(&self, path: &str) -> String {
        format!("{}/{path}", self.base)
    }

    async fn get(&self, path: &str, max: usize) -> Result<Bytes, FetchError> {
        let url = self.url(path);
        let Place::Web(http) = &self.place else { return read(url, max).await };
        let (mut tries, mut waited, mut backoff) = (1, Duration::ZERO, FIRST_PAUSE);
        loop {
            let (reason, pause, busy) = match attempt(http, &url, max).await {
                Ok(bytes) => return Ok(bytes),
                Err(Failure::Final(error)) => return Err(error),
                Err(Failure::Passing { reason, pause, busy }) => (reason, pause, busy),
            };
            if if busy { waited >= PATIENCE } else { tries >= ATTEMPTS } {
                return Err(FetchError::Unreachable { url, reason });
            }
            // Many requests that failed together should not come back together.
            let pause = pause.unwrap_or(backoff).min(PAUSE_MAX).mul_f64(1.0 + rand::random::<f64>() / 2.0);
            tokio::time::sleep(pause).await;
            (tries, waited, backoff) = (tries + 1, waited + pause, backoff * 2);
        }
    }
}

/// A file of a folder.
async fn read(path: String, max: usize) -> Result<Bytes, FetchError> {
    use tokio::io::AsyncReadExt;
    let failed = |error: &std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => FetchError::Missing { url: path.clone() },
        _ => FetchError::Unreachable { url: path.clone(), reason: error.to_string() },
    };
    let file = tokio::fs::File::open(&path).await.map_err(|error| failed(&error))?;
    let mut bytes = Vec::new();
    file.take(max as u64 + 1).read_to_end(&mut bytes).await.map_err(|error| failed(&error))?;
    if bytes.len() > max { Err(FetchError::Malformed { url: path }) } else { Ok(bytes.into()) }
}

async fn attempt(http: &reqwest::Client, url: &str, max: usize) -> Result<Bytes, Failure> {
    let passing = |error: reqwest::Error| Failure::Passing { reason: reason(&error), pause: None, busy: false };
    let mut response = http.get(url).send().await.map_err(|error| {
        if error.is_builder() || error.is_redirect() {
            Failure::Final(FetchError::Unreachable { url: url.to_owned(), reason: reason(&error) })
        } else {
            passing(error)
        }
    })?;
    accepted(&response, url)?;
    let too_long = || Failure::Final(FetchError::Malformed { url: url.to_owned() });
    let announced = response.content_length().unwrap_or_default();
    if announced > max as u64 {
        return Err(too_long());
    }
    let mut body = BytesMut::with_capacity(announced as usize);
    while let Some(chunk) = response.chunk().await.map_err(passing)? {
        if body.len() + chunk.len() > max {
            return Err(too_long());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

fn accepted(response: &Response, url: &str) -> Result<(), Failure> {
    let (status, url) = (response.status(), url.to_owned());
    match status {
        StatusCode::OK => Ok(()),
        StatusCode::NOT_FOUND | StatusCode::GONE => Err(Failure::Final(FetchError::Missing { url })),
        _ if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() => {
            let seconds = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
            let pause = seconds.map(Duration::from_secs);
            let busy = status == StatusCode::TOO_MANY_REQUESTS;
            Err(Failure::Passing { reason: status.to_string(), pause, busy })
        }
        _ => Err(Failure::Final(FetchError::Refused { url, status: status.as_u16() })),
    }
}

/// reqwest's own text names the URL alone; what happened is below.
fn reason(error: &reqwest::Error) -> String {
    let mut text = String::new();
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = cause {
        text = error.to_string();
        cause = error.source();
    }
    text
}

/// The part of a resource that is as wide as was asked for; `None` when it is shorter, or longer than it may be.
fn cut(bytes: &Bytes, resource: Resource) -> Option<Bytes> {
    let width = usize::from(resource.tile().width);
    match resource {
        Resource::Hashes(_) if bytes.len().is_multiple_of(HASH_BYTES) => {
            (bytes.len() >= width * HASH_BYTES).then(|| bytes.slice(..width * HASH_BYTES))
        }
        Resource::Hashes(_) => None,
        Resource::Entries(_) => {
            let mut end = 0;
            for _ in 0..width {
                let length = bytes.get(end..end + 2)?;
                end += 2 + usize::from(u16::from_be_bytes([length[0], length[1]]));
            }
            (bytes.len() >= end).then(|| bytes.slice(..end))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::bundle;

    #[test]
    fn a_full_resource_is_cut_to_the_width_that_was_asked_for() {
        let tile = |width| Tile { level: 0, index: 7, width };
        let entries: Vec<Vec<u8>> = (0..256usize).map(|n| vec![b'x'; n]).collect();
        let whole = Bytes::from(bundle(entries.iter().map(Vec::as_slice)));
        let part = bundle(entries[..3].iter().map(Vec::as_slice));
        assert_eq!(cut(&whole, Resource::Entries(tile(3))).unwrap(), part);
        assert_eq!(cut(&whole, Resource::Entries(tile(256))).unwrap(), whole);
        assert_eq!(cut(&whole.slice(..whole.len() - 1), Resource::Entries(tile(256))), None);
        let hashes = Bytes::from(vec![7; 64]);
        assert_eq!(cut(&hashes, Resource::Hashes(tile(1))).unwrap(), hashes[..32]);
        assert_eq!(cut(&hashes, Resource::Hashes(tile(3))), None);
        assert_eq!(cut(&hashes.slice(..63), Resource::Hashes(tile(1))), None);
    }
}
