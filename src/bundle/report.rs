//! The report that an auditor files: one page of HTML that needs nothing else, and prints on A4.

use super::check::{Conclusion, Verified};
use super::findings::{contested, findings, lost};
use super::manifest::Scope;
use super::reach::Reach;
use super::timeline::timeline;
use crate::field::Instant;
use crate::log::{Hash, SignedNote};
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// Of what, how and when a report is.
pub struct Occasion {
    /// The file, folder or address that was verified.
    pub subject: String,
    /// SHA-256 of the file; absent when it was not one file, and in a report that stands in the file itself.
    pub digest: Option<Hash>,
    /// Whether the log's key was given, and not taken from the log itself.
    pub pinned: bool,
    /// Whether a witness policy was asked of the checkpoint.
    pub policy: bool,
    pub at: Instant,
}

const STYLE: &str = include_str!("report.css");
/// The first of a longer list are enough on paper.
pub(super) const ROWS_MAX: usize = 200;

/// The report as HTML. Every text in it is escaped.
pub fn page(verified: &Verified, occasion: &Occasion) -> String {
    html! {
        (DOCTYPE)
        html lang="zh-CN" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "核验报告 · Verification report · " (occasion.subject) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    h1 { "公示账本核验报告 " span.en { "Verification report" } }
                    p.subject { (occasion.subject) }
                }
                (conclusion(verified))
                (subject(verified, occasion))
                (findings(verified))
                (timeline(verified))
                (streams(verified))
                (contested(verified))
                (lost(verified))
                (not_proven(verified, occasion))
                (checks(verified))
                (keys(verified, occasion))
                (records(verified))
            }
        }
    }
    .into_string()
}

/// In words that whoever files it can repeat.
fn conclusion(verified: &Verified) -> Markup {
    let report = &verified.report;
    match verified.conclusion() {
        Conclusion::Holds => html! {
            p.result.holds { "✓ 核验的各项全部成立" span.en { "Everything that was verified holds" } }
        },
        Conclusion::Open => html! {
            p.result.open {
                "？所附记录本身成立，但是否有记录被抽走，凭本包无法判断"
                span.en { "The records here are genuine. Whether others were taken out can't be told from this bundle" }
            }
        },
        Conclusion::Fails => html! {
            p.result.fails {
                "✗ 发现 " (report.findings.len() as u64 + report.findings_omitted) " 项问题，不可采信为完整证据"
                span.en { "What was verified does not hold: see the findings. Don't rely on it as it stands" }
            }
        },
    }
}

/// Stream by stream, whether a part has all that the log has.
fn streams(verified: &Verified) -> Markup {
    let streams = verified.bundle.as_ref().map(|bundle| &*bundle.streams).unwrap_or_default();
    // What is missing first.
    let mut shown: Vec<&Reach> = streams.iter().collect();
    shown.sort_by_key(|reach| reach.is_whole().map_or(1, |whole| if whole { 2 } else { 0 }));
    html! {
        @if !shown.is_empty() {
            (heading("各卷是否齐全", "Whether each stream is whole"))
            table {
                thead { tr {
                    th { "卷 " span.en { "Stream" } }
                    th { "本包 " span.en { "Here" } }
                    th { "日志声明 " span.en { "By the log" } }
                    th { "结论 " span.en { "Conclusion" } }
                } }
                @for reach in shown.iter().take(ROWS_MAX) {
                    tr {
                        td.long { code { (reach.stream) } }
                        td.number { (reach.here) }
                        td.number { @if let Some(stated) = reach.stated { (stated) } @else { "—" } }
                        td { (is_whole(reach)) }
                    }
                }
            }
            (more(shown.len() as u64))
        }
    }
}

fn is_whole(reach: &Reach) -> Markup {
    match (reach.is_whole(), reach.stated.unwrap_or_default()) {
        (Some(true), _) => html! { "✓ 齐全 " span.en { "whole" } },
        (Some(false), stated) if reach.here < stated => html! {
            "✗ 缺 " (stated - reach.here) " 条：有记录被抽走或未收录 "
            span.en { (stated - reach.here) " missing: taken out, or left out" }
        },
        (Some(false), stated) => html! {
            "✗ 多 " (reach.here - stated) " 条，与声明矛盾 " span.en { "more than the log states" }
        },
        (None, _) => html! { "？无法判断：日志未作声明 " span.en { "can't be judged: the log states nothing" } },
    }
}

