//! Every parameter of every operation, as the API document has them: what it may not be is refused with what it may be.

use super::support::{Actor, Answer, App};
use super::{chinese, within};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method;
use serde_json::Value;
use std::collections::BTreeSet;

/// What none of our types take all of: too short, too long, a blank, a control character, another script, too large a number.
const WRONG: [&str; 7] = ["", "123", "x y", "\u{7}", "长", "<>", "99999999999999999999999"];

/// A parameter of one operation.
struct Asked<'a> {
    method: Method,
    path: &'a str,
    all: &'a [Value],
    parameter: &'a Value,
}

fn name(parameter: &Value) -> &str {
    parameter["name"].as_str().unwrap()
}

/// What a parameter may be, where another one is asked about.
fn right(parameter: &Value, centre: &str) -> String {
    let schema = &parameter["schema"];
    let text = match (schema["$ref"].as_str(), schema["format"].as_str()) {
        (Some(_), _) | (_, Some("organisation-id")) => centre,
        (_, Some("date")) => "2026-08-03",
        (_, Some("sha256")) => return "0".repeat(64),
        (_, Some("evaluation-id")) => "T-1:L-1:award",
        _ if schema["type"] == "integer" => "1",
        _ => "T-1",
    };
    text.to_owned()
}

impl Asked<'_> {
    /// The address with this value, and what is right for the others that are needed.
    fn address(&self, value: &str, centre: &str) -> String {
        let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let (mut path, mut query) = (self.path.to_owned(), Vec::new());
        for other in self.all {
            let is_asked = name(other) == name(self.parameter) && other["in"] == self.parameter["in"];
            let text = encoded(&if is_asked { value.to_owned() } else { right(other, centre) });
            match other["in"].as_str() {
                Some("path") => path = path.replace(&format!("{{{}}}", name(other)), &text),
                Some("query") if is_asked || other["required"] == true => query.push(format!("{}={text}", name(other))),
                _ => {}
            }
        }
        format!("{path}?{}", query.join("&"))
    }

    async fn answer(&self, app: &App, by: &Actor, value: &str) -> Option<Answer> {
        let url = format!("{}{}", app.base, self.address(value, by.id.as_str()));
        let request = app.client.request(self.method.clone(), url).bearer_auth(app.token(by));
        // What goes on for ever was not refused.
        tokio::time::timeout(std::time::Duration::from_secs(2), app.send(request)).await.ok()
    }

    /// Whether only its own type knows what it may be: a text may be anything, and a path of tiles is none of poem's.
    fn has_a_form(&self) -> bool {
        let schema = &self.parameter["schema"];
        let is_text = schema["type"] == "string" && schema["format"].is_null() && schema["enum"].is_null();
        !is_text && !self.path.starts_with("/log/")
    }
}

/// It names the parameter, and what is wrong with it, in both languages.
fn says_why(answer: &Answer, name: &str, at: &str) {
    let (zh, en) = (answer.body["detail"].as_str().unwrap(), answer.body["detail_en"].as_str().unwrap());
    for (said, before) in [(zh, format!("参数 {name}：")), (en, format!("parameter {name} "))] {
        // What an endpoint says of several together has words of its own.
        let why = said.strip_prefix(&before).unwrap_or(said);
        assert!(said.contains(name), "{at}: {said}");
        assert!(why.chars().count() > 4 && !matches!(why, "无效" | "is invalid"), "{at}: {said}");
        assert!(!said.contains(['\u{1}', '\u{7}']) && !said.contains("fault\":"), "{at}: {said}");
    }
    assert!(chinese(&answer.body["detail"]), "{at}: {zh}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_parameter_may_not_be_is_refused_with_the_reason() {
    let app = App::start().await;
    let cast = app.cast().await;
    let document = app.get("/openapi.json").await.body;
    let (mut refused, mut passed) = (0, BTreeSet::new());
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let all = operation["parameters"].as_array().map_or(&[][..], Vec::as_slice);
            for parameter in all.iter().filter(|parameter| parameter["in"] != "header") {
                let asked = Asked { method: method.to_uppercase().parse().unwrap(), path, all, parameter };
                let mut was_refused = false;
                for value in WRONG {
                    let Some(answer) = asked.answer(&app, &cast.centre, value).await else { continue };
                    assert!(answer.status < 500, "{method} {path}: {answer:?}");
                    if answer.body["type"] == "/problems/bad-parameter" {
                        let at = format!("{method} {}", asked.address(value, cast.centre.id.as_str()));
                        says_why(&answer, name(parameter), &at);
                        was_refused = true;
                    }
                }
                refused += usize::from(was_refused);
                if asked.has_a_form() && !was_refused {
                    passed.insert(format!("{method} {path} {}", name(parameter)));
                }
            }
        }
    }
    assert_eq!(passed, BTreeSet::new(), "took everything");
    assert!(refused > 300, "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_needed_and_missing_is_named() {
    let app = App::start().await;
    let answer = within(app.get("/v1/evaluations/samples")).await;
    assert_eq!(answer.problem(), "bad-parameter", "{answer:?}");
    assert!(answer.body["detail"].as_str().unwrap().contains("day：缺失"), "{answer:?}");
    assert!(answer.body["detail_en"].as_str().unwrap().contains("day is missing"), "{answer:?}");
    let code = within(app.get("/v1/tenders?centre=9141")).await;
    assert!(code.body["detail"].as_str().unwrap().contains("18 位统一社会信用代码"), "{code:?}");
    assert!(code.body["detail_en"].as_str().unwrap().contains("18 characters (GB 32100-2015)"), "{code:?}");
}
