//! `reconcile`: a bank's statement held against a payee's book, which is read from its signed records.

use super::Location;
use super::language::either;
use super::mirror::OWN_FAULT;
use super::say::say;
use super::statement::{currency, in_words, told_of};
use anyhow::{Context, bail};
use clap::Args;
use gongshi::act::Stream;
use gongshi::deposit::book::Heading;
use gongshi::deposit::{CustodyJournal, DepositBookId};
use gongshi::field::{ItemId, OrganisationId};
use gongshi::law::Editions;
use gongshi::organisation::Organisation;
use gongshi::reconciliation::{BookMovement, OpenItem, ReconciledDay, Reconciliation};
use gongshi::sequencer::{Owners, learn_law, load_streams, read_stream};
use gongshi::statement::{Statement, StatementCurrency, amount_text};
use gongshi::store::Database;
use gongshi::world::Act;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::ExitCode;

const NOTES: &str = "\
账簿按日志中已签名的记录重新推算；只读，不写任何记录。户名、账号不进入结果，只有行的标识、日期和金额。
The book is derived again from the signed records of the log. Nothing is written. No name and no account number is in what
comes out: only the keys of lines, days and amounts.

退出码 · Exit codes:
  0  每日银行余额 = 账簿余额 ± 所列未达账项 · bank = book ± listed items, each day
  1  有一日不平，或对账单自相矛盾 · a day does not tie, or the statement contradicts itself
  2  有不能读取之处，或用法、文件错误 · something can't be read; or usage, or no such file";

/// Records that are read at a time.
const RECORDS_AT_A_TIME: u32 = 500;

/// Digits of the account that are shown: enough to tell accounts apart, too few to pay from.
const DIGITS_SHOWN: usize = 4;

#[derive(Args)]
#[command(after_help = NOTES)]
pub struct Reconcile {
    #[command(flatten)]
    location: Location,
    /// 对账单文件 · The bank's file
    file: PathBuf,
    /// 收取人 · The payee whose book it is
    #[arg(long, value_name = "ID")]
    payee: OrganisationId,
    /// 专户在账簿中的名称 · What the payee's book calls the bank account
    #[arg(long, value_name = "ID", value_parser = super::parsed::<ItemId>)]
    bank: ItemId,
    /// 按此版式读取表格，默认自动识别 · Read a table by this profile; by the one that fits best when absent
    #[arg(long)]
    profile: Option<String>,
    /// 只要此币种（ISO 4217） · The statement of this currency alone
    #[arg(long, value_parser = currency)]
    currency: Option<StatementCurrency>,
    /// 输出 JSON · Print JSON
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// 输出每日余额调节表（CSV） · Print the days as CSV
    #[arg(long)]
    csv: bool,
}

impl Reconcile {
    pub async fn run(self) -> ExitCode {
        match self.outcome().await {
            Ok(ties) => ExitCode::from(u8::from(!ties)),
            Err(error) => {
                eprintln!("gongshi: {error:#}");
                ExitCode::from(OWN_FAULT)
            }
        }
    }

    /// Whether bank and book tie.
    async fn outcome(&self) -> anyhow::Result<bool> {
        let read = super::statement::read(&self.file, self.profile.clone(), self.currency)?;
        let file = read.map_err(|errors| anyhow::anyhow!(told_of(&errors)))?;
        let [statement] = &file.statements[..] else {
            bail!(
                "{}",
                either("文件有多个账户或币种，请用 --currency 选定", "several statements: choose by --currency")
            );
        };
        let movements = self.movements(statement.currency).await?;
        let of = Reconciliation::of(statement, &movements);
        let of = of.map_err(|fault| anyhow::anyhow!(in_words(&fault.words()).to_owned()))?;
        match () {
            () if self.json => say!("{}", as_json(statement, &of, &movements)),
            () if self.csv => tell_csv(&of),
            () => tell(statement, &of),
        }
        Ok(of.first_untied().is_none() && statement.mismatches.is_empty())
    }

    /// All that the book moves on the account.
    async fn movements(&self, currency: StatementCurrency) -> anyhow::Result<Vec<BookMovement>> {
        let currency = currency.code().parse().ok();
        let currency = currency.context(either("账簿没有此币种", "no book is kept in this currency"))?;
        let database = Database::open(&self.location.database_url()).await?;
        let (editions, owners) = (Editions::built_in(), Owners::default());
        learn_law(&database, &editions).await?;
        let log = load_streams(&database, &owners, &[], &editions).await?;
        let law = log.law().context(either("日志的法规版本无法解释", "the law of the log can't be interpreted"))?;
        let stream = Stream::of(&DepositBookId(self.payee.clone()));
        let mut journal = CustodyJournal::new(Heading::CustodyBank.of(&self.bank, currency));
        let mut version = 0;
        loop {
            let entries = read_stream(&database, &owners, &stream, version, RECORDS_AT_A_TIME).await?;
            let Some(last) = entries.last() else { break };
            version = last.place.version;
            for entry in &entries {
                if let Act::Deposit(act) = &entry.act {
                    journal.take(act, &entry.place, law);
                }
            }
        }
        if !journal.knows_account() {
            bail!("{}: {} {}", either("账簿没有此专户", "no such account in the book"), self.payee, self.bank);
        }
        let payers: Vec<Stream> = journal.payers().map(Stream::of).collect();
        let world = load_streams(&database, &owners, &payers, &editions).await?;
        database.close().await;
        Ok(journal.movements(|payer| world.get::<Organisation>(payer).map(|found| found.name.to_string())))
    }
}

