//! One batch: lock the head, decide each record, extend chain and tree, write, commit, answer.

use super::bearings::read_bearings;
use super::documents::Held;
use super::known::{Known, asked_jtis, brought_keys, known_of};
use super::loader::{
    COLUMNS, LoadError, filed, forged, learn_edition, learn_law, load_missing, load_predecessors, load_successors,
    load_supervisors,
};
use super::refused::refused_by;
use super::rows::{History, Touched, edition_row, entry_row, head_row, rows_of, rows_of_touched, tile_row};
use super::signers::signers;
use super::{Admitted, BATCH_RECORDS_MAX, Outcome, Receipt, Reception, Rejected, Setting, Submission, publish};
use crate::act::Place;
use crate::field::{DocumentId, Instant, OrganisationId};
use crate::identity;
use crate::law::Edition;
use crate::log::{
    Checkpoint, ENTRY_BYTES_MAX, Edge, Entry, EntryView, Hash, NoteSigner, TlogProof, first_previous, leaf_hash,
};
use crate::problem::{self, Refusal};
use crate::record::KeyId;
use crate::store::{ENTRIES, HEAD, LAW, Row, StoreError, TILES, TableRows, Value, Write, load_edge};
use crate::world::{Act, Stream, World};
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::{oneshot, watch};

/// What the writing task owns. Nobody else touches it, so nothing here is locked.
pub(super) struct Writer {
    setting: Setting,
    /// Streams that were needed lately; any of them can be read again.
    world: World,
    edge: Edge,
    head: Head,
    /// Size and root of the log when we last wrote or read it: what it never falls behind.
    committed: (u64, Hash),
    /// A commit failed: memory may be ahead of the store.
    stale: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Head {
    size: u64,
    last_hash: Hash,
    last_time: Instant,
}

/// Streams kept in memory between batches.
const STREAMS_KEPT: usize = 20_000;

/// A record that was accepted in this batch.
struct Appended {
    index: u64,
    stream: Stream,
    version: u64,
    entry_hash: Hash,
}

/// What will be told to one submitter once the batch is durable.
enum Verdict {
    Appended(Appended),
    Rehearsed(Appended),
    Known { index: u64 },
    Refused(Refusal),
}

type Reply = oneshot::Sender<Result<Outcome, Rejected>>;

impl Writer {
    /// Reads the head, creating it for a new log.
    pub(super) async fn open(setting: Setting) -> Result<Self, LoadError> {
        let (mut write, stored) = setting.database.begin_at_head().await?;
        let stored = match stored {
            Some(row) => row,
            None => {
                let last_hash = first_previous(&setting.origin);
                let head = Head { size: 0, last_hash, last_time: Instant::from_millis(0) };
                let root = Edge::new().root();
                let first = setting.checkpoint_keys.first().cloned();
                let signer = first.and_then(|key| NoteSigner::new(&setting.origin, key).ok());
                let signer = signer.ok_or_else(|| LoadError::NoKey { origin: setting.origin.clone() })?;
                let note = Checkpoint { origin: setting.origin.clone(), size: 0, root }.sign(&signer);
                write.create_head(head.row(&setting.origin, &note)).await?;
                // What another replica created at the same moment stands.
                write.lock_head().await?.ok_or_else(|| StoreError::Damaged("no log head".into()))?
            }
        };
        // One writing connection: it must be free again before it is asked for below.
        write.commit().await?;
        let found = stored.text(3)?;
        if found != setting.origin {
            return Err(LoadError::Origin { found: found.to_owned(), expected: setting.origin });
        }
        // Under the head's lock: what is compared must be of one moment.
        let (mut write, stored) = setting.database.begin_at_head().await?;
        let stored = stored.ok_or_else(|| StoreError::Damaged("no log head".into()))?;
        let head = Head::of_row(&stored)?;
        let edge = load_edge(&setting.database, head.size).await?;
        learn_law(&setting.database, &setting.editions).await?;
        let mut world = World::new(setting.editions.clone());
        // Every decision needs the log's own state.
        load_missing(&mut write, &setting.owners, &mut world, Vec::new(), vec![Stream::LOG]).await?;
        // Better not to start than to refuse every record.
        if let Some(log) = world.log() {
            signers(log, &setting.checkpoint_keys)?;
        }
        let mut writer = Self { setting, world, edge, head, committed: (0, Hash::of("")), stale: false };
        writer.must_be_signed(&mut write, &stored).await?;
        writer.committed = (head.size, writer.edge.root());
        write.rollback().await;
        Ok(writer)
    }

