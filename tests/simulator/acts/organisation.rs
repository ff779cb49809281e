//! Organisations: who they are, what they may, and with which keys.

use super::words::read;
use super::{By, Draft, Scene};
use crate::cast::OPERATOR;
use crate::plan::Intent;
use crate::seam;
use gongshi::act::Acts;
use gongshi::field::{Day, Instant, OrganisationId};
use gongshi::organisation::{
    Act, ClaimsClearing, Confirmation, Ending, EndingGround, KeyAddition, KeyRevocation, Organisation, Registration,
    Reinstatement, Renaming, RepresentativeChange, RevocationReason, Role, RoleGrant, Suspension, possession_header,
};
use gongshi::record::{PrivateKey, Record};
use gongshi::world::Stream;

/// A new key's word that it is held, for a stream of the log.
pub fn possession(scene: &mut Scene<'_>, key: &PrivateKey, stream: &Stream) -> String {
    let origin = seam::log(scene.world).map_or(String::new(), |log| log.origin.clone());
    let of = if scene.dice.percent(4) { seam::log_stream() } else { stream.clone() };
    // One that is out of date, now and then.
    let signed = if scene.dice.percent(4) { scene.instant(-5, 5) } else { scene.now };
    Record::sign(key, &possession_header(key.key_id(), &origin, &of, signed), b"").detached()
}

/// One more key of a player that has none but one.
pub fn second_key(scene: &mut Scene<'_>, player: usize) -> Option<Draft> {
    let found = seam::organisation(scene.world, &scene.cast.player(player).id)?;
    if found.keys.iter().filter(|key| key.is_valid(scene.now)).count() != 1 {
        return None;
    }
    let stream = seam::organisation_stream(&scene.cast.player(player).id);
    let known: Vec<_> = found.kids().collect();
    let key = scene.cast.player(player).keys.iter().find(|key| !known.contains(&key.key_id()))?;
    let possession = read(&possession(scene, key, &stream));
    let act: Act = KeyAddition { key: key.public().to_jwk(), possession }.into();
    Some(Draft { stream, act: act.into(), by: By::Player(player) })
}

/// The registry divides one that goes on: those who have its place can share what it has.
pub fn division(scene: &mut Scene<'_>, player: usize) -> Option<Draft> {
    let found = seam::organisation(scene.world, &scene.cast.player(player).id)?;
    if found.ended().is_some() || !found.is_confirmed() {
        return None;
    }
    let ending = ending(scene, player)?;
    let stream = seam::organisation_stream(&scene.cast.player(player).id);
    let by = scene.player(Role::Supervisor);
    (ending.ground == EndingGround::Divided).then(|| Draft { stream, act: Act::from(ending).into(), by })
}

