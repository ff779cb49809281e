//! What was opened: who bids for a lot, and for how much.

use super::super::{Bid, Opening};
use super::{LotPhase, LotState};
use crate::field::{Bidder, CommitmentId, Price};

/// A bid as it was read out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BidState {
    pub bidder: Bidder,
    pub price: Price,
    /// The one that it cites.
    pub commitment: Option<CommitmentId>,
}

impl BidState {
    pub(super) fn of(bid: &Bid) -> Self {
        Self { bidder: bid.bidder.clone(), price: bid.price.clone(), commitment: bid.commitment.clone() }
    }
}

impl LotState {
    pub(super) fn opened(&mut self, opening: &Opening) {
        self.phase = LotPhase::Opened;
        self.knows_bidders(opening.bids.iter().map(|bid| &bid.bidder));
        self.bids = Some(opening.bids.iter().map(BidState::of).collect());
    }

    /// Whoever bid once stays a bidder, whatever is published later.
    pub(super) fn knows_bidders<'a>(&mut self, bidders: impl Iterator<Item = &'a Bidder>) {
        self.bidders.extend(bidders.flat_map(Bidder::codes).cloned());
    }
}
