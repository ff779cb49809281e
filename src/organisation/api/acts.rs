//! What is posted on an organisation.

use super::super::{
    ClaimsClearing, Confirmation, Ending, KeyAddition, KeyRevocation, Reinstatement, Renaming, RepresentativeChange,
    RoleGrant, Suspension,
};
use crate::field::OrganisationId;
use crate::http::endpoints_of_acts;

endpoints_of_acts! {
    OrganisationActs: "/v1/organisations", super::Tag::Organisations, id: OrganisationId;

    /// 确认登记: by a body that may admit to these roles.
    "/:id/confirmations", "confirmOrganisation", Confirmation;

    /// 清理待确认登记: by a supervisor, or the operator as long as it admits supervisors.
    "/:id/claim-clearings", "clearClaims", ClaimsClearing;

    /// 授予角色.
    "/:id/roles", "grantRole", RoleGrant;

    /// 暂停主体.
    "/:id/suspensions", "suspendOrganisation", Suspension;

    /// 恢复主体.
    "/:id/reinstatements", "reinstateOrganisation", Reinstatement;

    /// 名称变更.
    "/:id/renamings", "renameOrganisation", Renaming;

    /// 法定代表人变更.
    "/:id/representative-changes", "changeRepresentative", RepresentativeChange;

    /// 合并、分立、注销、吊销.
    "/:id/endings", "endOrganisation", Ending;

    /// 增加密钥.
    "/:id/keys", "addKey", KeyAddition;

    /// 吊销密钥.
    "/:id/key-revocations", "revokeKey", KeyRevocation;
}
