//! Which orchestrators are missing, and which are too many (R12).

use std::collections::BTreeSet;
use std::time::Duration;

use go_bus_api::{Agent, AgentState, Host, HostState, ProjectState, Role, TaskState, Timestamp};
use go_bus_client::World;

use crate::Orchestrator;

/// How long whoever is to be started on a host without a launcher waits for one.
const PATIENCE: Duration = Duration::from_secs(10);

/// The orchestrators there have to be: an HO for each active host, a PO for each active project, an IO for each human with an
/// open session.
pub(crate) fn wanted(world: &World) -> BTreeSet<Orchestrator> {
    let hosts = world.hosts().filter(|host| host.state == HostState::Active);
    let projects = world.projects().filter(|project| project.state == ProjectState::Active);
    let hosts = hosts.map(|host| Orchestrator::Ho(host.id.clone()));
    let projects = projects.map(|project| Orchestrator::Po(project.id.clone()));
    let humans = world.open_sessions().map(|session| Orchestrator::Io(session.user.clone()));
    hosts.chain(projects).chain(humans).collect()
}

/// The wanted orchestrators whose seat nobody alive holds: HOs first, then POs, then IOs, each by id.
pub fn vacancies(world: &World) -> Vec<Orchestrator> {
    wanted(world).into_iter().filter(|orchestrator| world.live_in(&orchestrator.seat()).is_none()).collect()
}

/// The live orchestrators that are not wanted any more and have nothing in hand: their host is inactive, their project is
/// paused or done, their human has logged out. One with open tasks stays until they have ended.
pub fn surplus(world: &World) -> Vec<&Agent> {
    let wanted = wanted(world);
    let unwanted = |agent: &&Agent| {
        agent.state.is_live()
            && Orchestrator::of(agent).is_some_and(|who| !wanted.contains(&who))
            && is_idle(world, agent)
    };
    [Role::Ho, Role::Po, Role::Io].into_iter().flat_map(|role| world.agents_of(role)).filter(unwanted).collect()
}

/// The agents that nobody will start, though they hold a seat or a task: their host's lease is over or never began, so no launcher is there
/// to start them, and another host has one. They end, and whoever follows is spawned where a launcher is. An HO waits for its own host.
pub fn stranded(world: &World, now: Timestamp) -> Vec<&Agent> {
    let has_launcher = |host: &Host| host.state == HostState::Active && host.launcher.is_some();
    if !world.hosts().any(has_launcher) {
        return Vec::new();
    }
    let nobody_starts = |agent: &&Agent| {
        let host = agent.host.as_ref().and_then(|host| world.host(host));
        let waited = now.since(agent.spawned_at).max(agent.spawned_at.since(now));
        agent.state == AgentState::Requested
            && host.is_some_and(|host| host.launcher.is_none() && host.boot_id.is_none())
            && waited >= PATIENCE
    };
    let seated = [Role::Po, Role::Io].into_iter().flat_map(|role| world.agents_of(role));
    seated.chain(world.agents_with_task()).filter(nobody_starts).collect()
}

/// Whether nothing that `agent` answers for is under way.
fn is_idle(world: &World, agent: &Agent) -> bool {
    use TaskState::{InProgress, InReview, Waiting};
    !world.tasks_assigned_to(&agent.id).any(|task| matches!(task.state, InProgress | InReview | Waiting))
}

#[cfg(test)]
mod tests;
