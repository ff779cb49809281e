//! Receivers: a webhook that keeps what it was sent, and a server of mail.

use poem::http::StatusCode;
use poem::listener::{Acceptor, Listener, TcpListener};
use poem::{Endpoint, Request, Response};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

/// An event as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    pub path: String,
    pub id: String,
    pub seconds: String,
    pub signature: String,
    pub body: String,
}

impl Received {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub fn kind(&self) -> String {
        self.json()["type"].as_str().unwrap().to_owned()
    }
}

/// What a webhook answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// It answers challenges, and takes what comes.
    Willing,
    /// As [`Self::Willing`], but it has taken a message for so many milliseconds before it says so.
    Late(u64),
    /// It sends back what it was sent.
    Echo,
    Status(u16),
    /// It wants nothing for so many seconds.
    Busy(u32),
    /// It sends callers on to itself.
    Redirect,
}

/// A webhook.
#[derive(Clone)]
pub struct Hook {
    pub base: String,
    received: Arc<Mutex<Vec<Received>>>,
    manner: Arc<Mutex<Manner>>,
}

impl Hook {
    pub async fn open() -> Self {
        let acceptor = TcpListener::bind("127.0.0.1:0").into_acceptor().await.unwrap();
        let address = *acceptor.local_addr()[0].as_socket_addr().unwrap();
        let hook = Self {
            base: format!("http://{address}"),
            received: Arc::default(),
            manner: Arc::new(Mutex::new(Manner::Willing)),
        };
        tokio::spawn(poem::Server::new_with_acceptor(acceptor).run(HookEnd(hook.clone())));
        hook
    }

    pub fn behave(&self, manner: Manner) {
        *self.manner.lock().unwrap() = manner;
    }

    pub fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    /// What came of one type.
    pub fn of(&self, kind: &str) -> Vec<Received> {
        self.received().into_iter().filter(|received| received.kind() == kind).collect()
    }
}

struct HookEnd(Hook);

impl Endpoint for HookEnd {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        let body = request.take_body().into_string().await?;
        let header = |name| request.header(name).unwrap_or_default().to_owned();
        let received = Received {
            path: request.uri().path().to_owned(),
            id: header("webhook-id"),
            seconds: header("webhook-timestamp"),
            signature: header("webhook-signature"),
            body: body.clone(),
        };
        self.0.received.lock().unwrap().push(received);
        let manner = *self.0.manner.lock().unwrap();
        if let Manner::Late(millis) = manner {
            tokio::time::sleep(std::time::Duration::from_millis(millis)).await;
        }
        let challenge = serde_json::from_str::<Value>(&body).unwrap()["data"]["challenge"].clone();
        Ok(match manner {
            Manner::Willing | Manner::Late(_) if challenge.is_string() => {
                Response::builder().body(json!({ "challenge": challenge }).to_string())
            }
            Manner::Willing | Manner::Late(_) => StatusCode::NO_CONTENT.into(),
            Manner::Echo => Response::builder().body(body),
            Manner::Status(status) => StatusCode::from_u16(status).unwrap().into(),
            Manner::Busy(seconds) => {
                Response::builder().status(StatusCode::TOO_MANY_REQUESTS).header("retry-after", seconds).finish()
            }
            Manner::Redirect => Response::builder()
                .status(StatusCode::TEMPORARY_REDIRECT)
                .header("location", format!("{}/elsewhere", self.0.base))
                .finish(),
        })
    }
}

/// A mail as it came: the envelope, and the lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    pub to: String,
    pub lines: Vec<String>,
}

impl Mail {
    /// A header, unfolded.
    pub fn header(&self, name: &str) -> String {
        let mut lines = self
            .lines
            .iter()
            .take_while(|line| !line.is_empty())
            .skip_while(|line| !line.to_ascii_lowercase().starts_with(&format!("{}:", name.to_ascii_lowercase())));
        let first = lines.next().map(|line| line[name.len() + 1..].trim().to_owned()).unwrap_or_default();
        lines.take_while(|line| line.starts_with([' ', '\t'])).fold(first, |all, line| all + line)
    }

    /// The text, decoded from base64 or quoted-printable.
    pub fn text(&self) -> String {
        let body: Vec<&str> =
            self.lines.iter().skip_while(|line| !line.is_empty()).skip(1).map(String::as_str).collect();
        match self.header("Content-Transfer-Encoding").as_str() {
            "base64" => {
                let bytes = base64_simd::STANDARD.decode_to_vec(body.concat()).unwrap();
                String::from_utf8(bytes).unwrap()
            }
            "quoted-printable" => {
                let joined = body.join("\n").replace("=\n", "");
                let mut bytes = Vec::new();
                let mut pieces = joined.split('=');
                bytes.extend(pieces.next().unwrap_or_default().bytes());
                for piece in pieces {
                    bytes.push(u8::from_str_radix(&piece[..2], 16).unwrap());
                    bytes.extend(piece[2..].bytes());
                }
                String::from_utf8(bytes).unwrap()
            }
            _ => body.join("\n"),
        }
    }

