//! Disclosures of sealed values: kept beside the log, so that they can be erased.

use super::body::Text;
use super::{Caller, Problem, Tag, Typed};
use crate::field::{Instant, Line, OrganisationId};
use crate::ledger::{Content, Deposited, Ledger};
use crate::organisation::Role;
use crate::problem::{self, Refusal};
use crate::record::{DISCLOSURE_BYTES_MAX, Disclosure};
use poem_openapi::param::{Path, Query};
use poem_openapi::{Object, OpenApi};
use serde::Serialize;
use std::sync::Arc;

/// A stored disclosure.
#[derive(Serialize, Object)]
pub struct DisclosureView {
    /// The digest that stands in payloads as `sealed`.
    sealed: String,
    /// The disclosure's text; whoever has it can check it against the log.
    disclosure: String,
}

/// That a disclosure was erased.
#[derive(Serialize, Object)]
pub struct Erasure {
    sealed: String,
    /// When it was erased first.
    erased_at: Instant,
}

/// A disclosure, and the line break that editors put behind it.
const TEXT_BYTES_MAX: usize = DISCLOSURE_BYTES_MAX + 2;

pub struct DisclosureApi(pub Arc<Ledger>);

#[OpenApi(prefix_path = "/v1/disclosures", tag = "Tag::Disclosures")]
impl DisclosureApi {
    /// 存放披露: what opens a sealed value (SD-JWT form). It is kept beside the log, encrypted, and can be erased.
    #[oai(path = "/", method = "post", operation_id = "postDisclosure")]
    async fn post(&self, caller: Caller, body: Text<TEXT_BYTES_MAX>) -> Result<Typed<DisclosureView>, Problem> {
        let disclosure = Disclosure::parse(body.text.trim())
            .map_err(|error| Refusal::of_field("", crate::field::Fault::MalformedCode { reason: error.to_string() }))?;
        let sealed = disclosure.sealed().sealed;
        // Who knows the text may be told that it is there, whoever deposited it.
        view(sealed, self.0.keep_disclosure(&disclosure, &caller.0.id).await?)
    }

    /// 读取披露: for who deposited it, supervisors and auditors; 410 once it is erased.
    #[oai(path = "/:sealed", method = "get", operation_id = "getDisclosure")]
    async fn get(&self, caller: Caller, sealed: Path<String>) -> Result<Typed<DisclosureView>, Problem> {
        let deposited = self.found(&sealed.0).await?;
        must_be(&caller, &deposited.owner, &[Role::Supervisor, Role::Auditor])?;
        view(sealed.0, deposited)
    }

    /// 删除披露: for who deposited it, supervisors and the operator (个人信息保护法第四十七条). The value is gone for ever; the
    /// log, its proofs and every copy of it hold as before, and no disclosure of this digest is taken again.
    #[oai(path = "/:sealed", method = "delete", operation_id = "eraseDisclosure")]
    async fn erase(
        &self,
        caller: Caller,
        sealed: Path<String>,
        /// Why: kept with the date and who asked. It must not repeat the value.
        reason: Query<Line<200>>,
    ) -> Result<Typed<Erasure>, Problem> {
        let deposited = self.found(&sealed.0).await?;
        must_be(&caller, &deposited.owner, &[Role::Supervisor, Role::Operator])?;
        let erased = self.0.erase_disclosure(&sealed.0, &caller.0.id, reason.0.as_str()).await?;
        let erased_at = erased.ok_or_else(|| Problem::of(&problem::NOT_FOUND))?;
        Ok(Typed(Erasure { sealed: sealed.0, erased_at }))
    }
}

impl DisclosureApi {
    async fn found(&self, sealed: &str) -> Result<Deposited, Problem> {
        self.0.disclosure(sealed).await?.ok_or_else(|| Problem::of(&problem::NOT_FOUND))
    }
}

fn must_be(caller: &Caller, owner: &OrganisationId, or: &[Role]) -> Result<(), Problem> {
    if *owner == caller.0.id || caller.0.roles.has_any(or) { Ok(()) } else { Err(Problem::of(&problem::NOT_A_PARTY)) }
}

fn view(sealed: String, deposited: Deposited) -> Result<Typed<DisclosureView>, Problem> {
    match deposited.content {
        Content::Kept(disclosure) => Ok(Typed(DisclosureView { sealed, disclosure })),
        Content::Lost => Err(Problem::of(&problem::NOT_FOUND)),
        Content::Erased(at) => {
            let (zh, en) = (format!("已于 {at} 删除"), format!("erased at {at}"));
            Err(Problem::with_detail(&problem::DISCLOSURE_ERASED, zh, en))
        }
    }
}
