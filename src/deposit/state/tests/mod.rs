//! Stories of deposits, to the day and the fen; and whatever is tried, books that balance.

mod bank;
mod checker;
mod corrections;
mod custody;
mod division;
mod guards;
mod hostile;
mod invariants;
mod many;
mod never_counted;
mod never_entered;
mod new_time;
mod own_funds;
mod procurement;
mod random;
mod reserved;
mod reunion;
mod reversals;
mod standing;
mod stories;
mod transit;
mod unclaimed;
mod unordered;
mod upkeep;

use super::super::book::{Heading, JournalVoucher};
use super::*;
use crate::act::{Acts, Author, Role, Succession, View, fold};
use crate::field::{Currency, Day, SuccessionManner};
use crate::law::{Editions, InForce};
use crate::log::Hash;
use crate::record::{PrivateKey, PublicKey};
use serde_json::{Value, json};
use std::any::{Any, TypeId};

const PAYEE: &str = "12100000400000456B";
const PAYER: &str = "91410105MA9ABCDE2Y";
/// Those into whom it is divided, where it is.
const HEIRS: [&str; 2] = ["91410100MA9DEM116H", "91410200MA9DEM183L"];
const SUPERVISOR: &str = "11410100005260004Y";

/// Nobody else is here, but for what became of the payer, and whose state matters.
struct Others<'a> {
    predecessor: &'a OrganisationId,
    heirs: &'a [OrganisationId],
    beside: &'a [(Stream, Box<dyn Any>)],
}

impl crate::act::Around for Others<'_> {
    fn state(&self, stream: &Stream) -> Option<&dyn Any> {
        self.beside.iter().find(|(at, _)| at == stream).map(|(_, state)| &**state)
    }

    fn face(&self, stream: &Stream, wanted: TypeId) -> Option<Box<dyn Any>> {
        let is_asked = *stream == Stream::of(self.predecessor) && wanted == TypeId::of::<Succession>();
        let (predecessor, manner) = (self.predecessor.clone(), SuccessionManner::Divided);
        let face = Succession { predecessor, manner, successors: self.heirs.to_vec(), entry: 1 };
        (is_asked && !self.heirs.is_empty()).then(|| Box::new(face) as Box<dyn Any>)
    }

    fn is_whole(&self) -> bool {
        false
    }
}

struct Run {
    state: Option<DepositBook>,
    now: Instant,
    index: u64,
    adopted: InForce,
    /// Who was divided, where there are heirs, and into whom.
    predecessor: OrganisationId,
    heirs: Vec<OrganisationId>,
    /// The states of others: who is not among them is not asked.
    beside: Vec<(Stream, Box<dyn Any>)>,
    /// What somebody else makes of the same records.
    journal: Journal,
    vouchers: Vec<JournalVoucher>,
    records: Vec<(Act, Place)>,
}

/// Of somebody who acts or checks.
fn key(hand: u8) -> PublicKey {
    PrivateKey::from_seed([hand; 32]).public()
}

fn author(id: &str, role: Role) -> Author {
    Author { id: id.parse().unwrap(), roles: [role].into_iter().collect() }
}

fn payee() -> Author {
    author(PAYEE, Role::Centre)
}

fn payer() -> Author {
    author(PAYER, Role::Enterprise)
}

fn service() -> Author {
    author(SUPERVISOR, Role::Service)
}

fn paper() -> Value {
    json!({"sha256": Hash::of("文件").to_string(), "size": 6, "media_type": "text/plain", "title": "文件"})
}

fn yuan(fen: i64) -> Value {
    json!({"currency": "CNY", "amount_minor": fen})
}

fn sealed() -> Value {
    json!({"sealed": "A".repeat(43)})
}

