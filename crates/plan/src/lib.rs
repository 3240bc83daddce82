//! plan.yaml: the file in which people say what is to be done, and in which GO notes what became of it.
//!
//! [`Plan::parse`] names every mistake of a file in one run, with its place. [`edit::write_back`] changes `status`, `result` and
//! `sprint` of tickets and no other byte. [`PlanFile`] is the thin shell that reads, exchanges and watches the file.
//! [`reconcile`] decides what the Bus lacks of the plan and what the plan lacks of the Bus.
//!
//! Only `file` touches the disk; everything else is a function from text and values to values.

pub mod edit;
pub mod reconcile;

mod diagnostic;
mod duration;
mod file;
mod graph;
mod mermaid;
mod model;
mod naming;
mod position;
mod read;
mod schema;
mod table;
mod yaml;

pub use diagnostic::Diagnostic;
pub use file::{FileError, PlanFile, Updated, Watch};
pub use go_bus_client::ResultLine;
pub use mermaid::mermaid;
pub use model::{Plan, PlannedHost, PlannedProject, PlannedUser, Ticket};
pub use schema::schema;
pub use table::table;
