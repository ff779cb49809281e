//! 保证金: deposits, as far as they are public: where each stands and when it goes back, without amounts.

use super::filter::{Filter, Kind, every};
use super::{Cell, Dated, List, ListDue, ListText, instant};
use crate::deposit::{DepositStatus, DepositView, RefundTiming};
use crate::http::encoded;
use crate::page::Section;
use crate::page::component::{Tone, end_of_period};
use crate::page::text::Say;

pub(in crate::page) static DEPOSITS: List<DepositView> = List {
    section: Section::Deposits,
    api: "/v1/deposits",
    about: ListText::AboutDeposits,
    filters: &[
        Filter { name: "status", label: ListText::State, kind: Kind::OneOf(every::<DepositStatus>) },
        Filter { name: "refund", label: ListText::Refund, kind: Kind::OneOf(every::<RefundTiming>) },
        Filter { name: "payee", label: ListText::Payee, kind: Kind::Text },
        Filter { name: "payer", label: ListText::Payer, kind: Kind::Text },
        Filter { name: "tender", label: ListText::TenderCode, kind: Kind::Text },
    ],
    columns: &[
        ListText::Deposit,
        ListText::State,
        ListText::Refund,
        ListText::RefundBy,
        ListText::DaysLate,
        ListText::Payee,
        ListText::Payer,
        ListText::Tender,
        ListText::AnnouncedAt,
    ],
    named: |deposit| deposit.payer.iter().chain([&deposit.payee]).map(|id| id.as_str()).collect(),
    row: |visit, names, deposit| {
        let to = visit.deposit(deposit.payee.as_str(), deposit.id.as_str());
        vec![
            Cell::Link { to, text: deposit.id.to_string() },
            Cell::Tag(tone(deposit.status), deposit.status.say(visit.language)),
            Cell::Text(deposit.refund.say(visit.language).to_owned()),
            deposit.next_due.as_deref().map_or(Cell::Nothing, |due| Cell::Text(end_of_period(due))),
            deposit.days_late.map_or(Cell::Nothing, |days| Cell::Text(days.to_string())),
            Cell::organisation(visit, names, deposit.payee.as_str()),
            deposit.payer.as_ref().map_or(Cell::Nothing, |payer| Cell::organisation(visit, names, payer.as_str())),
            deposit
                .tender
                .as_ref()
                .map_or(Cell::Nothing, |tender| Cell::tender(visit, tender.as_str(), tender.as_str())),
            Cell::Time(deposit.announced.to_string()),
        ]
    },
    code: |deposit| deposit.id.to_string(),
    last_entry: |deposit| deposit.last_entry,
    dated: Dated {
        id: |deposit| format!("{}/{}", encoded(deposit.payee.as_str()), encoded(deposit.id.as_str())),
        time: |deposit| deposit.announced.to_string(),
        last_time: None,
        dues: &[ListDue {
            name: "refund",
            label: ListText::RefundBy,
            when: |deposit| instant(deposit.next_due.as_deref()),
        }],
    },
};

/// How the status of a deposit is meant.
pub(in crate::page) fn tone(status: DepositStatus) -> Tone {
    match status {
        DepositStatus::Announced | DepositStatus::Secured | DepositStatus::Unclaimed | DepositStatus::Reversed => {
            Tone::Plain
        }
        DepositStatus::Short | DepositStatus::RefundDue => Tone::Running,
        DepositStatus::Overdue => Tone::Bad,
        DepositStatus::Closed => Tone::Good,
    }
}
