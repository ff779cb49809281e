//! People, texts and a clock for the stories.
//!
//! Every story begins on Monday 2026-06-01, 9 o'clock in Shanghai. The windows are 5 days for objections, 3 for answers,
//! 10 for escalations, 3 for candidates: short enough to read the dates in the head.

use crate::act::{Acts, Author, Capability, Place, Role, Stream, decide_alone, fold};
use crate::field::{
    Bidder, Currency, Day, Instant, ItemId, LotId, Money, Nature, OrganisationId, Party, Price, Prose, TenderCode,
};
use crate::law::{InForce, Law, Running};
use crate::log::Hash;
use crate::problem::{ProblemType, Refusal};
use crate::record::KeyId;
use crate::tender::*;
use std::fmt::Debug;
use std::str::FromStr;

/// Any field from its text.
pub fn read<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

pub fn midnight(day: &str) -> Instant {
    Instant::start_of_shanghai_day(read::<Day>(day).date())
}

/// 9 o'clock in Shanghai.
pub fn morning(day: &str) -> Instant {
    midnight(day).plus_millis(9 * 3_600_000)
}

fn author(id: &str, role: Role) -> Author {
    Author { id: read(id), roles: [role].into_iter().collect() }
}

pub fn centre() -> Author {
    author("91410100MA0000015B", Role::Centre)
}

/// A centre that has nothing to do with the tender.
pub fn other_centre() -> Author {
    author("GB-COH-OTHER", Role::Centre)
}

pub fn unit() -> Author {
    author("11410100005260004Y", Role::ProcuringUnit)
}

pub fn enterprise_a() -> Author {
    author("91350200776049653A", Role::Enterprise)
}

pub fn enterprise_b() -> Author {
    author("91350500798359476R", Role::Enterprise)
}

/// The buyer of the project that enterprise A claims.
pub fn issuer() -> Author {
    author("1241010041580000XR", Role::ProcuringUnit)
}

pub fn supervisor() -> Author {
    author("514101005004100069", Role::Supervisor)
}

pub fn service() -> Author {
    author("GB-COH-SERVICE", Role::Service)
}

pub fn everybody() -> [Author; 8] {
    [centre(), other_centre(), unit(), enterprise_a(), enterprise_b(), issuer(), supervisor(), service()]
}

fn party(name: &str, id: Option<OrganisationId>) -> Party {
    Party { name: read(name), id }
}

pub fn days(count: u16) -> Window {
    Window { count, unit: WindowUnit::Day }
}

pub fn working_days(count: u16) -> Window {
    Window { count, unit: WindowUnit::WorkingDay }
}

pub fn windows() -> Windows {
    Windows { objection: days(5), answer: days(3), escalation: days(10), candidates: days(3) }
}

pub fn yuan(amount: i64) -> Price {
    Price::Money(Money::new(Currency::CNY, amount * 100).unwrap())
}

pub fn clause(id: &str, kind: ClauseKind, text: &str) -> Clause {
    Clause { id: read(id), kind, text: read(text) }
}

/// One clause of each kind: `q-1`, `t-1`, `b-1`, `e-1`, `c-1`, `s-1`, `k-1`.
pub fn clauses() -> Vec<Clause> {
    vec![
        clause("q-1", ClauseKind::Qualification, "具有建筑工程施工总承包三级及以上资质"),
        clause("t-1", ClauseKind::Technical, "混凝土强度等级不低于C30"),
        clause("b-1", ClauseKind::Commercial, "质保期24个月"),
        clause("e-1", ClauseKind::Evaluation, "综合评估法，价格60分"),
        clause("c-1", ClauseKind::Contract, "逾期每日按合同价的0.05%支付违约金"),
        clause("s-1", ClauseKind::Schedule, "工期180日"),
        clause("k-1", ClauseKind::Contact, "联系电话0371-0000000"),
    ]
}

/// The clauses with another text for one of them.
pub fn clauses_with(id: &str, text: &str) -> Vec<Clause> {
    let mut clauses = clauses();
    clauses.iter_mut().find(|clause| clause.id.as_str() == id).unwrap().text = read(text);
    clauses
}

pub fn lot(id: &str) -> Lot {
    Lot { id: read(id), title: read("某标段"), description: None, estimate: None }
}

