//! The log as static resources (C2SP tlog-tiles), and what describes it.

use super::{Problem, Tag, Typed};
use crate::ledger::Ledger;
use crate::log::{ProofError, Resource, TILE_WIDTH, bundle, consistency_plan};
use crate::problem;
use poem::http::header;
use poem::web::{Data, Path as RoutePath};
use poem::{Response, handler};
use poem_openapi::param::Query;
use poem_openapi::{Object, OpenApi};
use serde::Serialize;
use std::sync::Arc;

const IMMUTABLE: &str = "public, max-age=31536000, immutable";

/// `GET /log/checkpoint`
#[handler]
pub async fn serve_checkpoint(ledger: Data<&Arc<Ledger>>) -> poem::Result<Response> {
    let (note, _) = ledger.checkpoint().await.map_err(Problem::from)?;
    let response = Response::builder().content_type("text/plain; charset=utf-8");
    // Whoever polls it learns from the tag that nothing is new.
    let tag = format!("\"{}\"", crate::log::Hash::of(&note));
    Ok(response.header(header::CACHE_CONTROL, "no-cache").header(header::ETAG, tag).body(note))
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
#[derive(Serialize, Object)]
pub struct LogView {
    /// The checkpoint origin; every record's `aud`.
    origin: String,
    /// C2SP verifier key of the checkpoints.
    log_key: String,
    size: u64,
    /// Base64 of the root hash.
    root: String,
    rulebook: String,
}

/// A consistency proof.
#[derive(Serialize, Object)]
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
        Ok(Typed(LogView {
            origin: self.0.origin().to_owned(),
            log_key: self.0.log_key().to_string(),
            size: checkpoint.size,
            root: checkpoint.root.to_base64(),
            rulebook: crate::rulebook::VERSION.to_owned(),
        }))
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
