//! Who may not bid: a ban in force that is disputed, one that was repaired, one that was revoked, and one for another's deed.

use crate::access::{
    AccessId, Act, BarObjection, BarObjectionRuling, BarRevocation, BarRulingOutcome, BarScope, Barring,
    RepairApplication, RepairDecision, RepairOutcome, RepairPath,
};
use crate::demo::cast::{Cast, Who};
use crate::demo::days::{Days, morning};
use crate::demo::papers::{
    BAN_DECISION, DEFAULT_DECISION, OBJECTION_PAPER, PENALTY, Paper, REPAIR_PAPER, REVIEW_DECISION, TAX_NOTICE,
    TRUST_PLEDGE,
};
use crate::demo::phrase::literal;
use crate::demo::stage::{Cue, Posting};
use crate::field::{Citations, Day, Instant, OrganisationId, Party};
use crate::law::RepairRegime;
use crate::world::Stream;

/// Firms that never registered here: a bar is entered all the same.
const REPAIRED: (&str, &str) = ("91411000MA9DEM220W", "许昌颍水建材有限公司（示例）");
const REVOKED: (&str, &str) = ("91411000MA9DEM239R", "许昌春秋家具有限公司（示例）");

/// The records about access.
pub fn cues(days: &Days, cast: &Cast) -> Vec<(Instant, Cue)> {
    let mut desk = Desk { cast, now: days.present, cues: Vec::new() };

    desk.on(days, 40);
    let (from, to) = (days.ago(420), Day::from(days.ahead(300)));
    let notice = Decision {
        kind: "tax-list",
        authority: "许昌市税务局（示例）",
        number: "许税稽公〔示例〕12号",
        article: "财库〔2016〕125号",
    };
    desk.bars(Who::City, &REPAIRED, notice, (from, to), &TAX_NOTICE);

    desk.on(days, 34);
    let ban = Decision {
        kind: "procurement-ban",
        authority: "许昌市财政局（示例）",
        number: "许财购罚〔示例〕7号",
        article: "《政府采购法》第七十七条第一款第（一）项",
    };
    desk.bars(Who::City, &REVOKED, ban, (days.back(34).into(), days.ahead(200).into()), &BAN_DECISION);

    desk.on(days, 30);
    let application = RepairApplication {
        id: literal("r-1"),
        bar: literal("b-1"),
        regime: RepairRegime::Ndrc,
        path: RepairPath::Ordinary,
        corrected: Some(literal("已补缴税款及滞纳金，更正申报")),
        obligations: Some(literal("罚款已缴清，见完税证明")),
        commitment: Some(TRUST_PLEDGE.cited()),
        court_decision: None,
        paper: Some(REPAIR_PAPER.cited()),
        documents: Citations::default(),
        numbers_confirmed: None,
    };
    desk.posts(Who::City, REPAIRED.0, application);
    desk.on(days, 26);
    let reasons = literal("最短公示期已满，税款、滞纳金、罚款均已缴清，信用承诺已公开，准予修复");
    let (application, outcome, documents) = (literal("r-1"), RepairOutcome::Approved, Citations::default());
    desk.posts(Who::Province, REPAIRED.0, RepairDecision { application, outcome, reasons, documents });

    // It begins later on, and is lifted before that: the decision was another firm's of a similar name.
    let huangfan = (Who::Huangfan.player().id, Who::Huangfan.player().name);
    desk.on(days, 20);
    let breach = Decision {
        kind: "tender-ban-breach",
        authority: "周口市住房和城乡建设局（示例）",
        number: "周建罚〔示例〕21号",
        article: "《招标投标法》第六十条第二款",
    };
    desk.bars(Who::City, &huangfan, breach, (days.ahead(20).into(), days.ahead(500).into()), &DEFAULT_DECISION);
    desk.on(days, 18);
    let grounds = literal("决定书所列为周口黄泛工程咨询有限公司，与本公司名称相近而非同一主体，代码亦不同");
    desk.posts(Who::Huangfan, huangfan.0, objection(grounds, None));
    desk.on(days, 15);
    let reasons = literal("经向作出机关核实，处罚对象不是该公司，登记有误");
    let (objection_id, outcome, documents) = (literal("o-1"), BarRulingOutcome::Upheld, Citations::default());
    desk.posts(Who::Province, huangfan.0, BarObjectionRuling { objection: objection_id, outcome, reasons, documents });

    desk.on(days, 10);
    let (bar, reason) = (literal("b-1"), literal("行政复议认定事实不清，决定已撤销"));
    let (document, documents) = (REVIEW_DECISION.cited(), Citations::default());
    desk.posts(Who::Province, REVOKED.0, BarRevocation { bar, reason, document, documents });

    desk.on(days, 2);
    let fraud = Decision {
        kind: "tender-ban-fraud",
        authority: Who::Province.player().name,
        number: "豫公管罚〔示例〕3号",
        article: "《招标投标法》第五十四条第二款",
    };
    let heluo = (Who::Heluo.player().id, Who::Heluo.player().name);
    desk.bars(Who::Province, &heluo, fraud, (days.back(2).into(), days.ahead(240).into()), &PENALTY);
    // It is suspended and signs nothing, so it hands its objection in.
    desk.on(days, 1);
    let grounds = literal("合同系代理人伪造，本公司不知情，请求减轻");
    desk.posts(Who::City, heluo.0, objection(grounds, Some(&OBJECTION_PAPER)));
    desk.cues
}

fn objection(grounds: crate::field::Prose<5000>, paper: Option<&Paper>) -> BarObjection {
    BarObjection {
        id: literal("o-1"),
        bar: literal("b-1"),
        grounds,
        paper: paper.map(Paper::cited),
        documents: Citations::default(),
        numbers_confirmed: None,
    }
}

/// What an authority decided.
struct Decision {
    kind: &'static str,
    authority: &'static str,
    number: &'static str,
    article: &'static str,
}

/// One record after the other.
struct Desk<'a> {
    cast: &'a Cast,
    now: Instant,
    cues: Vec<(Instant, Cue)>,
}

const NEXT_MILLIS: i64 = 7 * 60_000 + 11_000;

impl Desk<'_> {
    /// So many working days before the present.
    fn on(&mut self, days: &Days, back: usize) {
        self.now = morning(days.back(back), 26);
    }

    fn bars(&mut self, by: Who, firm: &(&str, &str), decision: Decision, (from, to): (Day, Day), paper: &Paper) {
        let Decision { kind, authority, number, article } = decision;
        // Where the supervisor that enters it decided itself, it is known by its code.
        let own = by.player().name == authority;
        let barring = Barring {
            id: literal("b-1"),
            organisation: literal(firm.0),
            kind: literal(kind),
            name: literal(firm.1),
            authority: Some(Party { name: literal(authority), id: own.then(|| by.id()) }),
            decision: Some(literal(number)),
            article: Some(literal(article)),
            scope: Some(BarScope::default()),
            from: Some(from),
            to: Some(to),
            document: Some(paper.cited()),
            regime: None,
            numbers_confirmed: None,
        };
        self.posts(by, firm.0, barring);
    }

    fn posts(&mut self, by: Who, firm: &str, act: impl Into<Act>) {
        let stream = Stream::of(&AccessId(literal::<OrganisationId>(firm)));
        let posting = Posting { key: self.cast.key(by).clone(), stream, act: act.into().into() };
        self.cues.push((self.now, Cue::Post(Box::new(posting))));
        self.now = self.now.plus_millis(NEXT_MILLIS);
    }
}
