//! Codes of organisations whose check character fails. Nearly all are slips; a registry has issued a few of them so. Those a
//! supervisor confirms, and until then nobody is named by one.

use super::{Act, Stream, World};
use crate::field::{FieldFault, OrganisationId};
use crate::organisation::Organisation;
use crate::problem::Refusal;
use serde_json::Value;

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
        places(&act.to_value(), &mut String::new(), &mut |at, text| {
            let named = unknown.iter().find(|code| code.as_str() == text);
            if let Some(irregularity) = named.and_then(|code| code.irregularity()) {
                faults.push(FieldFault::new(at, irregularity.into()));
            }
        });
        Err(Refusal::fields(faults))
    }
}

/// Every text of a payload with its pointer; no name of a payload's member needs to be escaped in one.
fn places(value: &Value, at: &mut String, see: &mut impl FnMut(&str, &str)) {
    let length = at.len();
    let mut within = |step: &str, value: &Value, see: &mut _| {
        at.push('/');
        at.push_str(step);
        places(value, at, see);
        at.truncate(length);
    };
    match value {
        Value::String(text) => see(at, text),
        Value::Array(items) => items.iter().enumerate().for_each(|(n, item)| within(&n.to_string(), item, see)),
        Value::Object(members) => members.iter().for_each(|(name, member)| within(name, member, see)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
