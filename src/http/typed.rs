//! A JSON body whose schema is described by schemars and whose bytes are written by serde.

use super::schema;
use poem::{IntoResponse, Response};
use poem_openapi::ApiResponse;
use poem_openapi::payload::Payload;
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, MetaSchemaRef, Registry};
use schemars::JsonSchema;
use serde::Serialize;

/// poem-openapi's own `Json` builds a tree of values before it prints; serde prints at once.
#[derive(Debug)]
pub struct Typed<T>(pub T);

const CONTENT_TYPE: &str = "application/json";

impl<T: JsonSchema + Send> Payload for Typed<T> {
    const CONTENT_TYPE: &'static str = CONTENT_TYPE;

    fn schema_ref() -> MetaSchemaRef {
        schema::reference::<T>()
    }

    fn register(registry: &mut Registry) {
        schema::register::<T>(registry);
    }
}

impl<T: Serialize + Send> IntoResponse for Typed<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(body) => Response::builder().content_type(CONTENT_TYPE).body(body),
            Err(error) => {
                tracing::error!(%error, "a response did not serialise");
                super::Problem::of(&crate::problem::INTERNAL).into_response()
            }
        }
    }
}

impl<T: JsonSchema> ApiResponse for Typed<T> {
    fn meta() -> MetaResponses {
        MetaResponses {
            responses: vec![MetaResponse {
                description: "",
                status: Some(200),
                status_range: None,
                content: vec![MetaMediaType { content_type: CONTENT_TYPE, schema: schema::reference::<T>() }],
                headers: vec![],
            }],
        }
    }

    fn register(registry: &mut Registry) {
        schema::register::<T>(registry);
    }
}
