//! The log as static resources (C2SP tlog-tiles), and what describes it.

use super::{Problem, Tag, Typed};
use crate::field::{DocumentId, Instant};
use crate::law::{self, editions_list};
use crate::ledger::{Ledger, MirrorStatus, WitnessStatus, Witnesses};
use crate::log::{ProofError, Resource, TILE_WIDTH, bundle, consistency_plan};
use crate::problem;
use poem::http::header;
use poem::web::{Data, Path as RoutePath};
use poem::{Response, handler};
use poem_openapi::OpenApi;
use poem_openapi::param::Query;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

const IMMUTABLE: &str = "public, max-age=31536000, immutable";

/// `GET /log/checkpoint`
#[handler]
pub async fn serve_checkpoint(ledger: Data<&Arc<Ledger>>) -> poem::Result<Response> {
    let (note, _) = ledger.cosigned_checkpoint().await.map_err(Problem::from)?;
    Ok(note_response(note))
}

/// `GET /log/witnessed-checkpoint`: the newest one that enough witnesses have cosigned.
#[handler]
pub async fn serve_witnessed_checkpoint(ledger: Data<&Arc<Ledger>>) -> poem::Result<Response> {
    let witnessed = ledger.witnesses().and_then(Witnesses::witnessed);
    let (note, _) = witnessed.ok_or_else(|| {
        let (zh, en) = ("还没有达到见证策略的检查点", "no checkpoint meets a witness policy yet");
        Problem::with_detail(&problem::NOT_FOUND, zh, en)
    })?;
    Ok(note_response(note))
}

fn note_response(note: String) -> Response {
    let response = Response::builder().content_type("text/plain; charset=utf-8");
    // Whoever polls it learns from the tag that nothing is new.
    let tag = format!("\"{}\"", crate::log::Hash::of(&note));
    response.header(header::CACHE_CONTROL, "no-cache").header(header::ETAG, tag).body(note)
}

/// `GET /log/tile/<L>/<N>[.p/<W>]` and `GET /log/tile/entries/<N>[.p/<W>]`
#[handler]
pub async fn serve_tile(ledger: Data<&Arc<Ledger>>, RoutePath(path): RoutePath<String>) -> poem::Result<Response> {
    let resource: Resource = path.parse().map_err(|_| {
        Problem::with_detail(&problem::NOT_FOUND, "不是 tlog-tiles 的路径", "not a tile path of tlog-tiles")
    })?;
    let bytes = read_resource(&ledger, resource).await?.ok_or_else(|| Problem::of(&problem::NOT_FOUND))?;
    let response = Response::builder().content_type("application/octet-stream");
    Ok(response.header(header::CACHE_CONTROL, IMMUTABLE).body(bytes))
}

/// `GET /log/law/editions` and `GET /log/law/<sha256>`: the editions of the law that the log has adopted.
#[handler]
pub async fn serve_law(ledger: Data<&Arc<Ledger>>, RoutePath(name): RoutePath<String>) -> poem::Result<Response> {
    if name == "editions" {
        let editions = ledger.database.editions().await.map_err(Problem::from)?;
        return Ok(note_response(editions_list(&editions)));
    }
    let id = name.parse::<DocumentId>().map_err(|_| Problem::of(&problem::NOT_FOUND))?;
    let bytes = ledger.database.edition(id).await.map_err(Problem::from)?;
    let bytes = bytes.ok_or_else(|| Problem::of(&problem::NOT_FOUND))?;
    let response = Response::builder().content_type(law::MEDIA_TYPE.name());
    Ok(response.header(header::CACHE_CONTROL, IMMUTABLE).body(bytes))
}

/// The bytes of a tile or bundle, if the log is that long.
pub(crate) async fn read_resource(ledger: &Ledger, resource: Resource) -> Result<Option<Vec<u8>>, Problem> {
    let tile = resource.tile();
    match resource {
        Resource::Hashes(_) => {
            let hashes = ledger.tree.tile(tile.level, tile.index).await?;
            Ok(hashes.and_then(|hashes| hashes.get(..usize::from(tile.width) * 32).map(<[u8]>::to_vec)))
        }
        Resource::Entries(_) => {
            let Some(first) = tile.index.checked_mul(TILE_WIDTH) else { return Ok(None) };
            let entries = ledger.database.entries(first, tile.width.into()).await?;
            let whole = entries.len() == usize::from(tile.width);
            Ok(whole.then(|| bundle(entries.iter().map(Vec::as_slice))))
        }
    }
}

/// What a log is called and how it is checked.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct LogView {
    /// The checkpoint origin; every record's `aud`.
    pub origin: String,
    /// C2SP verifier key of the checkpoints: the oldest one that still signs.
    pub log_key: String,
    /// All that sign; more than one while a key is being replaced.
    pub log_keys: Vec<String>,
    /// What the log was called before a checkpoint key was stolen.
    pub former_origins: Vec<String>,
    pub size: u64,
    /// Base64 of the root hash.
    pub root: String,
    /// SHA-256 of the edition of the law in force: see `/v1/law`.
    pub law: String,
    /// Entries in the newest checkpoint that enough witnesses have cosigned; absent when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub witnessed_size: Option<u64>,
}

