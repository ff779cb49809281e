//! 招行银企直连: the answers to an account query (`GetTransInfo`, `GetTransInfoEX`), one `NTQTSINFZ` an entry. Amounts stand there for a program
//! (`TRSAMTD`) and for people (`C_TRSAMT`); the former are read. No currency is said: it is that of the account asked about.

use super::amount::{DecimalForm, amount};
use super::check;
use super::day::{self, DayForm};
use super::stated::StatedTotals;
use super::xml::Element;
use super::{
    BankFile, Counterparty, LinePlace, LineStanding, Reversal, Statement, StatementCurrency, StatementError,
    StatementFault, StatementLine, StatementMismatch, StatementRequest, StatementWarning,
};
use crate::field::Day;

const ENTRY: &str = "NTQTSINFZ";
/// Money in; D is money out.
const CREDIT: &str = "C";
const DEBIT: &str = "D";

pub(super) fn is_cmb(root: &Element) -> bool {
    root.name == "CMBSDKPGK"
}

/// Reads an answer, in the currency that is asked for, else as CNY.
///
/// # Errors
/// The bank's own refusal, or every entry that can't be read.
pub(super) fn read(root: &Element, request: &StatementRequest) -> Result<BankFile, Vec<StatementError>> {
    let said = |name| root.text_at(&["INFO", name]).unwrap_or_default();
    let code = said("RETCOD");
    if !matches!(code, "" | "0") {
        let (code, message) = (code.to_owned(), said("ERRMSG").to_owned());
        return Err(vec![StatementFault::BankRefused { code, message }.of_file()]);
    }
    if !said("FUNNAM").starts_with("GetTransInfo") && root.child(ENTRY).is_none() {
        return Err(vec![StatementFault::WrongMessage { found: format!("CMBSDKPGK {}", said("FUNNAM")) }.of_file()]);
    }
    let currency = request.currency.unwrap_or(StatementCurrency::CNY);
    let (mut lines, mut faults) = (Vec::new(), Vec::new());
    for (number, element) in (1..).zip(root.named(ENTRY)) {
        let place = LinePlace::Element(format!("/CMBSDKPGK/{ENTRY}[{number}]"));
        match (Entry { element, place, currency }).line() {
            Ok(line) => lines.push(line),
            Err(fault) => faults.push(fault),
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let closing = root.child("NTRBPTRSZ1");
    let mut warnings = Vec::new();
    if request.currency.is_none() {
        warnings.push(StatementWarning::CurrencyAssumed { currency: currency.code().to_owned() });
    }
    let has_more = closing.and_then(|block| block.text_at(&["COTFLG"])) == Some("Y");
    let mismatches = has_more.then_some(StatementMismatch::MorePages).into_iter().collect();
    let mut statement =
        Statement { id: None, account: None, currency, opening: None, closing: None, lines, mismatches, warnings };
    check::finish(&mut statement, &closing.map(|block| totals(block, currency)).unwrap_or_default());
    Ok(BankFile { format: "cmb-direct".to_owned(), statements: vec![statement] })
}

/// The closing block, where it can be read: a total is no reason to refuse the lines.
fn totals(block: &Element, currency: StatementCurrency) -> StatedTotals {
    let sum = |name: &str| amount(block.text_at(&[name])?, DecimalForm::Point, currency).ok().map(i64::abs);
    let count = |name: &str| block.text_at(&[name])?.parse().ok();
    StatedTotals {
        credit_minor: sum("CRTAMT"),
        debit_minor: sum("DBTAMT"),
        count: None,
        credit_count: count("CRTNBR"),
        debit_count: count("DBTNBR"),
    }
}

struct Entry<'a> {
    element: &'a Element,
    place: LinePlace,
    currency: StatementCurrency,
}

impl Entry<'_> {
    fn text(&self, name: &str) -> Option<String> {
        self.element.text_at(&[name]).map(str::to_owned)
    }

    fn fault(&self, name: &str, fault: StatementFault) -> StatementError {
        fault.at(self.place.clone(), name.to_owned())
    }

    fn line(&self) -> Result<StatementLine, StatementError> {
        let booked_on = self.day("ETYDAT")?.ok_or_else(|| self.fault("ETYDAT", StatementFault::Missing))?;
        let booked_time = match self.text("ETYTIM") {
            Some(text) => match day::time(&text) {
                None => return Err(self.fault("ETYTIM", StatementFault::NotATime { text })),
                time => time,
            },
            None => None,
        };
        let texts = ["NARYUR", "NUSAGE", "BUSNAM", "OTRNAR"].map(|name| self.text(name));
        Ok(StatementLine {
            key: String::new(),
            place: self.place.clone(),
            booked_on: Some(booked_on),
            booked_time,
            valued_on: self.day("VLTDAT")?,
            amount_minor: self.moved()?,
            currency: self.currency,
            balance_minor: self.amount("TRSBLV")?,
            standing: LineStanding::Booked,
            // 冲帐标志
            reversal: (self.text("RSVFLG").as_deref() == Some("*")).then_some(Reversal::Reversed),
            reference: self.text("REFNBR"),
            client_reference: self.text("YURREF"),
            counterparty: Counterparty {
                name: self.text("RPYNAM"),
                account: self.text("RPYACC"),
                bank: self.text("RPYBNK"),
            },
            text: texts.into_iter().flatten().collect::<Vec<_>>().join(" "),
            parts: Vec::new(),
        })
    }

    fn day(&self, name: &str) -> Result<Option<Day>, StatementError> {
        let Some(text) = self.text(name) else { return Ok(None) };
        match day::day(&text, DayForm::YearFirst) {
            Some((day, _)) => Ok(Some(day)),
            None => Err(self.fault(name, StatementFault::NotADay { text })),
        }
    }

    fn amount(&self, name: &str) -> Result<Option<i64>, StatementError> {
        let Some(text) = self.text(name) else { return Ok(None) };
        amount(&text, DecimalForm::Point, self.currency).map(Some).map_err(|fault| self.fault(name, fault))
    }

    /// The amount of the side that is said, else the one amount there is.
    fn moved(&self) -> Result<i64, StatementError> {
        let direction = self.text("AMTCDR").ok_or_else(|| self.fault("AMTCDR", StatementFault::Missing))?;
        let (name, sign) = match direction.as_str() {
            CREDIT => ("TRSAMTC", 1),
            DEBIT => ("TRSAMTD", -1),
            _ => return Err(self.fault("AMTCDR", StatementFault::UnknownDirection { text: direction })),
        };
        let other = if name == "TRSAMTC" { "TRSAMTD" } else { "TRSAMTC" };
        if self.amount(other)?.is_some_and(|other| other != 0) {
            return Err(self.fault(other, StatementFault::BothSides));
        }
        let amount = match self.amount(name)? {
            None => self.amount("TRSAMT")?,
            amount => amount,
        };
        let amount = amount.ok_or_else(|| self.fault(name, StatementFault::Missing))?;
        if amount < 0 {
            let text = self.text(name).unwrap_or_default();
            return Err(self.fault(name, StatementFault::Negative { text }));
        }
        Ok(sign * amount)
    }
}
