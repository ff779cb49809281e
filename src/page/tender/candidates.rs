//! 中标候选人公示: who may win, everything they claim for it, and what became of each claim. A publication that another one
//! replaced stays: what was claimed falsely is not forgotten.

use super::super::component::{Tone, captioned, captioned_as, documents, hundredths, record_link, table, tag, time};
use super::super::money::price;
use super::super::visit::Visit;
use super::TenderText;
use super::file::{Entry, TenderFile};
use super::lots::{acts, bidder};
use crate::http::encoded;
use crate::tender::{
    Act, Candidate, CandidatePublication, CandidateView, Challenge, Claim, LeaderName, LotView, ProjectLeader,
};
use maud::{Markup, html};

/// A publication, and how long it stood.
struct Publication<'a> {
    entry: &'a Entry,
    said: &'a CandidatePublication,
    /// The entry of the one that replaced it.
    replaced: Option<u64>,
}

fn publications<'a>(file: &'a TenderFile, lot: &'a LotView) -> Vec<Publication<'a>> {
    let mut found: Vec<Publication<'_>> = Vec::new();
    for (entry, act) in acts(file, lot) {
        if let Act::CandidatesPublished(said) = act {
            if let Some(before) = found.last_mut() {
                before.replaced = Some(entry.index);
            }
            found.push(Publication { entry, said, replaced: None });
        }
    }
    found
}

pub(super) fn candidates(visit: &Visit, file: &TenderFile, lot: &LotView) -> Markup {
    // The one that stands first, those that it replaced below.
    html! { @for publication in publications(file, lot).iter().rev() { (one(visit, file, lot, publication)) } }
}

fn one(visit: &Visit, file: &TenderFile, lot: &LotView, publication: &Publication<'_>) -> Markup {
    let columns =
        [TenderText::Candidate, TenderText::Rank, TenderText::Price, TenderText::Score, TenderText::ProjectLeader];
    let columns = columns.map(|text| visit.say(text));
    let rejected = [TenderText::Bidder, TenderText::Reasons].map(|text| visit.say(text));
    let row = |candidate: &Candidate| {
        vec![
            bidder(visit, &candidate.bidder),
            html! { @if let Some(rank) = candidate.rank { (rank) } @else { "—" } },
            html! { (price(visit, &candidate.price)) },
            html! { @if let Some(score) = candidate.score { (hundredths(score)) } @else { "—" } },
            html! { @if let Some(leader) = &candidate.leader { (project_leader(visit, leader)) } @else { "—" } },
        ]
    };
    let Publication { entry, said, replaced } = publication;
    let rows: Vec<_> = said.candidates.iter().map(row).collect();
    html! {
        h4 {
            (visit.say(TenderText::Candidates)) " · " (time(&entry.time)) " · " (record_link(visit, entry.index))
            @if replaced.is_some() { " " (tag(Tone::Plain, visit.say(TenderText::Replaced))) }
        }
        (table(visit.say(TenderText::Candidates), &columns, &rows))
        @for candidate in &said.candidates { (claims(visit, file, lot, publication, candidate)) }
        @if !said.rejected.is_empty() {
            @let rows: Vec<_> = said.rejected.iter().map(|bid| vec![bidder(visit, &bid.bidder), html! { (bid.reason) }]).collect();
            (captioned(visit.say(TenderText::Rejected), &rejected, &rows))
        }
    }
}

fn project_leader(visit: &Visit, leader: &ProjectLeader) -> Markup {
    html! {
        (leader.role) " "
        @match &leader.name {
            LeaderName::Published(published) => { (published.name) }
            LeaderName::Sealed(_) => { "(" (visit.say(TenderText::NameSealed)) ")" }
        }
        @for certificate in &leader.certificates { br; (certificate.title) " " code { (certificate.number) } }
    }
}

fn claim_id(publication: u64, candidate: &str, claim: &str) -> String {
    format!("claim-{publication}-{candidate}-{claim}")
}

