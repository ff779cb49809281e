//! 主体: organisations.

use super::filter::{Filter, Kind, every};
use super::{Cell, Dated, List, ListText};
use crate::act::Role;
use crate::http::encoded;
use crate::organisation::{OrganisationStatus, OrganisationSummary};
use crate::page::Section;
use crate::page::component::Tone;
use crate::page::text::Say;

pub(in crate::page) static ORGANISATIONS: List<OrganisationSummary> = List {
    section: Section::Organisations,
    api: "/v1/organisations",
    about: ListText::AboutOrganisations,
    filters: &[
        Filter { name: "q", label: ListText::Words, kind: Kind::Text },
        Filter { name: "role", label: ListText::Role, kind: Kind::OneOf(every::<Role>) },
        Filter { name: "status", label: ListText::State, kind: Kind::OneOf(every::<OrganisationStatus>) },
    ],
    columns: &[
        ListText::Organisation,
        ListText::State,
        ListText::Roles,
        ListText::OrganisationCode,
        ListText::ListedSince,
    ],
    named: |_| Vec::new(),
    row: |visit, _, organisation| {
        let roles: Vec<_> = organisation.roles.iter().map(|role| role.say(visit.language)).collect();
        let name = if organisation.name.is_empty() { &organisation.id } else { &organisation.name };
        vec![
            Cell::Link { to: visit.organisation(&organisation.id), text: name.clone() },
            Cell::Tag(tone(organisation.status), organisation.status.say(visit.language)),
            Cell::Text(roles.join(visit.either("、", ", "))),
            Cell::Text(organisation.id.clone()),
            Cell::Time(organisation.since.to_string()),
        ]
    },
    code: |organisation| organisation.id.clone(),
    last_entry: |organisation| organisation.last_entry,
    dated: Dated {
        id: |organisation| encoded(&organisation.id),
        time: |organisation| organisation.since.to_string(),
        last_time: None,
        dues: &[],
    },
};

/// How the status of an organisation is meant.
pub(in crate::page) fn tone(status: OrganisationStatus) -> Tone {
    match status {
        OrganisationStatus::Confirmed => Tone::Good,
        OrganisationStatus::Pending | OrganisationStatus::Ended => Tone::Plain,
        OrganisationStatus::Suspended => Tone::Bad,
    }
}
