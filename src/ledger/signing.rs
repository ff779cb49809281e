//! Whose key signs, and what the streams say of whoever it is: all of it read off the entries.

use super::{Ledger, LedgerError, unavailable};
use crate::act::Role;
use crate::field::OrganisationId;
use crate::problem::{self, Refusal};
use crate::record::{KeyId, PublicKey};
use crate::sequencer::{LoadedEntry, Rejected, Unverified, load_streams, read_stream};
use crate::store::StoreError;
use crate::world::{Stream, World};

/// Why nobody is named as the owner of a key.
enum NoKey {
    Unknown,
    Failed(LedgerError),
}

impl<E: Into<LedgerError>> From<E> for NoKey {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

impl Ledger {
    pub(super) async fn signing_key(&self, candidate: &Unverified) -> Result<PublicKey, Rejected> {
        let kid = candidate.header().kid;
        if kid == self.keys.service.key_id() {
            return Ok(self.keys.service.public());
        }
        if let Some((key, _)) = self.key_owner(&kid).await.map_err(|error| unavailable(&error))? {
            return Ok(key);
        }
        let Some((own, _)) = candidate.act().signs_in() else {
            let (zh, en) = ("日志中没有这把密钥", "the log does not know this key");
            return Err(Refusal::new(&problem::KEY_UNKNOWN, zh, en).into());
        };
        let key = PublicKey::from_jwk(own).map_err(|error| Refusal::of_field("/key", error.into()))?;
        if key.key_id() == kid {
            return Ok(key);
        }
        let (zh, en) = ("登记记录须由所登记的密钥签名", "a registration is signed by the very key that it registers");
        Err(Refusal::new(&problem::POSSESSION_UNPROVEN, zh, en).into())
    }

    /// A key that the log knows, and whose it is. The table only says where to look: the key must hash to its name, and the
    /// organisation's own stream must have brought it.
    ///
    /// # Errors
    /// The store can't be read, or its table of keys says something else than the log.
    pub async fn key_owner(&self, kid: &KeyId) -> Result<Option<(PublicKey, OrganisationId)>, LedgerError> {
        // Of many who ask at once for a key that was not asked for lately, one looks.
        match self.known_keys.get_or_insert_async(kid, self.look_up_key(kid)).await {
            Ok(known) => Ok(Some(known)),
            Err(NoKey::Unknown) => Ok(None),
            Err(NoKey::Failed(error)) => Err(error),
        }
    }

    async fn look_up_key(&self, kid: &KeyId) -> Result<(PublicKey, OrganisationId), NoKey> {
        let key = self.database.public_key(kid).await?.ok_or(NoKey::Unknown)?;
        if key.key_id() != *kid {
            return Err(StoreError::Damaged(format!("keys.public of {kid}")).into());
        }
        let owner = self.owners.of(&mut self.database.clone(), [*kid]).await?.remove(kid);
        let owner = owner.ok_or_else(|| StoreError::Damaged(format!("keys.organisation of {kid}")))?;
        Ok((key, owner))
    }

    pub(super) async fn has_role(&self, kid: &KeyId, role: Role) -> Result<bool, Rejected> {
        let owner = self.key_owner(kid).await.map_err(|error| unavailable(&error))?;
        let Some((_, owner)) = owner else { return Ok(false) };
        let world = self.states(&[Stream::of(&owner)]).await.map_err(|error| unavailable(&error))?;
        Ok(world.author(kid, self.clock.now()).is_ok_and(|author| author.roles.has(role)))
    }

    /// The states of some streams, folded from their entries.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn states(&self, streams: &[Stream]) -> Result<World, LedgerError> {
        Ok(load_streams(&self.database, &self.owners, streams, &self.editions).await?)
    }

    /// The entries of one stream behind a version, oldest first, at most so many.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn stream(&self, stream: &Stream, after: u64, count: u32) -> Result<Vec<LoadedEntry>, LedgerError> {
        Ok(read_stream(&self.database, &self.owners, stream, after, count).await?)
    }

    /// The newest version of a stream; 0 before its first entry.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn version(&self, stream: &Stream) -> Result<u64, LedgerError> {
        Ok(self.database.stream_version(stream.as_str()).await?)
    }
}
