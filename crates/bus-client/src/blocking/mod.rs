//! The client without an async runtime: ureq beneath, pollster around. For shims, which are small and do one thing at a time.
//!
//! ```no_run
//! use go_bus_client::{BusError, Token, blocking};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let client = blocking::client("http://localhost:8088", Token::from_file("shim.token".as_ref())?)?;
//! blocking::block_on(client.ready())?;
//! # Ok(())
//! # }
//! ```

mod clock;
mod transport;

use std::sync::Arc;

use crate::{BusClient, TokenSource, TransportError};

pub use clock::BlockingClock;
pub use pollster::block_on;
pub use transport::BlockingTransport;

/// A client of the Bus at `base` whose futures block the thread that polls them: run them by [`block_on`].
pub fn client(base: &str, tokens: impl Into<TokenSource>) -> Result<BusClient, TransportError> {
    let transport = Arc::new(BlockingTransport::new(base)?);
    Ok(BusClient::new(transport, tokens).with_clock(Arc::new(BlockingClock)))
}

#[cfg(test)]
#[cfg(feature = "reqwest")]
mod tests;
