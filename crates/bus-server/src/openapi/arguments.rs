//! An operation's arguments in one object, as a tool takes them: the path's id, the query string's fields and the body's side by side.

use serde_json::{Map, Value, json};

use super::operation::Operation;
use super::schemas::{Schemas, bound_integers};

impl Operation {
    /// The JSON Schema of its arguments, complete in itself.
    pub(crate) fn arguments(&self) -> Map<String, Value> {
        let mut schemas = Schemas::inline();
        let (mut properties, mut required) = (Map::new(), Vec::new());
        for parameter in self.described_parameters(&mut schemas) {
            let Some((name, schema)) = of_request(&parameter) else { continue };
            if parameter.get("required") == Some(&Value::Bool(true)) {
                required.push(Value::from(name));
            }
            properties.insert(name.to_owned(), schema);
        }
        let body = self.body_schema(&mut schemas).unwrap_or_default();
        if let Some(Value::Object(fields)) = body.get("properties") {
            properties.extend(fields.clone());
        }
        if let Some(Value::Array(names)) = body.get("required") {
            required.extend(names.iter().cloned());
        }
        let mut object = json!({ "type": "object", "properties": properties, "required": required });
        bound_integers(&mut object);
        match object {
            Value::Object(object) => object,
            _ => Map::new(),
        }
    }
}

/// The name and the schema of a parameter that is part of what is asked, not of how: headers are the transport's.
fn of_request(parameter: &Value) -> Option<(&str, Value)> {
    let (name, place) = (parameter.get("name")?.as_str()?, parameter.get("in")?.as_str()?);
    let mut schema = parameter.get("schema").cloned().filter(|_| place != "header")?;
    let what = parameter.get("description").cloned().or_else(|| (place == "path").then(|| "Which one.".into()));
    if let (Some(members), Some(what)) = (schema.as_object_mut(), what) {
        members.insert("description".to_owned(), what);
    }
    Some((name, schema))
}
