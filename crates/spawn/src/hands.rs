//! What an HO or a PO posts to have a task built or reviewed.

use go_bus_api::{AgentId, DriverKind, NewAgent, Prompt, Task, TaskState};
use go_bus_client::World;
use go_rules::placement::{self, Load};

use crate::{Hand, ModelRouter, PromptSource, Purpose, builder_prompt, reviewer_prompt};

/// What an HO or PO spawns with.
#[derive(Debug, Clone, Copy)]
pub struct Desk<'a> {
    /// What the Bus has.
    pub world: &'a World,
    /// Chooses the models.
    pub router: &'a dyn ModelRouter,
    /// Who spawns.
    pub parent: &'a AgentId,
    /// What runs the agent where its project names nothing.
    pub driver: DriverKind,
    /// What the prompt carries of the stewards', and how it is set.
    pub prompts: &'a dyn PromptSource,
}

/// No host may take the task now: none fits, or those that do are full. The next change of a host or an agent may help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no active host with a free slot may take this task now")]
pub struct NoHost;

/// The spawn of a builder for an assigned task.
pub fn builder_for(task: &Task, desk: &Desk<'_>) -> Result<NewAgent, NoHost> {
    let hand = Hand::for_task(task);
    let prompt = builder_prompt(task, hand, desk.prompts);
    desk.request(task, hand, Purpose::Build { hand, task }, prompt)
}

/// The spawn of a fresh reviewer for the review task of what was `delivered`, with the mission and the checks that the review
/// policy gives.
pub fn reviewer_for(
    review: &Task,
    delivered: &Task,
    mission: &str,
    checks: &[String],
    desk: &Desk<'_>,
) -> Result<NewAgent, NoHost> {
    let prompt = reviewer_prompt(delivered, mission, checks, desk.prompts);
    desk.request(review, Hand::Reviewer, Purpose::Review { delivered }, prompt)
}

impl Desk<'_> {
    fn request(&self, task: &Task, hand: Hand, purpose: Purpose<'_>, prompt: Prompt) -> Result<NewAgent, NoHost> {
        let mut open = placement::open(self.world.hosts());
        if let Some(place) = self.world.agent(self.parent).and_then(placement::place_of) {
            open.retain(|host| host.id == *place);
        }
        let host = placement::choose(&open, task, &self.load_beside(task)).ok_or(NoHost)?;
        Ok(NewAgent {
            role: hand.role(),
            host: Some(host.id.clone()),
            project: Some(task.project.clone()),
            user: None,
            parent: Some(self.parent.clone()),
            model: Some(self.router.route(purpose)),
            driver: Some(self.driver_of(task)),
            prompt: Some(prompt),
            task: Some(task.id.clone()),
            attempt: Some(task.attempt),
            replaces: None,
            capabilities: task.capabilities.clone(),
        })
    }

    /// What runs the hand: a shell for what touches a host, whatever builds the project's tickets.
    fn driver_of(&self, task: &Task) -> DriverKind {
        if placement::is_host_work(task.kind) {
            return DriverKind::Shell;
        }
        self.world.project(&task.project).and_then(|project| project.driver).unwrap_or(self.driver)
    }

    /// How full the hosts are, with the slots that other assigned tasks have to get on a host that they name.
    fn load_beside(&self, task: &Task) -> Load {
        let unbuilt = self.world.tasks_in(TaskState::InProgress).filter(|other| {
            other.host.is_some()
                && other.id != task.id
                && placement::awaits_builder(other, self.world.builders(&other.id))
        });
        Load::of(self.world.agents_with_task(), unbuilt)
    }
}

#[cfg(test)]
mod tests;
