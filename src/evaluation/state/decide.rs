//! Which acts an evaluation allows now, and by whom.

use super::super::{
    Act, EvaluationOpening, EvaluationPeriod, EvaluationReopening, Rating, RatingReply, Scored, sealed,
};
use super::{Evaluation, Judgement, Milestones, RatingPhase, SIDES, ScoredRating};
use crate::act::{Acts, Author, Capability, Moment, Role, must_have, must_rule};
use crate::commitment::{Call, Commitment};
use crate::field::{Dimension, EvaluationId, Fault, FieldFault};
use crate::law::{DayRule, Running};
use crate::problem::{self, Refusal};
use crate::template::{Side, Template};

/// Whether the act may enter the log now.
///
/// # Errors
/// Who may not sign it, what it refers to and is not there, or the state that forbids it.
pub(super) fn decide(state: Option<&Evaluation>, act: &Act, at: &Moment<'_>) -> Result<(), Refusal> {
    let by = at.author()?;
    let evaluation = match (state, act) {
        (None, Act::Opened(opening)) => return decide_opening(opening, act, by, at),
        (None, _) => {
            return Err(Refusal::new(&problem::EVALUATION_UNKNOWN, "没有该评价", "there is no such evaluation"));
        }
        (Some(evaluation), _) => evaluation,
    };
    match act {
        Act::Opened(_) => Err(forbids(evaluation, act)),
        Act::DeadlinePassed(_) => {
            must_have(by, &[Role::Service])?;
            if evaluation.due(at.now, at.law).as_ref() == Some(act) { Ok(()) } else { Err(forbids(evaluation, act)) }
        }
        Act::Sealed(_) => {
            let rater = side(evaluation, by)?;
            match evaluation.rating(rater) {
                RatingPhase::Awaited => must_run(evaluation.sealing, &at.law.edition().evaluation.sealing, at),
                other => Err(Refusal::state_forbids(act.kind(), other.status().name())),
            }
        }
        Act::Revealed(rating) => decide_reveal(evaluation, act, rating, by, at),
        Act::Replied(reply) => decide_reply(evaluation, act, reply, by),
        Act::Verified(verification) => decide_judgement(evaluation, act, (verification.rater, &[]), by, at),
        Act::Corrected(correction) => decide_judgement(evaluation, act, (correction.rater, &correction.scores), by, at),
        Act::Appealed(appeal) => {
            side(evaluation, by)?;
            let scored = scored(evaluation, act, appeal.rater)?;
            match scored.judgement {
                Judgement::Unjudged | Judgement::Verified { .. } | Judgement::Corrected { .. } => {
                    must_run(scored.appeal, &at.law.edition().evaluation.appeal, at)
                }
                Judgement::Appealed { .. } | Judgement::Final => Err(rating_forbids(evaluation, act, appeal.rater)),
            }
        }
        Act::PeriodReopened(reopening) => decide_reopening(evaluation, act, reopening, by, at),
        Act::AppealRuled(ruling) => {
            must_rule_on(evaluation, Some(ruling.rater), by, at)?;
            let scored = scored(evaluation, act, ruling.rater)?;
            must_be_judged(evaluation, ruling.rater, &ruling.scores)?;
            match scored.judgement {
                Judgement::Appealed { .. } => Ok(()),
                _ => Err(rating_forbids(evaluation, act, ruling.rater)),
            }
        }
    }
}

/// The service signs exactly what follows from the states of commitment and tender.
fn decide_opening(opening: &EvaluationOpening, act: &Act, by: &Author, at: &Moment<'_>) -> Result<(), Refusal> {
    must_have(by, &[Role::Service])?;
    let id = at.on.id::<EvaluationId>().filter(|id| {
        let tender = opening.lot.as_ref().map(|lot| &lot.tender);
        id.commitment == opening.commitment && id.tender() == tender
    });
    let id = id.ok_or_else(|| {
        let (zh, en) = ("评价编号与承诺、标段不符", "the evaluation is not called after its commitment and lot");
        Refusal::stream_mismatch("/commitment", zh, en)
    })?;
    let commitment = at.around.get::<Commitment>(&id.commitment);
    let template = at.around.get::<Template>(&opening.template.id);
    let milestones = id.tender().and_then(|tender| at.around.face::<Milestones>(tender));
    let owed = commitment.zip(template).and_then(|(commitment, template)| {
        EvaluationOpening::of(&id, commitment, template, milestones.as_ref(), at.law)
    });
    if owed.as_ref() == Some(opening) { Ok(()) } else { Err(Refusal::state_forbids(act.kind(), "not owed")) }
}

