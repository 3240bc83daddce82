//! What every engine has to pass. Each property is a function of a store factory; [`run`] runs them all.
//!
//! A check panics where the property does not hold: this is a test library (feature `conformance`).

pub mod smoke;
pub mod world;

use std::sync::Arc;

use crate::{Policy, Store};

/// Makes an empty store with a policy.
pub type MakeStore<'a> = &'a dyn Fn(Policy) -> Arc<dyn Store>;

/// Runs every property.
pub async fn run(make: MakeStore<'_>) {
    smoke::a_ticket_gets_done(make).await;
}
