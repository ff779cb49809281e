//! What the author of an accepted record gets back.

use super::signed::Received;
use super::{Problem, Signed, StreamName, Typed};
use crate::ledger::Ledger;
use crate::problem::{self, Refusal};
use crate::sequencer::{Receipt, Reception, Rejected};
use crate::world::Stream;
use futures::FutureExt;
use futures::future::BoxFuture;
use poem_openapi::ApiResponse;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The receipt of an accepted record: where it stands in the log, and the proof of it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Receipt")]
pub struct ReceiptView {
    /// Position in the log, from 0.
    pub index: u64,
    /// When it was sequenced (UTC).
    pub time: String,
    /// The stream it acts on, e.g. `tender/HNZB-2026-0042`.
    pub stream: StreamName,
    /// The stream's version after this record.
    pub version: u64,
    /// Lower-case hex of the entry's hash: SHA-256 of a zero byte and its bytes, RFC 6962's leaf hash.
    pub entry_hash: String,
    /// C2SP tlog-proof: inclusion proof and checkpoint, verifiable offline.
    pub proof: String,
}

/// The receipt that a record would get: it was judged as any other, and is not in the log.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Rehearsal")]
pub struct RehearsalView {
    /// Always true: nothing was written.
    pub dry_run: bool,
    /// The position that it would have, unless others come before it.
    pub index: u64,
    /// The time that it would have.
    pub time: String,
    /// The stream that it would act on.
    pub stream: StreamName,
    /// The stream's version behind it.
    pub version: u64,
    /// Lower-case hex of the hash that its entry would have.
    pub entry_hash: String,
}

/// `dry_run=1`: the record is judged and not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum DryRun {
    #[serde(rename = "1")]
    Yes,
}

super::schema::parameters! { DryRun }

/// The ways in which a record is answered that is not refused.
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
    /// With `dry_run=1`: it would be accepted now. Nothing was written.
    #[oai(status = 202)]
    Rehearsed(Typed<RehearsalView>),
}

/// Sends an admitted record to the sequencer and turns the outcome into a response.
///
/// # Errors
/// The refusal; `unavailable` when the store failed, `clock-untrusted` while nobody can say what time it is.
pub fn accept<T>(
    ledger: &Ledger,
    signed: Signed<T>,
    dry_run: Option<DryRun>,
    stream: Option<Stream>,
) -> BoxFuture<'_, Result<Posted, Problem>> {
    accept_received(ledger, signed.received, dry_run, stream).boxed()
}

pub(super) async fn accept_received(
    ledger: &Ledger,
    received: Received,
    dry_run: Option<DryRun>,
    stream: Option<Stream>,
) -> Result<Posted, Problem> {
    let Received { admitted, payload, .. } = received;
    if let Some(stream) = stream.filter(|stream| stream != admitted.stream()) {
        let signed = admitted.stream();
        let (zh, en) = (
            format!("签名的 sub 为 {signed}，与地址所指的 {stream} 不符"),
            format!("the signed sub is {signed}, this address is of {stream}"),
        );
        return Err(Refusal::new(&problem::STREAM_MISMATCH, zh, en).into());
    }
    let admitted = if dry_run.is_some() { admitted.as_rehearsal() } else { admitted };
    let receipt = ledger.submit(admitted).await.map_err(|error| Problem::from(error).with_received(&payload))?;
    let location = format!("/v1/records/{}", receipt.index);
    Ok(match receipt.reception {
        Reception::New => Posted::Created(Typed(receipt.into()), location),
        Reception::Known => Posted::Replayed(Typed(receipt.into()), location),
        Reception::Rehearsed => Posted::Rehearsed(Typed(receipt.into())),
    })
}

impl From<Receipt> for RehearsalView {
    fn from(receipt: Receipt) -> Self {
        Self {
            dry_run: true,
            index: receipt.index,
            time: receipt.time.to_string(),
            stream: StreamName(receipt.stream),
            version: receipt.version,
            entry_hash: receipt.entry_hash.to_string(),
        }
    }
}

impl From<Receipt> for ReceiptView {
    fn from(receipt: Receipt) -> Self {
        Self {
            index: receipt.index,
            time: receipt.time.to_string(),
            stream: StreamName(receipt.stream),
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