fn sensible(scene: &mut Scene<'_>, found: Option<&Organisation>) -> &'static str {
    let now = scene.now;
    match found {
        None => "organisation.registered",
        // Of a claim that is over, nothing can be made but another one.
        Some(found) if !found.is_confirmed() && found.claims(now).next().is_none() => {
            scene.dice.pick(&["organisation.registered", "organisation.registered", "organisation.confirmed"])
        }
        Some(found) if !found.is_confirmed() && scene.dice.percent(90) => "organisation.confirmed",
        Some(found) if !found.is_confirmed() => {
            scene.dice.pick(&["organisation.registered", "organisation.claims_cleared"])
        }
        Some(found) if found.has_lost_its_keys() => scene.dice.pick(&[
            "organisation.registered",
            "organisation.confirmed",
            "organisation.confirmed",
            "organisation.claims_cleared",
        ]),
        // Seldom brought back: who has its place then needs time to act.
        Some(found) if found.ended().is_some() && scene.dice.percent(90) => {
            scene.dice.pick(&["organisation.renamed", "key.revoked"])
        }
        Some(found) if found.ended().is_some() => "organisation.reinstated",
        Some(found) if found.is_suspended(now) => scene.dice.pick(&[
            "organisation.reinstated",
            "organisation.reinstated",
            "organisation.reinstated",
            "organisation.suspended",
            "key.revoked",
        ]),
        Some(found) if found.keys.iter().filter(|key| key.is_valid(now)).count() > 1 => {
            scene.dice.pick(&["key.revoked", "key.added", "organisation.role_granted", "organisation.suspended"])
        }
        // Ends are few, or nobody would be left to play.
        Some(found) if scene.dice.percent(if found.roles.has(Role::Enterprise) { 6 } else { 1 }) => {
            "organisation.ended"
        }
        Some(_) => scene.dice.pick(&[
            "key.added",
            "key.added",
            "organisation.role_granted",
            "organisation.renamed",
            "organisation.representative_changed",
        ]),
    }
}

pub fn draft(scene: &mut Scene<'_>, intent: &Intent) -> Option<Draft> {
    let player = intent.which % scene.cast.players.len();
    let found = seam::organisation(scene.world, &scene.cast.player(player).id);
    let kind = if intent.sensible { sensible(scene, found) } else { Act::KINDS[scene.dice.below(Act::KINDS.len())] };
    let stream = seam::organisation_stream(&scene.cast.player(player).id);
    let (act, by) = build(scene, player, found, kind, &stream)?;
    Some(Draft { stream, act: act.into(), by })
}

fn registration(scene: &mut Scene<'_>, player: usize, role: Role) -> Option<(Act, By)> {
    let cast = scene.cast;
    // Another one claims the code, now and then.
    let claimant = if scene.dice.percent(97) { player } else { scene.dice.below(cast.players.len()) };
    let key = scene.dice.one_of(&cast.player(claimant).keys)?;
    let region = scene.dice.percent(30).then(|| read("410105"));
    let (id, name) = (cast.player(player).id.clone(), scene.text("某单位"));
    let (roles, key_jwk) = (vec![asked(scene, role)], key.public().to_jwk());
    let registration = Registration { id, name, key: key_jwk, roles, region, code_as_issued: false };
    Some((registration.into(), By::Key(Box::new(key.clone()))))
}

fn build(
    scene: &mut Scene<'_>,
    player: usize,
    found: Option<&Organisation>,
    kind: &str,
    stream: &Stream,
) -> Option<(Act, By)> {
    let cast = scene.cast;
    let role = cast.player(player).role;
    let overseer =
        if role == Role::Supervisor || player == OPERATOR { By::Player(OPERATOR) } else { admitter(scene, role) };
    Some(match kind {
        "organisation.registered" => registration(scene, player, role)?,
        "organisation.confirmed" => {
            let pending: Vec<_> = found.iter().flat_map(|found| found.kids()).collect();
            let kid = scene.dice.one_of(&pending).copied().unwrap_or(cast.unknown.key_id());
            let mut roles = vec![asked(scene, role)];
            if scene.dice.percent(10) {
                roles.push(Role::Auditor);
            }
            // Once the log has begun, another supervisor's to do.
            let late = role == Role::Supervisor && scene.dice.percent(20);
            let by = if late { scene.player(Role::Supervisor) } else { overseer };
            (Confirmation { kid, roles, code_document: None }.into(), by)
        }
        "organisation.claims_cleared" => {
            // For somebody who came to the counter, registered or not; or for nobody.
            let keeps = scene.dice.percent(70).then(|| scene.dice.one_of(&cast.player(player).keys)).flatten();
            let by = if scene.dice.percent(20) { By::Player(OPERATOR) } else { scene.player(Role::Supervisor) };
            (ClaimsClearing { keeps: keeps.map(PrivateKey::key_id), reason: scene.prose("柜台核验") }.into(), by)
        }
        "organisation.role_granted" => {
            let role = scene.dice.pick(&[
                Role::Enterprise,
                Role::ProcuringUnit,
                Role::Centre,
                Role::Supervisor,
                Role::Auditor,
            ]);
            (RoleGrant { role }.into(), admitter(scene, role))
        }
        "organisation.suspended" => {
            let until = scene.dice.percent(80).then(|| scene.dice.between(-1, 10)).map(|days| scene.day(days));
            (Suspension { reason: scene.prose("调查期间暂停"), until }.into(), overseer)
        }
        "organisation.renamed" => {
            let (name, document, effective) = (scene.text("更名单位"), scene.document()?, registered(scene));
            (Renaming { name, document, effective }.into(), overseer)
        }
        "organisation.representative_changed" => {
            let (representative, document, effective) = (scene.person(), scene.document()?, registered(scene));
            (RepresentativeChange { representative, document, effective }.into(), overseer)
        }
        "organisation.ended" => (ending(scene, player)?.into(), overseer),
        "organisation.reinstated" => (Reinstatement { reason: scene.prose("调查结束") }.into(), overseer),
        "key.added" => {
            let key = scene.dice.one_of(&cast.player(player).keys)?;
            let possession = read(&possession(scene, key, stream));
            (KeyAddition { key: key.public().to_jwk(), possession }.into(), By::Player(player))
        }
        "key.revoked" => {
            let known: Vec<_> = found.iter().flat_map(|found| found.kids()).collect();
            let kid = scene.dice.one_of(&known).copied().unwrap_or(cast.unknown.key_id());
            let (reason, effective) = (revocation(scene), effective(scene));
            let by = if scene.dice.percent(80) { By::Player(player) } else { overseer };
            (KeyRevocation { kid, reason, effective }.into(), by)
        }
        _ => return None,
    })
}

/// The day of a registry's change: mostly today, for none is before the one before.
fn registered(scene: &mut Scene<'_>) -> Day {
    let days = if scene.dice.percent(85) { 0 } else { scene.dice.between(-3, 1) };
    scene.day(days)
}

/// Mostly into somebody else; sometimes into nobody, or itself.
fn ending(scene: &mut Scene<'_>, player: usize) -> Option<Ending> {
    let ground = scene.dice.pick(&[
        EndingGround::Merged,
        EndingGround::Divided,
        EndingGround::Divided,
        EndingGround::Deregistered,
    ]);
    let is_succeeded = ground != EndingGround::Deregistered || scene.dice.percent(5);
    let heirs = if ground == EndingGround::Divided { 2 } else { usize::from(is_succeeded) };
    let own = &scene.cast.player(player).id;
    let is_other = |id: &OrganisationId| id != own && seam::organisation(scene.world, id).is_some();
    let enterprises = scene.cast.players.iter().filter(|player| player.role == Role::Enterprise);
    let mut others: Vec<OrganisationId> = enterprises.map(|player| player.id.clone()).filter(is_other).collect();
    let mut heir = |scene: &mut Scene<'_>| match others.len() {
        0 => scene.cast.player(player).id.clone(),
        count if scene.dice.percent(95) => others.swap_remove(scene.dice.below(count)),
        _ => scene.cast.player(scene.dice.below(scene.cast.players.len())).id.clone(),
    };
    let successors = (0..heirs).map(|_| heir(scene)).collect();
    Some(Ending { ground, successors, document: scene.document()?, effective: registered(scene) })
}

