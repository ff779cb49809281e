//! Lots: who bid, who may win and with what claims, who challenged that, and what was awarded, changed and done.

use super::super::component::{Tone, Turn, captioned, conversation, documents, party, record_link, table, tag, time};
use super::super::list::lot_tone;
use super::super::money::{amount, price};
use super::super::visit::Visit;
use super::file::{Entry, TenderFile};
use super::objections::{answer_tag, outcome, turn};
use super::{TenderText, anchor, candidates, cut};
use crate::field::Bidder;
use crate::tender::{Act, LotView};
use maud::{Markup, html};

pub(super) fn lots(visit: &Visit, file: &TenderFile) -> Markup {
    html! {
        @if !file.view.lots.is_empty() {
            h2 #lots { (visit.say(TenderText::LotsAndResults)) " (" (file.view.lot_count) ")" }
            @for lot in &file.view.lots {
                section.lot id={ "lot-" (lot.id) } {
                    h3 { (lot.title) " " (tag(lot_tone(lot.status), visit.say(lot.status))) }
                    (ceiling(visit, file, lot))
                    (bids(visit, file, lot))
                    (candidates::candidates(visit, file, lot))
                    (challenges(visit, file, lot))
                    (done(visit, file, lot))
                }
            }
            (cut(visit, file.view.more.as_ref().and_then(|more| more.lots.as_ref())))
        }
    }
}

fn ceiling(visit: &Visit, file: &TenderFile, lot: &LotView) -> Markup {
    let disclosed = file.disclosed().and_then(|text| text.lots.iter().find(|known| known.id.as_str() == lot.id));
    html! {
        @if let Some(disclosed) = disclosed {
            @if let Some(description) = &disclosed.description { p.prose { (description) } }
            @if let Some(estimate) = disclosed.estimate { p { (visit.say(TenderText::Estimate)) ": " (amount(visit, estimate)) } }
            @if let Some(ceiling) = disclosed.ceiling { p { (visit.say(TenderText::Ceiling)) ": " (amount(visit, ceiling)) } }
        }
    }
}

/// A bidder by the names of its members, each with the way to its page.
pub(super) fn bidder(visit: &Visit, bidder: &Bidder) -> Markup {
    html! {
        @for (at, member) in bidder.members.iter().enumerate() {
            @if at > 0 { (visit.either("、", ", ")) }
            (party(visit, member))
        }
    }
}

/// The acts about a lot.
pub(super) fn acts<'a>(file: &'a TenderFile, lot: &'a LotView) -> impl Iterator<Item = (&'a Entry, &'a Act)> {
    let is_of = move |act: &Act| match act {
        Act::BidsOpened(opening) => opening.lot.as_str() == lot.id,
        act => act.lot().is_some_and(|of| of.as_str() == lot.id),
    };
    file.acts().filter(move |(_, act)| is_of(act))
}

fn bids(visit: &Visit, file: &TenderFile, lot: &LotView) -> Markup {
    let opening = acts(file, lot).filter_map(|(entry, act)| match act {
        Act::BidsOpened(opening) => Some((entry, opening)),
        _ => None,
    });
    let columns = [TenderText::Bidder, TenderText::Price, TenderText::Duration].map(|text| visit.say(text));
    html! {
        @if let Some((entry, opening)) = opening.last() {
            @let rows: Vec<_> = opening.bids.iter().map(|bid| vec![
                bidder(visit, &bid.bidder),
                html! { (price(visit, &bid.price)) },
                html! { @if let Some(duration) = &bid.duration { (duration) } },
            ]).collect();
            h4 { (visit.say(TenderText::Bids)) " · " (time(&opening.opened_at.to_string())) " · " (record_link(visit, entry.index)) }
            (table(visit.say(TenderText::Bids), &columns, &rows))
        }
    }
}

