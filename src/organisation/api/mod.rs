//! Organisations over HTTP.

mod acts;

use super::{Admission, Key, Organisation, Registration, Role};
use crate::field::{Instant, OrganisationId};
use crate::http::{Endpoints, Posted, Problem, Signed, Typed, accept, asked, page_limit, parameters, shown};
use crate::ledger::Ledger;
use crate::organisation::projection::status_name;
use crate::problem;
use crate::record::Jwk;
use crate::store::{Direction, Filter, Listing, Row, StoreError};
use crate::world::Stream;
use acts::OrganisationActs;
use poem_openapi::param::{Path, Query};
use poem_openapi::{Object, OpenApi, Tags};
use serde::Serialize;
use std::sync::Arc;

/// A chapter of the API document.
#[derive(Tags)]
enum Tag {
    /// 主体与密钥: organisations and their keys.
    Organisations,
}

shown! { Role }

parameters! { Role }

/// An organisation (主体) at the present end of the log.
#[derive(Serialize, Object)]
pub struct OrganisationView {
    id: OrganisationId,
    /// As confirmed; absent while it is pending: anybody may claim to be called anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[oai(skip_serializing_if_is_none)]
    name: Option<String>,
    /// `pending`, `confirmed` or `suspended`.
    status: String,
    roles: Vec<Role>,
    /// Those that sign for it, then those that wait for confirmation.
    keys: Vec<KeyView>,
    /// The one key that may register under this code, where a supervisor cleared the claims for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[oai(skip_serializing_if_is_none)]
    awaited: Option<String>,
    /// Who admitted it to which role, oldest first; nobody where the log's first record did.
    admissions: Vec<AdmissionView>,
    /// Version of its stream.
    version: u64,
}

/// An admission to a role.
#[derive(Serialize, Object)]
pub struct AdmissionView {
    role: Role,
    /// The organisation that admitted.
    by: OrganisationId,
    /// Index of the entry.
    entry: u64,
    time: String,
}

/// A key of an organisation.
#[derive(Serialize, Object)]
pub struct KeyView {
    kid: String,
    key: Jwk,
    /// `confirmed` or `pending`.
    status: String,
    /// From when it is revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[oai(skip_serializing_if_is_none)]
    revoked_from: Option<String>,
    /// Of a pending one: what whoever registered it claims to be called. Nobody has looked at it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[oai(skip_serializing_if_is_none)]
    claimed_name: Option<String>,
    /// Of a pending one: when it can't be confirmed any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[oai(skip_serializing_if_is_none)]
    expires: Option<String>,
}

/// An organisation in a list.
#[derive(Serialize, Object)]
pub struct OrganisationSummary {
    id: String,
    /// As confirmed; empty while it is pending.
    name: String,
    status: String,
    roles: Vec<String>,
}

/// A page of organisations, ordered by id.
#[derive(Serialize, Object)]
pub struct OrganisationPage {
    items: Vec<OrganisationSummary>,
    /// Pass as `after` to go on; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[oai(skip_serializing_if_is_none)]
    next: Option<String>,
}

impl OrganisationView {
    fn at(organisation: &Organisation, now: Instant) -> Self {
        let confirmed = organisation.keys.iter().map(|key: &Key| KeyView {
            kid: key.kid.to_string(),
            key: key.public.to_jwk(),
            status: "confirmed".to_owned(),
            revoked_from: key.revoked_from.map(|from| from.to_string()),
            claimed_name: None,
            expires: None,
        });
        let pending = organisation.claims(now).map(|pending| KeyView {
            kid: pending.kid.to_string(),
            key: pending.public.to_jwk(),
            status: "pending".to_owned(),
            revoked_from: None,
            claimed_name: Some(pending.name.to_string()),
            expires: Some(pending.expires().to_string()),
        });
        Self {
            id: organisation.id.clone(),
            name: organisation.is_confirmed().then(|| organisation.name.to_string()),
            status: status_name(organisation.status).to_owned(),
            roles: organisation.roles.iter().collect(),
            keys: confirmed.chain(pending).collect(),
            awaited: organisation.awaited.map(|kid| kid.to_string()),
            admissions: organisation.admissions.iter().map(AdmissionView::from).collect(),
            version: organisation.version,
        }
    }
}

