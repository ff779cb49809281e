//! 双评价: evaluations.

use super::filter::{Filter, Kind, every};
use super::{Cell, Dated, List, ListText};
use crate::evaluation::{EvaluationStatus, EvaluationSummary};
use crate::field::Milestone;
use crate::http::encoded;
use crate::page::Section;
use crate::page::component::Tone;
use crate::page::text::Say;

pub(in crate::page) static EVALUATIONS: List<EvaluationSummary> = List {
    section: Section::Evaluations,
    api: "/v1/evaluations",
    about: ListText::AboutEvaluations,
    filters: &[
        Filter { name: "status", label: ListText::State, kind: Kind::OneOf(every::<EvaluationStatus>) },
        Filter { name: "milestone", label: ListText::Milestone, kind: Kind::OneOf(every::<Milestone>) },
        Filter { name: "unit", label: ListText::Unit, kind: Kind::Text },
        Filter { name: "enterprise", label: ListText::Enterprise, kind: Kind::Text },
        Filter { name: "tender", label: ListText::TenderCode, kind: Kind::Text },
        Filter { name: "commitment", label: ListText::Commitment, kind: Kind::Text },
    ],
    columns: &[
        ListText::Evaluation,
        ListText::State,
        ListText::Milestone,
        ListText::Unit,
        ListText::ByUnit,
        ListText::Enterprise,
        ListText::ByEnterprise,
        ListText::Tender,
        ListText::Opened,
    ],
    named: |evaluation| vec![&evaluation.unit, &evaluation.enterprise],
    row: |visit, names, evaluation| {
        vec![
            Cell::Link {
                to: visit.at(&format!("/evaluations/{}", encoded(&evaluation.id))),
                text: evaluation.id.clone(),
            },
            Cell::Tag(tone(evaluation.status), evaluation.status.say(visit.language)),
            Cell::Text(evaluation.milestone.say(visit.language).to_owned()),
            Cell::organisation(visit, names, &evaluation.unit),
            Cell::Text(evaluation.by_unit.say(visit.language).to_owned()),
            Cell::organisation(visit, names, &evaluation.enterprise),
            Cell::Text(evaluation.by_enterprise.say(visit.language).to_owned()),
            evaluation.tender.as_ref().map_or(Cell::Nothing, |tender| Cell::tender(visit, tender, tender)),
            Cell::Time(evaluation.first_time.to_string()),
        ]
    },
    code: |evaluation| evaluation.id.clone(),
    last_entry: |evaluation| evaluation.last_entry,
    dated: Dated {
        id: |evaluation| encoded(&evaluation.id),
        time: |evaluation| evaluation.first_time.to_string(),
        last_time: Some(|evaluation| evaluation.last_time.to_string()),
        dues: &[],
    },
};

/// How the status of an evaluation is meant.
pub(in crate::page) fn tone(status: EvaluationStatus) -> Tone {
    match status {
        EvaluationStatus::Sealing | EvaluationStatus::Revealing => Tone::Running,
        EvaluationStatus::Concluded => Tone::Good,
    }
}
