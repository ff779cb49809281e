//! A visit to a page: its address and language, and the views of the API that it reads, asked within this process.

use super::language::Language;
use super::refusal::Unshown;
use super::shell::{self, Leaf};
use super::text::{Say, filled};
use crate::field::OrganisationId;
use crate::http::{ListCounts, Site, encoded};
use bytes::Bytes;
use futures::future::join_all;
use poem::endpoint::BoxEndpoint;
use poem::http::{Extensions, Method, StatusCode, Uri, header};
use poem::{Endpoint, EndpointExt, Request, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// A page has styles of this place and sends its forms to it; no script, and nothing from elsewhere.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
/// A page with a script runs what this place serves, which asks this place.
const SCRIPTED_POLICY: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; \
                               base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Organisations that a page calls by their names: each is read by itself. All others stand by their codes.
const NAMES_MAX: usize = 40;

/// The reading side of the API.
pub(super) struct Views(BoxEndpoint<'static, Response>);

impl Views {
    pub(super) fn of(api: Arc<impl Endpoint<Output = Response> + 'static>) -> Self {
        Self(api.boxed())
    }
}

/// One visit.
pub(super) struct Visit {
    pub language: Language,
    /// The address, with the prefix of the language.
    pub address: Uri,
    /// Where it is, as the visitor calls it.
    pub site: Site,
    /// The variable parts of the address.
    parameters: Vec<String>,
    /// The query, decoded, without what WeChat wrote behind it.
    query: Vec<(String, String)>,
    /// What the service knows of the visitor and lends to endpoints: the API is asked as the visitor would ask it.
    lent: Extensions,
    views: Arc<Views>,
}

/// A page of a list of the API.
#[derive(Deserialize)]
pub(super) struct Items<T> {
    pub items: Vec<T>,
    /// Where the next page begins.
    pub next: Option<String>,
    /// How many there would be with each value of a filter, where that was asked for.
    pub counts: Option<ListCounts>,
}

/// What organisations are called.
#[derive(Default)]
pub(super) struct Names(HashMap<String, String>);

impl Names {
    pub(super) fn get(&self, id: &str) -> Option<&str> {
        self.0.get(id).map(String::as_str)
    }

    /// With what records call those whom the registry doesn't have.
    pub(super) fn or_as_named<'a>(mut self, named: impl Iterator<Item = &'a (String, String)>) -> Self {
        for (id, name) in named {
            self.0.entry(id.clone()).or_insert_with(|| name.clone());
        }
        self
    }
}

/// Whether WeChat (微信) wrote a parameter behind an address that was shared in it; `from` may be a question of ours, too.
fn is_added_by_wechat(name: &str, value: &str) -> bool {
    match name {
        "from" => ["singlemessage", "groupmessage", "timeline"].contains(&value),
        _ => ["isappinstalled", "nsukey"].contains(&name),
    }
}

/// What a page is asked by.
fn query_of(request: &Request) -> Vec<(String, String)> {
    let mut query: Vec<(String, String)> = request.params().unwrap_or_default();
    query.retain(|(name, value)| !is_added_by_wechat(name, value));
    query
}

impl Visit {
    /// As if the visit had been asked by these, too.
    pub(super) fn and_asked(mut self, fields: Vec<(String, String)>) -> Self {
        self.query.extend(fields);
        self
    }

    pub(super) fn of(language: Language, views: &Arc<Views>, request: &Request) -> Self {
        Self {
            language,
            address: request.original_uri().clone(),
            site: Site::of(request.headers()),
            parameters: request.path_params().unwrap_or_default(),
            query: query_of(request),
            lent: request.extensions().clone(),
            views: Arc::clone(views),
        }
    }

    /// The variable part of the address; no view is at the empty one.
    pub(super) fn parameter(&self) -> &str {
        self.parameters.first().map(String::as_str).unwrap_or_default()
    }

    /// The variable parts of an address that has two.
    pub(super) fn two_parameters(&self) -> Option<(&str, &str)> {
        let [first, second] = self.parameters.as_slice() else { return None };
        Some((first, second))
    }

    /// A parameter of the query; one that was left empty in a form asks for nothing.
    pub(super) fn asked(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(asked, _)| asked == name)?;
        Some(found.1.trim()).filter(|value| !value.is_empty())
    }

    /// The names of all parameters, as often as they stand there.
    pub(super) fn names_asked(&self) -> impl Iterator<Item = &str> {
        self.query.iter().map(|(name, _)| name.as_str())
    }

    pub(super) fn say(&self, text: impl Say) -> &'static str {
        text.say(self.language)
    }

    /// A text with its values put in.
    pub(super) fn tell(&self, text: impl Say, values: &[(&str, &str)]) -> String {
        filled(self.say(text), values)
    }

    /// The one that is in the language of the page.
    pub(super) fn either<'a>(&self, zh: &'a str, en: &'a str) -> &'a str {
        self.language.choose(zh, en)
    }

    /// What a record of this kind says.
    pub(super) fn kind<'a>(&self, kind: &'a str) -> &'a str {
        crate::world::kind_words(kind).map_or(kind, |(zh, en)| self.language.choose(zh, en))
    }

    /// The address of a page in this language; `path` begins with a slash and is encoded already.
    pub(super) fn at(&self, path: &str) -> String {
        format!("/{}{path}", self.language.prefix())
    }

    /// The page of a tender.
    pub(super) fn tender(&self, code: &str) -> String {
        self.at(&format!("/tenders/{}", encoded(code)))
    }

    /// The page of an organisation.
    pub(super) fn organisation(&self, id: &str) -> String {
        self.at(&format!("/organisations/{}", encoded(id)))
    }

    /// The page of a commitment.
    pub(super) fn commitment(&self, id: &str) -> String {
        self.at(&format!("/commitments/{}", encoded(id)))
    }

    /// The page of a deposit.
    pub(super) fn deposit(&self, payee: &str, id: &str) -> String {
        self.at(&format!("/deposits/{}/{}", encoded(payee), encoded(id)))
    }

    /// What `GET` of this address of the API answers. `path` is encoded already.
    pub(super) async fn view<T: DeserializeOwned>(&self, path: &str) -> Result<T, Unshown> {
        parsed(path, &self.one(path).await?)
    }

    /// Every parameter that was not left empty.
    pub(super) fn all_asked(&self) -> impl Iterator<Item = (&str, &str)> {
        self.query.iter().map(|(name, value)| (name.as_str(), value.trim())).filter(|(_, value)| !value.is_empty())
    }

    /// What `POST` to this address of the API answers, with a body in JSON where there is one.
    pub(super) async fn post<T: DeserializeOwned>(&self, path: &str, body: Option<&Value>) -> Result<T, Unshown> {
        parsed(path, &self.posted(path, body).await?)
    }

    /// `POST` without a body to an address of the API that answers nothing.
    pub(super) async fn done(&self, path: &str) -> Result<(), Unshown> {
        self.posted(path, None).await.map(drop)
    }

    async fn posted(&self, path: &str, body: Option<&Value>) -> Result<Bytes, Unshown> {
        let address: Uri = path.parse().map_err(|_| Unshown::not_found())?;
        let request = Request::builder().method(Method::POST).uri(address);
        let request = match body {
            Some(body) => request.content_type("application/json").body(body.to_string()),
            None => request.finish(),
        };
        self.answered(request).await
    }

    /// What is found under an address whose query is the visitor's.
    pub(super) async fn found<T: DeserializeOwned>(&self, path: &str) -> Result<T, Unshown> {
        parsed(path, &self.answer(path).await?)
    }

    /// The same with one list taken out, because the page reads that elsewhere.
    pub(super) async fn view_without<T: DeserializeOwned>(&self, path: &str, list: &str) -> Result<T, Unshown> {
        let mut answer = tree(&self.one(path).await?)?;
        if let Some(list) = answer.get_mut(list) {
            *list = Value::Array(Vec::new());
        }
        parsed(path, answer.to_string().as_bytes())
    }

    /// What `GET` of a list of the API answers.
    pub(super) async fn items<T: DeserializeOwned>(&self, path: &str) -> Result<Items<T>, Unshown> {
        self.found(path).await
    }

    /// The names of organisations, as far as the registry has them.
    pub(super) async fn names<'a>(&self, ids: impl Iterator<Item = &'a str>) -> Names {
        let ids: BTreeSet<&str> = ids.filter(|id| id.parse::<OrganisationId>().is_ok()).collect();
        let name = |id: &'a str| async move {
            let organisation = self.answer(&format!("/v1/organisations/{}", encoded(id))).await.ok()?;
            let organisation = tree(&organisation).ok()?;
            Some((id.to_owned(), organisation.get("name")?.as_str()?.to_owned()))
        };
        Names(join_all(ids.into_iter().take(NAMES_MAX).map(name)).await.into_iter().flatten().collect())
    }

    /// One thing; what is no code of such a thing names nothing.
    pub(super) async fn one(&self, path: &str) -> Result<Bytes, Unshown> {
        let answer = self.answer(path).await;
        answer.map_err(|unshown| if unshown.is_of_the_question() { Unshown::not_found() } else { unshown })
    }

    /// What `GET` of any address of the API answers.
    pub(super) async fn answer(&self, path: &str) -> Result<Bytes, Unshown> {
        let address: Uri = path.parse().map_err(|_| Unshown::not_found())?;
        self.answered(Request::builder().uri(address).finish()).await
    }

    async fn answered(&self, mut request: Request) -> Result<Bytes, Unshown> {
        *request.extensions_mut() = self.lent.clone();
        let answer = self.views.0.get_response(request).await;
        let status = answer.status();
        let body = answer.into_body().into_bytes().await.map_err(|_| Unshown::internal())?;
        match status {
            StatusCode::OK | StatusCode::ACCEPTED | StatusCode::NO_CONTENT => Ok(body),
            status => Err(Unshown::of_answer(status, &body)),
        }
    }
}

/// An answer of the API as what it is: read by the reader of payloads, which some of our types need, and which is strict.
pub(super) fn parsed<T: DeserializeOwned>(path: &str, answer: &[u8]) -> Result<T, Unshown> {
    crate::field::parse(answer).map_err(|failure| {
        tracing::error!(path, ?failure, "a page can't read what the API answers");
        Unshown::internal()
    })
}

/// An answer of the API of which a part is taken out before it is read.
pub(super) fn tree(answer: &[u8]) -> Result<Value, Unshown> {
    serde_json::from_slice(answer).map_err(|_| Unshown::internal())
}

/// What a visitor is answered.
pub(super) fn answer(visit: &Visit, leaf: &Leaf) -> Response {
    Response::builder()
        .status(leaf.status)
        .content_type("text/html; charset=utf-8")
        .header(header::CONTENT_LANGUAGE, visit.language.tag())
        .header(header::CONTENT_SECURITY_POLICY, if leaf.script.is_some() { SCRIPTED_POLICY } else { POLICY })
        .body(shell::around(visit, leaf).into_string())
}
