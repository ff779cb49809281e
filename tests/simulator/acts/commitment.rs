//! Commitments: offers, signatures, and what is said to be broken.

use super::template::NAMES;
use super::words::read;
use super::{By, Draft, Scene};
use crate::plan::{Intent, TENDERS};
use crate::seam;
use gongshi::act::Acts;
use gongshi::commitment::{
    Acceptance, Act, Appeal, AppealRuling, Binding, Breach, BreachAnswer, BreachFinding, BreachPhase, BreachRuling,
    BreachState, Commitment, CommitmentPeriod, Deadline, Decline, Lapse, LotBinding, Offer, Phase, TermReopening,
    YearBinding, YearEnd,
};
use gongshi::field::{ClauseId, OrganisationId};
use gongshi::log::Hash;
use gongshi::organisation::Role;
use gongshi::template::{Side, TemplateRef};

fn sensible(scene: &mut Scene<'_>, found: Option<&Commitment>) -> &'static str {
    let Some(found) = found else { return "commitment.offered" };
    if scene.dice.percent(4) {
        return "commitment.period_reopened";
    }
    match found.phase {
        Phase::Offered { .. } if scene.dice.percent(85) => "commitment.accepted",
        Phase::Offered { .. } => "commitment.declined",
        Phase::Declined | Phase::Lapsed => scene.after_the_end(Act::KINDS),
        // Several at once, whose times run out one after the other.
        Phase::Effective { .. } if scene.dice.percent(25) => "commitment.breach_reported",
        Phase::Effective { .. } => match breach(scene, found).map(|breach| &breach.phase) {
            None => "commitment.breach_reported",
            Some(BreachPhase::Reported { overdue: false, .. }) => "commitment.breach_answered",
            Some(BreachPhase::Reported { overdue: true, .. } | BreachPhase::Answered) => "commitment.breach_ruled",
            Some(BreachPhase::Ruled { .. }) => "commitment.breach_appealed",
            Some(BreachPhase::Appealed { .. }) => "commitment.appeal_ruled",
            Some(BreachPhase::Final { .. }) => "commitment.breach_reported",
        },
    }
}

fn breach<'a>(scene: &mut Scene<'_>, found: &'a Commitment) -> Option<&'a BreachState> {
    // The last one is the least decided.
    if scene.dice.percent(70) { found.breaches.last() } else { scene.dice.one_of(&found.breaches) }
}

pub fn draft(scene: &mut Scene<'_>, intent: &Intent) -> Option<Draft> {
    let id = read(&format!("C-{}", intent.which));
    let found = seam::commitment(scene.world, &id);
    let kind = if intent.sensible { sensible(scene, found) } else { Act::KINDS[scene.dice.below(Act::KINDS.len())] };
    let (act, by) = if kind == "commitment.offered" { offer(scene)? } else { build(scene, found, kind)? };
    Some(Draft { stream: seam::commitment_stream(&id), act, by })
}

fn offer(scene: &mut Scene<'_>) -> Option<(gongshi::world::Act, By)> {
    let id = read(NAMES[scene.dice.below(NAMES.len())]);
    let template = match seam::template(scene.world, &id) {
        Some(found) => {
            // Mostly the latest.
            let back = scene.dice.below(10).saturating_sub(7);
            let at = found.versions.len().saturating_sub(1 + back);
            TemplateRef { id, version: at as u32 + 1, entry: found.versions[at].entry }
        }
        None => TemplateRef { id, version: 1, entry: Hash::of("nothing") },
    };
    let tenders = (0..TENDERS).map(|at| read(&format!("T-{at}")));
    let open: Vec<_> =
        tenders.filter(|code| seam::tender(scene.world, code).is_some_and(|tender| !tender.phase.is_final())).collect();
    let tender = scene.dice.one_of(&open).cloned().filter(|_| scene.dice.percent(70));
    let (unit, binding) = match tender {
        Some(code) => {
            let state = seam::tender(scene.world, &code)?;
            let centre = state.centre.clone();
            let unit = state.procuring_unit.id.clone().filter(|_| scene.dice.percent(50)).unwrap_or(centre);
            let lot = read(scene.dice.pick(&["1", "1", "2", "9"]));
            (unit, Binding::Lot(LotBinding { tender: code, lot }))
        }
        None => {
            let role = scene.dice.pick(&[Role::Centre, Role::ProcuringUnit]);
            let unit = scene.cast.with_role(role, &mut scene.dice);
            let year = scene.dice.pick(&[2026, 2025, 2027, 2025]);
            (scene.cast.player(unit).id.clone(), Binding::Year(YearBinding { year }))
        }
    };
    let enterprise = scene.cast.with_role(Role::Enterprise, &mut scene.dice);
    let enterprise_id = scene.cast.player(enterprise).id.clone();
    let by = if scene.dice.percent(50) { scene.known(&unit)? } else { By::Player(enterprise) };
    let offer = Offer { numbers_confirmed: None, template, unit, enterprise: enterprise_id, binding };
    Some((Act::from(offer).into(), by))
}

fn build(scene: &mut Scene<'_>, found: Option<&Commitment>, kind: &str) -> Option<(gongshi::world::Act, By)> {
    let offer = found.map_or(Hash::of("nothing"), |found| found.offer);
    let party = |side: Side| found.map(|found| found.party(side).clone());
    let other = found.and_then(|found| party(found.offered_by.other()));
    let chosen = found.and_then(|found| breach(scene, found));
    let id = chosen.map_or(read("b-0"), |breach| breach.id.clone());
    let against = chosen.and_then(|breach| party(breach.against));
    let supervisor = scene.player(Role::Supervisor);
    let by = |scene: &Scene<'_>, id: Option<OrganisationId>| {
        id.and_then(|id| scene.known(&id)).unwrap_or_else(|| supervisor.clone())
    };
    let finding = scene.dice.pick(&[
        BreachFinding::Dismissed,
        BreachFinding::Minor,
        BreachFinding::Serious,
        BreachFinding::Grave,
    ]);
    let documents = scene.documents();
    let (act, by): (Act, By) = match kind {
        "commitment.accepted" => (Acceptance { offer }.into(), by(scene, other)),
        "commitment.declined" => (Decline { offer, reasons: scene.prose("不参加") }.into(), by(scene, other)),
        "commitment.year_ended" => (YearEnd { year: scene.dice.pick(&[2025, 2026]) }.into(), By::Service),
        "commitment.lapsed" => (Lapse { offer }.into(), By::Service),
        "commitment.breach_reported" => return report(scene, found),
        "commitment.breach_answered" => {
            (BreachAnswer { breach: id, statement: scene.prose("情况说明"), documents }.into(), by(scene, against))
        }
        "commitment.deadline_passed" => (Deadline { breach: id, due: scene.instant(-2, 0) }.into(), By::Service),
        "commitment.breach_ruled" => {
            (BreachRuling { breach: id, finding, reasons: scene.prose("认定"), documents }.into(), by(scene, None))
        }
        "commitment.breach_appealed" => {
            (Appeal { breach: id, grounds: scene.prose("不服"), documents }.into(), by(scene, against))
        }
        "commitment.appeal_ruled" => {
            (AppealRuling { breach: id, finding, reasons: scene.prose("复核"), documents }.into(), by(scene, None))
        }
        "commitment.period_reopened" => {
            let (period, breach) = match chosen.map(|breach| (&breach.phase, &breach.id)) {
                None => (CommitmentPeriod::Offer, None),
                Some((BreachPhase::Ruled { .. }, id)) => (CommitmentPeriod::Appeal, Some(id.clone())),
                Some((_, id)) => (CommitmentPeriod::BreachAnswer, Some(id.clone())),
            };
            (TermReopening { period, breach, reasons: scene.prose("时钟有误"), documents }.into(), by(scene, None))
        }
        _ => return None,
    };
    Some((act.into(), by))
}

fn report(scene: &mut Scene<'_>, found: Option<&Commitment>) -> Option<(gongshi::world::Act, By)> {
    let found = found?;
    let against = scene.dice.pick(&[Side::Unit, Side::Enterprise]);
    let at = (found.template.version as usize).saturating_sub(1);
    let version = seam::template(scene.world, &found.template.id).and_then(|template| template.versions.get(at));
    let promised: Vec<ClauseId> = version.map(|version| version.clauses(against).to_vec()).unwrap_or_default();
    let mut clauses: Vec<ClauseId> = scene.dice.one_of(&promised).cloned().into_iter().collect();
    if scene.dice.percent(5) || clauses.is_empty() {
        clauses = vec![read("z-9")];
    }
    let id = read(&format!("b-{}", scene.dice.below(8)));
    let (facts, documents) = (scene.prose("逾期未付款"), scene.documents());
    let reporter = if scene.dice.percent(70) { scene.known(found.party(against.other())) } else { None };
    let by = reporter.unwrap_or_else(|| scene.player(Role::Supervisor));
    Some((Act::from(Breach { numbers_confirmed: None, id, against, clauses, facts, documents }).into(), by))
}
