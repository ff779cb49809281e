//! Access: bars, what is said against them, and how they end before their time.

use super::words::read;
use super::{By, Draft, Scene};
use crate::plan::Intent;
use crate::seam;
use gongshi::access::{
    Access, Act, Bar, BarObjection, BarObjectionRuling, BarRevocation, BarRulingOutcome, BarScope, Barring,
    RepairApplication, RepairDecision, RepairOutcome, RepairPath,
};
use gongshi::act::Acts;
use gongshi::field::{Citations, DocumentRef, ItemId, OrganisationId, Party};
use gongshi::law::{BarField, BarMeasure, RepairRegime};
use gongshi::organisation::Role;

/// Kinds with an article of theirs; the last one bars nobody.
const KINDS: [(&str, &str); 5] = [
    ("procurement-ban", "《政府采购法》第七十七条"),
    ("tender-ban-fraud", "招标投标法第五十四条"),
    ("court-list", "法〔2016〕285号"),
    ("market-list", "政府采购法第二十二条"),
    ("own-score", "内部评分办法"),
];

fn sensible(scene: &mut Scene<'_>, found: Option<&Access>) -> &'static str {
    let Some(bar) = found.and_then(|access| access.bars.last()) else { return "access.barred" };
    match () {
        () if bar.lifted.is_some() => "access.barred",
        () if bar.open_objection().is_some() && scene.dice.percent(85) => "access.objection_ruled",
        () if bar.open_application().is_some() && scene.dice.percent(85) => "access.repair_decided",
        () if scene.dice.percent(40) => "access.objected",
        () if scene.dice.percent(40) => "access.repair_applied",
        () if scene.dice.percent(40) => "access.revoked",
        () => "access.barred",
    }
}

pub fn draft(scene: &mut Scene<'_>, intent: &Intent) -> Option<Draft> {
    let enterprises = scene.cast.players.iter().filter(|player| player.role == Role::Enterprise);
    let ids: Vec<OrganisationId> = enterprises.map(|player| player.id.clone()).collect();
    let id = &ids[intent.which % ids.len()];
    let found = seam::access(scene.world, id);
    let kind = if intent.sensible { sensible(scene, found) } else { Act::KINDS[scene.dice.below(Act::KINDS.len())] };
    let (act, by) = build(scene, id, found, kind)?;
    Some(Draft { stream: seam::access_stream(id), act: act.into(), by })
}

fn build(scene: &mut Scene<'_>, id: &OrganisationId, found: Option<&Access>, kind: &str) -> Option<(Act, By)> {
    let bars = found.map(|access| &*access.bars).unwrap_or_default();
    let bar = if scene.dice.percent(80) { bars.last() } else { scene.dice.one_of(bars) };
    let bar_id = bar.map_or(read("b-0"), |bar| bar.id.clone());
    let supervisor = overseer(scene, bar, kind);
    let document = scene.document()?;
    Some(match kind {
        "access.barred" => (barring(scene, id, bars.len(), document), supervisor),
        "access.revoked" => {
            let (reason, documents) = (scene.prose("决定已撤销"), scene.documents());
            (BarRevocation { bar: bar_id, reason, document, documents }.into(), supervisor)
        }
        "access.objected" => {
            let (by, paper) = filed(scene, id, supervisor, document);
            let id = read(&format!("o-{}", scene.dice.below(8)));
            let (grounds, documents) = (scene.prose("对象有误"), scene.documents());
            (BarObjection { id, bar: bar_id, grounds, paper, documents, numbers_confirmed: None }.into(), by)
        }
        "access.objection_ruled" => {
            let open = bar.and_then(Bar::open_objection).map(|filed| filed.id.clone());
            let objection = open.unwrap_or_else(|| read("o-0"));
            let outcome = scene.dice.pick(&[BarRulingOutcome::Dismissed, BarRulingOutcome::Upheld]);
            let (reasons, documents) = (scene.prose("已核实"), scene.documents());
            (BarObjectionRuling { objection, outcome, reasons, documents }.into(), supervisor)
        }
        "access.repair_applied" => application(scene, id, bar, bar_id, supervisor, document),
        "access.repair_decided" => {
            let open = bar.and_then(Bar::open_application).map(|filed| filed.id.clone());
            let application = open.unwrap_or_else(|| read("r-0"));
            let outcome = scene.dice.pick(&[RepairOutcome::Approved, RepairOutcome::Refused]);
            let (reasons, documents) = (scene.prose("符合条件"), scene.documents());
            (RepairDecision { application, outcome, reasons, documents }.into(), supervisor)
        }
        _ => return None,
    })
}

/// Mostly another one than entered the bar, where that one may not rule.
fn overseer(scene: &mut Scene<'_>, bar: Option<&Bar>, kind: &str) -> By {
    let entered = bar.filter(|_| kind == "access.objection_ruled").map(|bar| bar.entered.by.clone());
    let drawn = scene.cast.with_role(Role::Supervisor, &mut scene.dice);
    let again = entered.as_ref() == Some(&scene.cast.player(drawn).id) && scene.dice.percent(80);
    let chosen = if again { scene.cast.with_role(Role::Supervisor, &mut scene.dice) } else { drawn };
    By::Player(chosen)
}

fn barring(scene: &mut Scene<'_>, id: &OrganisationId, known: usize, document: DocumentRef) -> Act {
    let count = if scene.dice.percent(90) { KINDS.len() - 1 } else { KINDS.len() };
    let (kind, article) = KINDS[scene.dice.below(count)];
    let mut scope = BarScope::default();
    if scene.dice.percent(20) {
        scope.regions = vec![read(scene.dice.pick(&["410000", "410105", "420000"]))];
    }
    if scene.dice.percent(10) {
        scope.fields = vec![scene.dice.pick(&[BarField::Tendering, BarField::GovernmentProcurement])];
    }
    if scene.dice.percent(30) {
        scope.measures = vec![BarMeasure::Award, scene.dice.pick(&[BarMeasure::Contract, BarMeasure::Registration])];
    }
    // Some began long ago, and can be repaired; most are over soon, so that tenders go on.
    let (from, to) = (scene.dice.pick(&[-500, -500, -3, 0, 9]), scene.dice.pick(&[1, 2, 5, 5, 20, 300, 2000]));
    let authority = scene.cast.with_role(Role::Supervisor, &mut scene.dice);
    let own = scene.dice.percent(50).then(|| scene.cast.player(authority).id.clone());
    Barring {
        id: read(&format!("b-{}", if scene.dice.percent(90) { known } else { 0 })),
        organisation: id.clone(),
        kind: read(kind),
        name: scene.text("某公司"),
        authority: Some(Party { name: read("某局"), id: own }),
        decision: scene.dice.percent(97).then(|| read("某罚〔2026〕1号")),
        article: Some(read(article)),
        scope: Some(scope),
        from: Some(scene.day(from)),
        to: scene.dice.percent(97).then(|| scene.day(to)),
        document: Some(document),
        regime: None,
        numbers_confirmed: None,
    }
    .into()
}

/// By the organisation itself, or on paper by a supervisor; sometimes the wrong way round.
fn filed(scene: &mut Scene<'_>, id: &OrganisationId, supervisor: By, paper: DocumentRef) -> (By, Option<DocumentRef>) {
    let own = scene.known(id).filter(|_| scene.dice.percent(70));
    let with_paper = own.is_none() != scene.dice.percent(5);
    (own.unwrap_or(supervisor), with_paper.then_some(paper))
}

fn application(
    scene: &mut Scene<'_>,
    id: &OrganisationId,
    bar: Option<&Bar>,
    bar_id: ItemId,
    supervisor: By,
    document: DocumentRef,
) -> (Act, By) {
    let (by, paper) = filed(scene, id, supervisor, document.clone());
    let right = bar.map_or(RepairRegime::Ndrc, |bar| bar.regime);
    let regime = if scene.dice.percent(90) { right } else { RepairRegime::Samr };
    let path = scene.dice.pick(&[RepairPath::Ordinary, RepairPath::Ordinary, RepairPath::Reorganisation]);
    let application = RepairApplication {
        id: read(&format!("r-{}", scene.dice.below(8))),
        bar: bar_id,
        regime,
        path,
        corrected: scene.dice.percent(95).then(|| scene.prose("已纠正")),
        obligations: Some(scene.prose("已履行")),
        commitment: Some(document.clone()),
        court_decision: (path == RepairPath::Reorganisation).then_some(document),
        paper,
        documents: Citations::default(),
        numbers_confirmed: None,
    };
    (application.into(), by)
}
