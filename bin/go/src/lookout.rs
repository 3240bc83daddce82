//! Watching the Bus for an orchestrator that thinks: the part of its shim that needs a client, and the settings.

use std::sync::Arc;

use go_agents::Drivers;
use go_agents::orchestrators::{self, OrchestratorConfig, Outlook};
use go_agents::shim::Lookout;
use go_bus_client::TokenSource;
use go_clock::{Clock, SystemClock};
use go_runtime::{AgentFolder, AgentSpec};

use crate::connect;
use crate::failure::Failure;
use crate::fleet::hand_config;
use crate::settings::{Flags, Settings, read};
use crate::stewards;
use crate::tokio_runtime;

/// The Bus at the address of a spec.
pub(crate) struct BusLookout;

impl Lookout for BusLookout {
    fn drivers(&self, pairs: &[String]) -> Result<Drivers, String> {
        Ok(settings(pairs)?.drivers.drivers())
    }

    fn follow(&self, spec: &AgentSpec, folder: &AgentFolder, tell: &mut dyn FnMut(Outlook)) -> String {
        let pairs = spec.seat.as_ref().map(|seat| seat.settings.as_slice()).unwrap_or_default();
        let followed = settings(pairs).and_then(|settings| {
            let followed = tokio_runtime::one_shot(follow(&settings, spec, folder, tell));
            followed.map_err(|failure| failure.to_string())
        });
        followed.unwrap_or_else(|why| why)
    }
}

async fn follow(
    settings: &Settings,
    spec: &AgentSpec,
    folder: &AgentFolder,
    tell: &mut dyn FnMut(Outlook),
) -> Result<String, Failure> {
    let next = "its launcher writes it";
    let tokens = TokenSource::file(folder.token_path()).map_err(|error| Failure::caused_by(error, next))?;
    let client = connect::lasting_client(&spec.bus_url, tokens)?;
    let steward = stewards::of_an_agent(settings);
    let config = OrchestratorConfig {
        agent: spec.agent.clone(),
        heartbeat: settings.agents.heartbeat.duration(),
        hands: hand_config(settings, &steward),
    };
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    tokio::select! {
        error = orchestrators::follow(&config, &client, &clock, tell) => Ok(error.to_string()),
        () = stewards::follow(steward) => Ok("the stewards' files can't be followed".to_owned()),
    }
}

/// The settings that these pairs make, each `key=value`.
fn settings(pairs: &[String]) -> Result<Settings, String> {
    let pairs = pairs.iter().filter_map(|pair| pair.split_once('='));
    let keys = pairs.map(|(key, value)| (key.to_owned(), "--set", value.to_owned())).collect();
    let flags = Flags { data: None, keys };
    read(None, &[], &flags).map_err(|faults| faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn an_orchestrator_goes_by_the_drivers_that_its_launcher_goes_by_whatever_their_settings_hold() {
        let text = "drivers:\n  claude: {program: '/opt/my: claude', args: [--effort, 'a, b', '# c']}\n  \
                    command: {run: 'sh -c ''agent \"$1\"'' run {bridge} [--resume {conversation}]'}\n  \
                    codex: {prices: {gpt-5: {input: 1.25, output: 10}}}\n";
        let set = read(Some((Path::new("go.yaml"), text)), &[], &Flags::default()).unwrap();
        let pairs: Vec<String> = set.written_in(&["drivers."]).collect();
        assert_eq!(pairs.len(), 4, "{pairs:?}");
        assert_eq!(settings(&pairs).unwrap().drivers, set.drivers);
        assert!(settings(&["drivers.claude.max_retries=many".to_owned()]).unwrap_err().contains("max_retries"));
    }
}
