//! Schemas of OpenAPI 3.0 as those of 3.1, which are JSON Schema.

use serde_json::{Map, Value};

/// Rewrites every schema of the document, wherever it stands.
pub fn modernise(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(modernise),
        Value::Object(members) => {
            unwrap_reference(members);
            plain_number(members);
            forget_default(members);
            members.values_mut().for_each(modernise);
        }
        Value::Number(number) => {
            // poem-openapi keeps limits as fractions.
            if let Some(whole) = number.as_f64().filter(|limit| number.is_f64() && limit.fract() == 0.0) {
                *value = (whole as i64).into();
            }
        }
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

/// In 3.0 nothing may stand beside a reference, so poem-openapi wraps it in `allOf`; many generators make a type of the
/// wrapper, or nothing at all of that of an enum.
fn unwrap_reference(schema: &mut Map<String, Value>) {
    let Some([reference, beside]) = schema.get("allOf").and_then(Value::as_array).map(Vec::as_slice) else { return };
    let (Some(reference), Some(beside)) = (reference.get("$ref").cloned(), beside.as_object().cloned()) else { return };
    schema.shift_remove("allOf");
    schema.extend(beside);
    schema.shift_insert(0, "$ref".to_owned(), reference);
}

/// What has a default may be left out, and a reader fills it in; generators of types take it for what is always there.
fn forget_default(schema: &mut Map<String, Value>) {
    if schema.get("type").is_some_and(Value::is_string) {
        schema.shift_remove("default");
    }
}

/// `uint64` and its like are no formats that OpenAPI knows, and a generator that doesn't either takes the smallest of
/// integers: what has no sign has a minimum instead, and a format that holds all that it may be.
fn plain_number(schema: &mut Map<String, Value>) {
    let format = match schema.get("format").and_then(Value::as_str) {
        Some("uint8" | "uint16") => "int32",
        Some("uint32" | "uint64" | "uint") => "int64",
        _ => return,
    };
    schema.insert("format".to_owned(), format.into());
    schema.entry("minimum").or_insert_with(|| 0.into());
}
