//! Records on their way: posted together, each answer compared with what the log then holds.

use super::fault::{Fault, fault};
use super::oracle::Refused;
use super::plan::Intent;
use super::run::{Acknowledged, Run};
use super::seam;
use gongshi::ledger::Ledger;
use gongshi::log::TlogProof;
use gongshi::record::{Header, Record};
use gongshi::sequencer::{Admitted, Receipt, Reception, Rejected, Underway};
use gongshi::world::{Act, Stream};
use std::sync::Arc;

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
pub enum Care {
    /// Every record is answered.
    All,
    /// The store fails: some are told that the log is unavailable.
    Outage,
    /// Nobody hears the answers.
    Lost,
}

impl Run {
    pub fn tell(&mut self, record: &Record, came: &str) {
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
    pub async fn send(&mut self, writer: usize, records: Vec<Record>, care: Care) -> Result<Vec<Record>, Fault> {
        let ledger = Arc::clone(&self.writers[writer]);
        let before = self.oracle.size();
        let queued = self.queue(&ledger, records).await?;
        let answers = self.answers(&ledger, queued, care).await?;
        if care != Care::Lost {
            let new = self.oracle.read(&ledger.database, &self.papers, &answers.refusals).await?;
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
        for (writer, (ledger, intents)) in ledgers.iter().zip(intents).enumerate() {
            let records = self.records(writer % self.writers.len(), intents);
            queued.push(self.queue(ledger, records).await?);
        }
        let mut receipts = Vec::new();
        for (ledger, queued) in ledgers.iter().zip(queued) {
            receipts.extend(self.answers(ledger, queued, Care::All).await?.receipts);
        }
        let new = self.oracle.read(&ledgers[0].database, &self.papers, &[]).await?;
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
                Err(Rejected::Clock(doubt)) => return Err(fault("clock", doubt)),
                Err(Rejected::Unavailable) => return Err(fault("unavailable", "the queue took nothing")),
            }
        }
        Ok(queued)
    }

    async fn answers(&mut self, ledger: &Ledger, queued: Vec<Queued>, care: Care) -> Result<Answers, Fault> {
        let now = ledger.clock.now().max(self.oracle.last_time);
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
                Err(Rejected::Clock(doubt)) => return Err(fault("clock", doubt)),
                Err(Rejected::Unavailable) => return Err(fault("unavailable", "a key can't be looked up")),
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
        let appended = receipts.iter().filter(|(_, receipt)| receipt.reception == Reception::New).count();
        if appended != new && care == Care::All {
            return Err(fault("receipt", format!("{appended} receipts for {new} entries")));
        }
        for entry in &self.oracle.entries[before..] {
            self.tally.accepted(entry);
        }
        for (record, receipt) in &receipts {
            let index = receipt.index as usize;
            let came = if receipt.reception == Reception::Known { "known as entry" } else { "entry" };
            self.tell(record, &format!("{came} {index}"));
            let (Some(entry), digest) = (self.oracle.entries.get(index), record.digest()) else {
                return Err(fault("receipt", format!("there is no entry {index}")));
            };
            if entry.hash != receipt.entry_hash
                || entry.digest != digest
                || (receipt.reception == Reception::New && index < before)
            {
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
