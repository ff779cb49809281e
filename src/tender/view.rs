//! A tender as it is read: its entries folded, each with its record.

use super::{
    Act, CandidateState, Clause, ClauseState, LotPhase, LotState, Phase, ScoreRow, Tender, Verdict, clause_changes,
    score_table_id,
};
use crate::act::{Acts, Capability, fold};
use crate::field::{ClauseId, TenderCode};
use crate::http::Problem;
use crate::law::{Law, Running};
use crate::ledger::Ledger;
use crate::world::Stream;
use poem_openapi::Object;
use poem_openapi::types::Any;
use serde::Serialize;

/// A tender (招标项目) at the present end of the log.
#[derive(Serialize, Object)]
pub struct TenderView {
    pub code: String,
    /// Version of its stream.
    pub version: u64,
    /// `preannounced`, `waiting`, `cleared`, `announced`, `suspended`, `terminated` or `closed`.
    pub status: String,
    pub title: String,
    pub centre: String,
    pub procuring_unit: crate::field::Party,
    pub nature: crate::field::Nature,
    pub region: String,
    /// When the objection window is over (UTC), while it runs or has just run.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[oai(skip_serializing_if_is_none)]
    pub window_until: Option<String>,
    /// One of the dates shown here touches a year whose holidays are not arranged yet, and may still move.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[oai(skip_serializing_if = "std::ops::Not::not", default)]
    pub provisional: bool,
    /// An accepted or upheld objection demands a revision.
    pub revision_required: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[oai(skip_serializing_if_is_none)]
    pub bid_deadline: Option<String>,
    /// Bidders must have signed a commitment on this template before the opening.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[oai(skip_serializing_if_is_none)]
    pub commitment_template: Option<crate::field::TemplateId>,
    /// The clauses as they stand now.
    pub clauses: Vec<Clause>,
    pub score_table: Vec<ScoreRow>,
    /// Every version of the disclosed text.
    #[serde(rename = "disclosures")]
    #[oai(rename = "disclosures")]
    pub text_versions: Vec<TextVersionView>,
    pub objections: Vec<ObjectionView>,
    pub lots: Vec<LotView>,
    /// Every record, in order: the whole public file.
    pub records: Vec<TenderRecord>,
}

/// A version of the disclosed text.
#[derive(Serialize, Object)]
pub struct TextVersionView {
    /// From 1.
    #[serde(rename = "disclosure")]
    #[oai(rename = "disclosure")]
    pub text_version: u32,
    /// The record that brought it.
    pub index: u64,
    pub time: String,
    /// What changed against the version before.
    pub changes: Vec<ChangeView>,
}

/// A clause that changed, with both wordings.
#[derive(Serialize, Object)]
pub struct ChangeView {
    pub clause: String,
    pub change: super::Change,
    /// Whether it matters to who can win.
    pub material: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[oai(skip_serializing_if_is_none)]
    pub before: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[oai(skip_serializing_if_is_none)]
    pub after: Option<String>,
}

/// Where an objection stands; its text is in the record.
#[derive(Serialize, Object)]
pub struct ObjectionView {
    pub id: String,
    pub by: String,
    /// `filed`, `overdue`, `answered`, `escalated`, `ruled` or `withdrawn`.
    pub status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[oai(skip_serializing_if_is_none)]
    pub answer_due: Option<String>,
}

/// Where a lot stands; its notices are in the records.
#[derive(Serialize, Object)]
pub struct LotView {
    pub id: String,
    pub title: String,
    /// `waiting`, `opened`, `candidates`, `awarded`, `contracted`, `accepted` or `failed`.
    pub status: String,
    /// When the publicity of the candidates is over (UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[oai(skip_serializing_if_is_none)]
    pub candidates_until: Option<String>,
    pub candidates: Vec<CandidateView>,
    pub challenges: Vec<ChallengeView>,
    /// Id of the winning candidate.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[oai(skip_serializing_if_is_none)]
    pub winner: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[oai(skip_serializing_if_is_none)]
    pub price: Option<crate::field::Price>,
}

/// A candidate and what became of its claims.
#[derive(Serialize, Object)]
pub struct CandidateView {
    pub id: String,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[oai(skip_serializing_if_is_none)]
    pub rank: Option<u16>,
    pub verified_claims: Vec<String>,
    pub refuted_claims: Vec<String>,
}

/// A challenge to the result.
#[derive(Serialize, Object)]
pub struct ChallengeView {
    pub id: String,
    pub by: String,
    pub answered: bool,
    pub answer_due: String,
}

/// A record of the tender.
#[derive(Serialize, Object)]
pub struct TenderRecord {
    pub index: u64,
    pub time: String,
    pub kind: String,
    pub author: String,
    pub version: u64,
    pub entry_hash: String,
    pub payload: Any<serde_json::Value>,
}

