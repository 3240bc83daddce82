//! The watchdog: one look at GO, and what follows from it (R31).
//!
//! | GO's lease | Bus | session or process | what is done |
//! |---|---|---|---|
//! | held | answers | any | nothing: somebody leads, here or elsewhere |
//! | – | any | stopped on purpose | nothing until it is started again |
//! | – | answers, but not to us | any | nothing can be known; said |
//! | free | answers | at work | warned and deferred `defer_checks` times, then ended and started anew |
//! | free | answers | none, or ended | restarted at once |
//! | – | of GO's own process, away | at work | as where the lease is free: it hangs |
//! | – | of GO's own process, away | none, or ended | restarted at once |
//! | – | somewhere else, away | any | nothing: the Bus is down, and GO can't be judged |
//!
//! Each restart is budgeted: a pause that doubles, and a breaker that opens when the budget of an hour is spent.

mod budget;
mod decide;
mod finding;
mod observation;
mod policy;
mod record;
#[cfg(test)]
mod tests;

pub use decide::{Action, Decision, decide};
pub use finding::{Finding, Response};
pub use observation::{Beat, Bus, Intent, Observation, Session};
pub use policy::{BusPlace, Policy};
pub use record::{Breaker, Notice, Record};
