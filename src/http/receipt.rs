//! What the author of an accepted record gets back.

use super::{Problem, Typed};
use crate::ledger::Ledger;
use crate::problem::{self, Refusal};
use crate::sequencer::{Admitted, Receipt, Rejected};
use crate::world::Stream;
use poem_openapi::{ApiResponse, Object};
use serde::Serialize;

/// The receipt of an accepted record: where it stands in the log, and the proof of it.
#[derive(Debug, Serialize, Object)]
#[oai(rename = "Receipt")]
pub struct ReceiptView {
    /// Position in the log, from 0.
    pub index: u64,
    /// When it was sequenced (UTC).
    pub time: String,
    /// The stream it acts on, e.g. `tender/HNZB-2026-0042`.
    pub stream: String,
    /// The stream's version after this record.
    pub version: u64,
    /// Lower-case hex of the entry's hash: SHA-256 of a zero byte and its bytes, RFC 6962's leaf hash.
    pub entry_hash: String,
    /// C2SP tlog-proof: inclusion proof and checkpoint, verifiable offline.
    pub proof: String,
}

/// The two ways in which a record is accepted.
#[derive(ApiResponse)]
pub enum Posted {
    /// The record is durable and included.
    #[oai(status = 201)]
    Created(
        Typed<ReceiptView>,
        /// Where the entry can be read.
        #[oai(header = "Location")]
        String,
    ),
    /// The same record was accepted before; this is its receipt.
    #[oai(status = 200)]
    Replayed(Typed<ReceiptView>, #[oai(header = "Location")] String),
}

/// Sends an admitted record to the sequencer and turns the outcome into a response.
///
/// # Errors
/// The refusal; `unavailable` when the store failed, `clock-untrusted` while nobody can say what time it is.
pub async fn accept(ledger: &Ledger, admitted: Admitted, stream: Option<Stream>) -> Result<Posted, Problem> {
    if let Some(stream) = stream.filter(|stream| stream != admitted.stream()) {
        let signed = admitted.stream();
        let (zh, en) = (
            format!("签名的 sub 为 {signed}，与地址所指的 {stream} 不符"),
            format!("the signed sub is {signed}, this address is of {stream}"),
        );
        return Err(Refusal::new(&problem::STREAM_MISMATCH, zh, en).into());
    }
    let receipt = ledger.submit(admitted).await.map_err(Problem::from)?;
    let location = format!("/v1/records/{}", receipt.index);
    let replayed = receipt.replayed;
    let body = Typed(ReceiptView::from(receipt));
    Ok(if replayed { Posted::Replayed(body, location) } else { Posted::Created(body, location) })
}

impl From<Receipt> for ReceiptView {
    fn from(receipt: Receipt) -> Self {
        Self {
            index: receipt.index,
            time: receipt.time.to_string(),
            stream: receipt.stream,
            version: receipt.version,
            entry_hash: receipt.entry_hash.to_string(),
            proof: receipt.proof,
        }
    }
}

impl From<Rejected> for Problem {
    fn from(rejected: Rejected) -> Self {
        match rejected {
            Rejected::Refused(refusal) => refusal.into(),
            Rejected::Unavailable => Self::of(&problem::UNAVAILABLE),
            Rejected::Clock(doubt) => doubt.refusal().into(),
        }
    }
}
