//! For operators: is it alive, is it ready, what has it counted; and the pages that explain problems.

use crate::clock::Doubt;
use crate::ledger::{Contradiction, Ledger, WitnessStatus};
use crate::problem::{Bilingual, CATALOGUE, CLOCK_UNTRUSTED, LOG_REWOUND, ProblemType, STORE_CONTRADICTS, UNAVAILABLE};
use crate::store::Obstacle;
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

/// Records, documents and disclosures are taken: the stores can be written, the checkpoint holds, the database says what the
/// log says, and the clock is right as far as is known.
#[handler]
pub async fn readyz(ledger: Data<&Arc<Ledger>>) -> Response {
    let readiness = ledger.readiness().await;
    let mut detail = json!({ "ready": readiness.is_ready() });
    if let Some(size) = readiness.size {
        detail["size"] = size.into();
    }
    if let Some(witnesses) = ledger.witnesses() {
        // Without witnesses the service still serves; whoever watches it should know.
        let failing = |status: WitnessStatus| status.failing.map(|(_, failure)| (status.name, json!(failure)));
        let failing: serde_json::Map<_, _> = witnesses.statuses().into_iter().filter_map(failing).collect();
        detail["witnessed_size"] = json!(witnesses.witnessed().map(|(_, checkpoint)| checkpoint.size));
        detail["witnesses_failing"] = failing.into();
    }
    for (store, obstacle) in [("database", readiness.database), ("objects", readiness.objects)] {
        if let Some(obstacle) = obstacle {
            detail[store] = of_store(obstacle);
        }
    }
    if let Some(contradiction) = &readiness.contradiction {
        detail["database"] = of_contradiction(contradiction);
    }
    if let Some(rewound) = &readiness.rewound {
        detail["log"] = in_words(&LOG_REWOUND, rewound.voucher.as_str(), rewound.reason(), rewound.cure());
    }
    if let Some(doubt) = &readiness.clock {
        detail["clock"] = of_clock(doubt);
    }
    let status = if readiness.is_ready() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    Json(detail).with_status(status).into_response()
}

/// Why something is not ready, and what whoever runs the service does about it.
fn in_words(problem: &ProblemType, cause: &str, reason: Bilingual, cure: Bilingual) -> Value {
    json!({
        "type": format!("/problems/{}", problem.code),
        "cause": cause,
        "reason": reason.zh,
        "reason_en": reason.en,
        "cure": cure.zh,
        "cure_en": cure.en,
    })
}

fn of_store(obstacle: Obstacle) -> Value {
    in_words(&UNAVAILABLE, obstacle.as_str(), obstacle.reason(), obstacle.cure())
}

fn of_contradiction(contradiction: &Contradiction) -> Value {
    in_words(&STORE_CONTRADICTS, "contradicts", contradiction.reason(), contradiction.cure())
}

fn of_clock(doubt: &Doubt) -> Value {
    let mut words = in_words(&CLOCK_UNTRUSTED, doubt.cause.as_str(), doubt.reason(), doubt.cure());
    words["shows"] = json!(doubt.wall);
    words["expected"] = json!(doubt.expected);
    words
}

#[handler]
pub async fn metrics(ledger: Data<&Arc<Ledger>>) -> Response {
    ledger.metrics.log_size(*ledger.size().borrow());
    ledger.metrics.clock_trusted(ledger.clock.look().is_ok());
    ledger.metrics.rewound(ledger.rewound().is_some());
    ledger.metrics.writable(ledger.database.obstacle().is_none());
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
