//! The schemas of a document: what requests may hold and what answers do hold, under one name a type.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value};

/// Makes the schema of one type, and files those of the types in it.
pub(super) type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// The schema of a `T`, by its name where it has one.
pub(super) fn schema_of<T: JsonSchema>() -> SchemaOf {
    SchemaGenerator::subschema_for::<T>
}

/// The schema of a `T` with all its fields, whether it has a name or not.
pub(super) fn fields_of<T: JsonSchema>() -> SchemaOf {
    T::json_schema
}

/// The schemas that operations have asked for.
pub(super) struct Schemas {
    /// Of what is sent to the Bus: a field with a default may be left out.
    pub(super) requests: SchemaGenerator,
    /// Of what the Bus answers: it leaves out nothing that it does not say.
    pub(super) answers: SchemaGenerator,
}

impl Schemas {
    /// None yet.
    pub(super) fn new() -> Self {
        Self::with(false)
    }

    /// None, and none to come: each schema holds those of the types in it.
    pub(super) fn inline() -> Self {
        Self::with(true)
    }

    fn with(inline: bool) -> Self {
        let settings = || {
            SchemaSettings::draft2020_12().with(|settings| {
                settings.definitions_path = "/components/schemas".into();
                settings.meta_schema = None;
                settings.inline_subschemas = inline;
            })
        };
        Self {
            requests: settings().for_deserialize().into_generator(),
            answers: settings().for_serialize().into_generator(),
        }
    }

    /// All of them by name. A type that goes both ways keeps the schema of requests, which asks for less.
    pub(super) fn into_components(mut self) -> Map<String, Value> {
        let mut components = self.answers.take_definitions(true);
        components.extend(self.requests.take_definitions(true));
        components
    }
}

/// Gives each unsigned integer below `value` the largest number of its format.
pub(super) fn bound_integers(value: &mut Value) {
    match value {
        Value::Object(members) => {
            let most = match members.get("format").and_then(Value::as_str) {
                Some("uint32") => Some(u64::from(u32::MAX)),
                Some("uint64") => Some(u64::MAX),
                _ => None,
            };
            if let Some(most) = most {
                members.entry("maximum").or_insert_with(|| most.into());
            }
            members.values_mut().for_each(bound_integers);
        }
        Value::Array(items) => items.iter_mut().for_each(bound_integers),
        _ => {}
    }
}