    /// The log goes on only from what it signed: the head is that of the last entry, and the edge has the signed root.
    async fn must_be_signed(&mut self, write: &mut Write, stored: &Row) -> Result<(), LoadError> {
        let Some(log) = self.world.log() else {
            return if self.head.size == 0 { Ok(()) } else { Err(forged("log_head.size")) };
        };
        let signed = Checkpoint::open(stored.text(4)?, &log.checkpoint_keys, &log.origin);
        let signed = signed.map_err(|error| forged(format!("log_head.checkpoint ({error})")))?;
        if (signed.size, signed.root) != (self.head.size, self.edge.root()) {
            return Err(forged("log_head.checkpoint, or a tile,"));
        }
        let last = write.read("SELECT bytes FROM entries ORDER BY idx DESC LIMIT 1", &[]).await?;
        let last = last.first().map(|row| row.blob(0)).transpose()?;
        let last = last.and_then(|bytes| EntryView::parse(bytes).ok()).ok_or_else(|| forged("the last entry"))?;
        let said = Head { size: last.index + 1, last_hash: last.hash(), last_time: last.time };
        if said == self.head { Ok(()) } else { Err(forged("log_head")) }
    }

    pub(super) fn size(&self) -> u64 {
        self.committed.0
    }

    /// Writes one batch, publishes the log's new size and answers everybody in it. When the store fails, nobody is told
    /// more than that, and the writer starts again from what is stored.
    pub(super) async fn write(&mut self, batch: Vec<Submission>, size: &watch::Sender<u64>) {
        let began = std::time::Instant::now();
        let (records, replies): (Vec<Admitted>, Vec<Reply>) =
            batch.into_iter().map(|submission| (submission.admitted, submission.reply)).unzip();
        match self.commit(&records).await {
            Ok(answers) => {
                let accepted = answers.iter().filter(|answer| matches!(answer, Ok(Outcome::Appended(_)))).count();
                self.setting.metrics.batch(records.len(), accepted, began.elapsed());
                // Before the answers: whoever has a receipt must not read an older log.
                publish(size, self.size());
                for (reply, answer) in replies.into_iter().zip(answers) {
                    // Whoever no longer waits finds its record by posting it again.
                    let _ = reply.send(answer);
                }
            }
            Err(error) => {
                tracing::error!(%error, "a batch was not written");
                self.setting.metrics.batch_failed();
                for reply in replies {
                    let _ = reply.send(Err(Rejected::Unavailable));
                }
                self.stale = true;
            }
        }
    }

