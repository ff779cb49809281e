//! Who asks: a bearer JWT that the caller signed with its own registered key. No passwords, no shared secrets.

use super::Problem;
use crate::field::{Instant, OrganisationId};
use crate::ledger::{Ledger, LedgerError};
use crate::organisation::Roles;
use crate::record::Bearer;
use crate::world::Stream;
use poem::Request;
use poem_openapi::SecurityScheme;
use poem_openapi::auth::Bearer as BearerHeader;
use poem_openapi::error::AuthorizationError;
use std::sync::Arc;

/// The organisation that signed the token, with its present roles.
#[derive(Debug, Clone)]
pub struct Identity {
    pub id: OrganisationId,
    pub roles: Roles,
}

/// A compact EdDSA JWT with `kid`, `aud` (the log's origin), `iat` and `exp` at most five minutes later.
#[derive(SecurityScheme)]
#[oai(ty = "bearer", bearer_format = "JWT", rename = "caller", checker = "identify")]
pub struct Caller(pub Identity);

/// What can't be identified becomes a 401 problem: which of the checks failed is nobody's business but the log's of the
/// service. Whether a token has expired can't be told by a clock that may be wrong, nor whose it is while the store is away.
async fn identify(request: &Request, token: BearerHeader) -> poem::Result<Identity> {
    let ledger = request.data::<Arc<Ledger>>().ok_or(AuthorizationError)?;
    let now = ledger.clock.look().map_err(|doubt| doubt.refusal())?;
    let identity = identity_of(ledger, &token.token, now).await.map_err(Problem::from)?;
    Ok(identity.ok_or(AuthorizationError)?)
}

async fn identity_of(ledger: &Ledger, token: &str, now: Instant) -> Result<Option<Identity>, LedgerError> {
    let Ok(bearer) = Bearer::parse(token) else { return Ok(None) };
    let kid = bearer.kid();
    let Some((key, owner)) = ledger.key_owner(&kid).await? else { return Ok(None) };
    if let Err(error) = bearer.verify(&key, &ledger.origin(), now) {
        tracing::debug!(%error, %kid, "a bearer token was refused");
        return Ok(None);
    }
    let world = ledger.states(&[Stream::of(&owner)]).await?;
    // Pending, suspended or revoked: no identity.
    Ok(world.author(&kid, now).ok().map(|author| Identity { id: author.id, roles: author.roles }))
}
