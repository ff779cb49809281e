//! Beancount 3 (<https://beancount.github.io/docs/beancount_language_syntax.html>).

use super::{BookFormat, BookLine, OpenedAccount, code, commodity};
use crate::deposit::book::BookAccount;
use crate::field::Day;

/// As Beancount reads it.
pub struct BeancountFormat;

impl BookFormat for BeancountFormat {
    fn head(&self, payee: &str) -> String {
        format!(
            "option \"title\" {}\noption \"operating_currency\" \"CNY\"\n\n",
            quoted(&format!("{payee} 保证金账簿"))
        )
    }

    /// An account is opened once, with all its currencies, and those are known at the end. Directives are read in the order of
    /// their days, wherever they stand.
    fn opened(&self, _account: &BookAccount, _name: &str) -> String {
        String::new()
    }

    fn voucher(&self, lines: &[(BookLine, &str)]) -> String {
        let (first, _) = &lines[0];
        let mut text = format!(
            "{} * {} {}\n  voucher: {}\n  record: \"/v1/records/{}\"\n",
            first.day,
            quoted(&format!("记-{}", first.voucher)),
            quoted(&first.kind),
            first.voucher,
            first.entry
        );
        for (line, name) in lines {
            let account = &line.line.account;
            let amount = account.currency.decimal(line.line.signed());
            text += &format!("  {name}  {amount} {}\n", commodity(account));
        }
        text + "\n"
    }

    fn closed(&self, day: Day, accounts: &mut dyn Iterator<Item = &OpenedAccount>) -> String {
        let next = day.date().succ_opt().map_or(day, Day::from);
        accounts.map(|account| opened(account) + &balances(account, next) + "\n").collect()
    }
}

fn opened(OpenedAccount { name, since, balances }: &OpenedAccount) -> String {
    let Some(account) = balances.keys().next() else { return String::new() };
    let (code, words) = (code(account), account.heading.words());
    let commodities: Vec<String> = balances.keys().map(commodity).collect();
    format!(
        "{since} open {name} {}\n  account: {}\n  name: {}\n",
        commodities.join(","),
        quoted(&code),
        quoted(&format!("{} · {}", words.zh, words.en))
    )
}

/// A balance is that at the beginning of a day. Without `~ 0` half a fen more or less would pass, and a whole one, too.
fn balances(OpenedAccount { name, balances, .. }: &OpenedAccount, next: Day) -> String {
    let line = |(account, minor): (&BookAccount, &i64)| {
        format!("{next} balance {name}  {} ~ 0 {}\n", account.currency.decimal(*minor), commodity(account))
    };
    balances.iter().map(line).collect()
}

/// A text between quotation marks.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
