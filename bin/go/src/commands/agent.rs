//! `go agent ho|po|io`: a reference orchestrator; the launcher starts it.

use std::sync::Arc;

use go_agents::orchestrators::{self, Identity, OrchestratorConfig};
use go_bus_client::TokenSource;
use go_clock::SystemClock;

use crate::connect;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::fleet::hand_config;
use crate::settings::Settings;
use crate::stewards;
use crate::tokio_runtime;

/// Works until it is told to end.
pub(super) fn run(settings: &Settings) -> Result<Exit, Failure> {
    let started_by = "`go launcher` and `go up` start these by themselves";
    let me = Identity::from_environment().map_err(|error| Failure::usage(error, started_by))?;
    let tokens = TokenSource::file(&me.token_file).map_err(|error| Failure::failed(error, started_by))?;
    tokio_runtime::one_shot(async {
        let steward = stewards::of_an_agent(settings);
        let client = connect::lasting_client(&me.bus_url, tokens)?;
        let config = OrchestratorConfig {
            agent: me.agent,
            heartbeat: settings.agents.heartbeat.duration(),
            hands: hand_config(settings, &steward),
        };
        let ended = orchestrators::run(config, client, Arc::new(SystemClock)).await;
        ended.map(|()| Exit::Done).map_err(|error| Failure::failed(error, "its successor goes on with its tasks"))
    })
}
