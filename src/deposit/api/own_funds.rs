//! 自有资金转回: what was approved and waits, and what is free. No row says what is others' in a custody account: that is added up over all that the
//! book knows, so the book is read, one at a time, and what came of it is kept until it goes on.

use super::statements::cny;
use super::{must_see, unknown};
use crate::act::{Capability, Stream};
use crate::deposit::view::OwnFundsView;
use crate::deposit::{DepositBook, DepositBookId};
use crate::field::{Currency, ItemId};
use crate::http::{Caller, Problem, Typed, cursor, page_limit};
use crate::ledger::{Ledger, LedgerError};
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::Mutex;

/// What one book came to at a version, by custody account.
struct KeptBook {
    payee: DepositBookId,
    version: u64,
    accounts: BTreeMap<(ItemId, Currency), OwnFundsView>,
}

pub struct OwnFundsApi {
    ledger: Arc<Ledger>,
    /// Of whom it was asked last. Whoever comes meanwhile waits.
    kept: Mutex<Option<KeptBook>>,
}

#[OpenApi(prefix_path = "/v1/deposits", tag = "super::Tag::Deposits")]
impl OwnFundsApi {
    /// 自有资金转回: own funds of one custody account that were approved and have not gone, and what of it is free, with how it comes to that. For
    /// the payee, supervisors and auditors.
    #[oai(path = "/:payee/own-funds", method = "get", operation_id = "getDepositOwnFunds")]
    async fn own_funds(
        &self,
        caller: Caller,
        payee: Path<DepositBookId>,
        /// What the book calls the bank account (专户).
        bank: Query<ItemId>,
        #[oai(default = "cny")] currency: Query<Currency>,
        /// `next` of the page before.
        after: Query<Option<String>>,
        #[oai(validator(minimum(value = "1"), maximum(value = "500")))] limit: Query<Option<u32>>,
    ) -> Result<Typed<OwnFundsView>, Problem> {
        must_see(&caller.0, &payee.0, None)?;
        let (limit, after) = (page_limit(limit.0)?, cursor(after.0)?);
        let found = self.account(&payee.0, (bank.0, currency.0)).await?.ok_or_else(unknown)?;
        Ok(Typed(found.page(after, limit as usize)))
    }
}

impl OwnFundsApi {
    pub(super) fn new(ledger: Arc<Ledger>) -> Self {
        Self { ledger, kept: Mutex::new(None) }
    }

    async fn account(
        &self,
        payee: &DepositBookId,
        account: (ItemId, Currency),
    ) -> Result<Option<OwnFundsView>, LedgerError> {
        let mut kept = self.kept.lock().await;
        let stream = Stream::of(payee);
        let version = self.ledger.version(&stream).await?;
        if let Some(known) = kept.as_ref().filter(|known| known.payee == *payee && known.version == version) {
            return Ok(known.accounts.get(&account).cloned());
        }
        let world = self.ledger.states(std::slice::from_ref(&stream)).await?;
        let Some(book) = world.get::<DepositBook>(payee) else { return Ok(None) };
        // More may have come since it was asked.
        let version = book.version();
        let view = |(bank, currency): (ItemId, Currency)| {
            let view = OwnFundsView::of(book, version, &bank, currency);
            ((bank, currency), view)
        };
        let accounts = book.custody_accounts().into_iter().map(view).collect::<BTreeMap<_, _>>();
        let found = accounts.get(&account).cloned();
        *kept = Some(KeptBook { payee: payee.clone(), version, accounts });
        Ok(found)
    }
}
