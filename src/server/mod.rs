//! Everything put together: the routes of all capabilities and of what they share, listening and stopping.

mod described;
mod document;

use crate::bundling::{BundleApi, Workshop};
use crate::fairness::FairnessApi;
use crate::http::body::Budget;
use crate::http::connection::{self, Doors};
use crate::http::{
    AttachmentApi, Coding, DisclosureApi, DocumentApi, Endpoints, Followers, Gate, Limits, LogApi, News, Problem,
    RecordApi, RecordRate, TrustedProxies, UncitedApi, feed, health, log, problems,
};
use crate::ledger::Ledger;
use crate::page;
use crate::problem;
use crate::sandbox::Sandbox;
use crate::search::SearchApi;
use crate::statistics::StatisticsApi;
use crate::subscription::{SubscriptionApi, Subscriptions};
use crate::world::capabilities;
use described::Described;
use poem::middleware::CatchPanic;
use poem::{Endpoint, EndpointExt, IntoEndpoint, IntoResponse, Route, get};
use poem_openapi::{LicenseObject, OpenApiService, ServerObject};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::net::TcpListener;

/// A bound server that does not serve yet.
pub struct Server {
    ledger: Arc<Ledger>,
    limits: Limits,
    listener: TcpListener,
    address: SocketAddr,
    doors: Doors,
    subscriptions: Arc<Subscriptions>,
    /// On whose file system bundles are kept.
    bundles: PathBuf,
    sandbox: Option<Arc<Sandbox>>,
}

macro_rules! serve {
    ($($name:ident: $state:ty,)*) => {
        type Capabilities = ($(<$state as Endpoints>::Api,)*);

        fn capabilities(ledger: &Arc<Ledger>) -> Capabilities {
            ($(<$state as Endpoints>::api(Arc::clone(ledger)),)*)
        }
    };
}

capabilities!(serve);

type Api = (
    Capabilities,
    FairnessApi,
    RecordApi,
    LogApi,
    DocumentApi,
    AttachmentApi,
    DisclosureApi,
    UncitedApi,
    SearchApi,
    StatisticsApi,
    SubscriptionApi,
    BundleApi,
);

fn api(ledger: &Arc<Ledger>, subscriptions: Arc<Subscriptions>, bundles: PathBuf, limits: Limits) -> Api {
    (
        capabilities(ledger),
        FairnessApi(Arc::clone(ledger)),
        RecordApi(Arc::clone(ledger)),
        LogApi(Arc::clone(ledger)),
        DocumentApi { ledger: Arc::clone(ledger), limits },
        AttachmentApi(Arc::clone(ledger)),
        DisclosureApi { ledger: Arc::clone(ledger), limits },
        UncitedApi { ledger: Arc::clone(ledger), limits },
        SearchApi(Arc::clone(ledger)),
        StatisticsApi::new(Arc::clone(ledger)),
        SubscriptionApi::new(subscriptions, &limits),
        BundleApi(Workshop::new(Arc::clone(ledger), bundles)),
    )
}

fn service(api: Api) -> OpenApiService<Api, ()> {
    // Generators make names of packages from the title, so it is in Latin letters.
    OpenApiService::new(api, "gongshi", env!("CARGO_PKG_VERSION"))
        .description(include_str!("api.md"))
        .license(LicenseObject::new("Apache-2.0").identifier("Apache-2.0"))
        .server(ServerObject::new("/").description("The service that this document was read from."))
}

/// The API document in YAML.
pub fn openapi_yaml(ledger: &Arc<Ledger>) -> &'static str {
    let api = api(ledger, Subscriptions::none(Arc::clone(ledger)), std::env::temp_dir(), Limits::default());
    Described::of(&service(api)).document.yaml()
}