pub(super) fn heading(zh: &str, en: &str) -> Markup {
    html! { h2 { (zh) " " span.en { (en) } } }
}

fn row(zh: &str, en: &str, value: &Markup) -> Markup {
    html! { tr { th scope="row" { (zh) " " span.en { (en) } } td { (value) } } }
}

fn is_part(verified: &Verified) -> bool {
    verified.bundle.as_ref().is_some_and(|bundle| bundle.scope != Scope::All)
}

fn subject(verified: &Verified, occasion: &Occasion) -> Markup {
    let report = &verified.report;
    let size = verified.report.checkpoint.lines().nth(1).unwrap_or("?");
    html! {
        (heading("核验对象", "What was verified"))
        table.facts {
            (row("日志", "Log", &html! { (report.origin) }))
            @if let Some(digest) = occasion.digest {
                (row("文件 SHA-256", "File", &html! { code { (digest) } }))
            }
            @if let Some(bundle) = &verified.bundle {
                (row("范围", "Scope", &match &bundle.scope {
                    Scope::Tender(code) => html! { "项目 · tender " strong { (code) }
                        @if let Some(title) = verified.contents.timeline.title(&bundle.scope.to_string()) { br; (title) }
                    },
                    Scope::Organisation(id) => html! { "主体 · organisation " strong { (id) } },
                    Scope::Commitment(id) => html! { "承诺 · commitment " strong { (id) } },
                    Scope::All => html! { "整个日志 · the whole log" },
                }))
                (row("证据包生成于", "Bundle made", &time(bundle.created)))
                (row("所附文件", "Documents", &html! {
                    (bundle.documents) " 份已核对 · verified"
                    @if !bundle.documents_missing.is_empty() {
                        "；" (bundle.documents_missing.len()) " 份缺 · missing"
                    }
                }))
            }
            (row("条目", "Entries", &html! { (report.entries) " / " (size) }))
            @if let Some((first, last)) = verified.contents.period {
                (row("时段", "Period", &html! { (time(first)) br; (time(last)) }))
            }
            (row("树根", "Root", &html! { code { (report.root) } }))
            (row("核验时间", "Verified at", &time(occasion.at)))
            (row("工具", "Tool", &html! { "gongshi " (env!("CARGO_PKG_VERSION")) }))
        }
    }
}

pub(super) fn time(at: Instant) -> Markup {
    html! { "北京时间 " (at.shanghai_text()) span.en { (at) } }
}

pub(super) fn more(count: u64) -> Markup {
    let omitted = count.saturating_sub(ROWS_MAX as u64);
    html! { @if omitted > 0 { p { "另有 " (omitted) " 项未列出。" span.en { (omitted) " more are not listed." } } } }
}

/// What nobody may read out of a report that finds nothing.
fn not_proven(verified: &Verified, occasion: &Occasion) -> Markup {
    let mut limits: Vec<(&str, &str)> = Vec::new();
    if !occasion.pinned {
        limits.push((
            "日志公钥取自日志自身的记录：请与另行取得的公钥核对（--key）。",
            "The log's key is the one that its own records name: compare it with one that you have from elsewhere (--key).",
        ));
    }
    if is_part(verified) {
        limits.extend([
            (
                "完整性：各卷有多少条记录，以及哪些卷属于本包，是日志运行机构以检查点密钥签名的声明；声明是否属实，凭整个日志可以查证。检查点之后的记录不在其内。",
                "Completeness: how many records each stream has, and which streams belong here, is what whoever runs the log states under its checkpoint key; the whole log shows whether that is true. What came after the checkpoint is not in it.",
            ),
            (
                "信用评价：各次评定与其所列条目相符；是否有应计而未列的条目，须有完整日志方可核对。",
                "Credit: each grade follows from what it lists; whether it lists everything only the whole log shows.",
            ),
            (
                "链：前后哈希只在相邻条目之间核对；未收录条目之间的次序与时间未核对。",
                "Chain: previous hashes are checked between neighbours only; order and times among the entries left out are not.",
            ),
            (
                "未收录的条目是否用过同一 jti，或登记过同一密钥。",
                "Whether entries left out use the same jti, or brought the same key.",
            ),
            (
                "日志更名续写时，其前任检查点的树根；以及未收录的日志密钥变更。",
                "If the log was continued under another origin: the root of the predecessor checkpoint; and changes of the log's keys that were left out.",
            ),
        ]);
    }
    if verified.bundle.as_ref().is_none_or(|bundle| !bundle.documents_missing.is_empty()) {
        limits.push((
            "未附文件的内容：记录只固定其 SHA-256。",
            "What documents say that are not here: the records fix their SHA-256.",
        ));
    }
    if !occasion.policy {
        limits.push((
            "见证：检查点上见证人的签名照录，未核验（--policy）；未核验日志是否向他人出示过另一版本。",
            "Witnesses: their lines are shown as they stand in the checkpoint, unverified (--policy); nor whether the log has shown others another version.",
        ));
    }
    limits.push((
        "封存的个人信息，以及记录所述是否属实。",
        "Sealed personal values; and whether what the records say is true.",
    ));
    html! {
        (heading("未证明的事项", "What is not proven"))
        ul { @for (zh, en) in limits { li { (zh) span.en { (en) } } } }
    }
}

