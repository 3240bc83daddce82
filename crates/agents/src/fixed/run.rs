//! M0 or C0 from its start to its end.

use std::sync::Arc;
use std::time::Duration;

use go_bus_client::BusClient;
use go_clock::Clock;
use tokio::sync::mpsc;

use super::enrol::enrol;
use super::hand::Hand;
use super::session::{Ended, session};
use super::{FixedConfig, FixedError};
use crate::orchestrators::{Order, orders};

/// How long it waits before it takes its place anew.
const PAUSE: Duration = Duration::from_secs(1);

/// Works until it is told to end (SIGTERM or SIGINT). `operator` carries the operator's token, by which it gets its own.
///
/// # Errors
/// Where that token is not taken, or the process can't listen for signals. A Bus that is away is waited for.
pub async fn run(config: FixedConfig, operator: BusClient, clock: Arc<dyn Clock>) -> Result<(), FixedError> {
    let orders = orders::of_signals().map_err(FixedError::Signals)?;
    run_under(config, operator, clock, orders).await
}

/// The same under the orders of `orders`; one that ends is an order to end.
///
/// # Errors
/// As for [`run`].
pub async fn run_under(
    config: FixedConfig,
    operator: BusClient,
    clock: Arc<dyn Clock>,
    mut orders: mpsc::Receiver<Order>,
) -> Result<(), FixedError> {
    let mut hand = Hand::default();
    loop {
        let Some(client) = enrol(&config, &operator, &clock, &mut orders).await? else { return Ok(()) };
        if session(&config, &client, &clock, &mut orders, &mut hand).await == Ended::Told {
            return Ok(());
        }
        clock.sleep(PAUSE).await;
    }
}