    async fn commit(&mut self, records: &[Admitted]) -> Result<Vec<Result<Outcome, Rejected>>, LoadError> {
        let (mut write, stored, known) = self.setting.database.begin_at_head_asking(asked_jtis(records)).await?;
        let stored = stored.ok_or_else(|| StoreError::Damaged("no log head".into()))?;
        let known = known_of(&known)?;
        self.catch_up(&mut write, &stored).await?;
        self.load_needed(&mut write, records).await?;
        let held = Held::of(&mut write, records).await?;
        // At this very moment: not a single record may get a wrong time.
        let now = match self.setting.clock.look_after(self.head.last_time) {
            Ok(now) => now,
            Err(doubt) => {
                write.rollback().await;
                return Ok(records.iter().map(|_| Err(doubt.into())).collect());
            }
        };
        let mut build = Build {
            entries: Vec::with_capacity(records.len()),
            touched: Touched::default(),
            history: History::default(),
            adopted: HashMap::new(),
            known,
            held,
            refused: Vec::new(),
        };
        let verdicts: Vec<Verdict> = records.iter().map(|record| self.decide(record, now, &mut build)).collect();
        if build.entries.is_empty() {
            write.rollback().await;
            self.setting.refusals.add(build.refused);
            return Ok(verdicts.into_iter().map(|verdict| self.answer(verdict, now, "")).collect());
        }
        self.head.last_time = now;
        let log = self.world.log().ok_or_else(|| StoreError::Damaged("no log.opened".into()))?;
        let signers = signers(log, &self.setting.checkpoint_keys)?;
        let origin = log.origin.clone();
        let root = self.edge.root();
        let note = Checkpoint { origin: origin.clone(), size: self.head.size, root }.sign_by(&signers);
        let mut rows = rows_of_touched(&self.world, &build.touched);
        build.history.put(&mut rows);
        let mut all = vec![
            TableRows::append(&ENTRIES, build.entries),
            TableRows::put(&TILES, self.edge.changed_tiles().into_iter().map(tile_row).collect()),
            TableRows::put(&LAW, build.adopted.values().map(|edition| edition_row(edition)).collect()),
            TableRows::put(&HEAD, vec![self.head.row(&origin, &note)]),
        ];
        all.extend(rows.into_batch());
        write.put_all(all).await?;
        if !build.adopted.is_empty() {
            self.project_due(&mut write).await?;
        }
        write.commit().await?;
        self.setting.refusals.add(build.refused);
        let answers = verdicts.into_iter().map(|verdict| self.answer(verdict, now, &note)).collect();
        self.edge.trim();
        self.committed = (self.head.size, root);
        self.world.keep_at_most(STREAMS_KEPT);
        Ok(answers)
    }

    /// Under another law, what is due is due at another time: the rows of all streams with something due are made anew.
    async fn project_due(&mut self, write: &mut Write) -> Result<(), LoadError> {
        let sql = "SELECT stream FROM due WHERE at IS NOT NULL AND stream > $1 ORDER BY stream LIMIT 500";
        let mut last = String::new();
        loop {
            let rows = write.read(sql, &[Value::from(last.as_str())]).await?;
            let Some(row) = rows.last() else { return Ok(()) };
            row.text(0)?.clone_into(&mut last);
            let streams = rows.iter().map(|row| row.text(0)?.parse().map_err(|_| StoreError::Unexpected(0)));
            let streams: Vec<Stream> = streams.collect::<Result<_, _>>()?;
            load_missing(write, &self.setting.owners, &mut self.world, Vec::new(), streams.clone()).await?;
            for (table, rows) in rows_of(&self.world, &streams).into_tables() {
                write.put(table, rows).await?;
            }
            self.world.keep_at_most(STREAMS_KEPT);
        }
    }

    /// Another replica may have appended since our last batch: then its entries extend our edge, and the streams that
    /// they touched are read again when needed.
    async fn catch_up(&mut self, write: &mut Write, stored: &Row) -> Result<(), LoadError> {
        let head = Head::of_row(stored)?;
        if head == self.head && !self.stale {
            return Ok(());
        }
        if head.size <= self.head.size || self.stale {
            self.must_not_be_rewound(head.size).await?;
            self.edge = load_edge(&self.setting.database, head.size).await?;
            self.world = World::new(self.setting.editions.clone());
        } else {
            self.follow(write).await?;
        }
        self.head = head;
        load_missing(write, &self.setting.owners, &mut self.world, Vec::new(), vec![Stream::LOG]).await?;
        self.must_be_signed(write, stored).await?;
        self.committed = (head.size, self.edge.root());
        self.stale = false;
        Ok(())
    }

    /// A database that was put back under us still opens, and would let us sign other entries at old indexes.
    async fn must_not_be_rewound(&self, size: u64) -> Result<(), LoadError> {
        let (known, root) = self.committed;
        if size < known || load_edge(&self.setting.database, known).await?.root() != root {
            return Err(LoadError::Rewound { known, size });
        }
        Ok(())
    }

