//! What the law says of deposits (保证金): which there may be, up to how much, in which forms, and when they go back.

use super::access::words;
use super::deposit_upkeep::{AssessmentTerms, DepositGuards, GuaranteeTerms, SecrecyTerms};
use super::rule::{DayRule, Rule, WorkingDayRule};
use crate::calendar::Period;
use crate::field::{Bilingual, Currency, Day, ItemId, Money, RegionCode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};

words! {
    /// How a deposit is lawful (合法形态): another way there is none.
    pub enum DepositShape {
        /// 法定保证金
        Statutory "法定保证金" "statutory deposit",
        /// 企业内部递延奖金池: the employer's money, by its own contract.
        InternalBonus "企业内部递延奖金" "enterprise-internal deferred bonus",
        /// 约定违约金: no money is paid in.
        Damages "约定违约金" "contractual damages",
        /// 历史保证金: what was taken before goes back, and nothing is taken any more.
        Historic "历史保证金（只退不收）" "historic deposit, refund only",
    }

    /// What its cap is a part of.
    pub enum CapBase {
        /// 招标项目估算价
        Estimate "估算价" "the estimate",
        /// 采购项目预算金额
        Budget "预算金额" "the budget",
        /// 合同金额
        Contract "合同金额" "the contract amount",
        /// 工程价款结算总额
        Settlement "结算总额" "the settled price",
        /// 协议约定金额
        Agreement "协议约定金额" "what was agreed",
    }

    /// In which form it is given (交纳形式).
    pub enum DepositForm {
        /// 转账
        Transfer "转账" "transfer",
        /// 支票、汇票、本票
        Cheque "支票、汇票、本票" "cheque or draft",
        /// 银行保函
        BankGuarantee "银行保函" "bank guarantee",
        /// 担保公司保函
        SuretyGuarantee "担保公司保函" "guarantee of a surety company",
        /// 保证保险
        Insurance "保证保险" "insurance policy",
        /// 电子保函
        ElectronicGuarantee "电子保函" "electronic guarantee",
    }

    /// Who stands behind a guarantee (开立机构).
    pub enum IssuerKind {
        /// 银行
        Bank "银行" "bank",
        /// 担保公司
        SuretyCompany "担保公司" "surety company",
        /// 保险公司
        Insurer "保险公司" "insurer",
    }

    /// What sets the clock of its refund going.
    pub enum RefundEvent {
        /// 中标通知
        Award "中标（成交）通知" "the notice of award",
        /// 书面合同签订
        Contract "合同签订" "the written contract",
        /// 招标终止: nothing is awarded any more.
        Terminated "终止招标（采购）" "the end of the tender without an award",
        /// 约定的日子: as scheme and contract have it.
        Agreed "约定期满" "the agreed day",
    }

    /// Whose what is forfeited becomes.
    pub enum ForfeitTo {
        /// 缴入国库
        Treasury "国库" "the treasury",
        /// 归收取人
        Payee "收取人" "the payee",
    }
}

impl DepositForm {
    /// Whether it is money on an account; else it is a promise of somebody else.
    pub fn is_money(self) -> bool {
        matches!(self, Self::Transfer | Self::Cheque)
    }
}

/// A part of an amount.
pub const WHOLE_PPM: u32 = 1_000_000;

/// When a deposit goes back, counted from what happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefundClock {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub working_days: Option<u16>,
    /// For who won.
    pub winner: RefundEvent,
    /// For everybody else.
    pub loser: RefundEvent,
}

impl RefundClock {
    /// None where the contract has to say it.
    pub fn period(&self) -> Option<Period> {
        self.working_days.map(Period::WorkingDays).or(self.days.map(Period::Days))
    }
}

/// What a late refund costs whoever holds the money, of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OverdueCharge {
    /// Times the loan rate: 1,200,000 is one fifth more.
    pub factor_ppm: u32,
    /// Days of a year.
    pub year_days: u16,
    /// Each of several refunds is charged for all days since it was due. Editions up to 2027-02 charged it for those since the refund
    /// before it alone, which was too little.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub since_due: bool,
    pub rule: Rule,
}

