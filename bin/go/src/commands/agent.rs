//! `go agent ho|po|io|m0|c0`: a reference agent. The launcher starts the orchestrators; M0 and C0 are started where they belong.

use std::sync::Arc;

use go_agents::fixed::{self, Duty, FixedConfig, MacConfig};
use go_agents::orchestrators::{self, Identity, OrchestratorConfig};
use go_bus_api::{Message, Text};
use go_bus_client::TokenSource;
use go_clock::SystemClock;
use go_review::SeedPolicy;

use crate::cli::{Mac, ReferenceRole};
use crate::connect;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::fleet::hand_config;
use crate::lock::Lock;
use crate::render::print;
use crate::settings::Settings;
use crate::stewards;
use crate::tokio_runtime;

/// Works until it is told to end.
pub(super) fn run(role: ReferenceRole, mac: Mac, settings: &Settings) -> Result<Exit, Failure> {
    match role {
        ReferenceRole::Ho | ReferenceRole::Po | ReferenceRole::Io => orchestrate(settings),
        ReferenceRole::M0 => stand(settings, Duty::M0(mac_config(mac, settings)?)),
        ReferenceRole::C0 => stand(settings, Duty::C0),
    }
}

fn orchestrate(settings: &Settings) -> Result<Exit, Failure> {
    let started_by = "`go launcher` and `go up` start these by themselves";
    let me = Identity::from_environment().map_err(|error| Failure::usage(error, started_by))?;
    let tokens = TokenSource::file(&me.token_file).map_err(|error| Failure::caused_by(error, started_by))?;
    tokio_runtime::one_shot(async {
        let steward = stewards::of_an_agent(settings);
        let client = connect::lasting_client(&me.bus_url, tokens)?;
        let config = OrchestratorConfig {
            agent: me.agent,
            heartbeat: settings.agents.heartbeat.duration(),
            hands: hand_config(settings, &steward),
        };
        let ended = tokio::select! {
            ended = orchestrators::run(config, client, Arc::new(SystemClock)) => ended,
            () = stewards::follow(steward) => return Ok(Exit::Done),
        };
        ended.map(|()| Exit::Done).map_err(|error| Failure::caused_by(error, "its successor goes on with its tasks"))
    })
}

/// M0 or C0, until it is told to end. Two of one kind would do the same work, so the second one fails.
fn stand(settings: &Settings, duty: Duty) -> Result<Exit, Failure> {
    let tell = Arc::new(|message: &Message| {
        // A reader that went away misses it; it is on the Bus.
        let _ = print(format_args!("{}\n", line(message)));
    });
    let config = FixedConfig { duty, heartbeat: settings.agents.heartbeat.duration(), tell };
    let _only = Lock::take(&settings.data.join(config.agent().as_str()))?;
    let operator = connect::operator(settings)?;
    let ended = tokio_runtime::one_shot(async { Ok(fixed::run(config, operator, Arc::new(SystemClock)).await) })?;
    ended
        .map(|()| Exit::Done)
        .map_err(|error| Failure::caused_by(error, "look at bus.url, XIO_TOKEN and operator.token in the data folder"))
}

fn mac_config(mac: Mac, settings: &Settings) -> Result<MacConfig, Failure> {
    let offers = mac.offers.iter().map(|name| Text::new(name.trim()));
    let offers = offers.collect::<Result<_, _>>();
    let offers = offers.map_err(|error| Failure::usage(error, "write --offers browser,gpu"))?;
    let (folder, logs) = (mac.folder, settings.data.join("m0"));
    let grace = settings.agents.stop_grace.duration();
    Ok(MacConfig { folder, offers, logs, grace, review: Arc::new(SeedPolicy) })
}

/// A message on one line.
fn line(message: &Message) -> String {
    let from = message.from.as_ref().map_or("operator", |from| from.as_str());
    let kind = message.kind.as_ref().map_or(String::new(), |kind| format!(" {kind}"));
    format!("{}{kind} from {from}: {}", message.sent_at, message.subject)
}
