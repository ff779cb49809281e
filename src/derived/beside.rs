//! What stands beside the log: its head, the law, cosigned checkpoints, who uploaded what.

use super::entries::Walk;
use super::mismatch::{Cure, Discrepancy, Mismatch};
use super::rows::{compare, differing};
use crate::act::Stream;
use crate::field::{DocumentId, OrganisationId};
use crate::law::Editions;
use crate::log::{Checkpoint, first_previous};
use crate::sequencer::{LoadError, edition_row, head_row};
use crate::store::{
    COSIGNED, DISCLOSURES, DisclosureKey, Disclosures, ERASURES, HEAD, HeldDisclosure, LAW, Reads, Row, SEARCH_HEAD,
    Scan, StoreError, Table, UPLOADS, Value,
};
use std::collections::BTreeSet;

/// The head's row against the entries, and its checkpoint against the tree.
///
/// # Errors
/// The store can't be read, or has no head.
pub(super) async fn head(reads: &mut impl Reads, walk: &mut Walk, found: &mut Vec<Mismatch>) -> Result<(), LoadError> {
    let sql = format!("SELECT {} FROM log_head WHERE id = 1", HEAD.column_names());
    let rows = reads.rows(&sql, &[]).await?;
    let (size, root) = (walk.size(), walk.root());
    // A log that was never opened.
    let Some(log) = walk.world().log() else { return Ok(()) };
    let row = rows.first().ok_or_else(|| StoreError::Damaged("no log head".into()))?;
    let last_hash = walk.last_hash().unwrap_or_else(|| first_previous(&log.origin));
    let note = row.text(HEAD.columns.len() - 1).unwrap_or_default();
    let expected = head_row(size, last_hash, walk.last_time, &log.origin, note);
    let mut columns = differing(&HEAD, &expected, row.values());
    let mut cure = Cure::Put(expected);
    let signed = Checkpoint::open(note, &log.checkpoint_keys, &log.origin);
    if signed.as_ref().ok() != Some(&Checkpoint { origin: log.origin.clone(), size, root }) {
        columns.push("checkpoint");
        // Only the log's keys can sign another one, and nobody here knows that they would.
        cure = Cure::None;
    }
    if !columns.is_empty() {
        let (key, what) = (vec![Value::Integer(1)], Discrepancy::Changed(columns));
        found.push(Mismatch { table: &HEAD, key, what, cure });
    }
    Ok(())
}

/// The editions that the log has adopted, and no others, each under its hash.
///
/// # Errors
/// The store can't be read.
pub(super) async fn law(
    reads: &mut impl Reads,
    walk: &Walk,
    editions: &Editions,
    found: &mut Vec<Mismatch>,
) -> Result<(), StoreError> {
    let adopted = walk.world().log().map(|log| log.law.iter().map(|law| law.edition).collect()).unwrap_or_default();
    let adopted: BTreeSet<DocumentId> = adopted;
    let rows = adopted.iter().filter_map(|id| editions.get(id)).map(|edition| edition_row(&edition));
    compare(reads, &LAW, rows.collect(), found).await?;
    let stored = reads.rows("SELECT edition FROM law", &[]).await?;
    let surplus = stored.iter().filter(|row| {
        let named = row.text(0).ok().and_then(|id| id.parse::<DocumentId>().ok());
        named.is_none_or(|id| !adopted.contains(&id))
    });
    found.extend(surplus.map(|row| gone(&LAW, row)));
    Ok(())
}

/// Learns the editions that are stored: none is believed but under its hash.
///
/// # Errors
/// The store can't be read.
pub(super) async fn learn(reads: &mut impl Reads, editions: &Editions) -> Result<(), StoreError> {
    for mut row in reads.rows("SELECT edition, bytes FROM law", &[]).await? {
        let Some(id) = row.text(0).ok().and_then(|id| id.parse().ok()) else { continue };
        editions.learn(id, || row.take_blob(1).ok());
    }
    Ok(())
}

/// The sizes of the trees that witnesses are said to have cosigned.
///
/// # Errors
/// The store can't be read.
pub(super) async fn cosigned_sizes(reads: &mut impl Reads) -> Result<Vec<u64>, StoreError> {
    let rows = reads.rows("SELECT note FROM cosigned", &[]).await?;
    Ok(rows.iter().filter_map(|row| Some(Checkpoint::of_note(row.text(0).ok()?).ok()?.size)).collect())
}

