//! 保证金: a centre's bid bonds. One that went back in time, one late, one forfeited, one given back on appeal, guarantees, and a month
//! that closes.

mod month;
mod rare;

use super::statement::{reconciled, resolved, withdrawn};
use crate::demo::cast::{Cast, Who};
use crate::demo::days::{Days, morning};
use crate::demo::papers::{DRAFT, RULING_LETTER};
use crate::demo::phrase::literal;
use crate::demo::stage::{BookCue, Cue, Posting};
use crate::deposit::interest::{DatedRate, DayCount, product};
use crate::deposit::{
    Act, BankEntry, BankNature, BankReceipt, DepositBook, DepositBookId, DepositNotice, Forfeiture, ForfeitureAppeal,
    ForfeitureConfirmation, ForfeitureOutcome, ForfeitureRemittance, ForfeitureRuling, GuaranteeCheck,
    GuaranteeLodging, GuaranteeRelease, GuaranteeVerification, Hold, HoldRelease, PayerAccountKind,
    ProcurementElsewhere, ReceiptReversal, RefundApproval, RefundClockStart, RefundInstruction, RefundOutcome,
    RefundSettlement, SchemePublication,
};
use crate::field::{Citations, Currency, Day, Instant, ItemId, Money, Party};
use crate::law::{DepositForm, IssuerKind, RefundEvent};
use crate::ledger::Ledger;
use crate::organisation::{KeyAddition, possession_header};
use crate::record::{Disclosure, PrivateKey, Record};
use crate::world::Stream;

const PAYEE: Who = Who::CityCentre;
pub(super) const BANK: &str = "icbc-6688";
/// What the bank takes for keeping the account.
pub(super) const CHARGE: i64 = 1_500;
const SCHEME: &str = "bid-2026";
/// 2 % of an estimate of 5,000,000 yuan.
const BASE: i64 = 500_000_000;
const BOND: i64 = 10_000_000;
const RATE_PPM: u32 = 500;
const RATE_FROM: &str = "2015-10-24";

/// The records about deposits.
pub fn cues(days: &Days, cast: &Cast, ledger: &Ledger) -> Vec<(Instant, Cue)> {
    let mut desk = Desk { days, cast, now: days.present, cues: Vec::new() };
    // It is known for some days before it checks anybody.
    desk.on(52);
    desk.second_key(ledger);
    desk.on(47);
    desk.posts(scheme());
    desk.on(46);
    for (id, payer) in [
        ("B-001", Who::Yunhe),
        ("B-002", Who::Baihe),
        ("B-003", Who::Taihang),
        ("B-004", Who::Songyue),
        ("B-005", Who::Zhongyuan),
    ] {
        desk.announces(id, payer);
    }
    desk.pays_in();
    desk.lodges();
    desk.forfeits();
    desk.gives_back();
    desk.closes_a_month();
    desk.goes_other_ways();
    desk.reconciles();
    desk.cues
}

fn item(text: &str) -> ItemId {
    literal(text)
}

fn yuan(amount_minor: i64) -> Money {
    Money { currency: Currency::CNY, amount_minor }
}

fn scheme() -> SchemePublication {
    SchemePublication {
        id: item(SCHEME),
        kind: item("bid-tendering"),
        name: literal("工程建设项目投标保证金"),
        article: literal("《招标投标法实施条例》第二十六条"),
        region: None,
        currency: Currency::CNY,
        ratio_ppm: 20_000,
        forms: vec![
            DepositForm::Transfer,
            DepositForm::BankGuarantee,
            DepositForm::Insurance,
            DepositForm::ElectronicGuarantee,
        ],
        refund_days: None,
        day_count: DayCount::Actual360,
        rates: vec![DatedRate { from: literal(RATE_FROM), rate_ppm: RATE_PPM }],
        document: DRAFT.cited(),
    }
}

/// One record after the other, at the payee's desk.
struct Desk<'a> {
    days: &'a Days,
    cast: &'a Cast,
    now: Instant,
    cues: Vec<(Instant, Cue)>,
}

const NEXT_MILLIS: i64 = 3 * 60_000 + 7_000;

