//! 文件: documents that records name.

use super::filter::{Filter, Kind, every};
use super::{Cell, Dated, List, ListText};
use crate::field::MediaType;
use crate::http::{DocumentSource, DocumentSummary};
use crate::page::Section;
use crate::page::text::Say;

pub(in crate::page) static DOCUMENTS: List<DocumentSummary> = List {
    section: Section::Documents,
    api: "/v1/documents",
    about: ListText::AboutDocuments,
    filters: &[
        Filter { name: "q", label: ListText::Words, kind: Kind::Text },
        Filter { name: "source", label: ListText::Source, kind: Kind::OneOf(every::<DocumentSource>) },
        Filter { name: "media_type", label: ListText::MediaType, kind: Kind::OneOf(every::<MediaType>) },
        Filter { name: "cited_from", label: ListText::From, kind: Kind::Day },
        Filter { name: "cited_to", label: ListText::To, kind: Kind::Day },
        Filter { name: "tender", label: ListText::TenderCode, kind: Kind::Text },
        Filter { name: "author", label: ListText::AuthorCode, kind: Kind::Text },
        Filter { name: "sha256", label: ListText::Hash, kind: Kind::Text },
    ],
    columns: &[
        ListText::Document,
        ListText::MediaType,
        ListText::Size,
        ListText::Source,
        ListText::RecordOf,
        ListText::Author,
        ListText::Cited,
        ListText::Hash,
    ],
    named: |document| vec![&document.author],
    row: |visit, names, document| {
        let commitment = document.stream.0.strip_prefix("commitment/");
        vec![
            Cell::Link { to: format!("/v1/documents/{}", document.sha256), text: document.title.clone() },
            Cell::Text(document.media_type.say(visit.language).to_owned()),
            Cell::Text(document.size.to_string()),
            match (commitment, &document.tender) {
                (Some(id), _) => Cell::Link { to: visit.commitment(id), text: id.to_owned() },
                (None, Some(code)) => Cell::tender(visit, code, code),
                (None, None) => Cell::Nothing,
            },
            Cell::Link {
                to: visit.at(&format!("/records/{}", document.record)),
                text: format!("{} · {}", visit.kind(&document.kind.0), document.record),
            },
            Cell::organisation(visit, names, &document.author),
            Cell::Time(document.cited.to_string()),
            Cell::Hash(document.sha256.to_string()),
        ]
    },
    code: |document| document.sha256.to_string(),
    last_entry: |document| document.record,
    dated: Dated {
        id: |document| format!("{}/{}", document.record, document.sha256),
        time: |document| document.cited.to_string(),
        last_time: None,
        dues: &[],
    },
};
