//! 银行对账单: what a bank says of an account, in whichever form it says it, as one thing: balances and lines in minor units. Three ways
//! lead here: camt.053 (ISO 20022), the answers of 招行银企直连, and tables (CSV, XLS, XLSX) by a [`Profile`] of their columns, which is data.
//!
//! **Nothing is guessed and nothing is left out.** A file of which one row can't be read is not read at all, and every such row
//! is told with its column. What can be read but does not add up (balances, totals, counts) is read, with a [`StatementMismatch`]
//! that has the numbers. Pure: bytes come in, statements go out.

mod amount;
mod check;
mod day;
mod fault;
mod head;
mod key;
mod label;
mod line;
mod mismatch;
mod profile;
mod stated;
mod table;
mod warning;

#[cfg(feature = "shell")]
mod camt;
#[cfg(feature = "shell")]
mod cmb;
#[cfg(feature = "shell")]
mod file;
#[cfg(all(test, feature = "shell"))]
mod tests;
#[cfg(feature = "shell")]
mod xml;

pub use amount::amount_text;
pub use fault::{StatementError, StatementFault};
#[cfg(feature = "shell")]
pub use file::read;
pub use iso_currency::Currency as StatementCurrency;
pub use line::{AccountBalance, Counterparty, LinePart, LinePlace, LineStanding, Reversal, Statement, StatementLine};
pub use mismatch::{CountOf, StatementMismatch};
pub use profile::Profile;
pub use table::of_table;
pub use warning::StatementWarning;

/// What a reader wants of a file.
#[derive(Debug, Clone, Default)]
pub struct StatementRequest {
    /// The name of the profile by which a table is read; the one that fits best where it is not said.
    pub profile: Option<String>,
    /// Statements of this currency alone; a file with none of it is refused.
    pub currency: Option<StatementCurrency>,
}

/// What a file was found to be.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct BankFile {
    /// `camt.053`, `cmb-direct`, or the name of a profile.
    pub format: String,
    /// One a currency of a table, one a `Stmt` of a camt.053; at least one.
    pub statements: Vec<Statement>,
}

impl StatementRequest {
    /// Leaves what was asked for.
    ///
    /// # Errors
    /// [`StatementFault::CurrencyDiffers`] where that is nothing.
    fn narrow(&self, mut file: BankFile) -> Result<BankFile, Vec<StatementError>> {
        let Some(asked) = self.currency else { return Ok(file) };
        let found = file.statements.iter().map(|statement| statement.currency.code()).collect::<Vec<_>>().join(", ");
        file.statements.retain(|statement| statement.currency == asked);
        if file.statements.is_empty() {
            return Err(vec![StatementFault::CurrencyDiffers { asked: asked.code().to_owned(), found }.of_file()]);
        }
        Ok(file)
    }
}
