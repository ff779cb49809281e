//! For operators: is it alive, is it ready, what has it counted; and the pages that explain problems.

use crate::clock::Doubt;
use crate::ledger::{Ledger, LedgerError, WitnessStatus};
use crate::problem::{CATALOGUE, CLOCK_UNTRUSTED, ProblemType};
use poem::http::StatusCode;
use poem::web::{Data, Html, Json, Path};
use poem::{IntoResponse, Response, handler};
use serde_json::{Value, json};
use std::sync::Arc;

/// The process runs.
#[handler]
pub fn livez() -> &'static str {
    "ok\n"
}

/// The store answers, its checkpoint holds, and the clock is right as far as is known: records are accepted.
#[handler]
pub async fn readyz(ledger: Data<&Arc<Ledger>>) -> Response {
    match readiness(&ledger).await {
        Ok(detail) if detail["ready"] == true => Json(detail).into_response(),
        Ok(detail) => Json(detail).with_status(StatusCode::SERVICE_UNAVAILABLE).into_response(),
        Err(error) => {
            tracing::error!(%error, "not ready");
            Json(json!({ "ready": false })).with_status(StatusCode::SERVICE_UNAVAILABLE).into_response()
        }
    }
}

async fn readiness(ledger: &Ledger) -> Result<Value, LedgerError> {
    let (_, checkpoint) = ledger.checkpoint().await?;
    let mut detail = json!({ "ready": true, "size": checkpoint.size });
    if let Some(witnesses) = ledger.witnesses() {
        // Without witnesses the service still serves; whoever watches it should know.
        let failing = |status: WitnessStatus| status.failing.map(|(_, failure)| (status.name, json!(failure)));
        let failing: serde_json::Map<_, _> = witnesses.statuses().into_iter().filter_map(failing).collect();
        detail["witnessed_size"] = json!(witnesses.witnessed().map(|(_, checkpoint)| checkpoint.size));
        detail["witnesses_failing"] = failing.into();
    }
    if let Some(doubt) = ledger.doubt_of_clock().await? {
        detail["ready"] = false.into();
        detail["clock"] = in_words(&doubt);
    }
    Ok(detail)
}

/// Why the clock is not believed, and what whoever runs the service does about it.
fn in_words(doubt: &Doubt) -> Value {
    let (reason, cure) = (doubt.reason(), doubt.cure());
    json!({
        "type": format!("/problems/{}", CLOCK_UNTRUSTED.code),
        "cause": doubt.cause.as_str(),
        "shows": doubt.wall,
        "expected": doubt.expected,
        "reason": reason.zh,
        "reason_en": reason.en,
        "cure": cure.zh,
        "cure_en": cure.en,
    })
}

#[handler]
pub async fn metrics(ledger: Data<&Arc<Ledger>>) -> Response {
    ledger.metrics.log_size(*ledger.size().borrow());
    ledger.metrics.clock_trusted(ledger.clock.look().is_ok());
    Response::builder().content_type("text/plain; version=0.0.4").body(ledger.metrics.text())
}

fn explanation(problem: &ProblemType) -> String {
    format!(
        "<dt id=\"{0}\"><a href=\"/problems/{0}\"><code>{0}</code></a> · {1}</dt><dd>{2} · <span lang=\"en\">{3}</span></dd>",
        problem.code, problem.status, problem.title_zh, problem.title_en
    )
}

fn page(title: &str, body: &str) -> Html<String> {
    Html(format!(
        "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>{title} · 公示</title><h1>{title}</h1><dl>{body}</dl></html>"
    ))
}

/// Every problem type.
#[handler]
pub fn list_problems() -> Html<String> {
    page("问题类型 Problem types", &CATALOGUE.iter().map(|problem| explanation(problem)).collect::<String>())
}

/// One problem type: what its `type` URI points at.
#[handler]
pub fn explain_problem(Path(code): Path<String>) -> poem::Result<Html<String>> {
    let problem = CATALOGUE.iter().find(|problem| problem.code == code);
    let problem = problem.ok_or_else(|| super::Problem::of(&crate::problem::NOT_FOUND))?;
    Ok(page(problem.title_zh, &explanation(problem)))
}