impl Desk<'_> {
    /// So many working days before the present.
    fn on(&mut self, back: usize) {
        self.now = morning(self.days.back(back), 41);
    }

    fn today(&self) -> Day {
        self.now.shanghai_day().into()
    }

    fn in_days(&self, days: i64) -> Day {
        self.now.plus_millis(days * 86_400_000).shanghai_day().into()
    }

    /// Somebody else of the centre, who checks what its clerk enters.
    fn second_key(&mut self, ledger: &Ledger) {
        let (stream, new) = (Stream::of(&PAYEE.id()), &self.cast.centre_checker);
        let header = possession_header(new.key_id(), &ledger.origin(), &stream, self.now);
        let possession = literal(&Record::sign(new, &header, b"").detached());
        let addition = KeyAddition { key: new.public().to_jwk(), possession };
        let act = crate::organisation::Act::from(addition).into();
        self.push(Posting { key: self.cast.key(PAYEE).clone(), stream, act });
    }

    fn push(&mut self, posting: Posting) {
        self.cues.push((self.now, Cue::Post(Box::new(posting))));
        self.now = self.now.plus_millis(NEXT_MILLIS);
    }

    fn signs(&mut self, key: &PrivateKey, act: impl Into<Act>) {
        let stream = Stream::of(&DepositBookId(PAYEE.id()));
        self.push(Posting { key: key.clone(), stream, act: act.into().into() });
    }

    /// The centre's clerk (经办).
    fn posts(&mut self, act: impl Into<Act>) {
        self.signs(&self.cast.key(PAYEE).clone(), act);
    }

    /// Its other one (复核).
    fn checks(&mut self, act: impl Into<Act>) {
        self.signs(&self.cast.centre_checker.clone(), act);
    }

    fn service(&mut self) {
        self.cues.push((self.now, Cue::Due));
    }

    fn announces(&mut self, id: &str, payer: Who) {
        self.asks_of(id, SCHEME, BANK, payer, 10);
    }

    /// To be paid within so many days.
    fn asks_of(&mut self, id: &str, scheme: &str, bank: &str, payer: Who, days: i64) {
        let pay_by = self.in_days(days);
        self.posts(DepositNotice {
            id: item(id),
            scheme: item(scheme),
            payer: Some(payer.id()),
            person: None,
            secures: None,
            procurement: Some(ProcurementElsewhere {
                code: literal("ZZ-GC-2026-118（一标段）"),
                opened: self.today(),
                notice: DRAFT.cited(),
            }),
            base: yuan(BASE),
            required: yuan(BOND),
            score: None,
            bank: item(bank),
            pay_by,
        });
    }

    fn receives(&mut self, id: &str, reference: &str, amount: i64) {
        let value_date = self.today();
        self.posts(BankReceipt {
            deposit: item(id),
            reference: literal(reference),
            amount: yuan(amount),
            value_date,
            account_kind: PayerAccountKind::Basic,
            account: Disclosure::new("account", &format!("示例账号 {reference}").into()).sealed(),
        });
    }

    fn pays_in(&mut self) {
        self.on(44);
        for (id, reference) in [("B-001", "HD-1001"), ("B-002", "HD-1002"), ("B-003", "HD-1003")] {
            self.receives(id, reference, BOND);
        }
        // A line that was read twice as much.
        self.receives("B-005", "HD-1005", 2 * BOND);
        let (deposit, reference, reason) = (item("B-005"), literal("HD-1005"), literal("金额误记，红字冲销后重记"));
        self.checks(ReceiptReversal { deposit, reference, reason, document: DRAFT.cited() });
        self.receives("B-005", "HD-1005-1", BOND);
    }

    fn lodges(&mut self) {
        self.on(43);
        for (id, number, valid) in [("G-001", "BH-2026-01", 12), ("G-002", "BH-2026-02", 90)] {
            let (today, valid_to) = (self.today(), self.in_days(valid));
            self.posts(GuaranteeLodging {
                deposit: item("B-004"),
                id: item(id),
                form: DepositForm::BankGuarantee,
                issuer: Party { name: literal("示例银行郑州分行"), id: None },
                issuer_kind: Some(IssuerKind::Bank),
                licence: Some(literal("B0001H141010001")),
                number: literal(number),
                amount: yuan(BOND),
                valid_from: today,
                valid_to,
                claim_by: valid_to,
                document: DRAFT.cited(),
            });
            let (deposit, guarantee, outcome) = (item("B-004"), item(id), GuaranteeCheck::Genuine);
            let statement = literal("已向开立行查验，属实");
            self.checks(GuaranteeVerification {
                deposit,
                guarantee,
                outcome,
                statement,
                evidence: Some(DRAFT.cited()),
            });
        }
        self.on(30);
        // The first one's time is over.
        self.service();
        self.on(29);
        self.starts("B-004");
        let (deposit, guarantee, reason) = (item("B-004"), item("G-002"), literal("项目已签约，退还保函"));
        self.posts(GuaranteeRelease { deposit, guarantee, reason });
    }

    fn holds(&mut self, id: &str, hold: &str, days: i64) {
        let until = self.in_days(days);
        let (deposit, reason) = (item(id), literal("投标截止后撤销投标文件，待核实"));
        self.posts(Hold { deposit, id: item(hold), amount: yuan(BOND), reason, ground: None, until });
    }

    fn forfeit(&mut self, id: &str, hold: &str) {
        self.posts(Forfeiture {
            deposit: item(id),
            id: item("F-1"),
            hold: item(hold),
            amount: yuan(BOND),
            ground: item("bid-withdrawn"),
            reasons: literal("投标截止后撤销投标文件，依招标文件不予退还"),
            document: DRAFT.cited(),
        });
        self.checks(ForfeitureConfirmation { deposit: item(id), forfeiture: item("F-1") });
    }

    /// One that nobody appealed, and one that was.
    fn forfeits(&mut self) {
        self.on(42);
        self.holds("B-003", "H-1", 60);
        self.holds("B-002", "H-1", 60);
        let (deposit, hold) = (item("B-002"), item("H-1"));
        let reason = literal("先行解冻一半");
        self.posts(HoldRelease { deposit, hold, amount: yuan(BOND / 2), reason });
        let until = self.in_days(60);
        let (deposit, reason) = (item("B-002"), literal("继续核实"));
        self.posts(Hold { deposit, id: item("H-2"), amount: yuan(BOND / 2), reason, ground: None, until });
        self.on(40);
        self.forfeit("B-003", "H-1");
        self.posts(Forfeiture {
            deposit: item("B-002"),
            id: item("F-1"),
            hold: item("H-1"),
            amount: yuan(BOND / 2),
            ground: item("contract-refused"),
            reasons: literal("中标后不签合同"),
            document: DRAFT.cited(),
        });
        self.checks(ForfeitureConfirmation { deposit: item("B-002"), forfeiture: item("F-1") });
        self.on(36);
        let (deposit, forfeiture) = (item("B-002"), item("F-1"));
        let grounds = literal("未签约系招标人变更合同条款所致");
        let appeal = ForfeitureAppeal { deposit, forfeiture, grounds, documents: Citations::default() };
        self.signs(&self.cast.key(Who::Baihe).clone(), appeal);
        self.on(26);
        // Nobody appealed the other one.
        self.service();
        let (deposit, forfeiture, reference) = (item("B-003"), item("F-1"), literal("HD-2003"));
        let value_date = self.today();
        self.posts(ForfeitureRemittance { deposit, forfeiture, reference, value_date });
        self.on(25);
        let (deposit, forfeiture) = (item("B-002"), item("F-1"));
        let (outcome, reasons) = (ForfeitureOutcome::Overturned, literal("合同条款确有变更，不属无正当理由"));
        let documents = crate::demo::papers::cite(&[&RULING_LETTER]);
        let ruling = ForfeitureRuling { deposit, forfeiture, outcome, reasons, documents };
        self.signs(&self.cast.key(Who::Province).clone(), ruling);
    }

    fn starts(&mut self, id: &str) {
        let (deposit, day) = (item(id), self.today());
        let document = Some(DRAFT.cited());
        self.posts(RefundClockStart { deposit, event: RefundEvent::Contract, day, document });
    }

    /// One in time, with a payment that came back first; one that is late.
    fn gives_back(&mut self) {
        self.on(24);
        self.starts("B-001");
        self.on(23);
        let rates = [DatedRate { from: literal(RATE_FROM), rate_ppm: RATE_PPM }];
        let from = Day::from(self.days.back(44));
        let (interest_minor, _) = DayCount::Actual360.settle(product(BOND, &rates, from, self.today()));
        let value_date = self.today();
        self.posts(RefundApproval {
            deposit: item("B-001"),
            id: item("R-1"),
            amount: yuan(BOND),
            value_date,
            interest_minor,
            overdue_minor: 0,
            elsewhere: None,
        });
        let (bank, nature, reference) = (item(BANK), BankNature::Interest, literal("LX-0001"));
        self.posts(BankEntry { bank, nature, reference, amount: yuan(interest_minor), value_date, approval: None });
        for (outcome, reference) in [(RefundOutcome::Bounced, "HD-3001"), (RefundOutcome::Confirmed, "HD-3002")] {
            self.checks(RefundInstruction { deposit: item("B-001"), refund: item("R-1") });
            let (deposit, refund, reference) = (item("B-001"), item("R-1"), literal(reference));
            self.posts(RefundSettlement { deposit, refund, outcome, reference, value_date });
        }
        self.on(22);
        // A hold that nobody lets go.
        let (deposit, reason, until) = (item("B-005"), literal("异议待核"), self.in_days(3));
        self.posts(Hold { deposit, id: item("H-1"), amount: yuan(BOND / 10), reason, ground: None, until });
        self.on(18);
        self.service();
        self.starts("B-005");
        self.on(8);
        self.service();
    }

    fn on_the_book(&mut self, key: &PrivateKey, make: fn(&DepositBook, Instant) -> Option<Act>) {
        let cue = BookCue { key: key.clone(), of: DepositBookId(PAYEE.id()), make };
        self.cues.push((self.now, Cue::Book(Box::new(cue))));
        self.now = self.now.plus_millis(NEXT_MILLIS);
    }

    /// The bank's statement is held against the book, taken back because the bank issued another one, and held against it again: a
    /// charge is at the bank alone, and is entered.
    fn reconciles(&mut self) {
        let (clerk, checker) = (self.cast.key(PAYEE).clone(), self.cast.centre_checker.clone());
        self.on(6);
        self.on_the_book(&clerk, reconciled);
        self.on_the_book(&checker, withdrawn);
        self.on_the_book(&clerk, reconciled);
        let value_date = self.today();
        for (nature, reference, amount) in
            [(BankNature::OwnFunds, "ZC-0001", 10_000), (BankNature::Charge, "SF-0001", CHARGE)]
        {
            let (bank, reference) = (item(BANK), literal(reference));
            self.posts(BankEntry { bank, nature, reference, amount: yuan(amount), value_date, approval: None });
        }
        self.on_the_book(&clerk, resolved);
    }
}
