//! What only time brings, in the order of its coming: so that whoever asks for the next need not look at every deposit.

use super::super::{
    Act, ForfeitureFinal, GuaranteeExpiring, GuaranteeExpiry, HoldLapse, OwnCostsOverdue, RefundOverdue,
    SurplusOverdue, TopUpDemand, TopUpOverdue,
};
use super::{DepositBook, DepositState};
use crate::calendar::Period;
use crate::field::{Currency, Instant, ItemId, Money};
use crate::law::{Law, Running};
use std::collections::{BTreeMap, BTreeSet};

/// What is waited for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Awaited {
    HoldLapse { deposit: ItemId, hold: ItemId },
    GuaranteeExpiry { deposit: ItemId, guarantee: ItemId },
    ForfeitureFinal { deposit: ItemId, forfeiture: ItemId },
    RefundOverdue { deposit: ItemId },
    OwnCosts { currency: Currency },
    GuaranteeExpiring { deposit: ItemId, guarantee: ItemId },
    TopUp { deposit: ItemId },
    TopUpOverdue { deposit: ItemId },
    SurplusOverdue { deposit: ItemId },
}

impl Awaited {
    /// The act that the service signs when its time has come.
    pub fn act(&self, book: &DepositBook, law: Law<'_>) -> Act {
        let end = |running: Option<Running>| running.map_or(Instant::from_millis(0), |running| law.end(running).at);
        match self.clone() {
            Self::HoldLapse { deposit, hold } => HoldLapse { deposit, hold }.into(),
            Self::GuaranteeExpiry { deposit, guarantee } => GuaranteeExpiry { deposit, guarantee }.into(),
            Self::ForfeitureFinal { deposit, forfeiture } => ForfeitureFinal { deposit, forfeiture }.into(),
            Self::GuaranteeExpiring { deposit, guarantee } => GuaranteeExpiring { deposit, guarantee }.into(),
            Self::TopUp { deposit } => {
                let of = book.deposits.get(&deposit);
                let amount_minor = of.map_or(0, |of| of.missing_minor(book));
                let missing = Money { currency: of.map_or(Currency::CNY, |of| of.currency), amount_minor };
                TopUpDemand { deposit, missing }.into()
            }
            Self::TopUpOverdue { deposit } => {
                let running = book.deposits.get(&deposit).and_then(DepositState::topup_running);
                TopUpOverdue { deposit, due: end(running) }.into()
            }
            Self::SurplusOverdue { deposit } => {
                let state = book.deposits.get(&deposit).and_then(|of| of.surplus);
                SurplusOverdue { deposit, due: end(state.map(|state| state.running)) }.into()
            }
            Self::OwnCosts { currency } => OwnCostsOverdue { currency }.into(),
            Self::RefundOverdue { deposit } => {
                let clock = book.deposits.get(&deposit).and_then(|deposit| deposit.clock.as_ref());
                RefundOverdue { deposit, due: end(clock.map(|clock| clock.running)) }.into()
            }
        }
    }
}

impl DepositState {
    pub(super) fn awaited_refund(&self) -> Awaited {
        Awaited::RefundOverdue { deposit: self.id.clone() }
    }
}

/// Periods that begin at one moment and are equally long end together, whatever the calendar: so they are kept together, and few.
type Together = (Instant, Period);

/// All that is waited for.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Timers {
    fixed: BTreeSet<(Instant, Awaited)>,
    running: BTreeMap<Together, BTreeSet<Awaited>>,
}

impl Timers {
    pub fn at(&mut self, when: Instant, awaited: Awaited) {
        self.fixed.insert((when, awaited));
    }

    pub fn not_at(&mut self, when: Instant, awaited: Awaited) {
        self.fixed.remove(&(when, awaited));
    }

    pub fn run(&mut self, running: Running, awaited: Awaited) {
        self.running.entry((running.since, running.period)).or_default().insert(awaited);
    }

    pub fn stop(&mut self, running: Running, awaited: &Awaited) {
        let together = (running.since, running.period);
        if let Some(waiting) = self.running.get_mut(&together) {
            waiting.remove(awaited);
            if waiting.is_empty() {
                self.running.remove(&together);
            }
        }
    }

    fn ends<'a>(&'a self, law: Law<'a>) -> impl Iterator<Item = (Instant, &'a Awaited)> {
        let running = self.running.iter().filter_map(move |((since, period), waiting)| {
            Some((law.end(Running::new(*since, *period)).at, waiting.first()?))
        });
        let fixed = self.fixed.first().map(|(when, awaited)| (*when, awaited));
        running.chain(fixed)
    }

    pub fn next(&self, law: Law<'_>) -> Option<Instant> {
        self.ends(law).map(|(when, _)| when).min()
    }

    pub fn due(&self, now: Instant, law: Law<'_>) -> Option<Awaited> {
        self.ends(law).filter(|(when, _)| *when <= now).min().map(|(_, awaited)| awaited.clone())
    }

    /// Whether it is waited for, and its time has come.
    pub fn is_due(&self, awaited: &Awaited, now: Instant, law: Law<'_>) -> bool {
        let is_fixed = self.fixed.iter().take_while(|(when, _)| *when <= now).any(|(_, other)| other == awaited);
        is_fixed
            || self.running.iter().any(|((since, period), waiting)| {
                waiting.contains(awaited) && law.is_over(Running::new(*since, *period), now)
            })
    }
}
