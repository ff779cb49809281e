//! Keys that sign for somebody, for a time.

use super::Stream;
use crate::field::{Fault, Instant};
use crate::problem::{self, Refusal};
use crate::record::{Header, Jwk, KeyId, PublicKey, Record};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A key and the time for which it may sign.
#[derive(Debug, Clone)]
pub struct Key {
    pub kid: KeyId,
    pub public: PublicKey,
    /// From when it may sign.
    pub since: Instant,
    /// The earliest time that a revocation gave.
    pub revoked_from: Option<Instant>,
}

/// A revocation may be this far ahead of the log's time, and of the key's: clocks differ, and some know whole seconds only.
/// One that takes effect later is none: until then the key would sign, and nobody could revoke it now.
const EFFECTIVE_SKEW_MILLIS: i64 = 5 * 60 * 1000;

impl Key {
    pub fn new(public: PublicKey, since: Instant) -> Self {
        Self { kid: public.key_id(), public, since, revoked_from: None }
    }

    pub fn is_valid(&self, now: Instant) -> bool {
        self.revoked_from.is_none_or(|from| now < from)
    }

    /// Whether it is revoked, if only from a moment on that is still to come.
    pub fn is_revoked(&self) -> bool {
        self.revoked_from.is_some()
    }

    /// Whether it may be revoked as of a time: at once or in the past of the key, and earlier than it is revoked already,
    /// so that whoever finds a theft to be older than was thought can say so, and no thief can put it off.
    ///
    /// # Errors
    /// The time is out of range, or says nothing new.
    pub fn may_be_revoked(&self, from: Instant, now: Instant, kind: &str) -> Result<(), Refusal> {
        let refuse = |zh: String, en: String| Err(Refusal::of_field("/effective", Fault::inconsistent((zh, en))));
        if from > now.plus_millis(EFFECTIVE_SKEW_MILLIS) {
            return refuse(
                format!("吊销即时生效，不得晚于日志时间 {now}"),
                format!("a revocation takes effect at once: it is {now} in the log"),
            );
        }
        if from < self.since.plus_millis(-EFFECTIVE_SKEW_MILLIS) {
            return refuse(
                format!("该密钥自 {} 起才可签名", self.since),
                format!("the key signs since {} only", self.since),
            );
        }
        match self.revoked_from {
            Some(earlier) if earlier <= from => Err(Refusal::state_forbids(kind, "revoked")),
            Some(_) | None => Ok(()),
        }
    }

    /// The earliest revocation counts.
    pub fn revoke(&mut self, from: Instant) {
        self.revoked_from = Some(self.revoked_from.map_or(from, |earlier| earlier.min(from)));
    }
}

/// Why a key is revoked (电子签名法 art. 15 asks to tell at once when a key may be lost).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RevocationReason {
    /// 例行更换
    Superseded,
    /// 私钥泄露
    Compromised,
    /// 私钥遗失
    Lost,
    /// 人员或授权变更
    AffiliationChanged,
}

/// The key in a payload.
///
/// # Errors
/// It is not an Ed25519 key of the prime-order group.
pub fn public_key(jwk: &Jwk, pointer: &str) -> Result<PublicKey, Refusal> {
    PublicKey::from_jwk(jwk).map_err(|error| Refusal::of_field(pointer, error.into()))
}

/// The header that a new key signs (over an empty payload) to prove possession: for `key.added` with the
/// organisation's stream, for `log.service_key_added` with `log`.
pub fn possession_header(new_key: KeyId, origin: &str, stream: &Stream, now: Instant) -> Header {
    Header::new(new_key, origin, POSSESSION, stream.as_str(), now.seconds())
}

const POSSESSION: &str = "key.possession";

