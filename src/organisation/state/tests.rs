//! Claims on a code that is somebody else's: few, for a while, and never in the way of whoever it belongs to. Then what the
//! registry enters.

use super::super::{
    Act, ClaimsClearing, Confirmation, Ending, EndingGround, KeyRevocation, Registration, Reinstatement, Renaming,
    RevocationReason,
};
use super::{CLAIM_MILLIS, Organisation, Status};
use crate::act::{Around, Author, Capability, Key, Moment, Payload, Place, Role, Roles, Stream, View, fold};
use crate::field::{DocumentId, DocumentRef, Faults, Instant, OrganisationId};
use crate::law::{InForce, Law};
use crate::log::Hash;
use crate::problem::Refusal;
use crate::record::{KeyId, PrivateKey};
use std::any::Any;

const CODE: &str = "91410105MA9ABCDE2Y";
const SUPERVISOR: &str = "11410100005260004Y";
const OPERATOR: &str = "1241010041580000XR";
const HOUR: i64 = 3_600_000;

/// One organisation, with nobody around it but perhaps a supervisor that can act.
struct Run {
    state: Option<Organisation>,
    supervisor: Option<Organisation>,
    adopted: InForce,
    now: Instant,
}

impl Around for Run {
    fn state(&self, stream: &Stream) -> Option<&dyn Any> {
        let supervisor = self.supervisor.as_ref().filter(|known| Stream::of(&known.id) == *stream)?;
        Some(supervisor)
    }

    fn owner(&self, kid: &KeyId) -> Option<OrganisationId> {
        let known = self.state.as_ref().filter(|known| known.kids().any(|known| known == *kid))?;
        Some(known.id.clone())
    }
}

fn key(seed: u8) -> PrivateKey {
    PrivateKey::from_seed([seed; 32])
}

impl Run {
    fn new() -> Self {
        let now: Instant = "2026-06-01T01:00:00.000Z".parse().unwrap();
        let mut supervisor = Organisation::unregistered(SUPERVISOR.parse().unwrap(), now);
        let place = Place {
            index: 0,
            time: now.plus_millis(-48 * HOUR),
            hash: Hash::of([]),
            author: OPERATOR.parse().unwrap(),
            kid: key(0).key_id(),
            version: 1,
        };
        supervisor.admit(Role::Supervisor, &place);
        supervisor.keys.push(Key::new(key(0).public(), place.time));
        Self { state: None, supervisor: Some(supervisor), adopted: InForce::newest(), now }
    }

    fn post(&mut self, by: Option<(&str, Role)>, signer: &PrivateKey, act: impl Into<Act>) -> Result<(), Refusal> {
        let (act, signer, on) = (act.into(), signer.key_id(), Stream::of(&CODE.parse::<OrganisationId>().unwrap()));
        let author = by.map(|(id, role)| Author { id: id.parse().unwrap(), roles: Roles::NONE.with(role) });
        let mut ties = Organisation::ties(self.state.as_ref(), &act);
        ties.extend(self.supervisor.iter().map(|known| Stream::of(&known.id)));
        let law = Law::of(&self.adopted);
        let around = View::new(&*self, &ties);
        let at = Moment { on: &on, now: self.now, law, signer: &signer, author: author.as_ref(), around };
        Organisation::decide(self.state.as_ref(), &act, &at)?;
        let version = self.state.as_ref().map_or(0, |state| state.version) + 1;
        let author = author.map_or_else(|| CODE.parse().unwrap(), |author| author.id);
        let place = Place { index: version, time: self.now, hash: Hash::of([]), author, kid: signer, version };
        fold(&mut self.state, &act, &place, Law::of(&self.adopted));
        Ok(())
    }

    fn registers(&mut self, key: &PrivateKey) -> Result<(), Refusal> {
        let registration = Registration {
            id: CODE.parse().unwrap(),
            name: "某公司".parse().unwrap(),
            key: key.public().to_jwk(),
            roles: vec![Role::Enterprise],
            region: None,
            code_as_issued: false,
        };
        self.post(None, key, registration)
    }

    fn clears(&mut self, by: (&str, Role), keeps: Option<&PrivateKey>) -> Result<(), Refusal> {
        let clearing = ClaimsClearing { keeps: keeps.map(PrivateKey::key_id), reason: "柜台核验".parse().unwrap() };
        self.post(Some(by), &key(0), clearing)
    }

    fn confirms(&mut self, kid: KeyId) -> Result<(), Refusal> {
        self.post(
            Some((SUPERVISOR, Role::Supervisor)),
            &key(0),
            Confirmation { kid, roles: vec![Role::Enterprise], code_document: None },
        )
    }