    /// Takes over what others have appended, some entries at a time.
    async fn follow(&mut self, write: &mut Write) -> Result<(), LoadError> {
        let sql = format!("{COLUMNS} WHERE idx >= $1 ORDER BY idx LIMIT {BATCH_RECORDS_MAX}");
        let mut next = self.head.size;
        loop {
            let rows = write.read(&sql, &[Value::from(next)]).await?;
            for row in &rows {
                self.edge.append(leaf_hash(row.blob(1)?));
                let entry = filed(row)?;
                if let Some(edition) = entry.act.adopted_law() {
                    learn_edition(edition, &self.setting.database, &self.setting.editions).await?;
                }
                self.world.forget(&entry.stream);
            }
            self.edge.trim();
            next += rows.len() as u64;
            if rows.len() < BATCH_RECORDS_MAX {
                return Ok(());
            }
        }
    }

    async fn load_needed(&mut self, write: &mut Write, records: &[Admitted]) -> Result<(), LoadError> {
        self.world.forget_bearings();
        let mut kids: Vec<KeyId> = records.iter().map(|record| record.header().kid).collect();
        kids.extend(records.iter().flat_map(|record| brought_keys(record.act())));
        kids.sort_unstable();
        kids.dedup();
        load_predecessors(write, &mut self.world).await?;
        let streams = records.iter().map(|record| record.stream().clone()).collect();
        load_missing(write, &self.setting.owners, &mut self.world, kids, streams).await?;
        // What else a stream looks at may stand in its own state. Where its first record comes with this batch, that one
        // names the same streams.
        let ties = |record: &Admitted| {
            let mut ties = self.world.ties(record.stream(), record.act());
            ties.extend(self.world.passed_on_by(record.stream(), record.act()));
            ties
        };
        let ties = records.iter().flat_map(ties).collect();
        load_missing(write, &self.setting.owners, &mut self.world, Vec::new(), ties).await?;
        if records.iter().any(|record| self.world.looks_at_supervisors(record.stream(), record.act())) {
            load_supervisors(write, &self.setting.owners, &mut self.world).await?;
        }
        let followed = records.iter().filter_map(|record| self.world.follows(record.stream(), record.act()));
        for followed in followed.collect::<Vec<_>>() {
            load_successors(write, &self.setting.owners, &mut self.world, &followed).await?;
        }
        let subjects = records.iter().filter_map(|record| self.world.looks_at_bearings(record.stream(), record.act()));
        for (subject, after) in subjects.collect::<Vec<_>>() {
            let borne = read_bearings(write, &subject, after).await?;
            self.world.is_given_bearings(subject, borne);
        }
        Ok(())
    }

    /// Decides one record on the state that the records before it in this batch have left.
    fn decide(&mut self, record: &Admitted, now: Instant, build: &mut Build) -> Verdict {
        let digest = record.record().digest();
        let (author, bytes) = match self.judge(record, now, digest, build) {
            Ok(judged) => judged,
            Err(verdict) => {
                if let Verdict::Refused(refusal) = &verdict {
                    build.refused.extend(refused_by(record, refusal, self.world.law()));
                }
                return verdict;
            }
        };
        let (header, stream) = (record.header(), record.stream());
        let entry_hash = leaf_hash(&bytes);
        let version = self.world.version(stream) + 1;
        let index = self.head.size;
        let appended = Appended { index, stream: stream.clone(), version, entry_hash };
        if record.is_rehearsal() {
            return Verdict::Rehearsed(appended);
        }
        self.edge.append(entry_hash);
        self.head = Head { size: index + 1, last_hash: entry_hash, last_time: now };
        let place = Place { index, time: now, hash: entry_hash, author, kid: header.kid, version };
        build.entries.push(entry_row(&place, stream, record.act().kind(), header.jti, digest, bytes));
        build.history.take(&self.world, stream, record.act(), &place);
        let adopted = record.act().adopted_law().and_then(|id| self.setting.editions.get(&id));
        build.adopted.extend(adopted.map(|edition| (edition.id, edition)));
        self.world.accept(stream, record.act(), &place);
        build.history.entail(&self.world, stream, &place);
        build.known.insert((header.jti, header.kid), (index, digest));
        record.act().founds().into_iter().for_each(|founded| build.touched.insert(founded));
        build.touched.take(stream, record.act());
        Verdict::Appended(appended)
    }

