//! What can start now, why the rest waits, and what is dispatched next.
//!
//! Everything here is pure: a World and the time come in, assignments and reasons come out. The cost of a dispatch grows with
//! the tasks that wait, never with those that are finished.

mod answerer;
mod capacity;
pub mod conformance;
mod dispatch;
pub mod improvement;
mod limits;
mod policy;
mod prerequisites;
mod ranking;
mod readiness;
mod reason;
mod turns;
mod wake;

#[cfg(test)]
mod samples;

pub use answerer::{Answerer, answerer};
pub use capacity::Capacity;
pub use dispatch::{Assignment, dispatch};
pub use limits::Limits;
pub use policy::{DispatchPolicy, SeedDispatch, Share};
pub use ranking::{Planned, Rank, Ranking};
pub use readiness::{Readiness, readiness};
pub use reason::{Outlook, Reason};
pub use turns::Turns;
pub use wake::next_wake;
