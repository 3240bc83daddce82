//! HTTP on the simulated network: the Bus's listener and the clients' transport.

mod dial;
mod io;
mod listener;
mod tampering;
mod transport;

pub(crate) use listener::SimListener;
pub(crate) use tampering::Tampering;
pub(crate) use transport::SimTransport;

/// Where the Bus listens.
const PORT: u16 = 8088;
