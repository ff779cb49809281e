//! What the log must be: every entry judged and folded anew as it appears, in one world that forgets nothing.
//!
//! The service decides on the few streams that it has loaded. Here all of them are at hand, so a decision that missed one
//! shows: an entry that should not be there, and also a refusal that nobody earned.

use super::acts::evaluations;
use super::fault::{Fault, fault};
use super::papers::Papers;
use super::seam;
use gongshi::act::Place;
use gongshi::field::{DocumentId, Instant};
use gongshi::log::{EntryView, Hash, first_previous};
use gongshi::record::Header;
use gongshi::store::{Database, Row, Value};
use gongshi::world::{Act, Stream, World};
use std::collections::BTreeSet;

pub struct Oracle {
    pub world: World,
    pub entries: Vec<Seen>,
    pub last_time: Instant,
    /// Every stream that has entries.
    pub streams: BTreeSet<String>,
    /// Every document that an entry cites.
    pub cited: BTreeSet<DocumentId>,
    /// Evaluations that some entry brought about while the law was silent on them: nobody opens them.
    pub unowed: BTreeSet<Stream>,
    /// What the log was called first.
    origin: String,
}

/// An entry that was read.
pub struct Seen {
    pub hash: Hash,
    /// Of its record.
    pub digest: [u8; 32],
    pub kind: &'static str,
    /// It is about a part of a deposit whose payer was divided.
    pub is_of_part: bool,
    /// It holds a deposit for a ground that it names.
    pub names_ground: bool,
    pub bytes: Vec<u8>,
}

/// What the sequencer said no to, and where.
pub struct Refused {
    /// Entries before it.
    pub at: usize,
    pub now: Instant,
    pub header: Header,
    pub stream: Stream,
    pub act: Act,
    pub code: &'static str,
}

/// Refusals for what only the sequencer knows: the jtis, the entry's length, the tree and the keys at hand.
const SEQUENCER_ONLY: [&str; 2] = ["jti-reused", "entry-too-large"];

/// Refusals for documents that are not here, or not so: asked before anything else.
const DOCUMENTS: [&str; 2] = ["document-missing", "document-mismatch"];

impl Oracle {
    pub fn new(origin: &str) -> Self {
        Self {
            world: seam::empty_world(),
            entries: Vec::new(),
            last_time: Instant::from_millis(0),
            streams: BTreeSet::new(),
            cited: BTreeSet::new(),
            unowed: BTreeSet::new(),
            origin: origin.to_owned(),
        }
    }

    /// Evaluations that the service is to open, and has not.
    pub fn owed(&self) -> Vec<Stream> {
        let is_owed = |stream: &Stream| seam::version(&self.world, stream) == 0 && !self.unowed.contains(stream);
        evaluations(&self.world).into_iter().filter(is_owed).collect()
    }

    pub fn size(&self) -> usize {
        self.entries.len()
    }

    /// Reads what is new. `refused` is in the order of the log.
    pub async fn read(&mut self, database: &Database, papers: &Papers, refused: &[Refused]) -> Result<usize, Fault> {
        let before = self.size();
        let sql = "SELECT bytes, time, stream, version, kind, author FROM entries WHERE idx >= $1 ORDER BY idx";
        let rows = database.read(sql, &[Value::from(before as u64)]).await.map_err(|e| fault("store", e))?;
        let mut waiting = refused.iter().peekable();
        for row in &rows {
            while let Some(refused) = waiting.next_if(|refused| refused.at <= self.size()) {
                self.refuse(refused, papers)?;
            }
            self.entry(row).map_err(|what| fault("oracle", format!("entry {}: {what}", self.size())))?;
        }
        waiting.try_for_each(|refused| self.refuse(refused, papers))?;
        Ok(self.size() - before)
    }

    fn entry(&mut self, row: &Row) -> Result<(), String> {
        let bytes = row.blob(0).map_err(|e| e.to_string())?;
        let view = EntryView::parse(bytes).map_err(|e| e.to_string())?;
        let previous = self.entries.last().map_or_else(|| first_previous(&self.origin), |last| last.hash);
        if view.index != self.size() as u64 || view.previous != previous {
            return Err(format!("it says {} after {}", view.index, view.previous));
        }
        if view.time < self.last_time {
            return Err(format!("its time {} is before {}", view.time, self.last_time));
        }
        let record = view.record();
        let header = record.header().map_err(|e| e.to_string())?;
        let payload = record.payload_bytes().map_err(|e| e.to_string())?;
        let act = Act::parse(&header.typ, &payload).map_err(|e| e.to_string())?;
        let stream: Stream = header.sub.parse().map_err(|e: gongshi::problem::Refusal| e.to_string())?;
        let author = seam::decide(&self.world, &header, &stream, &act, view.time)
            .map_err(|refusal| format!("{} on {stream} is in the log, but: {refusal}", act.kind()))?;
        let version = seam::version(&self.world, &stream) + 1;
        let columns = (row.integer(1), row.text(2), row.unsigned(3), row.text(4), row.text(5));
        let (Ok(time), Ok(sub), Ok(stored), Ok(kind), Ok(by)) = columns else { return Err("columns".into()) };
        if (time, sub, stored, kind, by)
            != (view.time.millis(), header.sub.as_str(), version, act.kind(), author.id.as_str())
        {
            return Err(format!("stored as {kind} on {sub} version {stored} by {by}, not version {version}"));
        }
        let place = Place {
            index: view.index,
            time: view.time,
            hash: view.hash(),
            author: author.id,
            kid: header.kid,
            version,
        };
        let is_silent = self.world.law().is_none_or(|law| law.edition().evaluation.sealing.rule.is_silent());
        let is_of_part = seam::is_of_part(&self.world, &stream, &act);
        let names_ground = seam::names_ground(&act);
        seam::apply(&mut self.world, &stream, &act, &place);
        if is_silent {
            self.unowed.extend(evaluations(&self.world));
        }
        self.cited.extend(act.documents().into_iter().map(|cited| cited.sha256));
        self.last_time = view.time;
        let (hash, digest, bytes) = (view.hash(), record.digest(), bytes.to_vec());
        self.entries.push(Seen { hash, digest, kind: act.kind(), is_of_part, names_ground, bytes });
        self.streams.insert(header.sub);
        Ok(())
    }

    /// Whoever sees everything refuses it, too, and for the same reason.
    fn refuse(&self, refused: &Refused, papers: &Papers) -> Result<(), Fault> {
        let Refused { header, stream, act, now, code, .. } = refused;
        if SEQUENCER_ONLY.contains(code) {
            return Ok(());
        }
        if DOCUMENTS.contains(code) {
            let lacks = act.documents().into_iter().any(|cited| papers.size(&cited.sha256) != Some(cited.size));
            let unearned =
                || fault("refusal", format!("{} on {stream} was refused ({code}): all it cites is here", act.kind()));
            return if lacks { Ok(()) } else { Err(unearned()) };
        }
        match seam::decide(&self.world, header, stream, act, *now) {
            Err(refusal) if refusal.problem.code == *code => Ok(()),
            Ok(_) if *stream == seam::log_stream() => Ok(()),
            verdict => {
                let (kind, at) = (act.kind(), self.size());
                let said = verdict.map(|author| format!("{author:?} may")).unwrap_or_else(|r| r.to_string());
                Err(fault("refusal", format!("{kind} on {stream} was refused ({code}) at {at}, but: {said}")))
            }
        }
    }
}