/// Two lots, by open tender, planned for June and July.
pub fn preannouncement() -> Preannouncement {
    Preannouncement {
        title: read("某中学教学楼工程"),
        procuring_unit: party("某市教育局", Some(unit().id)),
        centre: centre().id,
        nature: Nature::Works,
        method: Method::Open,
        method_reason: None,
        region: read("410100"),
        category: Some(read("B01")),
        lots: vec![lot("1"), lot("2")],
        estimate: None,
        funding: None,
        clauses: clauses(),
        score_table: Vec::new(),
        commitment_template: None,
        planned: planned("2026-06-10", "2026-07-10"),
        windows: windows(),
        contact: Contact { office: read("招标部"), person: None, phone: None, address: None },
        source: None,
        documents: Vec::new(),
    }
}

/// The bids are opened on the day of the deadline.
pub fn planned(announce: &str, bid_deadline: &str) -> PlannedDates {
    PlannedDates { announce: read(announce), bid_deadline: read(bid_deadline), open: read(bid_deadline) }
}

/// A revision that says what it does to the first text.
pub fn revision(change: impl FnOnce(&mut Preannouncement)) -> Revision {
    let mut preannouncement = preannouncement();
    change(&mut preannouncement);
    Revision { reason: read("修改"), preannouncement }
}

/// With the disclosed clauses.
pub fn announcement() -> Announcement {
    Announcement {
        clauses: clauses(),
        score_table: Vec::new(),
        differences: Vec::new(),
        bid_deadline: read("2026-07-10"),
        open: read("2026-07-10"),
        source: None,
        documents: Vec::new(),
    }
}

pub fn difference(clause: &str, change: Change) -> Difference {
    Difference { clause: read(clause), change, reason: read("更正笔误") }
}

pub fn adoption() -> Adoption {
    Adoption {
        title: read("外地公告的工程"),
        procuring_unit: party("某市教育局", Some(unit().id)),
        centre: centre().id,
        nature: Nature::Works,
        region: read("410100"),
        lots: vec![lot("1")],
        windows: windows(),
        source: read("https://example.cn/notice/1"),
        reason: read("后续公示改在本平台发布"),
    }
}

pub fn objection(id: &str) -> Objection {
    Objection {
        id: read(id),
        clauses: vec![read("q-1")],
        ground: Ground::Targeted,
        facts: read("资质要求与项目规模不符"),
        remedy: read("降低资质要求"),
        evidence: Vec::new(),
        complainant: None,
    }
}

pub fn answer(objection: &str, outcome: AnswerOutcome) -> ObjectionAnswer {
    ObjectionAnswer { objection: read(objection), outcome, reasons: reasons(), documents: Vec::new() }
}

pub fn escalation(objection: &str) -> ObjectionEscalation {
    ObjectionEscalation { objection: read(objection), reasons: reasons(), evidence: Vec::new() }
}

pub fn ruling(objection: &str, outcome: RulingOutcome) -> ObjectionRuling {
    ObjectionRuling { objection: read(objection), outcome, reasons: reasons(), documents: Vec::new() }
}

pub fn withdrawal(objection: &str) -> ObjectionWithdrawal {
    ObjectionWithdrawal { objection: read(objection), reason: read("已了解") }
}

fn reasons() -> Prose<8000> {
    read("理由如下")
}

pub fn suspension() -> SuspensionOrder {
    SuspensionOrder { reason: read("调查投诉") }
}

pub fn resumption() -> Resumption {
    Resumption { reason: read("调查结束") }
}

pub fn termination() -> Termination {
    Termination { reason: read("项目取消"), documents: Vec::new() }
}

pub fn clarification() -> Clarification {
    Clarification { text: read("图纸第三页以本澄清为准"), documents: Vec::new() }
}

pub fn amendment(clauses: Vec<Clause>, bid_deadline: Option<&str>) -> Amendment {
    Amendment { reason: read("更正"), clauses, bid_deadline: bid_deadline.map(read), documents: Vec::new() }
}

pub fn opening(lot: &str) -> Opening {
    Opening { lot: read(lot), opened_at: morning("2026-07-10"), bids: Vec::new() }
}

pub fn failure(lot: &str) -> Failure {
    Failure { lot: read(lot), reason: read("有效投标不足三家") }
}

