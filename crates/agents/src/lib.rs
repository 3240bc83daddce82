//! What runs on a host: the launcher that starts and ends agents, the shim that keeps each of them, and the reference HO, PO
//! and IO.

pub mod delivery;
mod drivers;
pub mod launcher;
pub mod orchestrators;
pub mod shim;
