//! Before the bids: the disclosed text, objections to it, the call and its interruptions.

use super::tender::{Subject, complainant};
use super::words::read;
use super::{By, Scene};
use crate::plan::TENDERS;
use crate::seam;
use gongshi::act::{Acts, Capability};
use gongshi::field::{Instant, LotId, Nature, OrganisationId, Party, TenderCode};
use gongshi::organisation::Role;
use gongshi::tender::{
    Act, Adoption, Amendment, Announcement, AnswerOutcome, Clarification, Clause, ClauseKind, ClauseState, Clearance,
    Closure, Contact, Deadline, DeadlineKind, Difference, DocumentSale, EarlierRound, Failure, Ground, Lot, LotPhase,
    Method, Objection, ObjectionAnswer, ObjectionEscalation, ObjectionPhase, ObjectionRuling, ObjectionState,
    ObjectionWithdrawal, PeriodReopening, PlannedDates, Preannouncement, Resumption, Revision, RulingOutcome, ScoreRow,
    SuspensionOrder, Tender, TenderPeriod, Termination, Window, WindowClosure, WindowUnit, Windows, clause_changes,
};

pub fn build(scene: &mut Scene<'_>, subject: &Subject<'_>, kind: &str) -> Option<(Act, By)> {
    let by = subject.runner(scene);
    Some(match kind {
        "tender.preannounced" => (disclosed(scene, subject).into(), By::Player(subject.centre(scene))),
        "tender.preannouncement_revised" => {
            let preannouncement = disclosed(scene, subject);
            (Revision { reason: scene.prose("修改"), preannouncement }.into(), by)
        }
        "tender.adopted" => (adoption(scene, subject).into(), scene.player(Role::Supervisor)),
        "tender.announced" => (announcement(scene, subject).into(), by),
        "tender.clarified" => (
            Clarification { numbers_confirmed: None, text: scene.prose("澄清"), documents: scene.documents() }.into(),
            by,
        ),
        "tender.amended" => (amendment(scene, subject).into(), by),
        "tender.suspended" => (SuspensionOrder { reason: scene.prose("调查") }.into(), scene.player(Role::Supervisor)),
        "tender.resumed" => (Resumption { reason: scene.prose("结束") }.into(), scene.player(Role::Supervisor)),
        "tender.terminated" => (
            Termination { numbers_confirmed: None, reason: scene.prose("取消"), documents: scene.documents() }.into(),
            by,
        ),
        "tender.failed" => {
            let lot = subject.lot(scene, |phase| !phase.is_final());
            let awards = subject.state.and_then(|tender| tender.lot(&lot)).map(|lot| lot.awards.as_slice());
            let one = scene.dice.one_of(awards.filter(|awards| awards.len() > 1).unwrap_or_default());
            let candidate = one.map(|award| award.candidate.clone());
            (Failure { lot, candidate, reason: scene.prose("有效投标不足三家") }.into(), by)
        }
        "tender.period_reopened" => (reopening(scene, subject).into(), scene.player(Role::Supervisor)),
        _ => return objection(scene, subject, kind).or_else(|| of_service(scene, subject, kind)),
    })
}

fn window(scene: &mut Scene<'_>, days: &[u16]) -> Window {
    let unit = if scene.dice.percent(70) { WindowUnit::Day } else { WindowUnit::WorkingDay };
    Window { count: scene.dice.pick(days), unit }
}

fn windows(scene: &mut Scene<'_>) -> Windows {
    Windows {
        objection: window(scene, &[1, 2, 5, 5, 10]),
        answer: window(scene, &[1, 3, 3, 7]),
        escalation: window(scene, &[1, 5, 10]),
        candidates: window(scene, &[3, 3, 3, 3, 3, 5, 5, 1]),
    }
}

const CLAUSES: [(&str, ClauseKind); 5] = [
    ("q-1", ClauseKind::Qualification),
    ("t-1", ClauseKind::Technical),
    ("e-1", ClauseKind::Evaluation),
    ("s-1", ClauseKind::Schedule),
    ("k-1", ClauseKind::Contact),
];

/// The same words come again, so that texts are sometimes equal.
fn clause(scene: &mut Scene<'_>, at: usize) -> Clause {
    let (id, kind) = CLAUSES[at];
    let wording = scene.dice.pick(&["甲", "甲", "甲", "乙", "丙"]);
    Clause { id: read(id), kind, text: scene.prose(wording) }
}

