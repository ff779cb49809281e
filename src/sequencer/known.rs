//! What records may not bring again: keys and ids that the log has already.

use super::Admitted;
use crate::act::KeyChange;
use crate::record::{KeyId, PublicKey};
use crate::store::{Asked, Row, StoreError};
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

/// The entries, by `(jti, kid)`, that records of a batch may be in the log already as.
pub(super) type Known = HashMap<(Uuid, KeyId), (u64, [u8; 32])>;

/// What finds them.
pub(super) fn asked_jtis(records: &[Admitted]) -> Asked {
    let keys = records.iter().map(|record| record.header().jti.as_bytes().to_vec()).collect();
    Asked { sql: "SELECT jti, kid, idx, digest FROM entries WHERE jti", keys }
}

pub(super) fn known_of(rows: &[Row]) -> Result<Known, StoreError> {
    let known = |row: &Row| {
        let jti = Uuid::from_slice(row.blob(0)?).map_err(|_| StoreError::Unexpected(0))?;
        let kid = row.blob(1)?.try_into().map_err(|_| StoreError::Unexpected(1))?;
        let digest = row.blob(3)?.try_into().map_err(|_| StoreError::Unexpected(3))?;
        Ok(((jti, KeyId::from_bytes(kid)), (row.unsigned(2)?, digest)))
    };
    rows.iter().map(known).collect()
}
