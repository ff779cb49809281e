//! The API as its types describe it: the same for every server of this program, and long to write, so it is written once.

use super::Api;
use super::document::Document;
use crate::http::{Allowed, Parameters, ScriptedPage};
use std::sync::OnceLock;

/// What follows from the types of the API alone.
pub(super) struct Described {
    pub document: Document,
    /// The console at `/api/`.
    pub console: ScriptedPage,
    pub allowed: Allowed,
    pub parameters: Parameters,
}

impl Described {
    /// Of this API, or of another one of the same types.
    pub fn of(service: &poem_openapi::OpenApiService<Api, ()>) -> &'static Self {
        static DESCRIBED: OnceLock<Described> = OnceLock::new();
        DESCRIBED.get_or_init(|| {
            let written = service.spec();
            let finished = Document::finished(&written);
            let document = Document::of(&finished);
            Self {
                console: ScriptedPage::new(service.swagger_ui_html().replace(&written, &document.json)),
                allowed: Allowed::of_document(&finished),
                parameters: Parameters::of_document(&finished),
                document,
            }
        })
    }
}
