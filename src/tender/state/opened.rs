//! What was opened: who bids for a lot, and for how much.

use super::super::Bid;
use crate::field::{Bidder, Price};

/// A bid as it was read out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BidState {
    pub bidder: Bidder,
    pub price: Price,
}

impl BidState {
    pub(super) fn of(bid: &Bid) -> Self {
        Self { bidder: bid.bidder.clone(), price: bid.price.clone() }
    }
}
