//! JSON Schemas as poem-openapi's, so that one API document holds what is signed and what is shown.
//!
//! Payloads and views are described by `schemars`, which knows no HTTP; poem-openapi keeps a registry of its own. All that our
//! types say is known here, and nothing more: a keyword that is new to this file ends the program at its start.

use crate::field::{CommitmentId, Day, DocumentId, Line, Nature, OrganisationId, TemplateId, TenderCode};
use poem_openapi::registry::{MetaDiscriminatorObject, MetaSchema, MetaSchemaRef, Registry};
use schemars::JsonSchema;
use schemars::generate::{SchemaGenerator, SchemaSettings};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// Makes types, each a string in JSON, parameters of paths and queries. A capability does so for its own, in its `api`.
macro_rules! parameters {
    ($($type:ty),* $(,)?) => {$(
        impl poem_openapi::types::Type for $type {
            const IS_REQUIRED: bool = true;
            type RawValueType = Self;
            type RawElementValueType = Self;

            fn name() -> std::borrow::Cow<'static, str> {
                <Self as schemars::JsonSchema>::schema_name()
            }

            fn schema_ref() -> poem_openapi::registry::MetaSchemaRef {
                $crate::http::schema::reference::<Self>()
            }

            fn register(registry: &mut poem_openapi::registry::Registry) {
                $crate::http::schema::register::<Self>(registry);
            }

            fn as_raw_value(&self) -> Option<&Self> {
                Some(self)
            }

            fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
                Box::new(std::iter::once(self))
            }
        }

        impl poem_openapi::types::ParseFromParameter for $type {
            fn parse_from_parameter(text: &str) -> poem_openapi::types::ParseResult<Self> {
                // By our own reader: some of our types can be read by no other. What it says is told in both languages.
                let text = serde_json::Value::from(text).to_string();
                crate::field::parse(text.as_bytes())
                    .map_err(|failure| poem_openapi::types::ParseError::custom(failure.of_plain_value().carried()))
            }
        }
    )*};
}
pub(crate) use parameters;

parameters! { CommitmentId, Day, DocumentId, Line<200>, Nature, OrganisationId, TemplateId, TenderCode }

/// How the document refers to a type.
pub fn reference<T: JsonSchema>() -> MetaSchemaRef {
    if !T::inline_schema() {
        return MetaSchemaRef::Reference(T::schema_name().into_owned());
    }
    convert(generator().subschema_for::<T>().as_value())
}

/// Enters a type, and every type that it is made of, among the document's components.
pub fn register<T: JsonSchema>(registry: &mut Registry) {
    let mut generator = generator();
    generator.subschema_for::<T>();
    for (name, schema) in generator.definitions() {
        enter_component(registry, name, schema, generator.definitions());
    }
}

fn generator() -> SchemaGenerator {
    SchemaSettings::draft2020_12().into_generator()
}

/// A component of the document: an object, an enum of words, or a union told apart by a tag.
fn enter_component(registry: &mut Registry, name: &str, schema: &Value, all: &Map<String, Value>) {
    match schema["oneOf"].as_array() {
        Some(variants) if variants.iter().any(|variant| variant["$ref"].is_string()) => {
            enter_union(registry, name, schema, variants, all);
        }
        Some(words) => enter(registry, name, enum_of(schema, words)),
        None => {
            let mut object = inline(schema);
            object.title = (object.ty == "object").then(|| name.to_owned());
            enter(registry, name, object);
        }
    }
}

/// Enters a component; one that is there already must be the same.
fn enter(registry: &mut Registry, name: &str, schema: MetaSchema) {
    let known = registry.schemas.entry(name.to_owned()).or_insert_with(|| schema.clone());
    assert!(*known == schema, "two types have the name {name} in the API document");
}

/// An enum whose words carry comments is a choice of constants to schemars; words without one come in one group. OpenAPI
/// 3.0 has no place for the comments but the enum's description.
fn enum_of(schema: &Value, words: &[Value]) -> MetaSchema {
    let mut meta = MetaSchema::new("string");
    let mut text = schema["description"].as_str().unwrap_or_default().to_owned();
    for word in words {
        match &word["const"] {
            Value::Null => meta.enum_items.extend(word["enum"].as_array().into_iter().flatten().cloned()),
            constant => meta.enum_items.push(constant.clone()),
        }
        if let (Some(word), Some(comment)) = (word["const"].as_str(), word["description"].as_str()) {
            let gap = if text.contains("\n- ") { "" } else { "\n" };
            text += &format!("{gap}\n- `{word}`: {comment}");
        }
    }
    meta.description = Some(kept(&text));
    meta
}

