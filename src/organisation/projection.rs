//! Organisations and keys as tables: for lists, and to find the owner of a key.

use super::{Organisation, OrganisationStatus, Status};
use crate::field::{Instant, OrganisationId, folded};
use crate::law::Law;
use crate::record::KeyId;
use crate::store::{Column, Database, Projected, Reads, Row, Rows, StoreError, Table, Value, padded_list};
use std::collections::BTreeSet;

/// One row an organisation.
pub static ORGANISATIONS: Table = Table {
    name: "organisations",
    columns: &[
        Column::text("id"),
        Column::text("name"),
        Column::text("name_folded"),
        Column::text("status"),
        Column::integer("suspended_until"),
        Column::text("roles"),
        Column::integer("admitted"),
        Column::integer("since"),
        Column::integer("version"),
        Column::blob("awaited"),
    ],
    key: &["id"],
};

/// One row a key that any organisation ever brought, pending registrations included.
pub static KEYS: Table = Table {
    name: "keys",
    columns: &[
        Column::blob("kid"),
        Column::text("organisation"),
        Column::blob("public"),
        Column::text("status"),
        Column::integer("revoked_from"),
    ],
    key: &["kid"],
};

/// One row an organisation that succeeds one which ended, or did before that was taken back.
pub static SUCCESSIONS: Table = Table {
    name: "successions",
    columns: &[Column::text("successor"), Column::text("predecessor"), Column::integer("stands")],
    key: &["successor", "predecessor"],
};

impl Projected for Organisation {
    const TABLES: &'static [&'static Table] = &[&ORGANISATIONS, &KEYS, &SUCCESSIONS];

    fn rows(&self, _id: &OrganisationId, _law: Law<'_>, rows: &mut Rows) {
        let id = || Value::from(self.id.to_string());
        rows.put(
            &ORGANISATIONS,
            vec![
                id(),
                Value::from(&*self.name),
                Value::from(folded(&self.name)),
                Value::from(OrganisationStatus::from(self.status).name()),
                Value::Integer(suspended_until(self.status)),
                Value::from(role_names(self)),
                Value::Integer(self.is_confirmed().into()),
                Value::Integer(self.since.millis()),
                Value::Integer(self.version as i64),
                self.awaited.map_or(Value::Null, |kid| Value::from(kid.as_bytes().to_vec())),
            ],
        );
        for key in &self.keys {
            rows.put(
                &KEYS,
                vec![
                    Value::from(key.kid.as_bytes().to_vec()),
                    id(),
                    Value::from(key.public.as_bytes().to_vec()),
                    Value::from("confirmed"),
                    key.revoked_from.map_or(Value::Null, |from| Value::Integer(from.millis())),
                ],
            );
        }
        let standing = self.ended().map_or(&[][..], |ended| &ended.successors);
        let successors: BTreeSet<_> = self.registry.endings.iter().flat_map(|ended| &ended.successors).collect();
        for successor in successors {
            let stands = i64::from(standing.contains(successor));
            rows.put(&SUCCESSIONS, vec![Value::from(successor.as_str()), id(), Value::Integer(stands)]);
        }
        for pending in &self.pending {
            rows.put(
                &KEYS,
                vec![
                    Value::from(pending.kid.as_bytes().to_vec()),
                    id(),
                    Value::from(pending.public.as_bytes().to_vec()),
                    // Time expires a claim and writes nothing: whoever wants to know folds the stream.
                    Value::from(if pending.is_cleared { "cleared" } else { "pending" }),
                    Value::Null,
                ],
            );
        }
    }
}

/// Whether this is the one key that may register under the code: a supervisor has seen it at the counter. Only how fast
/// strangers may write rests on this, so the table is good enough.
///
/// # Errors
/// The store can't be read.
pub async fn awaits(reads: &mut impl Reads, id: &OrganisationId, kid: &KeyId) -> Result<bool, StoreError> {
    let sql = "SELECT awaited FROM organisations WHERE id = $1";
    let rows = reads.rows(sql, &[Value::from(id.as_str())]).await?;
    Ok(rows.first().is_some_and(|row| row.blob(0).is_ok_and(|awaited| awaited == kid.as_bytes())))
}

/// Predecessors that a view names.
const PREDECESSORS_MAX: u32 = 100;

/// The organisations that ended and named this one as a successor.
///
/// # Errors
/// The store can't be read.
pub async fn predecessors(reads: &mut impl Reads, id: &OrganisationId) -> Result<Vec<OrganisationId>, StoreError> {
    let sql = format!(
        "SELECT predecessor FROM successions WHERE successor = $1 AND stands = 1 ORDER BY predecessor \
         LIMIT {PREDECESSORS_MAX}"
    );
    let rows = reads.rows(&sql, &[Value::from(id.as_str())]).await?;
    rows.iter().map(|row| row.text(0)?.parse().map_err(|_| StoreError::Unexpected(0))).collect()
}

/// Codes that are looked up with one statement.
const CODES_AT_A_TIME: usize = 512;

/// For these organisations, those that named them as successors, whether that was taken back or not: pairs of both.
///
/// # Errors
/// The store can't be read.
pub async fn predecessors_of(
    database: &Database,
    successors: &[OrganisationId],
) -> Result<Vec<(OrganisationId, OrganisationId)>, StoreError> {
    let mut found = Vec::new();
    // There are few of them, and in most logs none.
    if database.read("SELECT successor FROM successions LIMIT 1", &[]).await?.is_empty() {
        return Ok(found);
    }
    for codes in successors.chunks(CODES_AT_A_TIME) {
        let (marks, values) = padded_list(codes.iter().map(|code| Value::from(code.as_str())).collect());
        let sql = format!("SELECT successor, predecessor FROM successions WHERE successor IN ({marks})");
        let rows = database.read_built(sql, &values).await?;
        let id = |row: &Row, column| row.text(column)?.parse().map_err(|_| StoreError::Unexpected(column));
        found.extend(rows.iter().map(|row| Ok((id(row, 0)?, id(row, 1)?))).collect::<Result<Vec<_>, StoreError>>()?);
    }
    Ok(found)
}

/// The next organisations, by their codes behind one, that others named as their successors; at most so many.
///
/// # Errors
/// The store can't be read.
pub async fn successors(database: &Database, after: &str, count: u32) -> Result<Vec<OrganisationId>, StoreError> {
    let sql =
        format!("SELECT DISTINCT successor FROM successions WHERE successor > $1 ORDER BY successor LIMIT {count}");
    let rows = database.read_built(sql, &[Value::from(after)]).await?;
    rows.iter().map(|row| row.text(0)?.parse().map_err(|_| StoreError::Unexpected(0))).collect()
}

/// Time ends a suspension and writes nothing, so whoever asks compares: 0 for who is not suspended, the largest number for whom
/// nobody has set an end.
fn suspended_until(status: Status) -> i64 {
    match status {
        Status::Pending | Status::Confirmed | Status::Ended => 0,
        Status::Suspended(until) => until.map_or(i64::MAX, Instant::millis),
    }
}

/// `,centre,enterprise,` — commas on both sides, so that a filter can look for `,centre,`.
fn role_names(organisation: &Organisation) -> String {
    organisation.roles.iter().fold(String::from(","), |names, role| names + role.name() + ",")
}