/// How a witness of the log is doing.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct WitnessView {
    /// Its name in the policy.
    pub name: String,
    /// C2SP verifier key of its cosignatures (tlog-cosignature, type 0x04).
    pub key: String,
    /// Entries in the newest checkpoint that it cosigned; 0 before the first.
    pub size: u64,
    /// When it did, by its own clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cosigned_at: Option<Instant>,
    /// Since when it has not answered as it should; absent while it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failing_since: Option<Instant>,
    /// What the last request came to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

impl From<WitnessStatus> for WitnessView {
    fn from(status: WitnessStatus) -> Self {
        let (failing_since, failure) = status.failing.unzip();
        let key = status.key.to_string();
        Self { name: status.name, key, size: status.size, cosigned_at: status.time, failing_since, failure }
    }
}

/// How far a mirror of the log is.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct MirrorView {
    /// Where anybody reads it.
    pub address: String,
    /// Entries that it had when it answered last; absent before the first answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// Whether they were the log's. Where they are not, this server writes nothing any more: see `/readyz`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agrees: Option<bool>,
    /// When it answered last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<Instant>,
    /// Since when it has not answered with a checkpoint of this log; absent while it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failing_since: Option<Instant>,
}

impl From<MirrorStatus> for MirrorView {
    fn from(status: MirrorStatus) -> Self {
        Self {
            address: status.address,
            size: status.answer.map(|answer| answer.size),
            agrees: status.answer.map(|answer| answer.agrees),
            answered_at: status.answer.map(|answer| answer.time),
            failing_since: status.failing,
        }
    }
}

/// A consistency proof.
#[derive(Serialize, JsonSchema)]
pub struct Consistency {
    from: u64,
    to: u64,
    /// Base64 hashes (RFC 6962 §2.1.2).
    proof: Vec<String>,
}

pub struct LogApi(pub Arc<Ledger>);

#[OpenApi(prefix_path = "/v1/log", tag = "Tag::Log")]
impl LogApi {
    /// The log: origin, key and size.
    #[oai(path = "/", method = "get", operation_id = "getLog")]
    async fn get(&self) -> Result<Typed<LogView>, Problem> {
        let (_, checkpoint) = self.0.checkpoint().await?;
        let log = self.0.identity();
        let log_keys: Vec<String> = log.checkpoint_keys.iter().map(ToString::to_string).collect();
        let witnessed = self.0.witnesses().and_then(Witnesses::witnessed);
        Ok(Typed(LogView {
            origin: log.origin.clone(),
            log_key: log_keys.first().cloned().unwrap_or_default(),
            log_keys,
            former_origins: log.former_origins().map(str::to_owned).collect(),
            size: checkpoint.size,
            root: checkpoint.root.to_base64(),
            law: log.law.last().map(|law| law.edition.to_string()).unwrap_or_default(),
            witnessed_size: witnessed.map(|(_, checkpoint)| checkpoint.size),
        }))
    }

    /// The witnesses of the log, as this server knows them; empty when the log is run without.
    #[oai(path = "/witnesses", method = "get", operation_id = "listWitnesses")]
    async fn witnesses(&self) -> Typed<Vec<WitnessView>> {
        let statuses = self.0.witnesses().map(Witnesses::statuses).unwrap_or_default();
        Typed(statuses.into_iter().map(WitnessView::from).collect())
    }

    /// The mirrors that this server is told to name, asked every minute; there may be others, of which it does not know.
    #[oai(path = "/mirrors", method = "get", operation_id = "listMirrors")]
    async fn mirrors(&self) -> Typed<Vec<MirrorView>> {
        Typed(self.0.mirrors.statuses().into_iter().map(MirrorView::from).collect())
    }

    /// The proof that the tree of one size is a prefix of that of another.
    #[oai(path = "/consistency", method = "get", operation_id = "getConsistency")]
    async fn consistency(
        &self,
        /// Size of the older tree.
        from: Query<u64>,
        /// Size of the newer tree; the present one when absent.
        to: Query<Option<u64>>,
    ) -> Result<Typed<Consistency>, Problem> {
        let (_, checkpoint) = self.0.checkpoint().await?;
        let to = to.0.unwrap_or(checkpoint.size);
        let plan = match consistency_plan(from.0, to) {
            Ok(plan) if to <= checkpoint.size => plan,
            Ok(_) | Err(ProofError::OutOfRange | ProofError::Length | ProofError::Root) => {
                let range = format!("from ≤ to ≤ {}", checkpoint.size);
                let (zh, en) = (format!("须满足 {range}"), format!("{range} is needed"));
                return Err(Problem::with_detail(&problem::BAD_PARAMETER, zh, en));
            }
        };
        let proof = self.0.tree.resolve(&plan).await?;
        let proof = proof.into_iter().map(crate::log::Hash::to_base64).collect();
        Ok(Typed(Consistency { from: from.0, to, proof }))
    }
}
