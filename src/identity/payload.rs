//! What the operator signs about the log itself.

use crate::act::{Payload, RevocationReason, acts};
use crate::field::{DocumentRef, Fault, Faults, Instant, Line, OrganisationId, Prose};
use crate::record::{Jwk, KeyId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `log.opened`: entry 0 of every log, signed by the operator's key that it names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LogOpening {
    /// The checkpoint origin line of this log; every record's `aud`.
    pub origin: Line<200>,
    /// The organisation that runs the service (平台运行机构).
    pub operator: OrganisationId,
    pub operator_name: Line<200>,
    pub operator_key: Jwk,
    /// The key with which the service signs what follows from state and time alone.
    pub service_key: Jwk,
    /// The C2SP verifier key (vkey) of the log's checkpoints. Its name is the origin.
    pub log_key: Line<300>,
    /// The edition of the law that applies from here on.
    pub law: DocumentRef,
    /// Legal days are counted in this zone: `Asia/Shanghai`.
    pub time_zone: Line<50>,
}

/// `log.checkpoint_key_added`: from the next checkpoint on this key signs too, beside the others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckpointKeyAddition {
    /// The C2SP verifier key (vkey). Its name is the origin; no log key is added twice.
    pub log_key: Line<300>,
}

/// `log.checkpoint_key_retired`: this key signs no checkpoint from here on. What it signed before stays valid.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckpointKeyRetirement {
    /// The C2SP verifier key (vkey).
    pub log_key: Line<300>,
    /// A key that is stolen is not retired: the log is continued under another origin.
    pub reason: RevocationReason,
}

/// `log.service_key_added`: another key with which the service may sign.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceKeyAddition {
    pub key: Jwk,
    /// Proof of possession by the new key: as in `key.added`, with `log` as `sub`.
    pub possession: Line<4000>,
}

/// `log.service_key_revoked`: from the effective time on, this key signs nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceKeyRevocation {
    pub kid: KeyId,
    pub reason: RevocationReason,
    /// As in `key.revoked`.
    pub effective: Instant,
}

/// `log.continued`: this log goes on under another origin and another checkpoint key, over the same tree. Checkpoints of
/// more entries under the old origin are not this log's, whoever signed them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LogContinuation {
    /// The new origin; from the next record on, every record's `aud`.
    pub origin: Line<200>,
    /// The verifier key of its checkpoints, the only one from here on. Its name is the new origin.
    pub log_key: Line<300>,
    /// The last checkpoint under the old origin, as the signed note with its cosignatures: of all entries before this one.
    pub predecessor: Prose<8000>,
    /// The furthest checkpoint under the old origin that is known, as a signed note, where its entries from the predecessor's
    /// size on are lost: nobody has them any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lost: Option<Prose<8000>>,
    pub reason: Prose<2000>,
}

/// `log.law_adopted` [supervisor]: from the next entry on, this edition of the law applies. Periods that are over stay over;
/// those that run end by the new calendar.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LawAdoption {
    /// The edition's bytes, as a document.
    pub edition: DocumentRef,
    pub reason: Prose<2000>,
}

fn check_origin(origin: &Line<200>, faults: &mut Faults) {
    if origin.as_str().contains(['+', ' ']) {
        faults.add(
            "/origin",
            Fault::malformed_code(("日志名不得含空格或加号", "an origin has neither spaces nor plus signs")),
        );
    }
}

impl Payload for LogOpening {
    const KIND: &'static str = "log.opened";

    fn check(&self, faults: &mut Faults) {
        if self.time_zone.as_str() != "Asia/Shanghai" {
            faults.add("/time_zone", Fault::inconsistent(("只支持 Asia/Shanghai", "only Asia/Shanghai is served")));
        }
        check_origin(&self.origin, faults);
    }

    fn documents(&self) -> Vec<&DocumentRef> {
        vec![&self.law]
    }

    fn codes(&self) -> Vec<&OrganisationId> {
        vec![&self.operator]
    }
}

impl Payload for LawAdoption {
    const KIND: &'static str = "log.law_adopted";

    fn documents(&self) -> Vec<&DocumentRef> {
        vec![&self.edition]
    }
}

impl Payload for CheckpointKeyAddition {
    const KIND: &'static str = "log.checkpoint_key_added";
}

impl Payload for CheckpointKeyRetirement {
    const KIND: &'static str = "log.checkpoint_key_retired";

    fn check(&self, faults: &mut Faults) {
        if self.reason == RevocationReason::Compromised {
            let reason =
                ("密钥被盗的日志须以另一日志名续记", "a log whose key is stolen is continued under another origin");
            faults.add("/reason", Fault::inconsistent(reason));
        }
    }
}

impl Payload for ServiceKeyAddition {
    const KIND: &'static str = "log.service_key_added";
}

impl Payload for ServiceKeyRevocation {
    const KIND: &'static str = "log.service_key_revoked";
}

impl Payload for LogContinuation {
    const KIND: &'static str = "log.continued";

    fn check(&self, faults: &mut Faults) {
        check_origin(&self.origin, faults);
    }
}

acts! {
    /// Every act about the log itself.
    pub enum Act {
        Opened(LogOpening),
        CheckpointKeyAdded(CheckpointKeyAddition),
        CheckpointKeyRetired(CheckpointKeyRetirement),
        ServiceKeyAdded(ServiceKeyAddition),
        ServiceKeyRevoked(ServiceKeyRevocation),
        Continued(LogContinuation),
        LawAdopted(LawAdoption),
    }
}
