//! The load generator: keep-alive clients on one thread of their own, as light as can be, for it shares the cores with
//! the service that it measures.

use anyhow::{Context, bail};
use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Requests as they go over the wire, end to end in one piece of memory.
#[derive(Default)]
pub(super) struct Requests {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    /// Begin again when all of them are sent.
    again: bool,
}

/// Who sends, how long, and what they expect.
#[derive(Debug, Clone, Copy)]
pub(super) struct Load {
    pub clients: usize,
    pub warm_up: Duration,
    pub time: Duration,
    pub status: u16,
}

/// What came of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Measured {
    /// Expected answers a second.
    pub rate: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
}

impl Requests {
    pub fn endless() -> Self {
        Self { again: true, ..Self::default() }
    }

    pub fn push(&mut self, request: &[u8]) {
        self.bytes.extend_from_slice(request);
        self.ends.push(self.bytes.len());
    }

    fn get(&self, at: usize) -> Option<&[u8]> {
        let at = if self.again { at % self.ends.len().max(1) } else { at };
        let end = *self.ends.get(at)?;
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        Some(&self.bytes[start..end])
    }
}

/// Sends until the time is over or nothing is left to send.
///
/// # Errors
/// A connection breaks, or an answer has another status.
pub(super) async fn drive(address: SocketAddr, requests: Arc<Requests>, load: Load) -> anyhow::Result<Measured> {
    // The thread is ours for the whole time: the service's workers never run these clients.
    tokio::task::spawn_blocking(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
        runtime.block_on(drive_here(address, &requests, load))
    })
    .await?
}

struct Run<'r> {
    requests: &'r Requests,
    load: Load,
    next: Cell<usize>,
    measured_from: Instant,
    end: Instant,
    last: Cell<Instant>,
    micros: RefCell<Vec<u32>>,
}

async fn drive_here(address: SocketAddr, requests: &Requests, load: Load) -> anyhow::Result<Measured> {
    let mut connections = Vec::with_capacity(load.clients);
    for _ in 0..load.clients {
        let connection = TcpStream::connect(address).await?;
        connection.set_nodelay(true)?;
        connections.push(connection);
    }
    let measured_from = Instant::now() + load.warm_up;
    let run = Run {
        requests,
        load,
        next: Cell::new(0),
        measured_from,
        end: measured_from + load.time,
        last: Cell::new(measured_from),
        micros: RefCell::default(),
    };
    futures::future::try_join_all(connections.into_iter().map(|connection| client(connection, &run))).await?;
    let time = run.last.get() - measured_from;
    let mut micros = run.micros.into_inner();
    if micros.is_empty() {
        bail!("no answer came after the warm-up");
    }
    micros.sort_unstable();
    let percentile = |percent: usize| f64::from(micros[(micros.len() - 1) * percent / 100]) / 1000.0;
    let rate = micros.len() as f64 / time.as_secs_f64();
    Ok(Measured { rate, p50_ms: percentile(50), p99_ms: percentile(99) })
}

async fn client(mut connection: TcpStream, run: &Run<'_>) -> anyhow::Result<()> {
    let mut buffer = Vec::with_capacity(16 << 10);
    loop {
        let sent = Instant::now();
        let Some(request) = run.requests.get(run.next.replace(run.next.get() + 1)).filter(|_| sent < run.end) else {
            return Ok(());
        };
        connection.write_all(request).await?;
        buffer.clear();
        let status = read_response(&mut connection, &mut buffer).await?;
        if status != run.load.status {
            bail!("an unexpected answer: {}", String::from_utf8_lossy(&buffer));
        }
        let now = Instant::now();
        if now >= run.measured_from {
            run.last.set(now);
            run.micros.borrow_mut().push(u32::try_from((now - sent).as_micros()).unwrap_or(u32::MAX));
        }
    }
}

/// Reads one response and says its status; the service always sends a `content-length`.
async fn read_response(connection: &mut TcpStream, buffer: &mut Vec<u8>) -> anyhow::Result<u16> {
    let head = loop {
        if connection.read_buf(buffer).await? == 0 {
            bail!("the connection was closed");
        }
        if let Some(end) = memchr::memmem::find(buffer, b"\r\n\r\n") {
            break end + 4;
        }
    };
    let (status, length) = parse_head(&buffer[..head]).context("not a response with a content-length")?;
    while buffer.len() < head + length {
        if connection.read_buf(buffer).await? == 0 {
            bail!("the connection was closed");
        }
    }
    Ok(status)
}

fn parse_head(head: &[u8]) -> Option<(u16, usize)> {
    let head = std::str::from_utf8(head).ok()?;
    let (first, fields) = head.split_once("\r\n")?;
    let status = first.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
    let length = fields.split("\r\n").find_map(|field| {
        let (name, value) = field.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    });
    Some((status, length?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_told_apart_and_responses_parsed() {
        let mut requests = Requests::default();
        requests.push(b"one");
        requests.push(b"second");
        assert_eq!(
            (requests.get(0), requests.get(1), requests.get(2)),
            (Some(&b"one"[..]), Some(&b"second"[..]), None)
        );
        requests.again = true;
        assert_eq!(requests.get(3), Some(&b"second"[..]));
        assert_eq!(parse_head(b"HTTP/1.1 201 Created\r\nx: y\r\nContent-Length: 12\r\n\r\n"), Some((201, 12)));
        assert_eq!(parse_head(b"HTTP/1.1 201 Created\r\n\r\n"), None);
    }
}
