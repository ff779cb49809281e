//! A JSON body whose schema is documented by poem-openapi and whose bytes are written by serde.

use poem::{IntoResponse, Response};
use poem_openapi::ApiResponse;
use poem_openapi::payload::Payload;
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, MetaSchemaRef, Registry};
use poem_openapi::types::Type;
use serde::Serialize;

/// poem-openapi's own `Json` builds a tree of values before it prints; serde prints at once.
#[derive(Debug)]
pub struct Typed<T>(pub T);

const CONTENT_TYPE: &str = "application/json";

impl<T: Type> Payload for Typed<T> {
    const CONTENT_TYPE: &'static str = CONTENT_TYPE;

    fn schema_ref() -> MetaSchemaRef {
        T::schema_ref()
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
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

impl<T: Type> ApiResponse for Typed<T> {
    fn meta() -> MetaResponses {
        MetaResponses {
            responses: vec![MetaResponse {
                description: "",
                status: Some(200),
                status_range: None,
                content: vec![MetaMediaType { content_type: CONTENT_TYPE, schema: T::schema_ref() }],
                headers: vec![],
            }],
        }
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}
