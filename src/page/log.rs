//! The log: how long it is, who watches it, and how to verify all of it without trusting this site.

use super::Section;
use super::component::{Tone, organisation, record_link, summary, table, tag, time};
use super::refusal::Unshown;
use super::shell::Leaf;
use super::text::texts;
use super::visit::Visit;
use crate::http::{LogView, MirrorView, RecordPage, RecordView, WitnessView};
use futures::try_join;
use maud::{Markup, html};
use std::sync::Arc;

/// The newest records that are shown.
const SHOWN: u32 = 25;

pub(super) async fn show(visit: Arc<Visit>) -> Result<Leaf, Unshown> {
    let log: LogView = visit.view("/v1/log").await?;
    let newest = format!("/v1/records?before={}&limit={SHOWN}", log.size);
    let (witnesses, mirrors, newest) = try_join!(
        visit.view::<Vec<WitnessView>>("/v1/log/witnesses"),
        visit.view::<Vec<MirrorView>>("/v1/log/mirrors"),
        visit.view::<RecordPage>(&newest)
    )?;
    let names = visit.names(newest.items.iter().map(|record| record.author.as_str())).await;
    let columns = [LogText::Record, LogText::Kind, LogText::By, LogText::Time].map(|text| visit.say(text));
    let row = |record: &RecordView| {
        vec![
            record_link(&visit, record.index),
            html! { (visit.kind(&record.kind.0)) " " code { (record.stream.0) } },
            organisation(&visit, &names, &record.author),
            time(&record.time),
        ]
    };
    let rows: Vec<_> = newest.items.iter().map(row).collect();
    let body = html! {
        p.lead { (visit.say(LogText::Lead)) }
        (facts(&visit, &log))
        h2 { (visit.say(LogText::Witnesses)) }
        p { (visit.say(LogText::AboutWitnesses)) }
        @if witnesses.is_empty() { p { (visit.say(LogText::NoWitness)) } } @else { (watchers(&visit, &log, &witnesses)) }
        h2 { (visit.say(LogText::Mirrors)) }
        p { (visit.say(LogText::AboutMirrors)) }
        @if mirrors.is_empty() { p { (visit.say(LogText::NoMirror)) } } @else { (copies(&visit, &log, &mirrors)) }
        h2 { (visit.say(LogText::Audit)) }
        p { (visit.say(LogText::HowToAudit)) }
        pre { code { "gongshi mirror --help\ngongshi verify --help" } }
        h2 { (visit.say(LogText::Newest)) }
        (table(visit.say(LogText::Newest), &columns, &rows))
    };
    let leaf = Leaf::of(Section::Log, visit.say(Section::Log), body);
    Ok(Leaf { about: Some(visit.say(LogText::Lead).to_owned()), ..leaf })
}

fn facts(visit: &Visit, log: &LogView) -> Markup {
    let mut rows = vec![
        (visit.say(LogText::Size), html! { (log.size) }),
        (visit.say(LogText::Origin), html! { code { (log.origin) } }),
        (visit.say(LogText::Root), html! { code { (log.root) } }),
        (visit.say(LogText::Checkpoint), html! { a href="/log/checkpoint" { "/log/checkpoint" } }),
    ];
    rows.extend(log.log_keys.iter().map(|key| (visit.say(LogText::Key), html! { code { (key) } })));
    rows.extend(
        log.former_origins.iter().map(|origin| (visit.say(LogText::FormerOrigin), html! { code { (origin) } })),
    );
    if let Some(size) = log.witnessed_size {
        rows.push((visit.say(LogText::Witnessed), html! { (size) }));
    }
    summary(&rows)
}

/// Who signs that it sees the same log, and how far behind each is.
fn watchers(visit: &Visit, log: &LogView, witnesses: &[WitnessView]) -> Markup {
    let columns =
        [LogText::Witness, LogText::State, LogText::Size, LogText::Behind, LogText::Time].map(|text| visit.say(text));
    let row = |witness: &WitnessView| {
        let state = match &witness.failing_since {
            Some(since) => html! { (tag(Tone::Bad, visit.say(LogText::Failing))) " " (time(&since.to_string())) },
            None => tag(Tone::Good, visit.say(LogText::Answering)),
        };
        vec![
            html! { (witness.name) },
            state,
            html! { (witness.size) },
            html! { (log.size.saturating_sub(witness.size)) },
            html! { @if let Some(at) = &witness.cosigned_at { (time(&at.to_string())) } @else { "—" } },
        ]
    };
    table(visit.say(LogText::Witnesses), &columns, &witnesses.iter().map(row).collect::<Vec<_>>())
}

