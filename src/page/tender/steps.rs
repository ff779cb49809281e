//! The whole file: every record of the tender in its order.

use super::super::component::{organisation, record_link, time, time_line};
use super::super::visit::Visit;
use super::TenderText;
use super::cut;
use super::file::TenderFile;
use crate::http::encoded;
use maud::{Markup, html};

pub(super) fn steps(visit: &Visit, file: &TenderFile) -> Markup {
    let steps: Vec<_> = file
        .entries
        .iter()
        .map(|entry| {
            let what = html! {
                (visit.kind(&entry.kind)) " · " (organisation(visit, &file.names, &entry.author)) " · " (record_link(visit, entry.index))
            };
            (time(&entry.time), what)
        })
        .collect();
    html! {
        h2 #steps { (visit.say(TenderText::Steps)) " (" (file.view.version) ")" }
        (time_line(&steps))
        (cut(visit, file.more_records.as_ref()))
        p.files { a href={ "/v1/tenders/" (encoded(&file.view.code)) } { (visit.say(TenderText::AsData)) } }
    }
}
