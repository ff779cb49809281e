//! What deposits have come to, and the book that says it in money. One stream is all of one payee: what its custody account
//! holds is in every deposit, so only so is each act decided on the balance that the one before it has left.

mod account;
mod apply;
mod asked;
mod bank;
mod counted;
mod cover;
mod custody;
mod decide;
mod deposit;
mod division;
mod draft;
mod entered;
mod forfeit;
mod invariant;
mod journal;
mod lodged;
mod lots;
mod own_costs;
mod own_funds;
mod pool;
mod postings;
mod reconcile;
mod references;
mod refund;
mod require;
mod rests;
mod reunion;
mod reverse;
mod stands;
mod steps;
#[cfg(test)]
mod tests;
mod timers;
mod unallocated;
mod unclaimed;
mod uncount;
mod unpaid;
mod upkeep;

pub use account::{CustodyState, ItemState, OpenItemStatus, ReconciliationState, Settlement};
pub use bank::DifferenceState;
pub use custody::CustodyJournal;
pub use deposit::{
    ClockState, DepositState, DepositStatus, ForfeiturePhase, ForfeitureSource, ForfeitureState, GuaranteePhase,
    GuaranteeState, HoldState, ReceiptState, RefundPhase, RefundState, RefundTiming, SchemeState,
};
pub use division::PartState;
pub use draft::{DraftFault, DraftedReconciliation};
pub use entered::EntryName;
pub use invariant::{Broken, INVARIANTS, Invariant, Kept, check_voucher};
pub use journal::Journal;
pub use own_costs::OwnCostsState;
pub use own_funds::{FreeOwnFunds, OwnFundsState};
pub use pool::{AllocationTable, InterestShare, PoolState};
pub use refund::{RefundSums, refund_sums, renewed_sums};
pub use timers::Awaited;
pub use unallocated::{UnallocatedFate, UnallocatedState};
pub use unclaimed::{UnclaimedPhase, UnclaimedState};
pub use upkeep::{AssessmentInputs, SurplusState, TopUpState};

use super::book::{AccountBook, BookAccount};
use super::{Act, ProcurementElsewhere};
use crate::access::gate_streams;
use crate::act::{Bearing, Capability, Fact, Moment, Place, Stream, StreamId};
use crate::field::{Currency, Day, Instant, ItemId, OrganisationId, OrganisationIdError};
use crate::law::{Edition, Law};
use crate::problem::Refusal;
use entered::EnteredState;
use lodged::Lodged;
use lots::Lots;
use own_costs::OwnHistory;
use references::References;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;
use timers::Timers;

/// Names the stream of a payee's deposits, and its book.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct DepositBookId(pub OrganisationId);

impl StreamId for DepositBookId {
    const PREFIX: &'static str = "deposit";
}

impl FromStr for DepositBookId {
    type Err = OrganisationIdError;

    fn from_str(text: &str) -> Result<Self, OrganisationIdError> {
        text.parse().map(Self)
    }
}

impl fmt::Display for DepositBookId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

fn day_of(place: &Place) -> Day {
    place.time.shanghai_day().into()
}

/// When a day is over.
fn end_of(day: Day) -> Instant {
    day.date().succ_opt().map_or(Instant::from_millis(i64::MAX), Instant::start_of_shanghai_day)
}

fn day_begins(day: Day) -> Instant {
    Instant::start_of_shanghai_day(day.date())
}

/// All deposits of one payee, and its book.
#[derive(Debug, Clone, PartialEq)]
pub struct DepositBook {
    pub(in super::super) version: u64,
    pub payee: OrganisationId,
    pub book: AccountBook,
    pub schemes: BTreeMap<ItemId, SchemeState>,
    pub deposits: BTreeMap<ItemId, DepositState>,
    lots: Lots,
    /// References of the bank that were entered: none counts twice.
    references: References,
    guarantees: Lodged,
    /// Their ids: their accounts are called by them.
    covers: BTreeSet<ItemId>,
    /// What lines of the bank were entered as and may be taken back, by their references.
    entered: BTreeMap<Box<str>, EnteredState>,
    /// Money that fitted no notice, by the bank's reference.
    pub unallocated: BTreeMap<Box<str>, UnallocatedState>,
    /// Interest that the bank paid to be allocated, by account.
    pub pools: BTreeMap<(ItemId, Currency), PoolState>,
    /// Where bank and book differ, or did.
    pub differences: BTreeMap<ItemId, DifferenceState>,
    /// Own costs that custody accounts paid and nothing has replaced.
    pub own_costs: BTreeMap<Currency, OwnCostsState>,
    /// How it came to that.
    own_history: BTreeMap<Currency, OwnHistory>,
    /// Own funds that are to go back to the payee's own account, or have.
    pub own_funds: BTreeMap<ItemId, OwnFundsState>,
    timers: Timers,
    /// What banks and book have in common, by custody account.
    custody: BTreeMap<BookAccount, CustodyState>,
    /// Refunds that arrived by their last day, and after it.
    pub refunds_in_time: u64,
    pub refunds_late: u64,
    /// Deposits that are to go back, and are late.
    pub overdue: BTreeSet<ItemId>,
}