/// Enterprise A, ranked first, claims `w-1`, which [`issuer`] bought; enterprise B, ranked second, claims `w-2`, which it
/// says it issued itself.
pub fn candidates(lot: &str) -> CandidatePublication {
    let candidate = |id: &str, rank, by: &Author, claim: &str, issuer: &Author| Candidate {
        id: read(id),
        rank: Some(rank),
        bidder: Bidder { members: vec![party("某建设公司", Some(by.id.clone()))] },
        price: yuan(9_000_000),
        score: Some(9250),
        quality: None,
        duration: None,
        persons: Vec::new(),
        claims: vec![Claim {
            id: read(claim),
            kind: ClaimKind::Achievement,
            title: read("某医院门诊楼工程"),
            holder: None,
            issuer: Some(party("业主", Some(issuer.id.clone()))),
            number: None,
            amount: None,
            dated: None,
            accepted: None,
            person: None,
            source: None,
            documents: Vec::new(),
        }],
    };
    CandidatePublication {
        lot: read(lot),
        candidates: vec![
            candidate("a", 1, &enterprise_a(), "w-1", &issuer()),
            candidate("b", 2, &enterprise_b(), "w-2", &enterprise_b()),
        ],
        rejected: Vec::new(),
        committee: Vec::new(),
        channel: read("向招标人书面提出"),
        source: None,
        documents: Vec::new(),
    }
}

/// Against the claim of candidate A.
pub fn challenge(id: &str, lot: &str) -> Challenge {
    Challenge {
        id: read(id),
        lot: read(lot),
        candidate: Some(read("a")),
        claim: Some(read("w-1")),
        reasons: reasons(),
        evidence: Vec::new(),
    }
}

pub fn challenge_answer(lot: &str, challenge: &str) -> ChallengeAnswer {
    ChallengeAnswer {
        lot: read(lot),
        challenge: read(challenge),
        outcome: AnswerOutcome::Rejected,
        reasons: reasons(),
        documents: Vec::new(),
    }
}

pub fn verification(lot: &str, candidate: &str, claim: &str) -> ClaimVerification {
    ClaimVerification {
        lot: read(lot),
        candidate: read(candidate),
        claim: read(claim),
        reasons: reasons(),
        documents: Vec::new(),
    }
}

pub fn refutation(lot: &str, candidate: &str, claim: &str) -> ClaimRefutation {
    ClaimRefutation {
        lot: read(lot),
        candidate: read(candidate),
        claim: read(claim),
        reasons: reasons(),
        documents: Vec::new(),
    }
}

pub fn award(lot: &str, candidate: &str) -> Award {
    Award {
        lot: read(lot),
        candidate: read(candidate),
        commitment: None,
        price: yuan(9_000_000),
        reasons: None,
        scope: None,
        duration: None,
        quality: None,
        persons: Vec::new(),
        certificates: Vec::new(),
        remark: None,
        source: None,
        documents: Vec::new(),
    }
}

pub fn contract(lot: &str, signed: &str) -> Contract {
    Contract {
        lot: read(lot),
        number: read("HT-2026-1"),
        price: yuan(9_000_000),
        signed: read(signed),
        terms: None,
        documents: Vec::new(),
    }
}

pub fn contract_amendment(lot: &str, price: Option<Price>) -> ContractAmendment {
    ContractAmendment {
        lot: read(lot),
        reason: read("设计变更"),
        changes: read("增加连廊"),
        price,
        documents: Vec::new(),
    }
}

pub fn acceptance(lot: &str, passed: bool, inspected: &str) -> ContractAcceptance {
    ContractAcceptance {
        lot: read(lot),
        passed,
        inspected: read(inspected),
        opinion: read("验收意见"),
        documents: Vec::new(),
    }
}

/// One tender and the clock it lives by.
pub struct Run {
    pub state: Option<Tender>,
    pub now: Instant,
    pub version: u64,
    adopted: InForce,
}

impl Run {
    /// Nothing has been disclosed yet.
    pub fn on_morning(day: &str) -> Self {
        Self { state: None, now: morning(day), version: 0, adopted: InForce::newest() }
    }

    /// Preannounced on 2026-06-01; the window is over on the 9th, because the 6th is a Saturday.
    pub fn preannounced() -> Self {
        let mut run = Self::on_morning("2026-06-01");
        run.accepts(&centre(), preannouncement());
        run
    }

    /// Cleared on 2026-06-09, and now it is the morning of the 10th.
    pub fn cleared() -> Self {
        let mut run = Self::preannounced();
        assert_eq!(run.tick(morning("2026-06-10")), ["tender.cleared"]);
        run
    }

