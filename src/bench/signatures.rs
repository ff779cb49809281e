//! The limits that signatures set: checking them one by one, and many at once.

use super::Scale;
use super::fixture::Authors;
use super::report::{Measurement, Reporter};
use crate::record::{PublicKey, Record};
use ed25519_dalek::{Signature, VerifyingKey};
use std::hint::black_box;
use std::num::NonZero;
use std::thread;
use std::time::{Duration, Instant};

/// Signatures a second.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub single: f64,
}

/// Signatures in one batch: what the auditor takes at a time.
const BATCH: u64 = 1024;

pub(super) async fn measure(scale: Scale, report: &mut Reporter<'_>) -> anyhow::Result<Limits> {
    let time = scale.loop_time;
    let cores = cores();
    let (single, one_core, all_cores) = tokio::task::spawn_blocking(move || {
        let (records, keys) = signed_records();
        let single = single_rate(&records, &keys, time);
        (single, batch_rate(&records, &keys, 1, time), batch_rate(&records, &keys, cores, time))
    })
    .await?;
    report.row(Measurement::new("ed25519_verify_single", single, "/s"))?;
    report.row(Measurement::new("ed25519_verify_batch_1core", one_core, "/s"))?;
    report.row(Measurement::new(format!("ed25519_verify_batch_{cores}core"), all_cores, "/s"))?;
    Ok(Limits { single })
}

fn cores() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

/// Signatures a second, checked in batches on all cores.
pub(super) fn batch_all_cores(time: Duration) -> f64 {
    let (records, keys) = signed_records();
    batch_rate(&records, &keys, cores(), time)
}

fn signed_records() -> (Vec<Record>, Vec<PublicKey>) {
    let authors = Authors::alone();
    let keys: Vec<PublicKey> = authors.keys().map(|key| key.public()).collect();
    (authors.sign(BATCH), keys)
}

/// Only the check itself: what is signed and the signature are at hand.
fn single_rate(records: &[Record], keys: &[PublicKey], time: Duration) -> f64 {
    let ready: Vec<_> = records
        .iter()
        .zip(keys.iter().cycle())
        .filter_map(|(record, key)| {
            let input = format!("{}.{}", record.protected, record.payload);
            Some((input, record.signature_bytes().ok()?, key))
        })
        .collect();
    rate(time, || {
        for (input, signature, key) in &ready {
            assert!(black_box(key.verifies(input.as_bytes(), signature)), "an honest signature holds");
        }
        ready.len()
    })
}

/// `ed25519_dalek::verify_batch`, as the library gives it.
fn batch_rate(records: &[Record], keys: &[PublicKey], threads: usize, time: Duration) -> f64 {
    let messages: Vec<_> = records.iter().map(|r| format!("{}.{}", r.protected, r.payload)).collect();
    let messages: Vec<&[u8]> = messages.iter().map(String::as_bytes).collect();
    let signature = |record: &Record| record.signature_bytes().expect("what was signed here is a record");
    let signatures: Vec<_> = records.iter().map(|record| Signature::from_bytes(&signature(record))).collect();
    let keys: Vec<VerifyingKey> = keys.iter().cycle().take(records.len()).map(|key| key.verifying_key()).collect();
    let one = || {
        rate(time, || {
            black_box(ed25519_dalek::verify_batch(&messages, &signatures, &keys)).expect("honest signatures hold");
            messages.len()
        })
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(one)).collect();
        threads.into_iter().map(|thread| thread.join().expect("honest signatures hold")).sum()
    })
}

fn rate(time: Duration, mut some: impl FnMut() -> usize) -> f64 {
    some();
    let (began, mut done) = (Instant::now(), 0);
    while began.elapsed() < time {
        done += some();
    }
    done as f64 / began.elapsed().as_secs_f64()
}
