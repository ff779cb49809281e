//! The same material read from tables, each list along an index and none longer than is looked at.

use super::material::{DISPUTES_MAX, Dispute, GIVEN_MAX, Material, PEERS_MAX, RECEIVED_MAX};
use crate::evaluation::{SETTLED_COLUMNS, SettledRating, Stamp, settled_rating};
use crate::field::{Instant, OrganisationId};
use crate::http::word;
use crate::store::{Reads, Row, StoreError, Value};

fn code(id: &OrganisationId) -> Value {
    Value::from(id.as_str())
}

/// How many entries the log has, and the time of the last: what is computed is about these.
///
/// # Errors
/// The store can't be read.
pub(super) async fn head(reads: &mut impl Reads) -> Result<(u64, Instant), StoreError> {
    let rows = reads.rows("SELECT size, last_time FROM log_head WHERE id = 1", &[]).await?;
    let row = rows.first().ok_or_else(|| StoreError::Damaged("no log head".into()))?;
    Ok((row.unsigned(0)?, Instant::from_millis(row.integer(1)?)))
}

/// The newest ratings that a condition asks for, and one more than are looked at. No entry settles two of one list.
async fn newest(
    reads: &mut impl Reads,
    condition: &str,
    parameters: &[Value],
    most: usize,
) -> Result<Vec<SettledRating>, StoreError> {
    let sql = format!(
        "SELECT {SETTLED_COLUMNS} FROM ratings WHERE {condition} AND settled_in IS NOT NULL \
         ORDER BY settled_in DESC, evaluation DESC LIMIT {}",
        most + 1
    );
    reads.rows(&sql, parameters).await?.iter().map(settled_rating).collect()
}

/// What is looked at of an organisation: two statements, and two for each of those that it rated most often.
///
/// # Errors
/// The store can't be read.
pub(super) async fn material_of(reads: &mut impl Reads, organisation: &OrganisationId) -> Result<Material, StoreError> {
    let given = newest(reads, "rater = $1", &[code(organisation)], GIVEN_MAX).await?;
    let received = newest(reads, "rated = $1", &[code(organisation)], RECEIVED_MAX).await?;
    let mut material = Material::new(organisation.clone(), given, received);
    for counterpart in material.counterparts().to_vec() {
        let condition = "rated = $1 AND rater <> $2 AND given IS NOT NULL";
        let peers = newest(reads, condition, &[code(&counterpart), code(organisation)], PEERS_MAX).await?;
        let disputes = disputes(reads, organisation, &counterpart).await?;
        material.add(&counterpart, peers, disputes);
    }
    Ok(material)
}

/// The newest acts by which one disputed what the other had done.
async fn disputes(
    reads: &mut impl Reads,
    against: &OrganisationId,
    by: &OrganisationId,
) -> Result<Vec<Dispute>, StoreError> {
    let sql = format!(
        "SELECT d.idx, e.time, e.kind FROM disputes d JOIN entries e ON e.idx = d.idx \
         WHERE d.disputed = $1 AND d.disputant = $2 ORDER BY d.idx DESC LIMIT {}",
        DISPUTES_MAX + 1
    );
    let dispute = |row: &Row| {
        let at = Stamp { entry: row.unsigned(0)?, time: Instant::from_millis(row.integer(1)?) };
        Ok(Dispute { at, kind: row.text(2)?.to_owned(), by: by.clone(), against: against.clone() })
    };
    reads.rows(&sql, &[code(against), code(by)]).await?.iter().map(dispute).collect()
}

/// The next organisation behind a code that was asked to rate, and whose time for it is over.
///
/// # Errors
/// The store can't be read.
pub(super) async fn next_rater(reads: &mut impl Reads, after: &str) -> Result<Option<OrganisationId>, StoreError> {
    let sql = "SELECT rater FROM ratings WHERE rater > $1 AND settled_in IS NOT NULL ORDER BY rater LIMIT 1";
    let rows = reads.rows(sql, &[Value::from(after)]).await?;
    rows.first().map(|row| word(row, 0)).transpose()
}
