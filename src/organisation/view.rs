//! An organisation as it is shown. Its keys and the claims on its code are few by rule.

use super::{Admission, Ended, EndingGround, FormerName, Key, Organisation, OrganisationStatus, Role, Status};
use crate::act::{Place, fold, statuses};
use crate::field::{Day, Instant, OrganisationId};
use crate::http::VIEW_ITEMS_MAX;
use crate::law::Law;
use crate::ledger::Folding;
use crate::record::Jwk;
use crate::world;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An organisation (主体) at the present end of the log.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct OrganisationView {
    pub id: OrganisationId,
    /// As confirmed; absent while it is pending: anybody may claim to be called anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    pub status: OrganisationStatus,
    /// What it was called before, the newest ones, oldest first: a record shows the name of its time.
    pub former_names: Vec<FormerNameView>,
    /// How it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<EndedView>,
    /// Organisations that ended and whose rights and duties it has; at most a hundred.
    pub succeeds: Vec<OrganisationId>,
    /// The end of the suspension (UTC), where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suspended_until: Option<String>,
    pub roles: Vec<Role>,
    /// Those that sign for it, then those that wait for confirmation.
    pub keys: Vec<KeyView>,
    /// The one key that may register under this code, where a supervisor cleared the claims for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub awaited: Option<String>,
    /// Who admitted it to which role, the newest ones, oldest first; nobody where the log's first record did.
    pub admissions: Vec<AdmissionView>,
    /// How many there are; the records are at `/v1/records?stream=organisation/{id}`.
    pub admission_count: u64,
    /// Version of its stream.
    pub version: u64,
}

/// A name that an organisation had.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct FormerNameView {
    pub name: String,
    /// Day from which the registry has another one.
    pub until: Day,
    /// Index of the entry that says so.
    pub entry: u64,
}

/// How an organisation ended.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct EndedView {
    pub ground: EndingGround,
    /// Who has its rights and duties from then on.
    pub successors: Vec<OrganisationId>,
    pub effective: Day,
    /// Index of the entry that says so.
    pub entry: u64,
}

/// An admission to a role.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct AdmissionView {
    pub role: Role,
    /// The organisation that admitted.
    pub by: OrganisationId,
    /// Index of the entry.
    pub entry: u64,
    pub time: String,
}

statuses! {
    /// Whether a key signs for its organisation.
    pub enum KeyStatus {
        /// It signs.
        Confirmed,
        /// Whose key it is nobody has confirmed yet.
        Pending,
    }
}

/// A key of an organisation.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct KeyView {
    pub kid: String,
    pub key: Jwk,
    pub status: KeyStatus,
    /// From when it is revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked_from: Option<String>,
    /// Of a pending one: what whoever registered it claims to be called. Nobody has looked at it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claimed_name: Option<String>,
    /// Of a pending one: when it can't be confirmed any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
}

impl OrganisationView {
    /// At a time: claims expire, and suspensions end.
    pub fn at(organisation: &Organisation, succeeds: Vec<OrganisationId>, now: Instant) -> Self {
        let confirmed = organisation.keys.iter().map(|key: &Key| KeyView {
            kid: key.kid.to_string(),
            key: key.public.to_jwk(),
            status: KeyStatus::Confirmed,
            revoked_from: key.revoked_from.map(|from| from.to_string()),
            claimed_name: None,
            expires: None,
        });
        let pending = organisation.claims(now).map(|pending| KeyView {
            kid: pending.kid.to_string(),
            key: pending.public.to_jwk(),
            status: KeyStatus::Pending,
            revoked_from: None,
            claimed_name: Some(pending.name.to_string()),
            expires: Some(pending.expires().to_string()),
        });
        let shown = organisation.admissions.len().saturating_sub(VIEW_ITEMS_MAX);
        let newest = &organisation.admissions[shown..];
        Self {
            id: organisation.id.clone(),
            name: organisation.is_confirmed().then(|| organisation.name.to_string()),
            status: organisation.status.at(now).into(),
            former_names: former_names(organisation),
            ended: organisation.ended().map(EndedView::from),
            succeeds,
            suspended_until: match organisation.status.at(now) {
                Status::Suspended(until) => until.map(|until| until.to_string()),
                Status::Pending | Status::Confirmed | Status::Ended => None,
            },
            roles: organisation.roles.iter().collect(),
            keys: confirmed.chain(pending).collect(),
            awaited: organisation.awaited.map(|kid| kid.to_string()),
            admissions: newest.iter().map(AdmissionView::from).collect(),
            admission_count: organisation.admissions.len() as u64,
            version: organisation.version,
        }
    }
}

fn former_names(organisation: &Organisation) -> Vec<FormerNameView> {
    let names = &organisation.registry.former_names;
    let newest = &names[names.len().saturating_sub(VIEW_ITEMS_MAX)..];
    let view = |former: &FormerName| FormerNameView {
        name: former.name.to_string(),
        until: former.until,
        entry: former.entry,
    };
    newest.iter().map(view).collect()
}

impl From<&Ended> for EndedView {
    fn from(ended: &Ended) -> Self {
        let Ended { ground, successors, effective, entry, .. } = ended;
        Self { ground: *ground, successors: successors.clone(), effective: *effective, entry: *entry }
    }
}

impl From<&Admission> for AdmissionView {
    fn from(admission: &Admission) -> Self {
        let Admission { role, by, entry, time } = admission;
        Self { role: *role, by: by.clone(), entry: *entry, time: time.to_string() }
    }
}

/// What the entries of an organisation are folded into. That of the operator begins with the log.
#[derive(Default)]
pub struct OrganisationFile(pub Option<Organisation>);

/// About what a key, a claim or an admission takes in the state.
const ITEM_BYTES: usize = 256;

impl Folding for OrganisationFile {
    fn take(&mut self, act: world::Act, place: &Place, law: Law<'_>) {
        if let world::Act::Organisation(act) = act {
            fold(&mut self.0, &act, place, law);
        }
    }

    fn bytes(&self) -> usize {
        let items = |state: &Organisation| {
            state.keys.len()
                + state.pending.len()
                + state.admissions.len()
                + state.registry.former_names.len()
                + state.registry.endings.len()
        };
        self.0.as_ref().map_or(0, items) * ITEM_BYTES
    }
}
