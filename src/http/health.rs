//! For operators: is it alive, is it ready, what has it counted.

use crate::clock::Doubt;
use crate::ledger::{Contradiction, Ledger, WitnessStatus};
use crate::problem::{Bilingual, CLOCK_UNTRUSTED, LOG_REWOUND, ProblemType, STORE_CONTRADICTS, UNAVAILABLE};
use crate::store::{Obstacle, StoreError};
use poem::http::StatusCode;
use poem::web::{Data, Json};
use poem::{IntoResponse, Response, handler};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

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

async fn count_subscriptions(ledger: &Ledger) -> Result<(), StoreError> {
    let (subscriptions, first) = ledger.database.to_be_told().await?;
    let oldest = match first {
        Some(first) => ledger.database.stored_entry(first).await?.map(|entry| entry.time),
        None => None,
    };
    let age = oldest.map_or(0, |time| ledger.clock.now().millis() - time.millis());
    ledger.metrics.to_be_told(subscriptions, Duration::from_millis(age.max(0).unsigned_abs()));
    Ok(())
}

#[handler]
pub async fn metrics(ledger: Data<&Arc<Ledger>>) -> Response {
    ledger.metrics.log_size(*ledger.size().borrow());
    ledger.metrics.clock_trusted(ledger.clock.look().is_ok());
    ledger.metrics.rewound(ledger.rewound().is_some());
    ledger.metrics.writable(ledger.database.obstacle().is_none());
    if let Err(error) = count_subscriptions(&ledger).await {
        tracing::warn!(%error, "what is to be told to subscribers was not counted");
    }
    Response::builder().content_type("text/plain; version=0.0.4").body(ledger.metrics.text())
}
