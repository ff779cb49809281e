//! Schemes and deposits as they stand.

use super::super::book::{AccountBook, BookAccount, Heading};
use super::super::interest::{BalanceStep, DatedRate, DayCount};
use super::super::{BankReceipt, ProcurementElsewhere, SchemePublication, SecuredLot};
use super::counted::CountedStep;
use super::division::PartState;
use super::steps::UnclaimedStep;
use super::unclaimed::UnclaimedState;
use super::upkeep::{SurplusState, TopUpState};
use crate::act::statuses;
use crate::field::{Currency, Day, Instant, ItemId, OrganisationId};
use crate::law::{DepositForm, ForfeitTo, RefundEvent, Running};
use crate::record::KeyId;
use std::collections::BTreeMap;

/// A scheme (保证金方案).
#[derive(Debug, Clone, PartialEq)]
pub struct SchemeState {
    pub publication: SchemePublication,
    /// The entry that published it first.
    pub entry: u64,
}

impl SchemeState {
    pub fn kind(&self) -> &ItemId {
        &self.publication.kind
    }

    pub fn rates(&self) -> &[DatedRate] {
        &self.publication.rates
    }

    pub fn day_count(&self) -> DayCount {
        self.publication.day_count
    }

    pub fn takes(&self, form: DepositForm) -> bool {
        self.publication.forms.contains(&form)
    }
}

/// Money that came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptState {
    pub reference: Box<str>,
    pub available_minor: i64,
    pub excess_minor: i64,
    pub value_date: Day,
    pub entered_by: KeyId,
    /// The voucher that has it.
    pub voucher: u64,
    /// What was missing before it, and whether all of it had been there once.
    pub(super) topup: Option<TopUpState>,
    pub(super) was_whole: bool,
    pub is_reversed: bool,
}

/// A part that is kept from going out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoldState {
    /// What is still kept.
    pub left_minor: i64,
    /// What of it a decision has been made on that is not confirmed yet.
    pub claimed_minor: i64,
    pub until: Day,
    pub entry: u64,
}

statuses! {
    /// How far a refund is.
    pub enum RefundPhase {
        /// 已经办
        Approved,
        /// 已付款，未到账
        Instructed,
        /// 已到账
        Confirmed,
        /// 无法退还，已转出
        SetAside,
    }

    /// How far a forfeiture is.
    pub enum ForfeiturePhase {
        /// 已决定，待复核
        Decided,
        /// 已向开立机构索赔
        Claimed,
        /// 已复核，可申诉
        Appealable,
        /// 申诉中
        Appealed,
        /// 已生效
        Final,
        /// 已撤销
        Overturned,
        /// 已缴库或转出
        Remitted,
        /// 已撤销，待国库退付
        Annulled,
    }

    /// How far a guarantee is.
    pub enum GuaranteePhase {
        /// 待查验
        Lodged,
        /// 有效
        Valid,
        /// 查验不实
        Refuted,
        /// 已退还
        Released,
        /// 已到期
        Expired,
        /// 已索赔
        Claimed,
    }

    /// Where a deposit stands.
    pub enum DepositStatus {
        /// 待交纳
        Announced,
        /// 未足额
        Short,
        /// 已足额
        Secured,
        /// 待退还
        RefundDue,
        /// 逾期未退
        Overdue,
        /// 无法退还
        Unclaimed,
        /// 已了结
        Closed,
        /// 拆分已冲销: a part that was put back into the deposit that it was taken from.
        Reversed,
    }

    /// How a deposit went back, as money.
    pub enum RefundTiming {
        /// 按期: all of it
        InTime,
        /// 逾期: a part arrived after the last day, or is overdue now
        Late,
        /// 期内
        Running,
        /// 未起算: its clock does not run
        NotDue,
        /// No money was to go back: it was forfeited, set aside, put back into another deposit, or only a guarantee stood.
        Nothing,
    }
}

/// Money on its way back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundState {
    pub principal_minor: i64,
    pub interest_minor: i64,
    pub overdue_minor: i64,
    pub value_date: Day,
    pub approved_by: KeyId,
    pub phase: RefundPhase,
    /// The day on which the bank was told last.
    pub instructed: Option<Day>,
    /// The day on which it arrived.
    pub arrived: Option<Day>,
    /// The reference of the bank's line that says what became of it last.
    pub settled_by: Option<Box<str>>,
    /// Whether it was counted as late, if it was counted.
    pub counted_late: Option<bool>,
}

impl RefundState {
    pub fn total_minor(&self) -> i64 {
        self.principal_minor + self.interest_minor + self.overdue_minor
    }
}

