//! The modules as pages load them. The name of their folder names the content of all of them, so browsers keep them for ever, and
//! each finds the others beside it.

use super::{LIVE, MODULES, offline_page};
use poem::http::header;
use poem::{Endpoint, Response, Route, get};
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

/// Where pages load from.
const ASSETS: &str = "/assets";
/// `/verify-<beginning of a SHA-256>`
static FOLDER: LazyLock<String> = LazyLock::new(|| {
    let digest =
        modules().fold(Sha256::new(), |all, (name, text)| all.chain_update(name).chain_update([0]).chain_update(text));
    let digest = digest.chain_update(offline_page()).finalize();
    format!("/verify-{}", faster_hex::hex_string(&digest[..8]))
});

fn modules() -> impl Iterator<Item = (&'static str, &'static str)> {
    MODULES.into_iter().chain(LIVE)
}

/// The script of the page of a record.
pub fn script() -> String {
    format!("{ASSETS}{}/live.mjs", *FOLDER)
}

/// The verifier as one file to keep.
pub fn download() -> String {
    format!("{ASSETS}{}/verify.html", *FOLDER)
}

/// The SHA-256 by which that file is compared.
pub fn download_digest() -> String {
    faster_hex::hex_string(&Sha256::digest(offline_page()))
}

/// Each module at its address below `/assets`.
pub fn add_to(routes: Route) -> Route {
    let served = |routes: Route, (name, text)| {
        routes.at(format!("{}/{name}", *FOLDER), get(serve("text/javascript; charset=utf-8", text)))
    };
    let page: &'static str = offline_page().leak();
    let page = poem::endpoint::make_sync(move |_| {
        // It is kept, not opened here: a page of this site can't vouch for this site.
        immutable("text/html; charset=utf-8")
            .header(header::CONTENT_DISPOSITION, "attachment; filename=\"verify.html\"")
            .body(page)
    });
    modules().fold(routes, served).at(format!("{}/verify.html", *FOLDER), get(page))
}

fn serve(media_type: &'static str, text: &'static str) -> impl Endpoint<Output = Response> {
    poem::endpoint::make_sync(move |_| immutable(media_type).body(text))
}

fn immutable(media_type: &str) -> poem::ResponseBuilder {
    Response::builder().content_type(media_type).header(header::CACHE_CONTROL, "public, max-age=31536000, immutable")
}
