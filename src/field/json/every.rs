//! Every fault of a text that [`parse`](super::parse) refuses, where that stops at the first one.
//!
//! serde gives up a whole value for one bad member. So the members are read again one by one: the path to one leads through
//! the same types, each of which is shown that member alone. What is missing, and how long lists may be, no reading of one
//! member shows; the types' own JSON Schemas say it.

use super::super::{Fault, FieldFault};
use super::along::{Along, Reached};
use super::outline::{Outline, Parts};
use super::refused::{ParseFailure, Raised, pointer_to};
use super::scan::Scanner;
use super::union::KIND;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Faults that are told at once: whoever has more has sent something else altogether.
const FAULTS_MAX: usize = 32;
/// Members that are read again for one answer: several times what a payload of the usual length has, and a few milliseconds
/// of work for whoever sends junk.
const READINGS_MAX: usize = 2_000;

/// The faults of a text whose first one is known, in the order in which they stand there; missing members behind the others.
pub fn every_fault<T: DeserializeOwned + JsonSchema>(json: &[u8], first: FieldFault) -> Vec<FieldFault> {
    let outline = std::str::from_utf8(json).ok().and_then(|text| Some((text, Outline::of(text)?)));
    let mut found = Vec::new();
    if let Some((text, outline)) = outline {
        let root = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>().to_value();
        let read = |path: &[usize]| read::<T>(text, &outline, path);
        let mut search = Search { text, root: &root, read: &read, readings: 0, found: Vec::new() };
        search.look_at(&outline, &mut Vec::new(), String::new(), &[&root], true);
        found = search.found;
    }
    if !found.iter().any(|fault| fault.pointer == first.pointer) {
        found.insert(0, first);
    }
    found.truncate(FAULTS_MAX);
    found
}

/// What is wrong with one part, read as the member that it is of the whole.
fn read<T: DeserializeOwned>(text: &str, outline: &Outline, path: &[usize]) -> Option<FieldFault> {
    let reached = Reached::default();
    let read = match path {
        [] => T::deserialize(&mut Scanner::new(text)),
        path => T::deserialize(Along::new(text, outline, path, &reached)),
    };
    match read.map_err(|refused: Raised| refused.into()) {
        Err(ParseFailure::Field(fault)) if !reached.well() => Some(fault),
        _ => None,
    }
}

struct Search<'a> {
    text: &'a str,
    /// The schema of the whole.
    root: &'a Value,
    /// [`read`], for the type of the whole.
    read: &'a dyn Fn(&[usize]) -> Option<FieldFault>,
    readings: usize,
    found: Vec<FieldFault>,
}

impl<'a> Search<'a> {
    /// Finds what is wrong with a part and the parts of it. `path` leads to it, `schemas` all apply to it. It is `doubtful`
    /// unless it was read well as a whole.
    fn look_at(
        &mut self,
        part: &'a Outline,
        path: &mut Vec<usize>,
        pointer: String,
        schemas: &[&'a Value],
        doubtful: bool,
    ) {
        if self.found.len() >= FAULTS_MAX {
            return;
        }
        let schemas = self.resolved(schemas, part);
        let refused = if doubtful { self.read(path) } else { None };
        let doubtful = refused.is_some();
        if let Some(fault) = refused {
            let (is_own, is_kind) = (fault.pointer == pointer, fault.pointer == format!("{pointer}/{KIND}"));
            let tells_kind = is_kind && schemas.iter().any(|schema| schema["oneOf"].is_array());
            self.add(fault);
            if is_own || tells_kind {
                return;
            }
        }
        match &part.parts {
            Parts::None => {}
            Parts::Items(items) => {
                self.check_length(items.len(), &pointer, &schemas);
                let of_items: Vec<&Value> = schemas.iter().map(|schema| &schema["items"]).collect();
                for (at, item) in items.iter().enumerate() {
                    path.push(at);
                    self.look_at(item, path, format!("{pointer}/{at}"), &of_items, doubtful);
                    path.pop();
                }
            }
            Parts::Members(members) => {
                for (at, (name, member)) in members.iter().enumerate() {
                    let of_member: Vec<&Value> = schemas.iter().map(|schema| &schema["properties"][name]).collect();
                    path.push(at);
                    self.look_at(member, path, format!("{pointer}{}", pointer_to(name)), &of_member, doubtful);
                    path.pop();
                }
                let required = schemas.iter().filter_map(|schema| schema["required"].as_array()).flatten();
                for name in required.filter_map(Value::as_str) {
                    if !members.iter().any(|(known, _)| known == name) {
                        self.add(FieldFault::new(format!("{pointer}{}", pointer_to(name)), Fault::MissingField));
                    }
                }
            }
        }
    }

    /// A pointer has one fault.
    fn add(&mut self, fault: FieldFault) {
        if !self.found.iter().any(|known| known.pointer == fault.pointer) {
            self.found.push(fault);
        }
    }

    fn check_length(&mut self, length: usize, pointer: &str, schemas: &[&Value]) {
        let limit = |name: &str| schemas.iter().find_map(|schema| schema[name].as_u64()).map(|limit| limit as usize);
        if length == 0 && limit("minItems").is_some_and(|min| min > 0) {
            self.add(FieldFault::new(pointer, Fault::TooFew));
        } else if let Some(max) = limit("maxItems").filter(|max| length > *max) {
            self.add(FieldFault::new(pointer, Fault::TooMany { max }));
        }
    }

    fn read(&mut self, path: &[usize]) -> Option<FieldFault> {
        self.readings += 1;
        if self.readings > READINGS_MAX { None } else { (self.read)(path) }
    }

    /// Everything that the schemas say of a part: what they refer to, and of several kinds the one that it is.
    fn resolved(&self, schemas: &[&'a Value], part: &Outline) -> Vec<&'a Value> {
        let mut all = Vec::new();
        let mut open = schemas.to_vec();
        while let Some(schema) = open.pop() {
            if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
                open.push(&self.root["$defs"][name]);
            }
            for choice in ["allOf", "anyOf"] {
                open.extend(schema[choice].as_array().into_iter().flatten());
            }
            let kinds = schema["oneOf"].as_array().into_iter().flatten();
            let kind = part.member(KIND).and_then(|kind| kind.word(self.text));
            open.extend(kinds.filter(|kinds| kind.is_some() && kinds["properties"][KIND]["const"].as_str() == kind));
            all.push(schema);
        }
        all
    }
}