impl From<&Admission> for AdmissionView {
    fn from(admission: &Admission) -> Self {
        let Admission { role, by, entry, time } = admission;
        Self { role: *role, by: by.clone(), entry: *entry, time: time.to_string() }
    }
}

impl OrganisationSummary {
    fn of_row(row: &Row) -> Result<Self, StoreError> {
        let roles = row.text(3)?.split(',').filter(|role| !role.is_empty()).map(str::to_owned).collect();
        let (id, name) = (row.text(0)?.to_owned(), row.text(1)?.to_owned());
        Ok(Self { id, name, status: row.text(2)?.to_owned(), roles })
    }
}

const ORGANISATIONS: Listing = Listing {
    table: "organisations",
    columns: "id, name, status, roles",
    order: &["id"],
    direction: Direction::OldestFirst,
};

pub struct OrganisationApi(Arc<Ledger>);

impl Endpoints for super::Organisation {
    type Api = (OrganisationApi, OrganisationActs);

    fn api(ledger: Arc<Ledger>) -> Self::Api {
        (OrganisationApi(Arc::clone(&ledger)), OrganisationActs(ledger))
    }
}

#[OpenApi(prefix_path = "/v1/organisations", tag = "Tag::Organisations")]
impl OrganisationApi {
    /// 主体登记: an organisation presents itself with a key, and signs with it.
    #[oai(path = "/", method = "post", operation_id = "registerOrganisation")]
    async fn register(&self, #[oai(name = "x-jws-signature")] signed: Signed<Registration>) -> Result<Posted, Problem> {
        accept(&self.0, signed.admitted, None).await
    }

    /// Organisations by role, status and name; those that nobody has confirmed only where they are asked for by their status.
    #[oai(path = "/", method = "get", operation_id = "listOrganisations")]
    async fn list(
        &self,
        role: Query<Option<Role>>,
        /// `pending`, `confirmed` or `suspended`.
        status: Query<Option<String>>,
        /// Words in the name.
        q: Query<Option<String>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
        #[oai(validator(minimum(value = "1"), maximum(value = "500")))] limit: Query<Option<u32>>,
    ) -> Result<Typed<OrganisationPage>, Problem> {
        let limit = page_limit(limit.0)?;
        let role = role.0.map(|role| format!(",{},", role.name()));
        let filter = Filter::default()
            .only("status <> 'pending'", status.0.is_none())
            .along("status", asked(status.0))
            .like("roles", role.as_deref(), true)
            .like("name", q.0.as_deref().filter(|q| !q.contains('\0')), true);
        let (after, id) = (asked(after.0).map(|id| vec![id]), |row: &Row| Ok(row.text(0)?.to_owned()));
        let page = filter.page(&self.0.database, &ORGANISATIONS, after, limit, OrganisationSummary::of_row, id);
        let (items, next) = page.await?;
        Ok(Typed(OrganisationPage { items, next }))
    }

    /// One organisation with its roles and keys.
    #[oai(path = "/:id", method = "get", operation_id = "getOrganisation")]
    async fn get(&self, id: Path<OrganisationId>) -> Result<Typed<OrganisationView>, Problem> {
        let world = self.0.states(&[Stream::of(&id.0)]).await?;
        let organisation = world.get::<Organisation>(&id.0);
        let organisation = organisation.ok_or_else(|| Problem::of(&problem::ORGANISATION_UNKNOWN))?;
        Ok(Typed(OrganisationView::at(organisation, self.0.clock.now())))
    }
}
