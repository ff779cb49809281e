//! What pages load beside their HTML. The address of each names its content, so browsers keep it for ever.

use super::verify;
use poem::http::header;
use poem::{Endpoint, IntoEndpoint, Response, ResponseBuilder, Route, get};
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

/// Where pages load from.
pub(super) const ASSETS: &str = "/assets";

/// A file at an address that names its content.
struct Asset {
    content: &'static str,
    media_type: &'static str,
    address: LazyLock<String>,
}

static SHEET: Asset = Asset {
    content: include_str!("sheet.css"),
    media_type: "text/css; charset=utf-8",
    address: LazyLock::new(|| address(include_str!("sheet.css"), "css")),
};

static ICON: Asset = Asset {
    content: include_str!("icon.svg"),
    media_type: "image/svg+xml",
    address: LazyLock::new(|| address(include_str!("icon.svg"), "svg")),
};

/// `/assets/<beginning of the SHA-256>.<ending>`
fn address(content: &str, ending: &str) -> String {
    format!("{ASSETS}/{}.{ending}", beginning_of(&Sha256::digest(content)))
}

/// So much of a digest as an address has.
pub(super) fn beginning_of(digest: &[u8]) -> String {
    faster_hex::hex_string(&digest[..8])
}

/// An answer that stays what it is, because its address names it.
pub(super) fn immutable(media_type: &str) -> ResponseBuilder {
    Response::builder().content_type(media_type).header(header::CACHE_CONTROL, "public, max-age=31536000, immutable")
}

/// The style sheet.
pub(super) fn sheet() -> &'static str {
    &SHEET.address
}

/// The icon of the site.
pub(super) fn icon() -> &'static str {
    &ICON.address
}

impl Asset {
    fn serve(&'static self) -> impl Endpoint<Output = Response> {
        poem::endpoint::make_sync(move |_| immutable(self.media_type).body(self.content))
    }
}

/// Each at its address.
pub(super) fn routes() -> impl IntoEndpoint {
    verify::add_to(Route::new().at(leaf_of(sheet()), get(SHEET.serve())).at(leaf_of(icon()), get(ICON.serve())))
}

fn leaf_of(address: &str) -> &str {
    address.strip_prefix(ASSETS).unwrap_or(address)
}
