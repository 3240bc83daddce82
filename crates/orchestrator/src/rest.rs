//! The rest between GO's last start and its handoff, in which others end what runs.

use tokio::sync::watch;

/// GO's side: it says that it starts nothing any more, and holds the lease until the other side has come to rest.
#[derive(Debug, Clone)]
pub struct Rest {
    quiet: watch::Sender<bool>,
    settled: watch::Receiver<bool>,
}

/// The other side: whoever runs GO and the agents in one process ends the agents in between.
#[derive(Debug)]
pub struct Settling {
    quiet: watch::Receiver<bool>,
    settled: watch::Sender<bool>,
}

impl Rest {
    /// Both sides. Where the other side is dropped, GO waits no longer.
    pub fn pair() -> (Self, Settling) {
        let (quiet, seen) = watch::channel(false);
        let (settled, awaited) = watch::channel(false);
        (Self { quiet, settled: awaited }, Settling { quiet: seen, settled })
    }

    /// Says that nothing is started any more, and completes once the other side has settled.
    pub(crate) async fn take(&self) {
        self.quiet.send_replace(true);
        // A side that is gone has nothing left to settle.
        let _ = self.settled.clone().wait_for(|settled| *settled).await;
    }
}

impl Settling {
    /// Completes once GO starts nothing any more; never where GO ends without a word.
    pub async fn quiet(&mut self) {
        if self.quiet.wait_for(|quiet| *quiet).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Lets GO write what has become of everything, hand over and release the lease.
    pub fn settled(&self) {
        self.settled.send_replace(true);
    }
}