impl DepositBook {
    fn new(payee: OrganisationId) -> Self {
        Self {
            version: 0,
            payee,
            book: AccountBook::default(),
            schemes: BTreeMap::new(),
            deposits: BTreeMap::new(),
            lots: Lots::default(),
            references: References::default(),
            guarantees: Lodged::default(),
            covers: BTreeSet::new(),
            entered: BTreeMap::new(),
            unallocated: BTreeMap::new(),
            pools: BTreeMap::new(),
            differences: BTreeMap::new(),
            own_costs: BTreeMap::new(),
            own_history: BTreeMap::new(),
            own_funds: BTreeMap::new(),
            timers: Timers::default(),
            custody: BTreeMap::new(),
            refunds_in_time: 0,
            refunds_late: 0,
            overdue: BTreeSet::new(),
        }
    }
}

/// The tender whose lot a deposit stands for.
fn secured_by(deposit: Option<&DepositState>) -> Option<Stream> {
    Some(Stream::of(&deposit?.secures.as_ref()?.tender))
}

/// The payee, whose keys tell one person from another, where an act is the second half of what two sign.
fn checked_by(book: Option<&DepositBook>, act: &Act) -> Option<Stream> {
    book.filter(|_| act.checks_another()).map(|book| Stream::of(&book.payee))
}

impl Capability for DepositBook {
    type Id = DepositBookId;
    type Act = Act;

    // There are as many as payees, and each is needed as a whole.
    const IS_DROPPED: bool = false;
    const FALLS_DUE: bool = true;

    fn is_in_law(edition: &Edition) -> bool {
        !edition.deposits.basis.is_silent()
    }

    fn version(&self) -> u64 {
        self.version
    }

    /// The tender that a deposit secures, who may be barred from having it back, and whose keys are two persons'.
    fn ties(state: Option<&Self>, act: &Act) -> Vec<Stream> {
        let deposit = act.deposit().and_then(|id| state?.deposits.get(id));
        match act {
            Act::Announced(notice) => {
                let secured = notice.secures.as_ref().map(|secured| secured.tender.clone());
                let elsewhere = notice.procurement.as_ref().and_then(ProcurementElsewhere::as_tender);
                secured.or(elsewhere).as_ref().map(Stream::of).into_iter().collect()
            }
            Act::RefundDue(_) | Act::Forfeited(_) | Act::GuaranteeClaimed(_) => {
                secured_by(deposit).into_iter().collect()
            }
            Act::Succeeded(_) | Act::Divided(_) => {
                deposit.and_then(|deposit| deposit.payer.as_ref()).map(Stream::of).into_iter().collect()
            }
            Act::Assessed(_) => {
                let payer = deposit.and_then(|deposit| deposit.payer.as_ref());
                secured_by(deposit).into_iter().chain(upkeep::credit_of(payer)).collect()
            }
            Act::RefundApproved(_) | Act::RefundInstructed(_) => {
                let payer = gate_streams(deposit.and_then(|deposit| deposit.payer.as_ref()));
                payer.chain(checked_by(state, act)).collect()
            }
            act => checked_by(state, act).into_iter().collect(),
        }
    }

    /// Every act on a deposit concerns who paid it; lateness is said of the payee, or of who did not top up.
    fn bears_on(state: Option<&Self>, act: &Act) -> Vec<Bearing> {
        let payer = match act {
            Act::Announced(notice) => notice.payer.as_ref(),
            act => act.deposit().and_then(|id| state?.deposits.get(id)?.payer.as_ref()),
        };
        let late = match (act, state) {
            (Act::RefundOverdue(_) | Act::OwnCostsOverdue(_) | Act::SurplusOverdue(_), Some(state)) => {
                Some(Bearing::new(&state.payee, Fact::DeadlinePassed))
            }
            (Act::TopUpOverdue(_), _) => payer.map(|payer| Bearing::new(payer, Fact::DeadlinePassed)),
            _ => None,
        };
        let payer = payer.filter(|_| !matches!(act, Act::TopUpOverdue(_)));
        let others = match act {
            Act::Succeeded(succession) => vec![&succession.successor],
            Act::Divided(division) => vec![&division.successor],
            Act::DivisionReversed(reversal) => state.map(|state| state.sharers(reversal)).unwrap_or_default(),
            _ => Vec::new(),
        };
        let others = others.into_iter().filter(|other| Some(*other) != payer);
        late.into_iter().chain(payer.into_iter().chain(others).map(Bearing::concerned)).collect()
    }

    fn decide(state: Option<&Self>, act: &Act, at: &Moment<'_>) -> Result<(), Refusal> {
        decide::decide(state, act, at)
    }

    fn begin(act: &Act, place: &Place, law: Law<'_>) -> Option<Self> {
        let Act::SchemePublished(_) = act else { return None };
        let mut book = Self::new(place.author.clone());
        book.apply(act, place, law);
        Some(book)
    }

    fn apply(&mut self, act: &Act, place: &Place, law: Law<'_>) {
        self.fold(act, place, law);
        self.version = place.version;
    }

    fn next_due(&self, law: Law<'_>) -> Option<Instant> {
        self.timers.next(law)
    }

    fn due(&self, now: Instant, law: Law<'_>) -> Option<Act> {
        self.timers.due(now, law).map(|awaited| awaited.act(self, law))
    }
}