/// Cosigned checkpoints are checkpoints of this log, filed under their size.
///
/// # Errors
/// The store can't be read.
pub(super) async fn cosigned(reads: &mut impl Reads, walk: &Walk, found: &mut Vec<Mismatch>) -> Result<(), StoreError> {
    let Some(log) = walk.world().log() else { return Ok(()) };
    let keys = log.all_keys();
    for row in reads.rows("SELECT size, note FROM cosigned", &[]).await? {
        let signed = Checkpoint::open_any(row.text(1).unwrap_or_default(), &keys).ok();
        let root = signed.as_ref().map(|checkpoint| walk.roots.get(&checkpoint.size).copied().flatten());
        let column = match (&signed, root) {
            (Some(checkpoint), _) if *row.values().first().unwrap_or(&Value::Null) != Value::from(checkpoint.size) => {
                "size"
            }
            // One that came since the walk began.
            (Some(checkpoint), Some(None)) if checkpoint.size <= walk.size() => continue,
            (Some(checkpoint), Some(Some(root))) if checkpoint.root == root => continue,
            _ => "note",
        };
        let (key, what) = (row.values()[..1].to_vec(), Discrepancy::Changed(vec![column]));
        // The next cosignature brings another one.
        found.push(Mismatch { table: &COSIGNED, key, what, cure: Cure::Delete });
    }
    Ok(())
}

/// Whoever uploaded or erased something is an organisation of the log; the log says no more of it.
///
/// # Errors
/// The store can't be read.
pub(super) async fn owners(reads: &mut impl Reads, walk: &Walk, found: &mut Vec<Mismatch>) -> Result<(), StoreError> {
    let known = |value: &Value| match value {
        Value::Text(id) => id.parse::<OrganisationId>().is_ok_and(|id| walk.world().state(&Stream::of(&id)).is_some()),
        Value::Null | Value::Integer(_) | Value::Blob(_) => false,
    };
    for (table, column) in [(&UPLOADS, "owner"), (&DISCLOSURES, "owner"), (&ERASURES, "erased_by")] {
        let mut scan = Scan::new(table, &[column]);
        loop {
            let rows = scan.next(reads).await?;
            if rows.is_empty() {
                break;
            }
            let unknown = rows.iter().filter(|row| row.values().last().is_none_or(|owner| !known(owner)));
            found.extend(unknown.map(|row| changed(table, row, vec![column])));
        }
    }
    Ok(())
}

/// The index of texts knows no more of the log than there is.
///
/// # Errors
/// The store can't be read.
pub(super) async fn search_head(
    reads: &mut impl Reads,
    walk: &Walk,
    found: &mut Vec<Mismatch>,
) -> Result<(), StoreError> {
    let size = super::streams::searched_up_to(reads).await?;
    if size > walk.size() {
        let (key, what) = (vec![Value::from(size)], Discrepancy::Changed(vec!["size"]));
        found.push(Mismatch { table: &SEARCH_HEAD, key, what, cure: Cure::ForgetSearched });
    }
    Ok(())
}

/// What is kept of a disclosure opens under the key in its row for the owner in its row.
///
/// # Errors
/// A store can't be read.
pub(super) async fn sealed(
    reads: &mut impl Reads,
    disclosures: &Disclosures,
    found: &mut Vec<Mismatch>,
) -> Result<(), StoreError> {
    let mut scan = Scan::new(&DISCLOSURES, &["object", "key"]);
    loop {
        let rows = scan.next(reads).await?;
        if rows.is_empty() {
            return Ok(());
        }
        for row in &rows {
            let (Ok(digest), Ok(owner), Ok(object)) = (row.text(0), row.text(1), row.text(2)) else { continue };
            // Without a key it is on its way out.
            let (Ok(owner), Ok(key)) = (owner.parse(), row.blob(3)) else { continue };
            let held = HeldDisclosure { owner, object: object.to_owned(), key: DisclosureKey::from_slice(key) };
            let opens = disclosures.opens(digest, &held).await;
            let opens = opens.map_err(|error| StoreError::Damaged(format!("disclosures: {error}")))?;
            if opens == Some(false) {
                found.push(changed(&DISCLOSURES, row, vec!["owner", "key"]));
            }
        }
    }
}

fn changed(table: &'static Table, row: &Row, columns: Vec<&'static str>) -> Mismatch {
    let key = row.values()[..table.key.len()].to_vec();
    Mismatch { table, key, what: Discrepancy::Changed(columns), cure: Cure::None }
}

fn gone(table: &'static Table, row: &Row) -> Mismatch {
    Mismatch { table, key: row.values().to_vec(), what: Discrepancy::Surplus, cure: Cure::Delete }
}
