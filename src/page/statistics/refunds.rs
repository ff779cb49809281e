//! How payees give deposits back: all of them, and one on its own page.

use super::super::component::{captioned, organisation, summary, until};
use super::super::list::DEPOSITS;
use super::super::refusal::Unshown;
use super::super::visit::Visit;
use super::{Text, number, share};
use crate::statistics::{PayeeRefundsPage, PayeeRefundsView};
use maud::{Markup, html};

/// Payees in the table; the data have all.
const PAYEES_SHOWN: u32 = 50;

pub(super) async fn all(visit: &Visit) -> Result<Markup, Unshown> {
    let found: PayeeRefundsPage = visit.view(&format!("/v1/deposits/refunds?limit={PAYEES_SHOWN}")).await?;
    let payees = found.items.iter().filter_map(|item| item.payee.as_ref());
    let names = visit.names(payees.map(|payee| payee.as_str())).await;
    let columns = [
        Text::Payee,
        Text::Deposits,
        Text::InTime,
        Text::Late,
        Text::Overdue,
        Text::Running,
        Text::NotDue,
        Text::Share,
    ];
    let columns = columns.map(|text| visit.say(text));
    let row = |refunds: &PayeeRefundsView| {
        let of = match &refunds.payee {
            Some(payee) => organisation(visit, &names, payee.as_str()),
            None => html! { strong { (visit.say(Text::All)) } },
        };
        let counts = [&refunds.in_time, &refunds.late, &refunds.overdue, &refunds.running, &refunds.not_due];
        let counts = counts.map(|count| number(visit, count));
        let mut cells = vec![of, html! { span.number { (refunds.deposits) } }];
        cells.extend(counts);
        cells.push(share(visit, refunds.share_ppm));
        cells
    };
    let rows: Vec<_> = found.items.iter().chain([&found.all]).map(row).collect();
    Ok(html! {
        h2 #refunds { (visit.say(Text::Refunds)) }
        p { (visit.say(Text::AboutRefunds)) }
        @if found.items.is_empty() { p { (visit.say(Text::NoDeposits)) } } @else {
            (captioned(visit.say(Text::Refunds), &columns, &rows))
            p { a href=(visit.at("/deposits?status=overdue")) { (visit.say(Text::TheOverdue)) } }
        }
    })
}

/// The deposits of one payee on its page: how they went back, and the newest of them. Nothing, where it has none.
pub(in crate::page) async fn payee(visit: &Visit, id: &str) -> Result<Markup, Unshown> {
    let found: PayeeRefundsPage = visit.view(&format!("/v1/deposits/refunds?payee={id}")).await?;
    let Some(refunds) = found.items.first() else { return Ok(html! {}) };
    let mut rows = vec![
        (visit.say(Text::Deposits), html! { span.number { (refunds.deposits) } }),
        (visit.say(Text::InTime), number(visit, &refunds.in_time)),
        (visit.say(Text::Late), number(visit, &refunds.late)),
        (visit.say(Text::Overdue), number(visit, &refunds.overdue)),
    ];
    if let Some(since) = &refunds.overdue_since {
        rows.push((visit.say(Text::OverdueSince), until(since)));
    }
    rows.extend([
        (visit.say(Text::Running), number(visit, &refunds.running)),
        (visit.say(Text::NotDue), number(visit, &refunds.not_due)),
        (visit.say(Text::Share), share(visit, refunds.share_ppm)),
    ]);
    let list = DEPOSITS.part(visit, visit.say(Text::Deposits), &format!("payee={id}")).await?;
    Ok(html! {
        h2 #refunds { (visit.say(Text::Refunds)) }
        (summary(&rows))
        p.aside {
            (visit.say(Text::AboutRefunds)) " " a href={ "/v1/deposits/" (id) } { (visit.say(Text::BookAsData)) }
        }
        (list)
    })
}
