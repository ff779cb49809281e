//! 证据包 to take along: what it is, where it is, and how it is checked without this site.

use super::text::texts;
use super::verify;
use super::visit::Visit;
use crate::http::encoded;
use maud::{Markup, html};

/// Where the bundle is of what a stream is about, if there is one.
pub(super) fn of_stream(stream: &str) -> Option<String> {
    match stream.split_once('/')? {
        ("tender", code) => Some(of_tender(code)),
        ("commitment", id) => Some(of_commitment(id)),
        ("organisation" | "credit" | "access", id) => Some(of_organisation(id)),
        _ => None,
    }
}

pub(super) fn of_tender(code: &str) -> String {
    format!("/v1/tenders/{}/bundle", encoded(code))
}

pub(super) fn of_organisation(id: &str) -> String {
    format!("/v1/organisations/{}/bundle", encoded(id))
}

pub(super) fn of_commitment(id: &str) -> String {
    format!("/v1/commitments/{}/bundle", encoded(id))
}

/// What it is, and the way to it.
pub(super) fn bundle(visit: &Visit, address: &str) -> Markup {
    html! {
        p { (visit.say(BundleText::About)) }
        ul.files {
            // Each costs the service seconds: nobody is to fetch it who only follows links.
            li { a href=(address) rel="nofollow" download { (visit.say(BundleText::Download)) } }
            li { a href=(verify::download()) { (visit.say(BundleText::OfflinePage)) } }
        }
        p { (visit.say(BundleText::How)) }
        pre { code { "gongshi verify-page > verify.html\ngongshi verify " (visit.say(BundleText::File)) " --key VKEY" } }
    }
}

texts! { BundleText {
    Title "证据包" "Evidence bundle"
    About "一个 zip 文件：全部相关记录、每条记录在日志中的证明、日志签名的条数声明（因此少一条也看得出）和所引文件，附一页核验报告。可作为证据存档或提交，日后无须本站即可核验。首次下载须现场制作，可能要等几秒；如提示正在制作，请稍后再点。" "One zip file: every record about it, the proof of each that it stands in the log, the log’s signed statement of how many there are (so that one left out shows), the documents that they cite, and a report. It can be filed or handed in as evidence, and is verified without this site. It is made when it is asked for first, which may take some seconds; if you are told that it is being made, come again."
    Download "下载证据包（zip）" "Download the bundle (zip)"
    OfflinePage "离线核验页 verify.html" "The offline page verify.html"
    How "核验不需要联网：用浏览器打开离线核验页，把证据包放进去；或用自己构建的程序生成同一个核验页，或直接核验。公钥请从本站以外的来源取得。" "Verifying needs no network: open the offline page in a browser and give it the bundle; or have a program that you built print the same page, or verify the file itself. Take the key from elsewhere than this site."
    File "证据包.zip" "BUNDLE.zip"
} }
