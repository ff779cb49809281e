//! Rules and law: which editions apply since when, and each rule with its text and its source.

use super::Section;
use super::component::{Tone, day, on_the_clock, record_link, summary, table, tag, time};
use super::refusal::Unshown;
use super::shell::Leaf;
use super::text::texts;
use super::visit::Visit;
use crate::http::encoded;
use crate::law::{AdoptionView, EditionView, LawRuleView};
use crate::statistics::{EditionOccasions, RuleOccasions};
use futures::try_join;
use maud::{Markup, html};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The editions that were adopted, and the rules of the one in force.
pub(super) async fn show(visit: Arc<Visit>) -> Result<Leaf, Unshown> {
    let adopted: Vec<AdoptionView> = visit.view("/v1/law").await?;
    let rules = match adopted.iter().find(|adoption| adoption.in_force) {
        Some(adoption) => rules(&visit, &encoded(&adoption.edition)).await?.1,
        None => html! {},
    };
    let body = html! {
        p.lead { (visit.say(LawText::Lead)) }
        h2 { (visit.say(LawText::Editions)) }
        (editions(&visit, &adopted))
        (rules)
    };
    let leaf = Leaf::of(Section::Law, visit.say(Section::Law), body);
    Ok(Leaf { about: Some(visit.say(LawText::Lead).to_owned()), ..leaf })
}

/// One edition.
pub(super) async fn edition(visit: Arc<Visit>) -> Result<Leaf, Unshown> {
    let (edition, rules) = rules(&visit, &encoded(visit.parameter())).await?;
    let title = format!("{} · {}", edition.name, visit.either(&edition.zh, &edition.en));
    Ok(Leaf::of(Section::Law, title, rules))
}

fn editions(visit: &Visit, adopted: &[AdoptionView]) -> Markup {
    let columns = [LawText::Edition, LawText::State, LawText::Adopted].map(|text| visit.say(text));
    let row = |adoption: &AdoptionView| {
        let state = if adoption.in_force {
            tag(Tone::Good, visit.say(LawText::InForce))
        } else {
            tag(Tone::Plain, visit.say(LawText::Former))
        };
        vec![
            html! { a href=(visit.at(&format!("/law/{}", encoded(&adoption.edition)))) { (adoption.name) } " " (visit.either(&adoption.zh, &adoption.en)) },
            state,
            html! { (time(&adoption.time)) " " (record_link(visit, adoption.index)) },
        ]
    };
    table(visit.say(LawText::Editions), &columns, &adopted.iter().map(row).collect::<Vec<_>>())
}

/// An edition by its hash, and its rules as a table, each with the records that it may have been asked of.
async fn rules(visit: &Visit, edition: &str) -> Result<(EditionView, Markup), Unshown> {
    let (said, occasions) = (format!("/v1/law/{edition}"), format!("/v1/statistics/rules/{edition}"));
    let (edition, occasions) = try_join!(visit.view(&said), visit.view(&occasions))?;
    let table = table_of_rules(visit, &edition, &occasions);
    Ok((edition, table))
}

fn table_of_rules(visit: &Visit, edition: &EditionView, occasions: &EditionOccasions) -> Markup {
    let years: Vec<_> = edition.calendar_years.iter().map(ToString::to_string).collect();
    let facts = [
        (visit.say(LawText::Hash), html! { a href={ "/log/law/" (edition.edition) } { code { (edition.edition) } } }),
        (visit.say(LawText::Calendars), html! { (years.join(visit.either("、", ", "))) }),
    ];
    let columns = [LawText::Rule, LawText::Says, LawText::Source, LawText::Days, LawText::Valid, LawText::Occasions]
        .map(|text| visit.say(text));
    let mut named = BTreeMap::<String, u32>::new();
    // Several rules of an edition may have one number, each for a case of its own.
    let row = |(rule, asked): (&LawRuleView, &RuleOccasions)| {
        let times = named.entry(rule.id.clone()).and_modify(|times| *times += 1).or_insert(1);
        let anchor = if *times == 1 { format!("rule-{}", rule.id) } else { format!("rule-{}-{times}", rule.id) };
        vec![
            html! { code id=(anchor) { (rule.id) } },
            html! { (visit.either(&rule.zh, &rule.en)) },
            html! { (rule.law) },
            html! { @if let Some(days) = rule.days { (days) } @else { "—" } },
            html! { (day(&rule.valid_from)) " –" @if let Some(last) = &rule.valid_to { " " (day(last)) } },
            occasions_of(visit, &rule.anchor, asked),
        ]
    };
    html! {
        h2 { (visit.say(LawText::Rules)) " · " (edition.name) }
        (summary(&facts))
        p { (visit.tell(LawText::AboutOccasions, &[("size", &occasions.size.to_string())])) }
        @if let Some(since) = &occasions.refusals_since {
            p { (visit.tell(LawText::AboutRefusals, &[("since", &on_the_clock(since))])) }
        }
        (table(visit.say(LawText::Rules), &columns, &edition.rules.iter().zip(&occasions.items).map(row).collect::<Vec<_>>()))
        @if !occasions.others.is_empty() {
            p {
                (visit.say(LawText::Others)) " "
                @for (n, other) in occasions.others.iter().enumerate() {
                    @if n > 0 { (visit.either("、", ", ")) }
                    code { (other.rule) } " " (visit.tell(LawText::Times, &[("count", &other.refused.to_string())]))
                }
            }
        }
    }
}

