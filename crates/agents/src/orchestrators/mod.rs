//! The reference orchestrators: HO, PO and IO as processes of their own that link only what a third party would link.
//!
//! Each is a reconciler: it holds a `World` made from a snapshot and the events after it, looks at all of it when
//! anything changes, and does what is missing. So a successor needs no memory of its predecessor: it finds the tasks
//! that passed to it, their builders and their exits on the Bus, and goes on.

mod arrive;
mod crew;
mod error;
mod hand;
mod identity;
mod interaction;
mod judgement;
mod landing;
mod lookout;
pub(crate) mod orders;
mod outlook;
mod presence;
pub(crate) mod pulse;
mod rotation;
mod run;

pub use crew::{Next, next_step};
pub use error::OrchestratorError;
pub use hand::HandConfig;
pub use identity::{Identity, IdentityError};
pub use interaction::interact;
pub use judgement::{Failed, Judgement, judge};
pub use lookout::follow;
pub use outlook::{Item, Outlook, outlook};
pub(crate) use run::is_settled;
pub use run::{OrchestratorConfig, Order, run, run_under};
