//! 批量提交: records of any kind posted in one request, a line each.

use super::body::{Measure, Ndjson, NumberedLine};
use super::gate::RecordRate;
use super::signed::payload_too_long;
use super::{PAYLOAD_BYTES_MAX, Peer, Problem, receipt};
use crate::ledger::Ledger;
use crate::log::ENTRY_BYTES_MAX;
use crate::problem;
use crate::record::Record;
use crate::sequencer::{Receipt, Reception, Underway};
use crate::world::Act;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, VecDeque};

/// What one request may bring: as many lines as are decided in some seconds; a third of the bytes that all bodies share; in
/// a line what an entry holds and the names of its members; and about two kilobytes a line for a receipt with its proof.
const MEASURE: Measure =
    Measure { bytes_max: 32 << 20, lines_max: 5000, line_bytes_max: ENTRY_BYTES_MAX + 1024, answer_bytes: 2048 };
/// Records of one bulk request that are in the sequencer's queue at a time.
const IN_FLIGHT: usize = 256;

/// The outcome of one line of a bulk request.
#[derive(Serialize, JsonSchema)]
pub struct BulkLine {
    /// Line number in the body, from 0; blank lines count.
    line: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    receipt: Option<receipt::ReceiptView>,
    /// In the place of a receipt, with `dry_run=1`.
    #[serde(skip_serializing_if = "Option::is_none")]
    rehearsal: Option<receipt::RehearsalView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<Problem>,
}

/// A bulk request in work: lines are queued in their order, and waited for together.
struct Bulk<'a> {
    ledger: &'a Ledger,
    rate: &'a RecordRate,
    peer: Peer,
    is_rehearsal: bool,
    pending: VecDeque<(u32, Underway)>,
    answers: BTreeMap<u32, Result<Receipt, Problem>>,
}

/// Posts the lines of a body that has come to its end.
///
/// # Errors
/// What is wrong with the body as a whole; then nothing was posted.
pub async fn post(
    body: Ndjson,
    is_rehearsal: bool,
    ledger: &Ledger,
    rate: &RecordRate,
    peer: Peer,
) -> Result<Vec<BulkLine>, Problem> {
    let (lines, _portion) = body.read(MEASURE).await?;
    let mut bulk = Bulk { ledger, rate, peer, is_rehearsal, pending: VecDeque::new(), answers: BTreeMap::new() };
    for NumberedLine { number, json } in lines {
        match json {
            Some(json) => bulk.line(number, &json).await,
            None => drop(bulk.answers.insert(number, Err(line_too_long()))),
        }
    }
    bulk.drain().await;
    let answer = |(line, result): (u32, Result<Receipt, Problem>)| match result {
        Ok(receipt) if receipt.reception == Reception::Rehearsed => {
            BulkLine { line, receipt: None, rehearsal: Some(receipt.into()), problem: None }
        }
        Ok(receipt) => BulkLine { line, receipt: Some(receipt.into()), rehearsal: None, problem: None },
        Err(problem) => BulkLine { line, receipt: None, rehearsal: None, problem: Some(problem) },
    };
    Ok(bulk.answers.into_iter().map(answer).collect())
}

fn line_too_long() -> Problem {
    let max = MEASURE.line_bytes_max;
    let (zh, en) = (format!("一行至多 {max} 字节"), format!("a line has at most {max} bytes"));
    Problem::with_detail(&problem::ENTRY_TOO_LARGE, zh, en)
}

impl Bulk<'_> {
    async fn line(&mut self, line: u32, json: &[u8]) {
        while self.pending.len() >= IN_FLIGHT {
            self.settle_one().await;
        }
        let mut queued = self.enqueue(json).await;
        if queued.is_err() && !self.pending.is_empty() {
            // It may need what a line before it brings: a key, say, that is looked up in what is committed.
            self.drain().await;
            queued = self.enqueue(json).await;
        }
        match queued {
            Ok(pending) => self.pending.push_back((line, pending)),
            Err(problem) => {
                self.answers.insert(line, Err(problem));
            }
        }
    }

    async fn enqueue(&self, json: &[u8]) -> Result<Underway, Problem> {
        let record = Record::parse_json(json).map_err(|error| crate::sequencer::jws_refusal(&error))?;
        // Unpadded base64url: three bytes are four characters.
        if record.payload.len() / 4 * 3 + record.payload.len() % 4 * 3 / 4 > PAYLOAD_BYTES_MAX {
            return Err(payload_too_long());
        }
        let payload = record.payload_bytes().unwrap_or_default();
        let admitted = self.ledger.admit(record, None).await;
        let admitted = admitted.map_err(|error| Problem::from(error).with_received(&payload))?;
        if matches!(admitted.act(), Act::Log(crate::identity::Act::Opened(_))) {
            return Err(Problem::of(&problem::STATE_FORBIDS));
        }
        self.rate.wait(self.ledger, &admitted, self.peer).await?;
        let admitted = if self.is_rehearsal { admitted.as_rehearsal() } else { admitted };
        Ok(self.ledger.enqueue(admitted).await?)
    }

    async fn settle_one(&mut self) {
        if let Some((line, pending)) = self.pending.pop_front() {
            let outcome = self.ledger.outcome(pending).await;
            self.answers.insert(line, outcome.map_err(Problem::from));
        }
    }

    async fn drain(&mut self) {
        while !self.pending.is_empty() {
            self.settle_one().await;
        }
    }
}
