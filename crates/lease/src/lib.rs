//! The singleton lease (R1–R4): one GO acts at a time, whatever crashes, pauses or is cut off.
//!
//! [`Holder`] decides, purely: when to bid, renew, wait and give up, when to open its session, and until when its holder may believe
//! in itself.
//! [`LeaseKeeper`] performs that through the Bus client and hands out a [`Lease`], from which alone the rest of GO gets a
//! fenced client: without a live lease there is nothing to write with.

mod config;
mod holder;
mod keeper;
mod lease;
mod loss;
mod perform;
mod presence;
mod session;

pub use config::LeaseConfig;
pub use holder::{Action, BidAnswer, End, Holder, Input, ReleaseAnswer, State, Tenure, WaitAnswer};
pub use keeper::{LeaseKeeper, Phase};
pub use lease::Lease;
pub use loss::{LeaseError, Lost};
pub use presence::Returns;
pub use session::{Session, SessionAction, SessionInput};
