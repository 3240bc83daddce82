//! The review regime: what is significant and what its reviewer is told (R24), and when the integration test runs (R25).
//!
//! An HO or PO asks the policy when it judges an exit and when it spawns a reviewer; the Bus enforces freshness and makes the
//! review task. GO asks [`integration::steps`] in every tick. Everything here is pure.

mod brief;
pub mod conformance;
mod delivery;
mod evidence;
pub mod integration;
mod policy;
mod seed;

#[cfg(test)]
mod samples;

pub use brief::Brief;
pub use delivery::Delivery;
pub use policy::ReviewPolicy;
pub use seed::SeedPolicy;
