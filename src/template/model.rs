//! Model texts that come with the program: for a supervisor to publish as they are, or changed.

use super::Publication;
use crate::field::parse;

/// A text of our own wording. Each side promises in every dimension that it is evaluated in later; what a breach costs is
/// left to the law and the contract, and no side deposits money for its integrity.
#[derive(Debug, Clone, Copy)]
pub struct Model {
    /// Also the template id that it is meant for.
    pub name: &'static str,
    json: &'static str,
}

/// Construction, goods and services under government procurement, annual framework.
pub fn models() -> [Model; 3] {
    [
        Model { name: "construction", json: include_str!("models/construction.json") },
        Model { name: "government-procurement", json: include_str!("models/government-procurement.json") },
        Model { name: "annual-framework", json: include_str!("models/annual-framework.json") },
    ]
}

impl Model {
    /// The payload, ready to be signed.
    pub fn json(&self) -> &'static str {
        self.json
    }

    pub fn publication(&self) -> Publication {
        parse(self.json.as_bytes()).expect("the models are part of the program and covered by a test")
    }
}

#[cfg(test)]
mod tests {
    use super::super::{EnterpriseDimension, UnitDimension};
    use super::*;
    use crate::act::Payload;
    use crate::field::Faults;
    use std::collections::BTreeSet;

    #[test]
    fn every_model_is_valid_and_promises_in_every_dimension() {
        for model in models() {
            let publication = model.publication();
            let mut faults = Faults::default();
            publication.check(&mut faults);
            assert!(faults.into_result().is_ok(), "{}", model.name);
            let unit: BTreeSet<UnitDimension> = publication.unit_clauses.iter().map(|c| c.dimension).collect();
            let enterprise: BTreeSet<EnterpriseDimension> =
                publication.enterprise_clauses.iter().map(|c| c.dimension).collect();
            assert_eq!((unit.len(), enterprise.len()), (6, 7), "{}", model.name);
            assert!(model.json().len() < 45_000, "it fits an entry as base64url");
            assert!(!model.json().contains("廉政保证金"), "no integrity deposit");
        }
    }
}
