//! Beancount 3 (<https://beancount.github.io/docs/beancount_language_syntax.html>).

use super::{BookFormat, BookLine, commodity};
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

    fn opened(&self, account: &BookAccount, name: &str, day: Day) -> String {
        let (code, words, commodity) = (account.to_string(), account.heading.words(), commodity(account));
        format!(
            "{day} open {name}\n  account: {}\n  name: {}\n  commodity: {}\n\n",
            quoted(&code),
            quoted(&format!("{} · {}", words.zh, words.en)),
            quoted(&commodity)
        )
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

    /// A balance is that at the beginning of a day. Without `~ 0` half a fen more or less would pass, and a whole one, too.
    fn balances<'a>(&self, day: Day, balances: &mut dyn Iterator<Item = (&'a BookAccount, &'a str, i64)>) -> String {
        let next = day.date().succ_opt().map_or(day, Day::from);
        let line = |(account, name, minor): (&BookAccount, &str, i64)| {
            format!("{next} balance {name}  {} ~ 0 {}\n", account.currency.decimal(minor), commodity(account))
        };
        balances.map(line).collect()
    }
}

/// A text between quotation marks.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
