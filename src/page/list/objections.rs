//! 异议: objections to disclosed terms.

use super::filter::{Filter, Kind, every};
use super::{Cell, Dated, List, ListDue, ListText, instant};
use crate::http::encoded;
use crate::page::Section;
use crate::page::component::Tone;
use crate::page::text::Say;
use crate::tender::{AnswerTiming, ObjectionResult, ObjectionStatus, ObjectionSummary};

pub(in crate::page) static OBJECTIONS: List<ObjectionSummary> = List {
    section: Section::Objections,
    api: "/v1/objections",
    about: ListText::AboutObjections,
    filters: &[
        Filter { name: "status", label: ListText::State, kind: Kind::OneOf(every::<ObjectionStatus>) },
        Filter { name: "result", label: ListText::Result, kind: Kind::OneOf(every::<ObjectionResult>) },
        Filter { name: "answered", label: ListText::Answered, kind: Kind::OneOf(every::<AnswerTiming>) },
        Filter { name: "region", label: ListText::RegionBegins, kind: Kind::Text },
        Filter { name: "filed_from", label: ListText::From, kind: Kind::Day },
        Filter { name: "filed_to", label: ListText::To, kind: Kind::Day },
        Filter { name: "tender", label: ListText::TenderCode, kind: Kind::Text },
        Filter { name: "objector", label: ListText::Objector, kind: Kind::Text },
        Filter { name: "unit", label: ListText::Unit, kind: Kind::Text },
        Filter { name: "centre", label: ListText::Centre, kind: Kind::Text },
    ],
    columns: &[
        ListText::Objection,
        ListText::State,
        ListText::Result,
        ListText::Tender,
        ListText::Objector,
        ListText::Filed,
        ListText::AnswerDue,
    ],
    named: |objection| vec![&objection.objector],
    row: |visit, names, objection| {
        let to = format!("{}#objection-{}", visit.tender(&objection.tender), encoded(&objection.id));
        vec![
            Cell::Link { to, text: format!("{} · {}", objection.tender, objection.id) },
            Cell::Tag(tone(objection.status), objection.status.say(visit.language)),
            Cell::Text(objection.result.say(visit.language).to_owned()),
            Cell::tender(visit, &objection.tender, &objection.tender),
            Cell::organisation(visit, names, &objection.objector),
            Cell::Time(objection.filed.clone()),
            objection.answer_due.clone().map_or(Cell::Nothing, Cell::Until),
        ]
    },
    code: |objection| objection.id.clone(),
    last_entry: |objection| objection.last_entry,
    dated: Dated {
        id: |objection| format!("{}/{}", encoded(&objection.tender), encoded(&objection.id)),
        time: |objection| objection.filed.clone(),
        last_time: Some(|objection| objection.last_time.clone()),
        dues: &[ListDue {
            name: "answer",
            label: ListText::AnswerDue,
            when: |objection| instant(objection.answer_due.as_deref()),
        }],
    },
};

/// How the status of an objection is meant.
pub(in crate::page) fn tone(status: ObjectionStatus) -> Tone {
    match status {
        ObjectionStatus::Filed | ObjectionStatus::Escalated => Tone::Running,
        ObjectionStatus::Overdue => Tone::Bad,
        ObjectionStatus::Answered | ObjectionStatus::Ruled => Tone::Good,
        ObjectionStatus::Withdrawn => Tone::Plain,
    }
}
