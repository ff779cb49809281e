//! Reads what is new in a log, and holds it against everything that was promised.

use super::book::{Book, Kept, Promise};
use super::tally::Tally;
use crate::client::Client;
use crate::people::People;
use crate::support::ORIGIN;
use crate::support::dice::Dice;
use anyhow::{Context, bail, ensure};
use bytes::Bytes;
use gongshi::field::Instant;
use gongshi::log::{
    Checkpoint, Edge, EntryView, Hash, NoteKey, Resource, TILE_WIDTH, Tile, TlogProof, first_previous, parse_bundle,
};
use reqwest::Method;
use std::collections::HashSet;

/// The log as somebody knows it who has read it from the beginning.
pub struct Reader {
    /// Pinned when the log was first seen.
    key: Option<NoteKey>,
    edge: Edge,
    entries: Vec<Bytes>,
    digests: HashSet<[u8; 32]>,
    /// The root of the tree of each size, from 1.
    roots: Vec<Hash>,
    last: Hash,
    time: Instant,
}

impl Reader {
    pub fn new() -> Self {
        Self {
            key: None,
            edge: Edge::new(),
            entries: Vec::new(),
            digests: HashSet::new(),
            roots: Vec::new(),
            last: first_previous(ORIGIN),
            time: Instant::from_millis(0),
        }
    }

    pub fn key(&self) -> anyhow::Result<&NoteKey> {
        self.key.as_ref().context("the log was never read")
    }

    /// Reads what is new and checks all that was promised since the last time.
    pub async fn check(
        &mut self,
        client: &Client,
        people: &People,
        book: &mut Book,
        dice: &mut Dice,
        tally: &mut Tally,
    ) -> anyhow::Result<()> {
        if self.key.is_none() {
            let log: serde_json::Value = serde_json::from_slice(&client.get("/v1/log").await?)?;
            self.key = Some(log["log_key"].as_str().context("no log_key")?.parse()?);
        }
        let note = String::from_utf8(client.get("/log/checkpoint").await?)?;
        let size = self.opened(&note)?.size;
        ensure!(size >= self.entries.len() as u64, "it went back to {size} entries from {}", self.entries.len());
        while (self.entries.len() as u64) < size {
            for entry in self.bundle(client, self.entries.len() as u64 / TILE_WIDTH, size).await? {
                self.append(entry, book)?;
                tally.entries += 1;
            }
        }
        for note in std::iter::once(note).chain(std::mem::take(&mut book.checkpoints)) {
            self.holds(&self.opened(&note)?)?;
            tally.checkpoints += 1;
        }
        for promise in std::mem::take(&mut book.promises) {
            self.fulfilled(&promise)?;
            tally.acknowledged += 1;
            tally.checkpoints += 1;
        }
        tally.unanswered_kept += book.unanswered.iter().filter(|r| self.digests.contains(&r.digest())).count() as u64;
        self.look_back(client, dice).await?;
        for kept in std::mem::take(&mut book.kept) {
            found(client, people, book, kept, tally).await?;
        }
        Ok(())
    }

    fn opened(&self, note: &str) -> anyhow::Result<Checkpoint> {
        Checkpoint::open(note, std::slice::from_ref(self.key()?), ORIGIN).with_context(|| note.to_owned())
    }

    /// Entries of one bundle that are not known yet.
    async fn bundle(&self, client: &Client, index: u64, size: u64) -> anyhow::Result<Vec<Bytes>> {
        let tile = Tile::of_size(0, index, size).context("beyond the end")?;
        let bytes = client.get(&format!("/log/tile/{}", Resource::Entries(tile))).await?;
        let mut entries = parse_bundle(Bytes::from(bytes), tile.width)?;
        entries.drain(..self.entries.len().saturating_sub((index * TILE_WIDTH) as usize).min(entries.len()));
        Ok(entries)
    }

