//! The orders that reach an orchestrator as signals.

use std::io;

use go_runtime::WAKE_SIGNAL;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

use super::Order;

/// How many orders may wait: one that is told twice is told once.
const WAITING: usize = 4;

/// The orders of this process's signals: SIGTERM and SIGINT end it, [`WAKE_SIGNAL`] wakes it.
pub(crate) fn of_signals() -> io::Result<mpsc::Receiver<Order>> {
    let (tell, orders) = mpsc::channel(WAITING);
    let signals = [
        (SignalKind::terminate(), Order::End),
        (SignalKind::interrupt(), Order::End),
        (SignalKind::from_raw(WAKE_SIGNAL), Order::Wake),
    ];
    for (kind, order) in signals {
        let (mut signal, tell) = (signal(kind)?, tell.clone());
        tokio::spawn(async move { while signal.recv().await.is_some() && tell.send(order).await.is_ok() {} });
    }
    Ok(orders)
}
