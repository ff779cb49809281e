//! The pages that explain problems: what a problem's `type` points at.

use super::Problem;
use crate::problem::{self, CATALOGUE, ProblemType};
use crate::world::{Act, World};
use maud::{DOCTYPE, Markup, html};
use poem::handler;
use poem::web::{Html, Path};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Why a problem is met, and what to do about it.
#[derive(Deserialize)]
struct Explanation {
    /// In Chinese and in English.
    cause: [String; 2],
    cure: [String; 2],
    #[serde(flatten)]
    example: Option<Example>,
}

/// A request that gets the problem.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Example {
    /// Method, path and body; headers, one a line, below.
    Request(String),
    /// What is other than it should be in the protected header of a pre-announcement.
    Header(Map<String, Value>),
    /// What is other than it should be in its payload: JSON pointers and values.
    Payload(Map<String, Value>),
}

static EXPLANATIONS: LazyLock<BTreeMap<String, Explanation>> =
    LazyLock::new(|| toml::from_str(include_str!("problems.toml")).expect("problems.toml explains problems"));

/// The pre-announcement that stands in the API document, which the examples change.
static PREANNOUNCEMENT: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../server/document/examples/tender.preannounced.json")).expect("it is JSON")
});

/// The member taken away that is set to this: TOML has no null.
const ABSENT: &str = "null";

/// The pre-announcement with some members put in, or taken away.
fn changed(changes: &Map<String, Value>) -> Value {
    let mut payload = PREANNOUNCEMENT.clone();
    for (pointer, value) in changes {
        let (parent, name) = pointer.rsplit_once('/').unwrap_or(("", pointer));
        match payload.pointer_mut(parent) {
            Some(Value::Object(members)) if value == ABSENT => drop(members.shift_remove(name)),
            Some(Value::Object(members)) => drop(members.insert(name.to_owned(), value.clone())),
            _ => {}
        }
    }
    payload
}

impl Example {
    fn request(&self) -> String {
        let post = "POST /v1/tenders\n# tender.preannounced";
        let lines = |changes: &Map<String, Value>| {
            changes.iter().map(|(name, value)| format!("\n{name} = {value}")).collect::<String>()
        };
        match self {
            Self::Request(line) => line.clone(),
            Self::Header(members) => format!("{post}: x-jws-signature{}", lines(members)),
            Self::Payload(members) => format!("{post}{}", lines(members)),
        }
    }

    /// What the payload's own rules say of it, in a log that knows nobody.
    fn refusal(&self, problem: &ProblemType) -> Option<Problem> {
        let Self::Payload(changes) = self else { return None };
        let parsed = Act::parse("tender.preannounced", changed(changes).to_string().as_bytes());
        let refusal = parsed.and_then(|act| World::default().must_know_codes(&act)).err()?;
        (refusal.problem == problem).then(|| Problem::from(refusal))
    }
}

/// What the answer looks like.
fn answer(problem: &'static ProblemType, example: Option<&Example>) -> String {
    let answer = example.and_then(|example| example.refusal(problem)).unwrap_or_else(|| Problem::of(problem));
    serde_json::to_string_pretty(&answer).unwrap_or_default()
}

fn title(problem: &ProblemType) -> Markup {
    html! {
        a href={ "/problems/" (problem.code) } { code { (problem.code) } }
        " · " (problem.status) " · " (problem.title_zh) " · " span lang="en" { (problem.title_en) }
    }
}

fn page(title: &str, body: &Markup) -> Html<String> {
    let page = html! {
        (DOCTYPE)
        html lang="zh-CN" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width";
                title { (title) " · 公示" }
            }
            body { h1 { (title) } (body) }
        }
    };
    Html(page.into_string())
}

/// Every problem type.
#[handler]
pub fn list_problems() -> Html<String> {
    let list = html! { ul { @for problem in CATALOGUE { li { (title(problem)) } } } };
    page("问题类型 Problem types", &list)
}

/// One problem type: its cause, its cure, and an example.
#[handler]
pub fn explain_problem(Path(code): Path<String>) -> poem::Result<Html<String>> {
    let found = CATALOGUE.iter().copied().find(|problem| problem.code == code).zip(EXPLANATIONS.get(&code));
    let (problem, Explanation { cause, cure, example }) = found.ok_or_else(|| Problem::of(&problem::NOT_FOUND))?;
    let both = |[zh, en]: &[String; 2]| html! { p { (zh) } p lang="en" { (en) } };
    let body = html! {
        p { (title(problem)) }
        h2 { "原因 Cause" }
        (both(cause))
        h2 { "处理 Cure" }
        (both(cure))
        @if let Some(example) = example {
            h2 { "示例 Example" }
            pre { (example.request()) }
        }
        h2 { "应答 Answer" }
        pre { (answer(problem, example.as_ref())) }
        p { a href="/problems" { "全部问题类型 All problem types" } }
    };
    Ok(page(problem.title_zh, &body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_is_explained_and_nothing_else() {
        let known: Vec<&str> = EXPLANATIONS.keys().map(String::as_str).collect();
        let mut codes: Vec<&str> = CATALOGUE.iter().map(|problem| problem.code).collect();
        codes.sort_unstable();
        assert_eq!(known, codes);
        for (code, Explanation { cause, cure, .. }) in &*EXPLANATIONS {
            for [zh, en] in [cause, cure] {
                let is_chinese = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
                assert!(
                    is_chinese(zh) && en.is_ascii() || en.contains("品目") || en.contains('§') || en.contains('…'),
                    "{code}"
                );
            }
        }
    }

    #[test]
    fn an_example_that_a_payload_alone_shows_has_its_real_answer() {
        let text = answer(&problem::CHECK_CHARACTER, EXPLANATIONS["check-character"].example.as_ref());
        assert!(text.contains("/procuring_unit/id") && text.contains("GB 32100-2015"), "{text}");
    }
}
