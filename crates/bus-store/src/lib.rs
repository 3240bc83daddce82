//! The Bus's storage: a command log with the contract's rules above it, and SQLite behind it.
//!
//! A caller hands over [`Command`]s and gets a [`Receipt`] or a [`Reject`] for each, once they are durable. All rules live
//! in `rules_of`-style modules under `apply`, in Rust, above the small [`Tx`](tx::Tx); an engine only stores rows.

mod command;
mod port;
mod query;
mod receipt;

pub use command::{Action, Actor, Command, IdempotencyKey, TokenHash};
pub use port::{Store, StoreError};
pub use query::{Document, EventFilter, EventLine, Lease, Listing, Principal, Query, QueryAnswer, Token};
pub use receipt::{Outcome, Receipt, Reject};
