//! 信用修复: what was wrong is put right, and the bar ends before its time.

use crate::act::{Payload, confirms_numbers, statuses};
use crate::field::{Citations, DocumentRef, ItemId, NumberConfirmation, Prose};
use crate::law::RepairRegime;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

statuses! {
    /// Which way a repair takes.
    pub enum RepairPath {
        /// 最短公示期届满、纠正、履行、承诺
        Ordinary,
        /// 破产重整: by the court's decision.
        Reorganisation,
    }

    /// What becomes of an application.
    pub enum RepairOutcome {
        /// 准予修复: the bar ends now, everywhere, and is shown no more.
        Approved,
        /// 不予修复
        Refused,
    }
}

/// `access.repair_applied`: by the organisation, or by a supervisor for it with its paper application. What the regime asks for is
/// the edition's to say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RepairApplication {
    /// Chosen by whoever signs, unique for the organisation.
    pub id: ItemId,
    pub bar: ItemId,
    /// The bar's own: another one is refused, and told which.
    pub regime: RepairRegime,
    pub path: RepairPath,
    /// What was corrected, and how (纠正情况).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrected: Option<Prose<5000>>,
    /// How obligations were met: fines, damages, what a court ordered (履行情况).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub obligations: Option<Prose<5000>>,
    /// 信用承诺书, which is public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commitment: Option<DocumentRef>,
    /// The court's decision on the reorganisation, for that path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub court_decision: Option<DocumentRef>,
    /// What the organisation handed in and signed by hand: where a supervisor enters it, and only there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paper: Option<DocumentRef>,
    #[serde(default, skip_serializing_if = "Citations::is_empty")]
    pub documents: Citations,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numbers_confirmed: Option<NumberConfirmation>,
}

/// `access.repair_decided`: by a supervisor who did not enter the application.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RepairDecision {
    pub application: ItemId,
    pub outcome: RepairOutcome,
    pub reasons: Prose<5000>,
    /// The decision of whoever repairs (修复决定).
    #[serde(default, skip_serializing_if = "Citations::is_empty")]
    pub documents: Citations,
}

impl Payload for RepairApplication {
    const KIND: &'static str = "access.repair_applied";

    confirms_numbers!();

    fn documents(&self) -> Vec<&DocumentRef> {
        let alone = self.commitment.iter().chain(&self.court_decision).chain(&self.paper);
        alone.chain(self.documents.iter()).collect()
    }
}

impl Payload for RepairDecision {
    const KIND: &'static str = "access.repair_decided";

    fn documents(&self) -> Vec<&DocumentRef> {
        self.documents.iter().collect()
    }
}
