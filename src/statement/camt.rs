//! camt.053, the bank's statement of ISO 20022. Read by the crate `sepa`, which knows the shapes of all versions and names three: it is
//! given the guarded tree, written anew in the namespace of one of those. What it doesn't look at (`RvslInd`, `NtryRef`,
//! the statement's own totals) is taken from the tree.

use super::amount::{DecimalForm, amount};
use super::check;
use super::stated::StatedTotals;
use super::xml::{DEPTH_MAX, ELEMENTS_MAX, Element};
use super::{
    AccountBalance, BankFile, Counterparty, LinePart, LinePlace, LineStanding, Reversal, Statement, StatementCurrency,
    StatementError, StatementFault, StatementLine, StatementWarning,
};
use crate::field::Day;
use crate::spreadsheet::FILE_BYTES_MAX;
use sepa::{BalanceType, CashEntry, EntryDetail, EntryStatus, IsoDate, ParseLimits, camt::ReportedAmount, camt053::ns};

const FAMILY: &str = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.";
/// Extensions of a bank's own, of whatever shape.
const EXTENSION: &str = "SplmtryData";
/// Credit or debit, of an amount that has no sign.
const CREDIT: &str = "CRDT";

/// Whether a document says that it is of this kind.
pub(super) fn is_camt(root: &Element) -> bool {
    root.name == "Document" && root.child("BkToCstmrStmt").is_some()
}

/// Reads a message.
///
/// # Errors
/// Every entry and balance that can't be read.
pub(super) fn read(root: &Element) -> Result<BankFile, Vec<StatementError>> {
    let namespace = root.namespace();
    let version = namespace.map(|namespace| namespace.strip_prefix(FAMILY).filter(|version| version.len() == 2));
    if version == Some(None) {
        let found = namespace.unwrap_or_default().to_owned();
        return Err(vec![StatementFault::WrongMessage { found }.of_file()]);
    }
    let xml = root.write(ns::CAMT053_001_08, EXTENSION);
    let limits = ParseLimits {
        // Escaping makes a text up to six times as long.
        input_bytes: FILE_BYTES_MAX * 6,
        nodes: ELEMENTS_MAX,
        depth: DEPTH_MAX,
        total_text_bytes: FILE_BYTES_MAX,
        ..ParseLimits::default()
    };
    let read = sepa::camt053::parse_camt053_with_limits(&xml, limits);
    let message = read.map_err(|error| vec![StatementFault::NotXml { why: error.to_string() }.of_file()])?;
    let elements = root.child("BkToCstmrStmt").into_iter().flat_map(|message| message.named("Stmt"));
    let (mut statements, mut faults) = (Vec::new(), Vec::new());
    for (number, (statement, element)) in (1..).zip(message.statements.iter().zip(elements)) {
        let path = format!("/Document/BkToCstmrStmt/Stmt[{number}]");
        match (StatementReader { statement, element, path, faults: Vec::new() }).read() {
            Ok(mut statement) => {
                statement.warnings.extend(namespace.is_none().then_some(StatementWarning::NamespaceMissing));
                statements.push(statement);
            }
            Err(wrong) => faults.extend(wrong),
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    if statements.is_empty() {
        return Err(vec![StatementFault::Empty.of_file()]);
    }
    Ok(BankFile { format: "camt.053".to_owned(), statements })
}

/// A `Stmt` while it is read, in both of its forms.
struct StatementReader<'a> {
    statement: &'a sepa::Camt053Statement,
    element: &'a Element,
    path: String,
    faults: Vec<StatementError>,
}

impl<'a> StatementReader<'a> {
    fn read(mut self) -> Result<Statement, Vec<StatementError>> {
        let Some(currency) = self.currency() else { return Err(self.faults) };
        let (opening, closing, warnings) = self.balances(currency);
        let entries = self.statement.entries.iter().zip(self.element.named("Ntry"));
        let lines: Vec<_> = (1..)
            .zip(entries)
            .filter_map(|(number, (entry, element))| {
                let path = format!("{}/Ntry[{number}]", self.path);
                line(entry, element, &path).map_err(|fault| self.faults.push(fault)).ok()
            })
            .collect();
        if !self.faults.is_empty() {
            return Err(self.faults);
        }
        let id = Some(self.statement.stmt_id.clone()).filter(|id| !id.is_empty());
        let account = self.statement.account.any_id().map(str::to_owned);
        let mut statement =
            Statement { id, account, currency, opening, closing, lines, mismatches: Vec::new(), warnings };
        check::finish(&mut statement, &self.totals(currency));
        Ok(statement)
    }

    /// Of the account, else of its opening balance, else of its first entry.
    fn currency(&mut self) -> Option<StatementCurrency> {
        let balance = self.opening().or_else(|| self.statement.balances.first());
        let amounts = balance.map(|balance| &balance.amount).into_iter();
        let mut amounts = amounts.chain(self.statement.entries.first().map(|entry| &entry.amount));
        let stated = self.statement.account.currency.as_deref().or_else(|| amounts.find_map(|a| a.currency.as_deref()));
        let place = LinePlace::Element(self.path.clone());
        let known = known_currency(stated, "Acct/Ccy", &place);
        known.map_err(|fault| self.faults.push(fault)).ok()
    }

    /// The booked opening balance, else the closing one of the statement before.
    fn opening(&self) -> Option<&'a sepa::StatementBalance> {
        let previous = |balance: &&sepa::StatementBalance| balance.balance_type.as_code() == "PRCD";
        self.statement.opening_balance().or_else(|| self.statement.balances.iter().find(previous))
    }

    /// The opening and the closing balance. One in another currency is none of this account's.
    fn balances(
        &mut self,
        currency: StatementCurrency,
    ) -> (Option<AccountBalance>, Option<AccountBalance>, Vec<StatementWarning>) {
        let (mut warnings, mut read) = (Vec::new(), [None, None]);
        let closing = self.statement.balances.iter().find(|balance| balance.balance_type == BalanceType::ClosingBooked);
        for (kept, balance) in read.iter_mut().zip([self.opening(), closing]) {
            let Some(balance) = balance else { continue };
            let at = self.statement.balances.iter().position(|one| std::ptr::eq(one, balance)).unwrap_or_default();
            let place = LinePlace::Element(format!("{}/Bal[{}]", self.path, at + 1));
            let stated = match known_currency(balance.amount.currency.as_deref(), "Amt/@Ccy", &place) {
                Ok(stated) => stated,
                Err(fault) => {
                    self.faults.push(fault);
                    continue;
                }
            };
            if stated != currency {
                let currency = stated.code().to_owned();
                warnings.push(StatementWarning::ForeignCurrency { place, currency });
                continue;
            }
            if balance.amount.direction_raw.is_none() {
                warnings.push(StatementWarning::DirectionAssumed { place: place.clone() });
            }
            match signed(&balance.amount, Some(CREDIT), currency, &place) {
                Ok(amount_minor) => {
                    let day = balance.date().and_then(day_of);
                    *kept = Some(AccountBalance { amount_minor, day, is_derived: false });
                }
                Err(fault) => self.faults.push(fault),
            }
        }
        let [opening, closing] = read;
        (opening, closing, warnings)
    }

    /// `TxsSummry`, where it can be read: a total is no reason to refuse the lines.
    fn totals(&self, currency: StatementCurrency) -> StatedTotals {
        let summary = |way: &[&str]| self.element.child("TxsSummry").and_then(|summary| summary.text_at(way));
        let sum = |of| summary(&[of, "Sum"]).and_then(|text| amount(text, DecimalForm::Point, currency).ok());
        let count = |of| summary(&[of, "NbOfNtries"]).and_then(|text| text.parse().ok());
        StatedTotals {
            credit_minor: sum("TtlCdtNtries").map(i64::abs),
            debit_minor: sum("TtlDbtNtries").map(i64::abs),
            count: count("TtlNtries"),
            credit_count: count("TtlCdtNtries"),
            debit_count: count("TtlDbtNtries"),
        }
    }
}

