//! The state of the Bus as resources and events tell it, with the indexes that reconcilers look things up by.

mod agents;
mod completions;
mod finished;
mod improvements;
mod index;
mod lookup;
mod messages;
mod past;
mod scope;
mod sprints;
mod table;
mod tasks;

use go_bus_api::{
    Account, Alert, Event, Host, Project, Question, Resource, ResourceKind, Session, Sprint, SprintState, Task,
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use agents::Agents;
pub use improvements::ImprovementRecord;
use messages::Messages;
pub use past::PastTask;
pub use scope::Scope;
use sprints::Sprints;
use table::Table;
use tasks::Tasks;

/// Everything that a reconciler may look at. It does no IO: it is fed resources and events.
///
/// Of each resource the newest revision counts, so a snapshot, its events and the answers of one's own writes may come in
/// any order and more than once. Feeding one and each lookup cost O(log n). All iterators go by id, so two Worlds with the
/// same content look alike. A clone shares its rows.
///
/// Tasks that are done or cancelled come by the hundred thousand, and are looked at seldom: of those it keeps a [`PastTask`], and while
/// the sprint that they were in is under way all of them. Agents that have ended are as many: of those whose end nobody judges any more it keeps that they have.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct World {
    hosts: Table<Host>,
    projects: Table<Project>,
    accounts: Table<Account>,
    sessions: Table<Session>,
    sprints: Sprints,
    alerts: Table<Alert>,
    questions: Table<Question>,
    agents: Agents,
    tasks: Tasks,
    messages: Messages,
}

/// Feeding.
impl World {
    /// An empty one that keeps the tasks of `scope`; the default keeps all.
    pub fn new(scope: Scope) -> Self {
        Self { tasks: Tasks::new(scope), ..Self::default() }
    }

    /// Takes `resource` where it is newer than what is known of it, and tells whether it was.
    pub fn apply(&mut self, resource: Resource) -> bool {
        match resource {
            Resource::Host(host) => self.hosts.put(host).is_some(),
            Resource::Project(project) => self.projects.put(project).is_some(),
            Resource::Account(account) => self.accounts.put(account).is_some(),
            Resource::Session(session) => self.sessions.put(session).is_some(),
            Resource::Sprint(sprint) => self.apply_sprint(sprint),
            Resource::Alert(alert) => self.alerts.put(alert).is_some(),
            Resource::Question(question) => self.questions.put(question).is_some(),
            Resource::Agent(agent) => self.agents.put(agent, &self.tasks),
            Resource::Task(task) => self.apply_task(task),
            Resource::Message(message) => self.messages.put(message),
        }
    }

    fn apply_sprint(&mut self, sprint: Sprint) -> bool {
        let over = (sprint.state == SprintState::Closed).then(|| sprint.id.clone());
        let is_news = self.sprints.put(sprint);
        if let Some(over) = over {
            self.tasks.forget_finished(&over);
        }
        is_news
    }

    fn apply_task(&mut self, task: Task) -> bool {
        let id = task.id.clone();
        let is_of_old = task.sprint.as_ref().is_none_or(|sprint| self.sprints.is_over(sprint));
        let is_news = self.tasks.put(task, is_of_old);
        if is_news {
            self.agents.review(&id, &self.tasks);
        }
        is_news
    }

    /// Takes the resource that `event` carries, and tells whether it was news. An event about anything else (`lease.*`,
    /// `token.*`) changes nothing; nor does one of a kind that anybody may post, whatever it claims to carry.
    pub fn apply_event(&mut self, event: &Event) -> bool {
        if !event.kind.is_reserved() {
            return false;
        }
        let Some((kind, id)) = event.subject.as_ref().and_then(|subject| subject.resource()) else { return false };
        match resource(kind, &event.data) {
            Ok(resource) => self.apply(resource),
            Err(error) => {
                // Some events are about a resource but carry something else, such as a token's rotation.
                tracing::debug!(seq = %event.seq, kind = %event.kind, id, %error, "an event without its resource");
                false
            }
        }
    }
}

/// Reads `data` as a resource of `kind`.
fn resource(kind: ResourceKind, data: &Value) -> Result<Resource, serde_json::Error> {
    fn read<T: DeserializeOwned>(data: &Value) -> Result<T, serde_json::Error> {
        T::deserialize(data)
    }
    match kind {
        ResourceKind::Host => read(data).map(Resource::Host),
        ResourceKind::Project => read(data).map(Resource::Project),
        ResourceKind::Account => read(data).map(Resource::Account),
        ResourceKind::Session => read(data).map(Resource::Session),
        ResourceKind::Agent => read(data).map(Resource::Agent),
        ResourceKind::Task => read(data).map(Resource::Task),
        ResourceKind::Sprint => read(data).map(Resource::Sprint),
        ResourceKind::Alert => read(data).map(Resource::Alert),
        ResourceKind::Question => read(data).map(Resource::Question),
        ResourceKind::Message => read(data).map(Resource::Message),
    }
}

impl FromIterator<Resource> for World {
    fn from_iter<I: IntoIterator<Item = Resource>>(resources: I) -> Self {
        let mut world = Self::default();
        world.extend(resources);
        world
    }
}

impl Extend<Resource> for World {
    fn extend<I: IntoIterator<Item = Resource>>(&mut self, resources: I) {
        for resource in resources {
            self.apply(resource);
        }
    }
}

#[cfg(test)]
mod tests;
