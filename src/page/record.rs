//! A record: who signed it, when, what it says; and its proof, in place and to take along.

use super::component::{organisation, summary};
use super::evidence::{self, BundleText};
use super::language::Language;
use super::members;
use super::printed;
use super::refusal::Unshown;
use super::shell::Leaf;
use super::text::texts;
use super::verify;
use super::visit::{Names, Visit};
use crate::field::{Instant, OrganisationId};
use crate::http::{RecordView, encoded};
use maud::{Markup, html};
use serde_json::Value;
use std::sync::Arc;

pub(super) async fn show(visit: Arc<Visit>) -> Result<Leaf, Unshown> {
    let record: RecordView = visit.view(&format!("/v1/records/{}", encoded(visit.parameter()))).await?;
    // A record has one address: no zeros before its number, no sign, nothing escaped.
    if visit.address.path() != visit.at(&format!("/records/{}", record.index)) {
        return Err(Unshown::not_found());
    }
    let stream = record.stream.0.as_str();
    let subject = stream.split_once('/').map_or("", |(_, id)| id);
    let names = visit.names([record.author.as_str(), subject].into_iter()).await;
    // A bar or a grade may be of somebody who never registered: then there is no bundle.
    let is_unknown = subject.parse::<OrganisationId>().is_ok() && names.get(subject).is_none();
    let bundle = evidence::of_stream(stream).filter(|_| !is_unknown);
    let title = format!("{} {}", visit.say(RecordText::Record), record.index);
    let about = visit.kind(&record.kind.0).to_owned();
    let body = html! {
        (facts(&visit, &names, &record))
        h2 { (visit.say(RecordText::Content)) }
        p { (visit.say(RecordText::AboutContent)) }
        (value(&visit, &record.kind.0, &record.payload))
        details { summary { (visit.say(RecordText::Raw)) } pre { code { (raw(&record.payload)) } } }
        (proof(&visit, record.index, bundle.as_deref()))
        (printed::code(&visit))
    };
    // What is said of somebody in a record is for search engines no more than what a page says of it.
    Ok(Leaf { is_listed: false, about: Some(about), script: Some(verify::script()), ..Leaf::new(title, body) })
}

fn facts(visit: &Visit, names: &Names, record: &RecordView) -> Markup {
    let mut rows = vec![
        (visit.say(RecordText::Kind), html! { (visit.kind(&record.kind.0)) " " code { (record.kind.0) } }),
        (visit.say(RecordText::SignedBy), organisation(visit, names, &record.author)),
        (visit.say(RecordText::Time), exact(&record.time)),
        (visit.say(RecordText::About), stream(visit, &record.stream.0)),
        (visit.say(RecordText::Version), html! { (record.version) }),
        (visit.say(RecordText::Key), html! { code { (record.kid) } }),
        (visit.say(RecordText::Hash), html! { code { (record.entry_hash) } }),
    ];
    if let Some(from) = &record.contested_from {
        rows.push((
            visit.say(RecordText::Contested),
            html! { (exact(from)) " " (visit.say(RecordText::AboutContested)) },
        ));
    }
    summary(&rows)
}

/// To the second: this page is where the second is looked for.
fn exact(time: &str) -> Markup {
    let shown = time.parse::<Instant>().map_or_else(|_| time.to_owned(), |instant| instant.shanghai_text());
    html! { time datetime=(time) { (shown) } }
}

/// A stream, with the way to the page of what it is about.
fn stream(visit: &Visit, stream: &str) -> Markup {
    let page = match stream.split_once('/') {
        Some(("tender", code)) => Some(visit.tender(code)),
        Some(("organisation" | "credit" | "access", id)) => Some(visit.organisation(id)),
        _ => None,
    };
    html! {
        @match page { Some(page) => { a href=(page) { (stream) } } None => { (stream) } }
        " · " a href={ "/v1/records?stream=" (encoded(stream)) } { (visit.say(RecordText::AllOfStream)) }
    }
}

/// Names and values as they were signed, one within the other; `within` is the member that has them, or the record's kind.
fn value(visit: &Visit, within: &str, value: &Value) -> Markup {
    html! {
        @match value {
            Value::Object(members) => {
                dl.summary {
                    @for (name, member) in members {
                        div { dt { (called(visit, within, name)) } dd { (self::value(visit, name, member)) } }
                    }
                }
            }
            Value::Array(items) => { ul { @for item in items { li { (self::value(visit, within, item)) } } } }
            Value::String(text) => { (text) }
            other => { (other.to_string()) }
        }
    }
}

