//! Which entries somebody wants to hear of.

use super::event::Match;
use crate::field::{self, OrganisationId};
use crate::log::EntryView;
use crate::record::{Header, Jwk, PublicKey, jws};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;

/// What is asked for. Of each kind of condition that is given, one must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Query {
    /// Named anywhere in the record, or its author.
    pub organisations: Vec<OrganisationId>,
    /// Digits with which the region code begins: `41` is Henan, `4101` Zhengzhou. Later acts of a tender are in the
    /// region in which it was disclosed.
    pub regions: Vec<String>,
    /// Record kinds.
    pub kinds: Vec<String>,
    /// Texts in any member of the record, or in the name of its stream.
    pub texts: Vec<String>,
}

/// What earlier entries have told about later ones.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sought {
    /// Thumbprints of the keys that organisations of the query registered.
    keys: BTreeSet<String>,
    /// Streams of tenders in regions of the query.
    tenders: BTreeSet<String>,
}

impl Query {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether an entry is asked for; what it tells about later ones is kept in `sought`.
    pub fn matches(&self, entry: &EntryView<'_>, sought: &mut Sought) -> Option<Match> {
        if self.is_empty() {
            return None;
        }
        let header = jws::header(entry.protected).ok()?;
        let payload: Value = field::parse(&jws::payload(entry.payload).ok()?).ok()?;
        // All are asked, for all may learn something.
        let conditions = [
            self.organisations.is_empty() || self.is_by_or_about(&header, &payload, sought),
            self.regions.is_empty() || self.is_there(&header, &payload, sought),
            self.kinds.is_empty() || self.kinds.contains(&header.typ),
            self.texts.is_empty() || self.texts.iter().any(|text| header.sub.contains(text) || says(&payload, text)),
        ];
        let title = payload.get("title").and_then(Value::as_str).map(str::to_owned);
        conditions.into_iter().all(|holds| holds).then(|| Match {
            index: entry.index,
            entry_time: entry.time,
            kind: header.typ,
            stream: header.sub,
            kid: header.kid.to_string(),
            title,
        })
    }

    fn is_by_or_about(&self, header: &Header, payload: &Value, sought: &mut Sought) -> bool {
        let own = |id: &OrganisationId| header.sub.strip_prefix("organisation/") == Some(id.as_str());
        let access = |id: &OrganisationId| header.sub.strip_prefix("access/") == Some(id.as_str());
        let about = self.organisations.iter().any(|id| own(id) || access(id) || names(payload, id.as_str()));
        if self.organisations.iter().any(own) {
            // A key that was registered or added; whether it was ever confirmed, the log itself judges.
            let key = payload.get("key").filter(|key| key.is_object());
            let key = key.and_then(|key| serde_json::from_value::<Jwk>(key.clone()).ok());
            let key = key.and_then(|key| PublicKey::from_jwk(&key).ok());
            sought.keys.extend(key.map(|key| key.key_id().to_string()));
        }
        about || sought.keys.contains(&header.kid.to_string())
    }

    fn is_there(&self, header: &Header, payload: &Value, sought: &mut Sought) -> bool {
        let region = payload.get("region").and_then(Value::as_str);
        let there = region.is_some_and(|region| self.regions.iter().any(|prefix| region.starts_with(prefix)));
        if there && header.sub.starts_with("tender/") {
            sought.tenders.insert(header.sub.clone());
        }
        there || sought.tenders.contains(&header.sub)
    }
}

/// Whether any text of a value is the wanted one.
fn names(value: &Value, wanted: &str) -> bool {
    any_text(value, &|text| text == wanted)
}

/// Whether any text of a value contains the wanted one.
fn says(value: &Value, wanted: &str) -> bool {
    any_text(value, &|text| text.contains(wanted))
}

/// serde_json bounds the depth of what it parses.
fn any_text(value: &Value, is_wanted: &impl Fn(&str) -> bool) -> bool {
    match value {
        Value::String(text) => is_wanted(text),
        Value::Array(values) => values.iter().any(|value| any_text(value, is_wanted)),
        Value::Object(members) => members.values().any(|value| any_text(value, is_wanted)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}
