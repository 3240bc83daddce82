//! The document as a whole, made once.

use std::sync::LazyLock;

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::operation::Operation;
use super::schemas::{Schemas, bound_integers};
use crate::routes;

const ABOUT: &str = "The Control Bus: the one truth that agents, the Global Orchestrator and people work on. A client ignores \
fields that it does not know. The operator's token may act for an agent that a body names as `actor`. `x-actions` names what \
the asker's role has to be granted, in enforce mode. Every refusal is a \
problem document (RFC 9457); a method that a path does not take is 405, and the Allow header has those it does.";

/// The document as JSON text, from memory.
pub(crate) fn text() -> Bytes {
    static TEXT: LazyLock<Bytes> = LazyLock::new(|| Bytes::from(of(&routes::operations()).to_string()));
    TEXT.clone()
}

/// The document of these operations (OpenAPI 3.1.0).
pub(super) fn of(operations: &[Operation]) -> Value {
    let mut schemas = Schemas::new();
    let mut paths: Map<String, Value> = Map::new();
    for operation in operations {
        let described = operation.describe(&mut schemas);
        let item = paths.entry(operation.path).or_insert_with(|| Value::Object(Map::new()));
        if let Some(methods) = item.as_object_mut() {
            methods.insert(operation.method.as_str().to_lowercase(), described);
        }
    }
    let token =
        json!({ "type": "http", "scheme": "bearer", "description": "The operator's token, an agent's, or a shim's." });
    let mut document = json!({
        "openapi": "3.1.0",
        "info": { "title": "Control Bus", "version": env!("CARGO_PKG_VERSION"), "description": ABOUT },
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "security": [{ "token": [] }],
        "paths": paths,
        "components": { "schemas": schemas.into_components(), "securitySchemes": { "token": token } },
    });
    bound_integers(&mut document);
    document
}