/// The way to the claim that a challenge is about, and its title: as it was published then.
pub(super) fn claim_challenged<'a>(
    file: &'a TenderFile,
    lot: &'a LotView,
    entry: &Entry,
    challenge: &Challenge,
) -> Option<(String, &'a str)> {
    let published = publications(file, lot).into_iter().rfind(|publication| publication.entry.index < entry.index)?;
    let (candidate, claim) = challenge.candidate.as_ref().zip(challenge.claim.as_ref())?;
    let candidate = published.said.candidates.iter().find(|known| known.id == *candidate)?;
    let claim = candidate.claims.iter().find(|known| known.id == *claim)?;
    let id = claim_id(published.entry.index, candidate.id.as_str(), claim.id.as_str());
    Some((format!("#{}", encoded(&id)), claim.title.as_str()))
}

/// Each claim of a candidate, and what became of it.
fn claims(
    visit: &Visit,
    file: &TenderFile,
    lot: &LotView,
    publication: &Publication<'_>,
    candidate: &Candidate,
) -> Markup {
    let columns = [
        TenderText::Claim,
        TenderText::ClaimState,
        TenderText::ClaimKind,
        TenderText::ClaimIssuer,
        TenderText::ClaimNumber,
        TenderText::ClaimAmount,
        TenderText::ClaimDated,
    ];
    let columns = columns.map(|text| visit.say(text));
    let id = |claim: &Claim| claim_id(publication.entry.index, candidate.id.as_str(), claim.id.as_str());
    let row = |claim: &Claim| {
        vec![
            html! { span id=(id(claim)) { (claim.title) } (documents(claim.documents.iter())) },
            became(visit, file, lot, publication, candidate, claim),
            html! { (visit.say(claim.kind)) },
            html! { @if let Some(issuer) = &claim.issuer { (issuer.name) } @else { "—" } },
            html! { @if let Some(number) = &claim.number { (number) } @else { "—" } },
            html! { @if let Some(amount) = &claim.amount { (price(visit, amount)) } @else { "—" } },
            html! { @if let Some(dated) = &claim.dated { (dated.to_string()) } @else { "—" } },
        ]
    };
    let rows: Vec<_> = candidate.claims.iter().map(row).collect();
    let caption = format!("{} · {}", candidate.bidder.name(), visit.say(TenderText::Claims));
    let table = format!("claims-{}-{}-{}", lot.id, publication.entry.index, candidate.id.as_str());
    html! { @if !rows.is_empty() { (captioned_as(&table, &caption, &columns, &rows)) } }
}

/// What became of a claim: true, false, or nobody has looked yet; with the record that says so.
fn became(
    visit: &Visit,
    file: &TenderFile,
    lot: &LotView,
    publication: &Publication<'_>,
    candidate: &Candidate,
    claim: &Claim,
) -> Markup {
    let is_it = |about: (&str, &str)| about == (candidate.id.as_str(), claim.id.as_str());
    let stood = publication.entry.index..publication.replaced.unwrap_or(u64::MAX);
    let found =
        acts(file, lot).filter(|(entry, _)| stood.contains(&entry.index)).filter_map(|(entry, act)| match act {
            Act::ClaimVerified(found) if is_it((found.candidate.as_str(), found.claim.as_str())) => {
                Some((entry, &found.reasons, true))
            }
            Act::ClaimRefuted(found) if is_it((found.candidate.as_str(), found.claim.as_str())) => {
                Some((entry, &found.reasons, false))
            }
            _ => None,
        });
    let found = found.last();
    // What was found of the same claim in a publication before still counts, and the view says so of the one that stands.
    let known = publication.replaced.is_none().then(|| carried(lot, candidate, claim)).flatten();
    html! {
        @match found.map(|(.., is_true)| is_true).or(known) {
            Some(true) => { (tag(Tone::Good, visit.say(TenderText::ClaimVerified))) }
            Some(false) => { (tag(Tone::Bad, visit.say(TenderText::ClaimRefuted))) }
            None => { (tag(Tone::Plain, visit.say(TenderText::ClaimOpen))) }
        }
        @if let Some((entry, reasons, _)) = found { p.prose { (reasons) } (record_link(visit, entry.index)) }
    }
}

/// What the view says of a claim.
fn carried(lot: &LotView, candidate: &Candidate, claim: &Claim) -> Option<bool> {
    let known: &CandidateView = lot.candidates.iter().find(|known| known.id == candidate.id.as_str())?;
    let is_among = |ids: &[String]| ids.iter().any(|id| id == claim.id.as_str());
    is_among(&known.refuted_claims).then_some(false).or_else(|| is_among(&known.verified_claims).then_some(true))
}
