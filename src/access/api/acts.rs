//! What is posted on an organisation's access.

use super::super::{
    AccessId, BarObjection, BarObjectionRuling, BarRevocation, Barring, RepairApplication, RepairDecision,
};
use crate::http::endpoints_of_acts;

endpoints_of_acts! {
    AccessActs: "/v1/access", super::Tag::Access, id: AccessId;

    /// 禁入登记: by a supervisor, with another's decision or its own.
    "/:id/bars", "barOrganisation", Barring;

    /// 撤销禁入.
    "/:id/revocations", "revokeBar", BarRevocation;

    /// 异议: by the organisation, or by a supervisor for it.
    "/:id/objections", "objectToBar", BarObjection;

    /// 异议处理: by a supervisor who had no part in it.
    "/:id/objection-rulings", "ruleBarObjection", BarObjectionRuling;

    /// 申请信用修复: by the organisation, or by a supervisor for it.
    "/:id/repair-applications", "applyForRepair", RepairApplication;

    /// 信用修复决定.
    "/:id/repair-decisions", "decideRepair", RepairDecision;
}