fn checks(verified: &Verified) -> Markup {
    let mut checks = vec![
        (
            "每条记录的作者签名，及其密钥由此前的记录登记",
            "Every record's signature, by a key that an earlier record brought",
        ),
        ("每条记录在其位置上依规则允许（重放）", "Every record was allowed at its place by the rules (replay)"),
        ("检查点由日志公钥签名", "The checkpoint is signed by the log's key"),
    ];
    if is_part(verified) {
        checks.extend([
            (
                "每个条目收录于该检查点的树中（RFC 6962 包含证明）",
                "Every entry is in that checkpoint's tree (RFC 6962 inclusion proofs)",
            ),
            (
                "各卷条目数与日志签名的声明一致（如有声明）",
                "Every stream has as many entries as the log states, where it does",
            ),
        ]);
    } else {
        checks.push((
            "全部条目的链、时间，及其树与检查点一致",
            "Chain and times of all entries, and that their tree is the checkpoint's",
        ));
    }
    if verified.bundle.is_some() {
        checks.push(("所附文件的 SHA-256 与记录一致", "The documents here have the SHA-256 that records cite"));
    }
    html! {
        (heading("核验了什么", "What was checked"))
        ul { @for (zh, en) in checks { li { (zh) span.en { (en) } } } }
    }
}

fn keys(verified: &Verified, occasion: &Occasion) -> Markup {
    let note = SignedNote::parse(&verified.report.checkpoint).ok();
    let lines = note.map(|note| verified.report.checkpoint[note.text().len() + 1..].to_owned()).unwrap_or_default();
    let signers = verified.contents.signers();
    let report = &verified.report;
    html! {
        (heading("所用密钥", "Keys"))
        h3 {
            "日志公钥 " span.en { "Log key" }
            @if occasion.pinned { "（由核验人给定 · given by the auditor）" } @else { "（取自日志 · as the log names it）" }
        }
        @for key in &report.log_keys { p.key { code { (key) } } }
        h3 { "检查点上的签名行 " span.en { "Signature lines of the checkpoint" } }
        pre { (lines) }
        @if occasion.policy {
            h3 { "依策略核验的见证 " span.en { "Witnesses of the policy whose cosignatures hold" } }
            p { @if report.witnesses.is_empty() { "无 · none" } @else { (report.witnesses.join("、")) } }
        }
        h3 { "签名人 " span.en { "Authors" } }
        table {
            thead { tr {
                th { "主体 " span.en { "Organisation" } }
                th { "密钥指纹 " span.en { "Key (RFC 7638)" } }
                th { "记录 " span.en { "Records" } }
            } }
            @for signer in signers.iter().take(ROWS_MAX) {
                tr {
                    td { (signer.name) br; code { (signer.organisation) } }
                    td { code.kid { (signer.kid) } }
                    td.number { (signer.records) }
                }
            }
        }
        (more(signers.len() as u64))
    }
}

fn records(verified: &Verified) -> Markup {
    let missing = verified.bundle.iter().flat_map(|bundle| &bundle.documents_missing).take(ROWS_MAX);
    let missing: Vec<_> = missing.collect();
    html! {
        (heading("记录", "Records by kind"))
        table.kinds { @for (kind, count) in &verified.contents.kinds { tr { td { code { (kind) } } td.number { (count) } } } }
        @if !missing.is_empty() {
            (heading("缺失的文件", "Missing documents"))
            ul { @for id in missing { li { code { (id) } } } }
        }
    }
}