/// A member by its name, which is English, with what it is called in Chinese.
fn called(visit: &Visit, within: &str, name: &str) -> Markup {
    let zh = members::member(within, name).filter(|_| visit.language == Language::Chinese);
    html! { @if let Some(zh) = zh { (zh) " " } code { (name) } }
}

fn raw(payload: &Value) -> String {
    serde_json::to_string_pretty(payload).unwrap_or_default()
}

/// The three answers, where scripts run; how to get them without, and without this site.
fn proof(visit: &Visit, index: u64, bundle: Option<&str>) -> Markup {
    let (entry, receipt) = (format!("/v1/records/{index}/entry"), format!("/v1/records/{index}/proof"));
    html! {
        h2 { (visit.say(RecordText::Proof)) }
        p { (visit.say(RecordText::AboutProof)) " " a href=(visit.at("/about/verify")) { (visit.say(RecordText::WhatItProves)) } }
        div data-verify data-index=(index) data-language=(visit.language.prefix()) {
            div data-part="form" hidden {
                p {
                    label for="keys" { (visit.say(RecordText::Keys)) }
                    textarea #keys data-part="keys" rows="2" spellcheck="false" autocomplete="off" {}
                }
                button type="button" data-part="verify" { (visit.say(RecordText::Verify)) }
            }
            p role="status" data-part="status" {}
            div data-part="answer" {}
        }
        noscript { p { (visit.say(RecordText::WithoutScripts)) } }
        h3 { (visit.say(RecordText::TakeAlong)) }
        ul.files {
            li { a href=(entry) download=(format!("{index}.json")) { (visit.say(RecordText::Entry)) } }
            li { a href=(receipt) download=(format!("{index}.tlog-proof")) { (visit.say(RecordText::Receipt)) } }
            li { a href=(verify::download()) { (visit.say(RecordText::OfflinePage)) } }
        }
        pre { code { "gongshi proof " (index) ".tlog-proof --entry " (index) ".json --key VKEY" } }
        @if let Some(address) = bundle {
            h3 { (visit.say(BundleText::Title)) }
            (evidence::bundle(visit, address))
        }
    }
}

texts! { RecordText {
    Record "记录" "Record"
    Kind "事项" "What it is"
    SignedBy "签名" "Signed by"
    Time "入列时间（北京时间）" "Sequenced (Beijing time)"
    About "所属卷" "Stream"
    AllOfStream "本卷全部记录" "all records of it"
    Version "卷内第几条" "Version of the stream"
    Key "密钥" "Key"
    Hash "条目哈希" "Entry hash"
    Contested "密钥后来吊销，自" "Key revoked later, from"
    AboutContested "起是否本人所签尚无定论。" "on: whether its owner signed this is open."
    Content "所签内容" "What was signed"
    AboutContent "名称与取值按签名时的原样列出，中文名称是本站加注的。" "Names and values as they were signed."
    Raw "原始 JSON" "Raw JSON"
    Proof "证明" "Proof"
    AboutProof "以下核验在您的浏览器里进行：从日志取得原始字节，自己计算哈希、签名与收录证明，不采信本站的任何结论。" "Your browser does this itself: it gets the raw bytes and computes hashes, signatures and the proof of inclusion, and believes nothing that this site concludes."
    WhatItProves "证明什么，不证明什么" "What it proves and what it does not"
    Keys "可信公钥（可不填；每行一把，请抄自本站以外的来源）" "Keys that you trust (optional; one a line, from elsewhere than this site)"
    Verify "在浏览器中核验" "Verify in the browser"
    WithoutScripts "不启用脚本也可核验：下载条目与回执，用离线核验页或下面的命令。" "Without scripts: download entry and receipt, and use the offline page or the command below."
    TakeAlong "带走自行核验" "Take it along and verify elsewhere"
    Entry "条目（原始字节）" "Entry (raw bytes)"
    Receipt "回执（收录证明与检查点）" "Receipt (proof of inclusion and checkpoint)"
    OfflinePage "离线核验页 verify.html" "The offline page verify.html"
} }
