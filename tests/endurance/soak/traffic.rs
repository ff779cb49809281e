//! Everybody who uses a log at once, at the pace of a busy office.

use crate::client::Client;
use crate::people::People;
use crate::support::dice::Dice;
use anyhow::{Context, bail, ensure};
use bytes::Bytes;
use gongshi::field::DocumentId;
use gongshi::log::{Hash, Resource, Tile};
use gongshi::record::Record;
use reqwest::Method;
use serde_json::Value;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// What somebody does over and over, how many do it, and the pause between two times.
const CROWD: [(Doing, usize, Duration); 9] = [
    (Doing::Posting, 1, Duration::from_millis(60)),
    (Doing::PostingMany, 1, Duration::from_millis(500)),
    (Doing::Listing, 2, Duration::from_millis(80)),
    (Doing::Proving, 2, Duration::from_millis(60)),
    (Doing::Polling, 4, Duration::from_millis(10)),
    (Doing::Subscribing, 4, Duration::from_millis(300)),
    (Doing::Uploading, 1, Duration::from_millis(700)),
    (Doing::BreakingOff, 2, Duration::from_millis(150)),
    (Doing::SendingRubbish, 1, Duration::from_millis(150)),
];
/// Nobody may wait longer for an answer, a long poll and its pause aside.
const ANSWER_MAX: Duration = Duration::from_secs(20);

/// Of one tender.
const OBJECTIONS: usize = 10;
/// Records are posted all the time, until it is over.
const NEWS_MAX: Duration = Duration::from_secs(5);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Doing {
    Posting,
    PostingMany,
    Listing,
    Proving,
    Polling,
    Subscribing,
    Uploading,
    BreakingOff,
    SendingRubbish,
}

/// Records in one bulk request that fills a log.
const FILLING: usize = 500;

/// So many tenders that nobody will look at again.
pub async fn fill(client: &Client, people: &People, records: usize) -> anyhow::Result<()> {
    for from in (0..records).step_by(FILLING) {
        let some: Vec<Record> = (from..from + FILLING).map(|n| people.preannouncement(&format!("F-{n}"))).collect();
        let receipts = client.post_all(&some).await?;
        ensure!(receipts.iter().all(Option::is_some), "an idle service has no answer");
    }
    Ok(())
}

/// What everybody knows.
struct Office {
    client: Client,
    people: Rc<People>,
    size: Cell<u64>,
    tenders: Cell<u64>,
    papers: Cell<u64>,
    /// Tenders, and how many objections each has.
    open: RefCell<Vec<(String, usize)>>,
    over: Cell<bool>,
    done: RefCell<BTreeMap<Doing, u64>>,
    slowest: Cell<Duration>,
}

pub struct Traffic {
    office: Rc<Office>,
    crowd: JoinSet<anyhow::Result<()>>,
}

impl Traffic {
    /// On the thread's `LocalSet`.
    pub fn start(client: &Client, people: &Rc<People>) -> Self {
        let office = Rc::new(Office {
            client: client.clone(),
            people: Rc::clone(people),
            size: Cell::new(1),
            tenders: Cell::default(),
            papers: Cell::default(),
            open: RefCell::default(),
            over: Cell::default(),
            done: RefCell::default(),
            slowest: Cell::default(),
        });
        let mut crowd = JoinSet::new();
        for (doing, many, pause) in CROWD {
            for one in 0..many {
                let (office, mut dice) = (Rc::clone(&office), Dice::new(one as u64));
                crowd.spawn_local(async move {
                    while !office.over.get() {
                        let began = Instant::now();
                        let done = tokio::time::timeout(ANSWER_MAX, office.once(doing, &mut dice)).await;
                        done.with_context(|| format!("{doing:?} has no answer"))?
                            .with_context(|| format!("{doing:?}"))?;
                        if !matches!(doing, Doing::Polling | Doing::Subscribing) {
                            office.slowest.set(office.slowest.get().max(began.elapsed()));
                        }
                        *office.done.borrow_mut().entry(doing).or_default() += 1;
                        tokio::time::sleep(pause).await;
                    }
                    Ok(())
                });
            }
        }
        Self { office, crowd }
    }

    /// For so long everybody is served.
    pub async fn flows(&mut self, time: Duration) -> anyhow::Result<()> {
        tokio::select! {
            Some(ended) = self.crowd.join_next() => ended?,
            () = tokio::time::sleep(time) => Ok(()),
        }
    }

