//! Agents that follow a script, and the keepers that hold them to the rules.
//!
//! HO, PO and IO are the real ones over a simulated client. A hand does nothing but end, at a time and in a way that seed, task and
//! attempt fix. Keepers stand in for shims: they live in the node of their host's agents, so that they outlive the launcher.

mod deliver;
mod hand;
mod hub;
mod impertinence;
mod keeper;
mod orchestrator;
mod run;
mod runtime;
mod script;

pub(crate) use hub::Hub;
pub(crate) use runtime::SimRuntime;
