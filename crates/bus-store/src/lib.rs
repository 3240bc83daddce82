//! The Bus's storage: a command log with the contract's rules above it, and SQLite behind it.
//!
//! A caller hands over [`Command`]s and gets a [`Receipt`] or a [`Reject`] for each, once they are durable. All rules live
//! in Rust, in the modules of `apply`, above the small [`tx::Tx`]; an engine only stores rows.
//!
//! | where | what |
//! |---|---|
//! | `command`, `receipt`, `query`, `port` | what can be asked of a store, and its answers |
//! | `apply` | the contract's rules, one file per group of actions |
//! | `stored`, `tx` | how a resource becomes a row, and what an engine has to offer |
//! | `sqlite` | the engine: one writer with group commit, readers that never wait for it |
//! | `conformance` | what every engine has to pass (feature `conformance`) |

mod apply;
mod command;
mod policy;
mod port;
mod query;
mod receipt;
mod sqlite;
mod stored;
pub mod tx;

#[cfg(any(test, feature = "conformance"))]
#[expect(clippy::expect_used, clippy::panic, reason = "a check's only way to say that a property does not hold")]
pub mod conformance;

pub use command::{Action, Actor, Command, IdempotencyKey, TokenHash};
pub use policy::Policy;
pub use port::{Store, StoreError};
pub use query::{Document, EventFilter, EventLine, Lease, Listing, Principal, Query, QueryAnswer, Token};
pub use receipt::{Outcome, Receipt, Reject};
pub use sqlite::SqliteStore;
