//! What is posted about somebody's credit.

use super::super::{CreditId, CreditObjection, CreditObjectionRuling};
use crate::field::OrganisationId;
use crate::http::{DryRun, Posted, Problem, Signed, accept};
use crate::ledger::Ledger;
use crate::world::Stream;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use std::sync::Arc;

pub struct CreditActs(pub(super) Arc<Ledger>);

#[OpenApi(prefix_path = "/v1/organisations", tag = "super::Tag::Credit")]
impl CreditActs {
    /// 信用异议: the organisation says that a contribution is wrong.
    #[oai(path = "/:id/credit/objections", method = "post", operation_id = "objectToCredit")]
    async fn object(
        &self,
        id: Path<OrganisationId>,
        /// `1`: the record is judged as it would be now, and not written.
        dry_run: Query<Option<DryRun>>,
        #[oai(name = "x-jws-signature")] signed: Signed<CreditObjection>,
    ) -> Result<Posted, Problem> {
        accept(&self.0, signed, dry_run.0, Some(Stream::of(&CreditId(id.0)))).await
    }

    /// 异议裁定: a supervisor keeps the contribution or strikes it.
    #[oai(path = "/:id/credit/objection-rulings", method = "post", operation_id = "ruleCreditObjection")]
    async fn rule(
        &self,
        id: Path<OrganisationId>,
        /// `1`: the record is judged as it would be now, and not written.
        dry_run: Query<Option<DryRun>>,
        #[oai(name = "x-jws-signature")] signed: Signed<CreditObjectionRuling>,
    ) -> Result<Posted, Problem> {
        accept(&self.0, signed, dry_run.0, Some(Stream::of(&CreditId(id.0)))).await
    }
}
