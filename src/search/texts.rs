//! What can be searched of a stream, folded from its records. Nothing of it is sealed, and nothing is about a person: names of
//! leaders, contacts and members of a committee are left out. So there is nothing here that could ever be erased.

use super::rows::{SearchKind, SearchRow, TextPart};
use crate::act::{Place, fold};
use crate::commitment::{self, Commitment};
use crate::field::{Instant, ItemId, TenderCode};
use crate::law::Law;
use crate::organisation::{Organisation, OrganisationStatus};
use crate::tender::{self, Clause, Lot, Preannouncement, ScoreRow, Tender};
use crate::world::{Act, Stream};
use std::collections::BTreeMap;

/// Texts of one stream that only come to more: clarifications, bids, documents.
const ADDED_MAX: usize = 2_000;

/// A stream as it is folded into rows.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    first: Option<(u64, Instant)>,
    tender: Option<Tender>,
    organisation: Option<Organisation>,
    commitment: Option<Commitment>,
    /// The text as it is now.
    disclosed: Vec<TextPart>,
    clauses: Vec<TextPart>,
    added: Vec<TextPart>,
    objections: BTreeMap<ItemId, Said>,
}

/// An objection, and what was said of it.
#[derive(Debug)]
struct Said {
    id: u64,
    time: Instant,
    parts: Vec<TextPart>,
}

impl Texts {
    pub fn take(&mut self, act: &Act, place: &Place, law: Law<'_>) {
        self.first.get_or_insert((place.index, place.time));
        match act {
            Act::Tender(act) => {
                self.take_tender(act, place);
                fold(&mut self.tender, act, place, law);
            }
            Act::Organisation(act) => fold(&mut self.organisation, act, place, law),
            Act::Commitment(act) => {
                self.take_commitment(act);
                fold(&mut self.commitment, act, place, law);
            }
            _ => return,
        }
        // Those of an objection belong to it.
        let objection = match act {
            Act::Tender(act) => objection_of(act).and_then(|id| self.objections.get_mut(id)),
            _ => None,
        };
        let titles =
            act.documents().into_iter().map(|document| TextPart::new("document", document.title.as_str())).collect();
        match objection {
            Some(objection) => add(&mut objection.parts, titles),
            None => self.add(titles),
        }
    }

    fn add(&mut self, parts: Vec<TextPart>) {
        add(&mut self.added, parts);
    }

    fn take_tender(&mut self, act: &tender::Act, place: &Place) {
        use tender::Act as Said;
        match act {
            Said::Preannounced(text) => self.disclose(text),
            Said::Revised(revision) => self.disclose(&revision.preannouncement),
            Said::Adopted(adoption) => self.disclosed = lots(&adoption.lots),
            Said::Announced(call) => self.clauses = clauses(&call.clauses, &call.score_table),
            Said::Amended(amendment) => {
                for clause in clauses(&amendment.clauses, &[]) {
                    self.clauses.retain(|before| before.part != clause.part);
                    self.clauses.push(clause);
                }
            }
            Said::Clarified(clarification) => {
                self.add(vec![TextPart::new("clarification", clarification.text.as_str())])
            }
            Said::BidsOpened(opening) => {
                let bids = opening.bids.iter().map(|bid| TextPart::new("bidder", &bid.bidder.name()));
                self.add(bids.collect());
            }
            Said::ContractPublished(contract) => self.add(vec![TextPart::new("contract", contract.number.as_str())]),
            Said::ContractAmended(amendment) => self.add(vec![TextPart::new("contract", amendment.changes.as_str())]),
            Said::Objected(objection) => {
                let texts = [("facts", objection.facts.as_str()), ("remedy", objection.remedy.as_str())];
                let mut parts = texts.map(|(part, text)| TextPart::new(part, text)).to_vec();
                parts.push(TextPart::new("objector", place.author.as_str()));
                self.objections.insert(objection.id.clone(), self::Said { id: place.index, time: place.time, parts });
            }
            _ => self.take_word_on_objection(act),
        }
    }

