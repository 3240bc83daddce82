//! What an HO or a PO posts to have a task built or reviewed.

use go_bus_api::{Account, AccountId, AgentId, DriverKind, NewAgent, Prompt, Task, TaskState, Timestamp};
use go_bus_client::World;
use go_rules::accounts::driver_of;
use go_rules::placement::{self, Load};

use crate::accounts::{AllRest, account_for};
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
    /// The time, which tells whose account rests.
    pub now: Timestamp,
}

/// Why there is no hand now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoHand {
    /// No host may take the task: none fits, or those that do are full. The next change of a host or an agent may help.
    #[error("no active host with a free slot may take this task now")]
    NoHost,
    /// Every account rests: only time helps, or another account.
    #[error(transparent)]
    AllRest(#[from] AllRest),
}

/// The spawn of a builder for an assigned task.
pub fn builder_for(task: &Task, desk: &Desk<'_>) -> Result<NewAgent, NoHand> {
    let hand = Hand::for_task(task);
    let asked: Vec<_> = desk.world.questions_about(&task.id).collect();
    let prompt = builder_prompt(task, &asked, hand, desk.prompts);
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
) -> Result<NewAgent, NoHand> {
    let asked: Vec<_> = desk.world.questions_about(&review.id).collect();
    let prompt = reviewer_prompt(delivered, &asked, mission, checks, desk.prompts);
    desk.request(review, Hand::Reviewer, Purpose::Review { delivered }, prompt)
}

impl Desk<'_> {
    fn request(&self, task: &Task, hand: Hand, purpose: Purpose<'_>, prompt: Prompt) -> Result<NewAgent, NoHand> {
        let mut open = placement::open(self.world.hosts());
        if let Some(place) = self.world.agent(self.parent).and_then(placement::place_of) {
            open.retain(|host| host.id == *place);
        }
        let host = placement::choose(&open, task, &self.load_beside(task)).ok_or(NoHand::NoHost)?;
        let driver = driver_of(task, self.world.project(&task.project), self.driver);
        Ok(NewAgent {
            role: hand.role(),
            host: Some(host.id.clone()),
            project: Some(task.project.clone()),
            user: None,
            parent: Some(self.parent.clone()),
            model: Some(self.router.route(purpose)),
            driver: Some(driver),
            account: self.account_for(driver)?,
            prompt: Some(prompt),
            task: Some(task.id.clone()),
            attempt: Some(task.attempt),
            replaces: None,
            capabilities: task.capabilities.clone(),
        })
    }

    /// The account that the hand runs on. Who was spawned a moment ago counts, though the account itself does not tell yet.
    fn account_for(&self, driver: DriverKind) -> Result<Option<AccountId>, AllRest> {
        let last_used = |account: &Account| {
            let on_it = self.world.agents_with_task().filter(|agent| agent.account.as_ref() == Some(&account.id));
            on_it.map(|agent| agent.spawned_at).chain(account.last_used).max()
        };
        let known = self.world.accounts().map(|account| Account { last_used: last_used(account), ..account.clone() });
        let known: Vec<Account> = known.collect();
        Ok(account_for(&known, driver, self.now)?.cloned())
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
