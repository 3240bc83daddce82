//! Each check, with stories that break its invariant and stories that nearly do.

mod lease;
mod log;
mod takeovers;
mod work;