/// What a forfeiture is taken from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ForfeitureSource {
    Hold(ItemId),
    /// Its issuer pays.
    Guarantee(ItemId),
}

/// A part that is not given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForfeitureState {
    pub source: ForfeitureSource,
    pub amount_minor: i64,
    pub ground: ItemId,
    pub to: ForfeitTo,
    pub decided_by: KeyId,
    pub phase: ForfeiturePhase,
    /// The time for an appeal, and the day from which no interest is counted, once it is confirmed.
    pub appeal: Option<Running>,
    /// Since when it stands as it does: nothing that came of it was at the bank before.
    pub since: Day,
    /// The issuer of the guarantee that it is taken from has paid it.
    pub is_paid: bool,
}

/// Cover that is no money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuaranteeState {
    pub form: DepositForm,
    pub issuer: Box<str>,
    pub number: Box<str>,
    pub amount_minor: i64,
    pub valid_from: Day,
    pub valid_to: Day,
    pub claim_by: Day,
    pub lodged_by: KeyId,
    pub phase: GuaranteePhase,
    /// When its end is warned of, while that is to come.
    pub warning: Option<Instant>,
    /// The entry that warned of it.
    pub warned: Option<u64>,
    /// How it stood before all of it was paid, and what was waited for then.
    pub(super) before_spent: Option<(GuaranteePhase, Option<Instant>)>,
}

/// The clock of its refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockState {
    pub event: RefundEvent,
    pub day: Day,
    pub running: Running,
    /// The entry that says so.
    pub entry: u64,
}

/// A deposit.
#[derive(Debug, Clone, PartialEq)]
pub struct DepositState {
    pub id: ItemId,
    pub scheme: ItemId,
    pub payer: Option<OrganisationId>,
    /// Who paid first, and bid: whoever has its place now.
    pub bidder: Option<OrganisationId>,
    /// What it was a part of.
    pub part: Option<PartState>,
    /// What came from there, less what went to parts of its own.
    pub passed_minor: i64,
    pub secures: Option<SecuredLot>,
    /// The procurement that it secures, where that is not in this log.
    pub procurement: Option<ProcurementElsewhere>,
    pub currency: Currency,
    pub base_minor: i64,
    pub required_minor: i64,
    /// What the payee asked last: the service never assesses above it.
    pub asked_minor: i64,
    /// The result by which it was reduced.
    pub score: Option<u8>,
    /// When it was announced or assessed last.
    pub assessed: Instant,
    pub bank: ItemId,
    pub pay_by: Day,
    pub entry: u64,
    pub announced: Instant,
    pub receipts: Vec<ReceiptState>,
    pub holds: BTreeMap<ItemId, HoldState>,
    pub refunds: BTreeMap<ItemId, RefundState>,
    pub forfeitures: BTreeMap<ItemId, ForfeitureState>,
    pub guarantees: BTreeMap<ItemId, GuaranteeState>,
    /// How what bears interest changed since interest was last counted.
    pub steps: Vec<BalanceStep>,
    /// Up to which day interest was counted, and what is left of a minor unit.
    pub counted_to: Option<Day>,
    pub carry: i128,
    /// Interest that the bank paid and that was allocated to it, and is not paid out.
    pub allocated_minor: i64,
    /// What of that became principal.
    pub capitalised_minor: i64,
    pub clock: Option<ClockState>,
    /// Up to which day lateness was charged.
    pub charged_to: Option<Day>,
    /// The entry that says that its refund is overdue.
    pub overdue: Option<u64>,
    /// What is held is waited for as well: so the edition has it under which the newest entry came.
    pub awaits_held: bool,
    /// It has covered all that was asked once: what is missing from then on is demanded.
    pub was_whole: bool,
    pub topup: Option<TopUpState>,
    pub surplus: Option<SurplusState>,
    /// Refunds that arrived by their last day, and after it.
    pub refunds_in_time: u64,
    pub refunds_late: u64,
    /// Nobody takes it back.
    pub unclaimed: Option<UnclaimedState>,
    /// How it came to that, step by step.
    pub(super) steps_unclaimed: Vec<UnclaimedStep>,
    /// What counted its interest or paid it, and may be taken back.
    pub(super) counted_steps: Vec<CountedStep>,
    /// Of that nothing is taken back any more up to this entry; only refunds that wait are remembered of it (`stands.rs`).
    pub(super) counted_stands: u64,
    /// The newest entry about it.
    pub last_entry: u64,
}

impl DepositState {
    pub fn account(&self, heading: Heading) -> BookAccount {
        heading.of(&self.id, self.currency)
    }

    pub fn held_account(&self) -> BookAccount {
        self.account(Heading::Held)
    }

