//! The engine against the conformance suite, and what is SQLite's alone.

use std::sync::Arc;

use super::SqliteStore;
use crate::{Policy, Store, for_each_property};

fn make(policy: Policy) -> Arc<dyn Store> {
    Arc::new(SqliteStore::in_memory(policy).unwrap())
}

macro_rules! one_test_each {
    ($($module:ident :: $name:ident),* $(,)?) => {
        $(mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn holds() {
                crate::conformance::$module::$name(&super::make).await;
            }
        })*
    };
}

for_each_property!(one_test_each);

mod audit;
mod file;
mod inline;
mod kept;
mod plans;
mod rollback;