    fn claims(&self) -> usize {
        self.state.as_ref().unwrap().claims(self.now).count()
    }
}

const BY_SUPERVISOR: (&str, Role) = (SUPERVISOR, Role::Supervisor);

#[test]
fn whoever_the_code_belongs_to_comes_in_past_all_that_claim_it() {
    let (mut run, owner) = (Run::new(), key(200));
    let claimants = (1..).take_while(|seed| run.registers(&key(*seed)).is_ok()).count();
    assert_eq!(claimants, 16);
    let full = run.registers(&owner).unwrap_err();
    assert_eq!(full.problem.code, "state-forbids");
    assert!(full.detail.en.contains(&owner.key_id().to_string()), "{full}");
    run.clears(BY_SUPERVISOR, Some(&owner)).unwrap();
    assert_eq!(run.claims(), 0);
    // Neither those who were there nor others.
    for stranger in [key(1), key(100)] {
        assert_eq!(run.registers(&stranger).unwrap_err().problem.code, "state-forbids");
    }
    assert!(run.confirms(key(1).key_id()).is_err());
    run.registers(&owner).unwrap();
    run.confirms(owner.key_id()).unwrap();
    let known = run.state.unwrap();
    assert!(known.is_confirmed() && known.awaited.is_none());
    assert_eq!(known.kids().count(), 17, "a key belongs to one stream for ever");
}

#[test]
fn a_claim_that_is_pending_may_be_the_one_that_is_kept() {
    let mut run = Run::new();
    (1..=3).for_each(|seed| run.registers(&key(seed)).unwrap());
    run.clears(BY_SUPERVISOR, Some(&key(2))).unwrap();
    assert_eq!(run.claims(), 1);
    assert_eq!(run.clears(BY_SUPERVISOR, Some(&key(2))).unwrap_err().problem.code, "state-forbids");
    // Another clearing opens the code to everybody again, those of before included.
    run.clears(BY_SUPERVISOR, None).unwrap();
    assert_eq!(run.claims(), 0);
    run.registers(&key(1)).unwrap();
    run.registers(&key(4)).unwrap();
    assert_eq!(run.claims(), 2);
}

#[test]
fn a_claim_that_nobody_confirms_expires_and_may_be_made_again() {
    let mut run = Run::new();
    run.registers(&key(1)).unwrap();
    let began = run.now;
    run.now = began.plus_millis(CLAIM_MILLIS - 1);
    assert_eq!(run.registers(&key(1)).unwrap_err().problem.code, "key-in-use");
    assert_eq!(run.claims(), 1);
    run.now = began.plus_millis(CLAIM_MILLIS);
    assert_eq!(run.claims(), 0);
    assert!(run.confirms(key(1).key_id()).is_err(), "it is over");
    run.registers(&key(1)).unwrap();
    assert_eq!(run.state.as_ref().unwrap().kids().count(), 1);
    run.confirms(key(1).key_id()).unwrap();
}

#[test]
fn supervisors_clear_and_the_operator_does_while_none_can_act() {
    let mut run = Run::new();
    run.registers(&key(1)).unwrap();
    for (id, role) in [(OPERATOR, Role::Operator), (OPERATOR, Role::Auditor), ("91410100MA0000015B", Role::Centre)] {
        assert_eq!(run.clears((id, role), None).unwrap_err().problem.code, "role-not-entitled", "{role:?}");
    }
    assert_eq!(run.clears((CODE, Role::Supervisor), None).unwrap_err().problem.code, "own-matter");
    run.supervisor = None;
    run.clears((OPERATOR, Role::Operator), None).unwrap();
}

#[test]
fn who_is_confirmed_has_no_claims_that_are_in_the_way_until_its_keys_are_lost() {
    let mut run = Run::new();
    run.registers(&key(1)).unwrap();
    run.registers(&key(2)).unwrap();
    run.confirms(key(1).key_id()).unwrap();
    assert_eq!(run.clears(BY_SUPERVISOR, None).unwrap_err().problem.code, "state-forbids");
    run.now = run.now.plus_millis(HOUR);
    let (kid, reason, effective) = (key(1).key_id(), RevocationReason::Lost, run.now);
    run.post(Some(BY_SUPERVISOR), &key(0), KeyRevocation { kid, reason, effective }).unwrap();
    let revoked = run.clears(BY_SUPERVISOR, Some(&key(1))).unwrap_err();
    assert_eq!(revoked.fields[0].pointer, "/keeps");
    run.clears(BY_SUPERVISOR, Some(&key(3))).unwrap();
    assert!(run.registers(&key(1)).is_err(), "a revoked key never comes back");
    run.registers(&key(3)).unwrap();
    run.confirms(key(3).key_id()).unwrap();
}

