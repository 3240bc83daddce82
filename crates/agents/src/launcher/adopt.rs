//! What a launcher that starts finds in its host's folder.

use go_bus_api::{AgentId, Tier};
use go_bus_client::World;
use go_rules::mutation::{Mutation, is_on};
use go_runtime::{AgentFolder, AgentRuntime, RuntimeError, Stage};

use super::LauncherConfig;
use super::local::{Keeper, Local, LocalState, LocalWorkplace};

/// Looks at every folder. Living keepers are adopted, and told where the Bus is now; of the others their files say how far
/// their agents had come.
pub(super) fn look(config: &LauncherConfig, world: &World) -> Result<LocalState, RuntimeError> {
    let host = config.folder();
    let mut local = LocalState { leased_until: host.lease().deadline(), ..LocalState::default() };
    let tasks = host.workplaces().into_iter().map(|record| record.workplace.task);
    local.workplaces = tasks.map(|task| (task, LocalWorkplace::default())).collect();
    if is_on(Mutation::NoAdoption) {
        return Ok(local);
    }
    for (agent, folder) in host.agents()? {
        let keeper = keeper(config.runtime.as_ref(), &folder, &agent, world);
        let mut mine = Local::new(keeper);
        if keeper != Keeper::Gone(Stage::Reported) && redirect(&folder, &config.bus_url) == Redirected::OutOfReach {
            mine.stopped = stop(config.runtime.as_ref(), &agent, keeper);
        }
        tracing::info!(%agent, ?keeper, "found an agent's folder");
        local.agents.insert(agent, mine);
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

/// What became of an agent whose Bus may listen elsewhere now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Redirected {
    /// Its shim knows where the Bus is, and that is enough.
    Fine,
    /// It is an orchestrator, which speaks to the Bus itself, and to the old address for good.
    OutOfReach,
}

/// Writes the Bus's address into a spec that has another. A spec that can't be read is its keeper's to complain about.
fn redirect(folder: &AgentFolder, bus_url: &str) -> Redirected {
    let Ok(mut spec) = folder.spec() else { return Redirected::Fine };
    if spec.bus_url == bus_url {
        return Redirected::Fine;
    }
    spec.bus_url = bus_url.to_owned();
    if let Err(error) = folder.write_spec(&spec) {
        tracing::warn!(agent = %spec.agent, %error, "its shim can't be told where the Bus is");
    }
    if spec.role.tier() == Tier::Orchestrator { Redirected::OutOfReach } else { Redirected::Fine }
}

/// Stops an orchestrator that is out of reach, so that it is succeeded now and not once its silence is noticed.
fn stop(runtime: &dyn AgentRuntime, agent: &AgentId, keeper: Keeper) -> bool {
    let Keeper::Alive(process) = keeper else { return false };
    let told = runtime.stop(process);
    told.inspect_err(|error| tracing::warn!(%agent, %error, "it can't be told to end")).is_ok()
}
