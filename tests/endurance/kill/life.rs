//! The life of one log, from its first start to its audit.

use super::book::Book;
use super::load::Load;
use super::reader::Reader;
use super::tally::{Strike, Tally};
use crate::client::Client;
use crate::people::People;
use crate::service::{Service, program};
use crate::support::dice::Dice;
use crate::support::postgres::{self, Cluster};
use anyhow::{Context, bail, ensure};
use gongshi::record::load_key;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::process::Command;
use tokio::task::LocalSet;

/// Kills while a new log is made: keys, tables, the first record.
const KILLS_AT_BIRTH: u64 = 3;
/// A start takes some 50 ms.
const MICROS_OF_A_START: usize = 80_000;
/// Load between two kills, either so long or until so many answers came.
const MICROS_OF_LOAD: usize = 120_000;
const ANSWERS: usize = 40;
/// In percent of all kills; each costs PostgreSQL a recovery.
const STARTS: usize = 12;
const BACKENDS: usize = 4;
const SERVERS: usize = 2;

pub struct Life<'t> {
    folder: TempDir,
    /// PostgreSQL, and the URL of this log's database.
    database: Option<(Arc<Cluster>, String)>,
    dice: Dice,
    people: Rc<People>,
    book: Rc<RefCell<Book>>,
    reader: Reader,
    tally: &'t mut Tally,
}

impl<'t> Life<'t> {
    /// So many kills, or as many as the time allows.
    ///
    /// # Errors
    /// The log broke its word: how.
    pub async fn live(
        postgres: Option<&Arc<Cluster>>,
        dice: Dice,
        kills: u64,
        time: Duration,
        tally: &'t mut Tally,
    ) -> anyhow::Result<()> {
        let folder = tempfile::Builder::new().prefix("gongshi-kill-").tempdir()?;
        let database = postgres.map(|cluster| (Arc::clone(cluster), cluster.new_database()));
        let (people, book, reader) = (Rc::new(People::new()), Rc::default(), Reader::new());
        let mut life = Life { folder, database, dice, people, book, reader, tally };
        let (began, until) = (Instant::now(), life.tally.kills() + kills);
        let lived = LocalSet::new()
            .run_until(async {
                let mut service = life.birth().await?;
                while life.tally.kills() < until && began.elapsed() < time {
                    service = life.one_kill(service).await?;
                }
                life.end(service).await
            })
            .await;
        if lived.is_err() {
            println!("its data is in {}", life.folder.keep().display());
        }
        lived
    }

    /// Of its database on PostgreSQL.
    fn url(&self) -> Option<&str> {
        self.database.as_ref().map(|(_, url)| url.as_str())
    }

    fn spawn(&self) -> anyhow::Result<Service> {
        Service::spawn(self.folder.path(), self.url())
    }

    async fn kill_a_start(&mut self) -> anyhow::Result<()> {
        let mut service = self.spawn()?;
        tokio::time::sleep(Duration::from_micros(self.dice.below(MICROS_OF_A_START) as u64)).await;
        ensure!(service.is_running(), "it does not start\n{}", service.said());
        service.kill().await?;
        self.tally.struck(Strike::Start);
        Ok(())
    }

    async fn start(&mut self) -> anyhow::Result<(Service, Client)> {
        let began = Instant::now();
        let mut service = self.spawn()?;
        let client = Client::new(service.listening().await?)?;
        self.tally.slowest_start = self.tally.slowest_start.max(began.elapsed());
        Ok((service, client))
    }

    async fn birth(&mut self) -> anyhow::Result<(Service, Client)> {
        for _ in 0..KILLS_AT_BIRTH {
            self.kill_a_start().await?;
        }
        let (service, client) = self.start().await?;
        let operator = load_key(&self.folder.path().join("data/keys/operator.jwk"))?;
        for record in self.people.admission(&operator) {
            self.book.borrow_mut().sent.insert(record.digest());
            let receipt = client.post_all(std::slice::from_ref(&record)).await?.remove(0);
            ensure!(receipt.is_some(), "an idle service has no answer");
            self.book.borrow_mut().answered(record, receipt)?;
        }
        self.check(&client).await?;
        Ok((service, client))
    }

