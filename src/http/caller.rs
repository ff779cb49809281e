//! Who asks: a bearer JWT that the caller signed with its own registered key. No passwords, no shared secrets.

use crate::field::OrganisationId;
use crate::ledger::Ledger;
use crate::organisation::Roles;
use crate::record::Bearer;
use crate::world::Stream;
use poem::Request;
use poem_openapi::SecurityScheme;
use poem_openapi::auth::Bearer as BearerHeader;
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

/// `None` becomes a 401 problem: which of the checks failed is nobody's business but the log's of the service.
async fn identify(request: &Request, token: BearerHeader) -> Option<Identity> {
    let ledger = request.data::<Arc<Ledger>>()?;
    let bearer = Bearer::parse(&token.token).ok()?;
    let kid = bearer.kid();
    let (key, owner) = ledger.key_owner(&kid).await.ok()??;
    let now = ledger.clock.now();
    if let Err(error) = bearer.verify(&key, &ledger.origin(), now) {
        tracing::debug!(%error, %kid, "a bearer token was refused");
        return None;
    }
    let world = ledger.states(&[Stream::of(&owner)]).await.ok()?;
    // Pending, suspended or revoked: no identity.
    let author = world.author(&kid, now).ok()?;
    Some(Identity { id: author.id, roles: author.roles })
}
