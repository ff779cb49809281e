//! The endpoints of acts on a stream that exists: they differ in path, name and payload, and in nothing else. So they are a table, and
//! not a function each: what `#[OpenApi]` writes for a function is compiled again for each of a hundred.

use super::receipt::accept_received;
use super::signed::{Received, SIGNATURE_HEADER};
use super::{DryRun, Posted, Problem, Signed};
use crate::act::{Payload, Stream, StreamId};
use crate::ledger::Ledger;
use poem::endpoint::{BoxEndpoint, make};
use poem::error::IntoResult;
use poem::http::Method;
use poem::{EndpointExt, IntoResponse, Request, RequestBody, Response};
use poem_openapi::param::{Path, Query};
use poem_openapi::registry::{MetaApi, MetaOperation, MetaOperationParam, MetaPath, MetaRequest, Registry};
use poem_openapi::types::ParseFromParameter;
use poem_openapi::{ApiExtractor, ApiResponse, ExtractParamOptions};
use schemars::JsonSchema;
use std::collections::HashMap;
use std::sync::Arc;

/// One kind of act, and where it is posted.
pub struct ActOperation {
    about: &'static str,
    /// Below the prefix of its API, with the stream's id as `:name`.
    path: &'static str,
    operation_id: &'static str,
    kind: &'static str,
    request: fn() -> Option<MetaRequest>,
    signature: fn() -> Option<MetaOperationParam>,
    register: fn(&mut Registry),
}

impl ActOperation {
    pub const fn of<P: Payload + JsonSchema>(
        about: &'static str,
        path: &'static str,
        operation_id: &'static str,
    ) -> Self {
        Self {
            about,
            path,
            operation_id,
            kind: P::KIND,
            request: Signed::<P>::request_meta,
            signature: || parameter::<Signed<P>>(SIGNATURE_HEADER, None),
            register: Signed::<P>::register,
        }
    }
}

/// What the operations of one API have in common.
pub struct ActPlace {
    pub prefix: &'static str,
    pub tag: &'static str,
    /// What the stream's id is called in paths.
    pub parameter: &'static str,
}

/// An id that stands in a path.
pub trait PathId: StreamId + ParseFromParameter {}

impl<I: StreamId + ParseFromParameter> PathId for I {}

/// A parameter as the API document has it.
fn parameter<'a, E: ApiExtractor<'a>>(name: &'static str, description: Option<&str>) -> Option<MetaOperationParam> {
    Some(MetaOperationParam {
        name: name.to_owned(),
        schema: E::param_schema_ref()?,
        in_type: E::param_in()?,
        description: description.map(str::to_owned),
        required: E::PARAM_IS_REQUIRED,
        deprecated: false,
        explode: true,
        style: None,
    })
}

/// What the document says of the operations.
pub fn meta<I: PathId>(place: &ActPlace, operations: &[ActOperation]) -> Vec<MetaApi> {
    let dry_run = "`1`: the record is judged as it would be now, and not written.";
    let parameters = |operation: &ActOperation| {
        let id = parameter::<Path<I>>(place.parameter, None);
        let dry_run = parameter::<Query<Option<DryRun>>>("dry_run", Some(dry_run));
        id.into_iter().chain(dry_run).chain((operation.signature)()).collect()
    };
    let named = (format!(":{}", place.parameter), format!("{{{}}}", place.parameter));
    let path = |operation: &ActOperation| MetaPath {
        path: format!("{}{}", place.prefix, operation.path.replace(&named.0, &named.1)),
        operations: vec![MetaOperation {
            method: Method::POST,
            tags: vec![place.tag],
            summary: Some(operation.about.trim()),
            description: None,
            external_docs: None,
            params: parameters(operation),
            request: (operation.request)(),
            responses: <Result<Posted, Problem> as ApiResponse>::meta(),
            deprecated: false,
            security: Vec::new(),
            operation_id: Some(operation.operation_id),
            code_samples: Vec::new(),
        }],
    };
    vec![MetaApi { paths: operations.iter().map(path).collect() }]
}

