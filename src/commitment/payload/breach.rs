//! What happens when a promise is said to be broken.

use crate::act::{Payload, confirms_numbers};
use crate::field::{Citations, ClauseId, DocumentRef, Faults, Instant, ItemId, NumberConfirmation, Prose};
use crate::template::Side;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

/// `commitment.breach_reported`: by the other side, or by a supervisor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Breach {
    /// Chosen by the reporter, unique within the commitment.
    pub id: ItemId,
    /// Whose promise was broken.
    pub against: Side,
    /// The broken promises of that side.
    #[schemars(length(min = 1, max = CLAUSES_MAX))]
    pub clauses: Vec<ClauseId>,
    pub facts: Prose<5000>,
    /// Evidence (证据材料).
    #[serde(default, skip_serializing_if = "Citations::is_empty")]
    pub documents: Citations,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numbers_confirmed: Option<NumberConfirmation>,
}

/// `commitment.breach_answered`: by the side that it is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BreachAnswer {
    pub breach: ItemId,
    pub statement: Prose<5000>,
    #[serde(default, skip_serializing_if = "Citations::is_empty")]
    pub documents: Citations,
}

/// `commitment.deadline_passed` [service]: no answer came in time. It may still come, until the ruling.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Deadline {
    pub breach: ItemId,
    pub due: Instant,
}

/// What a supervisor finds.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "Finding")]
pub enum BreachFinding {
    /// 不成立
    Dismissed,
    /// 轻微
    Minor,
    /// 较重
    Serious,
    /// 严重
    Grave,
}

impl BreachFinding {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// `commitment.breach_ruled`: by a supervisor, once the answer is in or its time is over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BreachRuling {
    pub breach: ItemId,
    pub finding: BreachFinding,
    pub reasons: Prose<5000>,
    #[serde(default, skip_serializing_if = "Citations::is_empty")]
    pub documents: Citations,
}

/// `commitment.breach_appealed`: once, by either side.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Appeal {
    pub breach: ItemId,
    pub grounds: Prose<5000>,
    #[serde(default, skip_serializing_if = "Citations::is_empty")]
    pub documents: Citations,
}

/// `commitment.appeal_ruled`: by another supervisor than the one whose finding it is; final.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AppealRuling {
    pub breach: ItemId,
    pub finding: BreachFinding,
    pub reasons: Prose<5000>,
    #[serde(default, skip_serializing_if = "Citations::is_empty")]
    pub documents: Citations,
}

const CLAUSES_MAX: usize = 50;

impl Payload for Breach {
    const KIND: &'static str = "commitment.breach_reported";

    confirms_numbers!();

    fn check(&self, faults: &mut Faults) {
        faults.list("/clauses", &self.clauses, CLAUSES_MAX, |clause| clause.as_str());
    }

    fn documents(&self) -> Vec<&DocumentRef> {
        self.documents.iter().collect()
    }
}

macro_rules! with_documents {
    ($($payload:ident = $kind:literal,)*) => {
        $(impl Payload for $payload {
            const KIND: &'static str = $kind;

            fn documents(&self) -> Vec<&DocumentRef> {
                self.documents.iter().collect()
            }
        })*
    };
}

with_documents! {
    BreachAnswer = "commitment.breach_answered",
    BreachRuling = "commitment.breach_ruled",
    Appeal = "commitment.breach_appealed",
    AppealRuling = "commitment.appeal_ruled",
}

impl Payload for Deadline {
    const KIND: &'static str = "commitment.deadline_passed";
}