fn clauses(scene: &mut Scene<'_>) -> (Vec<Clause>, Vec<ScoreRow>) {
    let count = scene.dice.pick(&[CLAUSES.len(), CLAUSES.len(), 4]);
    let clauses = (0..count).map(|at| clause(scene, at)).collect();
    let scores = scene.dice.pick(&[0, 0, 1]);
    let row = |scene: &mut Scene<'_>| ScoreRow {
        item: read("价格"),
        max_points: scene.dice.pick(&[6000, 100_000]),
        criteria: read("低价优先"),
        clause: scene.dice.percent(30).then(|| read("e-1")),
    };
    (clauses, (0..scores).map(|_| row(scene)).collect())
}

fn lots(scene: &mut Scene<'_>, subject: &Subject<'_>) -> Vec<Lot> {
    let more = usize::from(scene.dice.percent(10));
    let lot = |scene: &mut Scene<'_>, id: usize| Lot {
        id: read(&id.to_string()),
        title: scene.text("施工"),
        description: None,
        estimate: scene.dice.percent(50).then(|| scene.money()),
        ceiling: None,
        winners: scene.dice.percent(10).then(|| read("2")),
    };
    (1..=1 + subject.at % 2 + more).map(|id| lot(scene, id)).collect()
}

fn party(subject: &Subject<'_>, scene: &mut Scene<'_>) -> Party {
    Party { name: scene.text("某中学"), id: subject.unit(scene) }
}

/// Half of the tenders ask for a commitment; a revision may ask for another one.
fn template(scene: &mut Scene<'_>, subject: &Subject<'_>) -> Option<gongshi::field::TemplateId> {
    let names = super::template::NAMES;
    match scene.dice.below(6) {
        0..3 => None,
        3 | 4 => Some(read(names[subject.at % 3])),
        _ => Some(read(scene.dice.pick(&[names[0], names[1], names[2], "unheard-of"]))),
    }
}

fn disclosed(scene: &mut Scene<'_>, subject: &Subject<'_>) -> Preannouncement {
    let (clauses, score_table) = clauses(scene);
    let open = scene.dice.percent(40);
    let method =
        if open { Method::Open } else { scene.dice.pick(&[Method::Inquiry, Method::SingleSource, Method::Framework]) };
    let (announce, deadline) = (scene.dice.between(0, 5), if open { 26 } else { scene.dice.between(6, 9) });
    let announce = scene.day(announce);
    let centre = scene.cast.player(subject.centre(scene)).id.clone();
    let follows = follows(scene, subject, &centre, &ClauseState::of(&clauses, &score_table));
    let earlier = follows.as_ref().and_then(|follows| seam::tender(scene.world, &follows.tender));
    let procuring_unit = match earlier.filter(|_| scene.dice.percent(95)) {
        Some(earlier) => earlier.procuring_unit.clone(),
        None => party(subject, scene),
    };
    Preannouncement {
        numbers_confirmed: None,
        title: scene.text("教学楼工程"),
        follows,
        procuring_unit,
        centre,
        nature: scene.dice.pick(&[Nature::Works, Nature::Goods, Nature::Services]),
        method,
        method_reason: (!open).then(|| scene.prose("小额采购")),
        region: read("410105"),
        category: scene.dice.percent(50).then(|| read("B01")),
        lots: lots(scene, subject),
        estimate: scene.dice.percent(60).then(|| scene.money()),
        funding: None,
        clauses,
        score_table,
        commitment_template: template(scene, subject),
        planned: PlannedDates { announce, bid_deadline: scene.due(deadline), open: scene.due(deadline + 1) },
        windows: windows(scene),
        contact: Contact { office: scene.text("采购科"), person: scene.sealed(), phone: None, address: None },
        source: None,
        documents: scene.documents(),
    }
}

/// Some follow a tender of the same centre that came to nothing, or one that did not; a revision keeps to what it is.
fn follows(
    scene: &mut Scene<'_>,
    subject: &Subject<'_>,
    centre: &OrganisationId,
    text: &[ClauseState],
) -> Option<EarlierRound> {
    let (tender, lots): (TenderCode, Vec<LotId>) = match subject.state.map(|tender| tender.follows.as_ref()) {
        Some(kept) => kept.map(|kept| (kept.tender.clone(), kept.lots.clone()))?,
        None if scene.dice.percent(50) => return None,
        None => {
            let of_centre =
                |tender: &Tender| tender.centre == *centre && (tender.phase.is_final() || any_failed(tender));
            let codes: Vec<TenderCode> = (0..TENDERS).map(|at| read(&format!("T-{at}"))).collect();
            let ended = |code: &&TenderCode| seam::tender(scene.world, code).is_some_and(of_centre);
            let ended: Vec<&TenderCode> = codes.iter().filter(ended).collect();
            let code =
                if scene.dice.percent(90) { scene.dice.one_of(&ended).copied() } else { scene.dice.one_of(&codes) };
            (code?.clone(), scene.dice.pick(&[&["1"][..], &["1"], &["1", "2"]]).iter().map(|lot| read(lot)).collect())
        }
    };
    let known = seam::tender(scene.world, &tender).map(|tender| tender.clauses.clone()).unwrap_or_default();
    let mut differences = if known.is_empty() { Vec::new() } else { declared(&known, text) };
    if scene.dice.percent(5) {
        differences.pop();
    }
    Some(EarlierRound { tender, lots, differences })
}

