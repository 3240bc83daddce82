//! What is under way, and what its end means for the local state.

use std::time::Duration;

use go_bus_api::{Agent, AgentId, MessageId, TaskId};
use go_clock::Boottime;
use go_rules::backoff::Backoff;
use go_runtime::{HostFolder, ProcessId, Stage};
use tokio::task::JoinSet;

use super::Step;
use super::local::{Keeper, Local, LocalState, LocalWorkplace};
use super::spec::Order;
use super::worker::{Failed, Outcome, Worker};

/// The pause before something is tried again that has no agent to keep count for.
const AGAIN: Duration = Duration::from_secs(1);

/// The pause before a working folder that has to stay is looked at again.
const LATER: Duration = Duration::from_secs(3600);

/// Something that is over.
#[derive(Debug)]
pub(super) enum Done {
    /// A step about an agent.
    Step(AgentId, Step, Result<Outcome, Failed>),
    /// A keeper's life.
    KeeperEnded(AgentId, ProcessId),
    /// A token's rotation.
    Rotation(MessageId, Result<(), Failed>),
    /// The removal of a working folder; false where it has to stay.
    Clearance(TaskId, Result<bool, Failed>),
    /// Somebody was told that the disk is full, or could not be.
    Warning,
    /// Work in flight was tried against each other, or could not be.
    Tried,
}

/// The tasks that are under way.
#[derive(Debug, Default)]
pub(super) struct Jobs {
    pub(super) tasks: JoinSet<Done>,
}

impl Jobs {
    /// Begins a step about an agent and notes that it is under way.
    pub(super) fn begin(
        &mut self,
        worker: &Worker,
        local: &mut LocalState,
        agent: AgentId,
        step: Step,
        order: Option<Order>,
    ) {
        let new = || Local::new(Keeper::Gone(Stage::Empty));
        let mine = local.agents.entry(agent.clone()).or_insert_with(new);
        match step {
            // Ordered once; a second order would be taken for impatience.
            Step::Stop(_) => mine.stopped = true,
            _ => mine.busy = true,
        }
        let worker = worker.clone();
        self.tasks.spawn(async move {
            let done = worker.perform(&agent, step, order.as_ref()).await;
            Done::Step(agent, step, done)
        });
    }

    /// Begins a token's rotation and notes that it is under way. One that failed leaves the list a little later, to be begun
    /// again.
    pub(super) fn rotate(&mut self, worker: &Worker, local: &mut LocalState, agent: AgentId, message: MessageId) {
        local.rotating.insert(message.clone());
        let worker = worker.clone();
        self.tasks.spawn(async move {
            let done = worker.rotate(&agent, &message).await;
            if done.is_err() {
                worker.clock.sleep(AGAIN).await;
            }
            Done::Rotation(message, done)
        });
    }

    /// Begins the removal of a working folder and notes that it is under way.
    pub(super) fn clear(&mut self, worker: &Worker, local: &mut LocalState, task: TaskId) {
        local.workplaces.entry(task.clone()).or_default().busy = true;
        let worker = worker.clone();
        self.tasks.spawn(async move {
            let done = worker.clear(&task).await;
            Done::Clearance(task, done)
        });
    }

    /// Watches a keeper to its end.
    pub(super) fn watch(&mut self, worker: &Worker, agent: AgentId, keeper: ProcessId) {
        let worker = worker.clone();
        self.tasks.spawn(async move {
            while let Err(error) = worker.config.runtime.ended(keeper).await {
                tracing::warn!(%agent, %error, "its keeper can't be watched just now");
                worker.clock.sleep(AGAIN).await;
            }
            Done::KeeperEnded(agent, keeper)
        });
    }
}

/// What is to be done after something is over, beyond the local state.
#[derive(Debug, Default)]
pub(super) struct Sequel {
    /// Watch this keeper.
    pub(super) watch: Option<(AgentId, ProcessId)>,
    /// The Bus answered with this.
    pub(super) news: Option<Agent>,
}

/// Takes note of what is over. `looks_up` finds a folder's living keeper.
pub(super) fn note(
    local: &mut LocalState,
    done: Done,
    host: &HostFolder,
    looks_up: impl Fn(&AgentId) -> Option<ProcessId>,
    now: Boottime,
) -> Sequel {
    match done {
        Done::Step(agent, _, Ok(Outcome::Forgotten)) => {
            local.agents.remove(&agent);
            Sequel::default()
        }
        Done::Step(agent, step, result) => match local.agents.get_mut(&agent) {
            Some(mine) => note_step(mine, agent, step, result, now),
            None => Sequel::default(),
        },
        Done::KeeperEnded(agent, keeper) => {
            let Some(mine) = local.agents.get_mut(&agent).filter(|mine| mine.keeper == Keeper::Alive(keeper)) else {
                return Sequel::default();
            };
            // Another shim may have been quicker: then that one is its keeper.
            let other = looks_up(&agent);
            mine.keeper = other.map_or_else(|| Keeper::Gone(host.agent(&agent).stage()), Keeper::Alive);
            mine.stopped = false;
            Sequel { watch: other.map(|other| (agent, other)), news: None }
        }
        Done::Warning | Done::Tried => Sequel::default(),
        Done::Clearance(task, result) => {
            note_clearance(local, task, result, now);
            Sequel::default()
        }
        Done::Rotation(message, result) => {
            if let Err(error) = result {
                tracing::warn!(%message, %error, "a token was not rotated");
                local.rotating.remove(&message);
            }
            Sequel::default()
        }
    }
}

/// What has to stay is looked at again in an hour: its content may be saved or landed by then.
fn note_clearance(local: &mut LocalState, task: TaskId, result: Result<bool, Failed>, now: Boottime) {
    let pause = match result {
        Ok(true) => {
            local.workplaces.remove(&task);
            return;
        }
        Ok(false) => LATER,
        Err(error) => {
            tracing::warn!(%task, %error, "a working folder was not removed");
            LATER
        }
    };
    local.workplaces.insert(task, LocalWorkplace { busy: false, not_before: Some(now + pause) });
}

fn note_step(mine: &mut Local, agent: AgentId, step: Step, result: Result<Outcome, Failed>, now: Boottime) -> Sequel {
    let is_stop = matches!(step, Step::Stop(_));
    mine.busy &= is_stop;
    let outcome = match result {
        Ok(outcome) => outcome,
        Err(error) => {
            mine.stopped &= !is_stop;
            mine.failures = mine.failures.saturating_add(1);
            mine.not_before = Some(now + Backoff::REQUEST.pause(mine.failures, 1.0));
            tracing::warn!(%agent, ?step, %error, failures = mine.failures, "a step failed; it is tried again");
            return Sequel::default();
        }
    };
    (mine.failures, mine.not_before) = (0, None);
    match outcome {
        Outcome::Kept(keeper) => {
            mine.starts = mine.starts.saturating_add(1);
            (mine.keeper, mine.stopped) = (Keeper::Alive(keeper), false);
            Sequel { watch: Some((agent, keeper)), news: None }
        }
        Outcome::Announced(news) => {
            mine.announced = true;
            Sequel { watch: None, news: news.map(|agent| *agent) }
        }
        Outcome::At(stage) => {
            mine.keeper = Keeper::Gone(stage);
            Sequel::default()
        }
        Outcome::StopOrdered | Outcome::Forgotten => Sequel::default(),
    }
}

#[cfg(test)]
mod tests;