    fn take_word_on_objection(&mut self, act: &tender::Act) {
        use tender::Act as Said;
        let (part, text) = match act {
            Said::ObjectionAnswered(answer) => ("answer", answer.reasons.as_str()),
            Said::ObjectionEscalated(escalation) => ("escalation", escalation.reasons.as_str()),
            Said::ObjectionRuled(ruling) => ("ruling", ruling.reasons.as_str()),
            Said::ObjectionWithdrawn(withdrawal) => ("withdrawal", withdrawal.reason.as_str()),
            _ => return,
        };
        let said = objection_of(act).and_then(|id| self.objections.get_mut(id));
        if let Some(said) = said {
            add(&mut said.parts, vec![TextPart::new(part, text)]);
        }
    }

    fn disclose(&mut self, text: &Preannouncement) {
        self.disclosed = lots(&text.lots);
        let reason = text.method_reason.iter().map(|text| TextPart::new("method", text.as_str()));
        self.disclosed.extend(reason.chain(text.funding.iter().map(|text| TextPart::new("funding", text.as_str()))));
        self.clauses = clauses(&text.clauses, &text.score_table);
    }

    fn take_commitment(&mut self, act: &commitment::Act) {
        use commitment::Act as Said;
        let (part, id, text) = match act {
            Said::BreachReported(breach) => ("facts", &breach.id, breach.facts.as_str()),
            Said::BreachAnswered(answer) => ("answer", &answer.breach, answer.statement.as_str()),
            Said::BreachRuled(ruling) => ("ruling", &ruling.breach, ruling.reasons.as_str()),
            Said::BreachAppealed(appeal) => ("appeal", &appeal.breach, appeal.grounds.as_str()),
            Said::AppealRuled(ruling) => ("ruling", &ruling.breach, ruling.reasons.as_str()),
            _ => return,
        };
        self.add(vec![TextPart::new(format!("breaches/{id}/{part}"), text)]);
    }

    /// What can be searched of the stream now.
    pub fn rows(&self, stream: &Stream) -> Vec<SearchRow> {
        let Some((id, time)) = self.first else { return Vec::new() };
        let code = stream.id::<TenderCode>();
        let mut rows = Vec::new();
        if let (Some(tender), Some(code)) = (&self.tender, &code) {
            let of_tender = self.row_of_tender(tender, code, (id, time));
            let bare = SearchRow { parts: Vec::new(), deadline: None, opening: None, ..of_tender.clone() };
            rows.extend(self.objections.iter().filter_map(|(item, said)| {
                let state = tender.objections.iter().find(|state| state.id == *item)?;
                Some(SearchRow {
                    id: said.id,
                    kind: SearchKind::Objection,
                    key: format!("{code}/{item}"),
                    parts: said.parts.clone(),
                    status: state.phase.status().name(),
                    time: said.time,
                    ..bare.clone()
                })
            }));
            rows.push(of_tender);
        }
        rows.extend(self.row_of_organisation((id, time)));
        rows.extend(self.row_of_commitment(stream, (id, time)));
        rows
    }

    fn row_of_tender(&self, tender: &Tender, code: &TenderCode, (id, time): (u64, Instant)) -> SearchRow {
        let unit = &tender.procuring_unit;
        let mut parts =
            vec![TextPart::new("unit", unit.name.as_str()), TextPart::new("centre", tender.centre.as_str())];
        parts.extend(unit.id.iter().map(|id| TextPart::new("unit", id.as_str())));
        for lot in &tender.lots {
            let won = lot.winners().map(|winner| &winner.id).collect::<Vec<_>>();
            parts.extend(lot.candidates.iter().map(|candidate| {
                let part = if won.contains(&&candidate.id) { "winner" } else { "candidate" };
                TextPart::new(format!("lots/{}/{part}", lot.id), &candidate.name)
            }));
            parts
                .extend(lot.bidders.iter().map(|code| TextPart::new(format!("lots/{}/bidder", lot.id), code.as_str())));
        }
        parts.extend([&self.disclosed, &self.clauses, &self.added].into_iter().flatten().cloned());
        SearchRow {
            id,
            kind: SearchKind::Tender,
            key: code.to_string(),
            title: tender.title.to_string(),
            parts,
            status: tender.status().name(),
            nature: tender.nature.map(|nature| nature.name()),
            method: tender.method.map(|method| method.name()),
            region: Some(tender.region.to_string()),
            unit: unit.id.as_ref().map(ToString::to_string),
            deadline: tender.bid_deadline.filter(|_| !tender.phase.is_final()),
            opening: tender.open.filter(|_| !tender.phase.is_final()),
            time,
        }
    }

