//! The modules as pages load them. The name of their folder names the content of all of them, so browsers keep them for ever, and
//! each finds the others beside it.

use super::{LIVE, MODULES, offline_page};
use crate::page::assets::{ASSETS, beginning_of, immutable};
use poem::http::header;
use poem::{Endpoint, Response, Route, get};
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

/// The verifier as one file to keep, and its SHA-256.
static OFFLINE: LazyLock<String> = LazyLock::new(offline_page);
static OFFLINE_DIGEST: LazyLock<String> = LazyLock::new(|| faster_hex::hex_string(&Sha256::digest(&*OFFLINE)));
/// `/verify-<beginning of a SHA-256>`
static FOLDER: LazyLock<String> = LazyLock::new(|| {
    let digest =
        modules().fold(Sha256::new(), |all, (name, text)| all.chain_update(name).chain_update([0]).chain_update(text));
    let digest = digest.chain_update(&*OFFLINE).finalize();
    format!("/verify-{}", beginning_of(&digest))
});

fn modules() -> impl Iterator<Item = (&'static str, &'static str)> {
    MODULES.into_iter().chain(LIVE)
}

/// The script of the page of a record.
pub fn script() -> String {
    format!("{ASSETS}{}/live.mjs", *FOLDER)
}

/// Where that file is.
pub fn download() -> String {
    format!("{ASSETS}{}/verify.html", *FOLDER)
}

/// The SHA-256 by which that file is compared.
pub fn download_digest() -> &'static str {
    &OFFLINE_DIGEST
}

/// Each module at its address below `/assets`.
pub fn add_to(routes: Route) -> Route {
    let served = |routes: Route, (name, text)| {
        routes.at(format!("{}/{name}", *FOLDER), get(serve("text/javascript; charset=utf-8", text)))
    };
    let page = poem::endpoint::make_sync(move |_| {
        // It is kept, not opened here: a page of this site can't vouch for this site.
        immutable("text/html; charset=utf-8")
            .header(header::CONTENT_DISPOSITION, "attachment; filename=\"verify.html\"")
            .body(OFFLINE.as_str())
    });
    modules().fold(routes, served).at(format!("{}/verify.html", *FOLDER), get(page))
}

fn serve(media_type: &'static str, text: &'static str) -> impl Endpoint<Output = Response> {
    poem::endpoint::make_sync(move |_| immutable(media_type).body(text))
}