/// Whether the key signed, and lately, that it may sign for this stream of this log. An old proof may be somebody else's:
/// one that was made for an addition which never came about, and lay around since.
///
/// # Errors
/// `possession-unproven`
pub fn has_possession(
    key: &PublicKey,
    proof: &str,
    stream: &Stream,
    origin: &str,
    now: Instant,
) -> Result<(), Refusal> {
    let proof = Record::from_detached(proof, b"").ok();
    let header = proof.as_ref().and_then(|proof| proof.header().ok());
    let proven = header.as_ref().is_some_and(|header| {
        header.kid == key.key_id() && header.aud == origin && header.typ == POSSESSION && header.sub == stream.as_str()
    }) && proof.is_some_and(|proof| proof.verify(key).is_ok());
    let (zh, en) = if !proven {
        ("新密钥未证明持有", "the new key did not prove possession")
    } else if header.is_some_and(|header| header.untimely(now).is_some()) {
        (
            "持有证明已过期（提前 5 分钟至滞后 24 小时内有效）",
            "the proof of possession is out of date: it holds for 24 h",
        )
    } else {
        return Ok(());
    };
    Err(Refusal::new(&problem::POSSESSION_UNPROVEN, zh, en))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::PrivateKey;

    const MINUTE: i64 = 60_000;
    const DAY: i64 = 24 * 60 * MINUTE;

    fn at(millis: i64) -> Instant {
        Instant::from_millis(1_780_000_000_000 + millis)
    }

    #[test]
    fn a_revocation_takes_effect_at_once_or_in_the_past_of_the_key() {
        let key = Key::new(PrivateKey::from_seed([1; 32]).public(), at(0));
        let now = at(10 * DAY);
        for (from, allowed) in [
            (now, true),
            (now.plus_millis(5 * MINUTE), true),
            (now.plus_millis(6 * MINUTE), false),
            (Instant::from_millis(i64::MAX), false),
            (at(0), true),
            (at(-5 * MINUTE), true),
            (at(-6 * MINUTE), false),
            (Instant::from_millis(0), false),
        ] {
            let refusal = key.may_be_revoked(from, now, "key.revoked").err();
            assert_eq!(refusal.is_none(), allowed, "{from}");
            assert!(refusal.is_none_or(|refusal| refusal.fields[0].pointer == "/effective"));
        }
    }

    #[test]
    fn an_earlier_revocation_supersedes_a_later_one_and_never_the_other_way() {
        let mut key = Key::new(PrivateKey::from_seed([1; 32]).public(), at(0));
        let now = at(10 * DAY);
        key.revoke(at(5 * DAY));
        for later in [at(5 * DAY), at(6 * DAY), now] {
            let refusal = key.may_be_revoked(later, now, "key.revoked").unwrap_err();
            assert_eq!(refusal.problem.code, "state-forbids");
            key.revoke(later);
            assert_eq!(key.revoked_from, Some(at(5 * DAY)));
        }
        assert!(key.may_be_revoked(at(DAY), now, "key.revoked").is_ok());
        key.revoke(at(DAY));
        assert!(key.is_valid(at(DAY - 1)) && !key.is_valid(at(DAY)));
    }

    #[test]
    fn a_proof_of_possession_is_good_for_a_day_and_for_one_stream_of_one_log() {
        let (key, stream) = (PrivateKey::from_seed([1; 32]), Stream::LOG);
        let signed = |by: &PrivateKey, origin: &str, when: Instant| {
            Record::sign(by, &possession_header(key.key_id(), origin, &stream, when), b"").detached()
        };
        let holds = |proof: &str, now: Instant| has_possession(&key.public(), proof, &stream, "a.example", now).is_ok();
        let proof = signed(&key, "a.example", at(0));
        for (now, good) in [(0, true), (-5 * MINUTE, true), (-6 * MINUTE, false), (DAY, true), (DAY + MINUTE, false)] {
            assert_eq!(holds(&proof, at(now)), good, "{now}");
        }
        assert!(!holds(&signed(&key, "b.example", at(0)), at(0)));
        assert!(!holds(&signed(&PrivateKey::from_seed([2; 32]), "a.example", at(0)), at(0)));
        assert!(has_possession(&key.public(), &proof, &Stream::checked("organisation/x"), "a.example", at(0)).is_err());
    }
}
