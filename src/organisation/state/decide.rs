//! Which acts about an organisation and its keys are allowed now, and by whom.

use super::super::{Act, ClaimsClearing, Confirmation, KeyAddition, KeyRevocation, Registration, Suspension};
use super::admission::{
    must_admit, must_admit_anybody, must_be_another, must_be_compatible, must_be_to_come, must_not_be_the_last,
    must_oversee,
};
use super::{Organisation, Status, end_of, registry};
use crate::access::{GateReach, GatedStep, barred_from};
use crate::act::{Acts, Author, Moment, Role, Roles, Stream, has_possession, public_key};
use crate::field::{Fault, Instant};
use crate::identity::LogState;
use crate::law::BarMeasure;
use crate::problem::{self, Refusal};
use crate::record::KeyId;

/// Registrations of one code that wait at a time: anybody may claim a code, so claims need a limit, and whoever looks at them
/// at the counter must see them all at once. A supervisor makes room.
const CLAIMS_MAX: usize = 16;
/// Valid and revoked keys of one organisation.
const KEYS_MAX: usize = 64;

/// Whether the act may enter the log now.
///
/// # Errors
/// Who may not sign it, and what forbids it.
pub(super) fn decide(state: Option<&Organisation>, act: &Act, at: &Moment<'_>) -> Result<(), Refusal> {
    if let Act::Registered(registration) = act {
        return decide_registration(state, registration, at);
    }
    let by = at.author()?;
    let state =
        state.ok_or_else(|| Refusal::new(&problem::ORGANISATION_UNKNOWN, "主体未登记", "unknown organisation"))?;
    if !matches!(act, Act::Reinstated(_) | Act::KeyRevoked(_) | Act::ClaimsCleared(_)) {
        registry::must_exist(state, act)?;
    }
    match act {
        // Handled above; here for exhaustiveness.
        Act::Registered(_) => Ok(()),
        Act::Confirmed(confirmation) => decide_confirmation(state, act, confirmation, by, at),
        Act::ClaimsCleared(clearing) => decide_clearing(state, act, clearing, by, at),
        Act::RoleGranted(grant) => {
            must_be_confirmed(state)?;
            must_admit(by, &state.id, grant.role, at)?;
            must_not_be_barred(state, act, "/role", at)?;
            if state.roles.has(grant.role) {
                return Err(Refusal::state_forbids(act.kind(), "role already granted"));
            }
            must_be_compatible(state, grant.role)
        }
        Act::Suspended(suspension) => decide_suspension(state, act, suspension, by, at),
        Act::Reinstated(_) => {
            must_be_another(by, &state.id)?;
            must_oversee(by, state)?;
            // One whose time is over may still be ended in so many words.
            match state.status {
                Status::Suspended(_) | Status::Ended => Ok(()),
                Status::Pending | Status::Confirmed => Err(Refusal::state_forbids(act.kind(), "not suspended")),
            }
        }
        Act::Renamed(renaming) => registry::decide(state, act, renaming.effective, by, at),
        Act::RepresentativeChanged(change) => registry::decide(state, act, change.effective, by, at),
        Act::Ended(ending) => registry::decide(state, act, ending.effective, by, at),
        Act::KeyAdded(addition) => decide_key_addition(state, addition, by, at),
        Act::KeyRevoked(revocation) => decide_revocation(state, act, revocation, by, at.now),
    }
}

/// # Errors
/// A bar stops its registration. One that is an enterprise already keeps that, and may come back after it lost its keys.
fn must_not_be_barred(state: &Organisation, act: &Act, pointer: &str, at: &Moment<'_>) -> Result<(), Refusal> {
    if !act.admits_enterprise() || state.roles.has(Role::Enterprise) {
        return Ok(());
    }
    let (measure, reach) = (BarMeasure::Registration, GateReach::Everything);
    barred_from([(pointer.to_owned(), &state.id)], &GatedStep { measure, reach, days: vec![at.today()] }, at)
}

