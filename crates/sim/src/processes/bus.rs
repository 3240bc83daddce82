//! The Bus.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, PoisonError};

use go_bus_server::{Config, Limits, Server, SessionGrace};
use go_bus_store::{Policy, SqliteStore, Store};
use go_rules::backoff::Backoff;

use crate::Node;
use crate::ground::Ground;
use crate::net::SimListener;
use crate::store::WatchedStore;

/// Serves until something fails; answers what.
pub(super) async fn run(ground: Arc<Ground>) -> String {
    match serve(&ground).await {
        Ok(()) => "it ended".to_owned(),
        Err(error) => error.to_string(),
    }
}

async fn serve(ground: &Arc<Ground>) -> Result<(), Box<dyn std::error::Error>> {
    let folder = ground.folder(Node::Bus);
    let store = SqliteStore::inline(folder.join("bus.db"), policy(ground))?;
    let store: Arc<dyn Store> = Arc::new(WatchedStore::new(store, Arc::clone(ground)));
    let _shown = Shown::new(ground, Arc::clone(&store));
    let listener = SimListener::bind(Arc::clone(ground), Node::Bus).await?;
    let server = Server::over(config(ground), listener, store, Arc::new(ground.clock(Node::Bus))).await?;
    Ok(server.run(std::future::pending()).await?)
}

fn policy(ground: &Ground) -> Policy {
    let usual = Policy::default();
    let Backoff { first, most } = usual.task_backoff;
    let task_backoff = Backoff { first: first / 10, most: most / 10 };
    Policy { agents_max: Some(ground.settings.agents_max), task_backoff, ..usual }
}

fn config(ground: &Ground) -> Config {
    let settings = &ground.settings;
    let address = SocketAddr::new(IpAddr::from([0, 0, 0, 0]), 8088);
    Config {
        agent_heartbeat: settings.agent_heartbeat,
        host_ttl: settings.host_ttl,
        session_grace: SessionGrace::After(settings.session_grace),
        limits: limits(ground),
        ..Config::new(address, ground.folder(Node::Bus))
    }
}

/// The usual ones, those in time divided by ten.
fn limits(ground: &Ground) -> Limits {
    let usual = Limits::default();
    Limits {
        body_time: usual.body_time / 10,
        head: usual.head / 10,
        idle: usual.idle / 10,
        request: usual.request / 10,
        wait: usual.wait / 10,
        keep_alive: ground.settings.keep_alive(),
        stall: usual.stall / 10,
        standby: usual.standby / 10,
        ..usual
    }
}

/// The store is there to be looked at for as long as the process lives.
struct Shown<'a>(&'a Ground);

impl<'a> Shown<'a> {
    fn new(ground: &'a Ground, store: Arc<dyn Store>) -> Self {
        *ground.store.lock().unwrap_or_else(PoisonError::into_inner) = Some(store);
        Self(ground)
    }
}

impl Drop for Shown<'_> {
    fn drop(&mut self) {
        *self.0.store.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}
