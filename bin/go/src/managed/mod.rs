//! The managed session (R30): how GO is started in it, what is remembered of that, and how it is looked at and ended.

mod arrival;
mod end;
mod launch;
mod note;
mod session;

pub(crate) use arrival::{Arrival, look_at_lease};
pub(crate) use end::{Ended, end};
pub(crate) use launch::{Launch, plan_of, withheld};
pub(crate) use note::{Note, Wanted};
pub(crate) use session::{Managed, failure as tmux_failure};