/// Challenges to the result, with their answers.
fn challenges(visit: &Visit, file: &TenderFile, lot: &LotView) -> Markup {
    let turns = |id: &str| -> Vec<Turn<'_>> {
        let said = |entry: &Entry, act: &Act| match act {
            Act::Challenged(challenge) if challenge.id.as_str() == id => {
                let about = candidates::claim_challenged(file, lot, entry, challenge);
                Some(html! {
                    p {
                        strong { (visit.say(TenderText::Objected)) }
                        @if let Some((anchor, title)) = about { " " a href=(anchor) { (visit.say(TenderText::Claim)) " " (title) } }
                    }
                    p.prose { (challenge.reasons) }
                    (documents(challenge.evidence.iter()))
                })
            }
            Act::ChallengeAnswered(answer) if answer.challenge.as_str() == id => Some(outcome(
                visit,
                TenderText::Answered,
                answer_tag(visit, answer.outcome),
                answer.reasons.as_str(),
                &answer.documents,
            )),
            _ => None,
        };
        acts(file, lot).filter_map(|(entry, act)| Some(turn(visit, file, entry, said(entry, act)?))).collect()
    };
    html! {
        @if !lot.challenges.is_empty() {
            h4 { (visit.say(TenderText::Challenges)) }
            @for challenge in &lot.challenges {
                section.dispute id={ "challenge-" (challenge.id) } {
                    h5 { a href=(anchor("challenge", &challenge.id)) { (challenge.id) } }
                    (conversation(visit, &turns(&challenge.id)))
                }
            }
        }
    }
}

/// Promised, changed, done: award, contract, amendments and acceptance in one table.
fn done(visit: &Visit, file: &TenderFile, lot: &LotView) -> Markup {
    let name = |candidate: &str| {
        let known = lot.candidates.iter().find(|known| known.id == candidate);
        known.map_or_else(|| candidate.to_owned(), |known| known.name.clone())
    };
    let line = |entry: &Entry, step: Markup, price: Markup, what: Markup| {
        vec![step, html! { (time(&entry.time)) }, price, what, record_link(visit, entry.index)]
    };
    let step = |text: TenderText| html! { strong { (visit.say(text)) } };
    let row = |(entry, act): (&Entry, &Act)| -> Option<Vec<Markup>> {
        Some(match act {
            Act::Awarded(award) => {
                let promised = [(TenderText::Duration, &award.duration), (TenderText::Quality, &award.quality)];
                let what = html! {
                    (name(award.candidate.as_str()))
                    @for (text, promised) in promised { @if let Some(promised) = promised { br; (visit.say(text)) ": " (promised) } }
                    @if let Some(reasons) = &award.reasons { p.prose { (reasons) } }
                };
                line(entry, step(TenderText::Awarded), html! { (price(visit, &award.price)) }, what)
            }
            Act::ContractPublished(contract) => {
                let what = html! { code { (contract.number) } " · " (contract.signed.to_string()) @if let Some(terms) = &contract.terms { p.prose { (terms) } } };
                line(entry, step(TenderText::Contracted), html! { (price(visit, &contract.price)) }, what)
            }
            Act::ContractAmended(amendment) => {
                let new = html! { @if let Some(new) = &amendment.price { (price(visit, new)) } @else { "—" } };
                let what = html! { p.prose { (amendment.changes) } p { (visit.say(TenderText::Reasons)) ": " (amendment.reason) } };
                line(entry, step(TenderText::Amended), new, what)
            }
            Act::ContractAccepted(acceptance) => {
                let text = if acceptance.passed { TenderText::Inspected } else { TenderText::InspectedBadly };
                let tone = if acceptance.passed { Tone::Good } else { Tone::Bad };
                let what = html! { (acceptance.inspected.to_string()) p.prose { (acceptance.opinion) } };
                line(entry, tag(tone, visit.say(text)), html! { "—" }, what)
            }
            Act::Failed(failure) => line(
                entry,
                tag(Tone::Bad, visit.say(TenderText::Failed)),
                html! { "—" },
                html! { p.prose { (failure.reason) } },
            ),
            _ => return None,
        })
    };
    let rows: Vec<_> = acts(file, lot).filter_map(row).collect();
    let columns = [
        visit.say(TenderText::Step),
        visit.say(TenderText::When),
        visit.say(TenderText::Price),
        visit.say(TenderText::What),
        visit.say(super::super::text::Common::Record),
    ];
    html! { @if !rows.is_empty() { (captioned(visit.say(TenderText::PromisedAndDone), &columns, &rows)) } }
}
