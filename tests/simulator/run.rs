//! A plan played against real services on a real store, each answer compared with what the log then holds.

use super::acts::{self, Scene};
use super::cast::Cast;
use super::check;
use super::dice::Dice;
use super::fault::{Fault, fault};
use super::home::{Home, Mark, ORIGIN, folder};
use super::oracle::{Oracle, Refused};
use super::plan::{Intent, Plan};
use super::seam;
use super::sign;
use super::tally::Tally;
use gongshi::clock::Clock;
use gongshi::field::{DocumentId, DocumentRef};
use gongshi::law::MEDIA_TYPE;
use gongshi::ledger::Ledger;
use gongshi::log::{Hash, TlogProof};
use gongshi::record::{Header, KeyId, Record};
use gongshi::sequencer::{Admitted, Receipt, Rejected, Underway};
use gongshi::world::{Act, Stream};
use std::sync::Arc;
use tempfile::TempDir;

/// A log under simulation, and everything that its users know of it.
pub struct Run {
    pub cast: Cast,
    pub clock: Clock,
    pub writers: Vec<Arc<Ledger>>,
    pub oracle: Oracle,
    pub tally: Tally,
    /// What was posted, and what came of it: printed when the run fails.
    pub story: Vec<String>,
    /// Records that somebody has a receipt for.
    pub acknowledged: Vec<Acknowledged>,
    /// The key with which the services act.
    pub service: KeyId,
    home: Option<Home>,
    objects: TempDir,
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

/// A record on its way.
struct Queued {
    record: Record,
    header: Header,
    stream: Stream,
    act: Act,
    pending: Underway,
}

/// What came of some records.
#[derive(Default)]
struct Answers {
    receipts: Vec<(Record, Receipt)>,
    refusals: Vec<Refused>,
    unanswered: Vec<Record>,
}

/// What may go wrong with a batch.
#[derive(Clone, Copy, PartialEq)]
enum Care {
    /// Every record is answered.
    All,
    /// The store fails: some are told that the log is unavailable.
    Outage,
    /// Nobody hears the answers.
    Lost,
}

impl Run {
    pub async fn open(plan: &Plan, postgres: Option<&str>) -> Result<Self, Fault> {
        let mut run = Self {
            cast: Cast::new(plan.seed),
            clock: Clock::manual(plan.start),
            writers: Vec::new(),
            oracle: Oracle::new(ORIGIN),
            tally: Tally::of_run(plan.writers),
            story: Vec::new(),
            acknowledged: Vec::new(),
            service: KeyId::from_bytes([0; 32]),
            home: Some(Home::empty(plan.engine, postgres).await?),
            objects: folder()?,
            documents: Vec::new(),
            note: String::new(),
            posted: Vec::new(),
            in_flight: Vec::new(),
            mark: None,
        };
        run.start(plan.writers).await?;
        run.note_new(0);
        for text in ["招标文件", "答疑纪要"] {
            let (bytes, size) = (bytes::Bytes::from_static(text.as_bytes()), text.len() as u64);
            let id = DocumentId::from(Hash::of(text));
            let chunks = futures::stream::iter([Ok(bytes)]);
            let owner = &run.cast.players[0].id;
            let kept = run.writers[0].keep_document(id, chunks, 1 << 20, "text/plain", owner).await;
            kept.map_err(|e| fault("document", e))?;
            let (media_type, title) = ("text/plain".parse(), text.parse());
            let (Ok(media_type), Ok(title)) = (media_type, title) else { return Err(fault("setting", text)) };
            run.documents.push(DocumentRef { sha256: id, size, media_type, title });
        }
        for edition in seam::editions() {
            let (bytes, size) = (bytes::Bytes::copy_from_slice(edition.bytes()), edition.bytes().len() as u64);
            let (chunks, owner) = (futures::stream::iter([Ok(bytes)]), &run.cast.players[0].id);
            let kept = run.writers[0].keep_document(edition.id, chunks, size, MEDIA_TYPE, owner).await;
            kept.map_err(|e| fault("document", e))?;
        }
        Ok(run)
    }

    /// Starts the services; what the log holds is read from its beginning.
    pub async fn start(&mut self, writers: usize) -> Result<(), Fault> {
        let service = self.cast.service_key(&self.oracle.world, self.clock.now()).clone();
        self.service = service.key_id();
        let home = self.home.as_ref().ok_or_else(|| fault("setting", "no home"))?;
        for _ in 0..writers {
            let ledger = home.open(&self.cast, &service, self.objects.path(), &self.clock).await?;
            self.writers.push(ledger);
        }
        self.oracle = Oracle::new(ORIGIN);
        self.oracle.read(&self.writers[0].database, &[]).await?;
        self.look_at_checkpoints().await?;
        check::nothing_lost(self)
    }