/// Folds a tender's stream; `None` when there is no such tender.
///
/// # Errors
/// The store can't be read.
pub async fn tender_view(ledger: &Ledger, code: &TenderCode) -> Result<Option<TenderView>, Problem> {
    let entries = ledger.stream(&Stream::of(code)).await?;
    let adopted = ledger.law().await?;
    let Some(law) = Law::new(&adopted) else { return Ok(None) };
    let mut text = Text::default();
    let mut state: Option<Tender> = None;
    let (mut text_versions, mut records) = (Vec::new(), Vec::new());
    for entry in entries {
        let crate::world::Act::Tender(act) = entry.act else { continue };
        if let Some(stated) = Text::stated(&act) {
            let changes = change_views(&text, &stated);
            let before = state.as_ref().map_or(0, |tender| tender.text_version);
            text = stated;
            fold(&mut state, &act, &entry.place, law);
            let text_version = state.as_ref().map_or(0, |tender| tender.text_version);
            if text_version != before {
                let (index, time) = (entry.place.index, entry.place.time.to_string());
                text_versions.push(TextVersionView { text_version, index, time, changes });
            }
        } else {
            if let Act::Amended(amendment) = &act {
                for amended in &amendment.clauses {
                    text.clauses
                        .iter_mut()
                        .filter(|clause| clause.id == amended.id)
                        .for_each(|clause| *clause = amended.clone());
                }
            }
            fold(&mut state, &act, &entry.place, law);
        }
        records.push(TenderRecord {
            index: entry.place.index,
            time: entry.place.time.to_string(),
            kind: act.kind().to_owned(),
            author: entry.place.author.to_string(),
            version: entry.place.version,
            entry_hash: entry.place.hash.to_string(),
            payload: Any(act.to_value()),
        });
    }
    Ok(state.map(|tender| view(code, tender, text, text_versions, records, law)))
}

/// The words of a version of a tender.
#[derive(Default)]
struct Text {
    clauses: Vec<Clause>,
    score_table: Vec<ScoreRow>,
}

impl Text {
    /// What an act states in full.
    fn stated(act: &Act) -> Option<Self> {
        let (clauses, score_table) = match act {
            Act::Preannounced(disclosed) => (&disclosed.clauses, &disclosed.score_table),
            Act::Revised(revision) => (&revision.preannouncement.clauses, &revision.preannouncement.score_table),
            Act::Announced(announcement) => (&announcement.clauses, &announcement.score_table),
            _ => return None,
        };
        Some(Self { clauses: clauses.clone(), score_table: score_table.clone() })
    }

    fn states(&self) -> Vec<ClauseState> {
        ClauseState::of(&self.clauses, &self.score_table)
    }

    /// A row a line for the score table: item, points, criteria.
    fn wording(&self, id: &ClauseId) -> Option<String> {
        if *id != score_table_id() {
            return self.clauses.iter().find(|clause| clause.id == *id).map(|clause| clause.text.to_string());
        }
        let rows = self.score_table.iter().map(|row| {
            let (points, hundredths) = (row.max_points / 100, row.max_points % 100);
            format!("{} · {points}.{hundredths:02} · {}", row.item, row.criteria)
        });
        (!self.score_table.is_empty()).then(|| rows.collect::<Vec<_>>().join("\n"))
    }
}

fn change_views(before: &Text, after: &Text) -> Vec<ChangeView> {
    // The first version has nothing before it to differ from.
    if before.clauses.is_empty() {
        return Vec::new();
    }
    clause_changes(&before.states(), &after.states())
        .into_iter()
        .map(|change| ChangeView {
            clause: change.clause.to_string(),
            change: change.change,
            material: change.material,
            before: before.wording(&change.clause),
            after: after.wording(&change.clause),
        })
        .collect()
}

fn view(
    code: &TenderCode,
    tender: Tender,
    text: Text,
    text_versions: Vec<TextVersionView>,
    records: Vec<TenderRecord>,
    law: Law<'_>,
) -> TenderView {
    let mut provisional = false;
    let mut end = |period: Running| {
        let end = law.end(period);
        provisional |= end.provisional;
        end.at.to_string()
    };
    let window = tender.window.filter(|_| matches!(tender.phase, Phase::Preannounced { .. }));
    let window_until = window.map(&mut end);
    let lots = tender.lots.iter().map(|lot| lot_view(lot, &mut end)).collect();
    let objections = tender.objections.iter().map(|objection| ObjectionView {
        id: objection.id.to_string(),
        by: objection.by.to_string(),
        status: objection.phase.name().to_owned(),
        answer_due: match objection.phase {
            super::ObjectionPhase::Filed { answer, .. } => Some(end(answer)),
            _ => None,
        },
    });
    let objections = objections.collect();
    TenderView {
        code: code.to_string(),
        version: tender.version(),
        status: tender.status().to_owned(),
        title: tender.title.to_string(),
        centre: tender.centre.to_string(),
        nature: tender.nature,
        region: tender.region.to_string(),
        window_until,
        revision_required: tender.revision_required,
        commitment_template: tender.commitment_template.clone(),
        bid_deadline: tender.bid_deadline.map(|day| day.to_string()),
        clauses: text.clauses,
        score_table: text.score_table,
        text_versions,
        objections,
        lots,
        provisional,
        procuring_unit: tender.procuring_unit,
        records,
    }
}

fn lot_view(lot: &LotState, end: &mut impl FnMut(Running) -> String) -> LotView {
    let found =
        |candidate: &CandidateState, verdict| candidate.claims_found(verdict).map(ToString::to_string).collect();
    LotView {
        id: lot.id.to_string(),
        title: lot.title.to_string(),
        status: lot.phase.name().to_owned(),
        candidates_until: match lot.phase {
            LotPhase::Candidates { window } => Some(end(window)),
            _ => None,
        },
        candidates: lot
            .candidates
            .iter()
            .map(|candidate| CandidateView {
                id: candidate.id.to_string(),
                name: candidate.name.to_string(),
                rank: candidate.rank,
                verified_claims: found(candidate, Verdict::Verified),
                refuted_claims: found(candidate, Verdict::Refuted),
            })
            .collect(),
        challenges: lot
            .challenges
            .iter()
            .map(|challenge| ChallengeView {
                id: challenge.id.to_string(),
                by: challenge.by.to_string(),
                answered: challenge.answer.is_some(),
                answer_due: end(challenge.period),
            })
            .collect(),
        winner: lot.winner.as_ref().map(ToString::to_string),
        price: lot.price.clone(),
    }
}
