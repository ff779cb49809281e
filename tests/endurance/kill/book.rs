//! What was sent to a log, and what it promised.

use crate::people::People;
use crate::support::dice::Dice;
use bytes::Bytes;
use gongshi::field::DocumentId;
use gongshi::log::Hash;
use gongshi::record::{Disclosure, Record};
use serde_json::Value;
use std::collections::HashSet;

/// Records in one bulk request.
const BULK_MAX: usize = 20;

/// A receipt, and what it is for.
pub struct Promise {
    pub digest: [u8; 32],
    pub index: u64,
    pub hash: Hash,
    /// C2SP tlog-proof.
    pub proof: String,
}

/// Something else that was answered with yes since the last check.
pub enum Kept {
    Document(DocumentId, Bytes),
    Disclosure(Disclosure),
    Erased(Disclosure),
}

#[derive(Default)]
pub struct Book {
    /// Digests of all records that were ever sent.
    pub sent: HashSet<[u8; 32]>,
    /// Sent, and not answered.
    pub unanswered: Vec<Record>,
    /// Since the last check.
    pub promises: Vec<Promise>,
    pub checkpoints: Vec<String>,
    pub kept: Vec<Kept>,
    /// Digests of disclosures that somebody asked to erase, answered or not.
    pub erasing: HashSet<String>,
    /// Receipts and other good answers, ever.
    pub answers: u64,
    /// Tenders that stand in the log and that nobody has objected to yet.
    open: Vec<String>,
    disclosures: Vec<Disclosure>,
    tenders: u64,
    papers: u64,
}

/// What a client does next.
pub enum Errand {
    Alone(String, Record),
    Together(Vec<Record>),
    Upload(DocumentId, Bytes),
    Disclose(Disclosure),
    Erase(Disclosure),
    Look,
}

impl Book {
    pub fn errand(&mut self, people: &People, dice: &mut Dice) -> Errand {
        if !self.unanswered.is_empty() {
            let from = self.unanswered.len().saturating_sub(BULK_MAX);
            return Errand::Together(self.unanswered.split_off(from));
        }
        match dice.below(100) {
            0..50 => Errand::Alone("/v1/tenders".into(), self.disclosure_of_a_tender(people)),
            50..70 => {
                let count = 2 + dice.below(BULK_MAX - 1);
                Errand::Together((0..count).map(|_| self.disclosure_of_a_tender(people)).collect())
            }
            70..85 => match self.open.pop() {
                Some(code) => {
                    let record = people.objection(&code);
                    self.sent.insert(record.digest());
                    Errand::Alone(format!("/v1/tenders/{code}/objections"), record)
                }
                None => Errand::Look,
            },
            85..89 => {
                self.papers += 1;
                let bytes = Bytes::from(format!("文件第{}号", self.papers).repeat(1 + dice.below(200)));
                Errand::Upload(DocumentId::from(Hash::of(&bytes)), bytes)
            }
            89..92 => Errand::Disclose(Disclosure::new("person", &Value::from("张某某"))),
            92..94 => self.disclosures.pop().map_or(Errand::Look, |disclosure| {
                self.erasing.insert(disclosure.sealed().sealed);
                Errand::Erase(disclosure)
            }),
            _ => Errand::Look,
        }
    }

    fn disclosure_of_a_tender(&mut self, people: &People) -> Record {
        self.tenders += 1;
        let record = people.preannouncement(&format!("K-{}", self.tenders));
        self.sent.insert(record.digest());
        record
    }

    /// What came of a record.
    pub fn answered(&mut self, record: Record, receipt: Option<Value>) -> anyhow::Result<()> {
        let Some(receipt) = receipt else {
            self.unanswered.push(record);
            return Ok(());
        };
        let text = |name: &str| receipt[name].as_str().unwrap_or_default();
        let stream = text("stream");
        if receipt["version"] == 1 {
            self.open.extend(stream.strip_prefix("tender/").map(str::to_owned));
        }
        self.promises.push(Promise {
            digest: record.digest(),
            index: receipt["index"].as_u64().unwrap_or(u64::MAX),
            hash: text("entry_hash").parse()?,
            proof: text("proof").to_owned(),
        });
        self.answers += 1;
        Ok(())
    }

    /// What came of something else that was to be kept, or to be erased.
    pub fn kept(&mut self, kept: Kept, answered: bool) {
        match &kept {
            Kept::Disclosure(disclosure) if answered => self.disclosures.push(disclosure.clone()),
            // Whoever has no answer asks again.
            Kept::Erased(disclosure) if !answered => self.disclosures.push(disclosure.clone()),
            _ => {}
        }
        if answered {
            self.kept.push(kept);
            self.answers += 1;
        }
    }
}
