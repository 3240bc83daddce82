//! As much of JSON Schema 2020-12 as the Bus's schemas use, but for patterns and formats.

use serde_json::{Map, Value};

/// Why `value` does not fit `schema`, whose references lead into `document`; `None` where it fits.
pub(crate) fn misfit(document: &Value, schema: &Value, value: &Value) -> Option<String> {
    let Value::Object(schema) = schema else {
        return (*schema == Value::Bool(false)).then(|| "nothing fits".to_owned());
    };
    let fits = |one: &&Value| misfit(document, one, value).is_none();
    for (word, wanted) in schema {
        let listed = || wanted.as_array().unwrap();
        let wrong = match word.as_str() {
            "$ref" => {
                let target = document.pointer(wanted.as_str().unwrap().trim_start_matches('#')).expect("a reference");
                return misfit(document, target, value);
            }
            "allOf" => listed().iter().find_map(|one| misfit(document, one, value)),
            "anyOf" => (!listed().iter().any(|one| fits(&one))).then(|| format!("none of anyOf fits {value}")),
            "oneOf" => (listed().iter().filter(fits).count() != 1).then(|| format!("not one of oneOf fits {value}")),
            "enum" => (!listed().contains(value)).then(|| format!("{value} is not in the enum")),
            "const" => (wanted != value).then(|| format!("{value} is not {wanted}")),
            "type" => (!has_type(wanted, value)).then(|| format!("{value} is no {wanted}")),
            _ => bound(word, wanted, value).or_else(|| within(document, schema, word, wanted, value)),
        };
        if wrong.is_some() {
            return wrong;
        }
    }
    None
}

fn has_type(wanted: &Value, value: &Value) -> bool {
    let is = |name: &Value| match name.as_str().unwrap() {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("no type {other}"),
    };
    wanted.as_array().map_or_else(|| is(wanted), |names| names.iter().any(is))
}

fn bound(word: &str, wanted: &Value, value: &Value) -> Option<String> {
    let (limit, number) = (wanted.as_f64()?, value.as_f64());
    let length = value.as_str().map(|text| text.chars().count() as f64);
    let broken = match word {
        "minimum" => number? < limit,
        "maximum" => number? > limit,
        "minLength" => length? < limit,
        "maxLength" => length? > limit,
        _ => return None,
    };
    broken.then(|| format!("{value} breaks {word} {limit}"))
}

fn within(document: &Value, schema: &Map<String, Value>, word: &str, wanted: &Value, value: &Value) -> Option<String> {
    match (word, value) {
        ("items", Value::Array(items)) => items.iter().find_map(|item| misfit(document, wanted, item)),
        ("required", Value::Object(members)) => {
            let missing = wanted.as_array()?.iter().find(|name| !members.contains_key(name.as_str().unwrap()))?;
            Some(format!("{missing} is missing"))
        }
        ("properties", Value::Object(members)) => wanted.as_object()?.iter().find_map(|(name, schema)| {
            let wrong = misfit(document, schema, members.get(name)?)?;
            Some(format!("{name}: {wrong}"))
        }),
        ("additionalProperties", Value::Object(members)) if !schema.contains_key("patternProperties") => {
            let known =
                |name: &&String| schema.get("properties").is_none_or(|known| known.get(name.as_str()).is_none());
            members.iter().filter(|(name, _)| known(name)).find_map(|(_, member)| misfit(document, wanted, member))
        }
        _ => None,
    }
}
