//! One connection: follow the Bus, look at everything, do what is missing.

use std::sync::Arc;

use go_bus_api::{Message, Resource};
use go_bus_client::{BusClient, BusError, Feed, FeedError, Scope, SubscribeError};
use go_clock::Clock;
use go_rules::backoff::Backoff;
use tokio::sync::mpsc;

use super::hand::Hand;
use super::{Duty, FixedConfig};
use crate::orchestrators::{Order, pulse};

/// How a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// It was told to end.
    Told,
    /// Its token is void, or its events broke off: it takes its place anew.
    Broken,
}

/// Works until it is told to end, or the Bus does not know it any more.
pub(super) async fn session(
    config: &FixedConfig,
    client: &BusClient,
    clock: &Arc<dyn Clock>,
    orders: &mut mpsc::Receiver<Order>,
    hand: &mut Hand,
) -> Ended {
    let mut feed = match Feed::start_with(client.clone(), Arc::clone(clock), Scope::Assigned).await {
        Ok(feed) => feed,
        Err(error) => return broken(config, &error),
    };
    let beats = pulse::beat(client.clone(), config.agent(), config.heartbeat, Arc::clone(clock));
    tokio::pin!(beats);
    let mut failures = 0_u32;
    loop {
        failures = match look(config, client, &mut feed, clock, hand).await {
            Ok(()) => 0,
            Err(BusError::Unauthorized(_)) => return Ended::Broken,
            Err(error) => {
                tracing::warn!(agent = %config.agent(), %error, "a step failed; it is tried again");
                failures.saturating_add(1)
            }
        };
        let again = async {
            match failures {
                0 => std::future::pending().await,
                n => clock.sleep(Backoff::REQUEST.pause(n, 0.5)).await,
            }
        };
        tokio::select! {
            changes = feed.next() => if let Err(error) = changes { return broken(config, &error) },
            () = again => {}
            () = work(config, hand) => {}
            order = orders.recv() => match order {
                Some(Order::Wake) => feed.reconnect(),
                Some(Order::End) | None => {
                    put_down(config, client, hand).await;
                    return Ended::Told;
                }
            },
            () = &mut beats => {}
        }
    }
}

/// One look at everything: the inbox, and what is delegated.
async fn look(
    config: &FixedConfig,
    client: &BusClient,
    feed: &mut Feed,
    clock: &Arc<dyn Clock>,
    hand: &mut Hand,
) -> Result<(), BusError> {
    let unread: Vec<Message> = feed.world().messages_to(&config.agent()).cloned().collect();
    for message in unread {
        (config.tell)(&message);
        let message = client.acknowledge_message(&message.id).await?;
        feed.apply(Resource::Message(message));
    }
    match &config.duty {
        Duty::M0(mac) => hand.look(mac, client, feed, clock).await,
        Duty::C0 => Ok(()),
    }
}

/// Completes when what M0 runs has ended.
async fn work(config: &FixedConfig, hand: &mut Hand) {
    match &config.duty {
        Duty::M0(mac) => hand.ended(mac).await,
        Duty::C0 => std::future::pending().await,
    }
}

async fn put_down(config: &FixedConfig, client: &BusClient, hand: &mut Hand) {
    if let Duty::M0(mac) = &config.duty {
        hand.put_down(mac, client).await;
    }
}

fn broken(config: &FixedConfig, error: &FeedError) -> Ended {
    let is_void = matches!(
        error,
        FeedError::Snapshot(BusError::Unauthorized(_)) | FeedError::Events(SubscribeError::Unauthorized(_))
    );
    tracing::info!(agent = %config.agent(), %error, is_void, "it takes its place anew");
    Ended::Broken
}
