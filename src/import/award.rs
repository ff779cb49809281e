//! What an award notice says of the winner: the team, the terms, the certificates.

use super::ImportError;
use super::certificate::without_names;
use super::seal::seal;
use super::source::{Row, says_nothing};
use super::tally::Tally;
use crate::field::{Fault, Line, Prose};
use crate::tender::KeyPerson;
use serde_json::Value;

const STAFF: &str = "yichang_awards.staff";
/// Where this stands for a role, the price was read for a person: its pseudonym is nobody's.
const PRICE_HEADING: &str = "中标价";
/// What stands for a role that the source does not say.
const ROLE_UNKNOWN: &str = "来源数据未载明职务";

/// The winner's promise and proof, and what the notice adds.
pub(super) struct Winner {
    pub persons: Vec<KeyPerson>,
    pub quality: Option<Prose<2000>>,
    pub duration: Option<Prose<2000>>,
    pub certificates: Vec<Prose<1000>>,
    pub remark: Option<Prose<2000>>,
}

/// Reads the fields of an award notice that are about the winner.
pub(super) fn winner(row: &mut Row, code: &str, tally: &mut Tally) -> Result<Winner, ImportError> {
    let quality = prose(row, "quality", code, tally);
    let duration = prose(row, "term_days", code, tally);
    let remark = prose(row, "remark", code, tally);
    let certificates = ["qualification_cert", "safety_permit"];
    let certificates = certificates.into_iter().filter_map(|field| prose(row, field, code, tally)).collect();
    Ok(Winner { persons: persons(row, code, tally)?, quality, duration, certificates, remark })
}

fn prose<const MAX: usize>(row: &mut Row, field: &str, code: &str, tally: &mut Tally) -> Option<Prose<MAX>> {
    let text = row.optional(field)?;
    tally.optional_prose(&text, &format!("yichang_awards.{field}"), code)
}

/// 项目班子: by role, each with a pseudonym and certificates; the name stands sealed.
fn persons(row: &mut Row, code: &str, tally: &mut Tally) -> Result<Vec<KeyPerson>, ImportError> {
    let mut persons = Vec::new();
    for (role, mut member) in row.members("staff", STAFF)? {
        if role.contains(PRICE_HEADING) {
            tally.unmapped(format!("{STAFF} (a price read as a person)"), 1);
            continue;
        }
        persons.push(person(&role, &mut member, code, tally).map_err(member.refused("role"))?);
        member.finish(tally);
    }
    Ok(persons)
}

fn person(role: &str, row: &mut Row, code: &str, tally: &mut Tally) -> Result<KeyPerson, Fault> {
    let unknown = says_nothing(role);
    if unknown {
        tally.note("a person of the winner's team stands under no role", code);
    }
    let role = tally.line(if unknown { ROLE_UNKNOWN } else { role }, code)?;
    let name = row.optional("person").and_then(|pseudonym| {
        let sealed = seal(&pseudonym);
        tally.unmapped(format!("{STAFF}.person (no pseudonym)"), usize::from(sealed.is_none()));
        sealed
    });
    let listed = match row.value("certificate_types") {
        Some(Value::Array(listed)) => listed,
        _ => Vec::new(),
    };
    let mut certificates: Vec<Line<300>> = Vec::new();
    for text in listed.iter().filter_map(Value::as_str) {
        let (text, names) = without_names(text);
        tally.unmapped(format!("{STAFF}.certificate_types (may be a name)"), names);
        if says_nothing(&text) {
            continue;
        }
        match tally.line(&text, code) {
            Ok(line) => certificates.push(line),
            Err(_) => tally.unmapped(format!("{STAFF}.certificate_types (too long)"), 1),
        }
    }
    Ok(KeyPerson { role, name, certificates })
}
