//! From the candidates to the acceptance of the work.

use super::Script;
use crate::demo::cast::{Who, bidder};
use crate::demo::notice::Owner;
use crate::demo::papers::{Paper, cite};
use crate::demo::phrase::{literal, yuan};
use crate::field::{Citations, Day, Price};
use crate::record::Sealed;
use crate::tender::{
    AnswerOutcome, Award, Candidate, CandidatePublication, Challenge, ChallengeAnswer, Claim, ClaimKind,
    ClaimRefutation, ClaimVerification, CommitteeMember, Contract, ContractAcceptance, ContractAmendment, KeyPerson,
    RejectedBid,
};

/// What of a claim can be looked up: who issued it, its number, its amount in yuan, contract and acceptance.
pub type Deed<'a> = (Owner, &'a str, i64, Day, Day);

/// A candidate `c-<rank>` who claims nothing yet; points are hundredths.
pub fn ranked(rank: u16, members: &[Who], price: Price, points: u32) -> Candidate {
    Candidate {
        id: literal(&format!("c-{rank}")),
        rank: Some(rank),
        tied: false,
        bidder: bidder(members),
        price,
        price_difference: None,
        confirmed: None,
        score: Some(points),
        quality: Some(literal("合格，符合国家和行业现行标准")),
        duration: Some(literal("响应招标文件要求")),
        leader: None,
        persons: Vec::new(),
        claims: Vec::new(),
    }
}

/// 业绩.
pub fn achievement(id: &str, title: &str, (issuer, number, amount, dated, accepted): Deed<'_>) -> Claim {
    Claim {
        amount: Some(yuan(amount)),
        dated: Some(dated),
        accepted: Some(accepted),
        ..claim(id, ClaimKind::Achievement, title, issuer, number)
    }
}

/// 资质, 奖项 or 人员证书.
pub fn certificate(id: &str, kind: ClaimKind, title: &str, issuer: &'static str, number: &str) -> Claim {
    claim(id, kind, title, Owner::Named(issuer), number)
}

fn claim(id: &str, kind: ClaimKind, title: &str, issuer: Owner, number: &str) -> Claim {
    Claim {
        id: literal(id),
        kind,
        title: literal(title),
        holder: None,
        issuer: Some(issuer.party()),
        number: Some(literal(number)),
        amount: None,
        dated: None,
        accepted: None,
        person: None,
        source: None,
        documents: Citations::default(),
    }
}

/// 项目经理.
pub fn leader(name: Sealed, certificate: &str) -> KeyPerson {
    KeyPerson { role: literal("项目经理"), name: Some(name), certificates: vec![literal(certificate)] }
}

