//! 标段与中标: lots, with who won them.

use super::filter::{Filter, Kind, every};
use super::{Cell, Dated, List, ListText};
use crate::field::Nature;
use crate::http::encoded;
use crate::page::Section;
use crate::page::component::Tone;
use crate::page::text::Say;
use crate::page::visit::Visit;
use crate::tender::{LotBidding, LotStatus, LotSummary, OpeningTiming};

pub(in crate::page) static LOTS: List<LotSummary> = List {
    section: Section::Lots,
    api: "/v1/lots",
    about: ListText::AboutLots,
    filters: &[
        Filter { name: "q", label: ListText::Words, kind: Kind::Text },
        Filter { name: "nature", label: ListText::Nature, kind: Kind::OneOf(every::<Nature>) },
        Filter { name: "status", label: ListText::State, kind: Kind::OneOf(statuses_asked) },
        Filter { name: "bidding", label: ListText::Bidding, kind: Kind::OneOf(every::<LotBidding>) },
        Filter { name: "opening", label: ListText::Opening, kind: Kind::OneOf(every::<OpeningTiming>) },
        Filter { name: "region", label: ListText::RegionBegins, kind: Kind::Text },
        Filter { name: "published_from", label: ListText::From, kind: Kind::Day },
        Filter { name: "published_to", label: ListText::To, kind: Kind::Day },
        Filter { name: "awarded_min", label: ListText::AmountFrom, kind: Kind::Yuan },
        Filter { name: "awarded_max", label: ListText::AmountTo, kind: Kind::Yuan },
        Filter { name: "bidder", label: ListText::Enterprise, kind: Kind::Text },
        Filter { name: "winner", label: ListText::Winners, kind: Kind::Text },
        Filter { name: "unit", label: ListText::Unit, kind: Kind::Text },
        Filter { name: "tender", label: ListText::TenderCode, kind: Kind::Text },
    ],
    columns: &[
        ListText::Lot,
        ListText::State,
        ListText::Winners,
        ListText::Awarded,
        ListText::Candidates,
        ListText::Challenges,
        ListText::Tender,
        ListText::Published,
    ],
    named: |_| Vec::new(),
    row: |visit, _, lot| {
        let winners: Vec<_> = lot.awards.iter().map(|award| award.name.as_str()).collect();
        vec![
            Cell::Link {
                to: format!("{}#lot-{}", visit.tender(&lot.tender), encoded(&lot.id)),
                text: lot.title.clone(),
            },
            Cell::Tag(tone(lot.status), lot.status.say(visit.language)),
            if winners.is_empty() { Cell::Nothing } else { Cell::Text(winners.join(visit.either("；", "; "))) },
            lot.awarded_minor.map_or(Cell::Nothing, Cell::Yuan),
            Cell::Text(lot.candidates.to_string()),
            Cell::Text(lot.open_challenges.to_string()),
            Cell::tender(visit, &lot.tender, &lot.tender),
            Cell::Time(lot.published.clone()),
        ]
    },
    code: |lot| lot.id.clone(),
    last_entry: |lot| lot.last_entry,
    dated: Dated {
        id: |lot| format!("{}/{}", encoded(&lot.tender), encoded(&lot.id)),
        time: |lot| lot.published.clone(),
        last_time: Some(|lot| lot.last_time.clone()),
        dues: &[],
    },
};

/// The list is not asked for lots that wait: of most of them nothing is known but their announcement.
fn statuses_asked(visit: &Visit) -> Vec<(String, &'static str)> {
    let mut statuses = every::<LotStatus>(visit);
    statuses.retain(|(name, _)| name != LotStatus::Waiting.name());
    statuses
}

/// How the status of a lot is meant.
pub(in crate::page) fn tone(status: LotStatus) -> Tone {
    match status {
        LotStatus::Waiting | LotStatus::Opened | LotStatus::Awarded | LotStatus::Contracted => Tone::Plain,
        LotStatus::Candidates => Tone::Running,
        LotStatus::Accepted => Tone::Good,
        LotStatus::Failed => Tone::Bad,
    }
}
