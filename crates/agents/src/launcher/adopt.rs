//! What a launcher that starts finds in its host's folder.

use go_bus_api::AgentId;
use go_bus_client::World;
use go_runtime::{AgentFolder, AgentRuntime, RuntimeError, Stage};

use super::LauncherConfig;
use super::local::{Keeper, Local, LocalState};

/// Looks at every folder. Living keepers are adopted, and told where the Bus is now; of the others their files say how far
/// their agents had come.
pub(super) fn look(config: &LauncherConfig, world: &World) -> Result<LocalState, RuntimeError> {
    let host = config.folder();
    let mut local = LocalState { leased_until: host.lease().deadline(), ..LocalState::default() };
    for (agent, folder) in host.agents()? {
        let keeper = keeper(config.runtime.as_ref(), &folder, &agent, world);
        if keeper != Keeper::Gone(Stage::Reported) {
            redirect(&folder, &config.bus_url);
        }
        tracing::info!(%agent, ?keeper, "found an agent's folder");
        local.agents.insert(agent, Local::new(keeper));
    }
    Ok(local)
}

fn keeper(runtime: &dyn AgentRuntime, folder: &AgentFolder, agent: &AgentId, world: &World) -> Keeper {
    match runtime.keeper(folder) {
        Some(keeper) => Keeper::Alive(keeper),
        // A Bus that was restored from a copy may have forgotten what it had accepted.
        None => match folder.stage() {
            Stage::Reported if world.agent(agent).is_some_and(|a| !a.state.is_ended()) => Keeper::Gone(Stage::Ended),
            stage => Keeper::Gone(stage),
        },
    }
}

/// Writes the Bus's address into a spec that has another. A spec that can't be read is its keeper's to complain about.
fn redirect(folder: &AgentFolder, bus_url: &str) {
    let Ok(mut spec) = folder.spec() else { return };
    if spec.bus_url != bus_url {
        spec.bus_url = bus_url.to_owned();
        if let Err(error) = folder.write_spec(&spec) {
            tracing::warn!(agent = %spec.agent, %error, "its shim can't be told where the Bus is");
        }
    }
}