    /// What was done, in words.
    pub async fn end(mut self) -> anyhow::Result<String> {
        self.office.over.set(true);
        while let Some(ended) = self.crowd.join_next().await {
            ended??;
        }
        let done = self.office.done.borrow();
        ensure!(done.len() == CROWD.len(), "somebody never came to an end: {done:?}");
        let counts: Vec<String> = done.iter().map(|(doing, times)| format!("{doing:?} {times}")).collect();
        let (size, slowest) = (self.office.size.get(), self.office.slowest.get());
        Ok(format!("{}; {size} records, slowest answer {:.2} s", counts.join(", "), slowest.as_secs_f32()))
    }
}

impl Office {
    async fn once(&self, doing: Doing, dice: &mut Dice) -> anyhow::Result<()> {
        match doing {
            Doing::Posting => self.post().await,
            Doing::PostingMany => self.post_many(dice).await,
            Doing::Listing => self.list(dice).await,
            Doing::Proving => self.prove(dice).await,
            Doing::Polling => self.poll(dice).await,
            Doing::Subscribing => self.subscribe(dice).await,
            Doing::Uploading => self.upload(dice).await,
            Doing::BreakingOff => self.break_off(dice).await,
            Doing::SendingRubbish => self.send_rubbish(dice).await,
        }
    }

    fn new_code(&self) -> String {
        self.tenders.set(self.tenders.get() + 1);
        format!("S-{}", self.tenders.get())
    }

    fn accepted(&self, receipt: Option<Value>) -> anyhow::Result<()> {
        let index = receipt.context("not answered")?["index"].as_u64().context("no index")?;
        self.size.set(self.size.get().max(index + 1));
        Ok(())
    }

    /// One more on a tender that there is, or a new tender: few, for the sequencer keeps 20,000 streams at hand, and memory
    /// that fills with them is no leak.
    fn record(&self) -> (String, Record) {
        let mut open = self.open.borrow_mut();
        if let Some((code, objections)) = open.last_mut() {
            *objections += 1;
            let record = self.people.objection_number(*objections, code);
            let path = format!("/v1/tenders/{code}/objections");
            if *objections == OBJECTIONS {
                open.pop();
            }
            return (path, record);
        }
        let code = self.new_code();
        ("/v1/tenders".to_owned(), self.people.preannouncement(&code))
    }

    fn is_open(&self, record: &Record) -> anyhow::Result<()> {
        let header = record.header()?;
        if let Some(code) = header.sub.strip_prefix("tender/").filter(|_| header.typ == "tender.preannounced") {
            self.open.borrow_mut().push((code.to_owned(), 0));
        }
        Ok(())
    }

    async fn post(&self) -> anyhow::Result<()> {
        let (path, record) = self.record();
        self.accepted(self.client.post(&path, &record).await?)?;
        self.is_open(&record)
    }

    async fn post_many(&self, dice: &mut Dice) -> anyhow::Result<()> {
        let records: Vec<Record> = (0..2 + dice.below(8)).map(|_| self.record().1).collect();
        self.client.post_all(&records).await?.into_iter().try_for_each(|receipt| self.accepted(receipt))?;
        records.iter().try_for_each(|record| self.is_open(record))
    }

    fn some_index(&self, dice: &mut Dice) -> u64 {
        dice.below(self.size.get() as usize) as u64
    }

    async fn list(&self, dice: &mut Dice) -> anyhow::Result<()> {
        let (at, code) = (self.some_index(dice), dice.below(1 + self.tenders.get() as usize));
        let path = match dice.below(8) {
            0 => "/v1/tenders?limit=50".to_owned(),
            1 => "/v1/tenders?status=preannounced&limit=20".to_owned(),
            2 => format!("/v1/records?after={at}&limit=100"),
            3 => format!("/v1/records?before={at}&limit=100"),
            4 => "/v1/objections?limit=50".to_owned(),
            5 => "/v1/organisations".to_owned(),
            6 => format!("/v1/records?stream=tender/S-{code}"),
            _ => "/v1/lots?limit=50".to_owned(),
        };
        self.client.get(&path).await.map(drop)
    }

