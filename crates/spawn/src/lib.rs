//! Who is to be spawned, on which model, with which prompt: what GO, an HO, a PO or an IO decides before `POST /agents`.
//!
//! GO asks for an [`Orchestrator`] only, so its spawner can't express a worker (R11); HOs, POs and IOs ask for a [`Hand`].
//! Everything here is pure: the World and the time come in, a [`go_bus_api::NewAgent`] comes out, and the caller posts it.
//!
//! ```compile_fail
//! use go_spawn::{Hand, orchestrator_request, Handbook};
//! // GO's request takes an orchestrator; a worker is of another type.
//! orchestrator_request(&Hand::Worker, &go_bus_client::World::default(), &Handbook::default());
//! ```

mod accounts;
pub mod conformance;
mod hand;
mod handbook;
mod hands;
mod models;
mod orchestrator;
mod prompt;
mod prompts;
mod request;
mod rotation;
mod router;
mod seats;
mod succession;
mod vacancies;

#[cfg(test)]
mod samples;

pub use accounts::{AllRest, account_for};
pub use hand::Hand;
pub use handbook::Handbook;
pub use hands::{Desk, NoHand, builder_for, reviewer_for};
pub use models::{Models, Strength};
pub use orchestrator::Orchestrator;
pub use prompt::{
    Briefing, BuiltIn, Identity, Needed, NotNeeded, PromptBuilder, PromptSource, Rotation, RotationSettled, Sections,
    Verification, beside_ticket,
};
pub use prompts::{builder_prompt, orchestrator_prompt, reviewer_prompt};
pub use request::{orchestrator_request, seated_request};
pub use rotation::{HANDOFF_TIME, LEAST_LIFE, RotationStep, next_rotation, rotation_notice, rotations};
pub use router::{ModelRouter, Purpose, SeedRouter};
pub use seats::{SeatDrivers, Seating, seating};
pub use succession::{EARLY, FIXED_FOR, MOST_FAILURES, SeatHistory};
pub use vacancies::{stranded, surplus, vacancies};
