//! One tender: its view, and the lists of what that shows in part.

use super::super::Challenge;
use super::super::projection::later_rounds;
use super::super::view::{ChallengeSummary, LotView, NoticeView, TenderFile, TenderView, TextVersionView};
use crate::field::TenderCode;
use crate::http::{DryRun, Posted, Problem, Signed, Typed, accept, cursor, page_limit};
use crate::law::Law;
use crate::ledger::{Folded, Ledger};
use crate::problem;
use crate::world::Stream;
use poem_openapi::param::{Path, Query};
use poem_openapi::{ApiResponse, OpenApi};
use schemars::JsonSchema;
use serde::Serialize;
use std::sync::Arc;

/// A tender; its `ETag` is its version.
#[derive(ApiResponse)]
enum TenderFound {
    #[oai(status = 200)]
    Found(Typed<TenderView>, #[oai(header = "ETag")] String),
}

/// A page of the versions of a tender's text, oldest first.
#[derive(Serialize, JsonSchema)]
pub struct TextVersionPage {
    items: Vec<TextVersionView>,
    /// Pass as `after` to go on; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// A page of a tender's notices, oldest first.
#[derive(Serialize, JsonSchema)]
pub struct NoticePage {
    items: Vec<NoticeView>,
    /// Pass as `after` to go on; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// A page of a tender's lots, as they were announced.
#[derive(Serialize, JsonSchema)]
pub struct TenderLotPage {
    items: Vec<LotView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// A page of challenges, by lot and as they were filed.
#[derive(Serialize, JsonSchema)]
pub struct ChallengePage {
    items: Vec<ChallengeSummary>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

pub struct TenderFileApi {
    ledger: Arc<Ledger>,
    files: Folded<TenderFile>,
}

impl TenderFileApi {
    pub fn new(ledger: Arc<Ledger>) -> Self {
        Self { ledger, files: Folded::default() }
    }

    async fn show<T>(
        &self,
        code: &TenderCode,
        show: impl FnOnce(&TenderFile, Law<'_>) -> Option<T>,
    ) -> Result<T, Problem> {
        let show = |file: &TenderFile, law: Law<'_>| if file.exists() { show(file, law) } else { None };
        let shown = self.files.show(&self.ledger, &Stream::of(code), TenderFile::default, show).await?;
        shown.flatten().ok_or_else(|| Problem::of(&problem::TENDER_UNKNOWN))
    }
}

#[OpenApi(prefix_path = "/v1/tenders", tag = "super::Tag::Tenders")]
impl TenderFileApi {
    /// One tender: where it stands, its present text, the newest versions with their differences, and its first objections,
    /// lots and records. What it has more of is counted, and listed elsewhere.
    #[oai(path = "/:code", method = "get", operation_id = "getTender")]
    async fn get(&self, code: Path<TenderCode>) -> Result<TenderFound, Problem> {
        let followed_by = later_rounds(&mut self.ledger.database.clone(), &code.0).await?;
        let view = self.show(&code.0, |file, law| file.view(&code.0, followed_by, law)).await?;
        let tag = format!("\"{}\"", view.version);
        Ok(TenderFound::Found(Typed(view), tag))
    }

    /// Every version of the disclosed text, with what it changed; a page ends where it is long enough.
    #[oai(path = "/:code/disclosures", method = "get", operation_id = "listDisclosures")]
    async fn disclosures(
        &self,
        code: Path<TenderCode>,
        /// `next` of the page before.
        after: Query<Option<String>>,
        #[oai(validator(minimum(value = "1"), maximum(value = "500")))] limit: Query<Option<u32>>,
    ) -> Result<Typed<TextVersionPage>, Problem> {
        let (limit, after) = (page_limit(limit.0)?, cursor(after.0)?.unwrap_or_default());
        let (items, next) = self.show(&code.0, |file, _| Some(file.text_versions(after, limit))).await?;
        Ok(Typed(TextVersionPage { items, next }))
    }

    /// 公告 and 变更公告: every disclosure, call, clarification and amendment, each with the one before and what it changed.
    #[oai(path = "/:code/notices", method = "get", operation_id = "listNotices")]
    async fn notices(
        &self,
        code: Path<TenderCode>,
        /// `next` of the page before.
        after: Query<Option<String>>,
        #[oai(validator(minimum(value = "1"), maximum(value = "500")))] limit: Query<Option<u32>>,
    ) -> Result<Typed<NoticePage>, Problem> {
        let limit = page_limit(limit.0)?;
        let after = cursor(after.0)?;
        let (items, next) = self.show(&code.0, |file, _| Some(file.notices(after, limit))).await?;
        Ok(Typed(NoticePage { items, next }))
    }

    /// Every lot, with its candidates and the first challenges to its result.
    #[oai(path = "/:code/lots", method = "get", operation_id = "listTenderLots")]
    async fn lots(
        &self,
        code: Path<TenderCode>,
        /// `next` of the page before.
        after: Query<Option<String>>,
        #[oai(validator(minimum(value = "1"), maximum(value = "500")))] limit: Query<Option<u32>>,
    ) -> Result<Typed<TenderLotPage>, Problem> {
        let limit = page_limit(limit.0)?;
        let (items, next) = self.show(&code.0, |file, law| Some(file.lots(after.0.as_deref(), limit, law))).await?;
        Ok(Typed(TenderLotPage { items, next }))
    }

    /// Every challenge to the result of its lots.
    #[oai(path = "/:code/challenges", method = "get", operation_id = "listChallenges")]
    async fn challenges(
        &self,
        code: Path<TenderCode>,
        /// Only those to the result of this lot.
        lot: Query<Option<String>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
        #[oai(validator(minimum(value = "1"), maximum(value = "500")))] limit: Query<Option<u32>>,
    ) -> Result<Typed<ChallengePage>, Problem> {
        let limit = page_limit(limit.0)?;
        let (lot, after) = (lot.0.as_deref(), after.0.as_deref());
        let (items, next) = self.show(&code.0, |file, law| Some(file.challenges(lot, after, limit, law))).await?;
        Ok(Typed(ChallengePage { items, next }))
    }

    /// 质疑中标候选人.
    #[oai(path = "/:code/challenges", method = "post", operation_id = "challengeAward")]
    async fn challenge(
        &self,
        code: Path<TenderCode>,
        /// `1`: the record is judged as it would be now, and not written.
        dry_run: Query<Option<DryRun>>,
        #[oai(name = "x-jws-signature")] signed: Signed<Challenge>,
    ) -> Result<Posted, Problem> {
        accept(&self.ledger, signed, dry_run.0, Some(Stream::of(&code.0))).await
    }
}
