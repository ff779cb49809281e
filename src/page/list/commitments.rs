//! 承诺: integrity commitments.

use super::filter::{Filter, Kind, every};
use super::{Cell, Dated, List, ListText};
use crate::commitment::{CommitmentStatus, CommitmentSummary};
use crate::http::encoded;
use crate::page::Section;
use crate::page::component::Tone;
use crate::page::text::Say;

pub(in crate::page) static COMMITMENTS: List<CommitmentSummary> = List {
    section: Section::Commitments,
    api: "/v1/commitments",
    about: ListText::AboutCommitments,
    filters: &[
        Filter { name: "status", label: ListText::State, kind: Kind::OneOf(every::<CommitmentStatus>) },
        Filter { name: "unit", label: ListText::Unit, kind: Kind::Text },
        Filter { name: "enterprise", label: ListText::Enterprise, kind: Kind::Text },
        Filter { name: "tender", label: ListText::TenderCode, kind: Kind::Text },
        Filter { name: "year", label: ListText::Year, kind: Kind::Text },
    ],
    columns: &[
        ListText::Commitment,
        ListText::State,
        ListText::Unit,
        ListText::Enterprise,
        ListText::TenderOrYear,
        ListText::OpenBreaches,
        ListText::Offered,
    ],
    named: |commitment| vec![&commitment.unit, &commitment.enterprise],
    row: |visit, names, commitment| {
        vec![
            Cell::Link { to: visit.commitment(&commitment.id), text: commitment.id.clone() },
            Cell::Tag(tone(commitment.status), commitment.status.say(visit.language)),
            Cell::organisation(visit, names, &commitment.unit),
            Cell::organisation(visit, names, &commitment.enterprise),
            match (&commitment.tender, commitment.year) {
                (Some(tender), _) => Cell::tender(visit, tender, tender),
                (None, Some(year)) => Cell::Text(year.to_string()),
                (None, None) => Cell::Nothing,
            },
            Cell::Text(commitment.open_breaches.to_string()),
            Cell::Time(commitment.first_time.to_string()),
        ]
    },
    code: |commitment| commitment.id.clone(),
    last_entry: |commitment| commitment.last_entry,
    dated: Dated {
        id: |commitment| encoded(&commitment.id),
        time: |commitment| commitment.first_time.to_string(),
        last_time: Some(|commitment| commitment.last_time.to_string()),
        dues: &[],
    },
};

/// How the status of a commitment is meant.
pub(in crate::page) fn tone(status: CommitmentStatus) -> Tone {
    match status {
        CommitmentStatus::Offered => Tone::Running,
        CommitmentStatus::Effective => Tone::Good,
        CommitmentStatus::Declined | CommitmentStatus::Lapsed => Tone::Plain,
    }
}
