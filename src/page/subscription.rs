//! 订阅: the part of the search page that asks for an address, and the pages behind the links in messages. A link shows a button and does
//! nothing by itself, for programs that look through mail open links.

use super::component::{notice, summary, time};
use super::refusal::Unshown;
use super::shell::Leaf;
use super::text::texts;
use super::visit::Visit;
use crate::http::encoded;
use crate::subscription::{SubscriptionState, SubscriptionView, Target, WaysView, WishView};
use maud::{Markup, html};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// What a wish has beside its filter: the field of the form.
pub(super) const ADDRESS: &str = "address";
/// What says in a link which subscription it is about.
pub(super) const TOKEN: &str = "token";

/// The ways to follow a search. `filter` are its parameters, `question` is the same as it stands in an address.
pub(super) fn ways(visit: &Visit, ways: &WaysView, filter: &[(&str, &str)], question: &str) -> Markup {
    html! {
        section #follow {
            h2 { (visit.say(FollowText::Title)) }
            p { (visit.say(FollowText::Lead)) }
            ul {
                li { a href={ "/v1/search.atom?" (question) } { (visit.say(FollowText::Atom)) } }
                li { a href={ "/v1/search.ics?" (question) } { (visit.say(FollowText::Calendar)) } }
            }
            @if ways.email {
                form.search.large action=(visit.at("/subscriptions")) method="post" {
                    @for (name, value) in filter { input type="hidden" name=(name) value=(value); }
                    input type="email" name=(ADDRESS) required autocomplete="email" maxlength="254" aria-label=(visit.say(FollowText::Address)) placeholder=(visit.say(FollowText::Address)) value=(visit.asked(ADDRESS).unwrap_or_default());
                    button type="submit" { (visit.say(FollowText::ByMail)) }
                }
                p.aside { (visit.say(FollowText::AboutMail)) }
            }
            @if ways.webhook { (webhook(visit, ways, filter)) }
        }
    }
}

fn filter_of(filter: &[(&str, &str)]) -> Map<String, Value> {
    let value = |name: &str, value: &str| match value.parse::<u16>() {
        Ok(year) if name == "year" => json!(year),
        _ => json!(value),
    };
    filter.iter().map(|(name, text)| ((*name).to_owned(), value(name, text))).collect()
}

fn webhook(visit: &Visit, ways: &WaysView, filter: &[(&str, &str)]) -> Markup {
    let wish = json!({
        "filter": filter_of(filter), "language": visit.language.prefix(),
        "target": { "kind": "webhook", "url": "https://hooks.example.cn/gongshi" },
    });
    html! {
        details {
            summary { (visit.say(FollowText::Webhook)) }
            p { (visit.say(FollowText::AboutWebhook)) }
            pre tabindex="0" { code { "POST /v1/subscriptions\nContent-Type: application/json\n\n" (wish) } }
            p { (visit.say(FollowText::WebhookKey)) " " code { (ways.webhook_key) } }
        }
    }
}

/// A page that only who has its link should come to.
fn own(title: &str, body: Markup) -> Leaf {
    Leaf { is_listed: false, ..Leaf::new(title, body) }
}

/// The search of this visit.
fn filter(visit: &Visit) -> Vec<(&str, &str)> {
    visit.all_asked().filter(|(name, _)| *name != ADDRESS).collect()
}

/// The ways to follow the search of this visit, by themselves.
async fn all_ways(visit: &Visit) -> Result<Markup, Unshown> {
    let (offered, filter): (WaysView, _) = (visit.view("/v1/subscriptions").await?, filter(visit));
    let pairs = filter.iter().map(|(name, value)| format!("{name}={}", encoded(value)));
    let question = pairs.collect::<Vec<_>>().join("&");
    Ok(ways(visit, &offered, &filter, &question))
}

/// Where the form is.
pub(super) async fn offer(visit: Arc<Visit>) -> Result<Leaf, Unshown> {
    Ok(own(visit.say(FollowText::Subscription), all_ways(&visit).await?))
}

/// Takes the form of the search page.
pub(super) async fn subscribe(visit: Arc<Visit>) -> Result<Leaf, Unshown> {
    let filter = filter(&visit);
    let address = visit.asked(ADDRESS).unwrap_or_default();
    let wish = json!({
        "filter": filter_of(&filter), "language": visit.language.prefix(),
        "target": { "kind": "email", "address": address },
    });
    match visit.post::<WishView>("/v1/subscriptions", Some(&wish)).await {
        Ok(taken) => {
            let body = html! {
                p.lead { (visit.say(FollowText::LookIntoMail)) }
                p { (visit.either(&taken.zh, &taken.en)) }
            };
            Ok(own(visit.say(FollowText::Title), body))
        }
        Err(unshown) => {
            let body = html! { (unshown.box_in(visit.language)) (all_ways(&visit).await?) };
            Ok(Leaf { status: unshown.status(), ..own(visit.say(FollowText::Subscription), body) })
        }
    }
}

fn token(visit: &Visit) -> String {
    encoded(visit.asked(TOKEN).unwrap_or_default())
}

/// A button that does something about the subscription of this link.
fn button(visit: &Visit, path: &str, text: FollowText) -> Markup {
    html! {
        form action={ (visit.at(path)) "?token=" (token(visit)) } method="post" { button type="submit" { (visit.say(text)) } }
    }
}

