//! A draft made a record: signed as it should be, or wrong in the one way that the plan wants.

use super::acts::{By, Draft, Scene};
use super::plan::Twist;
use super::seam;
use gongshi::record::{Alg, Header, PrivateKey, Record};
use gongshi::world::Act;
use uuid::Uuid;

/// Who checks what somebody did signs with another key than that one did, mostly. The judge says which is one.
fn another_key(scene: &mut Scene<'_>, draft: &Draft, player: usize) -> Option<PrivateKey> {
    let Act::Deposit(act) = &draft.act else { return None };
    if !act.checks_another() || scene.dice.percent(8) {
        return None;
    }
    let organisation = seam::organisation(scene.world, &scene.cast.player(player).id)?;
    let is_valid = |kid| organisation.key(&kid).is_some_and(|known| known.is_valid(scene.now));
    let header = |key: &PrivateKey| Header {
        alg: Alg::EdDsa,
        kid: key.key_id(),
        aud: seam::log(scene.world).map_or(String::new(), |log| log.origin.clone()),
        typ: draft.act.kind().to_owned(),
        sub: draft.stream.to_string(),
        jti: Uuid::nil(),
        iat: scene.now.seconds(),
        ver: None,
    };
    let is_another = |key: &&PrivateKey| {
        let judged = seam::decide(scene.world, &header(key), &draft.stream, &draft.act, scene.now);
        judged.map_or_else(|refusal| refusal.problem.code != "same-signer", |_| true)
    };
    let valid: Vec<&PrivateKey> = scene.cast.player(player).keys.iter().filter(|key| is_valid(key.key_id())).collect();
    valid.into_iter().find(is_another).cloned()
}

pub fn record(scene: &mut Scene<'_>, draft: &Draft, twist: Twist, posted: &[Record]) -> Record {
    let (cast, world, now) = (scene.cast, scene.world, scene.now);
    let earlier = match twist {
        Twist::Again(at) | Twist::Jti(at) if !posted.is_empty() => Some(&posted[at % posted.len()]),
        _ => None,
    };
    if let (Twist::Again(_), Some(record)) = (twist, earlier) {
        return record.clone();
    }
    let by = match twist {
        Twist::Author(player) => By::Player(player),
        Twist::Service => By::Service,
        Twist::Unknown => By::Key(Box::new(cast.unknown.clone())),
        _ => draft.by.clone(),
    };
    let key: PrivateKey = match (&by, twist) {
        (By::Player(player), Twist::AnyKey) => {
            let keys = &cast.player(*player).keys;
            keys[scene.dice.below(keys.len())].clone()
        }
        (By::Player(player), _) => match another_key(scene, draft, *player) {
            Some(key) => key,
            None => cast.key(world, *player, now, &mut scene.dice).clone(),
        },
        (By::Key(key), _) => (**key).clone(),
        (By::Service, _) => {
            let own = cast.service.iter().find(|key| key.key_id() == scene.service);
            own.filter(|_| scene.dice.percent(90)).unwrap_or(cast.service_key(world, now)).clone()
        }
    };
    let version = seam::version(world, &draft.stream);
    let mut header = Header {
        alg: if scene.dice.percent(20) { Alg::Ed25519 } else { Alg::EdDsa },
        kid: key.key_id(),
        aud: seam::log(world).map_or(String::new(), |log| log.origin.clone()),
        typ: draft.act.kind().to_owned(),
        sub: draft.stream.to_string(),
        jti: Uuid::from_u128(u128::from(scene.dice.next()) << 64 | u128::from(scene.dice.next())),
        iat: now.seconds(),
        ver: None,
    };
    match twist {
        Twist::Seen => header.ver = Some(version),
        Twist::Stale => header.ver = Some(version.wrapping_add(scene.dice.pick(&[1, u64::MAX]))),
        Twist::Jti(_) => {
            let jti = earlier.and_then(|record| record.header().ok()).map(|header| header.jti);
            header.jti = jti.unwrap_or(header.jti);
        }
        Twist::Stream(at) => header.sub = format!("tender/T-{at}"),
        Twist::Audience => header.aud = "elsewhere.example/log".into(),
        Twist::Clock(minutes) => header.iat = (header.iat + minutes * 60).max(0),
        _ => {}
    }
    let payload = serde_json::to_vec(&draft.act.to_value()).expect("a payload is JSON");
    let signer = if twist == Twist::Forged { &cast.unknown } else { &key };
    Record::sign(signer, &header, &payload)
}
