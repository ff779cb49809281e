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
use std::collections::{BTreeMap, BTreeSet};

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

    /// An account, before the first voucher that posts to it in whatever currency.
    fn opened(&self, account: &BookAccount, name: &str) -> String;

    /// The lines of one voucher, at least one, with what their accounts are called.
    fn voucher(&self, lines: &[(BookLine, &str)]) -> String;

    /// All accounts, and what they must come to after the last voucher, which is of this day.
    fn closed(&self, day: Day, accounts: &mut dyn Iterator<Item = &OpenedAccount>) -> String;
}

/// An account that was posted to: programs count all currencies in one.
pub struct OpenedAccount {
    name: String,
    /// The day of its first voucher.
    since: Day,
    /// Ours, one a currency, and what each has more on its debit side.
    balances: BTreeMap<BookAccount, i64>,
}

/// Writes a book, line by line.
pub struct BookWriter<F> {
    format: F,
    accounts: BTreeMap<(Heading, Option<ItemId>), OpenedAccount>,
    names: BTreeSet<String>,
    /// The lines of the voucher that is being read.
    voucher: Vec<BookLine>,
    last_day: Option<Day>,
}

impl<F: BookFormat> BookWriter<F> {
    pub fn new(format: F) -> Self {
        Self { format, accounts: BTreeMap::new(), names: BTreeSet::new(), voucher: Vec::new(), last_day: None }
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
        let closed = self.last_day.map(|day| self.format.closed(day, &mut self.accounts.values())).unwrap_or_default();
        last + &closed
    }

    fn flush(&mut self) -> String {
        let mut text = String::new();
        let lines = std::mem::take(&mut self.voucher);
        for BookLine { line, day, balance_minor, .. } in &lines {
            let of = among_all_currencies(&line.account);
            if !self.accounts.contains_key(&of) {
                let name = self.free_name(&line.account);
                text += &self.format.opened(&line.account, &name);
                self.accounts.insert(of.clone(), OpenedAccount { name, since: *day, balances: BTreeMap::new() });
            }
            if let Some(known) = self.accounts.get_mut(&of) {
                known.balances.insert(line.account.clone(), *balance_minor);
            }
            self.last_day = Some(*day);
        }
        let called = |line: BookLine| {
            let name = self.accounts.get(&among_all_currencies(&line.line.account)).map_or("", |opened| &*opened.name);
            (line, name)
        };
        let lines: Vec<_> = lines.into_iter().map(called).collect();
        if lines.is_empty() { text } else { text + &self.format.voucher(&lines) }
    }

    /// What an account is called: by its codes, in letters that every program takes, and none like another one.
    fn free_name(&mut self, account: &BookAccount) -> String {
        let mut name = name(account);
        while self.names.contains(&name) {
            name.push('x');
        }
        self.names.insert(name.clone());
        name
    }
}

/// An account whatever its currency is.
fn among_all_currencies(account: &BookAccount) -> (Heading, Option<ItemId>) {
    (account.heading, account.sub.clone())
}

/// Our code of it, without a currency: `1010.icbc`.
fn code(account: &BookAccount) -> String {
    let sub = account.sub.as_ref().map(|sub| format!(".{sub}")).unwrap_or_default();
    format!("{}{sub}", account.heading.code())
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
