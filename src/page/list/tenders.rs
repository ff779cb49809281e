//! 项目: tenders.

use super::filter::{Filter, Kind, every};
use super::{Cell, Dated, List, ListDue, ListText, day_or_hour, instant};
use crate::field::Nature;
use crate::http::encoded;
use crate::page::Section;
use crate::page::component::Tone;
use crate::page::text::Say;
use crate::tender::{TenderStatus, TenderSummary};

pub(in crate::page) static TENDERS: List<TenderSummary> = List {
    section: Section::Tenders,
    api: "/v1/tenders",
    about: ListText::AboutTenders,
    filters: &[
        Filter { name: "q", label: ListText::Words, kind: Kind::Text },
        Filter { name: "nature", label: ListText::Nature, kind: Kind::OneOf(every::<Nature>) },
        Filter { name: "status", label: ListText::Status, kind: Kind::OneOf(every::<TenderStatus>) },
        Filter { name: "region", label: ListText::RegionBegins, kind: Kind::Text },
        Filter { name: "published_from", label: ListText::From, kind: Kind::Day },
        Filter { name: "published_to", label: ListText::To, kind: Kind::Day },
        Filter { name: "estimate_min", label: ListText::AmountFrom, kind: Kind::Yuan },
        Filter { name: "estimate_max", label: ListText::AmountTo, kind: Kind::Yuan },
        Filter { name: "unit", label: ListText::Unit, kind: Kind::Text },
        Filter { name: "centre", label: ListText::Centre, kind: Kind::Text },
        Filter { name: "bidder", label: ListText::Enterprise, kind: Kind::Text },
        Filter { name: "winner", label: ListText::Winners, kind: Kind::Text },
    ],
    columns: &[
        ListText::Tender,
        ListText::Status,
        ListText::Nature,
        ListText::Unit,
        ListText::Estimate,
        ListText::Published,
        ListText::LastRecord,
    ],
    named: |_| Vec::new(),
    row: |visit, _, tender| {
        vec![
            Cell::tender(visit, &tender.code, &tender.title),
            Cell::Tag(tone(tender.status), tender.status.say(visit.language)),
            tender.nature.map_or(Cell::Nothing, |nature| Cell::Text(nature.say(visit.language).to_owned())),
            Cell::Text(tender.procuring_unit.clone()),
            tender.estimate_minor.map_or(Cell::Nothing, Cell::Yuan),
            Cell::Time(tender.first_time.clone()),
            Cell::Time(tender.last_time.clone()),
        ]
    },
    code: |tender| tender.code.clone(),
    last_entry: |tender| tender.last_entry,
    dated: Dated {
        id: |tender| encoded(&tender.code),
        time: |tender| tender.first_time.clone(),
        last_time: Some(|tender| tender.last_time.clone()),
        dues: &[
            ListDue { name: "window", label: ListText::Window, when: |tender| instant(tender.window_until.as_deref()) },
            ListDue {
                name: "deadline",
                label: ListText::BidsDue,
                when: |tender| day_or_hour(tender.bid_deadline.as_deref()).filter(|_| tender.status.is_called()),
            },
            ListDue {
                name: "opening",
                label: ListText::BidsOpened,
                when: |tender| day_or_hour(tender.open.as_deref()).filter(|_| tender.status.is_called()),
            },
            // Under the same names: what was planned becomes what is called for.
            ListDue {
                name: "deadline",
                label: ListText::BidsDuePlanned,
                when: |tender| day_or_hour(tender.bid_deadline.as_deref()).filter(|_| tender.status.is_planned()),
            },
            ListDue {
                name: "opening",
                label: ListText::BidsOpenedPlanned,
                when: |tender| day_or_hour(tender.open.as_deref()).filter(|_| tender.status.is_planned()),
            },
        ],
    },
};

/// How the status of a tender is meant.
pub(in crate::page) fn tone(status: TenderStatus) -> Tone {
    match status {
        TenderStatus::Preannounced | TenderStatus::Waiting => Tone::Running,
        TenderStatus::Suspended | TenderStatus::Terminated => Tone::Bad,
        TenderStatus::Cleared | TenderStatus::Announced => Tone::Plain,
        TenderStatus::Closed => Tone::Good,
    }
}
