//! Ctrl-C and SIGTERM: the first asks for an orderly end, the second ends at once.

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use crate::exit::Exit;
use crate::failure::Failure;

/// Tells whoever listens that the command should end.
#[derive(Debug, Clone)]
pub(crate) struct Stop(watch::Sender<bool>);

impl Stop {
    /// A stop that nothing triggers but [`Stop::now`].
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(false))
    }

    /// A stop that the first signal triggers; the second ends the process at once.
    pub(crate) fn on_signals() -> Result<Self, Failure> {
        let stop = Self::new();
        let triggered = stop.clone();
        let mut signals = Signals::listen()?;
        tokio::spawn(async move {
            signals.next().await;
            triggered.now();
            signals.next().await;
            std::process::exit(i32::from(Exit::Interrupted.code()));
        });
        Ok(stop)
    }

    /// Asks everybody to end.
    pub(crate) fn now(&self) {
        self.0.send_replace(true);
    }

    /// Whether the end has been asked for.
    pub(crate) fn is_asked(&self) -> bool {
        *self.0.borrow()
    }

    /// Completes once the end is asked for.
    pub(crate) fn asked(&self) -> impl Future<Output = ()> + Send + 'static + use<> {
        let mut asked = self.0.subscribe();
        async move {
            // The sender is gone only when the whole command is.
            let _ = asked.wait_for(|asked| *asked).await;
        }
    }
}

struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn listen() -> Result<Self, Failure> {
        let on = |kind| signal(kind).map_err(|error| Failure::failed(format!("can't listen for signals: {error}"), ""));
        Ok(Self { interrupt: on(SignalKind::interrupt())?, terminate: on(SignalKind::terminate())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
