//! A month that closes: money of nobody, a charge, a difference, interest that is shared, cover that lapses and changes places, and a
//! refund with interest.

use super::*;
use crate::deposit::{
    AllocationTable, CoverSwap, DifferenceClearing, DifferenceOpening, DifferenceSide, EntryReversal,
    InterestAllocation, InterestCapitalisation, InterestShare, OwnFundsApproval, SwapDirection, UnallocatedClaim,
    UnallocatedReceipt, UnallocatedReturn,
};

/// An account of its own, so that what lies there is plain to see.
const ACCOUNT: &str = "icbc-7799";
/// What the bank pays for the days since the money came.
const INTEREST: i64 = 1_235;
/// What it takes for the account.
const CHARGE: i64 = 5_000;
/// What the payee puts in beside that, and does not need.
const SPARE: i64 = 2_000;

impl Desk<'_> {
    pub(super) fn closes_a_month(&mut self) {
        self.on(16);
        for (id, payer) in [("B-006", Who::Yunhe), ("B-007", Who::Baihe), ("B-008", Who::Songyue)] {
            self.asks(id, payer);
        }
        self.on(15);
        let came = self.today();
        self.receives("B-006", "HD-4001", BOND);
        self.strays("HD-4002", BOND);
        self.strays("HD-4003", 300_000);
        self.covers("B-008", "G-003", 3);
        self.on(14);
        self.claims_and_returns();
        self.on(13);
        self.charged();
        self.on(12);
        self.differs();
        // The guarantee is over: what is missing is demanded.
        self.service();
        self.on(6);
        // Own funds are late.
        self.service();
        self.enters(BankNature::OwnFunds, "HD-4006", CHARGE + SPARE);
        self.shares(came);
        self.on(5);
        self.swaps();
        self.on(4);
        // And so is what was demanded.
        self.service();
        self.receives("B-008", "HD-4010", BOND);
        self.refunds();
        self.takes_out_own_funds();
    }

    fn asks(&mut self, id: &str, payer: Who) {
        self.asks_of(id, SCHEME, ACCOUNT, payer, 30);
    }

    fn enters(&mut self, nature: BankNature, reference: &str, amount: i64) {
        let value_date = self.today();
        self.posts(BankEntry {
            bank: item(ACCOUNT),
            nature,
            reference: literal(reference),
            amount: yuan(amount),
            value_date,
            approval: None,
        });
    }

    fn takes_out_own_funds(&mut self) {
        let (id, bank, value_date) = (item("Z-1"), item(ACCOUNT), self.today());
        let reason = literal("补手续费后多余的自有资金");
        self.posts(OwnFundsApproval { id: id.clone(), bank: bank.clone(), amount: yuan(SPARE), reason });
        let (nature, reference) = (BankNature::OwnFundsReturned, literal("HD-4021"));
        self.checks(BankEntry { bank, nature, reference, amount: yuan(SPARE), value_date, approval: Some(id) });
    }

    /// What the bank took is entered as what it paid, and put right.
    fn charged(&mut self) {
        self.enters(BankNature::Interest, "HD-4005", CHARGE);
        let (reference, reason) = (Some(literal("HD-4005")), literal("手续费误记为结息，红字冲销后重记"));
        self.checks(EntryReversal {
            deposit: None,
            bank: None,
            reference,
            entry: None,
            reason,
            document: DRAFT.cited(),
        });
        self.enters(BankNature::Charge, "HD-4005", CHARGE);
    }

    fn strays(&mut self, reference: &str, amount: i64) {
        let value_date = self.today();
        self.posts(UnallocatedReceipt {
            bank: item(ACCOUNT),
            reference: literal(reference),
            amount: yuan(amount),
            value_date,
            account: Disclosure::new("account", &format!("示例账号 {reference}").into()).sealed(),
        });
    }

    fn claims_and_returns(&mut self) {
        let (deposit, reference) = (item("B-007"), literal("HD-4002"));
        let account_kind = PayerAccountKind::Basic;
        self.checks(UnallocatedClaim { deposit, reference, account_kind, document: DRAFT.cited() });
        let (receipt, reference, value_date) = (literal("HD-4003"), literal("HD-4004"), self.today());
        let reason = literal("来款单位没有保证金，原路退回");
        self.checks(UnallocatedReturn { receipt, reference, value_date, reason });
    }

    /// A guarantee for so many days.
    pub(super) fn covers(&mut self, deposit: &str, id: &str, days: i64) {
        let (today, valid_to) = (self.today(), self.in_days(days));
        self.lodge(id, deposit, today, valid_to);
        let (deposit, guarantee, outcome) = (item(deposit), item(id), GuaranteeCheck::Genuine);
        let (statement, evidence) = (literal("已向开立行查验，属实"), Some(DRAFT.cited()));
        self.checks(GuaranteeVerification { deposit, guarantee, outcome, statement, evidence });
    }

    fn lodge(&mut self, id: &str, deposit: &str, valid_from: Day, valid_to: Day) {
        self.posts(GuaranteeLodging {
            deposit: item(deposit),
            id: item(id),
            form: DepositForm::BankGuarantee,
            issuer: Party { name: literal("示例银行郑州分行"), id: None },
            issuer_kind: Some(IssuerKind::Bank),
            licence: Some(literal("B0001H141010001")),
            number: literal(id),
            amount: yuan(BOND),
            valid_from,
            valid_to,
            claim_by: valid_to,
            document: DRAFT.cited(),
        });
    }

    fn differs(&mut self) {
        let value_date = self.today();
        self.posts(DifferenceOpening {
            id: item("X-1"),
            bank: item(ACCOUNT),
            side: DifferenceSide::Over,
            amount: yuan(100),
            value_date,
            statement: literal("银行余额比账面多一元，原因待查"),
        });
        self.on(11);
        let (difference, explanation) = (item("X-1"), literal("银行误记，已冲回"));
        self.checks(DifferenceClearing { difference, explanation, document: DRAFT.cited() });
    }

    /// Two bonds have lain there for equally many days: half each, and the odd fen to the first.
    fn shares(&mut self, came: Day) {
        self.enters(BankNature::PooledInterest, "LX-0002", INTEREST);
        let up_to = self.today();
        let days = (up_to.date() - came.date()).num_days();
        let share = |id: &str, share_minor: i64| InterestShare {
            deposit: item(id),
            product: i128::from(BOND) * i128::from(days),
            share_minor,
        };
        let table = AllocationTable(vec![share("B-006", INTEREST / 2 + 1), share("B-007", INTEREST / 2)]);
        let (bank, amount) = (item(ACCOUNT), yuan(INTEREST));
        self.posts(InterestAllocation { bank, amount, up_to, table: table.digest() });
        self.posts(InterestCapitalisation { deposit: item("B-007"), amount: yuan(INTEREST / 2) });
    }

    /// A guarantee takes the place of B-007's money.
    fn swaps(&mut self) {
        let (today, valid_to) = (self.today(), self.in_days(90));
        self.lodge("G-004", "B-007", today, valid_to);
        self.checks(CoverSwap {
            deposit: item("B-007"),
            guarantee: item("G-004"),
            direction: SwapDirection::ToGuarantee,
            statement: literal("已向开立行查验，属实"),
            evidence: Some(DRAFT.cited()),
        });
    }

    /// B-006 goes back with its share, and with what came by the rate since.
    fn refunds(&mut self) {
        self.starts("B-006");
        let rates = [DatedRate { from: literal(RATE_FROM), rate_ppm: RATE_PPM }];
        let (from, value_date) = (Day::from(self.days.back(6)), self.today());
        let (since, _) = DayCount::Actual360.settle(product(BOND, &rates, from, value_date));
        self.posts(RefundApproval {
            deposit: item("B-006"),
            id: item("R-1"),
            amount: yuan(BOND),
            value_date,
            interest_minor: INTEREST / 2 + 1 + since,
            overdue_minor: 0,
            elsewhere: None,
        });
        self.enters(BankNature::PooledInterest, "LX-0003", since);
        self.checks(RefundInstruction { deposit: item("B-006"), refund: item("R-1") });
        let (deposit, refund, reference) = (item("B-006"), item("R-1"), literal("HD-4020"));
        self.posts(RefundSettlement { deposit, refund, outcome: RefundOutcome::Confirmed, reference, value_date });
    }
}
