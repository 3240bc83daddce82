//! What runs on a host: the launcher that starts and ends agents, the shim that keeps each of them, and the reference HO, PO
//! and IO; and beside it the reference M0 and C0.

pub mod bridge;
pub mod delivery;
mod drivers;
pub mod fixed;
pub mod launcher;
pub mod orchestrators;
pub mod shim;
mod spending;

pub use drivers::Drivers;