fn decide_reveal(
    evaluation: &Evaluation,
    act: &Act,
    rating: &Rating,
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    let rater = side(evaluation, by)?;
    let RatingPhase::Sealed { seal, .. } = evaluation.rating(rater) else {
        return Err(rating_forbids(evaluation, act, rater));
    };
    if !evaluation.may_be_revealed(at.law, at.now) {
        let (rule, until) = (&at.law.edition().evaluation.sealing.rule, at.law.end(evaluation.sealing).at);
        return Err(Refusal::window_open(until).citing(&rule.id, &rule.law));
    }
    if let Some(revealing) = evaluation.revealing {
        must_run(revealing, &at.law.edition().evaluation.revealing, at)?;
    }
    if sealed(at.on, rater, rating) != *seal {
        let (zh, en) = ("公开的内容与密封时不符", "this is not what was sealed");
        return Err(Refusal::new(&problem::SEAL_MISMATCH, zh, en));
    }
    let faults = faults_of_scores(evaluation, rater, rating);
    if faults.is_empty() {
        return Ok(());
    }
    let rule = &at.law.edition().evaluation.evidence.rule;
    Err(Refusal::fields(faults).citing(&rule.id, &rule.law))
}

/// Each dimension of the other side once, and a document for what is far from usual.
pub(super) fn faults_of_scores(evaluation: &Evaluation, rater: Side, rating: &Rating) -> Vec<FieldFault> {
    let mut faults = Vec::new();
    let asked: Vec<Dimension> = evaluation.criteria_of(rater.other()).map(|criterion| criterion.dimension).collect();
    for (at, score) in rating.scores.iter().enumerate() {
        if !asked.contains(&score.dimension) {
            let fault = Fault::UnknownReference { id: score.dimension.name().to_owned() };
            faults.push(FieldFault { pointer: format!("/scores/{at}/dimension"), fault });
        }
        if !evaluation.unproven.contains(&score.score) && score.documents.is_empty() {
            faults.push(FieldFault { pointer: format!("/scores/{at}/documents"), fault: Fault::MissingField });
        }
    }
    if asked.iter().any(|asked| rating.scores.iter().all(|score| score.dimension != *asked)) {
        faults.push(FieldFault { pointer: "/scores".to_owned(), fault: Fault::TooFew });
    }
    faults
}

fn decide_reply(evaluation: &Evaluation, act: &Act, reply: &RatingReply, by: &Author) -> Result<(), Refusal> {
    if side(evaluation, by)? == reply.rater {
        return Err(not_the_party());
    }
    if scored(evaluation, act, reply.rater)?.reply.is_some() {
        return Err(Refusal::state_forbids(act.kind(), "replied"));
    }
    Ok(())
}

/// A verification or a correction: once, by a supervisor without a stake in it.
fn decide_judgement(
    evaluation: &Evaluation,
    act: &Act,
    (rater, scores): (Side, &[Scored]),
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    must_rule_on(evaluation, None, by, at)?;
    let scored = scored(evaluation, act, rater)?;
    must_be_judged(evaluation, rater, scores)?;
    match scored.judgement {
        Judgement::Unjudged => Ok(()),
        _ => Err(rating_forbids(evaluation, act, rater)),
    }
}

