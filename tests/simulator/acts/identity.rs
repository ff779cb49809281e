//! The log itself: its keys, its name and its law.

use super::organisation::{effective, possession, revocation};
use super::words::read;
use super::{By, Draft, Scene};
use crate::cast::OPERATOR;
use crate::plan::Intent;
use crate::seam;
use gongshi::act::Acts;
use gongshi::field::Prose;
use gongshi::identity::{
    Act, CheckpointKeyAddition, CheckpointKeyRetirement, LawAdoption, LogContinuation, LogOpening, LogState,
    ServiceKeyAddition, ServiceKeyRevocation,
};
use gongshi::log::{Checkpoint, Hash, NoteSigner};
use gongshi::organisation::Role;

/// A checkpoint that is known of entries that are not there.
fn loss(scene: &mut Scene<'_>, log: &LogState) -> Option<Prose<8000>> {
    let here = Checkpoint::of_note(scene.note).ok()?;
    let own = |key| NoteSigner::new(&log.origin, key).ok().filter(|own| log.checkpoint_keys.contains(own.verifier()));
    let signer = scene.cast.checkpoint_keys().into_iter().find_map(own)?;
    // Now and then of no more than there are: nothing is lost then.
    let size = here.size + scene.dice.below(3) as u64;
    let lost = Checkpoint { origin: log.origin.clone(), size, root: Hash::of("lost") };
    Some(read(&lost.sign(&signer)))
}

fn sensible(scene: &mut Scene<'_>, log: &LogState) -> &'static str {
    if scene.dice.percent(30) {
        return "log.law_adopted";
    }
    let now = scene.now;
    let services = log.service_keys.iter().filter(|key| key.is_valid(now)).count();
    let kinds: &[&'static str] = match (log.checkpoint_keys.len() > 1, services > 1) {
        (false, false) => &["log.checkpoint_key_added", "log.service_key_added", "log.continued"],
        (true, false) => &["log.checkpoint_key_retired", "log.service_key_added", "log.continued"],
        (false, true) => &["log.checkpoint_key_added", "log.service_key_revoked", "log.continued"],
        (true, true) => &["log.checkpoint_key_added", "log.checkpoint_key_retired", "log.service_key_revoked"],
    };
    scene.dice.pick(kinds)
}

pub fn draft(scene: &mut Scene<'_>, intent: &Intent) -> Option<Draft> {
    let log = seam::log(scene.world)?;
    let kind = if intent.sensible { sensible(scene, log) } else { Act::KINDS[scene.dice.below(Act::KINDS.len())] };
    let act = build(scene, log, kind)?;
    let by = if kind == "log.law_adopted" { scene.player(Role::Supervisor) } else { By::Player(OPERATOR) };
    Some(Draft { stream: seam::log_stream(), act: act.into(), by })
}

fn build(scene: &mut Scene<'_>, log: &LogState, kind: &str) -> Option<Act> {
    let cast = scene.cast;
    Some(match kind {
        "log.opened" => LogOpening {
            origin: read(&log.origin),
            operator: log.operator.clone(),
            operator_name: read("另一个平台"),
            operator_key: cast.unknown.public().to_jwk(),
            service_key: cast.service[4].public().to_jwk(),
            log_key: read(&cast.checkpoint_names(&log.origin)[0]),
            law: scene.cast.first_law.document(),
            time_zone: read("Asia/Shanghai"),
        }
        .into(),
        "log.checkpoint_key_added" => {
            let names = cast.checkpoint_names(&log.origin);
            CheckpointKeyAddition { log_key: read(scene.dice.one_of(&names)?) }.into()
        }
        "log.checkpoint_key_retired" => {
            let named: Vec<String> = log.checkpoint_keys.iter().map(ToString::to_string).collect();
            let log_key = read(scene.dice.one_of(&named)?);
            CheckpointKeyRetirement { log_key, reason: revocation(scene) }.into()
        }
        "log.service_key_added" => {
            let key = scene.dice.one_of(&cast.service)?;
            let possession = read(&possession(scene, key, &seam::log_stream()));
            ServiceKeyAddition { key: key.public().to_jwk(), possession }.into()
        }
        "log.service_key_revoked" => {
            let kids: Vec<_> = log.service_keys.iter().map(|key| key.kid).collect();
            let kid = *scene.dice.one_of(&kids)?;
            let (reason, effective) = (revocation(scene), effective(scene));
            ServiceKeyRevocation { kid, reason, effective }.into()
        }
        "log.continued" => {
            let origin = format!("simulated.example/log-{}", scene.dice.below(6));
            let names = cast.checkpoint_names(&origin);
            let log_key = read(scene.dice.one_of(&names)?);
            let predecessor = read(scene.note);
            let lost = if scene.dice.percent(30) { loss(scene, log) } else { None };
            let reason = scene.prose("密钥可能泄露");
            LogContinuation { origin: read(&origin), log_key, predecessor, lost, reason }.into()
        }
        "log.law_adopted" => {
            let edition = scene.dice.one_of(&seam::editions())?.document();
            LawAdoption { edition, reason: scene.prose("新一年节假日安排已公布") }.into()
        }
        _ => return None,
    })
}
