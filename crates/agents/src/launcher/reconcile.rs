//! What is missing on a host: the one place where the launcher's choices are made.

use go_bus_api::{Agent, AgentId, AgentState, DriverKind, HostId, Message, MessageId, TaskId, TaskState, Tier};
use go_bus_client::World;
use go_clock::Boottime;
use go_rules::mutation::{Mutation, is_on};
use go_runtime::{ProcessId, Stage};

use super::local::{Keeper, Local, LocalState};

/// How many keepers are started for one agent that never gets to its start.
const MOST_STARTS: u32 = 3;

/// The message that orders a token's rotation (R17): to the launcher, with the agent's id as its subject.
const ROTATION: &str = "rotation";

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LaunchAction {
    /// Something about an agent of this host.
    Do(AgentId, Step),
    /// Give an agent a new token, as this message orders.
    Rotate(AgentId, MessageId),
    /// Remove the working folder of this task, which is over.
    Clear(TaskId),
}

/// One thing to do about an agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Make its folder where that is missing, and start its keeper.
    Start,
    /// Tell the Bus that it is ready.
    Announce,
    /// Tell its keeper to stop it.
    Stop(ProcessId),
    /// It was started and nobody keeps it: end what is left of it, and note an end without a result.
    Bury,
    /// It was never started and never will be: report an ordered stop.
    CallOff,
    /// Report the exit that is in its folder.
    Report,
    /// Remove its folder.
    Remove,
}

/// Everything that has to be done now on `host`. Looks at the whole state, so it does not matter what woke it, or how often.
pub fn reconcile(host: &HostId, world: &World, local: &LocalState, now: Boottime) -> Vec<LaunchAction> {
    let wanted =
        world.agents_on(host).filter(|agent| is_ours(agent)).filter(|agent| !local.agents.contains_key(&agent.id));
    let unknown = wanted.filter_map(|agent| Some(LaunchAction::Do(agent.id.clone(), meet(agent, local, now)?)));
    let known = local.agents.iter().filter_map(|(id, mine)| {
        let step = follow(world.agent(id), mine, local, now).filter(|step| may_begin(*step, mine, now))?;
        Some(LaunchAction::Do(id.clone(), step))
    });
    let orders = local.launcher.iter().flat_map(|me| world.messages_to(me));
    let rotations = orders.filter_map(|message| rotation(message, local));
    unknown.chain(known).chain(rotations).chain(clearances(world, local, now)).collect()
}

/// The working folders of tasks that are over and have nobody in them.
fn clearances(world: &World, local: &LocalState, now: Boottime) -> impl Iterator<Item = LaunchAction> {
    let is_over = |task: &TaskId| world.task_state(task).is_some_and(TaskState::is_final);
    let is_left = |task: &TaskId| world.builders(task).all(|agent| agent.state.is_ended());
    let due =
        local.workplaces.iter().filter(move |(_, place)| !place.busy && place.not_before.is_none_or(|at| at <= now));
    due.map(|(task, _)| task).filter(move |task| is_over(task) && is_left(task)).cloned().map(LaunchAction::Clear)
}

/// Whether a step may begin while another may be under way: a stop always, as it only sends a signal.
fn may_begin(step: Step, mine: &Local, now: Boottime) -> bool {
    (!mine.busy || matches!(step, Step::Stop(_))) && mine.not_before.is_none_or(|at| at <= now)
}

/// Launchers and GO instances run by themselves.
fn is_ours(agent: &Agent) -> bool {
    matches!(agent.role.tier(), Tier::Orchestrator | Tier::Hand)
}

/// What to do about an agent of which there is no folder.
fn meet(agent: &Agent, local: &LocalState, now: Boottime) -> Option<Step> {
    match agent.state {
        AgentState::Requested if local.stopping => Some(Step::CallOff),
        AgentState::Requested => local.may_start(now).then_some(Step::Start),
        // Its folder is lost, or was never made: in any case nobody keeps it here.
        AgentState::Draining | AgentState::Starting | AgentState::Ready | AgentState::Busy | AgentState::Lost => {
            Some(Step::Bury)
        }
        AgentState::Terminated => None,
    }
}

/// What to do about an agent that has a folder, or is about to.
fn follow(agent: Option<&Agent>, mine: &Local, local: &LocalState, now: Boottime) -> Option<Step> {
    match mine.keeper {
        Keeper::Alive(keeper) if !mine.stopped && has_to_stop(agent, local, now) => Some(Step::Stop(keeper)),
        Keeper::Alive(_) => (!mine.announced && agent.is_some_and(needs_announcement)).then_some(Step::Announce),
        Keeper::Gone(Stage::Started) => Some(Step::Bury),
        Keeper::Gone(Stage::Ended) => Some(Step::Report),
        Keeper::Gone(Stage::Reported) => is_over(agent).then_some(Step::Remove),
        Keeper::Gone(Stage::Empty | Stage::Prepared) => match agent.map(|agent| agent.state) {
            None | Some(AgentState::Terminated) => Some(Step::Remove),
            Some(AgentState::Draining) => Some(Step::CallOff),
            Some(_) if local.stopping => Some(Step::CallOff),
            Some(AgentState::Lost) => Some(Step::Bury),
            Some(_) if mine.starts >= MOST_STARTS => Some(Step::Bury),
            Some(_) => local.may_start(now).then_some(Step::Start),
        },
    }
}

/// Whether the Bus wants no more of it. An agent that the World does not show has long ended, or belongs to another Bus.
fn is_over(agent: Option<&Agent>) -> bool {
    agent.is_none_or(|agent| agent.state.is_ended())
}

fn has_to_stop(agent: Option<&Agent>, local: &LocalState, now: Boottime) -> bool {
    let unwanted = match agent {
        None => true,
        Some(agent) => match agent.state {
            AgentState::Draining | AgentState::Terminated => true,
            // A lost orchestrator's token is void and its seat is free. A lost hand may yet bring its result.
            AgentState::Lost => agent.role.tier() == Tier::Orchestrator,
            AgentState::Requested | AgentState::Starting | AgentState::Ready | AgentState::Busy => false,
        },
    };
    let lease_is_over = !local.holds_lease(now) && !is_on(Mutation::HostLeaseUnheeded);
    unwanted || local.stopping || lease_is_over
}

/// The reference orchestrators say themselves that they are ready: only they know when.
fn needs_announcement(agent: &Agent) -> bool {
    let says_so_itself = agent.role.tier() == Tier::Orchestrator && agent.driver == DriverKind::Shell;
    !says_so_itself && matches!(agent.state, AgentState::Requested | AgentState::Starting)
}

fn rotation(message: &Message, local: &LocalState) -> Option<LaunchAction> {
    let is_order = message.kind.as_ref().is_some_and(|kind| kind.as_str() == ROTATION);
    if !is_order || local.rotating.contains(&message.id) {
        return None;
    }
    let agent = AgentId::new(message.subject.as_str().trim()).ok()?;
    Some(LaunchAction::Rotate(agent, message.id.clone()))
}

#[cfg(test)]
mod tests;