/// Where the same log can be read, and how far each was when it was asked last.
fn copies(visit: &Visit, log: &LogView, mirrors: &[MirrorView]) -> Markup {
    let columns = [LogText::Address, LogText::State, LogText::Size, LogText::Behind, LogText::Answered];
    let columns = columns.map(|text| visit.say(text));
    let row = |mirror: &MirrorView| {
        let (tone, word) = match (mirror.failing_since, mirror.agrees) {
            (_, Some(false)) => (Tone::Bad, LogText::Differs),
            (Some(_), _) => (Tone::Bad, LogText::Failing),
            (None, Some(true)) => (Tone::Good, LogText::Agrees),
            (None, None) => (Tone::Plain, LogText::NotHeard),
        };
        vec![
            html! { a href=(mirror.address) rel="external noopener" { (mirror.address) } },
            tag(tone, visit.say(word)),
            html! { @if let Some(size) = mirror.size { (size) } @else { "—" } },
            html! { @if let Some(size) = mirror.size { (log.size.saturating_sub(size)) } @else { "—" } },
            html! { @if let Some(at) = &mirror.answered_at { (time(&at.to_string())) } @else { "—" } },
        ]
    };
    table(visit.say(LogText::Mirrors), &columns, &mirrors.iter().map(row).collect::<Vec<_>>())
}

texts! { LogText {
    Lead "所有记录按先后进入同一日志。日志只增不改；检查点对全部内容签名，改动任何一条都会改变根哈希。" "All records go into one log, in order. It only grows; checkpoints sign all of it, and a change of any record changes the root hash."
    Size "记录数" "Records"
    Origin "日志名称" "Name of the log"
    FormerOrigin "曾用名称" "Former name"
    Root "根哈希" "Root hash"
    Checkpoint "检查点" "Checkpoint"
    Key "检查点公钥" "Checkpoint key"
    Witnessed "见证人已确认的记录数" "Records that witnesses have confirmed"
    Witnesses "见证人" "Witnesses"
    AboutWitnesses "见证人是独立的机构：只有新检查点与其所见一致时才副署，因此本站不能向不同的人出示不同的日志。" "Witnesses are independent: they cosign a checkpoint only if it agrees with what they saw, so this site can't show different logs to different people."
    NoWitness "本日志尚未接入见证人。" "This log has no witnesses yet."
    Witness "名称" "Name"
    State "状态" "State"
    Failing "未应答" "Not answering"
    Answering "正常" "Answering"
    Behind "落后" "Behind"
    Time "时间" "Time"
    Mirrors "镜像" "Mirrors"
    AboutMirrors "镜像是由他人保存的同一日志的完整副本，其检查点由日志签名。下列为运行机构指明的镜像，每分钟询问一次；可能还有本站不知道的镜像。" "A mirror is a whole copy of this log that somebody else keeps, with checkpoints that the log signed. These are the ones that the operator names, asked every minute; there may be others that this site does not know of."
    NoMirror "运行机构没有指明镜像。" "The operator names no mirror."
    Address "地址" "Address"
    Agrees "一致" "The same log"
    Differs "内容不符" "Not the same log"
    NotHeard "尚未应答" "Not heard from yet"
    Answered "最近应答" "Last answer"
    Audit "自行核验" "Verify it yourself"
    HowToAudit "任何人可下载整个日志，在自己的电脑上逐条核验签名、顺序和每个决定是否符合规则：" "Anybody can download the whole log and verify on a computer of their own every signature, the order, and that each decision followed the rules:"
    Newest "最新记录" "Newest records"
    Record "记录" "Record"
    Kind "内容" "What"
    By "作者" "Author"
} }
