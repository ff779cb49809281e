//! 公告 and 变更公告: the notices of a tender in their order, each with the one before and what it changed.

use super::file::Text;
use crate::field::{ClauseId, DueTime};
use crate::http::RecordKind;
use crate::tender::{Act, Change, Tendency, clause_changes, tendency};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where a notice stands.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
pub struct NoticePlace {
    pub index: u64,
    pub entry_hash: String,
}

/// A notice that says what the tender is: a disclosure, a revision, the call, a clarification or an amendment.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
pub struct NoticeView {
    pub index: u64,
    pub entry_hash: String,
    pub time: String,
    pub kind: RecordKind,
    /// The notice before, which this one changes; the first has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<NoticePlace>,
    /// The version of the disclosed text that it brought, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disclosure: Option<u32>,
    /// The clauses that it changed.
    pub changes: Vec<ChangeView>,
    /// How it moved the bid deadline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bid_deadline: Option<DeadlineChange>,
}

/// A deadline that was moved: a day, or an hour with its zone.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
pub struct DeadlineChange {
    pub before: String,
    pub after: String,
    /// Which way it goes for bidders; absent where only the hour of the same day was set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tendency: Option<Tendency>,
}

/// A version of the disclosed text.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
pub struct TextVersionView {
    /// From 1.
    #[serde(rename = "disclosure")]
    pub text_version: u32,
    /// The record that brought it.
    pub index: u64,
    pub time: String,
    /// What changed against the version before.
    pub changes: Vec<ChangeView>,
}

/// A clause that changed, with both wordings.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
pub struct ChangeView {
    pub clause: String,
    pub change: Change,
    /// Whether it matters to who can win.
    pub material: bool,
    /// Which way it goes for bidders; absent where the words don't say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tendency: Option<Tendency>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// What a notice takes beside the wordings that it changed.
const NOTICE_BYTES: usize = 256;

impl NoticeView {
    pub(super) fn place(&self) -> NoticePlace {
        NoticePlace { index: self.index, entry_hash: self.entry_hash.clone() }
    }

    /// The version of the text, where it brought one.
    pub(super) fn text_version(&self) -> Option<TextVersionView> {
        let text_version = self.disclosure?;
        Some(TextVersionView {
            text_version,
            index: self.index,
            time: self.time.clone(),
            changes: self.changes.clone(),
        })
    }

    pub(super) fn bytes(&self) -> usize {
        let wordings = self.changes.iter().flat_map(|change| [&change.before, &change.after]).flatten();
        NOTICE_BYTES + wordings.map(String::len).sum::<usize>()
    }
}

impl DeadlineChange {
    pub(super) fn between(before: Option<DueTime>, after: Option<DueTime>) -> Option<Self> {
        let (before, after) = before.zip(after).filter(|(before, after)| before != after)?;
        let tendency = match (after.is_before(before), before.is_before(after)) {
            (true, _) => Some(Tendency::Stricter),
            (_, true) => Some(Tendency::Looser),
            _ => None,
        };
        Some(Self { before: before.to_string(), after: after.to_string(), tendency })
    }
}

/// Whether an act says what the tender is.
pub(super) fn is_notice(act: &Act) -> bool {
    matches!(
        act,
        Act::Preannounced(_)
            | Act::Adopted(_)
            | Act::Revised(_)
            | Act::Announced(_)
            | Act::Clarified(_)
            | Act::Amended(_)
    )
}

/// Which way the change of a clause goes that kept its kind.
fn told(before: &Text, after: &Text, id: &ClauseId) -> Option<Tendency> {
    let [before, after] = [before, after].map(|text| text.clauses.iter().find(|clause| clause.id == *id));
    let (before, after) = before.zip(after).filter(|(before, after)| before.kind == after.kind)?;
    tendency(after.kind, before.text.as_str(), after.text.as_str())
}

/// How one text differs from another; the first one has nothing before it to differ from.
pub(super) fn changes(before: &Text, after: &Text) -> Vec<ChangeView> {
    if before.clauses.is_empty() {
        return Vec::new();
    }
    let wording = |text: &Text, clause: &ClauseId| text.wording(clause);
    clause_changes(&before.states(), &after.states())
        .into_iter()
        .map(|change| ChangeView {
            tendency: told(before, after, &change.clause),
            clause: change.clause.to_string(),
            change: change.change,
            material: change.material,
            before: wording(before, &change.clause),
            after: wording(after, &change.clause),
        })
        .collect()
}