/// Each variant becomes a component of its own: the tag, and all members of the type that it tags, for not every generator
/// of clients puts two schemas together.
fn enter_union(registry: &mut Registry, name: &str, schema: &Value, variants: &[Value], all: &Map<String, Value>) {
    let mut one_of = Vec::new();
    let mut mapping = Vec::new();
    let mut property_name = "";
    for variant in variants {
        let tagged = component_name(&variant["$ref"]);
        let (tag, word) =
            variant["properties"].as_object().and_then(|tag| tag.iter().next()).expect("a variant has a tag");
        property_name = kept(tag);
        let word = &word["const"];
        let tag =
            MetaSchema { enum_items: vec![word.clone()], example: Some(word.clone()), ..MetaSchema::new("string") };
        let name = format!("{name}_{tagged}");
        let mut whole = inline(&all[tagged]);
        whole.title = Some(name.clone());
        whole.required.insert(0, property_name);
        whole.properties.insert(0, (property_name, MetaSchemaRef::Inline(Box::new(tag))));
        enter(registry, &name, whole);
        mapping.push((word.as_str().unwrap_or_default().to_owned(), format!("#/components/schemas/{name}")));
        one_of.push(MetaSchemaRef::Reference(name));
    }
    let discriminator = Some(MetaDiscriminatorObject { property_name, mapping });
    let union = MetaSchema { description: description(schema), one_of, discriminator, ..MetaSchema::new("object") };
    enter(registry, name, union);
}

/// A schema as it stands in a field or a list.
fn convert(schema: &Value) -> MetaSchemaRef {
    // schemars says of an optional field that it may be null, too. Nothing is (FORMAT.md §10): what is unknown is left out.
    let some = schema["anyOf"].as_array().and_then(|choice| choice.iter().find(|schema| schema["type"] != "null"));
    let target = some.map_or(&schema["$ref"], |some| &some["$ref"]);
    if target.is_null() {
        return MetaSchemaRef::Inline(Box::new(inline(schema)));
    }
    let beside = MetaSchema { description: description(schema), ..MetaSchema::ANY };
    MetaSchemaRef::Reference(component_name(target).to_owned()).merge(beside)
}

fn inline(schema: &Value) -> MetaSchema {
    let mut meta = MetaSchema::ANY;
    for (keyword, value) in schema.as_object().into_iter().flatten() {
        let length = || value.as_u64().and_then(|length| usize::try_from(length).ok());
        match keyword.as_str() {
            "type" => meta.ty = kept(value.as_str().or_else(|| value[0].as_str()).unwrap_or_default()),
            "format" => meta.format = value.as_str().map(kept),
            "pattern" => meta.pattern = value.as_str().map(str::to_owned),
            "description" => meta.description = description(schema),
            "enum" => meta.enum_items = value.as_array().cloned().unwrap_or_default(),
            "minimum" => meta.minimum = value.as_f64(),
            "maximum" => meta.maximum = value.as_f64(),
            "minLength" => meta.min_length = length(),
            "maxLength" => meta.max_length = length(),
            "minItems" => meta.min_items = length(),
            "maxItems" => meta.max_items = length(),
            "items" => meta.items = Some(Box::new(convert(value))),
            "required" => {
                meta.required = value.as_array().into_iter().flatten().filter_map(Value::as_str).map(kept).collect()
            }
            "properties" => meta.properties = properties(value),
            // Views are made of such types, too, and may get members that their readers don't know yet.
            "additionalProperties" => {}
            other => unreachable!("{other} is not known to the API document"),
        }
    }
    meta
}

fn properties(properties: &Value) -> Vec<(&'static str, MetaSchemaRef)> {
    let properties = properties.as_object().into_iter().flatten();
    properties.map(|(name, schema)| (kept(name), convert(schema))).collect()
}

fn description(schema: &Value) -> Option<&'static str> {
    schema["description"].as_str().map(kept)
}

fn component_name(reference: &Value) -> &str {
    reference.as_str().and_then(|path| path.rsplit('/').next()).unwrap_or_default()
}

/// poem-openapi holds texts for ever; each is kept once, however often the document is made.
fn kept(text: &str) -> &'static str {
    static TEXTS: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut texts = TEXTS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = texts.get(text) {
        return known;
    }
    let text: &'static str = Box::leak(text.into());
    texts.insert(text);
    text
}
