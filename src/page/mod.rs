//! 网页: the public page, for readers with a browser. Chinese stands under `/zh`, English under `/en`.
//!
//! A page reads what the API answers ([`visit::Visit::view`]) and shows it: no page reads the database, decides, or counts.
//! Each page is one file with `show`, and one line in [`in_language`].

mod accessibility;
mod assets;
mod commitment;
mod component;
mod crawlers;
mod deposit;
mod endpoint;
mod evaluation;
mod evidence;
mod foreign;
mod home;
mod language;
mod law;
mod list;
mod log;
mod members;
mod money;
mod organisation;
mod printed;
mod query;
mod record;
mod refusal;
mod samples;
mod search;
mod shell;
mod statistics;
mod story;
mod subscription;
mod tender;
mod text;
mod verification;
pub mod verify;
mod visit;
mod words;

use endpoint::{file, form, page};
use language::Language;
use list::{COMMITMENTS, DEPOSITS, DOCUMENTS, EVALUATIONS, LOTS, OBJECTIONS, ORGANISATIONS, TENDERS};
use poem::error::NotFoundError;
use poem::http::{Method, header};
use poem::web::Redirect;
use poem::{Endpoint, EndpointExt, IntoResponse, Request, Response, Route, get};
use query::PageQuery;
use refusal::Unshown;
use std::sync::Arc;
use text::words;
use visit::{Views, Visit, answer};

/// What the pages are sorted into; each has its list at its address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Section {
    Tenders,
    Lots,
    Objections,
    Organisations,
    Commitments,
    Evaluations,
    Deposits,
    Documents,
    Statistics,
    Law,
    Log,
}

words! {
    Section {
        Tenders "项目" "Tenders"
        Lots "标段与中标" "Lots and awards"
        Objections "异议" "Objections"
        Organisations "主体" "Organisations"
        Commitments "双承诺" "Commitments"
        Evaluations "双评价" "Evaluations"
        Deposits "保证金" "Deposits"
        Documents "文件" "Documents"
        Statistics "统计" "Statistics"
        Law "规则与法律" "Rules and law"
        Log "日志与核验" "The log"
    }
}

impl Section {
    fn path(self) -> &'static str {
        match self {
            Self::Tenders => "/tenders",
            Self::Lots => "/lots",
            Self::Objections => "/objections",
            Self::Organisations => "/organisations",
            Self::Commitments => "/commitments",
            Self::Evaluations => "/evaluations",
            Self::Deposits => "/deposits",
            Self::Documents => "/documents",
            Self::Statistics => "/statistics",
            Self::Law => "/law",
            Self::Log => "/log",
        }
    }
}

/// All pages in both languages, and what they load.
pub fn pages(api: Arc<impl Endpoint<Output = Response> + 'static>) -> Route {
    let views: Arc<Views> = Arc::new(Views::of(api));
    Route::new()
        .nest(assets::ASSETS, assets::routes())
        .at("/robots.txt", get(file(Language::Chinese, &views, PageQuery::none(), crawlers::robots)))
        .at("/sitemap.xml", get(file(Language::Chinese, &views, PageQuery::none(), crawlers::sitemap)))
        .nest("/zh", in_language(Language::Chinese, &views))
        .nest("/en", in_language(Language::English, &views))
}

/// The lists, each with its files.
fn lists(language: Language, views: &Arc<Views>) -> Route {
    let route = TENDERS.mounted(Route::new(), language, views);
    let route = LOTS.mounted(route, language, views);
    let route = OBJECTIONS.mounted(route, language, views);
    let route = ORGANISATIONS.mounted(route, language, views);
    let route = COMMITMENTS.mounted(route, language, views);
    let route = EVALUATIONS.mounted(route, language, views);
    let route = DEPOSITS.mounted(route, language, views);
    DOCUMENTS.mounted(route, language, views)
}

/// What people come to by the link in a message, each a page with a button.
fn subscriptions(route: Route, language: Language, views: &Arc<Views>) -> Route {
    let filter = || PageQuery::of(search::names().chain([subscription::ADDRESS]));
    let token = || PageQuery::of([subscription::TOKEN]);
    route
        .at(
            "/subscriptions",
            get(page(language, views, filter(), subscription::offer)).post(form(
                language,
                views,
                filter(),
                subscription::subscribe,
            )),
        )
        .at("/subscription", get(page(language, views, token(), subscription::show)))
        .at(
            "/subscription/confirm",
            get(page(language, views, token(), subscription::ask_to_confirm)).post(form(
                language,
                views,
                token(),
                subscription::confirm,
            )),
        )
        .at(
            "/subscription/stop",
            get(page(language, views, token(), subscription::show)).post(form(
                language,
                views,
                token(),
                subscription::stop,
            )),
        )
}

/// Every page, in one language.
fn in_language(language: Language, views: &Arc<Views>) -> impl Endpoint<Output = Response> + use<> {
    let visitors = Arc::clone(views);
    let none = PageQuery::none;
    subscriptions(lists(language, views), language, views)
        .at("/", get(page(language, views, none(), home::show)))
        .at("/search", get(page(language, views, search::query(), search::show)))
        .at("/tenders/:code", get(page(language, views, none(), tender::show)))
        .at("/organisations/:id", get(page(language, views, none(), organisation::show)))
        .at("/commitments/:id", get(page(language, views, none(), commitment::show)))
        .at("/deposits/:payee/:id", get(page(language, views, none(), deposit::show)))
        .at("/evaluations/:id", get(page(language, views, none(), evaluation::show)))
        .at("/statistics", get(page(language, views, statistics::query(), statistics::show)))
        .at("/law", get(page(language, views, none(), law::show)))
        .at("/law/:edition", get(page(language, views, none(), law::edition)))
        .at("/log", get(page(language, views, none(), log::show)))
        .at("/records/:index", get(page(language, views, none(), record::show)))
        .at("/about/verify", get(page(language, views, none(), verification::show)))
        .at("/about/accessibility", get(page(language, views, none(), accessibility::show)))
        .at("/about/components", get(page(language, views, none(), samples::show)))
        .map_to_response()
        .around(move |pages, request| {
            let visit = Visit::of(language, &visitors, &request);
            async move {
                match pages.call(request).await {
                    Err(error) if error.is::<NotFoundError>() => Ok(nowhere(&visit)),
                    answer => answer,
                }
            }
        })
}

/// Where there is no page: said on one, but to who asked for a file.
fn nowhere(visit: &Visit) -> Response {
    let is_file = list::ENDINGS.iter().any(|ending| visit.address.path().ends_with(ending));
    let unshown = Unshown::not_found();
    if is_file { unshown.into_response() } else { answer(visit, &unshown.leaf(visit)) }
}

/// Sends who comes to `/` on, in Chinese whoever does not say that English is read more gladly. It stands before the routes: the
/// API, nested at the root, would answer there.
pub async fn behind_front_door<E: Endpoint<Output = Response>>(
    routes: Arc<E>,
    request: Request,
) -> poem::Result<Response> {
    if request.uri().path() != "/" || !matches!(*request.method(), Method::GET | Method::HEAD) {
        return routes.call(request).await;
    }
    let place = format!("/{}/", Language::wished(request.headers()).prefix());
    Ok(Redirect::see_other(place).with_header(header::VARY, "Accept-Language").into_response())
}
