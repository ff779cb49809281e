//! Rules and law: which editions apply since when, and each rule with its text and its source.

use super::Section;
use super::component::{Tone, record_link, summary, table, tag, time};
use super::refusal::Unshown;
use super::shell::Leaf;
use super::text::texts;
use super::visit::Visit;
use crate::http::encoded;
use crate::law::{AdoptionView, EditionView, LawRuleView};
use crate::statistics::{EditionOccasions, RuleOccasions};
use futures::try_join;
use maud::{Markup, html};
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
    let row = |(rule, asked): (&LawRuleView, &RuleOccasions)| {
        let until = rule.valid_to.as_deref().unwrap_or("");
        vec![
            html! { code id={ "rule-" (rule.id) } { (rule.id) } },
            html! { (visit.either(&rule.zh, &rule.en)) },
            html! { (rule.law) },
            html! { @if let Some(days) = rule.days { (days) } @else { "—" } },
            html! { (rule.valid_from) " – " (until) },
            html! { span.number { (asked.records) } " " span.aside { (visit.kind(&asked.anchor)) } },
        ]
    };
    html! {
        h2 { (visit.say(LawText::Rules)) " · " (edition.name) }
        (summary(&facts))
        p { (visit.tell(LawText::AboutOccasions, &[("size", &occasions.size.to_string())])) }
        (table(visit.say(LawText::Rules), &columns, &edition.rules.iter().zip(&occasions.items).map(row).collect::<Vec<_>>()))
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
    Occasions "适用场合" "Occasions"
    AboutOccasions "适用场合：本版本有效期间，规则起算事项所指的那类记录有多少条（统计到第 {size} 条记录）。记录不逐条写明适用了哪条规则，所以只能数到这里，不能说某条规则用了多少次。" "Occasions: records of the kind from whose day the rule is counted, while this edition was in force (counted up to record {size}). Records don't say one by one which rules they passed, so no more than this can be counted."
    Hash "版本哈希" "Hash of the edition"
    Calendars "已有放假安排的年份" "Years with arranged holidays"
} }
