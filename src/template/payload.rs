//! What a supervisor signs about a template.

use crate::act::{Payload, acts};
use crate::field::{ClauseId, Dimension, Faults, Line, Prose, TemplateId};
use crate::log::Hash;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};

/// What of the unit's conduct a clause promises, and an evaluation scores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UnitDimension {
    /// 文件公平
    FairDocuments,
    /// 公开与期限
    Openness,
    /// 无索取、无干预
    NoSolicitation,
    /// 异议处理
    ObjectionsHandled,
    /// 评审质量
    EvaluationQuality,
    /// 履约、验收、支付与退还
    PerformanceAndPayment,
}

/// What of the enterprise's conduct a clause promises, and an evaluation scores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EnterpriseDimension {
    /// 陈述真实
    Truth,
    /// 依法投标
    LawfulBidding,
    /// 合同履行：工期、质量、安全
    ContractPerformance,
    /// 人员到岗
    StaffOnTheJob,
    /// 工资支付
    Wages,
    /// 廉洁内控与举报
    IntegrityControl,
    /// 配合监督
    Cooperation,
}

impl From<UnitDimension> for Dimension {
    fn from(dimension: UnitDimension) -> Self {
        match dimension {
            UnitDimension::FairDocuments => Self::FairDocuments,
            UnitDimension::Openness => Self::Openness,
            UnitDimension::NoSolicitation => Self::NoSolicitation,
            UnitDimension::ObjectionsHandled => Self::ObjectionsHandled,
            UnitDimension::EvaluationQuality => Self::EvaluationQuality,
            UnitDimension::PerformanceAndPayment => Self::PerformanceAndPayment,
        }
    }
}

impl From<EnterpriseDimension> for Dimension {
    fn from(dimension: EnterpriseDimension) -> Self {
        match dimension {
            EnterpriseDimension::Truth => Self::Truth,
            EnterpriseDimension::LawfulBidding => Self::LawfulBidding,
            EnterpriseDimension::ContractPerformance => Self::ContractPerformance,
            EnterpriseDimension::StaffOnTheJob => Self::StaffOnTheJob,
            EnterpriseDimension::Wages => Self::Wages,
            EnterpriseDimension::IntegrityControl => Self::IntegrityControl,
            EnterpriseDimension::Cooperation => Self::Cooperation,
        }
    }
}

/// What kind of purchase a template is meant for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, IntoStaticStr, EnumString)]
#[strum(serialize_all = "snake_case")]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "Scope")]
pub enum PurchaseKind {
    /// 工程建设
    Construction,
    /// 政府采购货物与服务
    GovernmentProcurement,
    /// 年度框架
    AnnualFramework,
}

impl PurchaseKind {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// A title in both languages; the Chinese one is what is signed for, the English one explains it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Title {
    pub zh: Line<200>,
    pub en: Line<200>,
}

/// A promise of the procuring unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UnitClause {
    pub id: ClauseId,
    pub dimension: UnitDimension,
    pub zh: Prose<1000>,
    pub en: Prose<1000>,
    /// Law and article that ask for it anyway.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<Line<200>>,
}

/// A promise of the enterprise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EnterpriseClause {
    pub id: ClauseId,
    pub dimension: EnterpriseDimension,
    pub zh: Prose<1000>,
    pub en: Prose<1000>,
    /// Law and article that ask for it anyway.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<Line<200>>,
}

/// `template.published`: a version of a commitment text; the stream's first record is version 1, the next 2, and so on.
/// Who signed an earlier version stays bound by it; new commitments are made on the latest one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Publication {
    pub title: Title,
    pub scope: PurchaseKind,
    /// What the procuring unit promises.
    #[schemars(length(min = 1, max = CLAUSES_MAX))]
    pub unit_clauses: Vec<UnitClause>,
    /// What the enterprise promises.
    #[schemars(length(min = 1, max = CLAUSES_MAX))]
    pub enterprise_clauses: Vec<EnterpriseClause>,
}

/// One version of one template, with the hash of the entry that published it: nobody can mean another text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplateRef {
    pub id: TemplateId,
    /// From 1.
    pub version: u32,
    /// Hash of the entry that published this version.
    pub entry: Hash,
}

const CLAUSES_MAX: usize = 50;

impl Payload for Publication {
    const KIND: &'static str = "template.published";

    fn check(&self, faults: &mut Faults) {
        faults.list("/unit_clauses", &self.unit_clauses, CLAUSES_MAX, |clause| clause.id.as_str());
        faults.list("/enterprise_clauses", &self.enterprise_clauses, CLAUSES_MAX, |clause| clause.id.as_str());
        // A breach names a clause by its id alone.
        for (at, clause) in self.enterprise_clauses.iter().enumerate() {
            if self.unit_clauses.iter().any(|other| other.id == clause.id) {
                let id = clause.id.to_string();
                faults.add(format!("/enterprise_clauses/{at}/id"), crate::field::Fault::Duplicate { id });
            }
        }
    }
}

acts! {
    /// Every act about a template.
    pub enum Act {
        Published(Publication),
    }
}
