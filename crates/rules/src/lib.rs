//! The shared pure rules: what both the Bus and GO have to decide, decided once.
//!
//! The Bus enforces these inside the write's transaction; GO plans with them. Nothing here does IO, reads a clock or draws a
//! random number: instants, durations and jitter are arguments.

pub mod accounts;
pub mod alerts;
pub mod backoff;
pub mod builder_end;
pub mod collisions;
pub mod freshness;
pub mod integration;
pub mod lease;
pub mod liveness;
pub mod mutation;
pub mod placement;
pub mod prompt;
pub mod rbac;
pub mod slots;
pub mod tiers;
pub mod uniqueness;
