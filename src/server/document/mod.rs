//! The API document, finished. poem-openapi writes what it knows of the endpoints, as OpenAPI 3.0; here it becomes 3.1, in
//! which a member may be described beside the type that it refers to, and gets what poem-openapi has no word for.
//!
//! Nothing here knows one endpoint from another, but `plain.yaml`: the paths that are no endpoints of poem-openapi's.

mod examples;
mod schemas;

use crate::field::Day;
use crate::problem::{CATALOGUE, ProblemType};
use poem::endpoint::make_sync;
use poem::{Endpoint, Response};
use serde_json::{Value, json};
use std::sync::OnceLock;

/// The finished document, as it is read.
pub struct Document {
    pub json: String,
    yaml: OnceLock<String>,
}

impl Document {
    /// Finishes what poem-openapi wrote, in JSON.
    pub fn finished(written: &str) -> Value {
        let mut document: Value = serde_json::from_str(written).expect("poem-openapi writes JSON");
        document["openapi"] = "3.1.0".into();
        // What is public is read without an account; who must say who they are is said at each operation.
        document["security"] = json!([]);
        add_plain_paths(&mut document);
        schemas::modernise(&mut document);
        share_problems(&mut document);
        examples::add(&mut document);
        document
    }

    pub fn of(finished: &Value) -> Self {
        Self { json: finished.to_string(), yaml: OnceLock::new() }
    }

    /// The same in YAML, which is asked for seldom and takes as long to write as all the rest.
    pub fn yaml(&self) -> &str {
        self.yaml.get_or_init(|| {
            let document: Value = serde_json::from_str(&self.json).expect("the document is JSON");
            with_quoted_days(&serde_yaml::to_string(&document).expect("JSON is YAML"))
        })
    }
}

/// YAML 1.1, which many still read, makes a date of a day that isn't quoted, and serde_yaml writes 1.2.
fn with_quoted_days(yaml: &str) -> String {
    let quoted = yaml.lines().map(|line| {
        let (before, value) = line.rsplit_once(' ').unwrap_or(("", line));
        let is_day = value.get(.."2026-11-28".len()).is_some_and(|day| day.parse::<Day>().is_ok());
        if is_day && before.ends_with([':', '-']) { format!("{before} '{value}'\n") } else { format!("{line}\n") }
    });
    quoted.collect()
}

/// Serves a text that doesn't change.
pub fn serve(
    content_type: &'static str,
    text: impl Fn() -> &'static str + Send + Sync,
) -> impl Endpoint<Output = Response> {
    make_sync(move |_| Response::builder().content_type(content_type).body(text()))
}

/// The operations of a path, without what else stands there.
fn operations(document: &mut Value) -> impl Iterator<Item = &mut Value> {
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    paths.flat_map(|(_, path)| path.as_object_mut().into_iter().flatten()).map(|(_, operation)| operation)
}

fn add_plain_paths(document: &mut Value) {
    let plain: Value = serde_yaml::from_str(include_str!("plain.yaml")).expect("plain.yaml is YAML");
    for (part, added) in [("paths", &plain["paths"]), ("tags", &plain["tags"])] {
        match (&mut document[part], added) {
            (Value::Object(known), Value::Object(added)) => known.extend(added.clone()),
            (Value::Array(known), Value::Array(added)) => known.extend(added.clone()),
            _ => unreachable!("plain.yaml has {part}"),
        }
    }
}

/// Every request passes the gate, so every operation may be answered by any problem: each status is told once.
fn share_problems(document: &mut Value) {
    let mut statuses: Vec<u16> = CATALOGUE.iter().map(|problem| problem.status).collect();
    statuses.sort_unstable();
    statuses.dedup();
    let name = |status: u16| format!("Problem{status}");
    for responses in operations(document).map(|operation| &mut operation["responses"]) {
        for status in &statuses {
            let response = &mut responses[status.to_string()];
            if response.is_null() || response["content"]["application/problem+json"].is_object() {
                *response = json!({ "$ref": format!("#/components/responses/{}", name(*status)) });
            }
        }
    }
    for status in statuses {
        let of_status = CATALOGUE.iter().filter(|problem| problem.status == status);
        let lines: String = of_status
            .map(|ProblemType { code, title_zh, title_en, .. }| format!("\n- `{code}`: {title_zh} · {title_en}"))
            .collect();
        let schema = json!({ "$ref": "#/components/schemas/Problem" });
        document["components"]["responses"][name(status)] = json!({
            "description": format!("A problem (RFC 9457) of one of these types, each explained at `/problems/<type>`:\n{lines}"),
            "content": { "application/problem+json": { "schema": schema } },
        });
    }
}

#[cfg(test)]
mod tests;