fn too_many(pointer: &str, max: usize) -> Refusal {
    Refusal::of_field(pointer, Fault::TooMany { max })
}

fn unknown_kid(kid: &KeyId) -> Refusal {
    Refusal::of_field("/kid", Fault::UnknownReference { id: kid.to_string() })
}

fn decide_registration(
    state: Option<&Organisation>,
    registration: &Registration,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    if Stream::of(&registration.id) != *at.on {
        return Err(Refusal::stream_mismatch(
            "/id",
            "记录的对象（sub）与内容中的主体代码不符",
            "the record's sub is of another organisation than its payload",
        ));
    }
    let key = public_key(&registration.key, "/key")?;
    if key.key_id() != *at.signer {
        return Err(Refusal::new(
            &problem::POSSESSION_UNPROVEN,
            "登记记录须由所登记的密钥签名",
            "a registration is signed by the very key that it registers",
        ));
    }
    let again = state.is_some_and(|organisation| organisation.may_claim_again(at.signer, at.now));
    if !again && at.around.owner(at.signer).is_some() {
        return Err(Refusal::new(&problem::KEY_IN_USE, "该密钥已登记", "this key is registered already"));
    }
    match state {
        // Whose keys are all revoked is brought back by another registration, or by nothing.
        Some(organisation) if organisation.is_confirmed() && !organisation.has_lost_its_keys() => {
            Err(Refusal::state_forbids("organisation.registered", "confirmed"))
        }
        Some(Organisation { awaited: Some(awaited), .. }) if awaited != at.signer => Err(Refusal::new(
            &problem::STATE_FORBIDS,
            format!("监督部门已指明该代码只能以密钥 {awaited} 登记"),
            format!("a supervisor has said that only the key {awaited} registers under this code"),
        )),
        Some(organisation) if organisation.claims(at.now).count() >= CLAIMS_MAX => Err(Refusal::new(
            &problem::STATE_FORBIDS,
            format!("该代码已有 {CLAIMS_MAX} 项待确认登记，请向监督部门出示密钥指纹 {}，由其清理", at.signer),
            format!(
                "{CLAIMS_MAX} registrations of this code wait already: show a supervisor the thumbprint {}, who clears them",
                at.signer
            ),
        )),
        _ => Ok(()),
    }
}

/// Whoever may admit anybody: supervisors, and the operator as long as it admits supervisors.
fn decide_clearing(
    state: &Organisation,
    act: &Act,
    clearing: &ClaimsClearing,
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    must_be_another(by, &state.id)?;
    must_admit_anybody(by, at)?;
    if state.is_confirmed() && !state.has_lost_its_keys() {
        return Err(Refusal::state_forbids(act.kind(), "confirmed"));
    }
    if let Some(kid) = clearing.keeps.filter(|kid| state.key(kid).is_some()) {
        let fault = Fault::inconsistent((format!("密钥 {kid} 已吊销"), format!("{kid} is revoked")));
        return Err(Refusal::of_field("/keeps", fault));
    }
    let clears = state.claims(at.now).any(|claim| Some(claim.kid) != clearing.keeps);
    if !clears && state.awaited == clearing.keeps {
        return Err(Refusal::state_forbids(act.kind(), "no claims"));
    }
    Ok(())
}

fn decide_confirmation(
    state: &Organisation,
    act: &Act,
    confirmation: &Confirmation,
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    if state.is_confirmed() && !state.has_lost_its_keys() {
        return Err(Refusal::state_forbids("organisation.confirmed", "confirmed"));
    }
    for role in &confirmation.roles {
        must_admit(by, &state.id, *role, at)?;
    }
    let roles: Roles = confirmation.roles.iter().copied().collect();
    if state.is_confirmed() && roles != state.roles {
        let (zh, en) = (
            "失去密钥的主体须以原有角色恢复",
            "an organisation that lost its keys comes back in the roles that it had",
        );
        return Err(Refusal::of_field("/roles", Fault::inconsistent((zh, en))));
    }
    if !state.claims(at.now).any(|claim| claim.kid == confirmation.kid) {
        return Err(unknown_kid(&confirmation.kid));
    }
    must_not_be_barred(state, act, "/roles", at)?;
    decide_code(state, confirmation, by, at)
}

