//! What an award notice says of the winner: the team, the terms, the certificates.

use super::seal::seal;
use super::source::Row;
use super::tally::Tally;
use crate::field::{Line, Prose};
use crate::tender::KeyPerson;
use serde_json::Value;

/// The winner's promise and proof.
pub(super) struct Winner {
    pub persons: Vec<KeyPerson>,
    pub quality: Option<Prose<2000>>,
    pub duration: Option<Prose<2000>>,
    pub certificates: Vec<Prose<1000>>,
}

/// Reads the fields of an award notice that are about the winner.
pub(super) fn winner(row: &mut Row, code: &str, tally: &mut Tally) -> Winner {
    let text = |row: &mut Row, field: &str| row.optional(field).map(|text| (format!("yichang_awards.{field}"), text));
    let mut terms = |field: &str, tally: &mut Tally| {
        let (field, text) = text(row, field)?;
        tally.optional_prose(&text, &field, code)
    };
    let (quality, duration) = (terms("quality", tally), terms("term_days", tally));
    let certificates = ["qualification_cert", "safety_permit"].into_iter().filter_map(|field| {
        let (field, text) = text(row, field)?;
        tally.optional_prose(&text, &field, code)
    });
    let certificates = certificates.collect();
    Winner { persons: persons(row, code, tally), quality, duration, certificates }
}

/// 项目班子: by role, each with a pseudonym and certificates; the name stands sealed.
fn persons(row: &mut Row, code: &str, tally: &mut Tally) -> Vec<KeyPerson> {
    let staff = row.value("staff");
    let members = staff.as_ref().and_then(Value::as_object).into_iter().flatten();
    let persons: Vec<_> = members.filter_map(|(role, person)| self::person(role, person, code, tally)).collect();
    // The row counts them as one value.
    tally.mapped(persons.len().saturating_sub(1));
    persons
}

fn person(role: &str, person: &Value, code: &str, tally: &mut Tally) -> Option<KeyPerson> {
    let Ok(role) = tally.line(role, code) else {
        tally.unmapped("yichang_awards.staff (role not a line)", 1);
        return None;
    };
    let name = person["person"].as_str().and_then(seal);
    let listed = person["certificate_types"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let mut certificates: Vec<Line<300>> = Vec::new();
    for certificate in listed.filter(|text| !text.trim().is_empty()) {
        match tally.line(certificate, code) {
            Ok(line) => certificates.push(line),
            Err(_) => tally.unmapped("yichang_awards.staff.certificate_types (too long)", 1),
        }
    }
    Some(KeyPerson { role, name, certificates })
}