/// A ground on which a deposit is not given back: there are no others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForfeitGround {
    pub id: ItemId,
    pub zh: String,
    pub en: String,
    pub law: String,
    pub to: ForfeitTo,
    /// Only who won can have done it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub of_winners: bool,
}

/// A kind of deposit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DepositKind {
    pub id: ItemId,
    pub zh: String,
    pub en: String,
    pub shape: DepositShape,
    /// Where the rule holds; everywhere where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<RegionCode>,
    /// A scheme rests on one of them, at least.
    pub articles: Vec<String>,
    pub base: CapBase,
    /// Of the base, at most.
    pub cap_ppm: u32,
    /// Whatever the base, at most (分).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap_minor: Option<i64>,
    /// In which it may be given.
    pub forms: Vec<DepositForm>,
    /// Which nobody may refuse.
    pub must_accept: Vec<DepositForm>,
    pub refund: RefundClock,
    /// Whether bank interest goes back with it.
    pub interest: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overdue: Option<OverdueCharge>,
    /// The last day on which money can have been paid in, where none may be any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paid_until: Option<Day>,
    #[serde(default, rename = "ground", skip_serializing_if = "Vec::is_empty")]
    pub grounds: Vec<ForfeitGround>,
    pub rule: Rule,
}

impl DepositKind {
    /// Whether the text names one of its articles, with or without 《》 and spaces.
    pub fn rests_on(&self, article: &str) -> bool {
        let plain: String = article.chars().filter(|c| !matches!(c, '《' | '》') && !c.is_whitespace()).collect();
        self.articles.iter().any(|known| plain.contains(known))
    }

    pub fn ground(&self, id: &ItemId) -> Option<&ForfeitGround> {
        self.grounds.iter().find(|ground| ground.id == *id)
    }

    /// The most that may be asked on a base, by a scheme of so many parts per million of it.
    pub fn cap(&self, base: Money, ratio_ppm: u32) -> i64 {
        let share = part(base.amount_minor, ratio_ppm.min(self.cap_ppm));
        // The absolute caps are in yuan.
        self.cap_minor.filter(|_| base.currency == Currency::CNY).map_or(share, |most| share.min(most))
    }
}

/// So many parts per million, cut off to the minor unit: never above the part.
pub fn part(amount_minor: i64, ppm: u32) -> i64 {
    i64::try_from(i128::from(amount_minor) * i128::from(ppm) / i128::from(WHOLE_PPM)).unwrap_or(i64::MAX)
}

/// From a score on, so much of the cap is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReductionStep {
    pub score_from: u8,
    pub ratio_ppm: u32,
}

/// How good results of risk control (风险防控成效) reduce what is asked: only downwards from the cap.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReductionTable {
    /// The best first.
    #[serde(rename = "step")]
    pub steps: Vec<ReductionStep>,
    pub rule: Rule,
}

impl ReductionTable {
    /// Of the cap, for a score.
    pub fn ratio_ppm(&self, score: u8) -> u32 {
        self.steps.iter().find(|step| score >= step.score_from).map_or(WHOLE_PPM, |step| step.ratio_ppm)
    }
}

/// The loan rate by which lateness is charged, from a day on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoanRate {
    pub from: Day,
    pub rate_ppm: u32,
}

/// What is no deposit under any name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnlawfulDeposit {
    pub id: ItemId,
    pub zh: String,
    pub en: String,
    pub law: String,
}

