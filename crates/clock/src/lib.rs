//! Time as a port: monotonic, boottime and wall clocks, real or simulated.
//!
//! Nobody else in the workspace reads a clock of the operating system; `.clippy.toml` forbids it.

mod boottime;
mod manual;
mod port;
mod system;

pub use boottime::Boottime;
pub use manual::ManualClock;
pub use port::{Clock, Sleep};
pub use system::SystemClock;
