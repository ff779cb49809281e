//! `statement`: a bank's file as it was read, or everything that is wrong with it.

use super::language::either;
use super::mirror::OWN_FAULT;
use super::say::say;
use anyhow::Context;
use clap::Args;
use gongshi::field::Bilingual;
use gongshi::spreadsheet::FILE_BYTES_MAX;
use gongshi::statement::{
    self, BankFile, LineStanding, Profile, Reversal, Statement as Account, StatementCurrency, StatementError,
    StatementLine, StatementRequest, amount_text,
};
use serde_json::json;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const NOTES: &str = "\
camt.053、招行银企直连 XML，或 CSV、XLS、XLSX 表格；表格的版式见 --profiles。只读文件，不写任何记录。
camt.053, China Merchants Bank's XML, or a table in CSV, XLS or XLSX, of a layout that --profiles lists. Nothing is written.

每条一行，以制表符分隔：位置、记账日、金额、余额、对方、回单号、摘要、标记。
One line an entry, parted by tabs: place, day, amount, balance, counterparty, reference, text, mark.

退出码 · Exit codes:
  0  已读取，余额与合计相符 · read, and it adds up
  1  已读取，但与所写的余额、合计或笔数不符 · read, but it contradicts its own balances, totals or counts
  2  有不能读取之处，或用法、文件错误 · something can't be read; or usage, or no such file";

#[derive(Args)]
#[command(after_help = NOTES)]
pub struct Statement {
    /// 对账单文件 · The bank's file
    #[arg(required_unless_present = "profiles")]
    file: Option<PathBuf>,
    /// 按此版式读取表格，默认自动识别 · Read a table by this profile; by the one that fits best when absent
    #[arg(long)]
    profile: Option<String>,
    /// 只要此币种（ISO 4217） · Statements of this currency alone
    #[arg(long, value_parser = currency)]
    currency: Option<StatementCurrency>,
    /// 输出 JSON · Print JSON
    #[arg(long)]
    json: bool,
    /// 列出表格的版式 · List the profiles of tables
    #[arg(long)]
    profiles: bool,
}

pub(super) fn currency(text: &str) -> Result<StatementCurrency, String> {
    let unknown = || either("不是 ISO 4217 币种", "not an ISO 4217 currency").to_owned();
    StatementCurrency::from_code(&text.to_ascii_uppercase()).ok_or_else(unknown)
}

impl Statement {
    pub fn run(self) -> ExitCode {
        if self.profiles {
            for profile in Profile::all() {
                say!("{}\t{}", profile.name(), in_words(&profile.title));
            }
            return ExitCode::SUCCESS;
        }
        match self.read() {
            Ok(Ok(file)) => {
                if self.json {
                    say!("{}", json!(file));
                } else {
                    file.statements.iter().for_each(|statement| tell(&file.format, statement));
                }
                ExitCode::from(u8::from(contradicts_itself(&file)))
            }
            Ok(Err(errors)) => {
                if self.json {
                    let fault = |error: &StatementError| {
                        let words = error.words();
                        json!({"place": error.place, "column": error.column, "zh": words.zh, "en": words.en})
                    };
                    say!("{}", json!({"faults": errors.iter().map(fault).collect::<Vec<_>>()}));
                }
                errors.iter().for_each(|error| eprintln!("gongshi: {}", in_words(&error.words())));
                ExitCode::from(OWN_FAULT)
            }
            Err(error) => {
                eprintln!("gongshi: {error:#}");
                ExitCode::from(OWN_FAULT)
            }
        }
    }

    fn read(&self) -> anyhow::Result<Result<BankFile, Vec<StatementError>>> {
        let path = self.file.as_deref().unwrap_or_else(|| Path::new("-"));
        read(path, self.profile.clone(), self.currency)
    }
}

/// Reads no more of a file than shows that it is too large.
pub(super) fn read(
    path: &Path,
    profile: Option<String>,
    currency: Option<StatementCurrency>,
) -> anyhow::Result<Result<BankFile, Vec<StatementError>>> {
    let mut bytes = Vec::new();
    let file = File::open(path).with_context(|| path.display().to_string())?;
    let read = file.take(FILE_BYTES_MAX as u64 + 1).read_to_end(&mut bytes);
    read.with_context(|| path.display().to_string())?;
    Ok(statement::read(&bytes, &StatementRequest { profile, currency }))
}

/// All that is wrong with a file, a line each.
pub(super) fn told_of(errors: &[StatementError]) -> String {
    errors.iter().map(|error| in_words(&error.words()).to_owned()).collect::<Vec<_>>().join("\n")
}

fn contradicts_itself(file: &BankFile) -> bool {
    file.statements.iter().any(|statement| !statement.mismatches.is_empty())
}

pub(super) fn in_words(words: &Bilingual) -> &str {
    either(&words.zh, &words.en)
}

fn tell(format: &str, statement: &Account) {
    let (currency, account) = (statement.currency, statement.account.as_deref().unwrap_or("—"));
    let money = |minor: i64| amount_text(minor, currency);
    say!("{}: {format}  {}: {account}  {}", either("版式", "format"), either("账号", "account"), currency.code());
    for line in &statement.lines {
        tell_line(line);
    }
    let of_all = |amount: i128| i64::try_from(amount).map_or_else(|_| amount.to_string(), money);
    let (credit, debit) = statement.turnover();
    let balance = |balance: &Option<statement::AccountBalance>| match balance {
        Some(balance) if balance.is_derived => format!("({})", money(balance.amount_minor)),
        Some(balance) => money(balance.amount_minor),
        None => "—".to_owned(),
    };
    say!(
        "{}: {}  {}: {}  {}: {}  {}: {}  {}: {}",
        either("笔数", "entries"),
        statement.lines.len(),
        either("期初", "opening"),
        balance(&statement.opening),
        either("贷方（收入）", "credits"),
        of_all(credit),
        either("借方（支出）", "debits"),
        of_all(debit),
        either("期末", "closing"),
        balance(&statement.closing),
    );
    for mismatch in &statement.mismatches {
        say!("≠ {}", in_words(&mismatch.words(currency)));
    }
    for warning in &statement.warnings {
        say!("! {}", in_words(&warning.words()));
    }
}

fn tell_line(line: &StatementLine) {
    let money = |minor: i64| amount_text(minor, line.currency);
    let plain = |text: &str| text.replace(['\t', '\n', '\r'], " ");
    let unbooked = match &line.standing {
        LineStanding::Booked => None,
        LineStanding::Unbooked { status } => Some(format!("{} {status}", either("未入账", "not booked"))),
    };
    let reversal = line.reversal.as_ref().map(|reversal| match reversal {
        Reversal::Reversed => either("冲正", "reversal").to_owned(),
        Reversal::Returned { reason } => {
            format!("{} {}", either("退汇", "returned"), reason.as_deref().unwrap_or_default()).trim().to_owned()
        }
    });
    say!(
        "{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}",
        line.place,
        line.booked_on.map(|day| day.to_string()).unwrap_or_default(),
        money(line.amount_minor),
        line.balance_minor.map(money).unwrap_or_default(),
        plain(line.counterparty.name.as_deref().unwrap_or_default()),
        plain(line.reference.as_deref().unwrap_or_default()),
        plain(&line.text),
        unbooked.into_iter().chain(reversal).collect::<Vec<_>>().join("; "),
    );
}