    /// The newest receipt of a reference: what was claimed wrongly may be claimed again.
    pub(super) fn receipt(&self, reference: &str) -> Option<&ReceiptState> {
        self.receipts.iter().rev().find(|known| *known.reference == *reference)
    }

    /// Interest is counted up to a day: what stands then is taken as standing from it.
    pub(super) fn count_to(&mut self, day: Day) {
        let (before, mut later): (Vec<_>, Vec<_>) = self.steps.iter().partition(|step| step.day <= day);
        let change_minor = before.iter().map(|step: &BalanceStep| step.change_minor).sum();
        later.insert(0, BalanceStep { day, change_minor });
        (self.steps, self.counted_to) = (later, Some(day));
    }

    /// What all its holds keep.
    pub fn held_minor(&self) -> i64 {
        self.holds.values().map(|hold| hold.left_minor).sum()
    }

    /// What guarantees cover that were verified and have not ended.
    pub fn guaranteed_minor(&self) -> i64 {
        let valid = self.guarantees.values().filter(|guarantee| guarantee.phase == GuaranteePhase::Valid);
        valid.map(|guarantee| guarantee.amount_minor).sum()
    }

    /// Money that covers what is required.
    pub fn cash_minor(&self, book: &AccountBook) -> i64 {
        book.standing(&self.account(Heading::Available)) + book.standing(&self.held_account())
    }

    /// What is missing: what is required, without money and guarantees.
    pub fn shortfall_minor(&self, book: &AccountBook) -> i64 {
        let required = book.standing(&self.account(Heading::Required));
        (required - self.cash_minor(book) - self.guaranteed_minor()).max(0)
    }

    /// What of a receipt covers what is missing: nothing, once the time of the notice is over.
    pub fn covering_minor(&self, receipt: &BankReceipt, book: &AccountBook) -> i64 {
        if receipt.value_date > self.pay_by { 0 } else { receipt.amount.amount_minor.min(self.shortfall_minor(book)) }
    }

    /// What is to go back and has not: what is in dispute is not, nor what is held where a hold stops the clock.
    pub fn unsettled_minor(&self, book: &AccountBook) -> i64 {
        let held = if self.awaits_held { book.standing(&self.held_account()) } else { 0 };
        self.free_minor(book) + held
    }

    /// What may go back now, or is on its way.
    pub fn free_minor(&self, book: &AccountBook) -> i64 {
        let headings = [Heading::Available, Heading::Excess, Heading::RefundPayable, Heading::InterestPayable];
        let owed: i64 = headings.iter().map(|heading| book.standing(&self.account(*heading))).sum();
        let on_its_way = self.refunds.values().filter(|refund| refund.phase == RefundPhase::Instructed);
        owed + on_its_way.map(RefundState::total_minor).sum::<i64>()
    }

    /// What the payer has with the payee in all.
    pub fn owed_minor(&self, book: &AccountBook) -> i64 {
        let kept = book.standing(&self.held_account()) + book.standing(&self.account(Heading::ForfeitedPending));
        self.free_minor(book) + kept
    }

    pub fn status(&self, book: &AccountBook) -> DepositStatus {
        if self.is_put_back() {
            return DepositStatus::Reversed;
        }
        if self.clock.is_none() {
            let is_empty = self.owed_minor(book) == 0 && self.guaranteed_minor() == 0;
            return match self.shortfall_minor(book) {
                0 => DepositStatus::Secured,
                _ if is_empty => DepositStatus::Announced,
                _ => DepositStatus::Short,
            };
        }
        match self.owed_minor(book) {
            _ if self.is_set_aside() => DepositStatus::Unclaimed,
            // A guarantee goes back as money does.
            0 if self.guaranteed_minor() == 0 => DepositStatus::Closed,
            _ if self.overdue.is_some() && self.unsettled_minor(book) > 0 => DepositStatus::Overdue,
            _ => DepositStatus::RefundDue,
        }
    }

    /// How it went back. By the bank's day, whenever the payee entered it.
    pub fn refund_timing(&self, book: &AccountBook) -> RefundTiming {
        match self.status(book) {
            _ if self.refunds_late > 0 => RefundTiming::Late,
            DepositStatus::Announced | DepositStatus::Short | DepositStatus::Secured => RefundTiming::NotDue,
            DepositStatus::Overdue => RefundTiming::Late,
            DepositStatus::RefundDue => RefundTiming::Running,
            DepositStatus::Closed if self.refunds_in_time > 0 => RefundTiming::InTime,
            DepositStatus::Closed | DepositStatus::Unclaimed | DepositStatus::Reversed => RefundTiming::Nothing,
        }
    }
}
