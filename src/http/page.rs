//! Pages in HTML: what a browser is told that it may do with them.

use base64_simd::STANDARD;
use poem::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_FRAME_OPTIONS};
use poem::http::{HeaderMap, HeaderValue};
use poem::{IntoResponse, Response};
use sha2::{Digest, Sha256};

/// A page may have styles of its own and nothing else: no scripts, no frames around it, nothing from elsewhere.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Sees to it that an answer in HTML has a policy, that no other site can frame it, and that its address stays here.
pub fn protect(headers: &mut HeaderMap) {
    let is_page = |value: &HeaderValue| value.as_bytes().to_ascii_lowercase().starts_with(b"text/html");
    if !headers.get(CONTENT_TYPE).is_some_and(is_page) {
        return;
    }
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(POLICY));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
}

/// A page whose own scripts run, and no others: each is named by its hash.
#[derive(Clone)]
pub struct ScriptedPage {
    html: bytes::Bytes,
    policy: HeaderValue,
}

impl ScriptedPage {
    pub fn new(html: String) -> Self {
        let hashes = inline_scripts(&html).map(|script| {
            let digest = Sha256::digest(script);
            format!(" 'sha256-{}'", STANDARD.encode_to_string(digest))
        });
        let scripts: String = hashes.collect();
        // It asks the service that it came from, draws, and keeps its pictures and fonts in itself.
        let policy = format!(
            "default-src 'none'; script-src{scripts}; style-src 'unsafe-inline'; img-src 'self' data:; font-src data:; \
             connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        );
        let policy = HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static(POLICY));
        Self { html: html.into(), policy }
    }
}

impl IntoResponse for ScriptedPage {
    fn into_response(self) -> Response {
        let response = Response::builder().content_type("text/html; charset=utf-8");
        response.header(CONTENT_SECURITY_POLICY, self.policy).body(self.html)
    }
}

/// What stands between the tags of each script. A script may have such tags in its strings, so they are read in order.
fn inline_scripts(mut html: &str) -> impl Iterator<Item = &str> {
    std::iter::from_fn(move || {
        let (_, opened) = html.split_once("<script")?.1.split_once('>')?;
        let (script, rest) = opened.split_once("</script>")?;
        html = rest;
        Some(script)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_names_its_scripts() {
        let page = ScriptedPage::new("<script charset=\"UTF-8\">alert('<script>')</script><p><script></script>".into());
        // printf "alert('<script>')" | openssl dgst -sha256 -binary | base64; and that of nothing.
        let (first, second) =
            ("RvjnucC+kLj48OR1b/w53NAAxP2K/xrUkAiMEjy5faU=", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
        let policy = page.policy.to_str().unwrap();
        assert!(policy.contains(&format!("script-src 'sha256-{first}' 'sha256-{second}';")), "{policy}");
    }
}