    async fn prove(&self, dice: &mut Dice) -> anyhow::Result<()> {
        let (index, size) = (self.some_index(dice), self.size.get());
        let path = match dice.below(5) {
            0 | 1 => format!("/v1/records/{index}/proof"),
            2 => format!("/v1/records/{index}/entry"),
            3 => "/log/checkpoint".to_owned(),
            _ => {
                let tile = Tile::of_size(0, index / 256, size).context("beyond the end")?;
                format!("/log/tile/{}", Resource::Entries(tile))
            }
        };
        self.client.get(&path).await.map(drop)
    }

    async fn poll(&self, dice: &mut Dice) -> anyhow::Result<()> {
        let (last, seconds) = (self.size.get() - 1, 1 + dice.below(4));
        self.client.get(&format!("/v1/records?after={last}&wait={seconds}&limit=10")).await.map(drop)
    }

    /// Hears some records, and goes without a word.
    async fn subscribe(&self, dice: &mut Dice) -> anyhow::Result<()> {
        let path = format!("/v1/records.sse?after={}", self.size.get().saturating_sub(3));
        let mut response = self.client.request(Method::GET, &path).send().await?.error_for_status()?;
        for _ in 0..1 + dice.below(20) {
            match tokio::time::timeout(NEWS_MAX, response.chunk()).await {
                Ok(chunk) => ensure!(chunk?.is_some(), "an event stream ended"),
                Err(_) if self.over.get() => break,
                Err(_) => bail!("nothing is heard"),
            }
        }
        Ok(())
    }

    /// A document, and a tender that cites it, so that it is not in vain.
    async fn upload(&self, dice: &mut Dice) -> anyhow::Result<()> {
        self.papers.set(self.papers.get() + 1);
        let bytes = Bytes::from(format!("第{}号文件。", self.papers.get()).repeat(10 + dice.below(3_000)));
        let (id, path) = (DocumentId::from(Hash::of(&bytes)), "/v1/tenders");
        let at = format!("/v1/documents/{id}");
        let put = self.client.request_as(&self.people.centre.key, Method::PUT, &at);
        let put = put.header("content-type", "text/plain").body(bytes.clone());
        self.client.send(put).await?.context("not answered")?;
        ensure!(self.client.get(&at).await? == bytes, "another document");
        let record = self.people.preannouncement_citing(&self.new_code(), id, bytes.len() as u64);
        self.accepted(self.client.post(path, &record).await?)
    }

    /// Sends a part of a request and goes.
    async fn break_off(&self, dice: &mut Dice) -> anyhow::Result<()> {
        let mut connection = TcpStream::connect(self.client.address()).await?;
        let token = crate::people::token(&self.people.centre.key);
        let request = match dice.below(4) {
            0 => "GET /v1/tenders HTTP/1.1\r\nhost: a".to_owned(),
            1 => "GET /v1/records.ndjson HTTP/1.1\r\nhost: localhost\r\n\r\n".to_owned(),
            2 => "POST /v1/records HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/x-ndjson\r\n\
                 content-length: 100000\r\n\r\n{\"protected\":\"e30\","
                .to_owned(),
            _ => format!(
                "PUT /v1/documents/{} HTTP/1.1\r\nhost: localhost\r\ncontent-type: text/plain\r\n\
                 authorization: Bearer {token}\r\ncontent-length: 100000\r\n\r\nhalf",
                Hash::of(token.as_bytes())
            ),
        };
        connection.write_all(request.as_bytes()).await?;
        tokio::time::sleep(Duration::from_millis(dice.below(100) as u64)).await;
        Ok(())
    }

    /// Must be refused, and by no 500.
    async fn send_rubbish(&self, dice: &mut Dice) -> anyhow::Result<()> {
        let post = |path: &str| self.client.request(Method::POST, path).header("content-type", "application/json");
        let request = match dice.below(4) {
            0 => post("/v1/tenders").body("{"),
            1 => post("/v1/tenders").header("x-jws-signature", "e30..AAAA").body("{}"),
            2 => self.client.request(Method::GET, "/v1/tenders/%00").bearer_auth("a.b.c"),
            _ => self.client.request(Method::GET, "/v1/records?limit=0&after=-1"),
        };
        let response = request.send().await?;
        let status = response.status();
        response.bytes().await?;
        ensure!(status.is_client_error(), "rubbish is answered with {status}");
        Ok(())
    }
}
