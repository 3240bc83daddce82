//! GO itself: observes the Bus, plans purely, acts under its lease.
//!
//! [`plan`] makes every choice from a World, the plan file and the time; acting performs what it says and makes none. So a decision
//! can be replayed, printed ([`why`]) and tested without a Bus. [`run`] is the shell: it registers, follows the events, waits
//! for the lease, and as the leader ticks whenever something happened.

mod accounts;
mod act;
mod action;
mod activation;
mod answer;
mod chronicle;
mod config;
mod decide;
mod delegation;
mod error;
mod finish;
mod follow;
mod handoff;
mod horizon;
mod identity;
mod integration;
mod lead;
mod leader;
mod memory;
mod pinned;
mod plan_desk;
mod plan_view;
mod policy;
mod rest;
mod retries;
mod rotation;
mod run;
mod seats;
mod stewards;
mod takeover;
mod takeovers;
mod wait;
mod why;

#[cfg(test)]
mod samples;

pub use action::{Action, Key};
pub use activation::{Activation, BootstrapFailed};
pub use chronicle::Chronicle;
pub use config::{GoConfig, PlanSource};
pub use decide::plan;
pub use error::GoError;
pub use finish::{Finished, finished};
pub use handoff::{Decision, HandoffDocument, HandoffFile, RunningWork, SprintWindow};
pub use memory::Memory;
pub use plan_view::PlanView;
pub use policy::{MakeDispatch, Policy};
pub use rest::{Rest, Settling};
pub use run::run;
pub use takeovers::{Ending, Takeover, takeovers};
pub use why::{Explanation, why};
