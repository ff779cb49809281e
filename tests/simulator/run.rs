//! A log under simulation: its services, their lives, and what their users know.

use super::acts::{self, Scene};
use super::cast::Cast;
use super::check;
use super::dice::Dice;
use super::fault::{Fault, fault};
use super::home::{Home, Mark, ORIGIN, folder};
use super::oracle::Oracle;
use super::papers::Papers;
use super::plan::{Intent, Plan};
use super::post::Care;
use super::seam;
use super::sign;
use super::tally::Tally;
use bytes::Bytes;
use gongshi::clock::Clock;
use gongshi::field::{DocumentRef, MediaType};
use gongshi::ledger::Ledger;
use gongshi::log::Hash;
use gongshi::publishing::Publisher;
use gongshi::record::{KeyId, Record};
use gongshi::store::Objects;
use std::sync::Arc;
use tempfile::TempDir;

/// A log under simulation, and everything that its users know of it.
pub struct Run {
    pub cast: Cast,
    /// One a writer.
    pub clocks: Vec<Clock>,
    pub writers: Vec<Arc<Ledger>>,
    pub oracle: Oracle,
    pub tally: Tally,
    /// What was posted, and what came of it: printed when the run fails.
    pub story: Vec<String>,
    /// Records that somebody has a receipt for.
    pub acknowledged: Vec<Acknowledged>,
    /// The key with which the services act.
    pub service: KeyId,
    /// Where the log is published as static files.
    pub published: TempDir,
    /// The publisher that has been at it since the services started.
    publisher: Option<Publisher>,
    home: Option<Home>,
    objects: TempDir,
    pub papers: Papers,
    documents: Vec<DocumentRef>,
    note: String,
    posted: Vec<Record>,
    /// Posted before power failed; nobody was told what became of them.
    in_flight: Vec<Record>,
    mark: Option<Mark>,
}

pub struct Acknowledged {
    pub index: usize,
    pub hash: Hash,
    pub digest: [u8; 32],
}

impl Run {
    pub async fn open(plan: &Plan, postgres: Option<&str>) -> Result<Self, Fault> {
        let mut run = Self {
            cast: Cast::new(plan.seed),
            clocks: vec![Clock::manual(plan.start), Clock::manual(plan.start.plus_millis(plan.skew_millis))],
            writers: Vec::new(),
            oracle: Oracle::new(ORIGIN),
            tally: Tally::of_run(plan.writers),
            story: Vec::new(),
            acknowledged: Vec::new(),
            service: KeyId::from_bytes([0; 32]),
            published: folder()?,
            publisher: None,
            home: Some(Home::empty(plan.engine, postgres).await?),
            objects: folder()?,
            papers: Papers::default(),
            documents: Vec::new(),
            note: String::new(),
            posted: Vec::new(),
            in_flight: Vec::new(),
            mark: None,
        };
        run.start(plan.writers).await?;
        run.note_new(0);
        let owner = run.cast.players[0].id.clone();
        let ledger = Arc::clone(&run.writers[0]);
        for text in ["招标文件", "答疑纪要"] {
            let id = run.papers.upload(&ledger, Bytes::from_static(text.as_bytes()), &owner).await?;
            let (media_type, title) = (MediaType::Text, text.parse());
            let Ok(title) = title else { return Err(fault("setting", text)) };
            run.documents.push(DocumentRef { sha256: id, size: text.len() as u64, media_type, title });
        }
        for edition in seam::editions() {
            run.papers.upload(&ledger, Bytes::copy_from_slice(edition.bytes()), &owner).await?;
        }
        Ok(run)
    }

    /// Starts the services; what the log holds is read from its beginning.
    pub async fn start(&mut self, writers: usize) -> Result<(), Fault> {
        let service = self.cast.service_key(&self.oracle.world, self.clocks[0].now()).clone();
        self.service = service.key_id();
        let home = self.home.as_ref().ok_or_else(|| fault("setting", "no home"))?;
        for clock in &self.clocks[..writers] {
            let ledger = home.open(&self.cast, &service, self.objects.path(), clock).await?;
            self.writers.push(ledger);
        }
        self.oracle = Oracle::new(ORIGIN);
        self.oracle.read(&self.writers[0].database, &self.papers, &[]).await?;
        self.look_at_checkpoints().await?;
        check::nothing_lost(self)
    }

    /// The checkpoint is what everybody reads first.
    pub async fn look_at_checkpoints(&mut self) -> Result<(), Fault> {
        for ledger in &self.writers {
            let (note, checkpoint) = ledger.checkpoint().await.map_err(|e| fault("checkpoint", e))?;
            if checkpoint.size != self.oracle.size() as u64 {
                return Err(fault("checkpoint", format!("of {} entries, not {}", checkpoint.size, self.oracle.size())));
            }
            self.note = note;
        }
        Ok(())
    }

    pub async fn batch(&mut self, writer: usize, intents: &[Intent]) -> Result<(), Fault> {
        let records = self.records(writer, intents);
        self.send(writer, records, Care::All).await.map(|_| ())
    }

