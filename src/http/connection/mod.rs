//! Connections: hyper under the endpoint, with a limit on everything that a peer could drag out.
//!
//! HTTP/1.1 only: a proxy in front speaks the rest, and every protocol more is one more way to be attacked.

mod files;
mod lingering;
mod seats;

pub use files::make_room;
pub use seats::Room;

use super::TrustedProxies;
use http_body_util::combinators::BoxBody;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use lingering::Lingering;
use poem::http::{HeaderValue, header};
use poem::web::{LocalAddr, RemoteAddr};
use poem::{Addr, Endpoint, Request, Response};
use seats::{Seat, Seats, Work};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_io_timeout::TimeoutStream;

/// How long a request head may take, and how long a connection may be idle between two requests.
const HEAD_TIMEOUT: Duration = Duration::from_secs(20);
/// How long a peer may leave what was sent to it unread.
const WRITE_TIMEOUT: Duration = Duration::from_secs(60);
/// The longest request head, and what is read or written at a time: what each connection has us hold.
const BUFFER_BYTES_MAX: usize = 64 << 10;
/// Connections that are still busy when the service stops get this long.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(10);
/// After a failed `accept`, which mostly means that file descriptors ran out.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Who may connect: how many, and from where many callers come as one.
#[derive(Clone)]
pub struct Doors {
    pub room: Room,
    pub proxies: Arc<TrustedProxies>,
}

impl Doors {
    /// As many as the process can hold, and no proxy that is believed.
    pub fn wide() -> Self {
        Self { room: make_room(), proxies: Arc::default() }
    }
}

