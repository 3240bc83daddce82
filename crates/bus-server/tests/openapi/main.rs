//! The description of the API and the API: neither has what the other lacks.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test's way to say that a step failed")]

mod goldens;
mod json_schema;
mod structure;
#[path = "../support/mod.rs"]
mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Value, json};
use support::Api;

type Paths = BTreeMap<String, BTreeSet<String>>;

/// The document as it is served.
async fn document(api: &Api) -> Value {
    api.get("/openapi.json").await.expect(200)
}

fn documented(document: &Value) -> Paths {
    let methods = |item: &Value| item.as_object().unwrap().keys().map(|method| method.to_uppercase()).collect();
    document["paths"].as_object().unwrap().iter().map(|(path, item)| (path.clone(), methods(item))).collect()
}

/// Every path that a route of the source takes.
fn routed() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/routes");
    let mut paths = BTreeSet::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let file = file.unwrap().path();
        let source = std::fs::read_to_string(&file).unwrap();
        for other in [".nest(", ".route_service(", ".nest_service(", ".fallback_service("] {
            assert!(!source.contains(other), "{} has {other}, whose paths this test does not see", file.display());
        }
        for rest in source.split(".route(").skip(1) {
            let path = rest.trim_start().strip_prefix('"').expect("a route's path is a literal");
            paths.insert(path.split('"').next().unwrap().to_owned());
        }
    }
    paths
}

#[tokio::test]
async fn every_route_is_described_and_nothing_is_invented() {
    let bus = support::start().await;
    let documented = documented(&document(&bus.api).await);
    let paths: BTreeSet<String> = documented.keys().cloned().collect();
    assert_eq!(paths, routed(), "left: described in operations(); right: routed");
    for (path, methods) in documented {
        let refused = bus.api.send("TRACE", &path.replace("{id}", "x"), b"").await;
        refused.refused(405, "method-not-allowed");
        let allowed = refused.header("allow").unwrap().split(',').map(|method| method.trim().to_owned());
        assert_eq!(methods, allowed.filter(|method| method != "HEAD").collect(), "{path}: described, then allowed");
    }
}

#[tokio::test]
async fn the_document_is_open_to_any_token_and_to_nobody_without() {
    let bus = support::start().await;
    bus.api.nobody().get("/openapi.json").await.refused(401, "unauthorized");
    let answer = bus.api.get("/openapi.json").await;
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.expect(200), document(&bus.api).await, "it is the same each time");
}

#[tokio::test]
async fn what_needs_no_token_says_so_and_nothing_else_does() {
    let bus = support::start().await;
    let document = document(&bus.api).await;
    for (path, methods) in documented(&document) {
        for method in methods {
            let operation = &document["paths"][&path][method.to_lowercase()];
            let answer = bus.api.nobody().send(&method, &path.replace("{id}", "x"), b"").await;
            assert_eq!(operation["security"] == json!([]), answer.status != 401, "{method} {path}");
        }
    }
}