fn any_failed(tender: &Tender) -> bool {
    tender.lots.iter().any(|lot| lot.phase == LotPhase::Failed)
}

fn declared(known: &[ClauseState], text: &[ClauseState]) -> Vec<Difference> {
    clause_changes(known, text)
        .into_iter()
        .map(|change| Difference { clause: change.clause, change: change.change, reason: read("更正") })
        .collect()
}

fn adoption(scene: &mut Scene<'_>, subject: &Subject<'_>) -> Adoption {
    Adoption {
        numbers_confirmed: None,
        title: scene.text("外地公告的工程"),
        procuring_unit: party(subject, scene),
        centre: scene.cast.player(subject.centre(scene)).id.clone(),
        nature: scene.dice.percent(70).then_some(Nature::Works),
        region: read("420581"),
        lots: lots(scene, subject),
        windows: windows(scene),
        source: read("https://example.cn/notice/1"),
        reason: scene.prose("后续在本平台发布"),
    }
}

/// Mostly with the disclosed clauses, as far as their words can be found again, and every difference declared.
fn announcement(scene: &mut Scene<'_>, subject: &Subject<'_>) -> Announcement {
    let (mut clauses, mut score_table) = clauses(scene);
    let known = subject.state.map(|tender| tender.clauses.clone()).unwrap_or_default();
    if scene.dice.percent(85) {
        let scored = known.iter().any(|clause| clause.id.as_str() == "score-table");
        score_table.truncate(usize::from(scored));
        for clause in &mut clauses {
            let wordings = ["甲", "乙", "丙"].map(|text| Clause { text: read(text), ..clause.clone() });
            if let Some(same) = wordings.into_iter().find(|text| known.contains(&ClauseState::of_clause(text))) {
                *clause = same;
            }
        }
        clauses.retain(|clause| known.iter().any(|known| known.id == clause.id));
    }
    if clauses.is_empty() {
        clauses.push(clause(scene, 0));
    }
    let mut differences = declared(&known, &ClauseState::of(&clauses, &score_table));
    if scene.dice.percent(5) {
        differences.pop();
    }
    let days = if subject.state.is_some_and(|tender| tender.method == Some(Method::Open)) { 21 } else { 1 };
    let bid_deadline = scene.due(days);
    let open = scene.dice.between(0, 2);
    let open = scene.due(days + open);
    let document_sale = scene.dice.percent(20).then(|| DocumentSale { from: scene.due(0), until: scene.due(5) });
    let (source, documents) = (None, scene.documents());
    Announcement {
        numbers_confirmed: None,
        clauses,
        score_table,
        differences,
        bid_deadline,
        open,
        document_sale,
        source,
        documents,
    }
}

fn amendment(scene: &mut Scene<'_>, subject: &Subject<'_>) -> Amendment {
    let known = subject.state.map(|tender| tender.clauses.clone()).unwrap_or_default();
    let at = scene.dice.below(CLAUSES.len());
    let mut clauses = vec![clause(scene, at)];
    clauses.retain(|clause| known.iter().any(|known| known.id == clause.id) || scene.dice.percent(10));
    let bid_deadline = scene.dice.percent(60).then(|| scene.dice.between(0, 25)).map(|days| scene.due(days));
    Amendment {
        numbers_confirmed: None,
        reason: scene.prose("更正"),
        clauses,
        bid_deadline,
        documents: scene.documents(),
    }
}

