//! Connections that can't hold the Bus up: cut off where they stall, closed so that the last answer arrives.

use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use go_clock::{Clock, Sleep};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::watch;

use crate::phase::Phase;

/// How long a connection that is being closed goes on taking what the client still sends.
const LINGER: Duration = Duration::from_secs(5);

/// How much of that is read in one go, in bytes.
const SCRAP: usize = 16 * 1024;

/// How far the Bus's end has come.
#[derive(Clone)]
pub(crate) struct Ending {
    /// True once it is to end: nothing new, and no lingering.
    pub(crate) closing: watch::Receiver<bool>,
    /// True once what is still open is cut off.
    pub(crate) cut: watch::Receiver<bool>,
}

/// How long a connection may do nothing that it has to do.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// Taking nothing of what waits for it.
    pub(crate) stall: Duration,
    /// Completing the head of a request that it has begun.
    pub(crate) head: Duration,
}

/// A connection over `Io`, which is TCP but in a simulation.
///
/// *Head*: a client that has begun a request has to complete its head in time, however it spreads the bytes (slow-loris).
/// *Stall*: a client that takes nothing of what waits for it is cut off at once; it resumes by its cursor. *Linger*: where the answer
/// came before the whole request was read (413), closing at once would reset the connection and destroy the answer on its
/// way, so the rest is read and thrown away for a while. *Cut*: at the end of the Bus nothing holds it back.
pub(crate) struct Connection<Io> {
    io: Io,
    clock: Arc<dyn Clock>,
    bounds: Bounds,
    phase: Arc<Phase>,
    in_head: Option<Sleep>,
    stalled: Option<Sleep>,
    /// Whether the client was cut off: then nothing more is done for it.
    given_up: bool,
    lingering: Option<Sleep>,
    closing: Sleep,
    cut: Sleep,
    /// The same, to be looked at without registering for it.
    is_cut: watch::Receiver<bool>,
}

impl<Io: AsyncRead + AsyncWrite + Unpin> Connection<Io> {
    /// A connection within `bounds`, which ends as `ending` says.
    pub(crate) fn new(io: Io, clock: Arc<dyn Clock>, bounds: Bounds, ending: Ending) -> Self {
        let (closing, is_cut, cut) = (turned(ending.closing), ending.cut.clone(), turned(ending.cut));
        let phase = Arc::default();
        Self {
            io,
            clock,
            bounds,
            phase,
            in_head: None,
            stalled: None,
            given_up: false,
            lingering: None,
            closing,
            cut,
            is_cut,
        }
    }

    /// What it waits for: whoever gets its requests says when one has come and when it is answered.
    pub(crate) fn phase(&self) -> Arc<Phase> {
        Arc::clone(&self.phase)
    }

    /// Passes on that nothing has come, or fails where a head is overdue.
    fn await_head(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.phase.is_in_a_head() {
            self.in_head = None;
            return Poll::Pending;
        }
        let (clock, head) = (&self.clock, self.bounds.head);
        let sleep = self.in_head.get_or_insert_with(|| clock.sleep(head));
        ready!(sleep.as_mut().poll(cx));
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the request's head did not come in time")))
    }

    /// Fails once the Bus has ended; where `progress` has to be waited for, that end wakes as well.
    fn check_cut<T>(&mut self, cx: &mut Context<'_>, progress: &Poll<T>) -> io::Result<()> {
        // Looked at first: what has completed must not be polled again.
        let is_cut = !matches!(self.is_cut.has_changed(), Ok(false))
            || progress.is_pending() && self.cut.as_mut().poll(cx).is_ready();
        if is_cut { Err(io::Error::new(io::ErrorKind::ConnectionAborted, "the Bus has ended")) } else { Ok(()) }
    }

    /// Passes a write's progress on, or its stall as an error.
    fn watch<T>(&mut self, cx: &mut Context<'_>, progress: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if progress.is_ready() {
            self.stalled = None;
            return progress;
        }
        let (clock, stall) = (&self.clock, self.bounds.stall);
        let sleep = self.stalled.get_or_insert_with(|| clock.sleep(stall));
        ready!(sleep.as_mut().poll(cx));
        self.given_up = true;
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
            match ready!(Pin::new(&mut self.io).poll_read(cx, &mut scrap)) {
                Ok(()) if !scrap.filled().is_empty() => {}
                Ok(()) | Err(_) => return Poll::Ready(()),
            }
        }
    }
}

/// Completes once `signal` is true, or nobody is left to turn it.
pub(crate) fn turned(mut signal: watch::Receiver<bool>) -> Sleep {
    Box::pin(async move {
        let _ = signal.wait_for(|on| *on).await;
    })
}

impl<Io: AsyncRead + AsyncWrite + Unpin> AsyncRead for Connection<Io> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        let progress = Pin::new(&mut this.io).poll_read(cx, buf);
        this.check_cut(cx, &progress)?;
        match progress {
            Poll::Pending => this.await_head(cx),
            Poll::Ready(read) => {
                if buf.filled().len() > before {
                    this.phase.bytes_came();
                }
                Poll::Ready(read)
            }
        }
    }
}

impl<Io: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Connection<Io> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let progress = Pin::new(&mut this.io).poll_write(cx, buf);
        this.check_cut(cx, &progress)?;
        this.watch(cx, progress)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let progress = Pin::new(&mut this.io).poll_write_vectored(cx, bufs);
        this.check_cut(cx, &progress)?;
        this.watch(cx, progress)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.given_up || this.check_cut(cx, &Poll::<()>::Pending).is_err() {
            return Poll::Ready(Ok(()));
        }
        if this.lingering.is_none() {
            ready!(Pin::new(&mut this.io).poll_shutdown(cx))?;
        }
        this.poll_linger(cx).map(Ok)
    }
}
