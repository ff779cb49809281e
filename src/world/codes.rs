//! Codes of organisations whose check character fails. Nearly all are slips; a registry has issued a few of them so. Those a
//! supervisor confirms, and until then nobody is named by one.

use super::{Act, Stream, World};
use crate::field::{FieldFault, OrganisationId, each_text};
use crate::organisation::Organisation;
use crate::problem::Refusal;

impl Act {
    /// The organisations whose codes it names although their check characters fail.
    fn irregular_codes(&self) -> impl Iterator<Item = &OrganisationId> {
        self.codes().into_iter().filter(|code| code.irregularity().is_some())
    }

    /// Their streams, which say whether they are confirmed.
    pub(super) fn irregular_streams(&self) -> impl Iterator<Item = Stream> {
        self.irregular_codes().map(Stream::of)
    }
}

impl World {
    /// # Errors
    /// It names a code whose check character fails, and nobody is confirmed under it.
    pub fn must_know_codes(&self, act: &Act) -> Result<(), Refusal> {
        let is_known = |code: &OrganisationId| self.get::<Organisation>(code).is_some_and(Organisation::is_confirmed);
        let unknown: Vec<_> = act.irregular_codes().filter(|code| !is_known(code)).collect();
        if unknown.is_empty() {
            return Ok(());
        }
        let mut faults = Vec::new();
        each_text(&act.to_value(), &mut |at, text| {
            let named = unknown.iter().find(|code| code.as_str() == text);
            if let Some(irregularity) = named.and_then(|code| code.irregularity()) {
                faults.push(FieldFault::new(at, irregularity.into()));
            }
        });
        Err(Refusal::fields(faults))
    }
}