    /// Announced on 2026-06-10; bids until 2026-07-10.
    pub fn announced() -> Self {
        let mut run = Self::cleared();
        run.accepts(&centre(), announcement());
        run
    }

    /// The bids of both lots opened and the candidates of lot 1 published on 2026-07-10, until the 14th.
    pub fn with_candidates() -> Self {
        let mut run = Self::announced();
        run.tick(morning("2026-07-10"));
        run.accepts(&centre(), opening("1"));
        run.accepts(&centre(), opening("2"));
        run.accepts(&centre(), candidates("1"));
        run
    }

    /// Decides, and applies what was accepted.
    pub fn act(&mut self, by: &Author, act: impl Into<Act>) -> Result<(), Refusal> {
        let act = act.into();
        self.decide(by, &act)?;
        self.state = self.applied(by, &act);
        self.version += 1;
        Ok(())
    }

    pub fn decide(&self, by: &Author, act: &Act) -> Result<(), Refusal> {
        let on = Stream::of(&read::<TenderCode>("T-1"));
        decide_alone(&on, self.state.as_ref(), act, by, self.now, self.law())
    }

    /// What the act makes of a copy of the state, whether it is allowed or not.
    pub fn applied(&self, by: &Author, act: &Act) -> Option<Tender> {
        let version = self.version + 1;
        let place = Place {
            index: version,
            time: self.now,
            hash: Hash::of(version.to_be_bytes()),
            author: by.id.clone(),
            kid: KeyId::from_bytes([0; 32]),
            version,
        };
        let mut state = self.state.clone();
        fold(&mut state, act, &place, self.law());
        state
    }

    #[track_caller]
    pub fn accepts(&mut self, by: &Author, act: impl Into<Act>) {
        let act = act.into();
        if let Err(refusal) = self.act(by, act.clone()) {
            panic!("{} by {}: {refusal}", act.kind(), by.id);
        }
    }

    /// The refusal, which must be of this type; what was refused must not panic when it is applied all the same.
    #[track_caller]
    pub fn refuses(&self, by: &Author, act: impl Into<Act>, problem: &'static ProblemType) -> Refusal {
        let act = act.into();
        let refusal = self.decide(by, &act).expect_err(act.kind());
        assert_eq!(refusal.problem.code, problem.code, "{refusal}");
        let _ = self.applied(by, &act);
        refusal
    }

    /// Advances the clock; on the way the service acts whenever something is due. Returns the kinds of its acts.
    #[track_caller]
    pub fn tick(&mut self, to: Instant) -> Vec<&'static str> {
        let mut kinds = Vec::new();
        while let Some(next) =
            self.state.as_ref().and_then(|tender| tender.next_due(self.law())).filter(|next| *next <= to)
        {
            self.now = self.now.max(next);
            let due = self.tender().due(self.now, self.law()).expect("next_due promised an act");
            kinds.push(due.kind());
            self.accepts(&service(), due);
        }
        self.now = self.now.max(to);
        kinds
    }

    #[track_caller]
    pub fn tender(&self) -> &Tender {
        self.state.as_ref().unwrap()
    }

    #[track_caller]
    pub fn status(&self) -> &'static str {
        self.tender().status()
    }

    #[track_caller]
    pub fn lot(&self, id: &str) -> &LotState {
        self.tender().lot(&read::<LotId>(id)).unwrap()
    }

    #[track_caller]
    pub fn objection(&self, id: &str) -> &'static str {
        self.tender().objection(&read::<ItemId>(id)).unwrap().phase.name()
    }

    /// When the objection window is over.
    #[track_caller]
    pub fn window(&self) -> Instant {
        match (&self.tender().phase, self.tender().window) {
            (Phase::Preannounced { .. }, Some(window)) => self.end(window),
            (phase, _) => panic!("no window in {}", phase.name()),
        }
    }

    /// When the publicity of a lot's candidates is over.
    #[track_caller]
    pub fn candidates_until(&self, lot: &str) -> Instant {
        match self.lot(lot).phase {
            LotPhase::Candidates { window } => self.end(window),
            ref phase => panic!("no candidates in {}", phase.name()),
        }
    }

    pub fn law(&self) -> Law<'_> {
        Law::of(&self.adopted)
    }

    pub fn end(&self, period: Running) -> Instant {
        self.law().end(period).at
    }
}
