//! Who acts, and every key that anybody ever holds: all of them follow from the seed.

use super::dice::Dice;
use super::seam;
use gongshi::field::{Instant, OrganisationId};
use gongshi::law::{Edition, Editions};
use gongshi::log::NoteSigner;
use gongshi::organisation::Role;
use gongshi::record::PrivateKey;
use gongshi::world::World;
use std::sync::Arc;

/// The operator first; the others ask for one role each.
const PLAYERS: [(&str, Role); 13] = [
    ("1241010041580000XR", Role::Operator),
    ("11410100005260004Y", Role::Supervisor),
    ("12100000400000456B", Role::Supervisor),
    ("GB-COH-AUDITOR", Role::Auditor),
    ("91410100MA0000015B", Role::Centre),
    ("514101005004100069", Role::Centre),
    ("123502001549897397", Role::ProcuringUnit),
    ("GB-COH-unit.2", Role::ProcuringUnit),
    ("91410105MA9ABCDE2Y", Role::Enterprise),
    ("91410100MA000004XQ", Role::Enterprise),
    ("91350200776049653A", Role::Enterprise),
    ("GB-COH-enterprise_4", Role::Enterprise),
    // Nobody confirms it but by chance.
    ("GB-COH-stranger", Role::Enterprise),
];

/// Players that a plan admits at its beginning.
pub const ADMITTED: usize = 12;
pub const OPERATOR: usize = 0;
/// From here on they buy.
pub const BUYERS_FIRST: usize = 4;
/// From here on they are enterprises.
pub const ENTERPRISES_FIRST: usize = 8;

/// Keys that one player may ever bring.
const KEYS_EACH: usize = 6;
/// Checkpoint keys; the last ones are not in the service's hands.
const CHECKPOINT_KEYS: usize = 12;
const CHECKPOINT_KEYS_HELD: usize = 9;
const SERVICE_KEYS: usize = 5;

pub struct Player {
    pub id: OrganisationId,
    pub role: Role,
    pub keys: Vec<PrivateKey>,
}

pub struct Cast {
    pub players: Vec<Player>,
    checkpoint: Vec<PrivateKey>,
    pub service: Vec<PrivateKey>,
    /// Never registered.
    pub unknown: PrivateKey,
    /// What the log begins with: often the first edition that was ever shipped, which is silent on much.
    pub first_law: Arc<Edition>,
}

impl Cast {
    pub fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed ^ 0x6B65_7973);
        let mut keys = |count: usize| -> Vec<PrivateKey> {
            let mut key = || {
                let mut bytes = [0; 32];
                bytes.chunks_mut(8).for_each(|chunk| chunk.copy_from_slice(&dice.next().to_le_bytes()));
                PrivateKey::from_seed(bytes)
            };
            (0..count).map(|_| key()).collect()
        };
        let players = PLAYERS.iter().map(|(id, role)| Player {
            id: id.parse().expect("a code"),
            role: *role,
            keys: keys(KEYS_EACH),
        });
        let first_law = if seed.is_multiple_of(4) { Arc::clone(&Editions::shipped()[0]) } else { Editions::newest() };
        Self {
            first_law,
            players: players.collect(),
            checkpoint: keys(CHECKPOINT_KEYS),
            service: keys(SERVICE_KEYS),
            unknown: keys(1).remove(0),
        }
    }

    pub fn player(&self, at: usize) -> &Player {
        &self.players[at % self.players.len()]
    }

    pub fn position(&self, id: &OrganisationId) -> Option<usize> {
        self.players.iter().position(|player| player.id == *id)
    }

    /// Any player that has the role, whether it was admitted to it or not.
    pub fn with_role(&self, role: Role, dice: &mut Dice) -> usize {
        let able: Vec<usize> = (0..ADMITTED).filter(|at| self.players[*at].role == role).collect();
        able[dice.below(able.len())]
    }

    /// A key with which the player may sign now; its first one when there is none.
    pub fn key(&self, world: &World, at: usize, now: Instant, dice: &mut Dice) -> &PrivateKey {
        let player = self.player(at);
        let organisation = seam::organisation(world, &player.id);
        let valid = |key: &&PrivateKey| {
            organisation.and_then(|found| found.key(&key.key_id())).is_some_and(|known| known.is_valid(now))
        };
        let valid: Vec<&PrivateKey> = player.keys.iter().filter(valid).collect();
        dice.one_of(&valid).copied().unwrap_or(&player.keys[0])
    }

    /// The newest service key that is valid now: what an operator would start the service with.
    pub fn service_key(&self, world: &World, now: Instant) -> &PrivateKey {
        let log = seam::log(world);
        let valid = |key: &&PrivateKey| {
            log.and_then(|log| log.service_key(&key.key_id())).is_some_and(|known| known.is_valid(now))
        };
        self.service.iter().rev().find(valid).unwrap_or(&self.service[0])
    }

    /// What the service has at hand.
    pub fn checkpoint_keys(&self) -> Vec<PrivateKey> {
        self.checkpoint[..CHECKPOINT_KEYS_HELD].to_vec()
    }

    /// The verifier keys of all checkpoint keys under a name, held or not.
    pub fn checkpoint_names(&self, origin: &str) -> Vec<String> {
        let name = |key: &PrivateKey| NoteSigner::new(origin, key.clone()).map(|signer| signer.verifier().to_string());
        self.checkpoint.iter().filter_map(|key| name(key).ok()).collect()
    }
}