    /// The links in it.
    pub fn links(&self) -> Vec<String> {
        self.text().split_whitespace().filter(|word| word.starts_with("http")).map(str::to_owned).collect()
    }
}

/// A server of mail that takes everything, unless it is told to refuse.
#[derive(Clone)]
pub struct MailServer {
    pub address: SocketAddr,
    mails: Arc<Mutex<Vec<Mail>>>,
    refusal: Arc<Mutex<Option<String>>>,
    /// Connections so far.
    callers: Arc<AtomicUsize>,
    security: Security,
}

/// How a server of mail is spoken to.
#[derive(Clone)]
pub enum Security {
    Clear,
    /// In clear until the caller asks for TLS; mail is taken after that alone.
    Starttls(TlsAcceptor),
    /// From the first byte on.
    Implicit(TlsAcceptor),
}

/// What is read from and written to.
trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Wire for T {}

impl MailServer {
    pub async fn open() -> Self {
        Self::secured(Security::Clear).await
    }

    pub async fn secured(security: Security) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (mails, refusal, callers) = (Arc::default(), Arc::default(), Arc::default());
        let server = Self { address, mails, refusal, callers, security };
        let serving = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let server = serving.clone();
                server.callers.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(async move { server.greet(stream).await });
            }
        });
        server
    }

    /// Answers recipients so, until told otherwise.
    pub fn refuse(&self, answer: Option<&str>) {
        *self.refusal.lock().unwrap() = answer.map(str::to_owned);
    }

    pub fn mails(&self) -> Vec<Mail> {
        self.mails.lock().unwrap().clone()
    }

    pub fn forget(&self) {
        self.mails.lock().unwrap().clear();
    }

    /// How often somebody has connected.
    pub fn callers(&self) -> usize {
        self.callers.load(Ordering::Relaxed)
    }

    async fn greet(&self, stream: TcpStream) -> Option<()> {
        let mut stream: BufReader<Box<dyn Wire>> = match &self.security {
            Security::Implicit(tls) => BufReader::new(Box::new(tls.accept(stream).await.ok()?)),
            Security::Clear | Security::Starttls(_) => BufReader::new(Box::new(stream)),
        };
        stream.write_all(b"220 test ESMTP\r\n").await.ok()?;
        if let Security::Starttls(tls) = &self.security {
            self.talk(&mut stream, true).await?;
            stream = BufReader::new(Box::new(tls.accept(stream.into_inner()).await.ok()?));
        }
        self.talk(&mut stream, false).await
    }

    /// Until the caller leaves or, where it is to do so, asks for TLS.
    async fn talk(&self, stream: &mut BufReader<Box<dyn Wire>>, wants_tls: bool) -> Option<()> {
        let (mut to, mut line) = (String::new(), String::new());
        loop {
            line.clear();
            if stream.read_line(&mut line).await.ok()? == 0 {
                return None;
            }
            let said = line.trim_end().to_owned();
            let answer = match said.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase().as_str() {
                "STARTTLS" if wants_tls => {
                    stream.write_all(b"220 go on\r\n").await.ok()?;
                    return Some(());
                }
                "EHLO" if wants_tls => "250-test\r\n250 STARTTLS".to_owned(),
                _ if wants_tls => "530 must issue a STARTTLS command first".to_owned(),
                "EHLO" => "250-test\r\n250 8BITMIME".to_owned(),
                "RCPT" => {
                    to = said.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                    self.refusal.lock().unwrap().clone().unwrap_or_else(|| "250 ok".to_owned())
                }
                "DATA" => {
                    stream.write_all(b"354 go on\r\n").await.ok()?;
                    let mut lines = Vec::new();
                    loop {
                        line.clear();
                        stream.read_line(&mut line).await.ok()?;
                        match line.trim_end_matches(['\r', '\n']) {
                            "." => break,
                            text => lines.push(text.strip_prefix('.').unwrap_or(text).to_owned()),
                        }
                    }
                    self.mails.lock().unwrap().push(Mail { to: to.clone(), lines });
                    "250 taken".to_owned()
                }
                "QUIT" => "221 bye".to_owned(),
                _ => "250 ok".to_owned(),
            };
            stream.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
        }
    }
}
