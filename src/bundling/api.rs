//! Bundles over HTTP.

use super::limits::{COME_AGAIN_SECONDS, LIMIT, ORDERS_MAX, ORDERS_OF_PEER_MAX};
use super::made::MadeBundle;
use super::workshop::{Unmade, Workshop};
use crate::bundle::Scope;
use crate::field::{CommitmentId, OrganisationId, TenderCode};
use crate::http::{Peer, Problem, RangeAsked, encoded, range_asked, range_unsatisfiable};
use crate::problem;
use poem::Body;
use poem::web::Data;
use poem_openapi::param::{Header, Path};
use poem_openapi::payload::Binary;
use poem_openapi::{ApiResponse, OpenApi, Tags};
use std::sync::Arc;

/// A chapter of the API document.
#[derive(Tags)]
enum Tag {
    /// 证据包: evidence in one file, verified without a network.
    Bundles,
}

/// A bundle's bytes, or a part of them.
#[derive(ApiResponse)]
enum BundleFile {
    #[oai(status = 200, content_type = "application/zip")]
    Whole(
        Binary<Body>,
        #[oai(header = "Content-Length")] u64,
        #[oai(header = "Accept-Ranges")] String,
        #[oai(header = "Content-Disposition")] String,
        #[oai(header = "ETag")] String,
        #[oai(header = "Cache-Control")] String,
    ),
    #[oai(status = 206, content_type = "application/zip")]
    Part(
        Binary<Body>,
        #[oai(header = "Content-Length")] u64,
        #[oai(header = "Content-Range")] String,
        #[oai(header = "Content-Disposition")] String,
        #[oai(header = "ETag")] String,
        #[oai(header = "Cache-Control")] String,
    ),
}

pub struct BundleApi(pub Arc<Workshop>);

#[OpenApi(prefix_path = "/v1", tag = "Tag::Bundles")]
impl BundleApi {
    /// 项目证据包: everything about a tender in one zip, as `gongshi export bundle --tender` makes it: its records and those that say
    /// who signed them, each with the proof that it stands in the log, the log's signed word that none is left out, the documents.
    /// `gongshi verify FILE` or the page that `gongshi verify-page` prints check it without a network. It has what the log had when it
    /// was made, and is kept until the tender's own stream grows, an hour at most.
    #[oai(path = "/tenders/:code/bundle", method = "get", operation_id = "getTenderBundle")]
    async fn tender(
        &self,
        peer: Data<&Peer>,
        code: Path<TenderCode>,
        range: Header<Option<String>>,
        #[oai(name = "If-Range")] if_range: Header<Option<String>>,
    ) -> Result<BundleFile, Problem> {
        self.answer(Scope::Tender(code.0), *peer.0, range.0, if_range.0).await
    }

    /// 主体证据包: the same about an organisation: what it signed, what is said of it, the tenders that it won. Of a centre or a
    /// supervisor that is mostly more than this service makes for anybody (`bundle-too-large`).
    #[oai(path = "/organisations/:id/bundle", method = "get", operation_id = "getOrganisationBundle")]
    async fn organisation(
        &self,
        peer: Data<&Peer>,
        id: Path<OrganisationId>,
        range: Header<Option<String>>,
        #[oai(name = "If-Range")] if_range: Header<Option<String>>,
    ) -> Result<BundleFile, Problem> {
        self.answer(Scope::Organisation(id.0), *peer.0, range.0, if_range.0).await
    }

    /// 承诺证据包: the same about a commitment: its records, the text that both sides signed, how they judged each other, and the tender
    /// that it is for.
    #[oai(path = "/commitments/:id/bundle", method = "get", operation_id = "getCommitmentBundle")]
    async fn commitment(
        &self,
        peer: Data<&Peer>,
        id: Path<CommitmentId>,
        range: Header<Option<String>>,
        #[oai(name = "If-Range")] if_range: Header<Option<String>>,
    ) -> Result<BundleFile, Problem> {
        self.answer(Scope::Commitment(id.0), *peer.0, range.0, if_range.0).await
    }
}

impl BundleApi {
    async fn answer(
        &self,
        scope: Scope,
        peer: Peer,
        range: Option<String>,
        if_range: Option<String>,
    ) -> Result<BundleFile, Problem> {
        let name = encoded(&format!("{}.zip", scope.to_string().replace('/', "-")));
        let made = self.0.bundle(scope, peer).await.map_err(Problem::from)?;
        let (size, tag) = (made.length, tag(&made));
        // One that is made again has other bytes under another tag: whoever goes on with a broken download sends `If-Range`.
        let range = range.filter(|_| if_range.is_none_or(|condition| condition == tag));
        let disposition = format!("attachment; filename=\"bundle.zip\"; filename*=UTF-8''{name}");
        let caching = "no-cache".to_owned();
        match range_asked(range.as_deref(), size) {
            RangeAsked::Whole => {
                let body = Binary(Body::from_bytes_stream(made.chunks(0..size)));
                Ok(BundleFile::Whole(body, size, "bytes".to_owned(), disposition, tag, caching))
            }
            RangeAsked::Part(part) => {
                let (length, place) = (part.end - part.start, format!("bytes {}-{}/{size}", part.start, part.end - 1));
                let body = Binary(Body::from_bytes_stream(made.chunks(part)));
                Ok(BundleFile::Part(body, length, place, disposition, tag, caching))
            }
            RangeAsked::Unsatisfiable => Err(range_unsatisfiable(size)),
        }
    }
}

fn tag(made: &MadeBundle) -> String {
    format!("\"{}\"", made.digest)
}

impl From<Unmade> for Problem {
    fn from(unmade: Unmade) -> Self {
        let later = |problem| Self { retry_after: Some(COME_AGAIN_SECONDS), ..problem };
        match unmade {
            Unmade::Unknown => Self::of(&problem::NOT_FOUND),
            Unmade::Failed => Self::of(&problem::UNAVAILABLE),
            Unmade::Underway => later(Self::of(&problem::BUNDLE_UNDERWAY)),
            Unmade::TooLarge => {
                let (entries, mebibytes) = (LIMIT.entries, LIMIT.bytes >> 20);
                let zh = format!("超过 {entries} 条记录或 {mebibytes} MiB");
                let en = format!("more than {entries} entries or {mebibytes} MiB");
                Self::with_detail(&problem::BUNDLE_TOO_LARGE, zh, en)
            }
            Unmade::OfPeer => {
                let zh = format!("一个地址同时至多有 {ORDERS_OF_PEER_MAX} 个证据包在制作");
                let en = format!("at most {ORDERS_OF_PEER_MAX} bundles at a time are made for one address");
                later(Self::with_detail(&problem::RATE_LIMITED, zh, en))
            }
            Unmade::Full => {
                let zh = format!("等待制作的证据包已有 {ORDERS_MAX} 个，或已制作的占满了空间");
                let en = format!("{ORDERS_MAX} bundles wait to be made, or what was made takes all the room");
                later(Self::with_detail(&problem::OVERLOADED, zh, en))
            }
        }
    }
}