/// A term that is over and that somebody has missed. Nobody seals once it could have read the other's rating.
fn decide_reopening(
    evaluation: &Evaluation,
    act: &Act,
    reopening: &EvaluationReopening,
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    must_rule_on(evaluation, None, by, at)?;
    let any = |is: fn(&RatingPhase) -> bool| SIDES.into_iter().any(|side| is(evaluation.rating(side)));
    let running = match (reopening.period, reopening.rater) {
        (EvaluationPeriod::Sealing, _) => {
            let is_read = any(|rating| matches!(rating, RatingPhase::Scored(_)));
            let is_missed = any(|rating| matches!(rating, RatingPhase::Awaited | RatingPhase::Silent { .. }));
            Some(evaluation.sealing).filter(|_| is_missed && !is_read)
        }
        (EvaluationPeriod::Revealing, _) => {
            let is_missed = any(|rating| matches!(rating, RatingPhase::Sealed { .. } | RatingPhase::Withheld { .. }));
            evaluation.revealing.filter(|_| is_missed)
        }
        (EvaluationPeriod::Appeal, Some(rater)) => match evaluation.rating(rater) {
            RatingPhase::Scored(scored)
                if !matches!(scored.judgement, Judgement::Appealed { .. } | Judgement::Final) =>
            {
                Some(scored.appeal)
            }
            _ => return Err(rating_forbids(evaluation, act, rater)),
        },
        (EvaluationPeriod::Appeal, None) => None,
    };
    let running = running.ok_or_else(|| forbids(evaluation, act))?;
    if at.law.is_over(running, at.now) { Ok(()) } else { Err(Refusal::window_open(at.law.end(running).at)) }
}

/// # Errors
/// A score of what is not judged of the side that was rated.
fn must_be_judged(evaluation: &Evaluation, rater: Side, scores: &[Scored]) -> Result<(), Refusal> {
    let is_judged = |scored: &Scored| {
        evaluation.criteria_of(rater.other()).any(|criterion| criterion.dimension == scored.dimension)
    };
    match scores.iter().enumerate().find(|(_, scored)| !is_judged(scored)) {
        None => Ok(()),
        Some((at, scored)) => {
            let fault = Fault::UnknownReference { id: scored.dimension.name().to_owned() };
            Err(Refusal::of_field(format!("/scores/{at}/dimension"), fault))
        }
    }
}

/// # Errors
/// The term is over.
fn must_run(running: Running, term: &DayRule, at: &Moment<'_>) -> Result<(), Refusal> {
    let end = at.law.end(running).at;
    if at.now < end {
        return Ok(());
    }
    let (rule, over) = (&term.rule, end.shanghai_text());
    let (zh, en) = (format!("{}（至 {over}）", rule.zh), format!("{} (until {over})", rule.en));
    Err(Refusal::new(&problem::WINDOW_CLOSED, zh, en).citing(&rule.id, &rule.law))
}

/// # Errors
/// Who has no supervisor's role, or a stake in it: the parties, whoever buys in the tender, and on an appeal whoever decided
/// before.
fn must_rule_on(evaluation: &Evaluation, appealed: Option<Side>, by: &Author, at: &Moment<'_>) -> Result<(), Refusal> {
    let call = evaluation.lot.as_ref().and_then(|lot| at.around.face::<Call>(&lot.tender));
    let buyers = call.iter().flat_map(|call| &call.buyers);
    let decided = appealed.and_then(|rater| match evaluation.rating(rater) {
        RatingPhase::Scored(scored) => scored.judgement.decided_by(),
        _ => None,
    });
    must_rule(by, [&evaluation.unit, &evaluation.enterprise].into_iter().chain(buyers).chain(decided))
}

fn side(evaluation: &Evaluation, by: &Author) -> Result<Side, Refusal> {
    evaluation.side_of(by).ok_or_else(not_the_party)
}

fn not_the_party() -> Refusal {
    let (zh, en) = ("不是该事项中有权的一方", "the author is not the party that may do this");
    Refusal::new(&problem::NOT_A_PARTY, zh, en)
}

/// # Errors
/// Nobody can read that rating.
fn scored<'a>(evaluation: &'a Evaluation, act: &Act, rater: Side) -> Result<&'a ScoredRating, Refusal> {
    match evaluation.rating(rater) {
        RatingPhase::Scored(scored) => Ok(scored),
        _ => Err(rating_forbids(evaluation, act, rater)),
    }
}

fn forbids(evaluation: &Evaluation, act: &Act) -> Refusal {
    Refusal::state_forbids(act.kind(), evaluation.status().name())
}

fn rating_forbids(evaluation: &Evaluation, act: &Act, rater: Side) -> Refusal {
    Refusal::state_forbids(act.kind(), evaluation.rating(rater).status().name())
}
