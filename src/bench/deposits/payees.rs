//! Payees with a scheme and deposits, and receipts on them that were signed before.

use super::super::append::append;
use super::super::fixture::Authors;
use super::rate::Client;
use crate::act::Stream;
use crate::deposit::DepositBookId;
use crate::field::{Day, OrganisationId};
use crate::ledger::{Ledger, UncitedQuota};
use crate::log::Hash;
use crate::record::{Header, PrivateKey, Record};
use anyhow::Context;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// The custody account of each payee.
pub(super) const CUSTODY: &str = "1010.icbc.CNY";
/// More postings a second than one client gets done, each of them on the disk before the next; and than many do.
const ONE_MAX: usize = 4_000;
const MANY_MAX: usize = 16_000;
const PAPER: &str = "招标文件";

struct Payee {
    id: OrganisationId,
    key: PrivateKey,
    stream: Stream,
}

/// Payees of one log.
pub(super) struct Payees {
    origin: String,
    issued: i64,
    day: Day,
    payees: Vec<Payee>,
    deposits: usize,
    /// The next receipt's number.
    next: AtomicUsize,
}

impl Payees {
    /// So many payees with so many deposits each.
    pub async fn open(ledger: &Arc<Ledger>, authors: &Authors, payees: usize, deposits: usize) -> anyhow::Result<Self> {
        let payees = authors.keys().take(payees).enumerate().map(|(number, key)| {
            let id: OrganisationId = format!("XM-BENCH-CENTRE{number}").parse()?;
            Ok(Payee { stream: Stream::of(&DepositBookId(id.clone())), id, key: key.clone() })
        });
        let now = ledger.clock.now();
        let all = Self {
            origin: ledger.origin(),
            issued: now.seconds(),
            day: now.shanghai_day().into(),
            payees: payees.collect::<anyhow::Result<_>>()?,
            deposits,
            next: AtomicUsize::new(0),
        };
        let (id, owner) = (Hash::of(PAPER).into(), &all.payees.first().context("no payee")?.id);
        let chunks = futures::stream::iter([Ok(bytes::Bytes::from_static(PAPER.as_bytes()))]);
        ledger.keep_document(id, chunks, PAPER.len() as u64, owner, UncitedQuota::NONE).await?;
        for payee in &all.payees {
            let scheme = all.sign(payee, "deposit.scheme_published", &scheme());
            append(ledger, vec![scheme]).await?;
            let notices = (0..deposits).map(|number| all.sign(payee, "deposit.announced", &all.notice(number)));
            append(ledger, notices.collect()).await?;
        }
        Ok(all)
    }

    /// The first payee, whose custody account all have where there is one.
    pub fn first(&self) -> anyhow::Result<(&OrganisationId, &PrivateKey)> {
        self.payees.first().map(|payee| (&payee.id, &payee.key)).context("no payee")
    }

    /// Receives so often, from payee to payee and deposit to deposit.
    pub async fn receive(&self, ledger: &Arc<Ledger>, count: usize) -> anyhow::Result<()> {
        append(ledger, (0..count).map(|_| self.receipt()).collect()).await
    }

    fn sign(&self, payee: &Payee, kind: &str, payload: &Value) -> Record {
        let header = Header::new(payee.key.key_id(), &self.origin, kind, payee.stream.as_str(), self.issued);
        Record::sign(&payee.key, &header, payload.to_string().as_bytes())
    }

    fn notice(&self, number: usize) -> Value {
        json!({
            "id": format!("d-{number}"), "scheme": "s-1", "payer": format!("XM-BENCH-FIRM{number:06}"),
            "base": yuan(500_000_000), "required": yuan(50_000_000), "bank": "icbc", "pay_by": self.day,
            "procurement": {"code": "BENCH-1", "opened": self.day, "notice": paper()},
        })
    }

    fn receipt(&self) -> Record {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let deposit = number / self.payees.len() % self.deposits;
        let receipt = json!({
            "deposit": format!("d-{deposit}"), "reference": format!("HD-{number}"), "amount": yuan(100),
            "value_date": self.day, "account_kind": "basic", "account": {"sealed": "A".repeat(43)},
        });
        self.sign(&self.payees[number % self.payees.len()], "deposit.received", &receipt)
    }
}

fn yuan(amount_minor: i64) -> Value {
    json!({"currency": "CNY", "amount_minor": amount_minor})
}

fn scheme() -> Value {
    json!({
        "id": "s-1", "kind": "performance-tendering", "name": "履约保证金", "article": "招标投标法实施条例第五十八条",
        "currency": "CNY", "ratio_ppm": 100_000, "refund_days": 30, "day_count": "actual_360",
        "forms": ["transfer", "bank_guarantee", "surety_guarantee", "insurance", "electronic_guarantee"],
        "document": paper(),
    })
}

fn paper() -> Value {
    json!({"sha256": Hash::of(PAPER).to_string(), "size": PAPER.len(), "media_type": "text/plain", "title": PAPER})
}

/// One client of the log: sends the next receipt when it has the proof of the one before.
pub(super) struct Receiving {
    ledger: Arc<Ledger>,
    receipts: Vec<Record>,
}

impl Receiving {
    /// One of so many clients, with what it will send in this time.
    pub fn new(ledger: &Arc<Ledger>, payees: &Payees, clients: usize, time: Duration) -> Self {
        let each = if clients == 1 { ONE_MAX } else { MANY_MAX / clients };
        let count = (each as f64 * time.as_secs_f64()) as usize;
        Self { ledger: Arc::clone(ledger), receipts: (0..count).map(|_| payees.receipt()).collect() }
    }
}

impl Client for Receiving {
    async fn post(&mut self) -> anyhow::Result<()> {
        let receipt = self.receipts.pop().context("all that was signed before is sent")?;
        self.ledger.submit(self.ledger.admit(receipt, None).await?).await?;
        Ok(())
    }
}
