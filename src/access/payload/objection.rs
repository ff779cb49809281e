//! 异议: the organisation says that a bar is wrong, and a supervisor who had no part in it rules.

use crate::act::{Payload, confirms_numbers, statuses};
use crate::field::{Citations, DocumentRef, ItemId, NumberConfirmation, Prose};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `access.objected`: by the organisation, or by a supervisor for it with what it handed in: who is kept from registering has no
/// key here. From now on the bar is shown as 异议中.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BarObjection {
    /// Chosen by whoever signs, unique for the organisation.
    pub id: ItemId,
    pub bar: ItemId,
    pub grounds: Prose<5000>,
    /// What the organisation handed in and signed by hand: where a supervisor enters it, and only there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paper: Option<DocumentRef>,
    /// Evidence.
    #[serde(default, skip_serializing_if = "Citations::is_empty")]
    pub documents: Citations,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numbers_confirmed: Option<NumberConfirmation>,
}

statuses! {
    /// What becomes of an objection to a bar.
    pub enum BarRulingOutcome {
        /// 异议成立: the bar ends now, everywhere.
        Upheld,
        /// 异议不成立
        Dismissed,
    }
}

/// `access.objection_ruled`: by a supervisor who did not enter the bar. Whoever entered an objection from paper may: that is a
/// clerk's act.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BarObjectionRuling {
    pub objection: ItemId,
    pub outcome: BarRulingOutcome,
    pub reasons: Prose<5000>,
    #[serde(default, skip_serializing_if = "Citations::is_empty")]
    pub documents: Citations,
}

impl Payload for BarObjection {
    const KIND: &'static str = "access.objected";

    confirms_numbers!();

    fn documents(&self) -> Vec<&DocumentRef> {
        self.paper.iter().chain(self.documents.iter()).collect()
    }
}

impl Payload for BarObjectionRuling {
    const KIND: &'static str = "access.objection_ruled";

    fn documents(&self) -> Vec<&DocumentRef> {
        self.documents.iter().collect()
    }
}
