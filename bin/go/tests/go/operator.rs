//! The operator's client of a fleet's Bus, for the tests that act on it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use go_bus_api::{Agent, AgentId, Event, Role, Seq};
use go_bus_client::{BusClient, BusError, HttpTransport, Token, World};
use serde_json::Value;

use crate::place::{Place, until};

/// The operator at a Bus.
pub(crate) struct Operator {
    data: PathBuf,
    url: String,
    runtime: tokio::runtime::Runtime,
}

impl Operator {
    /// The operator of the fleet in `place`, whose Bus is at `url`.
    pub(crate) fn at(place: &Place, url: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self { data: place.path().join(".go"), url: url.to_owned(), runtime }
    }

    /// Does `call` as the operator.
    pub(crate) fn with<T, F: Future<Output = Result<T, BusError>>>(&self, call: impl FnOnce(BusClient) -> F) -> T {
        self.by(&self.data.join("operator.token"), call)
    }

    /// Does `call` as an agent, by the token in its folder.
    pub(crate) fn as_agent<T, F>(&self, agent: &AgentId, call: impl FnOnce(BusClient) -> F) -> T
    where
        F: Future<Output = Result<T, BusError>>,
    {
        let token = find(&self.data, agent.as_str()).unwrap().join("token");
        self.by(&token, call)
    }

    fn by<T, F>(&self, token: &Path, call: impl FnOnce(BusClient) -> F) -> T
    where
        F: Future<Output = Result<T, BusError>>,
    {
        let transport = Arc::new(HttpTransport::new(&self.url).unwrap());
        let token = Token::from_file(token).unwrap();
        self.runtime.block_on(call(BusClient::new(transport, token))).unwrap()
    }

    /// Everything on the Bus, as GO sees it.
    pub(crate) fn world(&self) -> World {
        self.with(async |bus| bus.snapshot().await).1
    }

    /// Every event.
    pub(crate) fn events(&self) -> Vec<Event> {
        let (mut events, mut after) = (Vec::new(), Seq(0));
        loop {
            let page = self.with(async |bus| bus.events(after, 1000).await);
            let Some(last) = page.items.last() else { return events };
            after = last.seq;
            events.extend(page.items);
        }
    }

    /// The one that sits there and has said that it is ready.
    pub(crate) fn ready(&self, role: Role) -> Agent {
        until("it is ready", || {
            let world = self.world();
            let mut ready =
                world.agents_of(role).filter(|agent| agent.state.is_running() && agent.last_heartbeat.is_some());
            ready.next().cloned()
        })
    }
}

/// The folder named `name` under `folder`.
fn find(folder: &Path, name: &str) -> Option<PathBuf> {
    let entries = std::fs::read_dir(folder).ok()?;
    let folders = entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| path.is_dir());
    folders.into_iter().find_map(|path| if path.ends_with(name) { Some(path) } else { find(&path, name) })
}

/// JSON as a body.
pub(crate) fn body<T: serde::de::DeserializeOwned>(json: Value) -> T {
    serde_json::from_value(json).unwrap()
}
