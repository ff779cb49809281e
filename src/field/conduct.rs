//! What of somebody's conduct is promised and evaluated, and when.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::{EnumIter, EnumString, IntoStaticStr};

/// A dimension of conduct: the first six are the procuring side's, the others the enterprise's.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
    EnumIter,
    EnumString,
    IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Dimension {
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

impl Dimension {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// What people call it.
    pub fn title(self) -> (&'static str, &'static str) {
        match self {
            Self::FairDocuments => ("文件公平", "fair documents"),
            Self::Openness => ("公开与期限", "openness and deadlines"),
            Self::NoSolicitation => ("无索取、无干预", "no solicitation, no interference"),
            Self::ObjectionsHandled => ("异议处理", "objections handled"),
            Self::EvaluationQuality => ("评审质量", "quality of the bids' evaluation"),
            Self::PerformanceAndPayment => ("履约、验收、支付与退还", "performance, acceptance, payment and refunds"),
            Self::Truth => ("陈述真实", "truth of claims"),
            Self::LawfulBidding => ("依法投标", "lawful bidding"),
            Self::ContractPerformance => ("合同履行：工期、质量、安全", "the contract: time, quality, safety"),
            Self::StaffOnTheJob => ("人员到岗", "staff on the job"),
            Self::Wages => ("工资支付", "wages paid"),
            Self::IntegrityControl => ("廉洁内控与举报", "integrity control and reporting"),
            Self::Cooperation => ("配合监督", "cooperation with supervision"),
        }
    }
}

/// What a commitment has come to when both sides are asked to evaluate each other.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
    EnumString,
    IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Milestone {
    /// 中标结果, for those who lost as well
    Award,
    /// 合同签订
    Contract,
    /// 履约验收
    Acceptance,
    /// 年度承诺期满
    YearEnd,
}

impl Milestone {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        self.into()
    }
}
