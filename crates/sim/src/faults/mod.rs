//! What goes wrong in a run, and when: a pure generator.

mod draw;
mod fault;
mod random;
mod schedule;

pub use draw::Targets;
pub use fault::Fault;
pub use random::Random;
pub use schedule::{Planned, blips, schedule};
