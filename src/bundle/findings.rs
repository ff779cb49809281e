//! The part of a report to file away that says what is wrong, contested or lost.

use super::check::Verified;
use super::report::{ROWS_MAX, heading, more};
use crate::audit::{Finding, Reason, RootCause};
use maud::{Markup, html};

pub(super) fn findings(verified: &Verified) -> Markup {
    let report = &verified.report;
    let causes = report.root_causes();
    html! {
        (heading("发现的问题", "Findings"))
        @if report.holds() {
            p { "无。" span.en { "None." } }
        } @else {
            table {
                (head())
                @for cause in causes.iter().take(ROWS_MAX) {
                    tr {
                        (place(cause.finding))
                        td.long {
                            (words(cause.finding))
                            @if cause.following() > 0 { (follows(cause)) }
                        }
                    }
                }
            }
            (more(causes.len() as u64))
            @if causes.len() < report.findings.len() {
                (heading("逐条", "One by one"))
                table {
                    (head())
                    @for finding in report.findings.iter().take(ROWS_MAX) {
                        tr { (place(finding)) td.long { (words(finding)) } }
                    }
                }
                (more(report.findings.len() as u64 + report.findings_omitted))
            }
        }
    }
}

fn head() -> Markup {
    html! {
        thead { tr { th { "条目" br; span.en { "Entry" } } th { "问题" br; span.en { "Reason" } } th { "详情 " span.en { "Detail" } } } }
    }
}

fn place(finding: &Finding) -> Markup {
    html! {
        td.number { @if let Some(index) = finding.index { (index) } @else { "—" } }
        td.reason { (in_chinese(finding.reason)) br; span.en { (finding.reason) } }
    }
}

fn words(finding: &Finding) -> Markup {
    html! { @if let Some(zh) = &finding.detail_zh { (zh) br; } (finding.detail) }
}

/// What may be there because of it alone.
fn follows(cause: &RootCause<'_>) -> Markup {
    let zh = cause.follows.iter().map(|(reason, count)| format!("{} {count}", in_chinese(*reason)));
    let en = cause.follows.iter().map(|(reason, count)| format!("{reason} {count}"));
    html! {
        br;
        "或由此引出 " (cause.following()) " 项：" (zh.collect::<Vec<_>>().join("、"))
        span.en { (cause.following()) " more may follow from it: " (en.collect::<Vec<_>>().join(", ")) }
    }
}

pub(super) fn contested(verified: &Verified) -> Markup {
    let contested = &verified.report.contested;
    html! {
        @if !contested.is_empty() {
            (heading("密钥吊销前可能被冒用的记录", "Records that a stolen key may have signed"))
            p { "这些记录核验成立，不算问题。" span.en { "They hold and are no findings." } }
            ul {
                @for key in contested.iter().take(ROWS_MAX) {
                    li {
                        code { (key.kid) } " ≥ " (key.revoked_from) "：" (key.records) " 条 · entries "
                        (key.indexes.iter().map(u64::to_string).collect::<Vec<_>>().join(", "))
                    }
                }
            }
            (more(contested.len() as u64))
        }
    }
}

pub(super) fn lost(verified: &Verified) -> Markup {
    let lost = &verified.report.lost;
    html! {
        @if !lost.is_empty() {
            (heading("日志自述已失的条目", "Entries that the log says it has lost"))
            p {
                "这些条目曾以所列日志名签署，数据已失，日志其后更名续写。"
                span.en { "They were signed under the origin named here, nobody has them any more, and the log went on under another." }
            }
            ul {
                @for lost in lost {
                    li { code { (lost.origin) } "：第 " (lost.from) " 至 " (lost.to - 1) " 号 · entries " (lost.from) " to " (lost.to - 1) }
                }
            }
        }
    }
}

fn in_chinese(reason: Reason) -> &'static str {
    match reason {
        Reason::EntryMalformed => "条目格式错误",
        Reason::IndexWrong => "序号不符",
        Reason::ChainBroken => "哈希链断裂",
        Reason::TimeBackwards => "时间倒退",
        Reason::RecordMalformed => "记录格式错误",
        Reason::KeyUnknown => "密钥未登记",
        Reason::SignatureMismatch => "签名不成立",
        Reason::NotAllowed => "依规则不允许",
        Reason::LawUnknown => "法规版本无法解释",
        Reason::ActOwed => "应作行为缺失",
        Reason::JtiReused => "记录重放",
        Reason::CheckpointInvalid => "检查点无效",
        Reason::RootMismatch => "树根不符",
        Reason::SizeMismatch => "条目数不符",
        Reason::TileMismatch => "哈希瓦片不符",
        Reason::Unwitnessed => "见证不足",
        Reason::Unreadable => "无法读取",
        Reason::ProofInvalid => "收录证明不成立",
        Reason::DocumentMismatch => "文件不符",
        Reason::DocumentMissing => "文件缺失",
        Reason::MemberMissing => "证据包缺项",
        Reason::MemberUnknown => "证据包多出内容",
        Reason::ManifestWrong => "证据包自述不符",
        Reason::StatementInvalid => "卷宗声明无效",
        Reason::StreamMismatch => "卷宗不全或不符",
        Reason::BookWrong => "账簿不符合恒等关系",
        Reason::DerivedMismatch => "库表与日志不符",
    }
}