fn known_currency(text: Option<&str>, column: &str, place: &LinePlace) -> Result<StatementCurrency, StatementError> {
    let text = text.unwrap_or_default().trim();
    StatementCurrency::from_code(text).ok_or_else(|| {
        let fault = match text {
            "" => StatementFault::Missing,
            text => StatementFault::UnknownCurrency { text: text.to_owned() },
        };
        fault.at(place.clone(), column.to_owned())
    })
}

/// An amount with the sign of its direction. It is unsigned itself.
fn signed(
    reported: &ReportedAmount,
    otherwise: Option<&str>,
    currency: StatementCurrency,
    place: &LinePlace,
) -> Result<i64, StatementError> {
    let at = |column: &str, fault: StatementFault| fault.at(place.clone(), column.to_owned());
    let text = reported.amount_raw.as_deref().unwrap_or_default().trim();
    if text.is_empty() {
        return Err(at("Amt", StatementFault::Missing));
    }
    let minor = amount(text, DecimalForm::Point, currency).map_err(|fault| at("Amt", fault))?;
    if minor < 0 {
        return Err(at("Amt", StatementFault::Negative { text: text.to_owned() }));
    }
    match reported.direction_raw.as_deref().map(str::trim).or(otherwise) {
        Some(CREDIT) => Ok(minor),
        Some("DBIT") => Ok(-minor),
        Some(text) => Err(at("CdtDbtInd", StatementFault::UnknownDirection { text: text.to_owned() })),
        None => Err(at("CdtDbtInd", StatementFault::Missing)),
    }
}

fn day_of(date: IsoDate) -> Option<Day> {
    date.to_string().parse().ok()
}

