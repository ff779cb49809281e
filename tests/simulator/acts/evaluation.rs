//! Evaluations: seals, what was sealed, and what supervisors make of it.

use super::words::read;
use super::{By, Draft, Scene};
use crate::plan::{COMMITMENTS, Intent, TENDERS};
use crate::seam;
use gongshi::act::Acts;
use gongshi::evaluation::{
    Act, Evaluation, EvaluationDeadline, EvaluationPeriod, EvaluationReopening, EvaluationStage, Judgement, Rating,
    RatingAppeal, RatingCorrection, RatingPhase, RatingReply, RatingRuling, RatingSeal, RatingVerification, Score,
    Scored, sealed,
};
use gongshi::field::{Citations, Dimension, Evaluated, EvaluationId, TenderCode};
use gongshi::log::Hash;
use gongshi::organisation::Role;
use gongshi::template::Side;
use gongshi::world::{Act as AnyAct, World};

/// Every evaluation that some tender or year has brought about.
pub fn known(world: &World) -> Vec<EvaluationId> {
    let mut all = Vec::new();
    for at in 0..TENDERS {
        let code: TenderCode = read(&format!("T-{at}"));
        let milestones = seam::tender(world, &code).map(|tender| tender.milestones.clone()).unwrap_or_default();
        all.extend(milestones.into_iter().map(|reached| EvaluationId {
            commitment: reached.commitment,
            occasion: Evaluated::Lot { tender: code.clone(), lot: reached.lot, milestone: reached.milestone },
        }));
    }
    let commitments = (0..COMMITMENTS).map(|at| read(&format!("C-{at}")));
    let ended =
        commitments.filter(|id| seam::commitment(world, id).is_some_and(|commitment| commitment.year_ended.is_some()));
    all.extend(ended.map(EvaluationId::of_year));
    all
}

pub fn draft(scene: &mut Scene<'_>, intent: &Intent) -> Option<Draft> {
    let (known, commitment) = (known(scene.world), format!("C-{}", intent.which));
    let own: Vec<_> = known.iter().filter(|id| id.commitment.as_str() == commitment).cloned().collect();
    // The newest ones are under way.
    let newest = known.len().saturating_sub(4);
    let id = scene.dice.one_of(&own).or_else(|| scene.dice.one_of(&known[newest..])).cloned();
    if id.is_none() && intent.sensible {
        // There is nothing to evaluate yet.
        return super::commitment::draft(scene, intent);
    }
    let id = id.unwrap_or_else(|| read("C-0:year_end"));
    let found = seam::evaluation(scene.world, &id);
    let rater = scene.dice.pick(&[Side::Unit, Side::Enterprise]);
    let kind = match found {
        Some(found) if intent.sensible => sensible(scene, found.rating(rater)),
        _ => Act::KINDS[scene.dice.below(Act::KINDS.len())],
    };
    let (act, by) = build(scene, (&id, found), rater, kind)?;
    Some(Draft { stream: seam::evaluation_stream(&id), act, by })
}