    /// Whether a record may enter the log here: who its author is, and the bytes of its entry. Nothing has changed.
    fn judge(
        &mut self,
        record: &Admitted,
        now: Instant,
        digest: [u8; 32],
        build: &Build,
    ) -> Result<(OrganisationId, Vec<u8>), Verdict> {
        let header = record.header();
        if let Some((index, accepted)) = build.known.get(&(header.jti, header.kid)) {
            if *accepted == digest {
                return Err(Verdict::Known { index: *index });
            }
            let (zh, en) = ("该 jti 已用于另一条记录", "this jti was used for another record");
            return Err(Verdict::Refused(Refusal::new(&problem::JTI_REUSED, zh, en)));
        }
        build.held.has_all_of(record).map_err(Verdict::Refused)?;
        let author = self.world.decide(header, record.stream(), record.act(), now).map_err(Verdict::Refused)?;
        self.can_go_on(record.act(), now).map_err(Verdict::Refused)?;
        let entry = Entry { index: self.head.size, time: now, previous: self.head.last_hash, record: record.record() };
        let bytes = entry.encode();
        if bytes.len() > ENTRY_BYTES_MAX {
            let (zh, en) = ("条目超过 65535 字节", "the entry is longer than 65,535 bytes");
            return Err(Verdict::Refused(Refusal::new(&problem::ENTRY_TOO_LARGE, zh, en)));
        }
        Ok((author.id, bytes))
    }

    /// What only the writer knows of an act on the log itself: the tree that it must name, and whether there will be a
    /// key at hand to sign the next checkpoint with.
    fn can_go_on(&mut self, act: &Act, now: Instant) -> Result<(), Refusal> {
        let (Act::Log(act), Some(log)) = (act, self.world.log()) else { return Ok(()) };
        if let identity::Act::Continued(continuation) = act {
            continuation.follows(self.head.size, self.edge.root())?;
        }
        signers(&log.after(act, now), &self.setting.checkpoint_keys).map(|_| ()).map_err(|_| {
            let (zh, en) =
                ("服务没有所余检查点密钥的私钥", "the service holds no key that would be left to sign checkpoints");
            Refusal::new(&problem::LAST_KEY, zh, en)
        })
    }

    fn answer(&mut self, verdict: Verdict, time: Instant, note: &str) -> Result<Outcome, Rejected> {
        match verdict {
            Verdict::Refused(refusal) => Err(refusal.into()),
            Verdict::Known { index } => Ok(Outcome::Known { index }),
            Verdict::Appended(Appended { index, stream, version, entry_hash }) => {
                let hashes = self.edge.inclusion_proof(index).ok_or(Rejected::Unavailable)?;
                let proof = TlogProof { index, hashes, checkpoint: note.to_owned() }.encode();
                let stream = stream.to_string();
                let reception = Reception::New;
                Ok(Outcome::Appended(Receipt { index, time, stream, version, entry_hash, proof, reception }))
            }
            Verdict::Rehearsed(Appended { index, stream, version, entry_hash }) => {
                let (stream, proof, reception) = (stream.to_string(), String::new(), Reception::Rehearsed);
                Ok(Outcome::Rehearsed(Receipt { index, time, stream, version, entry_hash, proof, reception }))
            }
        }
    }
}

/// What a batch is building.
struct Build {
    entries: Vec<Vec<Value>>,
    touched: Touched,
    history: History,
    /// The editions of the law that its acts adopt; one may be adopted, left and adopted again.
    adopted: HashMap<DocumentId, Arc<Edition>>,
    known: Known,
    held: Held,
    refused: Vec<(DocumentId, String)>,
}

impl Head {
    fn of_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            size: row.unsigned(0)?,
            last_hash: Hash::from_slice(row.blob(1)?).map_err(|_| StoreError::Unexpected(1))?,
            last_time: Instant::from_millis(row.integer(2)?),
        })
    }

    fn row(&self, origin: &str, checkpoint: &str) -> Vec<Value> {
        head_row(self.size, self.last_hash, self.last_time, origin, checkpoint)
    }
}