fn confirmed() -> Run {
    let mut run = Run::new();
    run.supervisor.as_mut().unwrap().status = Status::Confirmed;
    run.registers(&key(1)).unwrap();
    run.confirms(key(1).key_id()).unwrap();
    run
}

fn paper() -> DocumentRef {
    DocumentRef {
        sha256: DocumentId::from(Hash::of("登记通知书")),
        size: 100,
        media_type: "application/pdf".parse().unwrap(),
        title: "登记通知书".parse().unwrap(),
    }
}

fn renaming(name: &str, effective: &str) -> Renaming {
    Renaming { name: name.parse().unwrap(), document: paper(), effective: effective.parse().unwrap() }
}

fn ending(ground: EndingGround, successors: &[&str]) -> Ending {
    let successors = successors.iter().map(|id| id.parse().unwrap()).collect();
    Ending { ground, successors, document: paper(), effective: "2026-06-01".parse().unwrap() }
}

#[test]
fn a_name_of_before_stays_with_the_day_until_which_it_was_one() {
    let mut run = confirmed();
    run.post(Some(BY_SUPERVISOR), &key(0), renaming("新公司", "2026-05-20")).unwrap();
    run.post(Some(BY_SUPERVISOR), &key(0), renaming("更新公司", "2026-06-01")).unwrap();
    for (act, pointer) in [
        (renaming("更新公司", "2026-06-01"), "/name"),
        (renaming("又新公司", "2026-05-31"), "/effective"),
        (renaming("又新公司", "2026-06-02"), "/effective"),
    ] {
        assert_eq!(run.post(Some(BY_SUPERVISOR), &key(0), act).unwrap_err().fields[0].pointer, pointer);
    }
    let own = run.post(Some((CODE, Role::Enterprise)), &key(1), renaming("自称公司", "2026-06-01"));
    assert_eq!(own.unwrap_err().problem.code, "own-matter");
    let state = run.state.unwrap();
    let former: Vec<_> = state.registry.former_names.iter().map(|former| (&*former.name, former.until)).collect();
    let day = |day: &str| day.parse().unwrap();
    assert_eq!(
        (&*state.name, former),
        ("更新公司", vec![("某公司", day("2026-05-20")), ("新公司", day("2026-06-01"))])
    );
}

#[test]
fn who_has_ended_does_nothing_more_until_that_is_taken_back() {
    let mut run = confirmed();
    for (act, pointer) in [
        (ending(EndingGround::Merged, &[CODE]), "/successors/0"),
        (ending(EndingGround::Divided, &[SUPERVISOR, "91410100MA0000015B"]), "/successors/1"),
    ] {
        assert_eq!(run.post(Some(BY_SUPERVISOR), &key(0), act).unwrap_err().fields[0].pointer, pointer);
    }
    run.post(Some(BY_SUPERVISOR), &key(0), ending(EndingGround::Merged, &[SUPERVISOR])).unwrap();
    let state = run.state.as_ref().unwrap();
    assert_eq!(state.must_be_active(run.now).unwrap_err().problem.code, "organisation-ended");
    assert!(!state.can_act(Role::Enterprise, run.now));
    assert_eq!(state.ended().unwrap().successors, [SUPERVISOR.parse().unwrap()]);
    for act in [Act::from(renaming("新公司", "2026-06-01")), ending(EndingGround::Deregistered, &[]).into()] {
        assert_eq!(run.post(Some(BY_SUPERVISOR), &key(0), act).unwrap_err().problem.code, "state-forbids");
    }
    assert_eq!(run.registers(&key(5)).unwrap_err().problem.code, "state-forbids");
    run.post(Some(BY_SUPERVISOR), &key(0), Reinstatement { reason: "登记有误".parse().unwrap() }).unwrap();
    let state = run.state.as_ref().unwrap();
    assert!(state.must_be_active(run.now).is_ok() && state.ended().is_none());
}

#[test]
fn successors_are_named_where_there_are_any_and_only_there() {
    let faults = |ending: &Ending| {
        let mut faults = Faults::default();
        ending.check(&mut faults);
        faults.into_result().is_err()
    };
    for (ground, some_needed) in [
        (EndingGround::Merged, true),
        (EndingGround::Divided, true),
        (EndingGround::Deregistered, false),
        (EndingGround::LicenceRevoked, false),
    ] {
        assert_eq!(faults(&ending(ground, &[])), some_needed, "{ground:?}");
        assert_eq!(faults(&ending(ground, &[SUPERVISOR])), !some_needed, "{ground:?}");
    }
    assert!(faults(&ending(EndingGround::Divided, &[SUPERVISOR, SUPERVISOR])));
}
