//! Parameters: ids in paths, query strings, and the headers of writes.

use go_bus_api::Epoch;
use schemars::{JsonSchema, json_schema};
use serde_json::{Map, Value, json};

use super::schemas::{SchemaOf, Schemas, fields_of, schema_of};

/// A parameter, or the parameters that a query string's type has for fields.
pub(super) enum Parameter {
    /// The `{id}` of the path.
    Id(SchemaOf),
    /// The fields of a query string's type: those named, all where none is.
    Query(SchemaOf, &'static [&'static str]),
    /// A header.
    Header {
        /// Its name.
        name: &'static str,
        /// What it is for.
        what: &'static str,
        /// What it may be.
        schema: SchemaOf,
    },
}

impl Parameter {
    /// The id of a resource.
    pub(super) fn id<T: JsonSchema>() -> Self {
        Self::Id(schema_of::<T>())
    }

    /// Fields of the query string.
    pub(super) fn query<T: JsonSchema>(only: &'static [&'static str]) -> Self {
        Self::Query(fields_of::<T>(), only)
    }

    /// `Lease-Epoch`.
    pub(super) fn lease_epoch() -> Self {
        let what = "The epoch under which GO writes; nothing is written unless it is the live lease's.";
        Self::Header { name: "Lease-Epoch", what, schema: schema_of::<Epoch>() }
    }

    /// `Idempotency-Key`.
    pub(super) fn idempotency_key() -> Self {
        let what = "A repeat with the same key and body within 24 h is answered as the first was.";
        let schema = |_: &mut _| json_schema!({ "type": "string", "minLength": 1, "maxLength": 255, "pattern": r"^[!-~]([\t -~]*[!-~])?$" });
        Self::Header { name: "Idempotency-Key", what, schema }
    }

    /// `If-Match`.
    pub(super) fn if_match() -> Self {
        let what = "The ETag of the revision that the change is meant for.";
        let schema = |_: &mut _| json_schema!({ "type": "string", "pattern": r#"^(\*|(W/)?"[0-9]{1,19}")$"# });
        Self::Header { name: "If-Match", what, schema }
    }

    /// `Last-Event-ID`.
    pub(super) fn last_event_id() -> Self {
        let what = "The event that was seen last; the stream goes on after it (HTML standard, server-sent events).";
        let schema = |_: &mut _| json_schema!({ "type": "string", "pattern": "^[0-9]{0,19}$" });
        Self::Header { name: "Last-Event-ID", what, schema }
    }

    /// The parameters as OpenAPI's parameter objects.
    pub(super) fn describe(&self, schemas: &mut Schemas) -> Vec<Value> {
        match self {
            Self::Id(schema) => {
                let schema = schema(&mut schemas.requests);
                vec![json!({ "name": "id", "in": "path", "required": true, "schema": schema })]
            }
            Self::Header { name, what, schema } => {
                let schema = schema(&mut schemas.requests);
                vec![json!({ "name": name, "in": "header", "description": what, "schema": schema })]
            }
            Self::Query(fields, only) => of_fields(&fields(&mut schemas.requests).to_value(), only),
        }
    }
}

fn of_fields(fields: &Value, only: &[&str]) -> Vec<Value> {
    let required = |name: &str| {
        let names = fields.get("required").and_then(Value::as_array);
        names.is_some_and(|names| names.iter().any(|known| known == name))
    };
    let properties = fields.get("properties").and_then(Value::as_object).into_iter().flatten();
    let wanted = properties.filter(|(name, _)| only.is_empty() || only.contains(&name.as_str()));
    wanted.map(|(name, schema)| of_field(name, schema, required(name))).collect()
}

fn of_field(name: &str, schema: &Value, required: bool) -> Value {
    let mut schema = schema.as_object().cloned().unwrap_or_default();
    let what = schema.remove("description");
    without_null(&mut schema);
    let mut parameter = json!({ "name": name, "in": "query", "required": required, "schema": schema });
    if let (Some(what), Some(members)) = (what, parameter.as_object_mut()) {
        members.insert("description".to_owned(), what);
    }
    parameter
}

/// A query string can leave a field out, but it has no word for null.
fn without_null(schema: &mut Map<String, Value>) {
    schema.remove("default");
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|of| of != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            schema.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(choices)) = schema.get_mut("anyOf") {
        choices.retain(|choice| choice.get("type").is_none_or(|of| of != "null"));
    }
}
