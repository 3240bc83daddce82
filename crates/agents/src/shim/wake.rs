//! What wakes a shim: everything comes through one channel.

use std::sync::mpsc::Sender;

use go_runtime::{End, WAKE_SIGNAL, each_end};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use super::ShimError;

/// What woke the shim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wake {
    /// A descendant has ended and was reaped.
    Ended(u32, End),
    /// No descendant is left.
    AllGone,
    /// Somebody ordered the stop of the agent.
    Stop,
    /// The Bus can be reached again.
    BusIsBack,
    /// The agent said something that means something.
    Heard,
    /// There is something new for an orchestrator.
    News,
    /// The alarm went off.
    Alarm,
}

/// Sends [`Wake::Stop`] for each SIGTERM and SIGINT, and [`Wake::BusIsBack`] for each [`WAKE_SIGNAL`]. A terminal that hangs up is
/// no order: SIGHUP is taken and dropped.
pub(super) fn on_signals(wakes: Sender<Wake>) -> Result<(), ShimError> {
    let failed = |doing| move |source| ShimError::System { doing, source };
    let mut signals = Signals::new([SIGTERM, SIGINT, SIGHUP, WAKE_SIGNAL]).map_err(failed("listen to signals"))?;
    let listen = move || {
        for signal in signals.forever().filter(|signal| *signal != SIGHUP) {
            let wake = if signal == WAKE_SIGNAL { Wake::BusIsBack } else { Wake::Stop };
            tracing::debug!(signal, ?wake, "signalled");
            if wakes.send(wake).is_err() {
                return;
            }
        }
    };
    std::thread::Builder::new().name("signals".to_owned()).spawn(listen).map_err(failed("start a thread"))?;
    Ok(())
}

/// Sends [`Wake::Ended`] for each descendant that ends, and [`Wake::AllGone`] after the last.
pub(super) fn on_ends(wakes: Sender<Wake>) -> Result<(), ShimError> {
    // A send fails only when the shim itself is over.
    let watch = move || {
        each_end(|pid, end| {
            let _ = wakes.send(Wake::Ended(pid, end));
        });
        let _ = wakes.send(Wake::AllGone);
    };
    let started = std::thread::Builder::new().name("reaper".to_owned()).spawn(watch);
    started.map(drop).map_err(|source| ShimError::System { doing: "start a thread", source })
}