fn sensible(scene: &mut Scene<'_>, rating: &RatingPhase) -> &'static str {
    if scene.dice.percent(8) {
        return "evaluation.period_reopened";
    }
    match rating {
        RatingPhase::Awaited => "evaluation.sealed",
        RatingPhase::Sealed { .. } => "evaluation.revealed",
        RatingPhase::Silent { .. } | RatingPhase::Withheld { .. } => scene.after_the_end(Act::KINDS),
        RatingPhase::Scored(scored) => match scored.judgement {
            _ if scene.dice.percent(15) => "evaluation.replied",
            Judgement::Unjudged => {
                scene.dice.pick(&["evaluation.verified", "evaluation.corrected", "evaluation.appealed"])
            }
            Judgement::Verified { .. } | Judgement::Corrected { .. } => "evaluation.appealed",
            Judgement::Appealed { .. } => "evaluation.appeal_ruled",
            Judgement::Final => scene.after_the_end(Act::KINDS),
        },
    }
}

/// What a side thinks of the other: always the same, so that it can be revealed in a run that goes on elsewhere.
fn rating(id: &EvaluationId, found: Option<&Evaluation>, rater: Side) -> Rating {
    let drawn = Hash::of(format!("{id} {}", rater.name()));
    let asked: Vec<Dimension> = match found {
        Some(found) => found.criteria_of(rater.other()).map(|criterion| criterion.dimension).collect(),
        None => vec![Dimension::Truth],
    };
    let score = |(at, dimension): (usize, Dimension)| {
        let score = 60 + drawn.as_bytes()[at] % 36;
        Score { dimension, score, reasons: None, documents: Citations::default() }
    };
    let salt = format!("{}A", &drawn.to_string()[..42]);
    let scores = asked.into_iter().enumerate().map(score).collect();
    Rating { salt: read(&salt), scores, statement: Some(read("如约履行")), numbers_confirmed: None }
}

fn build(
    scene: &mut Scene<'_>,
    (id, found): (&EvaluationId, Option<&Evaluation>),
    rater: Side,
    kind: &str,
) -> Option<(AnyAct, By)> {
    let party = |scene: &Scene<'_>, side: Side| found.and_then(|found| scene.known(found.party(side)));
    let supervisor = scene.player(Role::Supervisor);
    let by_rater = party(scene, rater).unwrap_or_else(|| supervisor.clone());
    let by_rated = party(scene, rater.other()).unwrap_or_else(|| supervisor.clone());
    let (documents, numbers_confirmed) = (scene.documents(), None);
    let given = rating(id, found, rater);
    let score = scene.dice.below(101) as u8;
    let scores: Vec<Scored> =
        given.scores.first().map(|first| Scored { dimension: first.dimension, score }).into_iter().collect();
    let (act, by): (Act, By) = match kind {
        "evaluation.opened" => {
            // The service begins it by itself; what it would say is refused from anybody else.
            let owed = seam::owed(scene.world, &seam::evaluation_stream(id))?;
            let by = if scene.dice.percent(50) { By::Service } else { by_rater };
            return Some((owed, by));
        }
        "evaluation.sealed" => {
            let seal = sealed(&seam::evaluation_stream(id), rater, &given);
            let seal = if scene.dice.percent(5) { Hash::of("something else") } else { seal };
            (RatingSeal { seal }.into(), by_rater)
        }
        "evaluation.revealed" => (given.into(), by_rater),
        "evaluation.deadline_passed" => {
            let stage = scene.dice.pick(&[EvaluationStage::Sealing, EvaluationStage::Revealing]);
            (EvaluationDeadline { stage, due: scene.instant(-2, 0), missed: vec![rater] }.into(), By::Service)
        }
        "evaluation.replied" => {
            (RatingReply { rater, statement: scene.prose("已整改"), documents, numbers_confirmed }.into(), by_rated)
        }
        "evaluation.verified" => {
            let reasons = scene.prose("与证据相符");
            (RatingVerification { rater, reasons, documents, numbers_confirmed }.into(), supervisor)
        }
        "evaluation.corrected" => {
            let reasons = scene.prose("与证据不符");
            (RatingCorrection { rater, scores, reasons, documents, numbers_confirmed }.into(), supervisor)
        }
        "evaluation.appealed" => {
            (RatingAppeal { rater, grounds: scene.prose("不服"), documents, numbers_confirmed }.into(), by_rated)
        }
        "evaluation.period_reopened" => {
            let period =
                scene.dice.pick(&[EvaluationPeriod::Sealing, EvaluationPeriod::Revealing, EvaluationPeriod::Appeal]);
            let rater = (period == EvaluationPeriod::Appeal).then_some(rater);
            let reasons = scene.prose("时钟有误");
            (EvaluationReopening { period, rater, reasons, documents }.into(), supervisor)
        }
        "evaluation.appeal_ruled" => {
            let reasons = scene.prose("复核");
            (RatingRuling { rater, scores, reasons, documents, numbers_confirmed }.into(), supervisor)
        }
        _ => return None,
    };
    Some((act.into(), by))
}