fn objection(scene: &mut Scene<'_>, subject: &Subject<'_>, kind: &str) -> Option<(Act, By)> {
    let objections: Vec<&ObjectionState> = subject.state.iter().flat_map(|tender| &tender.objections).collect();
    let open: Vec<&ObjectionState> = objections.iter().copied().filter(|o| !o.phase.is_dealt_with()).collect();
    let late = kind == "tender.objection_escalated" || open.is_empty() || scene.dice.percent(10);
    let chosen = scene.dice.one_of(if late { &objections } else { &open }).copied();
    let id = chosen.map_or(read("o-none"), |objection| objection.id.clone());
    let objector = chosen.and_then(|objection| scene.known(&objection.by)).unwrap_or(By::Player(8));
    Some(match kind {
        "tender.objected" => {
            let clauses = scene.dice.pick(&[&["q-1"][..], &["q-1", "t-1"], &[], &["z-9"]]);
            let objection = Objection {
                numbers_confirmed: None,
                id: read(&format!("o-{}", scene.dice.below(12))),
                clauses: clauses.iter().map(|id| read(id)).collect(),
                ground: scene.dice.pick(&[Ground::Targeted, Ground::Biased, Ground::UnlawfulPeriod, Ground::Other]),
                facts: scene.prose("要求过高"),
                remedy: scene.prose("降低要求"),
                evidence: scene.documents(),
                complainant: scene.sealed(),
            };
            (objection.into(), complainant(scene))
        }
        "tender.objection_answered" => {
            let outcome = scene.dice.pick(&[
                AnswerOutcome::Rejected,
                AnswerOutcome::Rejected,
                AnswerOutcome::Rejected,
                AnswerOutcome::Partly,
                AnswerOutcome::Accepted,
            ]);
            let (reasons, documents) = (scene.prose("答复"), scene.documents());
            (
                ObjectionAnswer { numbers_confirmed: None, objection: id, outcome, reasons, documents }.into(),
                subject.runner(scene),
            )
        }
        "tender.objection_escalated" => {
            let (reasons, evidence) = (scene.prose("不服"), scene.documents());
            (ObjectionEscalation { numbers_confirmed: None, objection: id, reasons, evidence }.into(), objector)
        }
        "tender.objection_ruled" => {
            let outcome = scene.dice.pick(&[RulingOutcome::Dismissed, RulingOutcome::Dismissed, RulingOutcome::Upheld]);
            let (reasons, documents) = (scene.prose("裁定"), scene.documents());
            (
                ObjectionRuling { numbers_confirmed: None, objection: id, outcome, reasons, documents }.into(),
                scene.player(Role::Supervisor),
            )
        }
        "tender.objection_withdrawn" => {
            (ObjectionWithdrawal { objection: id, reason: scene.prose("已了解") }.into(), objector)
        }
        _ => return None,
    })
}

/// Of any period that there is, ended or not.
fn reopening(scene: &mut Scene<'_>, subject: &Subject<'_>) -> PeriodReopening {
    let objections = subject.state.iter().flat_map(|tender| &tender.objections);
    let lots = || subject.state.iter().flat_map(|tender| &tender.lots);
    let mut periods = vec![(TenderPeriod::Objections, None)];
    periods.extend(objections.filter_map(|objection| match objection.phase {
        ObjectionPhase::Filed { .. } => Some((TenderPeriod::ObjectionAnswer, Some(objection.id.clone()))),
        ObjectionPhase::Answered { .. } => Some((TenderPeriod::Escalation, Some(objection.id.clone()))),
        ObjectionPhase::Escalated | ObjectionPhase::Ruled(_) | ObjectionPhase::Withdrawn => None,
    }));
    periods.extend(lots().map(|lot| (TenderPeriod::Candidates, Some(read(lot.id.as_str())))));
    let challenges = lots().flat_map(|lot| &lot.challenges);
    periods.extend(challenges.map(|challenge| (TenderPeriod::ChallengeAnswer, Some(challenge.id.clone()))));
    let (period, item) = periods.swap_remove(scene.dice.below(periods.len()));
    PeriodReopening { period, item, reasons: scene.prose("时钟有误"), documents: scene.documents() }
}

/// What only time brings: somebody claims that it is due, and sometimes it is.
fn of_service(scene: &mut Scene<'_>, subject: &Subject<'_>, kind: &str) -> Option<(Act, By)> {
    let due =
        subject.state.and_then(|tender| tender.due(scene.now, seam::law(scene.world))).filter(|due| due.kind() == kind);
    let guess: Act = match kind {
        "tender.window_closed" => {
            WindowClosure { open_objections: Vec::new(), open_count: 0, revision_required: true }.into()
        }
        "tender.cleared" => Clearance { text_version: scene.dice.between(0, 3) as u32 }.into(),
        "tender.closed" => Closure { lots_accepted: 1, lots_failed: 0 }.into(),
        "tender.deadline_passed" => {
            let filed = subject.state.iter().flat_map(|tender| &tender.objections);
            let due: Vec<(gongshi::field::ItemId, Instant)> = filed
                .filter_map(|objection| match objection.phase {
                    ObjectionPhase::Filed { answer, .. } => {
                        Some((objection.id.clone(), seam::law(scene.world).end(answer).at))
                    }
                    _ => None,
                })
                .collect();
            let (item, due) = scene.dice.one_of(&due).cloned().unwrap_or((read("o-0"), scene.now));
            Deadline { kind: DeadlineKind::ObjectionAnswer, item, due }.into()
        }
        _ => return None,
    };
    Some((due.unwrap_or(guess), By::Service))
}

/// Whether bids may still come.
pub fn is_waiting(phase: &LotPhase) -> bool {
    matches!(phase, LotPhase::Waiting { .. })
}