/// Serves until `stop` resolves; requests that have begun are finished within [`SHUTDOWN_GRACE`].
///
/// A connection whose answer fails midway is broken off, so that nobody takes half an answer for a whole one. One that there
/// is no room for, because all others are at work, is closed at once.
pub async fn serve<E>(listener: TcpListener, endpoint: E, doors: Doors, stop: impl Future<Output = ()>)
where
    E: Endpoint<Output = Response> + 'static,
{
    let (endpoint, seats) = (Arc::new(endpoint), Seats::new(doors.room));
    let (graceful, mut connections) = (GracefulShutdown::new(), JoinSet::new());
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        // Those that have ended.
        while connections.try_join_next().is_some() {}
        match accepted {
            Ok((stream, peer)) => {
                let Some(seat) = seats.take(peer.ip().into(), doors.proxies.contains(peer.ip())).map(Arc::new) else {
                    tracing::debug!(%peer, "there is no room for one more connection");
                    continue;
                };
                let lost = seat.lost();
                let connection = connection(stream, peer, seat, Arc::clone(&endpoint));
                let connection = connection.map(|connection| graceful.watch(connection));
                connections.spawn(async move {
                    let Some(connection) = connection else { return };
                    tokio::select! {
                        ended = connection => if let Err(error) = ended {
                            tracing::debug!(%error, %peer, "a connection was broken off");
                        },
                        () = lost => tracing::debug!(%peer, "an idle connection made room"),
                    }
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection was not accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop(listener);
    if tokio::time::timeout(SHUTDOWN_GRACE, graceful.shutdown()).await.is_err() {
        tracing::info!("connections that were still busy are broken off");
    }
}

/// `None` when the peer is gone already.
fn connection<E>(
    stream: TcpStream,
    peer: SocketAddr,
    seat: Arc<Seat>,
    endpoint: Arc<E>,
) -> Option<impl hyper_util::server::graceful::GracefulConnection<Error = hyper::Error> + Send>
where
    E: Endpoint<Output = Response> + 'static,
{
    // Answers are written whole: waiting to fill a packet only costs time.
    stream.set_nodelay(true).ok()?;
    let local = LocalAddr(Addr::SocketAddr(stream.local_addr().ok()?));
    let mut stream = TimeoutStream::new(Lingering::new(stream, Arc::clone(&seat)));
    stream.set_write_timeout(Some(WRITE_TIMEOUT));
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let (endpoint, work) = (Arc::clone(&endpoint), seat.work());
        let remote = RemoteAddr(Addr::SocketAddr(peer));
        let has_body = !request.body().is_end_stream();
        let mut request = Request::from((request, local.clone(), remote, poem::http::uri::Scheme::HTTP));
        let unread = has_body.then(|| Arc::new(AtomicBool::new(true)));
        if let Some(unread) = &unread {
            let body = Asking { body: request.take_body().into(), unread: Arc::clone(unread) };
            request.set_body(BoxBody::new(body));
        }
        async move {
            let mut response: hyper::Response<BoxBody<bytes::Bytes, std::io::Error>> =
                endpoint.get_response(request).await.into();
            // hyper won't read the rest; the peer must not send its next request behind it.
            if unread.is_some_and(|unread| unread.load(Ordering::Relaxed)) {
                response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            Ok::<_, Infallible>(response.map(|body| Answering { body, _work: work }))
        }
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT).max_buf_size(BUFFER_BYTES_MAX);
    Some(builder.serve_connection(TokioIo::new(Box::pin(stream)), service))
}

/// The body of a request, which tells whether it was read to its end.
struct Asking {
    body: BoxBody<bytes::Bytes, std::io::Error>,
    unread: Arc<AtomicBool>,
}

impl Body for Asking {
    type Data = bytes::Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<bytes::Bytes>, std::io::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        if matches!(frame, Poll::Ready(None)) || self.body.is_end_stream() {
            self.unread.store(false, Ordering::Relaxed);
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The body of an answer; the connection is at work until all of it was taken.
struct Answering {
    body: BoxBody<bytes::Bytes, std::io::Error>,
    _work: Work,
}

impl Body for Answering {
    type Data = bytes::Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<bytes::Bytes>, std::io::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::{StreamExt, stream};
    use poem::http::StatusCode;
    use poem::{Body, EndpointExt};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    async fn serving(endpoint: impl Endpoint<Output = Response> + 'static) -> TcpStream {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(serve(listener, endpoint, Doors::wide(), std::future::pending()));
        TcpStream::connect(address).await.unwrap()
    }

    async fn everything(mut socket: TcpStream) -> String {
        let mut seen = Vec::new();
        // A reset ends the connection as well.
        let _ = socket.read_to_end(&mut seen).await;
        String::from_utf8(seen).unwrap()
    }

    /// The answer is there before the request is: it must arrive all the same.
    #[tokio::test]
    async fn an_early_answer_reaches_a_peer_that_still_sends() {
        for _ in 0..20 {
            let early =
                poem::endpoint::make_sync(|_| Response::builder().status(StatusCode::PAYLOAD_TOO_LARGE).finish());
            let mut socket = serving(early.map_to_response()).await;
            let head = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 8000000\r\n\r\n";
            socket.write_all(head).await.unwrap();
            for _ in 0..125 {
                socket.write_all(&[b'x'; 64_000]).await.unwrap();
            }
            let seen = everything(socket).await;
            assert!(seen.starts_with("HTTP/1.1 413") && seen.contains("connection: close"), "{seen:?}");
        }
    }

    #[tokio::test]
    async fn an_answer_that_fails_midway_does_not_look_whole() {
        let broken = poem::endpoint::make_sync(|_| {
            let half = stream::iter([Ok(bytes::Bytes::from_static(b"half"))]);
            let rest = stream::once(async {
                tokio::time::sleep(Duration::from_millis(50)).await;
                Err(std::io::Error::other("the store is gone"))
            });
            Response::from(Body::from_bytes_stream(half.chain(rest)))
        });
        let mut socket = serving(broken.map_to_response()).await;
        socket.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        let seen = everything(socket).await;
        assert!(seen.starts_with("HTTP/1.1 200") && seen.contains("half"), "{seen}");
        assert!(!seen.contains("\r\n0\r\n"), "the last chunk would mean that this was all: {seen}");
    }

    /// Time stands still but for timers: what is closed was closed by one.
    #[tokio::test(start_paused = true)]
    async fn a_head_that_is_not_finished_is_not_waited_for() {
        for head in ["", "GET / HTTP/1.1\r\nhost:"] {
            let begun = tokio::time::Instant::now();
            let mut socket = serving(poem::endpoint::make_sync(|_| Response::default()).map_to_response()).await;
            socket.write_all(head.as_bytes()).await.unwrap();
            everything(socket).await;
            assert!(begun.elapsed() >= HEAD_TIMEOUT && begun.elapsed() < 2 * HEAD_TIMEOUT, "{:?}", begun.elapsed());
        }
    }
}