fn line(entry: &CashEntry, element: &Element, path: &str) -> Result<StatementLine, StatementError> {
    let place = LinePlace::Element(path.to_owned());
    let currency = known_currency(entry.amount.currency.as_deref(), "Amt/@Ccy", &place)?;
    let amount_minor = signed(&entry.amount, None, currency, &place)?;
    let dated = |column: &str, raw: Option<&str>, date: Option<IsoDate>| match (raw, date.and_then(day_of)) {
        (Some(text), None) => {
            Err(StatementFault::NotADay { text: text.to_owned() }.at(place.clone(), column.to_owned()))
        }
        (_, day) => Ok(day),
    };
    let booked_on = dated("BookgDt", entry.booking_date_raw.as_deref(), entry.booking_date())?;
    let valued_on = dated("ValDt", entry.value_date_raw.as_deref(), entry.value_date())?;
    let standing = match &entry.status {
        EntryStatus::Booked => LineStanding::Booked,
        EntryStatus::Other(code) => {
            return Err(StatementFault::UnknownStatus { text: code.clone() }.at(place, "Sts".to_owned()));
        }
        status => LineStanding::Unbooked { status: code_of(status).to_owned() },
    };
    let details = &entry.details;
    let details_parent = element.child("NtryDtls").unwrap_or(element);
    let mut parts: Vec<LinePart> = (details.iter().zip(details_parent.named("TxDtls")))
        .map(|(detail, element)| part(detail, element, amount_minor < 0, currency))
        .collect();
    let of_entry = matches!(element.text_at(&["RvslInd"]), Some("true" | "1")).then_some(Reversal::Reversed);
    let only = if parts.len() == 1 { parts.pop() } else { None };
    let words = [entry.additional_info.as_deref(), only.as_ref().map(|part| part.text.as_str())];
    let returned =
        || parts.iter().all(|part| part.reversal.is_some()).then(|| parts.first()?.reversal.clone()).flatten();
    let reversal = only.as_ref().and_then(|part| part.reversal.clone()).or(of_entry).or_else(returned);
    Ok(StatementLine {
        key: String::new(),
        booked_on,
        booked_time: entry.booking_date_raw.as_deref().and_then(time_of),
        valued_on,
        amount_minor,
        currency,
        balance_minor: None,
        standing,
        reversal,
        reference: entry.account_servicer_ref.clone().or_else(|| element.text_at(&["NtryRef"]).map(str::to_owned)),
        client_reference: only.as_ref().and_then(|part| part.client_reference.clone()),
        counterparty: only.as_ref().map(|part| part.counterparty.clone()).unwrap_or_default(),
        text: words.into_iter().flatten().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" "),
        parts,
        place,
    })
}

fn code_of(status: &EntryStatus) -> &str {
    match status {
        EntryStatus::Pending => "PDNG",
        EntryStatus::Info => "INFO",
        EntryStatus::Future => "FUTR",
        EntryStatus::Other(code) => code,
        _ => "BOOK",
    }
}

/// The time of `2026-03-02T10:05:00+08:00`, as the bank's clock shows it.
fn time_of(text: &str) -> Option<String> {
    super::day::time(text.trim().split_once('T')?.1.get(..8)?)
}

fn part(detail: &EntryDetail, element: &Element, entry_is_debit: bool, currency: StatementCurrency) -> LinePart {
    let amount =
        detail.amount.amount_raw.as_deref().filter(|_| detail.amount.currency.as_deref() == Some(currency.code()));
    let is_debit = match detail.amount.direction_raw.as_deref().map(str::trim) {
        Some(direction) => direction != CREDIT,
        None => entry_is_debit,
    };
    let amount = amount.and_then(|text| amount_of(text, currency)).map(|minor| if is_debit { -minor } else { minor });
    let texts = element.child("RmtInf").into_iter().flat_map(|info| info.named("Ustrd")).map(|text| text.text.trim());
    let more = detail.additional_info.as_deref();
    let text: Vec<&str> = texts.chain(more).filter(|text| !text.is_empty()).collect();
    let structured = element.text_at(&["RmtInf", "Strd", "CdtrRefInf", "Ref"]).map(str::to_owned);
    let end_to_end = detail.end_to_end_id.clone().filter(|id| id != "NOTPROVIDED");
    let bank = if entry_is_debit { "CdtrAgt" } else { "DbtrAgt" };
    let other = if entry_is_debit { "CdtrAcct" } else { "DbtrAcct" };
    let account = || element.text_at(&["RltdPties", other, "Id", "Othr", "Id"]).map(str::to_owned);
    LinePart {
        amount_minor: amount,
        client_reference: structured.or(end_to_end),
        counterparty: Counterparty {
            name: detail.counterparty_name.clone(),
            account: detail.counterparty_iban.clone().or_else(account),
            bank: element.text_at(&["RltdAgts", bank, "FinInstnId", "Nm"]).map(str::to_owned),
        },
        text: text.join(" "),
        reversal: element.child("RtrInf").map(|_| Reversal::Returned { reason: detail.return_reason_code.clone() }),
    }
}

fn amount_of(text: &str, currency: StatementCurrency) -> Option<i64> {
    amount(text.trim(), DecimalForm::Point, currency).ok().filter(|minor| *minor >= 0)
}
