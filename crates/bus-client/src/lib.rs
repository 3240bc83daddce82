//! A typed client of the Control Bus, and a [`World`] that follows its events.
//!
//! Three layers, each usable alone:
//! - [`Transport`] is the port that carries a request; [`HttpTransport`] (feature `reqwest`, on by default) and
//!   `blocking::BlockingTransport` (feature `blocking`) are its adapters. Without either there is no HTTP crate beneath.
//! - [`BusClient`] has a method for each call of the contract, with deadlines, and retries where a repeat is harmless.
//! - [`Feed`] holds a [`World`], made from a snapshot and the events after it, so that nobody polls.

mod answer;
mod call;
mod client;
mod deadline;
mod entropy;
mod error;
#[cfg(test)]
#[cfg(feature = "reqwest")]
mod fake_bus;
mod feed;
mod query;
mod result_line;
mod retry;
mod subscribe;
mod token;
mod transport;
mod world;

#[cfg(feature = "blocking")]
pub mod blocking;
#[cfg(feature = "reqwest")]
mod http_transport;
#[cfg(feature = "sse")]
pub mod sse;

pub use client::{BusClient, SessionStream};
pub use deadline::Deadline;
pub use entropy::{Entropy, SystemEntropy};
pub use error::BusError;
pub use feed::{Change, Changes, Feed, FeedError};
#[cfg(feature = "reqwest")]
pub use http_transport::HttpTransport;
pub use result_line::ResultLine;
pub use retry::RetryPolicy;
pub use subscribe::{SubscribeError, Subscription};
pub use token::{Token, TokenError, TokenSource};
pub use transport::{Frame, Frames, Opened, Request, Response, Sink, Transport, TransportError};
pub use world::{ImprovementRecord, PastTask, Scope, World};
