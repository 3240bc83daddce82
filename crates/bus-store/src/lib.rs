//! The Bus's storage: a command log with the contract's rules above it, and SQLite behind it.
//!
//! A caller hands over [`Command`]s and gets a [`Receipt`] or a [`Reject`] for each, once they are durable. All rules live
//! in Rust, in the modules of `apply`, above the small [`tx::Tx`]; an engine only stores rows.
//!
//! | where | what |
//! |---|---|
//! | `command`, `receipt`, `query`, `port` | what can be asked of a store, and its answers |
//! | `apply` | the contract's rules, one file per group of actions |
//! | `audit_chain` | how audit entries hang together |
//! | `stored`, `tx` | how a resource becomes a row, and what an engine has to offer |
//! | `sqlite` | the engine: one writer with group commit, readers that never wait for it |
//! | `conformance` | what every engine has to pass (feature `conformance`) |

mod apply;
mod audit_chain;
mod batches;
mod command;
mod policy;
mod port;
mod query;
mod receipt;
mod snapshot;
mod sqlite;
mod stored;
pub mod tx;

#[cfg(any(test, feature = "conformance"))]
#[expect(clippy::expect_used, clippy::panic, reason = "a check's only way to say that a property does not hold")]
pub mod conformance;

pub use batches::{BATCH_SIZES, Batches};
pub use command::{Action, Actor, Command, Denial, IdempotencyKey, TokenHash};
pub use policy::{Policy, Retention};
pub use port::{Store, StoreError};
pub use query::{
    Census, CostAxis, Document, EVENTS_BYTES, EventFilter, EventLine, Lease, Listing, Principal, Query, QueryAnswer,
    Token,
};
pub use receipt::{Outcome, Receipt, Reject};
pub use snapshot::{SNAPSHOT_PAGE, Snapshot};
pub use sqlite::SqliteStore;
