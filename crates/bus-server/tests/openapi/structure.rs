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
    let field = |of: &str, name: &str, word: &str| schemas[of]["properties"][name][word].clone();
    assert_eq!(field("Acquire", "ttl_ms", "minimum"), 200);
    assert_eq!(field("Acquire", "ttl_ms", "maximum"), 604_800_000, "the store's bound");
    for of in ["NewTask", "TaskPatch"] {
        assert!(field(of, "title", "pattern").as_str().unwrap().contains(r"\s"), "{of}: white space is no title");
        assert_eq!(field(of, "max_attempts", "minimum"), 1, "{of}");
    }
    assert!(field("RoleBinding", "name", "pattern").as_str().unwrap().contains(r"\s"), "nor a role's name");
    let headers: Vec<_> = document["paths"]["/tasks/{id}"]["patch"]["parameters"].as_array().unwrap().iter().collect();
    for header in ["Lease-Epoch", "Idempotency-Key", "If-Match"] {
        assert!(headers.iter().any(|one| one["in"] == "header" && one["name"] == header), "{header}");
    }
}

/// Writes that go by who asks alone: an agent's own reports, the lease and what its holder leaves, a message's acknowledgement
/// by its addressee, the question who may what, a login with a token, accounts and their limits.
const BY_IDENTITY: [&str; 10] = [
    "post /accounts",
    "patch /accounts/{id}",
    "post /agents/000/lease",
    "delete /agents/000/lease",
    "put /agents/000/handoff",
    "post /agents/{id}/heartbeat",
    "post /agents/{id}/exit",
    "post /messages/{id}/ack",
    "post /rbac/check",
    "post /login",
];

#[tokio::test]
async fn every_write_names_the_rights_it_needs_and_every_right_is_needed_somewhere() {
    use go_rules::rbac::Action;
    let document = served().await;
    let mut needed = BTreeSet::new();
    for (name, operation) in operations(&document) {
        let actions: Vec<&str> =
            operation["x-actions"].as_array().into_iter().flatten().map(|action| action.as_str().unwrap()).collect();
        if !name.starts_with("get ") {
            assert_eq!(actions.is_empty(), BY_IDENTITY.contains(&name.as_str()), "{name}: {actions:?}");
        }
        needed.extend(actions.iter().map(|action| (*action).to_owned()));
    }
    let without_a_route = [Action::ConfigChange, Action::SecretsAccess];
    let all = Action::ALL.iter().filter(|action| !without_a_route.contains(action));
    assert_eq!(needed, all.map(|action| action.as_str().to_owned()).collect());
}

#[tokio::test]
async fn what_tells_of_agents_tasks_costs_and_the_audit_log_needs_the_right_to_read_them() {
    let document = served().await;
    let reads = operations(&document).into_iter().filter(|(name, _)| name.starts_with("get "));
    let with_rights: Vec<(String, Value)> = reads
        .filter(|(_, operation)| operation.get("x-actions").is_some())
        .map(|(name, operation)| (name, operation["x-actions"].clone()))
        .collect();
    let expected = [
        ("/agents", json!(["agents.read"])),
        ("/agents/{id}", json!(["agents.read"])),
        ("/agents/{id}/prompt", json!(["agents.read"])),
        ("/audit", json!(["audit.read"])),
        ("/audit/verify", json!(["audit.read"])),
        ("/costs/by-agent", json!(["costs.read"])),
        ("/costs/by-project", json!(["costs.read"])),
        ("/events", json!(["agents.read", "tasks.read"])),
        ("/events/stream", json!(["agents.read", "tasks.read"])),
        ("/io/digest", json!(["tasks.read", "costs.read"])),
        ("/snapshot", json!(["agents.read", "tasks.read"])),
        ("/tasks", json!(["tasks.read"])),
        ("/tasks/{id}", json!(["tasks.read"])),
    ];
    let mut with_rights = with_rights;
    with_rights.sort_by(|one, other| one.0.cmp(&other.0));
    let expected: Vec<(String, Value)> =
        expected.into_iter().map(|(path, actions)| (format!("get {path}"), actions)).collect();
    assert_eq!(with_rights, expected);
}
