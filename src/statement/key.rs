//! Keys by which an import knows a line again.

use super::StatementLine;
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// Gives each line its key: the bank's own reference where no other line of the day has it, else a digest of what the line says and
/// how many like it came before. So two equal entries of a day are two, and an export of a longer period has the same keys: they hang
/// on whole days alone, in the order of time.
pub(super) fn assign(lines: &mut [StatementLine]) {
    let mut references: HashMap<String, usize> = HashMap::new();
    for name in lines.iter().filter_map(by_reference) {
        *references.entry(name).or_default() += 1;
    }
    let mut alike: HashMap<String, usize> = HashMap::new();
    for line in lines {
        line.key = match by_reference(line).filter(|name| references.get(name) == Some(&1)) {
            Some(name) => name,
            None => {
                let digest = digest(line);
                let before = alike.entry(digest.clone()).or_default();
                *before += 1;
                format!("sha256:{digest}/{before}")
            }
        };
    }
}

/// A bank may begin its numbers again each day.
fn by_reference(line: &StatementLine) -> Option<String> {
    let reference = line.reference.as_deref()?;
    let day = line.booked_on.map(|day| day.to_string()).unwrap_or_default();
    Some(format!("ref:{day}/{reference}"))
}

/// Of everything that the bank says of the entry itself; not of where it stands, nor of the balance after it, which another order of
/// the same second changes.
fn digest(line: &StatementLine) -> String {
    let mut hash = Sha256::new();
    let (amount, day) =
        (line.amount_minor.to_string(), |day: Option<crate::field::Day>| day.map(|day| day.to_string()));
    let (booked, valued) = (day(line.booked_on), day(line.valued_on));
    let parts = [
        booked.as_deref(),
        line.booked_time.as_deref(),
        valued.as_deref(),
        Some(&amount),
        Some(line.currency.code()),
        line.reference.as_deref(),
        line.client_reference.as_deref(),
        line.counterparty.name.as_deref(),
        line.counterparty.account.as_deref(),
        line.counterparty.bank.as_deref(),
        Some(&line.text),
        line.status(),
    ];
    for part in parts {
        let part = part.unwrap_or_default();
        // With their lengths: no two lists of parts are the same bytes.
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    faster_hex::hex_string(&hash.finalize()[..16])
}

impl StatementLine {
    /// The bank's word for what is not booked.
    fn status(&self) -> Option<&str> {
        match &self.standing {
            super::LineStanding::Booked => None,
            super::LineStanding::Unbooked { status } => Some(status),
        }
    }
}