    fn row_of_organisation(&self, (id, time): (u64, Instant)) -> Option<SearchRow> {
        // A name that nobody has confirmed is shown with the claim alone.
        let organisation = self.organisation.as_ref().filter(|organisation| !organisation.name.is_empty())?;
        let former = organisation.registry.former_names.iter();
        Some(SearchRow {
            id,
            kind: SearchKind::Organisation,
            key: organisation.id.to_string(),
            title: organisation.name.to_string(),
            parts: former.map(|former| TextPart::new("former_name", &former.name)).collect(),
            status: OrganisationStatus::from(organisation.status).name(),
            nature: None,
            method: None,
            region: None,
            unit: None,
            deadline: None,
            opening: None,
            time,
        })
    }

    fn row_of_commitment(&self, stream: &Stream, (id, time): (u64, Instant)) -> Option<SearchRow> {
        let commitment = self.commitment.as_ref()?;
        let key = stream.as_str().split_once('/')?.1.to_owned();
        let parties = [("unit", commitment.unit.as_str()), ("enterprise", commitment.enterprise.as_str())];
        let mut parts = parties.map(|(part, text)| TextPart::new(part, text)).to_vec();
        parts.extend(commitment.binding.tender().map(|tender| TextPart::new("tender", tender.as_str())));
        parts.push(TextPart::new("template", commitment.template.id.as_str()));
        parts.extend(self.added.iter().cloned());
        Some(SearchRow {
            id,
            kind: SearchKind::Commitment,
            title: key.clone(),
            key,
            parts,
            status: commitment.phase.status().name(),
            nature: None,
            method: None,
            region: None,
            unit: Some(commitment.unit.to_string()),
            deadline: None,
            opening: None,
            time,
        })
    }
}

fn add(to: &mut Vec<TextPart>, parts: Vec<TextPart>) {
    let room = ADDED_MAX.saturating_sub(to.len());
    to.extend(parts.into_iter().take(room));
}

/// The objection that an act is about.
fn objection_of(act: &tender::Act) -> Option<&ItemId> {
    use tender::Act as Said;
    match act {
        Said::Objected(objection) => Some(&objection.id),
        Said::ObjectionAnswered(answer) => Some(&answer.objection),
        Said::ObjectionEscalated(escalation) => Some(&escalation.objection),
        Said::ObjectionRuled(ruling) => Some(&ruling.objection),
        Said::ObjectionWithdrawn(withdrawal) => Some(&withdrawal.objection),
        _ => None,
    }
}

fn lots(lots: &[Lot]) -> Vec<TextPart> {
    let texts = lots.iter().flat_map(|lot| {
        let title = TextPart::new(format!("lots/{}", lot.id), lot.title.as_str());
        let description = lot.description.as_ref().map(|text| TextPart::new(format!("lots/{}", lot.id), text.as_str()));
        std::iter::once(title).chain(description)
    });
    texts.collect()
}

fn clauses(clauses: &[Clause], scores: &[ScoreRow]) -> Vec<TextPart> {
    let texts = clauses.iter().map(|clause| TextPart::new(format!("clauses/{}", clause.id), clause.text.as_str()));
    let scores = scores.iter().flat_map(|row| [row.item.as_str(), row.criteria.as_str()]);
    texts.chain(scores.map(|text| TextPart::new("clauses/score-table", text))).collect()
}
