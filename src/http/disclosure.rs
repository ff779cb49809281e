//! Disclosures of sealed values: kept beside the log, so that they can be erased.

use super::body::Text;
use super::{Caller, Limits, Problem, Tag, Typed};
use crate::field::{Instant, Line};
use crate::ledger::{Content, Gone, KeptDisclosure, Ledger};
use crate::organisation::Role;
use crate::problem::{self, Refusal};
use crate::record::{DISCLOSURE_BYTES_MAX, Disclosure};
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use schemars::JsonSchema;
use serde::Serialize;
use std::sync::Arc;

/// A stored disclosure.
#[derive(Serialize, JsonSchema)]
pub struct DisclosureView {
    /// The digest that stands in payloads as `sealed`.
    sealed: String,
    /// The disclosure's text; whoever has it can check it against the log.
    disclosure: String,
}

/// That a disclosure was erased.
#[derive(Serialize, JsonSchema)]
pub struct Erasure {
    sealed: String,
    /// When it was erased first.
    erased_at: Instant,
    /// Whether it is gone for everybody and for ever; else only the caller's copy went, and others may have theirs.
    for_all: bool,
}

/// A disclosure, and the line break that editors put behind it.
const TEXT_BYTES_MAX: usize = DISCLOSURE_BYTES_MAX + 2;

pub struct DisclosureApi {
    pub ledger: Arc<Ledger>,
    pub limits: Limits,
}

#[OpenApi(prefix_path = "/v1/disclosures", tag = "Tag::Disclosures")]
impl DisclosureApi {
    /// 存放披露: what opens a sealed value (SD-JWT form). It is kept beside the log, encrypted, and can be erased. Whoever
    /// knows a text may have a copy of it here; one whose digest no record holds counts for its holder and goes after thirty
    /// days.
    #[oai(path = "/", method = "post", operation_id = "postDisclosure")]
    async fn post(&self, caller: Caller, body: Text<TEXT_BYTES_MAX>) -> Result<Typed<DisclosureView>, Problem> {
        let disclosure = Disclosure::parse(body.text.trim()).map_err(|error| Refusal::of_field("", error.into()))?;
        let kept = self.ledger.keep_disclosure(&disclosure, &caller.0.id, self.limits.uncited).await?;
        view(disclosure.sealed().sealed, kept)
    }

    /// 读取披露: for whoever uploaded it, the author of the first record that holds its digest, supervisors and auditors; 410
    /// once it is erased.
    #[oai(path = "/:sealed", method = "get", operation_id = "getDisclosure")]
    async fn get(&self, caller: Caller, sealed: Path<String>) -> Result<Typed<DisclosureView>, Problem> {
        let uploaded = self.found(&sealed.0).await?;
        if !owns(&caller, &uploaded, &[Role::Supervisor, Role::Auditor]) && !holds(&caller, &uploaded) {
            return Err(Problem::of(&problem::NOT_A_PARTY));
        }
        view(sealed.0, uploaded.content)
    }

    /// 删除披露: for the author of the first record that holds the digest, supervisors and the operator (个人信息保护法第四十七条).
    /// The value is gone for ever, whoever uploaded it; the log, its proofs and every copy of it hold as before, and no
    /// disclosure of this digest is taken again. Anybody else who uploaded it takes back its own copy.
    #[oai(path = "/:sealed", method = "delete", operation_id = "eraseDisclosure")]
    async fn erase(
        &self,
        caller: Caller,
        sealed: Path<String>,
        /// Why: kept with the date and who asked. It must not repeat the value.
        reason: Query<Line<200>>,
    ) -> Result<Typed<Erasure>, Problem> {
        let uploaded = self.found(&sealed.0).await?;
        let gone = if owns(&caller, &uploaded, &[Role::Supervisor, Role::Operator]) {
            self.ledger.erase_disclosure(&sealed.0, &caller.0.id, reason.0.as_str()).await?
        } else if holds(&caller, &uploaded) {
            self.ledger.withdraw_disclosure(&sealed.0, &caller.0.id).await?
        } else {
            return Err(Problem::of(&problem::NOT_A_PARTY));
        };
        let (Gone::Erased(erased_at) | Gone::Withdrawn(erased_at)) = gone;
        Ok(Typed(Erasure { sealed: sealed.0, erased_at, for_all: matches!(gone, Gone::Erased(_)) }))
    }
}

impl DisclosureApi {
    async fn found(&self, sealed: &str) -> Result<KeptDisclosure, Problem> {
        self.ledger.disclosure(sealed).await?.ok_or_else(|| Problem::of(&problem::NOT_FOUND))
    }
}

/// Whether the value is the caller's, by the log, or the caller has one of these roles.
fn owns(caller: &Caller, uploaded: &KeptDisclosure, or: &[Role]) -> bool {
    uploaded.author.as_ref() == Some(&caller.0.id) || caller.0.roles.has_any(or)
}

/// Whether the caller has a copy here.
fn holds(caller: &Caller, uploaded: &KeptDisclosure) -> bool {
    uploaded.holders.contains(&caller.0.id)
}

fn view(sealed: String, content: Content) -> Result<Typed<DisclosureView>, Problem> {
    match content {
        Content::Kept(disclosure) => Ok(Typed(DisclosureView { sealed, disclosure })),
        Content::Lost => Err(Problem::of(&problem::NOT_FOUND)),
        Content::Erased(at) => {
            let (zh, en) = (format!("已于 {at} 删除"), format!("erased at {at}"));
            Err(Problem::with_detail(&problem::DISCLOSURE_ERASED, zh, en))
        }
    }
}
