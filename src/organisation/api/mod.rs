//! Organisations over HTTP.

mod acts;

use super::projection::predecessors;
use super::view::{OrganisationFile, OrganisationView};
use super::{Organisation, OrganisationStatus, Registration, Role};
use crate::field::{Instant, OrganisationId};
use crate::http::{
    Cursor, DryRun, Endpoints, Posted, Problem, Signed, Typed, accept, counted_page, list_counts, page_limit,
    parameters, word,
};
use crate::law::Law;
use crate::ledger::{Folded, Ledger};
use crate::problem;
use crate::store::{CountedFilter, Direction, Filter, Listing, Row, StoreError, Value, newest_record};
use crate::world::Stream;
use acts::OrganisationActs;
use poem_openapi::param::{Path, Query};
use poem_openapi::{OpenApi, Tags};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A chapter of the API document.
#[derive(Tags)]
enum Tag {
    /// 主体与密钥: organisations and their keys.
    Organisations,
}

parameters! { OrganisationStatus, Role }

/// An organisation in a list.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct OrganisationSummary {
    pub id: String,
    /// As confirmed; empty while it is pending.
    pub name: String,
    pub status: OrganisationStatus,
    pub roles: Vec<Role>,
    /// When it was first confirmed; while it is pending, when it was first registered (UTC).
    pub since: Instant,
    /// Index of the newest record about its registration, roles and keys; of the operator, until there is one, of that which opened the
    /// log.
    pub last_entry: u64,
}

counted_page! {
    /// A page of organisations, those that were confirmed last first.
    OrganisationPage of OrganisationSummary
}

impl OrganisationSummary {
    fn of_row(row: &Row, now: Instant) -> Result<Self, StoreError> {
        let roles = row.text(4)?.split(',').filter(|role| !role.is_empty()).map(str::parse).collect::<Result<_, _>>();
        let roles = roles.map_err(|_| StoreError::Damaged("the roles of an organisation".to_owned()))?;
        let (id, name) = (row.text(1)?.to_owned(), row.text(2)?.to_owned());
        let status = match word(row, 3)? {
            OrganisationStatus::Suspended if row.integer(5)? <= now.millis() => OrganisationStatus::Confirmed,
            status => status,
        };
        let (since, last_entry) = (Instant::from_millis(row.integer(0)?), row.unsigned(6)?);
        Ok(Self { id, name, status, roles, since, last_entry })
    }
}

/// Those that have the status now; without one, all that somebody has confirmed: along an index, for the claims that strangers
/// make may be many, and are newer.
fn with_status(status: Option<OrganisationStatus>, now: Instant) -> Filter {
    let admitted = || Filter::default().along("admitted", Some(Value::Integer(1)));
    let along = |status: OrganisationStatus| Filter::default().along("status", Some(Value::from(status.name())));
    match status {
        None => admitted(),
        Some(OrganisationStatus::Confirmed) => {
            admitted().only("status <> 'ended'", true).at_most("suspended_until", Some(now.millis()))
        }
        Some(status @ OrganisationStatus::Suspended) => along(status).above("suspended_until", now.millis()),
        Some(status @ (OrganisationStatus::Pending | OrganisationStatus::Ended)) => along(status),
    }
}

/// Status and roles as the list has them now.
fn counted(status: Option<OrganisationStatus>, role: Option<String>, now: Instant) -> [CountedFilter; 2] {
    let column = (
        "CASE WHEN status = 'suspended' AND suspended_until <= ",
        Value::Integer(now.millis()),
        " THEN 'confirmed' ELSE status END",
    );
    let has_status = move |text: &str| match status {
        None => text != OrganisationStatus::Pending.name(),
        Some(status) => text == status.name(),
    };
    let has_role = move |text: &str| role.as_ref().is_none_or(|role| text.contains(role));
    [CountedFilter::by("status", column, has_status), CountedFilter::new("role", "roles", has_role)]
}

const ORGANISATIONS: Listing = Listing {
    table: "organisations",
    columns: concat!("since, id, name, status, roles, suspended_until, ", newest_record!("'organisation/' || id")),
    order: &["since", "id"],
    direction: Direction::NewestFirst,
};

pub struct OrganisationApi {
    ledger: Arc<Ledger>,
    files: Folded<OrganisationFile>,
}

impl Endpoints for super::Organisation {
    type Api = (OrganisationApi, OrganisationActs);

    fn api(ledger: Arc<Ledger>) -> Self::Api {
        (OrganisationApi { ledger: Arc::clone(&ledger), files: Folded::default() }, OrganisationActs(ledger))
    }
}

#[OpenApi(prefix_path = "/v1/organisations", tag = "Tag::Organisations")]
impl OrganisationApi {
    /// 主体登记: an organisation presents itself with a key, and signs with it.
    #[oai(path = "/", method = "post", operation_id = "registerOrganisation")]
    async fn register(
        &self,
        /// `1`: the record is judged as it would be now, and not written.
        dry_run: Query<Option<DryRun>>,
        #[oai(name = "x-jws-signature")] signed: Signed<Registration>,
    ) -> Result<Posted, Problem> {
        accept(&self.ledger, signed, dry_run.0, None).await
    }

    /// Organisations by role, status and name, those that were confirmed last first; those that nobody has confirmed only where they are asked for by their status.
    #[oai(path = "/", method = "get", operation_id = "listOrganisations")]
    async fn list(
        &self,
        role: Query<Option<Role>>,
        status: Query<Option<OrganisationStatus>>,
        /// Words in the name.
        q: Query<Option<String>>,
        /// With `true` the answer says how many items the list would have with each value of its filters.
        counts: Query<Option<bool>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
        #[oai(validator(minimum(value = "1"), maximum(value = "500")))] limit: Query<Option<u32>>,
    ) -> Result<Typed<OrganisationPage>, Problem> {
        let limit = page_limit(limit.0)?;
        let role = role.0.map(|role| format!(",{},", role.name()));
        let now = self.ledger.clock.now();
        let kept = Filter::default().contains("name_folded", q.0.as_deref());
        let counted = counted(status.0, role.clone(), now);
        let counts = list_counts(counts.0, &self.ledger.database, &ORGANISATIONS, &kept, &counted).await?;
        let filter = with_status(status.0, now);
        let filter = filter.contains("roles", role.as_deref()).contains("name_folded", q.0.as_deref());
        let after = Cursor::parse(after.0)?.map(Vec::from);
        let item = |row: &Row| OrganisationSummary::of_row(row, now);
        let page = filter.page(&self.ledger.database, &ORGANISATIONS, after, limit, item, Cursor::behind);
        let (items, next) = page.await?;
        Ok(Typed(OrganisationPage { items, next, counts }))
    }

    /// One organisation with its roles and keys.
    #[oai(path = "/:id", method = "get", operation_id = "getOrganisation")]
    async fn get(&self, id: Path<OrganisationId>) -> Result<Typed<OrganisationView>, Problem> {
        let log = self.ledger.identity();
        let begin = || OrganisationFile((log.operator == id.0).then(|| Organisation::operator(&log)));
        let now = self.ledger.clock.now();
        let succeeds = predecessors(&mut self.ledger.database.clone(), &id.0).await?;
        let view = |file: &OrganisationFile, _: Law<'_>| {
            file.0.as_ref().map(|organisation| OrganisationView::at(organisation, succeeds.clone(), now))
        };
        let view = self.files.show(&self.ledger, &Stream::of(&id.0), begin, view).await?.flatten();
        Ok(Typed(view.ok_or_else(|| Problem::of(&problem::ORGANISATION_UNKNOWN))?))
    }
}
