//! The review regime's least part (R24): what is significant, what a completion hands over, and what its reviewer is told.
//!
//! An HO or PO asks the policy when it judges an exit and when it spawns a reviewer; the Bus enforces freshness and makes the
//! review task. Everything here is pure.

mod brief;
pub mod conformance;
mod policy;
mod seed;

#[cfg(test)]
mod samples;

pub use brief::Brief;
pub use policy::ReviewPolicy;
pub use seed::SeedPolicy;
