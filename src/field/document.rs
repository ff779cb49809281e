//! Citations of documents by their content.

use super::{DocumentId, Fault, Line, MediaType};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Deref;

/// A document that was uploaded before (`PUT /v1/documents/{sha256}`), cited by its hash: the record that cites it
/// fixes every byte of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DocumentRef {
    pub sha256: DocumentId,
    /// Bytes.
    pub size: u64,
    /// The word of who cites it, whoever uploaded it.
    pub media_type: MediaType,
    pub title: Line<200>,
}

/// The documents that one field cites: at most 100, none of them twice.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Citations(Vec<DocumentRef>);

impl Citations {
    /// More belong into one document that lists them: an entry has at most 65,535 bytes, and each is fetched by whoever
    /// checks them.
    pub const MAX: usize = 100;

    /// For serde, which skips what is not there.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl TryFrom<Vec<DocumentRef>> for Citations {
    type Error = Fault;

    fn try_from(cited: Vec<DocumentRef>) -> Result<Self, Fault> {
        if cited.len() > Self::MAX {
            return Err(Fault::TooMany { max: Self::MAX });
        }
        let mut seen = BTreeSet::new();
        match cited.iter().find(|document| !seen.insert(document.sha256)) {
            Some(twice) => Err(Fault::Duplicate { id: twice.sha256.to_string() }),
            None => Ok(Self(cited)),
        }
    }
}

impl Deref for Citations {
    type Target = [DocumentRef];

    fn deref(&self) -> &[DocumentRef] {
        &self.0
    }
}

impl<'c> IntoIterator for &'c Citations {
    type Item = &'c DocumentRef;
    type IntoIter = std::slice::Iter<'c, DocumentRef>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<'de> Deserialize<'de> for Citations {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::try_from(Vec::deserialize(deserializer)?).map_err(Fault::into_serde)
    }
}

impl JsonSchema for Citations {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Citations".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let items = generator.subschema_for::<DocumentRef>();
        schemars::json_schema!({ "type": "array", "items": items, "maxItems": Self::MAX })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::Hash;

    fn cited(number: usize) -> DocumentRef {
        let sha256 = Hash::of(number.to_string()).into();
        DocumentRef { sha256, size: 1, media_type: "text/plain".parse().unwrap(), title: "附件".parse().unwrap() }
    }

    #[test]
    fn a_field_cites_no_more_than_it_may_and_nothing_twice() {
        assert_eq!(Citations::try_from((0..100).map(cited).collect::<Vec<_>>()).unwrap().len(), 100);
        let many = Citations::try_from((0..101).map(cited).collect::<Vec<_>>());
        assert_eq!(many, Err(Fault::TooMany { max: 100 }));
        let twice = Citations::try_from(vec![cited(0), cited(1), cited(0)]);
        assert_eq!(twice, Err(Fault::Duplicate { id: cited(0).sha256.to_string() }));
    }
}
