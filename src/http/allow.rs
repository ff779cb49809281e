//! Which methods a path has: what a 405 must say (RFC 9110 §15.5.6).

use serde_json::Value;

/// The paths and methods of the API document.
pub struct Allowed(Vec<(Vec<Segment>, Vec<String>)>);

pub(super) enum Segment {
    Literal(String),
    Parameter,
}

impl Allowed {
    /// Reads the paths of an OpenAPI document.
    pub fn of_document(document: &Value) -> Self {
        let paths = document["paths"].as_object().into_iter().flatten();
        let routes = paths.map(|(path, operations)| {
            let methods = operations.as_object().into_iter().flat_map(|operations| operations.keys());
            (segments(path).map(Segment::of).collect(), methods.map(|method| method.to_ascii_uppercase()).collect())
        });
        Self(routes.collect())
    }

    /// The value of `Allow`. A path that is not in the document is one of the plain ones, which are only read.
    pub fn header(&self, path: &str) -> String {
        let path: Vec<&str> = segments(path).collect();
        let fits =
            |route: &[Segment]| route.len() == path.len() && route.iter().zip(&path).all(|(s, text)| s.fits(text));
        // One path may be told in several entries of the document.
        let mut methods: Vec<&str> = self
            .0
            .iter()
            .filter(|(route, _)| fits(route))
            .flat_map(|(_, methods)| methods)
            .map(String::as_str)
            .collect();
        if methods.is_empty() || methods.contains(&"GET") {
            methods.extend(["GET", "HEAD"]);
        }
        methods.sort_unstable();
        methods.dedup();
        methods.join(", ")
    }
}

/// What stands between the slashes; an empty one is a parameter that says nothing.
pub(super) fn segments(path: &str) -> impl Iterator<Item = &str> {
    let path = path.strip_prefix('/').unwrap_or(path);
    path.strip_suffix('/').unwrap_or(path).split('/')
}

impl Segment {
    pub fn of(text: &str) -> Self {
        if text.starts_with('{') { Self::Parameter } else { Self::Literal(text.to_owned()) }
    }

    pub fn is_literal(&self) -> bool {
        matches!(self, Self::Literal(_))
    }

    pub fn fits(&self, text: &str) -> bool {
        match self {
            Self::Literal(literal) => literal == text,
            Self::Parameter => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_the_methods_of_its_route() {
        let document = serde_json::json!({ "paths": {
            "/v1/tenders/": { "get": {}, "post": {} }, "/v1/records/{index}": { "get": {} }, "/v1/x": { "put": {} },
        } });
        let allowed = Allowed::of_document(&document);
        assert_eq!(allowed.header("/v1/tenders"), "GET, HEAD, POST");
        assert_eq!(allowed.header("/v1/records/7"), "GET, HEAD");
        assert_eq!(allowed.header("/v1/records/7/"), "GET, HEAD");
        assert_eq!(allowed.header("/v1/x"), "PUT");
        assert_eq!(allowed.header("/livez"), "GET, HEAD");
    }
}
