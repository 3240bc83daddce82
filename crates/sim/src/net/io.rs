//! A connection whose bytes wait at gates: of the process that reads or writes, and of the way that they come.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::gate::Gate;

/// A connection as one end has it.
#[derive(Debug)]
pub(crate) struct GatedIo<Io> {
    io: Io,
    /// The process's.
    process: Gate,
    /// The way from the other end.
    way: Gate,
}

impl<Io> GatedIo<Io> {
    pub(crate) fn new(io: Io, process: Gate, way: Gate) -> Self {
        Self { io, process, way }
    }
}

impl<Io: AsyncRead + Unpin> AsyncRead for GatedIo<Io> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        ready!(self.process.poll_open(cx));
        ready!(self.way.poll_open(cx));
        Pin::new(&mut self.io).poll_read(cx, buf)
    }
}

impl<Io: AsyncWrite + Unpin> AsyncWrite for GatedIo<Io> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        ready!(self.process.poll_open(cx));
        Pin::new(&mut self.io).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.process.poll_open(cx));
        match Pin::new(&mut self.io).poll_shutdown(cx) {
            // turmoil's word for a connection that the other end has reset.
            Poll::Ready(Err(error)) if error.kind() == io::ErrorKind::BrokenPipe => Poll::Ready(Ok(())),
            other => other,
        }
    }
}