/// The last digits of an account.
fn ending(statement: &Statement) -> Option<String> {
    let digits: Vec<char> = statement.account.as_deref()?.chars().filter(char::is_ascii_digit).collect();
    Some(digits[digits.len().saturating_sub(DIGITS_SHOWN)..].iter().collect())
}

fn as_json(statement: &Statement, of: &Reconciliation, movements: &[BookMovement]) -> Value {
    let (lines, movements): (Vec<_>, Vec<_>) = (statement.moving().collect(), of.within(movements).collect());
    let matched = of.matches.iter().map(|it| {
        let keys: Vec<_> = it.lines.iter().map(|line| &lines[*line].key).collect();
        let entries: Vec<_> = it.movements.iter().map(|at| movements[*at].entry).collect();
        json!({"reason": it.reason, "lines": keys, "entries": entries})
    });
    json!({
        "account_ending": ending(statement), "currency": statement.currency.code(), "first": of.first, "last": of.last,
        "opening_minor": of.opening_minor, "closing_minor": of.closing_minor, "untied": of.first_untied(),
        "matches": matched.collect::<Vec<_>>(), "items": of.items, "items_sha256": of.items_digest(), "days": of.days,
        "returns": of.returns.iter().map(|it| json!({"pair": it.pair.to_string(), "reason": it.reason})).collect::<Vec<_>>(),
        "mismatches": statement.mismatches.len(), "warnings": statement.warnings,
    })
}

fn tell(statement: &Statement, of: &Reconciliation) {
    let money = |minor: i64| amount_text(minor, statement.currency);
    if let Some(day) = of.first_untied() {
        say!(
            "{}: {}  {}",
            either("首个不平之日", "First day that does not tie"),
            day.day,
            money(day.unexplained_minor)
        );
    }
    for mismatch in &statement.mismatches {
        say!("≠ {}", in_words(&mismatch.words(statement.currency)));
    }
    for warning in &statement.warnings {
        say!("! {}", in_words(&warning.words()));
    }
    let account = ending(statement).map_or_else(|| "—".to_owned(), |digits| format!("…{digits}"));
    say!("{}  {}  {}–{}", account, statement.currency.code(), of.first, of.last);
    for it in &of.matches {
        say!("= {}: {} ↔ {}", in_words(&it.reason.words()), it.lines.len(), it.movements.len());
    }
    for item in &of.items {
        tell_item(item, &money);
    }
    for it in &of.returns {
        say!(
            "~ {}\t{} → {}\t{}\t{}",
            it.pair,
            it.out_on,
            it.back_on,
            money(it.amount_minor),
            in_words(&it.reason.words())
        );
    }
    let Some(last) = of.days.last() else { return };
    let ReconciledDay { bank_minor, book_minor, bank_alone_minor, book_alone_minor, unexplained_minor, .. } = *last;
    say!(
        "{}: {}  {}: {}  {}: {}  {}: {}  {}: {}",
        either("银行余额", "bank"),
        money(bank_minor),
        either("账簿余额", "book"),
        money(book_minor),
        either("仅银行有", "bank alone"),
        money(bank_alone_minor),
        either("仅账簿有", "book alone"),
        money(book_alone_minor),
        either("未说明", "unexplained"),
        money(unexplained_minor),
    );
    say!("{}: {}", either("未达账项摘要", "Digest of the open items"), of.items_digest());
}

fn tell_item(item: &OpenItem, money: &impl Fn(i64) -> String) {
    let kind = item.kind.words();
    let entry = item.entry.map(|entry| format!("/v1/records/{entry}"));
    let known = item.line.iter().chain(&entry).cloned().collect::<Vec<_>>().join(" ↔ ");
    let might_be = item.candidates.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
    let might_be = if might_be.is_empty() { might_be } else { format!("  ? {might_be}") };
    let (day, age, amount) = (item.day, item.age_days, money(item.bank_over_book_minor));
    say!("? {day}\t{age}\t{amount}\t{}\t{known}{might_be}", in_words(&kind));
}

/// Numbers and days alone: no cell that a spreadsheet would compute.
fn tell_csv(of: &Reconciliation) {
    say!(
        "日期 day,银行余额（分） bank_minor,账簿余额（分） book_minor,仅银行有（分） bank_alone_minor,仅账簿有（分） book_alone_minor,未说明（分） unexplained_minor"
    );
    for it in &of.days {
        let (bank, book) = (it.bank_alone_minor, it.book_alone_minor);
        say!("{},{},{},{bank},{book},{}", it.day, it.bank_minor, it.book_minor, it.unexplained_minor);
    }
}
