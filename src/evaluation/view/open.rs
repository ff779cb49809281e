//! The windows of an evaluation, and who may do what in them.

use super::super::{Evaluation, EvaluationPeriod, Judgement, RatingPhase};
use crate::act::Role;
use crate::field::{Instant, OrganisationId};
use crate::http::RecordKind;
use crate::law::{DayRule, EvaluationTerms, Law, Rule, Running};
use crate::template::Side;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A window of an evaluation.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct EvaluationWindow {
    period: EvaluationPeriod,
    /// Whose rating may be appealed in it; absent for the windows of both sides.
    #[serde(skip_serializing_if = "Option::is_none")]
    rater: Option<Side>,
    /// When it began (UTC).
    since: String,
    /// When it is over (UTC).
    until: String,
    is_over: bool,
    /// Its end touches a year whose holidays are not arranged yet, and may still move.
    provisional: bool,
    /// The rule, and where it comes from.
    rule: String,
    law: String,
    zh: String,
    en: String,
}

impl EvaluationWindow {
    fn of(
        period: EvaluationPeriod,
        rater: Option<Side>,
        running: Running,
        term: &DayRule,
        (law, now): (Law<'_>, Instant),
    ) -> Self {
        let (end, rule) = (law.end(running), &term.rule);
        Self {
            period,
            rater,
            since: running.since.to_string(),
            until: end.at.to_string(),
            is_over: end.at <= now,
            provisional: end.provisional,
            rule: rule.id.clone(),
            law: rule.law.clone(),
            zh: rule.zh.clone(),
            en: rule.en.clone(),
        }
    }
}

const SIDES: [Side; 2] = [Side::Unit, Side::Enterprise];

/// The windows that have begun: for sealing, for revealing, and for an appeal against each rating.
pub fn windows(state: &Evaluation, law: Law<'_>, now: Instant) -> Vec<EvaluationWindow> {
    let (terms, at) = (&law.edition().evaluation, (law, now));
    let sealing = EvaluationWindow::of(EvaluationPeriod::Sealing, None, state.sealing, &terms.sealing, at);
    let revealing = state
        .revealing
        .map(|running| EvaluationWindow::of(EvaluationPeriod::Revealing, None, running, &terms.revealing, at));
    let appeals = SIDES.into_iter().filter_map(|rater| match state.rating(rater) {
        RatingPhase::Scored(scored) if !matches!(scored.judgement, Judgement::Appealed { .. } | Judgement::Final) => {
            Some(EvaluationWindow::of(EvaluationPeriod::Appeal, Some(rater), scored.appeal, &terms.appeal, at))
        }
        _ => None,
    });
    std::iter::once(sealing).chain(revealing).chain(appeals).collect()
}

/// An act that is open.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct OpenAct {
    kind: RecordKind,
    zh: String,
    en: String,
    /// Whose rating it is about.
    rater: Side,
    /// The organisations that may post it.
    by: Vec<OrganisationId>,
    /// Any of this role may, without a stake in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    by_role: Option<String>,
    /// Whoever of that role may not.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_by: Option<OrganisationId>,
    /// Until when (UTC); absent where no time is set.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
    /// The rule that sets the time, and where it comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    law: Option<String>,
}

impl OpenAct {
    /// Of these organisations; of any supervisor where there are none.
    fn of(rater: Side, kind: &str, (zh, en): (&str, &str), by: Vec<OrganisationId>) -> Self {
        Self {
            kind: RecordKind(kind.to_owned()),
            zh: zh.to_owned(),
            en: en.to_owned(),
            rater,
            by_role: by.is_empty().then(|| Role::Supervisor.name().to_owned()),
            by,
            not_by: None,
            until: None,
            rule: None,
            law: None,
        }
    }

    fn until(self, at: Instant, rule: &Rule) -> Self {
        let (rule, law) = (Some(rule.id.clone()), Some(rule.law.clone()));
        Self { until: Some(at.to_string()), rule, law, ..self }
    }
}

/// What may be posted about the rating by one side. What a wrong clock may have ended can always be opened again by a supervisor,
/// and is not listed.
pub fn open_acts(state: &Evaluation, rater: Side, law: Law<'_>, now: Instant) -> Vec<OpenAct> {
    let EvaluationTerms { sealing, revealing, appeal, .. } = &law.edition().evaluation;
    let parties = |sides: &[Side]| sides.iter().map(|side| state.party(*side).clone()).collect::<Vec<_>>();
    let supervisors = Vec::new;
    let act = |kind: &str, words: (&str, &str), by: Vec<OrganisationId>| OpenAct::of(rater, kind, words, by);
    let mut open = Vec::new();
    match state.rating(rater) {
        RatingPhase::Awaited if !law.is_over(state.sealing, now) => {
            let seal = act("evaluation.sealed", ("密封评价", "seal a rating"), parties(&[rater]));
            open.push(seal.until(law.end(state.sealing).at, &sealing.rule));
        }
        RatingPhase::Sealed { .. } if state.may_be_revealed(law, now) => {
            let reveal = act("evaluation.revealed", ("公开评价", "reveal it"), parties(&[rater]));
            match state.revealing.map(|running| law.end(running).at) {
                Some(until) if until <= now => {}
                Some(until) => open.push(reveal.until(until, &revealing.rule)),
                None => open.push(reveal),
            }
        }
        RatingPhase::Scored(scored) => {
            if scored.judgement == Judgement::Unjudged {
                open.push(act("evaluation.verified", ("核实", "verify it"), supervisors()));
                open.push(act("evaluation.corrected", ("更正", "correct it"), supervisors()));
            }
            let until = law.end(scored.appeal).at;
            match &scored.judgement {
                Judgement::Appealed { decided_by } => {
                    let ruling = act("evaluation.appeal_ruled", ("裁定申诉", "rule on the appeal"), supervisors());
                    open.push(OpenAct { not_by: decided_by.clone(), ..ruling });
                }
                Judgement::Final => {}
                Judgement::Unjudged | Judgement::Verified { .. } | Judgement::Corrected { .. } => {
                    if now < until {
                        let by = parties(&[Side::Unit, Side::Enterprise]);
                        open.push(act("evaluation.appealed", ("申诉", "appeal"), by).until(until, &appeal.rule));
                    }
                }
            }
            if scored.reply.is_none() {
                open.push(act("evaluation.replied", ("答复", "reply"), parties(&[rater.other()])));
            }
        }
        RatingPhase::Awaited
        | RatingPhase::Silent { .. }
        | RatingPhase::Sealed { .. }
        | RatingPhase::Withheld { .. } => {}
    }
    open
}
