//! Who signs in a benchmark, and what: pre-announcements of 1 KiB, each of a tender of its own.

use crate::field::{Citations, OrganisationId};
use crate::ledger::Ledger;
use crate::organisation::{self, Confirmation, Registration, Role};
use crate::record::{Header, PrivateKey, Record};
use crate::tender;
use crate::world::Stream;
use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

/// Centres that sign in turn: a region has a few dozen, not thousands.
const CENTRES: u64 = 16;
/// Bytes of every payload.
pub(super) const PAYLOAD_BYTES: usize = 1024;

struct Centre {
    key: PrivateKey,
    id: String,
}

/// Confirmed centres of one log, and the next tender's number.
pub(super) struct Authors {
    origin: String,
    issued: i64,
    centres: Vec<Centre>,
    next: AtomicU64,
}

/// A payload and its record.
pub(super) struct Notice {
    pub payload: String,
    pub record: Record,
}

impl Authors {
    /// Registers a supervisor and the centres.
    pub async fn admit(ledger: &Ledger) -> anyhow::Result<Arc<Self>> {
        let supervisor = PrivateKey::generate();
        register(ledger, &supervisor, "XM-BENCH-SUPERVISOR", Role::Supervisor, ledger.operator_key()).await?;
        let mut centres = Vec::new();
        for number in 0..CENTRES {
            let centre = Centre { key: PrivateKey::generate(), id: format!("XM-BENCH-CENTRE{number}") };
            register(ledger, &centre.key, &centre.id, Role::Centre, &supervisor).await?;
            centres.push(centre);
        }
        let (origin, issued) = (ledger.origin(), ledger.clock.now().seconds());
        Ok(Arc::new(Self { origin, issued, centres, next: AtomicU64::new(0) }))
    }

    /// Without a log: records that are only looked at, not accepted.
    pub fn alone() -> Self {
        let centres = (0..CENTRES)
            .map(|number| Centre { key: PrivateKey::generate(), id: format!("XM-BENCH-CENTRE{number}") })
            .collect();
        Self { origin: super::place::ORIGIN.to_owned(), issued: 1_772_416_800, centres, next: AtomicU64::new(0) }
    }

    pub fn keys(&self) -> impl Iterator<Item = &PrivateKey> {
        self.centres.iter().map(|centre| &centre.key)
    }

    /// Signs that many notices on every core and hands each to `make`; the answer is in the order of their numbers.
    pub fn sign_with<T: Send>(&self, count: u64, make: impl Fn(Notice) -> T + Sync) -> Vec<T> {
        let first = self.next.fetch_add(count, Ordering::Relaxed);
        let threads = thread::available_parallelism().map_or(1, NonZero::get) as u64;
        let (share, make) = (count.div_ceil(threads).max(1), &make);
        thread::scope(|scope| {
            let parts = (0..count).step_by(share as usize).map(|from| {
                let numbers = first + from..first + count.min(from + share);
                scope.spawn(move || numbers.map(|number| make(self.notice(number))).collect::<Vec<_>>())
            });
            let parts: Vec<_> = parts.collect();
            parts.into_iter().flat_map(|part| part.join().expect("signing does not panic")).collect()
        })
    }

    pub fn sign(&self, count: u64) -> Vec<Record> {
        self.sign_with(count, |notice| notice.record)
    }

    fn notice(&self, number: u64) -> Notice {
        let centre = &self.centres[(number % self.centres.len() as u64) as usize];
        let payload = payload(number, &centre.id);
        let stream = format!("tender/{}", code(number));
        let header = Header::new(centre.key.key_id(), &self.origin, "tender.preannounced", &stream, self.issued);
        let record = Record::sign(&centre.key, &header, payload.as_bytes());
        Notice { payload, record }
    }
}

/// Registers an organisation and has it confirmed.
pub(super) async fn register(
    ledger: &Ledger,
    key: &PrivateKey,
    id: &str,
    role: Role,
    by: &PrivateKey,
) -> anyhow::Result<()> {
    let stream = Stream::of(&id.parse::<OrganisationId>()?);
    let name = id.parse().map_err(|fault| anyhow::anyhow!("{id}: {fault}"))?;
    let registration = Registration {
        id: id.parse()?,
        name,
        key: key.public().to_jwk(),
        roles: vec![role],
        region: None,
        code_as_issued: false,
    };
    ledger.act_as(key, &stream, &organisation::Act::from(registration).into()).await?;
    let confirmation = Confirmation { kid: key.key_id(), roles: vec![role], code_document: None };
    ledger.act_as(by, &stream, &organisation::Act::from(confirmation).into()).await?;
    Ok(())
}

/// The code of the tender with this number.
pub(super) fn code(number: u64) -> String {
    format!("BENCH-2026-{number:08}")
}

/// An objection that is as long as it may be.
pub(super) fn objection(id: &str) -> anyhow::Result<tender::Objection> {
    let fault = |fault| anyhow::anyhow!("{id}: {fault}");
    Ok(tender::Objection {
        numbers_confirmed: None,
        id: id.parse().map_err(fault)?,
        clauses: vec![],
        ground: tender::Ground::Targeted,
        facts: "文".repeat(8000).parse().map_err(fault)?,
        remedy: "字".repeat(1000).parse().map_err(fault)?,
        evidence: Citations::default(),
        complainant: None,
    })
}

/// The JSON of one pre-announcement, filled up to [`PAYLOAD_BYTES`] in its last clause.
fn payload(number: u64, centre: &str) -> String {
    let head = format!(
        r#"{{"title":"城市道路改造工程第{number:08}号","procuring_unit":{{"name":"某市住房和城乡建设局"}},"centre":"{centre}","nature":"works","method":"open","region":"410100","lots":[{{"id":"1","title":"道路工程施工"}}],"estimate":{{"currency":"CNY","amount_minor":{}}},"planned":{{"announce":"2026-03-20","bid_deadline":"2026-04-20","open":"2026-04-20"}},"windows":{{"objection":{{"count":5,"unit":"day"}},"answer":{{"count":3,"unit":"day"}},"escalation":{{"count":10,"unit":"day"}},"candidates":{{"count":3,"unit":"day"}}}},"contact":{{"office":"招标科"}},"clauses":[{{"id":"q-1","kind":"qualification","text":"具有市政公用工程施工总承包二级及以上资质"}},{{"id":"e-1","kind":"evaluation","text":""#,
        100_000_000 + number
    );
    let tail = r#""}]}"#;
    let mut payload = head;
    let mut missing = PAYLOAD_BYTES.saturating_sub(payload.len() + tail.len());
    for c in "综合评分法技术部分四十分商务部分三十分报价部分三十分".chars().cycle() {
        if missing < c.len_utf8() {
            break;
        }
        payload.push(c);
        missing -= c.len_utf8();
    }
    payload.extend(std::iter::repeat_n('.', missing));
    payload.push_str(tail);
    payload
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Act;

    #[test]
    fn payloads_have_their_size_and_are_valid() {
        for number in [0, 7, 99_999_999] {
            let payload = payload(number, "XM-BENCH-CENTRE15");
            assert_eq!(payload.len(), PAYLOAD_BYTES);
            Act::parse("tender.preannounced", payload.as_bytes()).unwrap();
        }
        let records = Authors::alone().sign(5);
        let subjects: Vec<_> = records.iter().map(|record| record.header().unwrap().sub).collect();
        assert_eq!(subjects[4], format!("tender/{}", code(4)));
    }
}