    async fn check(&mut self, client: &Client) -> anyhow::Result<()> {
        // Nobody writes in it meanwhile: the load has ended.
        let mut book = self.book.take();
        let checked = self.reader.check(client, &self.people, &mut book, &mut self.dice, self.tally).await;
        self.book.replace(book);
        checked
    }

    fn next_strike(&mut self) -> Strike {
        let (postgres, at) = (self.database.is_some(), self.dice.below(100));
        match at {
            at if at < STARTS => Strike::Start,
            at if postgres && at < STARTS + BACKENDS => Strike::Backend,
            at if postgres && at < STARTS + BACKENDS + SERVERS => Strike::Server,
            _ => Strike::Service,
        }
    }

    async fn one_kill(&mut self, (service, client): (Service, Client)) -> anyhow::Result<(Service, Client)> {
        let strike = self.next_strike();
        let mut load = Load::start(&client, &self.people, &self.book, &mut self.dice);
        if self.dice.percent(50) {
            load.answers(1 + self.dice.below(ANSWERS) as u64).await?;
        } else {
            tokio::time::sleep(Duration::from_micros(self.dice.below(MICROS_OF_LOAD) as u64)).await;
        }
        let running = match strike {
            Strike::Service | Strike::Start => {
                service.kill().await?;
                self.tally.struck(Strike::Service);
                load.end().await?;
                if strike == Strike::Start {
                    self.kill_a_start().await?;
                }
                self.start().await?
            }
            Strike::Backend | Strike::Server => {
                self.strike_postgres(strike, &mut load).await?;
                load.end().await?;
                (service, client)
            }
        };
        self.check(&running.1).await?;
        Ok(running)
    }

    /// The service stays, and comes back by itself.
    async fn strike_postgres(&mut self, strike: Strike, load: &mut Load) -> anyhow::Result<()> {
        let (cluster, url) = self.database.clone().context("there is no PostgreSQL")?;
        let which = self.dice.next() as usize;
        self.tally.struck(strike);
        let began = Instant::now();
        let blow = move || match strike {
            Strike::Backend => postgres::kill_backend(&url, which),
            _ => {
                cluster.kill();
                cluster.start_again();
            }
        };
        tokio::task::spawn_blocking(blow).await?;
        load.answers(1).await?;
        self.tally.slowest_return = self.tally.slowest_return.max(began.elapsed());
        Ok(())
    }

    /// What nobody had an answer to is sent until there is one; then the whole log is audited, and all that stands beside it
    /// compared with it.
    async fn end(&mut self, (service, client): (Service, Client)) -> anyhow::Result<()> {
        let unanswered = std::mem::take(&mut self.book.borrow_mut().unanswered);
        for some in unanswered.chunks(100) {
            let receipts = client.post_all(some).await?;
            ensure!(receipts.iter().all(Option::is_some), "an idle service has no answer");
            for (record, receipt) in some.iter().zip(receipts) {
                self.book.borrow_mut().answered(record.clone(), receipt)?;
            }
        }
        self.check(&client).await?;
        service.kill().await?;
        let data = self.folder.path().join("data");
        let log = self.url().map_or_else(|| data.display().to_string(), str::to_owned);
        let key = self.reader.key()?.to_string();
        let report = Command::new(program()).args(["verify", &log, "--json", "--key", &key]).output().await?;
        let said = String::from_utf8_lossy(&report.stdout).into_owned();
        let judged: serde_json::Value = serde_json::from_str(&said).with_context(|| said.clone())?;
        if !report.status.success() || judged["entries"] != self.reader.size() {
            bail!("of {} entries: {said}", self.reader.size());
        }
        self.tally.logs += 1;
        Ok(())
    }
}
