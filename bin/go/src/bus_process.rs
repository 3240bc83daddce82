//! The Bus inside this process: its store, its server, and the token it made.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use go_bus_client::{BusClient, Token};
use go_bus_server::{Config, ServeError, Server};
use go_bus_store::{Policy, SqliteStore, Store, StoreError};
use go_clock::SystemClock;
use tokio::task::JoinHandle;

use crate::connect::{self, OPERATOR_TOKEN};
use crate::failure::Failure;
use crate::open_files;
use crate::settings::{Database, Listen, Settings};
use crate::signals::Stop;

/// A running Bus.
#[derive(Debug)]
pub(crate) struct BusProcess {
    address: SocketAddr,
    stop: Stop,
    served: JoinHandle<Result<(), Failure>>,
}

impl BusProcess {
    /// Opens the store and listens; the Bus is ready when this returns.
    pub(crate) async fn start(settings: &Settings) -> Result<Self, Failure> {
        let store = open(settings)?;
        let server = Server::bind(config(settings), store, Arc::new(SystemClock)).await.map_err(not_bound)?;
        let address = server.local_addr();
        let stop = Stop::new();
        let running = server.run(stop.asked());
        let served = tokio::spawn(async move {
            running.await.map_err(|error| Failure::caused_by(error, "start it again; what was acknowledged is durable"))
        });
        Ok(Self { address, stop, served })
    }

    /// The URL under which this machine's processes reach it.
    pub(crate) fn url(&self) -> String {
        Listen(self.address).url()
    }

    /// A client with the operator's token.
    pub(crate) fn operator(&self, settings: &Settings) -> Result<BusClient, Failure> {
        let path = settings.data.join(OPERATOR_TOKEN);
        let text = std::fs::read_to_string(&path).map_err(Failure::file("read", &path))?;
        let token =
            Token::new(text).map_err(|error| Failure::caused_by(error, "remove the file; a new token is made"))?;
        connect::lasting_client(&self.url(), token)
    }

    /// Completes when the Bus fails by itself.
    pub(crate) async fn ended(&mut self) -> Failure {
        match (&mut self.served).await {
            Ok(Err(failure)) => failure,
            Ok(Ok(())) | Err(_) => Failure::failed("the Bus ended by itself", "start it again, and report it"),
        }
    }

    /// Ends the Bus: streams and waits at once, what is being written first.
    pub(crate) async fn stop(self) -> Result<(), Failure> {
        self.stop.now();
        // One that has ended by itself has told so.
        if self.served.is_finished() { Ok(()) } else { self.served.await.unwrap_or(Ok(())) }
    }
}

fn open(settings: &Settings) -> Result<Arc<dyn Store>, Failure> {
    let Database::Sqlite(path) = &settings.bus.database else {
        return Err(Failure::usage("PostgreSQL is not supported by this version", "set bus.database to sqlite:PATH"));
    };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(Failure::file("create", folder))?;
    }
    let policy = Policy {
        agents_max: Some(settings.agents_max()),
        review_rounds: settings.review.rounds,
        lease_ttl: settings.lease.ttl(),
        ..Policy::default()
    };
    let store = SqliteStore::open(path, policy).map_err(|error| not_opened(path, &error))?;
    Ok(Arc::new(store))
}

fn not_opened(path: &Path, error: &StoreError) -> Failure {
    let advice = match error {
        StoreError::Newer { .. } => "nothing was changed; use the newer program, or another --data folder",
        StoreError::Damaged(_) => {
            "nothing was changed; put a copy back in its place, or move it away: then a new one is made from the plan"
        }
        StoreError::InUse => "end that one, or choose another file with --database; several Buses never share one file",
        StoreError::Full(_) => "make space on its disk",
        StoreError::ReadOnly(_) | StoreError::Unwritable(_) => {
            "check who owns the file and its folder, and their modes"
        }
        _ => "check bus.database",
    };
    Failure::failed(format!("can't open {}: {error}", path.display()), advice)
}

fn not_bound(error: ServeError) -> Failure {
    let advice = match &error {
        ServeError::Listen { .. } => "choose another address with --listen, or end what listens there",
        ServeError::OperatorToken { .. } => "check what lies there, who owns it and its mode",
        ServeError::EpochMark { .. } => {
            "check what lies there, who owns it and its mode; it holds the last epoch that was granted"
        }
        ServeError::NoToken(_) => "",
        _ => "start it again; what was acknowledged is durable",
    };
    Failure::caused_by(error, advice)
}

fn config(settings: &Settings) -> Config {
    Config {
        agent_heartbeat: settings.agents.heartbeat.duration(),
        token_ttl: settings.tokens.rotate_every.duration(),
        token_overlap: settings.tokens.overlap.duration(),
        session_grace: settings.lease.session_grace,
        rbac: settings.rbac_mode,
        limits: open_files::limits(),
        names: names(&settings.bus.url),
        ..Config::new(settings.bus.listen.0, &settings.data)
    }
}

/// The names under which agents reach it: this machine's, and the one in its URL.
fn names(url: &str) -> Vec<String> {
    let uri = url.parse::<http::Uri>().ok();
    let named = uri.as_ref().and_then(http::Uri::host).map(str::to_owned);
    let machine = std::fs::read_to_string("/proc/sys/kernel/hostname").ok().map(|name| name.trim().to_owned());
    named.into_iter().chain(machine).filter(|name| !name.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_reached_under_the_name_in_its_url() {
        assert!(names("http://bus.example:8088").contains(&"bus.example".to_owned()));
        assert!(names("nonsense of a url").iter().all(|name| !name.contains("nonsense")));
    }
}