    /// Posts again what was on its way when power failed: no record gets in twice.
    pub async fn post_again(&mut self) -> Result<(), Fault> {
        let records = std::mem::take(&mut self.in_flight);
        let held = |record: &&Record| self.oracle.entries.iter().any(|entry| entry.digest == record.digest());
        self.tally.kept += records.iter().filter(held).count() as u64;
        self.tally.in_flight += records.len() as u64;
        self.send(0, records, Care::All).await.map(|_| ())
    }

    /// The batch that is on its way when power fails. On PostgreSQL it is cut off after a moment.
    pub async fn lose(&mut self, intents: &[Intent], kept: u16) -> Result<(), Fault> {
        let home = self.home.as_ref().ok_or_else(|| fault("setting", "no home"))?;
        self.mark = home.mark()?;
        self.tally.crashes += 1;
        self.in_flight = self.records(0, intents);
        let (is_sqlite, records) = (self.mark.is_some(), self.in_flight.clone());
        let moment = std::time::Duration::from_micros(u64::from(kept) / 16);
        let lost = self.send(0, records, Care::Lost);
        if is_sqlite {
            return lost.await.map(|_| ());
        }
        tokio::select! {
            result = lost => result.map(|_| ()),
            () = tokio::time::sleep(moment) => Ok(()),
        }
    }

    /// Drops the services where they stand.
    pub fn cut_power(&mut self, kept: u16) -> Result<(), Fault> {
        let home = self.home.take().ok_or_else(|| fault("setting", "no home"))?;
        // The old folder must stay until the services that write to it are gone.
        self.home = Some(home.after_power_cut(self.mark.as_ref(), kept)?);
        self.writers.clear();
        self.publisher = None;
        Ok(())
    }

    pub async fn stop(&mut self) {
        self.publisher = None;
        for ledger in self.writers.drain(..) {
            ledger.database.close().await;
        }
        self.tally.restarts += 1;
    }

    /// The disk takes nothing more, and then it does: who was told to try again does so.
    pub async fn outage(&mut self, intents: &[Intent]) -> Result<(), Fault> {
        let records = self.records(0, intents);
        self.tally.outages += 1;
        check::limit_disk(&self.writers[0], true).await?;
        let unanswered = self.send(0, records, Care::Outage).await?;
        check::limit_disk(&self.writers[0], false).await?;
        self.send(0, unanswered, Care::All).await.map(|_| ())
    }

    /// What is due is done by one writer, or by both at once.
    pub async fn due(&mut self, writers: &[usize]) -> Result<(), Fault> {
        let ledgers: Vec<Arc<Ledger>> = writers.iter().map(|at| Arc::clone(&self.writers[*at])).collect();
        let all = futures::future::join_all(ledgers.iter().map(|ledger| async move {
            Ok::<_, gongshi::ledger::LedgerError>(
                ledger.propose_due().await? + ledger.grade_due().await? + ledger.assess_due().await?,
            )
        }));
        let proposed = tokio::time::timeout(std::time::Duration::from_secs(60), all).await;
        let proposed: Result<Vec<usize>, _> =
            proposed.map_err(|_| fault("due", "it never ends"))?.into_iter().collect();
        let proposed: usize = proposed.map_err(|e| fault("due", e))?.into_iter().sum();
        let before = self.oracle.size();
        let read = self.oracle.read(&ledgers[0].database, &self.papers, &[]).await?;
        self.note_new(before);
        if read != proposed {
            return Err(fault("due", format!("{proposed} acts were due, {read} were written")));
        }
        self.look_at_checkpoints().await?;
        // A month may have gone by.
        let owner = &self.cast.players[0].id;
        self.tally.expired += self.papers.expire(&ledgers[0], &self.oracle.cited, owner).await? as u64;
        let earliest = writers.iter().map(|at| self.clocks[*at].now()).min().unwrap_or(self.oracle.last_time);
        check::nothing_is_due(self, earliest)
    }

    /// The log's files are brought up to it, by the publisher that has been at it or by one that begins.
    pub async fn publish(&mut self, anew: bool) -> Result<(), Fault> {
        let place = Objects::published(self.published.path()).map_err(|e| fault("setting", e))?;
        let ledger = Arc::clone(&self.writers[0]);
        let publisher = self.publisher.take().filter(|_| !anew);
        let mut publisher = publisher.unwrap_or_else(|| Publisher::new(ledger, place));
        publisher.round().await.map_err(|e| fault("publishing", e))?;
        self.publisher = Some(publisher);
        Ok(())
    }

    fn note_new(&mut self, before: usize) {
        for (at, entry) in self.oracle.entries.iter().enumerate().skip(before) {
            self.tally.accepted(entry);
            self.story.push(format!("    {} is entry {at}", entry.kind));
        }
    }

    /// What these intents come to in the state that everybody sees now.
    pub fn records(&mut self, writer: usize, intents: &[Intent]) -> Vec<Record> {
        let mut records = Vec::new();
        for intent in intents {
            let mut scene = Scene {
                world: &self.oracle.world,
                cast: &self.cast,
                now: self.clocks[writer].now(),
                note: &self.note,
                documents: &self.documents,
                service: self.service,
                dice: Dice::new(intent.dice),
            };
            let Some(draft) = acts::draft(&mut scene, intent) else { continue };
            records.push(sign::record(&mut scene, &draft, intent.twist, &self.posted));
        }
        self.posted.extend(records.iter().cloned());
        records
    }
}
