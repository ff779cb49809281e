//! Who asks: a bearer JWT that the caller signed with its own registered key. No passwords, no shared secrets.

use super::Problem;
use crate::field::{Instant, OrganisationId};
use crate::ledger::Ledger;
use crate::organisation::Roles;
use crate::problem::{self, Bilingual};
use crate::record::{Bearer, BearerError};
use crate::world::Stream;
use futures::FutureExt;
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

/// What can't be identified becomes a 401 problem that says why: keys, organisations and what became of them are public, so
/// nobody learns anything by it. Whether a token has expired can't be told by a clock that may be wrong, nor whose it is while
/// the store is away.
async fn identify(request: &Request, token: BearerHeader) -> poem::Result<Identity> {
    let ledger = request.data::<Arc<Ledger>>().ok_or(AuthorizationError)?;
    let now = ledger.clock.look().map_err(|doubt| doubt.refusal())?;
    Ok(identity_of(ledger, &token.token, now).boxed().await?)
}

async fn identity_of(ledger: &Ledger, token: &str, now: Instant) -> Result<Identity, Problem> {
    let invalid = |Bilingual { zh, en }| Problem::with_detail(&problem::TOKEN_INVALID, zh, en);
    let refused = |error: BearerError| invalid(error.words());
    let bearer = Bearer::parse(token).map_err(refused)?;
    let kid = bearer.kid();
    let Some((key, owner)) = ledger.key_owner(&kid).await? else {
        return Err(invalid(Bilingual::new(
            "日志中没有签署令牌的密钥（kid）",
            "the log does not know the token's key (kid)",
        )));
    };
    bearer.verify(&key, &ledger.origin(), now).map_err(refused)?;
    let world = ledger.states(&[Stream::of(&owner)]).await?;
    // Pending, suspended or revoked: no identity.
    let author = world.author(&kid, now).map_err(|refusal| invalid(refusal.detail))?;
    Ok(Identity { id: author.id, roles: author.roles })
}
