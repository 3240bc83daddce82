//! The document's own form: what the OpenAPI specification wants of it, and what we want of each operation.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{document, support};

async fn served() -> Value {
    let bus = support::start().await;
    document(&bus.api).await
}

/// Each operation with its method and path.
fn operations(document: &Value) -> Vec<(String, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    paths
        .iter()
        .flat_map(|(path, item)| {
            item.as_object().unwrap().iter().map(move |(method, operation)| (format!("{method} {path}"), operation))
        })
        .collect()
}

fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get("$ref") {
                found.insert(reference.clone());
            }
            members.values().for_each(|member| references(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[tokio::test]
async fn every_reference_resolves_and_every_schema_is_used() {
    let document = served().await;
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let known: BTreeSet<String> = schemas.keys().map(|name| format!("#/components/schemas/{name}")).collect();
    assert_eq!(found, known);
}

#[tokio::test]
async fn operations_have_ids_of_their_own_and_answers_of_either_kind() {
    let document = served().await;
    assert_eq!(document["openapi"], "3.1.0");
    let mut ids = BTreeSet::new();
    for (name, operation) in operations(&document) {
        assert!(ids.insert(operation["operationId"].as_str().unwrap()), "{name}: its id is taken");
        let answers = operation["responses"].as_object().unwrap();
        assert!(answers.keys().any(|status| status.starts_with('2')), "{name} never succeeds");
        for (status, answer) in answers {
            assert!(!answer["description"].as_str().unwrap().is_empty(), "{name} {status}");
            let kinds: Vec<&String> =
                answer["content"].as_object().into_iter().flatten().map(|(kind, _)| kind).collect();
            assert_eq!(!status.starts_with('2'), kinds == ["application/problem+json"], "{name} {status}: {kinds:?}");
        }
    }
}

#[tokio::test]
async fn the_parameters_of_a_path_are_those_of_its_template() {
    let document = served().await;
    for (name, operation) in operations(&document) {
        let parameters = operation["parameters"].as_array().unwrap();
        let in_path: Vec<&Value> = parameters.iter().filter(|one| one["in"] == "path").collect();
        assert_eq!(in_path.len(), usize::from(name.contains("{id}")), "{name}");
        assert!(in_path.iter().all(|one| one["name"] == "id" && one["required"] == true), "{name}");
        let names: BTreeSet<_> = parameters.iter().map(|one| (one["in"].as_str(), one["name"].as_str())).collect();
        assert_eq!(names.len(), parameters.len(), "{name} has a parameter twice");
    }
}

#[tokio::test]
async fn bounds_of_the_types_reach_the_document() {
    let document = served().await;
    let parameters = document["paths"]["/tasks"]["get"]["parameters"].as_array().unwrap();
    let limit = parameters.iter().find(|one| one["name"] == "limit").unwrap();
    assert_eq!(limit["schema"]["minimum"], 1);
    let schemas = &document["components"]["schemas"];
    assert_eq!(schemas["TaskId"]["maxLength"], 128);
    assert_eq!(schemas["Attempt"]["maximum"], u32::MAX);
    assert_eq!(schemas["NewTask"]["required"], json!(["project", "title"]), "what has a default may be left out");
    assert!(
        schemas["Task"]["required"].as_array().unwrap().contains(&json!("assignee")),
        "an answer leaves nothing out"
    );
    let headers: Vec<_> = document["paths"]["/tasks/{id}"]["patch"]["parameters"].as_array().unwrap().iter().collect();
    for header in ["Lease-Epoch", "Idempotency-Key", "If-Match"] {
        assert!(headers.iter().any(|one| one["in"] == "header" && one["name"] == header), "{header}");
    }
}