/// Behind the link of the message that asks to confirm.
pub(super) async fn ask_to_confirm(visit: Arc<Visit>) -> Result<Leaf, Unshown> {
    let body = html! {
        p.lead { (visit.say(FollowText::PressToConfirm)) }
        (button(&visit, "/subscription/confirm", FollowText::Confirm))
    };
    Ok(own(visit.say(FollowText::Confirm), body))
}

/// Behind the button of that page.
pub(super) async fn confirm(visit: Arc<Visit>) -> Result<Leaf, Unshown> {
    let subscription: SubscriptionView =
        visit.post(&format!("/v1/subscription/confirm?token={}", token(&visit)), None).await?;
    let body = html! { p.lead { (visit.say(FollowText::FromNowOn)) } (facts(&visit, &subscription)) };
    Ok(own(visit.say(FollowText::Confirmed), body))
}

fn facts(visit: &Visit, subscription: &SubscriptionView) -> Markup {
    let target = match &subscription.target {
        Target::Email(email) => email.address.to_string(),
        Target::Webhook(webhook) => webhook.url.to_string(),
    };
    let search = format!("{}?{}", visit.at("/search"), subscription.filter.address());
    let rows = [
        (visit.say(FollowText::State), html! { (visit.say(subscription.state)) }),
        (visit.say(FollowText::Since), time(&subscription.since.to_string())),
        (visit.say(FollowText::To), html! { (target) }),
        (visit.say(FollowText::Search), html! { a href=(search) { (visit.say(FollowText::Open)) } }),
    ];
    html! {
        (summary(&rows))
        @if let Some(fault) = &subscription.fault { (notice(visit.say(FollowText::LastFault), &html! { p { code { (fault) } } })) }
    }
}

/// Behind the link in every message.
pub(super) async fn show(visit: Arc<Visit>) -> Result<Leaf, Unshown> {
    let subscription: SubscriptionView = visit.view(&format!("/v1/subscription?token={}", token(&visit))).await?;
    let body = html! {
        (facts(&visit, &subscription))
        @if subscription.state == SubscriptionState::Waiting { p { (visit.say(FollowText::NotConfirmed)) } }
        p { (visit.say(FollowText::AboutStop)) }
        (button(&visit, "/subscription/stop", FollowText::Stop))
    };
    Ok(own(visit.say(FollowText::Subscription), body))
}

/// Behind the button of that page.
pub(super) async fn stop(visit: Arc<Visit>) -> Result<Leaf, Unshown> {
    visit.done(&format!("/v1/subscription/stop?token={}", token(&visit))).await?;
    let body = html! { p.lead { (visit.say(FollowText::Deleted)) } };
    Ok(own(visit.say(FollowText::Stopped), body))
}

texts! { FollowText {
    Title "订阅这个查询" "Follow this search"
    Lead "出现新的结果时通知您：" "Be told when it finds something new:"
    Atom "Atom 订阅源" "Atom feed"
    Calendar "日历（截止与开标日期）" "Calendar of due dates"
    Address "电子邮箱" "E-mail address"
    ByMail "邮件订阅" "Follow by mail"
    AboutMail "先收到一封确认邮件，确认后才会再发；每封邮件都可退订。邮箱只用于发送，退订即删除。" "One mail asks you to confirm; nothing more is sent before that. Every mail has a link to stop. Your address is used for nothing else, and deleted when you stop."
    Webhook "用 webhook 订阅（供程序使用）" "Follow by webhook, for programs"
    AboutWebhook "把您的网址发给接口（须为公网 https）。收到 subscription.challenge 后以 {\"challenge\": \"…\"} 应答，此后每条新结果发送一次 subscription.found，签名方式见 Standard Webhooks（v1a）。" "Send your URL, https at a public host. Answer subscription.challenge with {\"challenge\": \"…\"}; from then on each new result is sent as subscription.found, signed as Standard Webhooks has it (v1a)."
    WebhookKey "验签公钥：" "Key to verify with:"
    LookIntoMail "请查收邮件并点开其中的链接。" "Please look into your mail and open the link in it."
    Confirm "确认订阅" "Confirm"
    PressToConfirm "请按下面的按钮确认：从现在起，您订阅的搜索出现新结果时，会给您发邮件。" "Press the button to confirm: from now on you are sent a mail when the search that you follow finds something new."
    Confirmed "订阅已生效" "You follow this search"
    FromNowOn "从现在起，新的结果会发给您。每封邮件都带有退订链接。" "What is newly found from now on is sent to you. Every mail has a link to stop."
    Subscription "订阅" "Subscription"
    State "状态" "State"
    Since "自" "Since"
    To "发往" "Sent to"
    Search "搜索" "Search"
    Open "打开搜索结果" "Open the search"
    LastFault "上次发送未成功" "The last message did not arrive"
    NotConfirmed "此订阅尚未确认，未确认就不会发送。如果不是您申请的，按下面的按钮拒绝：30 天内不会再有确认请求发来。" "Nobody has confirmed it, and unless somebody does nothing is sent. If it was not you, decline with the button below: nobody can have another request sent to you for 30 days."
    AboutStop "退订后不再发送，您的地址与这一订阅一并删除。" "When you stop, nothing more is sent, and your address is deleted with the subscription."
    Stop "退订" "Stop"
    Stopped "已退订" "Stopped"
    Deleted "不会再发送，您的地址已删除。" "Nothing more is sent, and your address is deleted."
} }