/// How often a rule applied, was overdue and refused a record, each where it is known, and how that was counted.
fn occasions_of(visit: &Visit, anchor: &str, rule: &RuleOccasions) -> Markup {
    let numbers = [
        (LawText::Applied, rule.applied),
        (LawText::AtMost, rule.at_most),
        (LawText::Overdue, rule.overdue),
        (LawText::Refused, rule.refused),
    ];
    let kind = format!("“{}”", visit.kind(anchor));
    let method = visit.either(&rule.method, &rule.method_en).replace(anchor, &kind);
    html! {
        @if rule.applied.or(rule.at_most).is_none() { "— " }
        @for (text, count) in numbers.into_iter().filter_map(|(text, count)| Some((text, count?))) {
            span.number { (visit.tell(text, &[("count", &count.to_string())])) } br;
        }
        span.aside { (method) }
    }
}

texts! { LawText {
    Lead "每条记录按其之前已采用的规则版本判定。规则是数据，写明条文与出处；版本由监督部门签名采用，旧版本不改。" "Every record is judged by the edition that was adopted before it. Rules are data with their text and source; a supervisor signs the adoption of an edition, and old ones never change."
    Editions "已采用的版本" "Editions adopted"
    Edition "版本" "Edition"
    State "状态" "State"
    Adopted "采用时间" "Adopted"
    InForce "现行" "In force"
    Former "已被替代" "Replaced"
    Rules "规则" "Rules"
    Rule "编号" "Rule"
    Says "内容" "What it says"
    Source "依据" "Source"
    Days "天数" "Days"
    Valid "有效期" "Valid"
    Occasions "适用次数" "How often it applied"
    AboutOccasions "适用次数：本版本有效期间，每条规则按版本写明的起算记录计次（统计到第 {size} 条记录），任何人都可以据日志重数。多数记录不写明适用了哪条规则，所以每个数字旁注明数的是什么；数不准的写“至多”，数不出的写“—”，都不写零。" "How often: each rule by the records from which the edition counts it, while that was in force (up to record {size}); anybody who has the log can count again. Most records don't name the rules that they passed, so each number says what was counted; what can't be told exactly has “at most”, what can't be told at all “—”, and neither a zero."
    AboutRefusals "拒绝次数：被拒绝的记录不在日志里，由本服务自 {since} 起自行计数（至少如此多，重复提交重复计），不是日志的一部分，无法由他人重数。" "Refusals: a record that is refused is not in the log. This service has counted them since {since} (at least so many; who posts twice is refused twice). That is no part of the log, and nobody else can count it again."
    Applied "适用 {count} 次" "applied {count} ×"
    AtMost "至多 {count} 次" "at most {count} ×"
    Overdue "逾期 {count} 次" "overdue {count} ×"
    Refused "拒绝 {count} 次" "refused {count} ×"
    Others "拒绝时另引用、而本版本未列为规则的条文：" "What refusals cite besides, and this edition does not list as a rule:"
    Times "{count} 次" "{count} ×"
    Hash "版本哈希" "Hash of the edition"
    Calendars "已有放假安排的年份" "Years with arranged holidays"
} }
