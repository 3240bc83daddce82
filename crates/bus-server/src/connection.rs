//! Connections that can't hold the Bus up: cut off where they stall, closed so that the last answer arrives.

use std::io;
use std::mem::MaybeUninit;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::serve::Listener;
use go_clock::{Clock, Sleep};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// How long a connection that is being closed goes on taking what the client still sends.
const LINGER: Duration = Duration::from_secs(5);

/// How much of that is read in one go, in bytes.
const SCRAP: usize = 16 * 1024;

/// Takes connections and wraps each into a [`Connection`].
pub(crate) struct Doors {
    listener: TcpListener,
    clock: Arc<dyn Clock>,
    stall: Duration,
    ending: Ending,
}

/// How far the Bus's end has come.
#[derive(Clone)]
pub(crate) struct Ending {
    /// True once it is to end: nothing new, and no lingering.
    pub(crate) closing: watch::Receiver<bool>,
    /// True once what is still open is cut off.
    pub(crate) cut: watch::Receiver<bool>,
}

impl Doors {
    /// Connections of `listener` end when one stalls for `stall`, and all of them as `ending` says.
    pub(crate) fn new(listener: TcpListener, clock: Arc<dyn Clock>, stall: Duration, ending: Ending) -> Self {
        Self { listener, clock, stall, ending }
    }
}

impl Listener for Doors {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        let (tcp, address) = Listener::accept(&mut self.listener).await;
        if let Err(error) = tcp.set_nodelay(true) {
            tracing::debug!(%error, "a connection keeps Nagle's delay");
        }
        (Connection::new(tcp, Arc::clone(&self.clock), self.stall, self.ending.clone()), address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// A TCP connection.
///
/// *Stall*: a client that takes nothing of what waits for it is cut off; it resumes by its cursor. *Linger*: where the answer
/// came before the whole request was read (413), closing at once would reset the connection and destroy the answer on its
/// way, so the rest is read and thrown away for a while. *Cut*: at the end of the Bus nothing holds it back.
pub(crate) struct Connection {
    tcp: TcpStream,
    clock: Arc<dyn Clock>,
    stall: Duration,
    stalled: Option<Sleep>,
    lingering: Option<Sleep>,
    closing: Sleep,
    cut: Sleep,
}

impl Connection {
    fn new(tcp: TcpStream, clock: Arc<dyn Clock>, stall: Duration, ending: Ending) -> Self {
        let (closing, cut) = (turned(ending.closing), turned(ending.cut));
        Self { tcp, clock, stall, stalled: None, lingering: None, closing, cut }
    }

    fn check_cut(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        match self.cut.as_mut().poll(cx) {
            Poll::Ready(()) => Err(io::Error::new(io::ErrorKind::ConnectionAborted, "the Bus has ended")),
            Poll::Pending => Ok(()),
        }
    }

    /// Passes a write's progress on, or its stall as an error.
    fn watch<T>(&mut self, cx: &mut Context<'_>, progress: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if progress.is_ready() {
            self.stalled = None;
            return progress;
        }
        let (clock, stall) = (&self.clock, self.stall);
        let sleep = self.stalled.get_or_insert_with(|| clock.sleep(stall));
        ready!(sleep.as_mut().poll(cx));
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the client takes nothing")))
    }

    /// Reads and drops what still comes, until the client has closed or its time is over.
    fn poll_linger(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let clock = &self.clock;
        let sleep = self.lingering.get_or_insert_with(|| clock.sleep(LINGER));
        if sleep.as_mut().poll(cx).is_ready() || self.closing.as_mut().poll(cx).is_ready() {
            return Poll::Ready(());
        }
        loop {
            let mut scrap = [MaybeUninit::uninit(); SCRAP];
            let mut scrap = ReadBuf::uninit(&mut scrap);
            match ready!(Pin::new(&mut self.tcp).poll_read(cx, &mut scrap)) {
                Ok(()) if !scrap.filled().is_empty() => {}
                Ok(()) | Err(_) => return Poll::Ready(()),
            }
        }
    }
}

/// Completes once `signal` is true, or nobody is left to turn it.
fn turned(mut signal: watch::Receiver<bool>) -> Sleep {
    Box::pin(async move {
        let _ = signal.wait_for(|on| *on).await;
    })
}

impl AsyncRead for Connection {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.check_cut(cx)?;
        Pin::new(&mut this.tcp).poll_read(cx, buf)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        this.check_cut(cx)?;
        let progress = Pin::new(&mut this.tcp).poll_write(cx, buf);
        this.watch(cx, progress)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        this.check_cut(cx)?;
        let progress = Pin::new(&mut this.tcp).poll_write_vectored(cx, bufs);
        this.watch(cx, progress)
    }

    fn is_write_vectored(&self) -> bool {
        self.tcp.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().tcp).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.check_cut(cx).is_err() {
            return Poll::Ready(Ok(()));
        }
        if this.lingering.is_none() {
            ready!(Pin::new(&mut this.tcp).poll_shutdown(cx))?;
        }
        this.poll_linger(cx).map(Ok)
    }
}