    /// The checkpoint is what everybody reads first.
    async fn look_at_checkpoints(&mut self) -> Result<(), Fault> {
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
        let records = self.records(intents);
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
        self.in_flight = self.records(intents);
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
        Ok(())
    }

    pub async fn stop(&mut self) {
        for ledger in self.writers.drain(..) {
            ledger.database.close().await;
        }
        self.tally.restarts += 1;
    }

    /// The disk takes nothing more, and then it does: who was told to try again does so.
    pub async fn outage(&mut self, intents: &[Intent]) -> Result<(), Fault> {
        let records = self.records(intents);
        self.tally.outages += 1;
        check::limit_disk(&self.writers[0], true).await?;
        let unanswered = self.send(0, records, Care::Outage).await?;
        check::limit_disk(&self.writers[0], false).await?;
        self.send(0, unanswered, Care::All).await.map(|_| ())
    }

    pub async fn due(&mut self, writer: usize) -> Result<(), Fault> {
        let ledger = Arc::clone(&self.writers[writer]);
        let seconds = std::time::Duration::from_secs(60);
        let proposed = tokio::time::timeout(seconds, ledger.propose_due()).await;
        let proposed = proposed.map_err(|_| fault("due", "it never ends"))?.map_err(|e| fault("due", e))?;
        let before = self.oracle.size();
        let read = self.oracle.read(&ledger.database, &[]).await?;
        self.note_new(before);
        if read != proposed {
            return Err(fault("due", format!("{proposed} acts were due, {read} were written")));
        }
        self.look_at_checkpoints().await?;
        check::nothing_is_due(self)
    }

    fn note_new(&mut self, before: usize) {
        for (at, entry) in self.oracle.entries.iter().enumerate().skip(before) {
            self.tally.accepted(entry.kind);
            self.story.push(format!("    {} is entry {at}", entry.kind));
        }
    }

