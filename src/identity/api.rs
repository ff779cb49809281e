//! What the operator may say about the log, over HTTP.

use super::{
    CheckpointKeyAddition, CheckpointKeyRetirement, LogContinuation, ServiceKeyAddition, ServiceKeyRevocation,
};
use crate::http::{DryRun, Endpoints, Posted, Problem, Signed, Tag, accept};
use crate::law::LawApi;
use crate::ledger::Ledger;
use crate::world::Stream;
use poem_openapi::OpenApi;
use poem_openapi::param::Query;
use std::sync::Arc;

pub struct IdentityApi(Arc<Ledger>);

impl Endpoints for super::LogState {
    type Api = (IdentityApi, LawApi);

    fn api(ledger: Arc<Ledger>) -> Self::Api {
        (IdentityApi(Arc::clone(&ledger)), LawApi(ledger))
    }
}

impl IdentityApi {
    async fn on_log<T>(&self, signed: Signed<T>, dry_run: Query<Option<DryRun>>) -> Result<Posted, Problem> {
        accept(&self.0, signed, dry_run.0, Some(Stream::LOG)).await
    }
}

#[OpenApi(prefix_path = "/v1/log", tag = "Tag::Log")]
impl IdentityApi {
    /// 增加检查点密钥: from the next checkpoint on, this key signs beside the others.
    #[oai(path = "/checkpoint-keys", method = "post", operation_id = "addCheckpointKey")]
    async fn add_checkpoint_key(
        &self,
        /// `1`: the record is judged as it would be now, and not written.
        dry_run: Query<Option<DryRun>>,
        #[oai(name = "x-jws-signature")] signed: Signed<CheckpointKeyAddition>,
    ) -> Result<Posted, Problem> {
        self.on_log(signed, dry_run).await
    }

    /// 停用检查点密钥.
    #[oai(path = "/checkpoint-key-retirements", method = "post", operation_id = "retireCheckpointKey")]
    async fn retire_checkpoint_key(
        &self,
        /// `1`: the record is judged as it would be now, and not written.
        dry_run: Query<Option<DryRun>>,
        #[oai(name = "x-jws-signature")] signed: Signed<CheckpointKeyRetirement>,
    ) -> Result<Posted, Problem> {
        self.on_log(signed, dry_run).await
    }

    /// 增加服务密钥: another key with which the service signs what falls due.
    #[oai(path = "/service-keys", method = "post", operation_id = "addServiceKey")]
    async fn add_service_key(
        &self,
        /// `1`: the record is judged as it would be now, and not written.
        dry_run: Query<Option<DryRun>>,
        #[oai(name = "x-jws-signature")] signed: Signed<ServiceKeyAddition>,
    ) -> Result<Posted, Problem> {
        self.on_log(signed, dry_run).await
    }

    /// 吊销服务密钥.
    #[oai(path = "/service-key-revocations", method = "post", operation_id = "revokeServiceKey")]
    async fn revoke_service_key(
        &self,
        /// `1`: the record is judged as it would be now, and not written.
        dry_run: Query<Option<DryRun>>,
        #[oai(name = "x-jws-signature")] signed: Signed<ServiceKeyRevocation>,
    ) -> Result<Posted, Problem> {
        self.on_log(signed, dry_run).await
    }

    /// 更换日志名续写: after a theft of the checkpoint key, the log goes on under another origin. `gongshi continue` makes
    /// the record.
    #[oai(path = "/continuations", method = "post", operation_id = "continueLog")]
    async fn continue_log(
        &self,
        /// `1`: the record is judged as it would be now, and not written.
        dry_run: Query<Option<DryRun>>,
        #[oai(name = "x-jws-signature")] signed: Signed<LogContinuation>,
    ) -> Result<Posted, Problem> {
        self.on_log(signed, dry_run).await
    }
}
