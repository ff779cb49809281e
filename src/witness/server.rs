//! The witness over HTTP: `add-checkpoint` of C2SP tlog-witness, and what it last saw, for everybody.

use super::{AddError, Refused, Seen, Witness};
use crate::http::connection::{self, Doors};
use crate::log::Hash;
use poem::http::{HeaderValue, StatusCode, header};
use poem::middleware::SetHeader;
use poem::web::{Data, Path};
use poem::{Body, Endpoint, EndpointExt, IntoResponse, Response, Route, get, handler, post};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

/// A bound witness that does not serve yet.
pub struct WitnessServer {
    witness: Arc<Witness>,
    listener: TcpListener,
    address: SocketAddr,
}

/// 63 proof lines and a checkpoint with all its signatures.
const BODY_BYTES_MAX: usize = 128 * 1024;
const BODY_TIME: Duration = Duration::from_secs(10);

impl WitnessServer {
    /// Binds the address; port 0 takes a free one.
    ///
    /// # Errors
    /// The address can't be bound.
    pub async fn bind(witness: Arc<Witness>, listen: SocketAddr) -> std::io::Result<Self> {
        let listener = TcpListener::bind(listen).await?;
        let address = listener.local_addr()?;
        Ok(Self { witness, listener, address })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `stop` resolves; requests that have begun are finished.
    pub async fn serve(self, stop: impl Future<Output = ()>) {
        connection::serve(self.listener, routes(self.witness), Doors::wide(), stop).await;
    }
}

fn routes(witness: Arc<Witness>) -> impl Endpoint<Output = Response> + 'static {
    Route::new()
        .at("/", get(front_door))
        .at("/livez", get(livez))
        .at("/add-checkpoint", post(add_checkpoint))
        .at("/:origin/checkpoint", get(checkpoint))
        .data(witness)
        .with(SetHeader::new().overriding(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")))
        .map_to_response()
}

fn text(status: StatusCode, text: impl Into<String>) -> Response {
    Response::builder().status(status).content_type("text/plain; charset=utf-8").body(text.into())
}

#[handler]
async fn add_checkpoint(witness: Data<&Arc<Witness>>, body: Body) -> Response {
    let read = tokio::time::timeout(BODY_TIME, body.into_bytes_limit(BODY_BYTES_MAX)).await;
    let Ok(Ok(body)) = read else { return text(StatusCode::BAD_REQUEST, "the request could not be read\n") };
    let Ok(body) = String::from_utf8(body.into()) else { return text(StatusCode::BAD_REQUEST, "not UTF-8\n") };
    let witness = Arc::clone(&witness);
    // It waits for the disk.
    let judged = tokio::task::spawn_blocking(move || witness.add_checkpoint(&body)).await;
    match judged {
        Ok(Ok(line)) => text(StatusCode::OK, line),
        Ok(Err(AddError::Refused(refused))) => refusal(refused),
        Ok(Err(AddError::Memory(error))) => {
            tracing::error!(%error, "the witness's memory can't be written");
            text(StatusCode::SERVICE_UNAVAILABLE, "the state can't be written\n")
        }
        Err(error) => {
            tracing::error!(%error, "a request failed");
            text(StatusCode::INTERNAL_SERVER_ERROR, "")
        }
    }
}

fn refusal(refused: Refused) -> Response {
    let status = match refused {
        Refused::Malformed | Refused::Shrinks => StatusCode::BAD_REQUEST,
        Refused::Unsigned => StatusCode::FORBIDDEN,
        Refused::UnknownOrigin => StatusCode::NOT_FOUND,
        Refused::NotEmpty | Refused::Fork { .. } | Refused::Inconsistent => StatusCode::UNPROCESSABLE_ENTITY,
        Refused::Size { size } => {
            let conflict = Response::builder().status(StatusCode::CONFLICT).content_type("text/x.tlog.size");
            return conflict.body(format!("{size}\n"));
        }
    };
    text(status, format!("{refused}\n"))
}

#[handler]
fn livez() -> &'static str {
    "ok\n"
}

/// `GET /<hex SHA-256 of the origin>/checkpoint`, the monitoring address of C2SP tlog-witness: the newest checkpoint of a log that was cosigned here. By it a monitor
/// compares what the log shows to its witness with what it shows to others.
#[handler]
fn checkpoint(witness: Data<&Arc<Witness>>, Path(origin): Path<String>) -> Response {
    let found = witness.seen().into_iter().find(|seen| Hash::of(&seen.origin).to_string() == origin);
    match found.and_then(|seen| seen.note) {
        Some(note) => text(StatusCode::OK, note).with_header(header::CACHE_CONTROL, "no-cache").into_response(),
        None => text(StatusCode::NOT_FOUND, "nothing was cosigned of such a log\n"),
    }
}

/// Who this is and what it has seen, for people.
#[handler]
fn front_door(witness: Data<&Arc<Witness>>) -> Response {
    let mut page = format!("公示日志见证 · a witness of logs (C2SP tlog-witness)\n\n{}\n", witness.key());
    for Seen { origin, note } in witness.seen() {
        let size = note.as_deref().and_then(|note| note.split('\n').nth(1)).unwrap_or("–");
        page.push_str(&format!("\n{origin}\n  条目 entries: {size}\n  /{}/checkpoint\n", Hash::of(&origin)));
    }
    text(StatusCode::OK, page)
}
