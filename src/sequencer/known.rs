//! What records may not bring again: keys and ids that the log has already.

use super::Admitted;
use crate::act::KeyChange;
use crate::record::{KeyId, PublicKey};
use crate::store::{StoreError, Value, Write, padded_list};
use crate::world::Act;
use std::collections::HashMap;
use uuid::Uuid;

/// The keys that a record brings into the log: whether they are in use must be known before.
pub(super) fn brought_keys(act: &Act) -> Vec<KeyId> {
    let changes = act.key_changes().into_iter();
    let keys = changes.filter_map(|change| match change {
        KeyChange::SignsIn { key, .. } | KeyChange::Brings { key } => PublicKey::from_jwk(key).ok(),
        KeyChange::Revokes { .. } => None,
    });
    keys.map(|key| key.key_id()).collect()
}

/// The records of this batch that are in the log already, by `(jti, kid)`.
pub(super) async fn known_jtis(
    write: &mut Write,
    records: &[Admitted],
) -> Result<HashMap<(Uuid, KeyId), (u64, [u8; 32])>, StoreError> {
    let jtis = records.iter().map(|record| Value::Blob(record.header().jti.as_bytes().to_vec())).collect();
    let (marks, jtis) = padded_list(jtis);
    let sql = format!("SELECT jti, kid, idx, digest FROM entries WHERE jti IN ({marks})");
    let mut known = HashMap::new();
    for row in write.read(&sql, &jtis).await? {
        let jti = Uuid::from_slice(row.blob(0)?).map_err(|_| StoreError::Unexpected(0))?;
        let kid = row.blob(1)?.try_into().map_err(|_| StoreError::Unexpected(1))?;
        let digest = row.blob(3)?.try_into().map_err(|_| StoreError::Unexpected(3))?;
        known.insert((jti, KeyId::from_bytes(kid)), (row.unsigned(2)?, digest));
    }
    Ok(known)
}
