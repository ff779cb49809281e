//! Disclosures of sealed values: kept beside the log, so that they can be erased.

use super::{Caller, Problem, Tag, Typed};
use crate::ledger::Ledger;
use crate::organisation::Role;
use crate::problem::{self, Refusal};
use crate::record::Disclosure;
use crate::store::Value;
use poem_openapi::param::Path;
use poem_openapi::payload::PlainText;
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

pub struct DisclosureApi(pub Arc<Ledger>);

#[OpenApi(prefix_path = "/v1/disclosures", tag = "Tag::Disclosures")]
impl DisclosureApi {
    /// Deposits the disclosure of a sealed value (SD-JWT form). It is kept beside the log and can be erased.
    #[oai(path = "/", method = "post", operation_id = "postDisclosure")]
    async fn post(&self, caller: Caller, text: PlainText<String>) -> Result<Typed<DisclosureView>, Problem> {
        let disclosure = Disclosure::parse(text.trim())
            .map_err(|error| Refusal::of_field("", crate::field::Fault::MalformedCode { reason: error.to_string() }))?;
        let sealed = disclosure.sealed().sealed;
        let known = self.find(&sealed).await?;
        if known.is_none() {
            self.0.keep_disclosure(&disclosure, &caller.0.id).await?;
        }
        Ok(Typed(DisclosureView { sealed, disclosure: disclosure.text().to_owned() }))
    }

    /// A disclosure, for who deposited it, supervisors and auditors.
    #[oai(path = "/:sealed", method = "get", operation_id = "getDisclosure")]
    async fn get(&self, caller: Caller, sealed: Path<String>) -> Result<Typed<DisclosureView>, Problem> {
        let (owner, disclosure) = self.find(&sealed.0).await?.ok_or_else(|| Problem::of(&problem::NOT_FOUND))?;
        let entitled = owner == caller.0.id.as_str() || caller.0.roles.has_any(&[Role::Supervisor, Role::Auditor]);
        if !entitled {
            return Err(Problem::of(&problem::NOT_A_PARTY));
        }
        Ok(Typed(DisclosureView { sealed: sealed.0, disclosure }))
    }
}

impl DisclosureApi {
    async fn find(&self, sealed: &str) -> Result<Option<(String, String)>, Problem> {
        if sealed.contains('\0') {
            return Ok(None);
        }
        let sql = "SELECT owner, disclosure FROM disclosures WHERE digest = $1";
        let rows = self.0.database.read(sql, &[Value::from(sealed)]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        Ok(Some((row.text(0)?.to_owned(), row.text(1)?.to_owned())))
    }
}