/// The schemas that the document needs for them.
pub fn register<I: PathId>(operations: &[ActOperation], registry: &mut Registry) {
    Path::<I>::register(registry);
    Query::<Option<DryRun>>::register(registry);
    operations.iter().for_each(|operation| (operation.register)(registry));
    <Result<Posted, Problem> as ApiResponse>::register(registry);
}

/// Their endpoints.
pub fn add_routes<I: PathId>(
    ledger: &Arc<Ledger>,
    place: &ActPlace,
    operations: &[ActOperation],
    routes: &mut HashMap<String, HashMap<Method, BoxEndpoint<'static>>>,
) {
    let name = format!(":{}", place.parameter);
    for operation in operations {
        let path = format!("{}{}", place.prefix, operation.path.replace(&name, ":param0"));
        routes.entry(path).or_default().insert(Method::POST, endpoint::<I>(ledger, operation.kind));
    }
}

fn endpoint<I: PathId>(ledger: &Arc<Ledger>, kind: &'static str) -> BoxEndpoint<'static> {
    let ledger = Arc::clone(ledger);
    make(move |request: Request| {
        let ledger = Arc::clone(&ledger);
        async move {
            let (request, mut body) = request.split();
            post::<I>(&ledger, kind, &request, &mut body).await
        }
    })
    .boxed()
}

fn named<T>(name: &'static str) -> ExtractParamOptions<T> {
    ExtractParamOptions { name, ..ExtractParamOptions::default() }
}

async fn post<I: PathId>(
    ledger: &Ledger,
    kind: &'static str,
    request: &Request,
    body: &mut RequestBody,
) -> poem::Result<Response> {
    let id = Path::<I>::from_request(request, body, named("param0")).await?;
    let dry_run = Query::<Option<DryRun>>::from_request(request, body, named("dry_run")).await?;
    let received = Received::read(request, body, kind).await?;
    let posted = accept_received(ledger, received, dry_run.0, Some(Stream::of(&id.0))).await;
    posted.into_result().map(IntoResponse::into_response)
}

/// An API of such endpoints: each takes one kind of act, for the stream that its path names.
macro_rules! endpoints_of_acts {
    (
        $(#[$about:meta])*
        $api:ident: $prefix:literal, $tag:expr, $parameter:ident: $id:ty;
        $(#[doc = $doc:literal] $path:literal, $operation:literal, $payload:ty;)*
    ) => {
        $(#[$about])*
        pub struct $api(pub(super) std::sync::Arc<$crate::ledger::Ledger>);

        impl $api {
            const OPERATIONS: &[$crate::http::acts::ActOperation] =
                &[$($crate::http::acts::ActOperation::of::<$payload>($doc, $path, $operation)),*];

            fn place() -> $crate::http::acts::ActPlace {
                let tag = poem_openapi::Tags::name(&$tag);
                $crate::http::acts::ActPlace { prefix: $prefix, tag, parameter: stringify!($parameter) }
            }
        }

        impl poem_openapi::OpenApi for $api {
            fn meta() -> Vec<poem_openapi::registry::MetaApi> {
                $crate::http::acts::meta::<$id>(&Self::place(), Self::OPERATIONS)
            }

            fn register(registry: &mut poem_openapi::registry::Registry) {
                poem_openapi::Tags::register(&$tag, registry);
                $crate::http::acts::register::<$id>(Self::OPERATIONS, registry);
            }

            fn add_routes(
                self,
                routes: &mut std::collections::HashMap<
                    String,
                    std::collections::HashMap<poem::http::Method, poem::endpoint::BoxEndpoint<'static>>,
                >,
            ) {
                $crate::http::acts::add_routes::<$id>(&self.0, &Self::place(), Self::OPERATIONS, routes);
            }
        }
    };
}
pub(crate) use endpoints_of_acts;
