//! The governor's decisions (R5, R31): is GO at work, and what is to be done where it is not?
//!
//! Everything here is pure: what was seen, what was tried before and the time come in; what to do comes out. Whoever calls it
//! looks, ends, starts and tells.

pub mod watchdog;