/// All of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DepositTerms {
    /// Why anything else is refused.
    pub basis: Rule,
    pub reduction: ReductionTable,
    /// From a forfeiture to the last moment of an appeal.
    pub appeal: DayRule,
    pub loan_rate: Vec<LoanRate>,
    #[serde(rename = "kind")]
    pub kinds: Vec<DepositKind>,
    pub unlawful: Vec<UnlawfulDeposit>,
    /// From a cost of the payee's own that a custody account paid to its replacement. Where it is silent, own funds come first.
    #[serde(default)]
    pub own_costs: WorkingDayRule,
    /// From a demand to the last day on which what is missing comes in.
    #[serde(default)]
    pub topup: WorkingDayRule,
    /// From the day on which there is too much to its refund.
    #[serde(default)]
    pub surplus: WorkingDayRule,
    #[serde(default)]
    pub assessment: AssessmentTerms,
    #[serde(default)]
    pub guarantees: GuaranteeTerms,
    /// From the public notice that nobody claims a deposit until it is set aside.
    #[serde(default)]
    pub unclaimed: DayRule,
    /// The service starts the clock of a refund from the tender's own records.
    #[serde(default)]
    pub own_clock: Rule,
    /// Whose notices wait for the opening.
    #[serde(default)]
    pub secrecy: SecrecyTerms,
    /// A lot that fails sets the clocks of its own deposits going.
    #[serde(default)]
    pub failed_lot: Rule,
    /// Successors of a divided payer share what is free in its deposit.
    #[serde(default)]
    pub division: Rule,
    /// How the payee's own funds leave a custody account. Where it is silent, they don't.
    #[serde(default)]
    pub own_funds: Rule,
    #[serde(default)]
    pub guards: DepositGuards,
}

impl DepositTerms {
    /// Why they can't be kept, if they can't.
    pub fn fault(&self) -> Option<String> {
        let steps = &self.reduction.steps;
        if !steps.is_sorted_by(|one, next| one.score_from > next.score_from && one.ratio_ppm <= next.ratio_ppm)
            || steps.iter().any(|step| step.ratio_ppm > WHOLE_PPM)
        {
            return Some("results reduce, and better ones reduce more".into());
        }
        if !self.loan_rate.is_sorted_by(|one, next| one.from < next.from) {
            return Some("loan rates come one after the other".into());
        }
        let faults = [self.assessment.fault(), self.guards.allocation.fault(), self.guards.standing.fault()];
        if let Some(fault) = faults.into_iter().flatten().next() {
            return Some(fault);
        }
        let mut named = self
            .secrecy
            .kinds
            .iter()
            .chain(self.guards.asked.kinds())
            .chain(&self.guards.reserved.kinds)
            .chain(&self.guards.procurement.kinds);
        if let Some(id) = named.find(|id| self.kinds.iter().all(|kind| kind.id != **id)) {
            return Some(format!("{id} is named, and is no kind"));
        }
        for kind in &self.kinds {
            let id = &kind.id;
            if kind.refund.days.is_some() && kind.refund.working_days.is_some() {
                return Some(format!("{id}: days or working days"));
            }
            if kind.cap_ppm > WHOLE_PPM || kind.must_accept.iter().any(|form| !kind.forms.contains(form)) {
                return Some(format!("{id}: caps are parts of their base, and what must be accepted is allowed"));
            }
        }
        None
    }

    /// A kind that the law knows on a day.
    pub fn kind(&self, id: &ItemId, day: Day) -> Option<&DepositKind> {
        self.kinds.iter().find(|kind| kind.id == *id && kind.rule.holds_on(day))
    }

    pub fn unlawful(&self, id: &ItemId) -> Option<&UnlawfulDeposit> {
        self.unlawful.iter().find(|deposit| deposit.id == *id)
    }

    pub(super) fn rules(&self) -> impl Iterator<Item = (&Rule, Option<u16>)> {
        let Self { basis, reduction, appeal, kinds, own_costs, topup, surplus, unclaimed, .. } = self;
        let plain = [basis, &reduction.rule, &self.own_clock, &self.assessment.rule, &self.guarantees.rule];
        let plain = plain.into_iter().chain([&self.secrecy.rule, &self.failed_lot, &self.division, &self.own_funds]);
        let plain = plain.map(|rule| (rule, None)).chain(self.guards.rules());
        let counted = [own_costs, topup, surplus].map(|counted| (&counted.rule, Some(counted.working_days)));
        let kinds = kinds.iter().flat_map(|kind| {
            std::iter::once((&kind.rule, kind.refund.days))
                .chain(kind.overdue.as_ref().map(|overdue| (&overdue.rule, None)))
        });
        let periods = [(&appeal.rule, Some(appeal.days)), (&unclaimed.rule, Some(unclaimed.days))];
        plain.chain(periods).chain(counted).chain(kinds)
    }
}
