//! 标段: which deposits stand for the lots of a tender, so that who asks for one lot looks at its deposits alone, and not at all of a payee.

use super::super::SecuredLot;
use super::{DepositBook, DepositState};
use crate::field::{ItemId, LotId, TenderCode};
use std::collections::{BTreeMap, BTreeSet};

/// Deposits by what they secure, whatever has become of them. What one secures never changes, and none is forgotten.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Lots(BTreeMap<TenderCode, BTreeMap<LotId, BTreeSet<ItemId>>>);

impl DepositBook {
    /// Takes a deposit that is new.
    pub(super) fn add(&mut self, deposit: DepositState) {
        if let Some(SecuredLot { tender, lot }) = &deposit.secures {
            let lots = self.lots.0.entry(tender.clone()).or_default();
            lots.entry(lot.clone()).or_default().insert(deposit.id.clone());
        }
        self.deposits.insert(deposit.id.clone(), deposit);
    }

    /// Those of a lot, by their ids.
    pub(super) fn of_lot(&self, secures: &SecuredLot) -> impl Iterator<Item = &DepositState> {
        let lot = self.lots.0.get(&secures.tender).and_then(|lots| lots.get(&secures.lot));
        lot.into_iter().flatten().filter_map(|id| self.deposits.get(id))
    }

    /// Those of all lots of a tender.
    pub(super) fn of_tender(&self, tender: &TenderCode) -> impl Iterator<Item = &DepositState> {
        let lots = self.lots.0.get(tender).into_iter().flat_map(BTreeMap::values);
        lots.flatten().filter_map(|id| self.deposits.get(id))
    }
}
