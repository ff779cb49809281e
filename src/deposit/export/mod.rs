//! 账簿导出: a book as other programs read it, written voucher by voucher.
//!
//! Each format says after the last voucher what every account must come to, to the last fen: a program that reads the file adds up
//! the lines itself, and complains where it finds another balance than ours.

mod beancount;
mod ledger;
#[cfg(test)]
mod tests;

pub use beancount::BeancountFormat;
pub use ledger::LedgerFormat;

use super::book::{BookAccount, Heading, HeadingClass, JournalLine};
use crate::field::{Day, ItemId};
use std::collections::BTreeMap;

/// One line of a book as it is kept: with its voucher, and the balance that it has left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookLine {
    /// 凭证号
    pub voucher: u64,
    /// Index of the entry: its record is the voucher's evidence.
    pub entry: u64,
    pub day: Day,
    /// The kind of the record.
    pub kind: String,
    pub line: JournalLine,
    /// What the account has more on its debit side after it.
    pub balance_minor: i64,
}

/// How a program wants books.
pub trait BookFormat {
    /// What stands at the beginning.
    fn head(&self, payee: &str) -> String;

    /// An account, before the first voucher that posts to it.
    fn opened(&self, account: &BookAccount, name: &str, day: Day) -> String;

    /// The lines of one voucher, at least one, with what their accounts are called.
    fn voucher(&self, lines: &[(BookLine, &str)]) -> String;

    /// What accounts must come to after the last voucher, which is of this day.
    fn balances<'a>(&self, day: Day, balances: &mut dyn Iterator<Item = (&'a BookAccount, &'a str, i64)>) -> String;
}

/// An account that was posted to.
struct Opened {
    name: String,
    balance_minor: i64,
}

/// Writes a book, line by line.
pub struct BookWriter<F> {
    format: F,
    accounts: BTreeMap<BookAccount, Opened>,
    /// Which account has a name; that in another currency has the same.
    names: BTreeMap<String, (Heading, Option<ItemId>)>,
    /// The lines of the voucher that is being read.
    voucher: Vec<BookLine>,
    last_day: Option<Day>,
}

impl<F: BookFormat> BookWriter<F> {
    pub fn new(format: F) -> Self {
        Self { format, accounts: BTreeMap::new(), names: BTreeMap::new(), voucher: Vec::new(), last_day: None }
    }

    /// What stands at the beginning.
    pub fn head(&self, payee: &str) -> String {
        self.format.head(payee)
    }

    /// Takes the next line, in the order of the vouchers; the text of the voucher before, once that is whole.
    pub fn line(&mut self, line: BookLine) -> String {
        let is_next = self.voucher.last().is_some_and(|last| last.voucher != line.voucher);
        let text = if is_next { self.flush() } else { String::new() };
        self.voucher.push(line);
        text
    }

    /// The last voucher, and what every account must come to.
    pub fn finish(mut self) -> String {
        let last = self.flush();
        let mut balances = self.accounts.iter().map(|(account, opened)| (account, &*opened.name, opened.balance_minor));
        let stated = self.last_day.map(|day| self.format.balances(day, &mut balances)).unwrap_or_default();
        last + &stated
    }

    fn flush(&mut self) -> String {
        let mut text = String::new();
        let lines = std::mem::take(&mut self.voucher);
        for BookLine { line, day, balance_minor, .. } in &lines {
            if let Some(known) = self.accounts.get_mut(&line.account) {
                known.balance_minor = *balance_minor;
            } else {
                let name = self.free_name(&line.account);
                text += &self.format.opened(&line.account, &name, *day);
                self.accounts.insert(line.account.clone(), Opened { name, balance_minor: *balance_minor });
            }
            self.last_day = Some(*day);
        }
        let called = |line: BookLine| {
            let name = self.accounts.get(&line.line.account).map_or("", |opened| &*opened.name);
            (line, name)
        };
        let lines: Vec<_> = lines.into_iter().map(called).collect();
        if lines.is_empty() { text } else { text + &self.format.voucher(&lines) }
    }

    /// What an account is called: by its codes, in letters that every program takes, and none like another one.
    fn free_name(&mut self, account: &BookAccount) -> String {
        let (mut name, of) = (name(account), (account.heading, account.sub.clone()));
        while self.names.get(&name).is_some_and(|known| *known != of) {
            name.push('x');
        }
        self.names.insert(name.clone(), of);
        name
    }
}

/// `Liabilities:C2010:Sd-1`. The classes are those that Beancount knows. A part begins with a capital letter: its names may not
/// begin with a small one, nor with a Chinese character.
fn name(account: &BookAccount) -> String {
    let class = match account.heading.class() {
        HeadingClass::Asset => "Assets",
        HeadingClass::Liability => "Liabilities",
        HeadingClass::Equity => "Equity",
        HeadingClass::Expense => "Expenses",
        // Where a program adds up money, these must not be among it: they have commodities of their own.
        HeadingClass::Memorandum => "Equity:Memorandum",
    };
    let heading = format!("{class}:C{}", account.heading.code());
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '-' };
    match &account.sub {
        Some(sub) => format!("{heading}:S{}", sub.as_str().chars().map(plain).collect::<String>()),
        None => heading,
    }
}

/// What an account is counted in. What is only remembered is no money, so it is counted in something else.
fn commodity(account: &BookAccount) -> String {
    let memo = if account.heading.is_memorandum() { "M" } else { "" };
    format!("{memo}{:?}", account.currency)
}
