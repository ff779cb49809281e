//! What the registry enters: names, and ends.

use super::super::{Act, Ending, EndingGround, Renaming};
use super::admission::{must_be_another, must_not_be_the_last, must_oversee};
use super::decide::must_be_confirmed;
use super::{Organisation, Status};
use crate::act::{Acts, Author, Bearing, Fact, Moment, Place, Succession, must_be_past};
use crate::field::{Day, Fault, FieldFault, Instant, OrganisationId, SuccessionManner};
use crate::problem::Refusal;

/// What the registry has entered about an organisation since it was confirmed here.
#[derive(Debug, Clone, Default)]
pub struct Registry {
    /// The names that it had before, oldest first.
    pub former_names: Vec<FormerName>,
    /// How it ended, the last time last. All but the last were taken back, and that one too unless the status says it.
    pub endings: Vec<Ended>,
    /// Day of the last change.
    pub changed: Option<Day>,
}

/// A name that an organisation had.
#[derive(Debug, Clone)]
pub struct FormerName {
    pub name: Box<str>,
    /// Day from which the registry has another one.
    pub until: Day,
    /// Index of the entry that says so.
    pub entry: u64,
}

/// An end of an organisation.
#[derive(Debug, Clone)]
pub struct Ended {
    pub ground: EndingGround,
    pub successors: Vec<OrganisationId>,
    pub effective: Day,
    /// Index of the entry that says so.
    pub entry: u64,
    pub time: Instant,
    /// The entry that took it back, and when.
    pub taken_back: Option<(u64, Instant)>,
}

impl EndingGround {
    /// How the successors came to its rights and duties, where there are some.
    fn succession(self) -> Option<SuccessionManner> {
        match self {
            Self::Merged => Some(SuccessionManner::Merged),
            Self::Divided => Some(SuccessionManner::Divided),
            Self::Deregistered | Self::LicenceRevoked => None,
        }
    }
}

impl Ended {
    /// What others see of it, who deal with the successors.
    pub fn succession(&self, predecessor: &OrganisationId) -> Option<Succession> {
        let (manner, entry) = (self.ground.succession()?, self.entry);
        Some(Succession { predecessor: predecessor.clone(), manner, successors: self.successors.clone(), entry })
    }
}

impl Organisation {
    /// How it ended, unless that was taken back.
    pub fn ended(&self) -> Option<&Ended> {
        self.registry.endings.last().filter(|_| self.status == Status::Ended)
    }

    /// Who succeeded it, as far as it was known at a point of the log.
    pub fn succession(&self, is_known: impl Fn(u64, Instant) -> bool) -> Option<Succession> {
        let ended = self.registry.endings.iter().rev().find(|ended| is_known(ended.entry, ended.time))?;
        let is_over = ended.taken_back.is_some_and(|(entry, time)| is_known(entry, time));
        if is_over { None } else { ended.succession(&self.id) }
    }

    pub(super) fn successors(act: &Act) -> impl Iterator<Item = &OrganisationId> {
        let ending = if let Act::Ended(ending) = act { Some(ending) } else { None };
        ending.into_iter().flat_map(|ending| &ending.successors)
    }

    /// Rights and duties pass to the successors, and come back.
    pub(super) fn passes_on(state: Option<&Self>, act: &Act) -> Vec<Bearing> {
        match (act, state) {
            (Act::Ended(ending), Some(state)) => {
                let Some(manner) = ending.ground.succession() else { return Vec::new() };
                let fact = || Fact::Succeeds { predecessor: state.id.clone(), manner };
                ending.successors.iter().map(|successor| Bearing::new(successor, fact())).collect()
            }
            (Act::Reinstated(_), Some(state)) => {
                let ended = state.ended().into_iter();
                let passed = ended.flat_map(|ended| ended.successors.iter().map(|successor| (successor, ended.entry)));
                passed.map(|(successor, entry)| Bearing::concerned(successor).undoing(Some(entry))).collect()
            }
            _ => Vec::new(),
        }
    }

    pub(super) fn take_end_back(&mut self, place: &Place) {
        if self.status == Status::Ended
            && let Some(ended) = self.registry.endings.last_mut()
        {
            ended.taken_back = Some((place.index, place.time));
        }
    }

    pub(super) fn rename(&mut self, renaming: &Renaming, place: &Place) {
        let name = std::mem::replace(&mut self.name, renaming.name.as_str().into());
        self.registry.former_names.push(FormerName { name, until: renaming.effective, entry: place.index });
        self.registry.changed = Some(renaming.effective);
    }

    pub(super) fn end(&mut self, ending: &Ending, place: &Place) {
        let Ending { ground, successors, effective, .. } = ending;
        let (ground, successors, effective) = (*ground, successors.clone(), *effective);
        let (entry, time) = (place.index, place.time);
        self.registry.endings.push(Ended { ground, successors, effective, entry, time, taken_back: None });
        self.registry.changed = Some(effective);
        self.status = Status::Ended;
    }
}

/// Whether the registry's change may enter the log now.
///
/// # Errors
/// Who may not sign it, a day that is to come or before the last change, a name that it has already, and successors that are
/// nobody or have ended.
pub(super) fn decide(
    state: &Organisation,
    act: &Act,
    effective: Day,
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    must_be_confirmed(state)?;
    must_be_another(by, &state.id)?;
    must_oversee(by, state)?;
    must_be_past(effective <= at.today(), "/effective")?;
    if let Some(changed) = state.registry.changed.filter(|changed| effective < *changed) {
        let earlier = format!("the registry's last change, {changed}");
        return Err(Refusal::of_field("/effective", Fault::DatesOutOfOrder { earlier }));
    }
    match act {
        Act::Renamed(renaming) if *renaming.name.as_str() == *state.name => {
            let (zh, en) = ("与现名称相同", "the name that it has already");
            Err(Refusal::of_field("/name", Fault::inconsistent((zh, en))))
        }
        Act::Ended(ending) => {
            must_stand(state, &ending.successors, at)?;
            must_not_be_the_last(state, at)
        }
        _ => Ok(()),
    }
}

/// Each successor is confirmed, has not ended, and is another one.
fn must_stand(state: &Organisation, successors: &[OrganisationId], at: &Moment<'_>) -> Result<(), Refusal> {
    let stands = |id: &OrganisationId| {
        let known = at.around.get::<Organisation>(id);
        *id != state.id && known.is_some_and(|known| known.is_confirmed() && known.ended().is_none())
    };
    let missing = successors.iter().enumerate().filter(|(_, id)| !stands(id));
    let faults: Vec<FieldFault> = missing
        .map(|(number, id)| FieldFault {
            pointer: format!("/successors/{number}"),
            fault: Fault::UnknownReference { id: id.to_string() },
        })
        .collect();
    let Some(first) = faults.first() else { return Ok(()) };
    Err(Refusal { fields: faults.clone(), ..Refusal::of_field(&first.pointer, first.fault.clone()) })
}

/// # Errors
/// It has ended.
pub(super) fn must_exist(state: &Organisation, act: &Act) -> Result<(), Refusal> {
    if state.status == Status::Ended { Err(Refusal::state_forbids(act.kind(), "ended")) } else { Ok(()) }
}
