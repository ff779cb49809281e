//! An example of the payload of every record kind, from the story that `gongshi demo` tells.

use serde_json::Value;

macro_rules! examples {
    ($($kind:literal)*) => {
        /// Kinds and payloads.
        const EXAMPLES: &[(&str, &str)] = &[$(($kind, include_str!(concat!("examples/", $kind, ".json")))),*];
    };
}

examples! {
    "organisation.registered"
    "organisation.confirmed"
    "organisation.claims_cleared"
    "organisation.role_granted"
    "organisation.suspended"
    "organisation.reinstated"
    "organisation.renamed"
    "organisation.representative_changed"
    "organisation.ended"
    "key.added"
    "key.revoked"
    "tender.preannounced"
    "award.challenged"
    "tender.period_reopened"
    "tender.preannouncement_revised"
    "tender.objected"
    "tender.objection_answered"
    "tender.objection_escalated"
    "tender.objection_ruled"
    "tender.objection_withdrawn"
    "tender.announced"
    "tender.clarified"
    "tender.amended"
    "tender.bids_opened"
    "tender.suspended"
    "tender.resumed"
    "tender.terminated"
    "tender.failed"
    "tender.candidates_published"
    "award.challenge_answered"
    "award.claim_verified"
    "award.claim_refuted"
    "tender.awarded"
    "contract.published"
    "contract.amended"
    "contract.accepted"
    "tender.adopted"
    "template.published"
    "commitment.offered"
    "commitment.breach_reported"
    "commitment.period_reopened"
    "commitment.accepted"
    "commitment.declined"
    "commitment.breach_answered"
    "commitment.breach_ruled"
    "commitment.breach_appealed"
    "commitment.appeal_ruled"
    "access.barred"
    "access.revoked"
    "access.objected"
    "access.objection_ruled"
    "access.repair_applied"
    "access.repair_decided"
    "deposit.scheme_published"
    "deposit.announced"
    "deposit.received"
    "deposit.receipt_reversed"
    "deposit.guarantee_lodged"
    "deposit.guarantee_verified"
    "deposit.held"
    "deposit.released"
    "deposit.forfeited"
    "deposit.forfeiture_confirmed"
    "deposit.forfeiture_appealed"
    "deposit.guarantee_released"
    "deposit.forfeiture_remitted"
    "deposit.forfeiture_ruled"
    "deposit.refund_due"
    "deposit.refund_approved"
    "deposit.bank_entered"
    "deposit.refund_instructed"
    "deposit.refund_settled"
    "deposit.assessed"
    "deposit.forfeiture_recovered"
    "deposit.forfeiture_annulled"
    "deposit.swapped"
    "deposit.guarantee_paid"
    "deposit.guarantee_claimed"
    "deposit.difference_cleared"
    "deposit.difference_opened"
    "deposit.interest_capitalised"
    "deposit.interest_allocated"
    "deposit.unallocated_returned"
    "deposit.unallocated_claimed"
    "deposit.unallocated_received"
    "credit.objected"
    "credit.objection_ruled"
    "evaluation.sealed"
    "evaluation.revealed"
    "evaluation.replied"
    "evaluation.verified"
    "evaluation.corrected"
    "evaluation.appealed"
    "evaluation.appeal_ruled"
    "evaluation.period_reopened"
    "log.checkpoint_key_added"
    "log.checkpoint_key_retired"
    "log.service_key_added"
    "log.service_key_revoked"
    "log.continued"
    "log.law_adopted"
}

/// Adds each to the request that takes it, which is described by its kind.
pub fn add(document: &mut Value) {
    for operation in super::operations(document) {
        let Some(body) = operation.get_mut("requestBody") else { continue };
        let payload = EXAMPLES.iter().find(|(kind, _)| body["description"] == *kind);
        if let Some((_, payload)) = payload {
            let payload: Value = serde_json::from_str(payload).expect("an example is JSON");
            body["content"]["application/json"]["example"] = payload;
        }
    }
}