    /// What these intents come to in the state that everybody sees now.
    fn records(&mut self, intents: &[Intent]) -> Vec<Record> {
        let mut records = Vec::new();
        for intent in intents {
            let mut scene = Scene {
                world: &self.oracle.world,
                cast: &self.cast,
                now: self.clock.now(),
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

    fn tell(&mut self, record: &Record, came: &str) {
        let Ok(header) = record.header() else { return };
        let by = self.cast.players.iter().position(|player| player.keys.iter().any(|k| k.key_id() == header.kid));
        let by = by.map_or("the service or nobody".to_owned(), |at| format!("{:?} {at}", self.cast.players[at].role));
        self.story.push(format!("    {} on {} by {by}: {came}", header.typ, header.sub));
    }

    fn refused(&mut self, record: &Record, refusal: &gongshi::problem::Refusal) {
        let kind = record.header().ok().and_then(|header| Act::kinds().find(|kind| *kind == header.typ));
        self.tally.refused(kind.unwrap_or("another kind"), refusal.problem.code);
        self.tell(record, &format!("refused: {refusal}"));
    }

    /// Posts records together; returns those that nobody could say anything about.
    async fn send(&mut self, writer: usize, records: Vec<Record>, care: Care) -> Result<Vec<Record>, Fault> {
        let ledger = Arc::clone(&self.writers[writer]);
        let before = self.oracle.size();
        let queued = self.queue(&ledger, records).await?;
        let answers = self.answers(&ledger, queued, care).await?;
        if care != Care::Lost {
            let new = self.oracle.read(&ledger.database, &answers.refusals).await?;
            self.acknowledge(before, new, answers.receipts, care)?;
            self.look_at_checkpoints().await?;
        }
        Ok(answers.unanswered)
    }

    /// Both writers are given records at the same moment: which comes first is open, but for each writer's own.
    pub async fn race(&mut self, intents: [&[Intent]; 2]) -> Result<(), Fault> {
        let ledgers = [0, 1].map(|at| Arc::clone(&self.writers[at % self.writers.len()]));
        let before = self.oracle.size();
        let mut queued = Vec::new();
        for (ledger, intents) in ledgers.iter().zip(intents) {
            let records = self.records(intents);
            queued.push(self.queue(ledger, records).await?);
        }
        let mut receipts = Vec::new();
        for (ledger, queued) in ledgers.iter().zip(queued) {
            receipts.extend(self.answers(ledger, queued, Care::All).await?.receipts);
        }
        let new = self.oracle.read(&ledgers[0].database, &[]).await?;
        self.acknowledge(before, new, receipts, Care::All)?;
        self.look_at_checkpoints().await
    }

    /// All signatures first, so that the queue gets the records in one go.
    async fn queue(&mut self, ledger: &Ledger, records: Vec<Record>) -> Result<Vec<Queued>, Fault> {
        let mut queued = Vec::new();
        for (record, admitted) in self.admit(ledger, records).await? {
            let (header, stream, act) = (admitted.header().clone(), admitted.stream().clone(), admitted.act().clone());
            match ledger.enqueue(admitted).await {
                Ok(pending) => queued.push(Queued { record, header, stream, act, pending }),
                Err(Rejected::Refused(refusal)) => self.refused(&record, &refusal),
                Err(Rejected::Unavailable) => return Err(fault("unavailable", "the queue took nothing")),
                Err(Rejected::Clock(doubt)) => return Err(fault("clock", doubt)),
            }
        }
        Ok(queued)
    }

    async fn answers(&mut self, ledger: &Ledger, queued: Vec<Queued>, care: Care) -> Result<Answers, Fault> {
        let now = self.clock.now().max(self.oracle.last_time);
        let (mut answers, mut at) = (Answers::default(), self.oracle.size());
        for Queued { record, header, stream, act, pending } in queued {
            match ledger.outcome(pending).await {
                Ok(receipt) => {
                    at = at.max(receipt.index as usize + 1);
                    answers.receipts.push((record, receipt));
                }
                Err(Rejected::Refused(refusal)) => {
                    self.refused(&record, &refusal);
                    let code = refusal.problem.code;
                    answers.refusals.push(Refused { at, now, header, stream, act, code });
                }
                Err(Rejected::Clock(doubt)) => return Err(fault("clock", doubt)),
                Err(Rejected::Unavailable) if care == Care::All => {
                    self.tell(&record, "the log is unavailable");
                    return Err(fault("unavailable", format!("{} on {stream}", act.kind())));
                }
                Err(Rejected::Unavailable) => answers.unanswered.push(record),
            }
        }
        Ok(answers)
    }

    async fn admit(&mut self, ledger: &Ledger, records: Vec<Record>) -> Result<Vec<(Record, Admitted)>, Fault> {
        let mut admitted = Vec::new();
        for record in records {
            match ledger.admit(record.clone(), None).await {
                Ok(good) => admitted.push((record, good)),
                Err(Rejected::Refused(refusal)) => self.refused(&record, &refusal),
                Err(Rejected::Unavailable) => return Err(fault("unavailable", "a key can't be looked up")),
                Err(Rejected::Clock(doubt)) => return Err(fault("clock", doubt)),
            }
        }
        Ok(admitted)
    }

    /// Every receipt tells the truth, and nothing else was written.
    fn acknowledge(
        &mut self,
        before: usize,
        new: usize,
        receipts: Vec<(Record, Receipt)>,
        care: Care,
    ) -> Result<(), Fault> {
        let appended = receipts.iter().filter(|(_, receipt)| !receipt.replayed).count();
        if appended != new && care == Care::All {
            return Err(fault("receipt", format!("{appended} receipts for {new} entries")));
        }
        for entry in &self.oracle.entries[before..] {
            self.tally.accepted(entry.kind);
        }
        for (record, receipt) in &receipts {
            let index = receipt.index as usize;
            let came = if receipt.replayed { "known as entry" } else { "entry" };
            self.tell(record, &format!("{came} {index}"));
            let (Some(entry), digest) = (self.oracle.entries.get(index), record.digest()) else {
                return Err(fault("receipt", format!("there is no entry {index}")));
            };
            if entry.hash != receipt.entry_hash || entry.digest != digest || (!receipt.replayed && index < before) {
                return Err(fault("receipt", format!("entry {index} is not what the receipt says")));
            }
            self.acknowledged.push(Acknowledged { index, hash: entry.hash, digest });
        }
        // One proof of a batch stands for all: they are of one tree.
        let Some((_, receipt)) = receipts.last() else { return Ok(()) };
        let (entry, log) = (&self.oracle.entries[receipt.index as usize], seam::log(&self.oracle.world));
        let keys = log.map(|log| log.checkpoint_keys.clone()).unwrap_or_default();
        let origin = log.map_or(String::new(), |log| log.origin.clone());
        let proof = TlogProof::parse(&receipt.proof).and_then(|proof| proof.verify(&entry.bytes, &keys, &origin));
        proof.map(|_| ()).map_err(|e| fault("proof", format!("of entry {}: {e}", receipt.index)))
    }
}
