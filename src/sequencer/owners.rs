//! Who signed with which key: read off the entry that brought the key, never off a column.

use super::loader::LoadError;
use crate::act::{KeyChange, Stream};
use crate::field::OrganisationId;
use crate::record::{KeyId, PublicKey};
use crate::store::{Reads, StoreError, Value, padded_list};
use crate::world::ReadEntry;
use quick_cache::sync::Cache;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// Keys whose owners are remembered: one megabyte.
const KEYS_KEPT: usize = 10_000;

/// The owners of keys that were looked up lately. A key never changes owner, so what was read once holds for ever. Cheap to
/// clone; all clones are one.
#[derive(Clone)]
pub struct Owners(Arc<Cache<KeyId, OrganisationId>>);

impl Default for Owners {
    fn default() -> Self {
        Self(Arc::new(Cache::new(KEYS_KEPT)))
    }
}

impl Owners {
    /// The owners of these keys, those of the service included; a key that no record brought has none.
    ///
    /// # Errors
    /// The store can't be read, or an entry.
    pub async fn of(
        &self,
        reads: &mut impl Reads,
        kids: impl IntoIterator<Item = KeyId>,
    ) -> Result<HashMap<KeyId, OrganisationId>, LoadError> {
        let mut owners = HashMap::new();
        let mut unknown = BTreeSet::new();
        for kid in kids {
            match self.0.get(&kid) {
                Some(owner) => drop(owners.insert(kid, owner)),
                None => drop(unknown.insert(kid)),
            }
        }
        if !unknown.is_empty() {
            for (kid, owner) in brought(reads, &unknown).await?.into_iter().filter(|(kid, _)| unknown.contains(kid)) {
                self.0.insert(kid, owner.clone());
                owners.insert(kid, owner);
            }
        }
        Ok(owners)
    }
}

/// Every key that the log's stream brought, and those of the organisations that are said to own these keys. The table of
/// keys only says where to look.
async fn brought(reads: &mut impl Reads, kids: &BTreeSet<KeyId>) -> Result<Vec<(KeyId, OrganisationId)>, LoadError> {
    let (marks, values) = padded_list(kids.iter().map(|kid| Value::from(kid.as_bytes().to_vec())).collect());
    let sql = format!("SELECT DISTINCT organisation FROM keys WHERE kid IN ({marks})");
    let mut streams = vec![Value::from(Stream::LOG.as_str())];
    for row in reads.rows(&sql, &values).await? {
        let id: OrganisationId = row.text(0)?.parse().map_err(|_| StoreError::Unexpected(0))?;
        streams.push(Value::from(Stream::of(&id).as_str()));
    }
    let (marks, streams) = padded_list(streams);
    let sql = format!("SELECT idx, bytes FROM entries WHERE stream IN ({marks}) ORDER BY idx");
    let (mut brought, mut operator) = (Vec::new(), None);
    for row in reads.rows(&sql, &streams).await? {
        let entry = ReadEntry::parse(row.blob(1)?);
        let index = row.unsigned(0)?;
        let entry = entry.map_err(|error| LoadError::Entry { index, reason: error.to_string() })?;
        for change in entry.act.key_changes() {
            let (key, owner) = match change {
                KeyChange::SignsIn { key, owner } => {
                    // The log's own stream names its operator first.
                    operator = operator.or_else(|| (entry.stream == Stream::LOG).then(|| owner.clone()));
                    (key, Some(owner.clone()))
                }
                KeyChange::Brings { key } if entry.stream == Stream::LOG => (key, operator.clone()),
                KeyChange::Brings { key } => (key, entry.stream.id()),
                KeyChange::Revokes { .. } => continue,
            };
            let kid = PublicKey::from_jwk(key).ok().map(|key| key.key_id());
            brought.extend(kid.zip(owner));
        }
    }
    Ok(brought)
}
