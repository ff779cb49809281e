//! One file for hledger (<https://hledger.org/hledger.html>) and ledger (<https://ledger-cli.org>).

use super::{BookFormat, BookLine, OpenedAccount, code, commodity};
use crate::deposit::book::BookAccount;
use crate::field::{Currency, Day};
use strum::IntoEnumIterator;

/// As hledger and ledger read it.
pub struct LedgerFormat;

impl BookFormat for LedgerFormat {
    /// Commodities first: `check --strict` wants each declared.
    fn head(&self, payee: &str) -> String {
        let sample = |currency: Currency| {
            let sample = currency.decimal(1000 * 10_i64.pow(currency.minor_digits()));
            // hledger wants to see the point also where nothing follows it.
            if sample.contains('.') { sample } else { sample + "." }
        };
        let declared = |currency: Currency| {
            let sample = sample(currency);
            format!("commodity {sample} {currency:?}\ncommodity {sample} M{currency:?}\n")
        };
        let declared: String = Currency::iter().map(declared).collect();
        format!("; {payee} 保证金账簿\n{declared}\n")
    }

    fn opened(&self, account: &BookAccount, name: &str) -> String {
        let (code, words) = (code(account), account.heading.words());
        format!("account {name}\n  ; {code} {} · {}\n\n", words.zh, words.en)
    }

    fn voucher(&self, lines: &[(BookLine, &str)]) -> String {
        let (first, _) = &lines[0];
        let mut text =
            format!("{} * ({}) {}\n    ; record: /v1/records/{}\n", first.day, first.voucher, first.kind, first.entry);
        for (line, name) in lines {
            let account = &line.line.account;
            let amount = account.currency.decimal(line.line.signed());
            text += &format!("    {name}  {amount} {}\n", commodity(account));
        }
        text + "\n"
    }

    fn closed(&self, day: Day, accounts: &mut dyn Iterator<Item = &OpenedAccount>) -> String {
        let lines = accounts.flat_map(|opened| {
            opened.balances.iter().map(|(account, minor)| {
                let (name, currency, of) = (&opened.name, account.currency, commodity(account));
                format!("    {name}  {} {of} = {} {of}\n", currency.decimal(0), currency.decimal(*minor))
            })
        });
        format!("{day} * balances\n{}", lines.collect::<String>())
    }
}
