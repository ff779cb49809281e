//! What happens seldom: a court takes a forfeiture back from the treasury, a guarantee is claimed, a result reduces what is asked, and
//! the successors of a divided payer share its bond.

use super::*;
use crate::deposit::{
    DepositAssessment, DepositDivision, DepositSuccession, DivisionReversal, ForfeitureAnnulment, ForfeitureRecovery,
    GuaranteeClaim, GuaranteePayment,
};

const GOVERNMENT: &str = "gov-2026";
/// It was divided into two others.
const DIVIDED: Who = Who::Longting;

impl Desk<'_> {
    pub(super) fn goes_other_ways(&mut self) {
        self.on(41);
        self.posts(SchemePublication {
            id: item(GOVERNMENT),
            kind: item("bid-procurement"),
            name: literal("政府采购投标保证金"),
            article: literal("《政府采购法实施条例》第三十三条"),
            forms: vec![
                DepositForm::Transfer,
                DepositForm::BankGuarantee,
                DepositForm::SuretyGuarantee,
                DepositForm::ElectronicGuarantee,
            ],
            rates: Vec::new(),
            ..scheme()
        });
        self.asks_of("P-001", GOVERNMENT, BANK, Who::Songyue, 30);
        self.receives("P-001", "HD-2100", BOND);
        self.holds("P-001", "H-1", 60);
        self.on(40);
        self.forfeit("P-001", "H-1");
        self.on(25);
        let (deposit, forfeiture, reference) = (item("P-001"), item("F-1"), literal("HD-2101"));
        let value_date = self.today();
        self.posts(ForfeitureRemittance { deposit, forfeiture, reference, value_date });
        self.on(12);
        let (deposit, forfeiture) = (item("P-001"), item("F-1"));
        let (reasons, document) = (literal("判决撤销不予退还的决定"), RULING_LETTER.cited());
        let annulment = ForfeitureAnnulment { deposit, forfeiture, reasons, document };
        self.signs(&self.cast.key(Who::Province).clone(), annulment);
        self.on(10);
        let (deposit, forfeiture, reference) = (item("P-001"), item("F-1"), literal("HD-2102"));
        let value_date = self.today();
        self.posts(ForfeitureRecovery { deposit, forfeiture, reference, value_date });
        self.claims_a_guarantee();
        self.follows_successors();
    }

    fn claims_a_guarantee(&mut self) {
        self.on(15);
        self.asks_of("B-009", SCHEME, BANK, Who::Songyue, 30);
        self.covers("B-009", "G-005", 90);
        self.on(10);
        self.posts(GuaranteeClaim {
            deposit: item("B-009"),
            id: item("F-1"),
            guarantee: item("G-005"),
            amount: yuan(BOND),
            ground: item("bid-withdrawn"),
            reasons: literal("投标截止后撤销投标文件"),
            document: DRAFT.cited(),
        });
        self.on(9);
        let (deposit, forfeiture, reference) = (item("B-009"), item("F-1"), literal("HD-4030"));
        let value_date = self.today();
        self.checks(GuaranteePayment { deposit, forfeiture, reference, value_date });
    }

    fn follows_successors(&mut self) {
        self.on(14);
        self.asks_of("B-010", SCHEME, BANK, DIVIDED, 30);
        self.posts(DepositAssessment {
            deposit: item("B-010"),
            base: yuan(BASE),
            score: Some(85),
            grade: None,
            required: yuan(BOND / 2),
            rule: literal("DP-ASSESSMENT"),
        });
        self.receives("B-010", "HD-1010", BOND / 2);
        self.on(13);
        // Not what they had agreed.
        let (deposit, id, successor) = (item("B-010"), item("B-010-1"), Who::Jinshui.id());
        self.posts(DepositDivision { deposit, id, successor, amount: yuan(BOND / 4), document: DRAFT.cited() });
        let (deposit, part, reason) = (item("B-010"), item("B-010-1"), literal("拆分金额与分立协议不符"));
        self.checks(DivisionReversal { deposit, part, reason, document: DRAFT.cited() });
        let (deposit, id, successor) = (item("B-010"), item("B-010-2"), Who::Jinshui.id());
        self.posts(DepositDivision { deposit, id, successor, amount: yuan(BOND / 5), document: DRAFT.cited() });
        let (deposit, successor) = (item("B-010"), Who::Bianhe.id());
        self.posts(DepositSuccession { deposit, successor, document: DRAFT.cited() });
    }
}
