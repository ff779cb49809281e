//! Endpoints of pages and files. They have one type whatever they show: the compiler would look for each of them through all that
//! is awaited on its way.

use super::language::Language;
use super::query::PageQuery;
use super::refusal::Unshown;
use super::shell::Leaf;
use super::visit::{Views, Visit, answer};
use crate::http::{Problem, body};
use crate::problem;
use futures::FutureExt;
use futures::future::BoxFuture;
use poem::endpoint::BoxEndpoint;
use poem::http::Uri;
use poem::{EndpointExt, Request, Response};
use std::sync::Arc;

/// What a visit is given, or why not.
type Given<T> = BoxFuture<'static, Result<T, Unshown>>;

/// Gives a visit what it asks for, unless it asks by something else than what is known.
struct Giver<T> {
    query: PageQuery,
    give: Box<dyn Fn(Arc<Visit>) -> Given<T> + Send + Sync>,
}

impl<T> Giver<T> {
    fn new<F, S>(query: PageQuery, give: F) -> Arc<Self>
    where
        F: Fn(Arc<Visit>) -> S + Send + Sync + 'static,
        S: Future<Output = Result<T, Unshown>> + Send + 'static,
    {
        Arc::new(Self { query, give: Box::new(move |visit| give(visit).boxed()) })
    }

    async fn give(&self, visit: &Arc<Visit>) -> Result<T, Unshown> {
        self.query.check(visit)?;
        (self.give)(Arc::clone(visit)).await
    }
}

impl Giver<Leaf> {
    /// The page of a visit, or the page that says why there is none.
    async fn show(&self, visit: &Arc<Visit>) -> Response {
        let leaf = self.give(visit).await;
        answer(visit, &leaf.unwrap_or_else(|unshown| self.query.refused(visit, &unshown)))
    }
}

/// An endpoint that shows a page; what the API refuses, and what the page itself is not asked by, becomes a page that says so.
pub(super) fn page<F, S>(language: Language, views: &Arc<Views>, query: PageQuery, show: F) -> BoxEndpoint<'static>
where
    F: Fn(Arc<Visit>) -> S + Send + Sync + 'static,
    S: Future<Output = Result<Leaf, Unshown>> + Send + 'static,
{
    page_of(language, Arc::clone(views), Giver::new(query, show))
}

fn page_of(language: Language, views: Arc<Views>, giver: Arc<Giver<Leaf>>) -> BoxEndpoint<'static> {
    poem::endpoint::make(move |request: Request| {
        let (visit, giver) = (Arc::new(Visit::of(language, &views, &request)), Arc::clone(&giver));
        async move { giver.show(&visit).await }
    })
    .boxed()
}

/// An endpoint that gives a file; what is refused is told as the API tells it, for it is no reader with a browser who asks.
pub(super) fn file<F, S>(language: Language, views: &Arc<Views>, query: PageQuery, give: F) -> BoxEndpoint<'static>
where
    F: Fn(Arc<Visit>) -> S + Send + Sync + 'static,
    S: Future<Output = Result<Response, Unshown>> + Send + 'static,
{
    file_of(language, Arc::clone(views), Giver::new(query, give))
}

fn file_of(language: Language, views: Arc<Views>, giver: Arc<Giver<Response>>) -> BoxEndpoint<'static> {
    poem::endpoint::make(move |request: Request| {
        let (visit, giver) = (Arc::new(Visit::of(language, &views, &request)), Arc::clone(&giver));
        async move { giver.give(&visit).await.unwrap_or_else(Unshown::into_response) }
    })
    .boxed()
}

/// Bytes of a form: a few fields.
const FORM_BYTES_MAX: usize = 16 << 10;

/// An endpoint that takes a form, whose fields are asked for like parameters of the query, and shows a page.
pub(super) fn form<F, S>(language: Language, views: &Arc<Views>, query: PageQuery, show: F) -> BoxEndpoint<'static>
where
    F: Fn(Arc<Visit>) -> S + Send + Sync + 'static,
    S: Future<Output = Result<Leaf, Unshown>> + Send + 'static,
{
    form_of(language, Arc::clone(views), Giver::new(query, show))
}

fn form_of(language: Language, views: Arc<Views>, giver: Arc<Giver<Leaf>>) -> BoxEndpoint<'static> {
    poem::endpoint::make(move |request: Request| {
        let (views, giver) = (Arc::clone(&views), Arc::clone(&giver));
        async move {
            let (request, mut body) = request.split();
            let (bytes, _portion) = body::whole(&request, &mut body, FORM_BYTES_MAX, form_too_long).await?;
            let visit = Visit::of(language, &views, &request).and_asked(fields(&bytes));
            Ok::<_, poem::Error>(giver.show(&Arc::new(visit)).await)
        }
    })
    .boxed()
}

fn form_too_long() -> Problem {
    Problem::of(&problem::REQUEST_TOO_LARGE)
}

/// The fields of a form (`application/x-www-form-urlencoded`), which is written as a query is.
fn fields(body: &[u8]) -> Vec<(String, String)> {
    let query = std::str::from_utf8(body).ok().and_then(|body| format!("/?{body}").parse::<Uri>().ok());
    query.and_then(|uri| Request::builder().uri(uri).finish().params().ok()).unwrap_or_default()
}
