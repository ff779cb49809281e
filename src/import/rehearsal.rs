//! The steps of a tender, played through its state machine before anything is written: what the log would refuse is not imported,
//! and a report that writes nothing says the same as one that does.

use super::{Signatory, Step};
use crate::act::{Acts, Author, Capability, Place, Role, Roles, Stream, decide_alone, fold};
use crate::calendar::Calendar;
use crate::field::{Bilingual, Faults, Instant, OrganisationId, TenderCode};
use crate::law::{InForce, Law};
use crate::log::Hash;
use crate::record::KeyId;
use crate::tender::{Act, Tender};

/// What a record may have, as the service takes it (`http/signed.rs`).
const PAYLOAD_BYTES_MAX: usize = 45_000;

/// Who plays, and under which law.
pub(super) struct Rehearsal {
    adopted: InForce,
    centre: OrganisationId,
    supervisor: OrganisationId,
}

impl Rehearsal {
    pub fn new(centre: &OrganisationId, supervisor: &OrganisationId) -> Self {
        Self { adopted: InForce::newest(), centre: centre.clone(), supervisor: supervisor.clone() }
    }

    pub fn calendar(&self) -> &Calendar {
        &self.adopted.edition.calendar
    }

    fn author(&self, role: Role) -> Author {
        let id = if role == Role::Centre { &self.centre } else { &self.supervisor };
        Author { id: id.clone(), roles: Roles::default().with(role) }
    }

    /// Plays the steps of one tender, with what falls due between them; the state that they lead to.
    ///
    /// # Errors
    /// Why one of them would be refused.
    pub fn play(&self, steps: &[Step]) -> Result<Option<Tender>, Bilingual> {
        let law = Law::of(&self.adopted);
        let mut state: Option<Tender> = None;
        for step in steps {
            while let Some(due) = state.as_ref().and_then(|tender| tender.due(step.at, law)) {
                self.act(&mut state, &step.tender, &due, Role::Service, step.at)?;
            }
            let role = match step.who {
                Signatory::Centre => Role::Centre,
                Signatory::Supervisor => Role::Supervisor,
            };
            must_be_a_record(&step.act)?;
            self.act(&mut state, &step.tender, &step.act, role, step.at)?;
        }
        Ok(state)
    }

    fn act(
        &self,
        state: &mut Option<Tender>,
        code: &TenderCode,
        act: &Act,
        role: Role,
        now: Instant,
    ) -> Result<(), Bilingual> {
        let (law, by) = (Law::of(&self.adopted), self.author(role));
        decide_alone(&Stream::of(code), state.as_ref(), act, &by, now, law).map_err(|refusal| {
            let Bilingual { zh, en } = refusal.detail;
            Bilingual::new(format!("{} {zh}", act.kind()), format!("{} {en}", act.kind()))
        })?;
        let version = state.as_ref().map_or(0, Tender::version) + 1;
        let (hash, kid) = (Hash::of(""), KeyId::from_bytes([0; 32]));
        let place = Place { index: 0, time: now, hash, author: by.id, kid, version };
        fold(state, act, &place, law);
        Ok(())
    }
}

/// Whether an act is one that could be signed, as far as it can be judged by itself.
fn must_be_a_record(act: &Act) -> Result<(), Bilingual> {
    let kind = act.kind();
    let mut faults = Faults::default();
    act.check(&mut faults);
    let payload = act.to_value().to_string();
    act.check_numbers(payload.as_bytes(), &mut faults);
    if let Some(fault) = faults.into_result().err().and_then(|faults| faults.into_iter().next()) {
        let Bilingual { zh, en } = fault.words();
        return Err(Bilingual::new(format!("{kind} {zh}"), format!("{kind} {en}")));
    }
    let bytes = payload.len();
    if bytes > PAYLOAD_BYTES_MAX {
        let (zh, en) = (format!("{kind} 有 {bytes} 字节，上限为"), format!("{kind} has {bytes} bytes, of at most"));
        return Err(Bilingual::new(format!("{zh} {PAYLOAD_BYTES_MAX}"), format!("{en} {PAYLOAD_BYTES_MAX}")));
    }
    Ok(())
}