    fn append(&mut self, bytes: Bytes, book: &Book) -> anyhow::Result<()> {
        let at = self.entries.len() as u64;
        let entry = EntryView::parse(&bytes)?;
        ensure!(entry.index == at, "entry {at} says it is {}", entry.index);
        ensure!(entry.previous == self.last, "the chain is broken at {at}");
        ensure!(entry.time >= self.time, "time runs back at {at}");
        let digest = entry.record().digest();
        ensure!(self.digests.insert(digest), "entry {at} is there twice");
        // Entry 0 opens the log; nothing falls due within the days of the law.
        ensure!(at == 0 || book.sent.contains(&digest), "nobody sent entry {at}: {}", String::from_utf8_lossy(&bytes));
        (self.last, self.time) = (entry.hash(), entry.time);
        self.edge.append(self.last);
        self.roots.push(self.edge.root());
        self.entries.push(bytes);
        Ok(())
    }

    /// Whatever was signed once is a beginning of the log for ever.
    fn holds(&self, checkpoint: &Checkpoint) -> anyhow::Result<()> {
        let root = checkpoint.size.checked_sub(1).and_then(|at| self.roots.get(at as usize));
        match root {
            Some(root) if *root == checkpoint.root => Ok(()),
            Some(_) => bail!("another tree of size {} was signed before", checkpoint.size),
            None => bail!("it showed a tree of {} entries and has {}", checkpoint.size, self.entries.len()),
        }
    }

    fn fulfilled(&self, promise: &Promise) -> anyhow::Result<()> {
        let bytes = self.entries.get(promise.index as usize);
        let bytes = bytes.with_context(|| format!("entry {} was acknowledged and is lost", promise.index))?;
        let entry = EntryView::parse(bytes)?;
        let same = entry.hash() == promise.hash && entry.record().digest() == promise.digest;
        ensure!(same, "entry {} is not the one that was acknowledged", promise.index);
        let proof = TlogProof::parse(&promise.proof)?;
        ensure!(proof.index == promise.index, "the proof of {} is of {}", promise.index, proof.index);
        self.holds(&proof.verify(bytes, std::slice::from_ref(self.key()?), ORIGIN)?)
    }

    /// One bundle that was read before is still the same.
    async fn look_back(&self, client: &Client, dice: &mut Dice) -> anyhow::Result<()> {
        let index = dice.below(self.entries.len()) as u64 / TILE_WIDTH;
        let tile = Tile::of_size(0, index, self.entries.len() as u64).context("an empty log")?;
        let bytes = client.get(&format!("/log/tile/{}", Resource::Entries(tile))).await?;
        let first = (index * TILE_WIDTH) as usize;
        let same =
            parse_bundle(Bytes::from(bytes), tile.width)? == self.entries[first..first + usize::from(tile.width)];
        ensure!(same, "bundle {index} has changed");
        Ok(())
    }

    pub fn size(&self) -> u64 {
        self.entries.len() as u64
    }
}

/// The disclosure in an answer.
fn told(answer: &str) -> anyhow::Result<String> {
    let answer: serde_json::Value = serde_json::from_str(answer)?;
    Ok(answer["disclosure"].as_str().unwrap_or_default().to_owned())
}

/// What stands beside the log.
async fn found(client: &Client, people: &People, book: &Book, kept: Kept, tally: &mut Tally) -> anyhow::Result<()> {
    let disclosure = async |sealed: &str| {
        let get = client.request_as(&people.supervisor.key, Method::GET, &format!("/v1/disclosures/{sealed}"));
        let response = get.send().await?;
        anyhow::Ok((response.status().as_u16(), response.text().await?))
    };
    match kept {
        Kept::Document(id, bytes) => {
            ensure!(client.get(&format!("/v1/documents/{id}")).await? == bytes, "document {id} is not the same");
            tally.documents += 1;
        }
        Kept::Disclosure(uploaded) => {
            let sealed = uploaded.sealed().sealed;
            let (status, text) = disclosure(&sealed).await?;
            // An erasure that broke off leaves it there, gone, or gone and not said so: it can be asked for again.
            let may_be_gone = book.erasing.contains(&sealed) && [404, 410].contains(&status);
            let there = status == 200 && gongshi::record::Disclosure::parse(&told(&text)?)?.text() == uploaded.text();
            ensure!(there || may_be_gone, "disclosure {sealed}: {status} {text}");
            tally.disclosures += 1;
        }
        Kept::Erased(erased) => {
            let (status, text) = disclosure(&erased.sealed().sealed).await?;
            ensure!(status == 410, "what was erased is back: {status} {text}");
            tally.disclosures += 1;
        }
    }
    Ok(())
}
