//! A network between GO and its Bus that can be broken: a TCP proxy whose connections are cut, or fall silent, for a while.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::bench::BenchError;

/// How the network is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Network {
    /// All is well.
    Up,
    /// Connections are closed, and new ones too.
    Cut,
    /// Nothing gets through, and nobody is told.
    Silent,
}

/// A proxy; its connections end with it.
pub(super) struct Proxy {
    /// Where it listens.
    pub(super) address: SocketAddr,
    line: Arc<Line>,
    acceptor: Option<JoinHandle<()>>,
}

struct Line {
    upstream: SocketAddr,
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    network: Network,
    over: bool,
    open: Vec<TcpStream>,
}

impl Proxy {
    /// A proxy before `upstream`.
    pub(super) fn before(upstream: SocketAddr) -> Result<Self, BenchError> {
        let failed = |e| BenchError::Io("a proxy", e);
        let listener = TcpListener::bind("127.0.0.1:0").map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let state = Mutex::new(State { network: Network::Up, over: false, open: Vec::new() });
        let line = Arc::new(Line { upstream, state, changed: Condvar::new() });
        let accepting = Arc::clone(&line);
        let acceptor = Some(thread::spawn(move || accepting.accept(&listener)));
        Ok(Self { address, line, acceptor })
    }

    /// Changes the network; how many ends of connections that cut.
    pub(super) fn set(&self, network: Network) -> usize {
        let mut state = self.line.state();
        state.network = network;
        let cut = if network == Network::Cut { std::mem::take(&mut state.open) } else { Vec::new() };
        cut.iter().for_each(close);
        self.line.changed.notify_all();
        cut.len()
    }
}

impl Proxy {
    /// Waits until somebody is connected; whether that was so within `limit`.
    pub(super) fn await_client(&self, limit: Duration) -> bool {
        let state = self.line.state();
        let nobody = |state: &mut State| state.open.is_empty();
        let waited = self.line.changed.wait_timeout_while(state, limit, nobody);
        !waited.unwrap_or_else(PoisonError::into_inner).1.timed_out()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.line.state().over = true;
        self.set(Network::Cut);
        // Wakes the acceptor; where that fails it has ended already.
        let _ = TcpStream::connect(self.address);
        let _ = self.acceptor.take().map(JoinHandle::join);
    }
}

impl Line {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn accept(self: Arc<Self>, listener: &TcpListener) {
        for client in listener.incoming().map_while(Result::ok) {
            if self.state().over {
                return;
            }
            // A client that comes while the line is cut is dropped, which closes its connection.
            let _ = self.connect(client);
        }
    }

    /// Connects `client` to the upstream, each way with a thread of its own.
    fn connect(self: &Arc<Self>, client: TcpStream) -> std::io::Result<()> {
        let server = TcpStream::connect(self.upstream)?;
        let mut state = self.state();
        if state.network == Network::Cut {
            return Ok(());
        }
        state.open.extend([client.try_clone()?, server.try_clone()?]);
        drop(state);
        self.changed.notify_all();
        for (from, to) in [(client.try_clone()?, server.try_clone()?), (server, client)] {
            let line = Arc::clone(self);
            thread::spawn(move || line.pump(from, to));
        }
        Ok(())
    }

    fn pump(&self, mut from: TcpStream, mut to: TcpStream) {
        let mut piece = [0; 16 * 1024];
        while let Ok(read @ 1..) = from.read(&mut piece) {
            let mut state = self.state();
            while state.network == Network::Silent {
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            drop(state);
            if to.write_all(piece.get(..read).unwrap_or_default()).is_err() {
                break;
            }
        }
        close(&from);
        close(&to);
    }
}

/// Closes both ways; one that is closed already stays so.
fn close(stream: &TcpStream) {
    let _ = stream.shutdown(Shutdown::Both);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A server that sends back what it gets.
    fn echo() -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            for mut client in listener.incoming().map_while(Result::ok) {
                thread::spawn(move || std::io::copy(&mut client.try_clone().unwrap(), &mut client).map(drop));
            }
        });
        address
    }

    fn said_back(stream: &mut TcpStream) -> bool {
        let mut back = [0; 2];
        stream.write_all(b"hi").is_ok() && stream.read_exact(&mut back).is_ok() && back == *b"hi"
    }

    #[test]
    fn a_cut_ends_what_is_open_and_what_comes_until_the_network_is_up_again() {
        let proxy = Proxy::before(echo()).unwrap();
        let connect = || TcpStream::connect(proxy.address).unwrap();
        let mut first = connect();
        assert!(said_back(&mut first));
        assert_eq!(proxy.set(Network::Cut), 2);
        assert!(!said_back(&mut first));
        assert!(!said_back(&mut connect()));
        proxy.set(Network::Up);
        assert!(!proxy.await_client(Duration::ZERO));
        assert!(said_back(&mut connect()));
        assert!(proxy.await_client(Duration::ZERO));
    }

    #[test]
    fn silence_holds_back_and_loses_nothing() {
        let proxy = Proxy::before(echo()).unwrap();
        let mut stream = TcpStream::connect(proxy.address).unwrap();
        assert!(said_back(&mut stream));
        proxy.set(Network::Silent);
        stream.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
        assert!(!said_back(&mut stream));
        stream.set_read_timeout(None).unwrap();
        proxy.set(Network::Up);
        let mut back = [0; 2];
        stream.read_exact(&mut back).unwrap();
        assert_eq!(back, *b"hi");
    }
}
