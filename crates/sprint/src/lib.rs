//! The rhythm of work: sprints that open and close, what can start now, why the rest waits, and what is dispatched next.
//!
//! Everything here is pure: a World and the time come in, sprints, assignments and reasons come out. The cost of a dispatch grows with
//! what is ready in the sprints under way, that of a sprint's beginning with what waits, and neither with what is finished.

mod account;
mod answerer;
mod batch;
mod capacity;
mod carried;
mod closing;
mod collisions;
pub mod conformance;
mod contest;
mod delegation;
mod dispatch;
mod enrolment;
mod estimate;
pub mod improvement;
mod joining;
mod landing;
mod limits;
mod motion;
mod opening;
mod pinned;
mod policy;
mod pool;
mod prerequisites;
mod ranking;
mod readiness;
mod reason;
mod report;
mod rhythm;
mod summary;
mod turns;
mod wake;

#[cfg(test)]
mod promises;
#[cfg(test)]
mod samples;

pub use answerer::{Answerer, answerer};
pub use capacity::Capacity;
pub use closing::closing;
pub use collisions::collisions_in_words;
pub use delegation::{OFFERED, USUAL_DEADLINE, delegation, m0_is_missed, next_deadline, overdue};
pub use dispatch::{Assignment, Dispatched, dispatch};
pub use joining::joiners;
pub use limits::Limits;
pub use opening::opening;
pub use pinned::{moves, next_look, pinned_in_words, stranded};
pub use policy::{DispatchPolicy, SeedDispatch, Share};
pub use ranking::{Planned, Rank, Ranking};
pub use readiness::{Readiness, readiness};
pub use reason::{Outlook, Reason};
pub use report::{DoneTicket, ReviewCounts, ReviewOutcome, SprintReport, TimeSpent};
pub use rhythm::{LONGEST_WINDOW, Rhythm};
pub use summary::Summary;
pub use turns::Turns;
pub use wake::next_wake;