fn scheme(kind: &str) -> Value {
    let mut scheme = json!({
        "id": "s-1", "kind": kind, "name": "投标保证金方案", "article": "招标投标法实施条例第二十六条", "currency": "CNY",
        "ratio_ppm": 20_000, "forms": ["transfer", "bank_guarantee", "insurance", "electronic_guarantee"],
        "day_count": "actual_360", "rates": [{"from": "2020-01-01", "rate_ppm": 500}], "document": paper(),
    });
    if kind == "bid-procurement" {
        scheme["article"] = "政府采购法实施条例第三十三条".into();
        scheme["forms"] = json!(["transfer", "bank_guarantee", "surety_guarantee", "electronic_guarantee"]);
        scheme["rates"] = json!([]);
    }
    scheme
}

fn notice(id: &str) -> Value {
    json!({
        "id": id, "scheme": "s-1", "payer": PAYER, "base": yuan(500_000_000), "required": yuan(10_000_000),
        "bank": "icbc", "pay_by": "2026-08-31",
        "procurement": {"code": format!("ZB-{id}"), "opened": "2026-03-01", "notice": paper()},
    })
}

fn receipt(id: &str, reference: &str, fen: i64, day: &str) -> Value {
    json!({
        "deposit": id, "reference": reference, "amount": yuan(fen), "value_date": day, "account_kind": "basic",
        "account": sealed(),
    })
}

impl Run {
    fn on(day: &str) -> Self {
        let day: Day = day.parse().unwrap();
        let now = Instant::start_of_shanghai_day(day.date()).plus_millis(10 * 3_600_000);
        Self {
            state: None,
            now,
            index: 0,
            adopted: InForce::newest(),
            predecessor: PAYER.parse().unwrap(),
            heirs: Vec::new(),
            beside: Vec::new(),
            journal: Journal::default(),
            vouchers: Vec::new(),
            records: Vec::new(),
        }
    }

    fn under(mut self, edition: &str) -> Self {
        self.adopted.edition = Editions::shipped().into_iter().find(|shipped| shipped.name == edition).unwrap();
        self
    }

    fn at(&mut self, day: &str) {
        self.now = Self::on(day).now;
    }

