//! 异议与投诉: objections against the disclosed text, their answers and rulings.

use super::disclosure::CLAUSES_MAX;
use crate::act::{Payload, confirms_numbers};
use crate::field::{Citations, ClauseId, DocumentRef, Faults, ItemId, NumberConfirmation, Prose};
use crate::record::Sealed;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is wrong with a clause, in the words of the founding plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    /// 针对性: written for one bidder.
    Targeted,
    /// 倾向性: leans to some.
    Biased,
    /// 歧视性: shuts some out.
    Discriminatory,
    /// 期限违法: a period shorter than the law's.
    UnlawfulPeriod,
    /// 其他.
    Other,
}

/// `tender.objected`: an enterprise objects, or a supervisor on behalf of a public tip.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Objection {
    /// Chosen by the objector, unique in the tender.
    pub id: ItemId,
    /// The clauses it is about; empty when it is about the whole.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = CLAUSES_MAX))]
    pub clauses: Vec<ClauseId>,
    pub ground: Ground,
    pub facts: Prose<8000>,
    pub remedy: Prose<2000>,
    #[serde(default, skip_serializing_if = "Citations::is_empty")]
    pub evidence: Citations,
    /// The person behind a tip, sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub complainant: Option<Sealed>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numbers_confirmed: Option<NumberConfirmation>,
}

/// How an objection or a challenge is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AnswerOutcome {
    Accepted,
    Partly,
    Rejected,
}

/// `tender.objection_answered`: the centre or the procuring unit answers with reasons.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectionAnswer {
    pub objection: ItemId,
    pub outcome: AnswerOutcome,
    pub reasons: Prose<8000>,
    #[serde(default, skip_serializing_if = "Citations::is_empty")]
    pub documents: Citations,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numbers_confirmed: Option<NumberConfirmation>,
}

/// `tender.objection_escalated` (投诉): to the supervisor, after an answer or when it is overdue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectionEscalation {
    pub objection: ItemId,
    pub reasons: Prose<8000>,
    #[serde(default, skip_serializing_if = "Citations::is_empty")]
    pub evidence: Citations,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numbers_confirmed: Option<NumberConfirmation>,
}

/// How a supervisor rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RulingOutcome {
    /// 成立: the text must be revised, or the tender terminated.
    Upheld,
    /// 驳回.
    Dismissed,
}

/// `tender.objection_ruled`: the supervisor's decision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectionRuling {
    pub objection: ItemId,
    pub outcome: RulingOutcome,
    pub reasons: Prose<8000>,
    #[serde(default, skip_serializing_if = "Citations::is_empty")]
    pub documents: Citations,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numbers_confirmed: Option<NumberConfirmation>,
}

/// `tender.objection_withdrawn`: by the objector.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectionWithdrawal {
    pub objection: ItemId,
    pub reason: Prose<2000>,
}

impl Payload for Objection {
    const KIND: &'static str = "tender.objected";

    confirms_numbers!();

    fn check(&self, faults: &mut Faults) {
        if !self.clauses.is_empty() {
            faults.list("/clauses", &self.clauses, CLAUSES_MAX, |id| id);
        }
    }

    fn documents(&self) -> Vec<&DocumentRef> {
        self.evidence.iter().collect()
    }

    fn sealed(&self) -> Vec<Sealed> {
        self.complainant.iter().cloned().collect()
    }
}

impl Payload for ObjectionAnswer {
    const KIND: &'static str = "tender.objection_answered";

    confirms_numbers!();

    fn documents(&self) -> Vec<&DocumentRef> {
        self.documents.iter().collect()
    }
}

impl Payload for ObjectionEscalation {
    const KIND: &'static str = "tender.objection_escalated";

    confirms_numbers!();

    fn documents(&self) -> Vec<&DocumentRef> {
        self.evidence.iter().collect()
    }
}

impl Payload for ObjectionRuling {
    const KIND: &'static str = "tender.objection_ruled";

    confirms_numbers!();

    fn documents(&self) -> Vec<&DocumentRef> {
        self.documents.iter().collect()
    }
}

impl Payload for ObjectionWithdrawal {
    const KIND: &'static str = "tender.objection_withdrawn";
}
