//! What a sandbox has and no other log: its clock, to be moved, and everybody's keys.

use super::{CLOCK_HEADER, FORWARD_MAX, Sandbox};
use crate::field::Instant;
use crate::http::{Problem, Typed};
use crate::problem;
use poem::http::HeaderValue;
use poem::web::Data;
use poem::{Endpoint, EndpointExt, Request, Response, Route, get, handler};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// Bytes of a request to move the clock: two members.
const BODY_BYTES_MAX: usize = 1024;

impl Sandbox {
    /// The routes of a log, with the console beside them, and the sandbox's time on every answer.
    pub(crate) fn around(
        self: Arc<Self>,
        log: impl Endpoint<Output = Response> + 'static,
    ) -> impl Endpoint<Output = Response> + 'static {
        let clock = self.clock().clone();
        let console = Route::new().at("/sandbox", get(look)).at("/sandbox/clock", get(read_clock).post(move_clock));
        let routes = console.nest_no_strip("/", log).data(self);
        routes.map_to_response().after(move |answer: poem::Result<Response>| {
            let time = HeaderValue::try_from(clock.now().to_string());
            async move {
                let mut response = answer.unwrap_or_else(|error| error.into_response());
                if let Ok(time) = time {
                    response.headers_mut().insert(CLOCK_HEADER, time);
                }
                Ok(response)
            }
        })
    }
}

/// `GET /sandbox`: the time, and who is there, with their private keys.
#[handler]
fn look(sandbox: Data<&Arc<Sandbox>>) -> Typed<Value> {
    let actor = |actor: &super::Actor| {
        json!({
            "actor": actor.file,
            "role": actor.role.name(),
            "id": actor.id,
            "name": actor.name,
            "kid": actor.key.key_id(),
            "key": serde_json::from_str::<Value>(&actor.key.to_json()).unwrap_or_default(),
        })
    };
    let actors: Vec<_> = sandbox.actors().iter().map(actor).collect();
    Typed(json!({ "origin": sandbox.ledger.origin(), "now": sandbox.clock().now(), "actors": actors }))
}

/// `GET /sandbox/clock`
#[handler]
fn read_clock(sandbox: Data<&Arc<Sandbox>>) -> Typed<Value> {
    Typed(json!({ "now": sandbox.clock().now() }))
}

/// How the clock is moved: by a while, or to a time.
#[derive(Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum Move {
    Forward { forward: String },
    To { to: Instant },
}

impl Move {
    /// The time to move to.
    fn from(self, now: Instant) -> Result<Instant, Problem> {
        let to = match self {
            Self::Forward { forward } => {
                let by = humantime::parse_duration(&forward).map_err(|_| refused())?;
                now.plus_millis(i64::try_from(by.as_millis()).unwrap_or(i64::MAX))
            }
            Self::To { to } => to,
        };
        let by = to.millis().checked_sub(now.millis()).and_then(|by| u128::try_from(by).ok());
        if by.is_some_and(|by| by <= FORWARD_MAX.as_millis()) { Ok(to) } else { Err(refused()) }
    }
}

fn refused() -> Problem {
    let example = r#"{"forward": "9days 2h"}, {"to": "2027-03-01T09:30:00+08:00"}"#;
    let (zh, en) = (
        format!("应为其一：{example}；时钟只能向前，一次至多十年"),
        format!("one of these is expected: {example}; the clock goes forward only, ten years at most at a time"),
    );
    Problem::with_detail(&problem::BAD_PARAMETER, zh, en)
}

/// `POST /sandbox/clock`: the time after the move, and how many acts fell due by it.
#[handler]
async fn move_clock(request: &Request, body: poem::Body, sandbox: Data<&Arc<Sandbox>>) -> poem::Result<Typed<Value>> {
    // A page of another site can't send this type without asking first, and nobody answers it.
    if request.content_type().is_none_or(|kind| !kind.starts_with("application/json")) {
        return Err(Problem::of(&problem::MEDIA_TYPE).into());
    }
    let bytes = body.into_bytes_limit(BODY_BYTES_MAX).await.map_err(|_| refused())?;
    let asked: Move = serde_json::from_slice(&bytes).map_err(|_| refused())?;
    let to = asked.from(sandbox.clock().now())?;
    let due = sandbox.move_to(to).await.map_err(Problem::from)?;
    Ok(Typed(json!({ "now": sandbox.clock().now(), "due": due })))
}