    fn law(&self) -> Law<'_> {
        Law::of(&self.adopted)
    }

    fn parsed(kind: &str, payload: &Value) -> Act {
        let parsed = crate::world::Act::parse(kind, payload.to_string().as_bytes());
        match parsed.unwrap_or_else(|refusal| panic!("{kind}: {refusal}")) {
            crate::world::Act::Deposit(act) => act,
            other => panic!("{other:?}"),
        }
    }

    /// What somebody else comes to by one record.
    fn puts_beside<C: Capability>(&mut self, by: &str, on: Stream, act: &C::Act) -> &mut C {
        let (author, kid) = (by.parse().unwrap(), key(1).key_id());
        let place = Place { index: 1, time: self.now, hash: Hash::of("1"), author, kid, version: 1 };
        let state = C::begin(act, &place, self.law()).unwrap();
        self.beside.push((on, Box::new(state)));
        self.beside.last_mut().unwrap().1.downcast_mut().unwrap()
    }

    /// Decides, and applies what was accepted; one that was refused changes nothing when it is applied all the same and would not
    /// balance.
    fn act(&mut self, by: &Author, hand: u8, act: &Act) -> Result<(), Refusal> {
        let voucher = self.record(by, hand, act)?;
        assert_eq!(voucher.iter().flat_map(check_voucher).collect::<Vec<_>>(), [], "{}", act.kind());
        self.vouchers.extend(voucher);
        assert_eq!(self.book().check(), [], "{}", act.kind());
        Ok(())
    }

    /// Without a look at the whole book after it, which takes the longer the more is in it.
    fn record(&mut self, by: &Author, hand: u8, act: &Act) -> Result<Option<JournalVoucher>, Refusal> {
        let on = Stream::of(&DepositBookId(PAYEE.parse().unwrap()));
        let (ties, signer) = (DepositBook::ties(self.state.as_ref(), act), key(hand).key_id());
        let others = Others { predecessor: &self.predecessor, heirs: &self.heirs, beside: &self.beside };
        let around = View::new(&others, &ties);
        let moment = Moment { on: &on, now: self.now, law: self.law(), signer: &signer, author: Some(by), around };
        DepositBook::decide(self.state.as_ref(), act, &moment)?;
        self.index += 1;
        let (index, hash) = (self.index, Hash::of(self.index.to_be_bytes()));
        let place = Place { index, time: self.now, hash, author: by.id.clone(), kid: signer, version: index };
        let mut state = self.state.take();
        fold(&mut state, act, &place, self.law());
        self.state = state;
        let voucher = self.journal.take(act, &place, Law::of(&self.adopted.clone()));
        self.records.push((act.clone(), place));
        Ok(voucher)
    }

    fn posts(&mut self, by: &Author, hand: u8, kind: &str, payload: &Value) -> Result<(), Refusal> {
        self.act(by, hand, &Self::parsed(kind, payload))
    }

    /// The payee's clerk (hand 1) or its other one (hand 2).
    #[track_caller]
    fn accepts(&mut self, hand: u8, kind: &str, payload: Value) {
        if let Err(refusal) = self.posts(&payee(), hand, kind, &payload) {
            panic!("{kind}: {refusal}");
        }
    }

    #[track_caller]
    fn refuses(&mut self, hand: u8, kind: &str, payload: Value, problem: &str) -> Refusal {
        let before = self.state.clone();
        let refusal = self.posts(&payee(), hand, kind, &payload).expect_err(kind);
        assert_eq!(refusal.problem.code, problem, "{refusal}");
        assert_eq!(self.state, before);
        refusal
    }

    fn book(&self) -> &DepositBook {
        self.state.as_ref().unwrap()
    }

    fn standing(&self, heading: Heading, sub: &str) -> i64 {
        self.book().book.standing(&heading.of(&sub.parse().unwrap(), Currency::CNY))
    }

    fn deposit(&self, id: &str) -> &DepositState {
        &self.book().deposits[&id.parse::<ItemId>().unwrap()]
    }

    /// Everything that has become due by a morning.
    fn tick(&mut self, day: &str) -> Vec<&'static str> {
        self.at(day);
        let mut done = Vec::new();
        while let Some(act) = self.book().due(self.now, self.law()) {
            self.act(&service(), 9, &act).unwrap();
            done.push(act.kind());
        }
        done
    }

    /// So much is not given back, by two persons: `f-1`.
    #[track_caller]
    fn forfeits(&mut self, fen: i64) {
        self.accepts(
            1,
            "deposit.held",
            json!({"deposit": "d-1", "id": "k", "amount": yuan(fen), "reason": "查", "until": "2026-09-01"}),
        );
        self.accepts(1, "deposit.forfeited", json!({
            "deposit": "d-1", "id": "f-1", "hold": "k", "amount": yuan(fen), "ground": "bid-withdrawn", "reasons": "撤标",
            "document": paper(),
        }));
        self.accepts(2, "deposit.forfeiture_confirmed", json!({"deposit": "d-1", "forfeiture": "f-1"}));
    }

    /// Its payer is divided.
    fn divides_payer(&mut self) {
        self.heirs = HEIRS.iter().map(|heir| heir.parse().unwrap()).collect();
    }

    /// A bid bond of 100,000 yuan that was paid in on 1 April.
    fn secured(kind: &str) -> Self {
        let mut run = Self::on("2026-03-20");
        run.accepts(1, "deposit.scheme_published", scheme(kind));
        run.accepts(1, "deposit.announced", notice("d-1"));
        run.at("2026-04-01");
        run.accepts(1, "deposit.received", receipt("d-1", "R-1", 10_000_000, "2026-04-01"));
        run
    }
}

fn approval(id: &str, fen: i64, day: &str, interest: i64, overdue: i64) -> Value {
    json!({
        "deposit": "d-1", "id": id, "amount": yuan(fen), "value_date": day, "interest_minor": interest,
        "overdue_minor": overdue,
    })
}

impl DepositBook {
    /// A book that is in order, or has a posting that no record makes.
    pub(crate) fn sample(is_broken: bool) -> Self {
        let mut book = Run::secured("bid-tendering").state.unwrap();
        if is_broken {
            invariants::post(&mut book, Heading::Available, Heading::Held);
        }
        book
    }
}
