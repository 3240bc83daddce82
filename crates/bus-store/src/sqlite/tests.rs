//! The engine against the conformance suite, and what is SQLite's alone.

use std::sync::Arc;

use super::SqliteStore;
use crate::{Policy, Store, conformance};

fn make(policy: Policy) -> Arc<dyn Store> {
    Arc::new(SqliteStore::in_memory(policy).unwrap())
}

#[tokio::test]
async fn passes_the_conformance_suite() {
    conformance::run(&make).await;
}