/// Mostly its own, sometimes one that it will not get.
fn asked(scene: &mut Scene<'_>, role: Role) -> Role {
    if role == Role::Operator || scene.dice.percent(2) {
        return scene.dice.pick(&[Role::Enterprise, Role::Centre, Role::Operator, Role::Supervisor]);
    }
    role
}

/// Somebody who may admit to a role.
fn admitter(scene: &mut Scene<'_>, role: Role) -> By {
    match role {
        Role::Supervisor if scene.dice.percent(60) => By::Player(OPERATOR),
        Role::Supervisor => scene.player(Role::Supervisor),
        Role::Operator => By::Player(OPERATOR),
        Role::Enterprise if scene.dice.percent(30) => scene.player(Role::Centre),
        _ => scene.player(Role::Supervisor),
    }
}

pub fn revocation(scene: &mut Scene<'_>) -> RevocationReason {
    use RevocationReason::{AffiliationChanged, Compromised, Lost, Superseded};
    scene.dice.pick(&[Superseded, Compromised, Lost, AffiliationChanged])
}

/// Now, in a moment, some time ago, or later than is allowed.
pub fn effective(scene: &mut Scene<'_>) -> Instant {
    match scene.dice.below(8) {
        0..3 => scene.now,
        3 => scene.now.plus_millis(scene.dice.between(0, 300_000)),
        7 => scene.instant(0, 30),
        _ => scene.instant(-20, 0),
    }
}