/// A code whose check character fails is a slip as a rule: whoever says that it is none has seen the registry's document, and
/// is nobody whom the centres admit.
fn decide_code(state: &Organisation, confirmation: &Confirmation, by: &Author, at: &Moment<'_>) -> Result<(), Refusal> {
    match (state.id.irregularity(), &confirmation.code_document) {
        (None, None) => Ok(()),
        (Some(_), Some(_)) => must_admit_anybody(by, at),
        (Some(_), None) => {
            let (zh, en) = (
                "该代码校验位不符，确认时须附登记机关的文件",
                "the check character of this code fails: its confirmation shows the registry's document",
            );
            Err(Refusal::new(&problem::MISSING_FIELD, zh, en).at("/code_document", Fault::MissingField))
        }
        (None, Some(_)) => {
            let (zh, en) = ("该代码校验无误，无须附文件", "the check characters of this code are right");
            Err(Refusal::of_field("/code_document", Fault::inconsistent((zh, en))))
        }
    }
}

fn decide_suspension(
    state: &Organisation,
    act: &Act,
    suspension: &Suspension,
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    must_be_confirmed(state)?;
    must_be_another(by, &state.id)?;
    must_oversee(by, state)?;
    let until = suspension.until.and_then(end_of);
    must_be_to_come(until, at.now)?;
    match state.status {
        // A short one does not keep a longer one off.
        Status::Suspended(end) if state.is_suspended(at.now) && !is_later(until, end) => {
            Err(Refusal::state_forbids(act.kind(), "suspended"))
        }
        _ => must_not_be_the_last(state, at),
    }
}

/// Whether a suspension ends later than another; without an end, it lasts.
fn is_later(end: Option<Instant>, other: Option<Instant>) -> bool {
    other.is_some_and(|other| end.is_none_or(|end| end > other))
}

fn decide_key_addition(
    state: &Organisation,
    addition: &KeyAddition,
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    if !by.is(&state.id) {
        return Err(Refusal::new(
            &problem::NOT_A_PARTY,
            "只能为本主体增加密钥",
            "keys are added by their own organisation",
        ));
    }
    let key = public_key(&addition.key, "/key")?;
    let kid = key.key_id();
    if at.around.owner(&kid).is_some() {
        return Err(Refusal::new(&problem::KEY_IN_USE, "该密钥已登记", "this key is registered already"));
    }
    if state.keys.len() >= KEYS_MAX {
        return Err(too_many("/key", KEYS_MAX));
    }
    let origin = at.around.log().map_or("", |log: &LogState| &log.origin);
    has_possession(&key, addition.possession.as_str(), &Stream::of(&state.id), origin, at.now)
}

fn decide_revocation(
    state: &Organisation,
    act: &Act,
    revocation: &KeyRevocation,
    by: &Author,
    now: Instant,
) -> Result<(), Refusal> {
    let own = by.is(&state.id);
    if !own {
        must_oversee(by, state)?;
    }
    let Some(key) = state.key(&revocation.kid) else {
        return Err(unknown_kid(&revocation.kid));
    };
    key.may_be_revoked(revocation.effective, now, act.kind())?;
    let is_last = !state.keys.iter().any(|other| other.kid != key.kid && !other.is_revoked());
    // Locking oneself out is refused; a supervisor may do it, when the only key is stolen.
    if own && is_last {
        return Err(Refusal::new(&problem::LAST_KEY, "先增加新密钥再吊销", "add another key first"));
    }
    Ok(())
}

pub(super) fn must_be_confirmed(state: &Organisation) -> Result<(), Refusal> {
    if state.is_confirmed() {
        Ok(())
    } else {
        Err(Refusal::new(&problem::ORGANISATION_PENDING, "主体登记尚未确认", "the organisation is not confirmed yet"))
    }
}
