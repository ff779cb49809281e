//! 会计科目: what an account is called, on which side it stands, and how far it may go.

use crate::field::{Bilingual, Currency, ItemId};
use std::fmt;
use strum::{EnumIter, EnumString, IntoEnumIterator, IntoStaticStr};

/// 借贷方向.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PostingSide {
    /// 借
    Debit,
    /// 贷
    Credit,
}

/// 科目类别.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeadingClass {
    /// 资产
    Asset,
    /// 负债
    Liability,
    /// 净资产
    Equity,
    /// 费用
    Expense,
    /// 备查: what is required and what covers it without being money; never mixed with money.
    Memorandum,
}

/// What the accounts under a heading are kept by (明细核算).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubLedger {
    /// One account.
    None,
    /// By bank account (专户).
    Bank,
    /// By deposit.
    Deposit,
    /// By guarantee (保函).
    Guarantee,
}

macro_rules! chart {
    ($($(#[$doc:meta])* $name:ident $code:literal $zh:literal $en:literal $class:ident $sub:ident $normal:ident $limited:literal,)*) => {
        /// A heading of the chart of accounts (总账科目).
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, EnumString, IntoStaticStr,
        )]
        #[strum(serialize_all = "snake_case")]
        pub enum Heading {
            $($(#[$doc])* $name,)*
        }

        impl Heading {
            /// 科目编号.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// 科目名称.
            pub fn words(self) -> Bilingual {
                match self { $(Self::$name => Bilingual::new($zh, $en),)* }
            }

            pub fn class(self) -> HeadingClass {
                match self { $(Self::$name => HeadingClass::$class,)* }
            }

            pub fn sub_ledger(self) -> SubLedger {
                match self { $(Self::$name => SubLedger::$sub,)* }
            }

            /// The side on which it stands (余额方向).
            pub fn normal_side(self) -> PostingSide {
                match self { $(Self::$name => PostingSide::$normal,)* }
            }

            /// Whether it may not go to the other side: no more is taken out than is there.
            pub fn is_limited(self) -> bool {
                match self { $(Self::$name => $limited,)* }
            }
        }
    };
}

chart! {
    CustodyBank "1010" "专户银行存款" "custody bank account" Asset Bank Debit true,
    OwnBank "1015" "自有资金银行存款" "own bank account" Asset None Debit true,
    PaymentsInTransit "1020" "在途付款" "payments in transit" Asset Bank Credit true,
    InterestReceivable "1040" "应收银行利息" "interest receivable from the bank" Asset Bank Debit false,
    TreasuryRecoverable "1070" "应收国库退付" "recoverable from the treasury" Asset None Debit true,
    /// 0 at the close, or explained.
    Difference "1090" "长短款" "difference under investigation" Asset None Debit false,
    Available "2010" "可用保证金" "available deposit" Liability Deposit Credit true,
    Held "2020" "冻结保证金" "held deposit" Liability Deposit Credit true,
    RefundPayable "2030" "待退款" "refund payable" Liability Deposit Credit true,
    InterestPayable "2040" "应付利息" "interest payable" Liability Deposit Credit true,
    Excess "2050" "超额保证金" "excess deposit" Liability Deposit Credit true,
    /// May still be appealed.
    ForfeitedPending "2060" "争议扣款" "forfeited, not final" Liability Deposit Credit true,
    Unclaimed "2070" "无法退还保证金" "unclaimed deposit" Liability Deposit Credit true,
    Unallocated "2910" "未认领来款" "unallocated receipts" Liability None Credit true,
    InterestToAllocate "2945" "待分配利息" "bank interest to allocate" Liability Bank Credit true,
    TreasuryPayable "2990" "应缴财政款" "payable to the treasury" Liability None Credit true,
    /// Where the law leaves what is forfeited to the payee.
    OwnPayable "2995" "应转自有资金" "payable to the payee's own funds" Liability None Credit true,
    OwnFunds "3010" "自有资金来源" "own funds" Equity None Credit false,
    OverdueCost "5010" "超期资金占用费" "overdue refund cost" Expense None Debit false,
    BankCharges "5020" "账户手续费" "bank charges" Expense None Debit false,
    Required "M100" "应缴保证金" "required" Memorandum Deposit Debit true,
    RequirementControl "M200" "应缴保证金对方" "requirement control" Memorandum None Credit true,
    GuaranteeCover "M110" "保函担保" "guarantee cover" Memorandum Guarantee Debit true,
    GuaranteeControl "M210" "保函担保对方" "guarantee control" Memorandum None Credit true,
}

impl Heading {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        self.into()
    }

    pub fn is_memorandum(self) -> bool {
        self.class() == HeadingClass::Memorandum
    }

    /// A balance as it stands on the normal side.
    pub fn on_normal_side(self, debit: i64) -> i64 {
        match self.normal_side() {
            PostingSide::Debit => debit,
            PostingSide::Credit => -debit,
        }
    }

    /// The account under it.
    pub fn of(self, sub: &ItemId, currency: Currency) -> BookAccount {
        BookAccount { heading: self, sub: Some(sub.clone()), currency }
    }

    /// The only account under it in a currency.
    pub fn alone(self, currency: Currency) -> BookAccount {
        BookAccount { heading: self, sub: None, currency }
    }
}

/// An account (明细科目). One without a heading of this chart can't be named.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BookAccount {
    pub heading: Heading,
    /// The bank account, deposit or guarantee.
    pub sub: Option<ItemId>,
    pub currency: Currency,
}

impl BookAccount {
    /// The deposit whose account it is.
    pub fn deposit(&self) -> Option<&ItemId> {
        self.sub.as_ref().filter(|_| self.heading.sub_ledger() == SubLedger::Deposit)
    }

    /// Of its text: `2010.d-1.CNY`, `2990.CNY`. `None` when it is of no account of this chart.
    pub fn parse(text: &str) -> Option<Self> {
        let (code, rest) = text.split_once('.')?;
        let heading = Heading::iter().find(|heading| heading.code() == code)?;
        let (sub, currency) = match rest.rsplit_once('.') {
            Some((sub, currency)) => (Some(sub.parse().ok()?), currency),
            None => (None, rest),
        };
        Some(Self { heading, sub, currency: currency.parse().ok()? })
    }
}

/// `2010.D-1.CNY`.
impl fmt::Display for BookAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.heading.code())?;
        if let Some(sub) = &self.sub {
            write!(f, ".{sub}")?;
        }
        write!(f, ".{:?}", self.currency)
    }
}