fn routes(
    ledger: &Arc<Ledger>,
    subscriptions: Arc<Subscriptions>,
    bundles: PathBuf,
    limits: Limits,
    doors: &Doors,
) -> impl Endpoint<Output = poem::Response> + 'static {
    let service = service(api(ledger, subscriptions, bundles, limits));
    let Described { document, console, allowed, parameters } = Described::of(&service);
    let gate = Gate::new(Arc::clone(&ledger.metrics), &limits, allowed, parameters, Arc::clone(&doors.proxies));
    let service = Arc::new(service.into_endpoint());
    // What a page asks does not come through the gate, which would say why something is refused.
    let views = Arc::clone(&service).around(move |service, request| async move {
        let (method, uri) = (request.method().clone(), request.uri().clone());
        let answer = service.call(request).await;
        Ok(answer.unwrap_or_else(|error| parameters.refused(error, &method, uri.path())))
    });
    page::pages(Arc::new(views))
        .at("/livez", get(health::livez))
        .at("/readyz", get(health::readyz))
        .at("/metrics", get(health::metrics))
        .at("/problems", get(problems::list_problems))
        .at("/problems/:code", get(problems::explain_problem))
        .at("/log/checkpoint", get(log::serve_checkpoint))
        .at("/log/witnessed-checkpoint", get(log::serve_witnessed_checkpoint))
        .at("/log/tile/*path", get(log::serve_tile))
        .at("/log/law/:name", get(log::serve_law))
        .at("/v1/records.ndjson", get(feed::ndjson))
        .at("/v1/records.sse", get(feed::events))
        .at("/openapi.yaml", document::serve("application/yaml", || document.yaml()))
        .at("/openapi.json", document::serve("application/json", || &document.json))
        .nest("/api", Route::new().at("/", get(poem::endpoint::make_sync(move |_| console.clone()))))
        .nest("/", service)
        .around(page::behind_front_door)
        .with(CatchPanic::new().with_handler(|_| Problem::of(&problem::INTERNAL).into_response()))
        .with(Coding)
        .with(gate)
        .data(Arc::clone(ledger))
        .data(Arc::new(RecordRate::new(&limits)))
        .data(Arc::new(Budget::default()))
        .data(Followers::of(doors.room))
        .data(Arc::new(News::of(ledger)))
        .map_to_response()
}

impl Server {
    /// Binds the address; port 0 takes a free one.
    ///
    /// # Errors
    /// The address can't be bound.
    pub async fn bind(ledger: Arc<Ledger>, listen: SocketAddr, limits: Limits) -> std::io::Result<Self> {
        let listener = TcpListener::bind(listen).await?;
        let address = listener.local_addr()?;
        let subscriptions = Subscriptions::none(Arc::clone(&ledger));
        let (doors, bundles) = (Doors::wide(), std::env::temp_dir());
        Ok(Self { ledger, limits, listener, address, doors, subscriptions, bundles, sandbox: None })
    }

    /// Believes these proxies when they say who asked.
    #[must_use]
    pub fn behind(mut self, proxies: TrustedProxies) -> Self {
        self.doors.proxies = Arc::new(proxies);
        self
    }

    /// With subscriptions that are sent.
    #[must_use]
    pub fn telling(mut self, subscriptions: Arc<Subscriptions>) -> Self {
        self.subscriptions = subscriptions;
        self
    }

    /// Keeps bundles on the file system of this folder, instead of that of temporary files, which may be memory.
    #[must_use]
    pub fn keeping_bundles_in(mut self, folder: PathBuf) -> Self {
        self.bundles = folder;
        self
    }

    /// With the console of a sandbox beside the log, where it is one.
    #[must_use]
    pub fn in_sandbox(mut self, sandbox: Option<Arc<Sandbox>>) -> Self {
        self.sandbox = sandbox;
        self
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `stop` resolves; requests that have begun are finished.
    pub async fn serve(self, stop: impl Future<Output = ()>) {
        let routes = routes(&self.ledger, self.subscriptions, self.bundles, self.limits, &self.doors);
        match self.sandbox {
            Some(sandbox) => connection::serve(self.listener, sandbox.around(routes), self.doors, stop).await,
            None => connection::serve(self.listener, routes, self.doors, stop).await,
        }
    }
}