impl Script<'_> {
    pub fn candidates(&mut self, lot: &str, candidates: Vec<Candidate>) -> &mut Self {
        self.candidates_but(lot, candidates, &[])
    }

    /// The candidates, and who was rejected for what. The committee stands sealed.
    pub fn candidates_but(&mut self, lot: &str, candidates: Vec<Candidate>, rejected: &[(Who, &str)]) -> &mut Self {
        let rejected =
            rejected.iter().map(|(who, reason)| RejectedBid { bidder: bidder(&[*who]), reason: literal(reason) });
        let rejected = rejected.collect();
        let committee =
            [("评标委员会主任", "评委甲（演示）"), ("经济专家", "评委乙（演示）"), ("技术专家", "评委丙（演示）")];
        let committee = committee
            .map(|(role, name)| CommitteeMember { role: literal(role), name: self.seal(self.centre, "name", name) });
        let publication = CandidatePublication {
            numbers_confirmed: None,
            lot: literal(lot),
            candidates,
            rejected,
            committee: committee.into(),
            channel: literal("公示期内以本单位密钥签名，在本平台提交质疑；答复同样公开"),
            source: None,
            documents: Citations::default(),
        };
        self.post(self.centre, publication)
    }

    /// Against a claim of a candidate: `("c-1", "y-1")`.
    pub fn challenged(&mut self, who: Who, id: &str, lot: &str, against: (&str, &str), reasons: &str) -> &mut Self {
        let challenge = Challenge {
            numbers_confirmed: None,
            id: literal(id),
            lot: literal(lot),
            candidate: Some(literal(against.0)),
            claim: Some(literal(against.1)),
            reasons: literal(reasons),
            evidence: Citations::default(),
        };
        self.post(who, challenge)
    }

    /// Against the result as a whole.
    pub fn result_challenged(&mut self, who: Who, id: &str, lot: &str, reasons: &str) -> &mut Self {
        let (id, lot, reasons) = (literal(id), literal(lot), literal(reasons));
        self.post(
            who,
            Challenge {
                numbers_confirmed: None,
                id,
                lot,
                candidate: None,
                claim: None,
                reasons,
                evidence: Citations::default(),
            },
        )
    }

    pub fn challenge_answered(&mut self, id: &str, lot: &str, outcome: AnswerOutcome, reasons: &str) -> &mut Self {
        let (challenge, lot, reasons) = (literal(id), literal(lot), literal(reasons));
        self.post(
            self.centre,
            ChallengeAnswer {
                numbers_confirmed: None,
                lot,
                challenge,
                outcome,
                reasons,
                documents: Citations::default(),
            },
        )
    }

    pub fn claim_verified(
        &mut self,
        who: Who,
        lot: &str,
        (candidate, claim): (&str, &str),
        reasons: &str,
    ) -> &mut Self {
        let (lot, candidate, claim) = (literal(lot), literal(candidate), literal(claim));
        self.post(
            who,
            ClaimVerification {
                numbers_confirmed: None,
                lot,
                candidate,
                claim,
                reasons: literal(reasons),
                documents: Citations::default(),
            },
        )
    }

    pub fn claim_refuted(
        &mut self,
        who: Who,
        lot: &str,
        (candidate, claim): (&str, &str),
        reasons: &str,
        letters: &[&Paper],
    ) -> &mut Self {
        let (lot, candidate, claim) = (literal(lot), literal(candidate), literal(claim));
        let documents = cite(letters);
        self.post(
            who,
            ClaimRefutation { numbers_confirmed: None, lot, candidate, claim, reasons: literal(reasons), documents },
        )
    }

    pub fn awarded(&mut self, lot: &str, candidate: &str, price: Price) -> &mut Self {
        self.award(lot, candidate, price, None)
    }

    /// To another one than the first.
    pub fn awarded_because(&mut self, lot: &str, candidate: &str, price: Price, reasons: &str) -> &mut Self {
        self.award(lot, candidate, price, Some(reasons))
    }

    fn award(&mut self, lot: &str, candidate: &str, price: Price, reasons: Option<&str>) -> &mut Self {
        let award = Award {
            lot: literal(lot),
            candidate: literal(candidate),
            commitment: None,
            price,
            price_difference: None,
            confirmed: None,
            reasons: reasons.map(literal),
            scope: None,
            duration: None,
            quality: None,
            persons: Vec::new(),
            certificates: Vec::new(),
            remark: None,
            source: None,
            documents: Citations::default(),
        };
        self.post(self.centre, award)
    }

    /// Signed today.
    pub fn contracted(&mut self, lot: &str, number: &str, price: Price, terms: &str) -> &mut Self {
        let contract = Contract {
            numbers_confirmed: None,
            lot: literal(lot),
            candidate: None,
            number: literal(number),
            price,
            price_difference: None,
            confirmed: None,
            signed: self.today().into(),
            terms: Some(literal(terms)),
            documents: Citations::default(),
        };
        self.post(self.centre, contract)
    }

    pub fn contract_amended(&mut self, lot: &str, price: Price, reason: &str, changes: &str) -> &mut Self {
        let (lot, reason, changes) = (literal(lot), literal(reason), literal(changes));
        self.post(
            self.centre,
            ContractAmendment {
                numbers_confirmed: None,
                lot,
                candidate: None,
                reason,
                changes,
                price: Some(price),
                confirmed: None,
                documents: Citations::default(),
            },
        )
    }

    /// Inspected today.
    pub fn inspected(&mut self, lot: &str, passed: bool, opinion: &str, documents: &[&Paper]) -> &mut Self {
        let documents = cite(documents);
        let acceptance = ContractAcceptance {
            lot: literal(lot),
            candidate: None,
            passed,
            inspected: self.today().into(),
            opinion: literal(opinion),
            documents,
        };
        self.post(self.centre, acceptance)
    }
}
