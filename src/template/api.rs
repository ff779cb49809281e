//! Templates over HTTP.

use super::{Act, Publication, PurchaseKind, models};
use crate::field::TemplateId;
use crate::http::{DryRun, Endpoints, Posted, Problem, Signed, Typed, accept, asked, page_limit, parameters, word};
use crate::ledger::Ledger;
use crate::problem;
use crate::store::{Direction, Filter, Listing, Row, StoreError, Value};
use crate::world::{self, Stream};
use poem_openapi::param::{Path, Query};
use poem_openapi::{OpenApi, Tags};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A chapter of the API document.
#[derive(Tags)]
enum Tag {
    /// 承诺书范本: the texts of commitments.
    Templates,
}

parameters! { PurchaseKind }

/// A template in a list.
#[derive(Serialize, JsonSchema)]
pub struct TemplateSummary {
    id: String,
    /// Chinese title of the latest version.
    title: String,
    scope: PurchaseKind,
    /// The latest version.
    version: u64,
    /// Hash of the entry that published it.
    entry: String,
}

/// A page of templates, ordered by id.
#[derive(Serialize, JsonSchema)]
pub struct TemplatePage {
    items: Vec<TemplateSummary>,
    /// Pass as `after` to go on; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// One version of a template (承诺书范本), as it was signed.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct TemplateView {
    pub id: TemplateId,
    pub version: u64,
    /// The latest version there is.
    pub latest: u64,
    /// Hash of the entry that published this version: what an offer cites.
    pub entry: String,
    pub index: u64,
    pub time: String,
    pub author: String,
    pub text: Publication,
}

/// A model text: not signed by anybody yet.
#[derive(Serialize, JsonSchema)]
pub struct ModelView {
    /// Also the template id that it is meant for.
    name: String,
    text: Publication,
}

/// The model texts that come with the program.
#[derive(Serialize, JsonSchema)]
pub struct ModelList {
    items: Vec<ModelView>,
}

impl TemplateSummary {
    fn of_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.text(0)?.to_owned(),
            title: row.text(1)?.to_owned(),
            scope: word(row, 2)?,
            version: row.unsigned(3)?,
            entry: row.text(4)?.to_owned(),
        })
    }
}

const TEMPLATES: Listing = Listing {
    table: "templates",
    columns: "id, title, scope, version, entry",
    order: &["id"],
    direction: Direction::OldestFirst,
};

pub struct TemplateApi(Arc<Ledger>);

impl Endpoints for super::Template {
    type Api = TemplateApi;

    fn api(ledger: Arc<Ledger>) -> TemplateApi {
        TemplateApi(ledger)
    }
}

impl TemplateApi {
    async fn find(&self, id: TemplateId, version: Option<u64>) -> Result<Typed<TemplateView>, Problem> {
        let stream = Stream::of(&id);
        let latest = self.0.version(&stream).await?;
        let entry = match version.unwrap_or(latest).checked_sub(1).filter(|before| *before < latest) {
            Some(before) => self.0.stream(&stream, before, 1).await?.pop(),
            None => None,
        };
        match entry.map(|entry| (entry.place, entry.act)) {
            Some((place, world::Act::Template(Act::Published(text)))) => Ok(Typed(TemplateView {
                id,
                version: place.version,
                latest,
                entry: place.hash.to_string(),
                index: place.index,
                time: place.time.to_string(),
                author: place.author.to_string(),
                text: *text,
            })),
            _ => Err(Problem::of(&problem::TEMPLATE_UNKNOWN)),
        }
    }
}

#[OpenApi(prefix_path = "/v1", tag = "Tag::Templates")]
impl TemplateApi {
    /// 发布承诺书范本: a supervisor publishes a version. The id is that of the signed `sub`.
    #[oai(path = "/templates", method = "post", operation_id = "publishTemplate")]
    async fn publish(
        &self,
        /// `1`: the record is judged as it would be now, and not written.
        dry_run: Query<Option<DryRun>>,
        #[oai(name = "x-jws-signature")] signed: Signed<Publication>,
    ) -> Result<Posted, Problem> {
        accept(&self.0, signed, dry_run.0, None).await
    }

    /// Templates by scope.
    #[oai(path = "/templates", method = "get", operation_id = "listTemplates")]
    async fn list(
        &self,
        scope: Query<Option<PurchaseKind>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
        #[oai(validator(minimum(value = "1"), maximum(value = "500")))] limit: Query<Option<u32>>,
    ) -> Result<Typed<TemplatePage>, Problem> {
        let limit = page_limit(limit.0)?;
        let scope = scope.0.map(|scope| Value::from(scope.name()));
        let filter = Filter::default().equals("scope", scope);
        let (after, id) = (asked(after.0).map(|id| vec![id]), |row: &Row| Ok(row.text(0)?.to_owned()));
        let page = filter.page(&self.0.database, &TEMPLATES, after, limit, TemplateSummary::of_row, id);
        let (items, next) = page.await?;
        Ok(Typed(TemplatePage { items, next }))
    }

    /// 范文: model texts that come with the program, for a supervisor to publish as they are or changed.
    #[oai(path = "/template-models", method = "get", operation_id = "listTemplateModels")]
    async fn list_models(&self) -> Typed<ModelList> {
        let view = |model: super::Model| ModelView { name: model.name.to_owned(), text: model.publication() };
        Typed(ModelList { items: models().map(view).into() })
    }

    /// The latest version of a template.
    #[oai(path = "/templates/:id", method = "get", operation_id = "getTemplate")]
    async fn get(&self, id: Path<TemplateId>) -> Result<Typed<TemplateView>, Problem> {
        self.find(id.0, None).await
    }

    /// One version of a template.
    #[oai(path = "/templates/:id/versions/:version", method = "get", operation_id = "getTemplateVersion")]
    async fn get_version(&self, id: Path<TemplateId>, version: Path<u32>) -> Result<Typed<TemplateView>, Problem> {
        self.find(id.0, Some(version.0.into())).await
    }
}
