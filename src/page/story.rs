//! A thing with its records: its view, and what each of its records says.

use super::refusal::Unshown;
use super::visit::{Visit, parsed, tree};
use crate::act::Acts;
use crate::field::OrganisationId;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Records that a page shows beside those of the view; a link leads to all.
const RECORDS_BESIDE: u32 = 450;

/// A record of a stream.
pub(super) struct Entry<A> {
    pub index: u64,
    pub time: String,
    pub kind: String,
    pub author: String,
    /// Whom it names with a code and what it calls them.
    pub named: Vec<(String, String)>,
    /// What it says; absent for a kind that this version does not know.
    pub act: Option<A>,
}

pub(super) struct Story<V, A> {
    pub view: V,
    pub entries: Vec<Entry<A>>,
    /// Where all records are, when these are not all.
    pub more: Option<String>,
}

/// A record as views have it, and the list of records.
#[derive(Deserialize)]
struct Listed {
    index: u64,
    time: String,
    kind: String,
    author: String,
    payload: Value,
}

impl<A: Acts> From<Listed> for Entry<A> {
    fn from(Listed { index, time, kind, author, payload }: Listed) -> Self {
        let act = A::parse(&kind, payload.to_string().as_bytes()).and_then(Result::ok);
        let mut named = Vec::new();
        parties(&payload, &mut named);
        Self { index, time, kind, author, named, act }
    }
}

/// Every party within a value: an object that has an organisation's code and a name.
fn parties(value: &Value, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) => {
            let text = |name: &str| members.get(name).and_then(Value::as_str);
            if let Some((id, name)) =
                text("id").zip(text("name")).filter(|(id, _)| id.parse::<OrganisationId>().is_ok())
            {
                found.push((id.to_owned(), name.to_owned()));
            }
            members.values().for_each(|member| parties(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| parties(item, found)),
        _ => {}
    }
}

impl<V: DeserializeOwned, A: Acts> Story<V, A> {
    /// What the API answers at `path`. A view has its first records; only where there are more is their list asked for.
    pub(super) async fn read(visit: &Visit, path: &str) -> Result<Self, Unshown> {
        let mut answer = tree(&visit.one(path).await?)?;
        let rest = answer.pointer("/more/records").and_then(Value::as_str).map(str::to_owned);
        let version = answer.get("version").and_then(Value::as_u64).unwrap_or_default();
        let first = answer.get_mut("records").map(|records| std::mem::replace(records, Value::Array(Vec::new())));
        let view = parsed(path, answer.to_string().as_bytes())?;
        let mut entries = entries(first)?;
        if let Some(rest) = &rest {
            let mut page = tree(&visit.answer(&format!("{rest}&limit={RECORDS_BESIDE}")).await?)?;
            entries.extend(self::entries(page.get_mut("items").map(Value::take))?);
        }
        let all = rest.filter(|_| version > entries.len() as u64);
        let more = all.map(|rest| rest.split("&after=").next().unwrap_or_default().to_owned());
        Ok(Self { view, entries, more })
    }
}

fn entries<A: Acts>(records: Option<Value>) -> Result<Vec<Entry<A>>, Unshown> {
    let records = Vec::<Listed>::deserialize(records.unwrap_or_default()).map_err(|error| {
        tracing::error!(%error, "a page can't read records");
        Unshown::internal()
    })?;
    Ok(records.into_iter().map(Entry::from).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn parties_are_found_wherever_they_stand_and_nothing_else_is_one() {
        let payload = json!({
            "procuring_unit": { "id": "91410100MA0000015B", "name": "某单位" },
            "lots": [{ "id": "1", "name": "施工" }, { "bidder": { "members": [{ "name": "无代码" }, { "id": "91410105MA9ABCDE2Y", "name": "甲" }] } }],
        });
        let mut found = Vec::new();
        parties(&payload, &mut found);
        let said = |id: &str, name: &str| (id.to_owned(), name.to_owned());
        found.sort();
        assert_eq!(found, [said("91410100MA0000015B", "某单位"), said("91410105MA9ABCDE2Y", "甲")]);
    }
}
