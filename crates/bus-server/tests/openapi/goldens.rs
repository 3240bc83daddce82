//! The golden files of the wire and the schemas: what is on the wire is what is described.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};

use super::json_schema::misfit;
use super::{document, support};

/// Goldens of what has no schema of its own in the document: lines of the snapshot, query strings, words, a page's items, what streams
/// carry.
const ELSEWHERE: [&str; 8] =
    ["AuditQuery", "LeaseEvent", "LeaseTick", "ListQuery", "Page", "ProblemKinds", "Resource", "Scalars"];

/// Each golden with the name of its type.
fn goldens() -> Vec<(String, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/wire");
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let json = files.filter(|file| file.extension().is_some_and(|extension| extension == "json"));
    json.map(|file| {
        let words = file.file_stem().unwrap().to_str().unwrap().split('_');
        let name = words.map(|word| word[..1].to_uppercase() + &word[1..]).collect();
        (name, serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap())
    })
    .collect()
}

#[tokio::test]
async fn every_golden_fits_its_schema() {
    let bus = support::start().await;
    let document = document(&bus.api).await;
    let (mut without, mut wrong) = (BTreeSet::new(), Vec::new());
    for (name, golden) in goldens() {
        match document["components"]["schemas"].get(&name) {
            Some(schema) => wrong.extend(misfit(&document, schema, &golden).map(|why| format!("{name}: {why}"))),
            None => drop(without.insert(name)),
        }
    }
    assert_eq!(wrong, [""; 0]);
    assert_eq!(without, BTreeSet::from(ELSEWHERE.map(str::to_owned)), "goldens without a schema");
}

#[tokio::test]
async fn what_is_not_the_type_does_not_fit() {
    let bus = support::start().await;
    let document = document(&bus.api).await;
    let (_, task) = goldens().into_iter().find(|(name, _)| name == "Task").unwrap();
    let spoilt: [(&str, Value); 5] = [
        ("state", json!("nearly")),
        ("title", json!("x".repeat(513))),
        ("attempt", json!(-1)),
        ("labels", json!([7])),
        ("deliverable", json!({"artifacts": []})),
    ];
    for (field, value) in spoilt {
        let mut task = task.clone();
        task[field] = value;
        assert!(misfit(&document, &document["components"]["schemas"]["Task"], &task).is_some(), "{field}");
    }
}
