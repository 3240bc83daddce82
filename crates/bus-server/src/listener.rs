//! The port through which connections come.

use std::future::Future;
use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};

/// Where a Bus's connections come from: TCP, or what a simulation has in its place.
///
/// *Flow*: the Bus accepts one connection after the other for as long as it serves. *Guarantees*: `accept` may be dropped before it
/// completes and called again; no connection is lost by that. *Errors*: those that are one client's alone
/// (`ConnectionAborted`, `ConnectionReset`, `ConnectionRefused`) are passed over; after any other the Bus pauses and tries again.
/// *Crash semantics*: none; with the listener its address is free.
pub trait Listener: Send + 'static {
    /// A connection: an ordered stream of bytes both ways.
    type Io: AsyncRead + AsyncWrite + Unpin + Send + 'static;

    /// The next connection.
    fn accept(&mut self) -> impl Future<Output = io::Result<Self::Io>> + Send;

    /// Where it listens.
    fn local_addr(&self) -> io::Result<SocketAddr>;
}

impl Listener for TcpListener {
    type Io = TcpStream;

    async fn accept(&mut self) -> io::Result<TcpStream> {
        let (tcp, _) = Self::accept(self).await?;
        if let Err(error) = tcp.set_nodelay(true) {
            tracing::debug!(%error, "a connection keeps Nagle's delay");
        }
        Ok(tcp)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Self::local_addr(self)
    }
}
