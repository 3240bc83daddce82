//! The port.

use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use go_bus_api::Timestamp;

use crate::Boottime;

/// A timer's future.
pub type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Where time comes from.
///
/// *Guarantees*: `boottime` never goes back and counts suspend; `wall` may jump either way, and is for people only: no
/// deadline is computed from it. `sleep` completes no earlier than asked on the monotonic clock; after a suspend it may be
/// late, so a deadline is checked against `boottime` before acting, not only by a timer.
/// *Crash semantics*: none; a clock has no state of its own.
pub trait Clock: Debug + Send + Sync + 'static {
    /// Time since boot, suspend included.
    fn boottime(&self) -> Boottime;
    /// The wall clock.
    fn wall(&self) -> Timestamp;
    /// Completes after `duration`.
    fn sleep(&self, duration: Duration) -> Sleep;
}
