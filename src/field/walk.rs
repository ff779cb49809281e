//! The texts of a payload, wherever they stand.

use serde_json::Value;

/// Shows every text of a payload with its pointer.
pub fn each_text(value: &Value, see: &mut impl FnMut(&str, &str)) {
    within(value, &mut String::new(), see);
}

fn within(value: &Value, at: &mut String, see: &mut impl FnMut(&str, &str)) {
    let length = at.len();
    let mut step = |step: &str, value: &Value, see: &mut _| {
        at.push('/');
        at.push_str(step);
        within(value, at, see);
        at.truncate(length);
    };
    match value {
        Value::String(text) => see(at, text),
        Value::Array(items) => items.iter().enumerate().for_each(|(n, item)| step(&n.to_string(), item, see)),
        // No name of a payload's member needs to be escaped in a pointer.
        Value::Object(members) => members.iter().for_each(|(name, member)| step(name, member, see)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
