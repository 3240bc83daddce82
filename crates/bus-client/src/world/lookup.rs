//! What a reconciler can ask of a World.

use go_bus_api::{
    Account, AccountId, Agent, AgentId, AgentState, Alert, AlertState, Host, HostId, Message, Project, ProjectId,
    Question, QuestionId, QuestionState, Role, Session, SessionId, Sprint, SprintId, Task, TaskId, TaskKind, TaskState,
    Timestamp,
};
use go_rules::uniqueness::Seat;

use super::{ImprovementRecord, PastTask, World};

/// Hosts, projects and what concerns humans.
impl World {
    /// Every host.
    pub fn hosts(&self) -> impl ExactSizeIterator<Item = &Host> {
        self.hosts.iter()
    }

    /// The host with this id.
    pub fn host(&self, id: &HostId) -> Option<&Host> {
        self.hosts.get(id)
    }

    /// Every project.
    pub fn projects(&self) -> impl ExactSizeIterator<Item = &Project> {
        self.projects.iter()
    }

    /// The project with this id.
    pub fn project(&self, id: &ProjectId) -> Option<&Project> {
        self.projects.get(id)
    }

    /// Every account, retired ones too.
    pub fn accounts(&self) -> impl ExactSizeIterator<Item = &Account> {
        self.accounts.iter()
    }

    /// The account with this id.
    pub fn account(&self, id: &AccountId) -> Option<&Account> {
        self.accounts.get(id)
    }

    /// Every session, closed ones too.
    pub fn sessions(&self) -> impl ExactSizeIterator<Item = &Session> {
        self.sessions.iter()
    }

    /// The session with this id.
    pub fn session(&self, id: &SessionId) -> Option<&Session> {
        self.sessions.get(id)
    }

    /// The sessions that are open.
    pub fn open_sessions(&self) -> impl Iterator<Item = &Session> {
        self.sessions.iter().filter(|session| session.closed_at.is_none())
    }

    /// Every sprint.
    pub fn sprints(&self) -> impl ExactSizeIterator<Item = &Sprint> {
        self.sprints.iter()
    }

    /// The sprint with this id.
    pub fn sprint(&self, id: &SprintId) -> Option<&Sprint> {
        self.sprints.get(id)
    }

    /// The sprints under way, the one that began first first: the next begins while the last one ends.
    pub fn open_sprints(&self) -> impl DoubleEndedIterator<Item = &Sprint> {
        self.sprints.open()
    }

    /// The sprint under way that began last, where there is one.
    pub fn open_sprint(&self) -> Option<&Sprint> {
        self.open_sprints().next_back()
    }

    /// The sprint under way that has `task`: in its batch, or by what the task says of itself.
    pub fn open_sprint_of(&self, task: &Task) -> Option<&Sprint> {
        let named = || task.sprint.as_ref().filter(|id| !self.sprints.is_over(id)).and_then(|id| self.sprint(id));
        self.sprints.open_with(&task.id).or_else(named)
    }

    /// What was done or cancelled in a sprint that is under way, as it was: tickets, reviews and what else names the sprint. Of a
    /// sprint that is over there is nothing.
    pub fn finished_in<'a>(&'a self, sprint: &SprintId) -> impl Iterator<Item = &'a Task> + use<'a> {
        self.tasks.finished_in(sprint)
    }

    /// The alerts that nobody took note of.
    pub fn open_alerts(&self) -> impl Iterator<Item = &Alert> {
        self.alerts.iter().filter(|alert| alert.state == AlertState::Open)
    }

    /// The last alert with this key, open or not.
    pub fn alert_with_key(&self, key: &str) -> Option<&Alert> {
        let has_it = |alert: &&Alert| alert.dedupe_key.as_ref().is_some_and(|own| own.as_str() == key);
        self.alerts.iter().filter(has_it).max_by_key(|alert| alert.raised_at)
    }

    /// The question with this id.
    pub fn question(&self, id: &QuestionId) -> Option<&Question> {
        self.questions.get(id)
    }

    /// The questions that wait for an answer.
    pub fn open_questions(&self) -> impl Iterator<Item = &Question> {
        self.questions.iter().filter(|question| question.state == QuestionState::Open)
    }

    /// The questions about a task, oldest first, whether they wait for an answer or have one.
    pub fn questions_about<'a>(&'a self, task: &'a TaskId) -> impl Iterator<Item = &'a Question> + use<'a> {
        let mut about: Vec<&Question> =
            self.questions.iter().filter(|asked| asked.task.as_ref() == Some(task)).collect();
        about.sort_unstable_by(|one, other| one.id.cmp(&other.id));
        about.into_iter()
    }

    /// The questions that `agent` asked about no task and that have an answer, or will get none, oldest first.
    pub fn answers_to<'a>(&'a self, agent: &'a AgentId) -> impl Iterator<Item = &'a Question> + use<'a> {
        let is_theirs = |asked: &&Question| asked.agent.as_ref() == Some(agent) && asked.task.is_none();
        let mut ended: Vec<&Question> =
            self.questions.iter().filter(is_theirs).filter(|asked| asked.state != QuestionState::Open).collect();
        ended.sort_unstable_by(|one, other| one.id.cmp(&other.id));
        ended.into_iter()
    }

    /// The messages to `agent` that it has not acknowledged, oldest first where the Bus made their ids.
    pub fn messages_to<'a>(&'a self, agent: &AgentId) -> impl Iterator<Item = &'a Message> + use<'a> {
        self.messages.to(agent)
    }

    /// The last message by which `agent` was asked to hand over to a fresh context, as it was sent, whether it has acknowledged it or not.
    pub fn asked_to_rotate(&self, agent: &AgentId) -> Option<&Message> {
        self.messages.asked_to_rotate(agent)
    }
}

/// Agents. One that has ended is past once its end matters no more: of one with a task, when the task is done, cancelled or in
/// a later attempt; of an orchestrator, when [`World::ENDS_KEPT`] later ones have ended on its seat; of any other at once. Of a past
/// one it is known that it has ended, and nothing else.
impl World {
    /// How many of a seat's last ends are kept: more than it takes for a successor's backoff to be as long as it gets.
    pub const ENDS_KEPT: usize = 16;

    /// Every agent that is not past.
    pub fn agents(&self) -> impl ExactSizeIterator<Item = &Agent> {
        self.agents.iter()
    }

    /// The agent with this id, unless it is past.
    pub fn agent(&self, id: &AgentId) -> Option<&Agent> {
        self.agents.get(id)
    }

    /// The state of the agent with this id, past or not.
    pub fn agent_state(&self, id: &AgentId) -> Option<AgentState> {
        self.agents.state(id)
    }

    /// The agents that were spawned with this task (its builders, or a review task's reviewers) and have not ended, and those of
    /// its present attempt, ended or not. None that has ended where the task is past.
    pub fn builders<'a>(&'a self, task: &TaskId) -> impl Iterator<Item = &'a Agent> + use<'a> {
        self.agents.with(task)
    }

    /// The live agent on this seat: at most one (R12).
    pub fn live_in(&self, seat: &Seat) -> Option<&Agent> {
        self.agents.live_in(seat)
    }

    /// The agents of this host that have not ended for certain.
    pub fn agents_on<'a>(&'a self, host: &HostId) -> impl Iterator<Item = &'a Agent> + use<'a> {
        self.agents.on(host)
    }

    /// The agents of this role that have not ended for certain.
    pub fn agents_of<'a>(&'a self, role: Role) -> impl Iterator<Item = &'a Agent> + use<'a> {
        self.agents.of_role(role)
    }

    /// The agents that take a slot: those with a task that have not ended for certain.
    pub fn agents_with_task(&self) -> impl Iterator<Item = &Agent> {
        self.agents.at_work()
    }
}

/// Tasks. Those that are done or cancelled are past: they are counted, and found as [`PastTask`], but in no list. Those that are out of
/// the World's [`Scope`](super::Scope) are counted, and in no list.
impl World {
    /// Every task that is neither past nor out of scope.
    pub fn tasks(&self) -> impl ExactSizeIterator<Item = &Task> {
        self.tasks.iter()
    }

    /// The task with this id, unless it is past or out of scope.
    pub fn task(&self, id: &TaskId) -> Option<&Task> {
        self.tasks.get(id)
    }

    /// The past task with this id.
    pub fn past_task(&self, id: &TaskId) -> Option<PastTask> {
        self.tasks.past(id)
    }

    /// The state of the task with this id, past or not.
    pub fn task_state(&self, id: &TaskId) -> Option<TaskState> {
        self.tasks.state(id)
    }

    /// The tasks in this state; none where that makes them past.
    pub fn tasks_in<'a>(&'a self, state: TaskState) -> impl Iterator<Item = &'a Task> + use<'a> {
        self.tasks.in_state(state)
    }

    /// How many tasks are in this state, past ones too.
    pub fn count_in(&self, state: TaskState) -> usize {
        self.tasks.count(state)
    }

    /// The tasks of this project in this state; none where that makes them past.
    pub fn tasks_of<'a>(&'a self, project: &ProjectId, state: TaskState) -> impl Iterator<Item = &'a Task> + use<'a> {
        self.tasks.of_project(project, state)
    }

    /// How many tasks of this project are in this state, past ones too.
    pub fn count_of(&self, project: &ProjectId, state: TaskState) -> usize {
        self.tasks.count_of_project(project, state)
    }

    /// The same of the kinds that are `meant`.
    pub fn count_of_kinds(&self, project: &ProjectId, state: TaskState, meant: impl Fn(TaskKind) -> bool) -> usize {
        self.tasks.count_of_kinds(project, state, meant)
    }

    /// Every improvement, past or not.
    pub fn improvements(&self) -> impl Iterator<Item = ImprovementRecord> {
        self.tasks.improvements()
    }

    /// When a task was last done or cancelled; of those that have failed the list tells.
    pub fn last_end(&self) -> Option<Timestamp> {
        self.tasks.last_end()
    }

    /// The tasks that may be assigned as far as their state and what they depend on go: what a dispatch has to look at, however
    /// many others wait behind them.
    pub fn unblocked_tasks(&self) -> impl Iterator<Item = &Task> {
        self.tasks.unblocked()
    }

    /// Those of them that are no tickets: what needs no sprint.
    pub fn unblocked_others(&self) -> impl Iterator<Item = &Task> {
        self.tasks.unblocked_others()
    }

    /// Those of them that are tickets of priority `p0`.
    pub fn unblocked_urgent(&self) -> impl Iterator<Item = &Task> {
        self.tasks.unblocked_urgent()
    }

    /// Those of them that ask for a capability (R9): few do.
    pub fn unblocked_asking(&self) -> impl Iterator<Item = &Task> {
        self.tasks.unblocked_asking()
    }

    /// Whether this one is among them.
    pub fn is_unblocked(&self, task: &TaskId) -> bool {
        self.tasks.is_unblocked(task)
    }

    /// The open tasks that `agent` answers for; finished ones are not among them.
    pub fn tasks_assigned_to<'a>(&'a self, agent: &AgentId) -> impl Iterator<Item = &'a Task> + use<'a> {
        self.tasks.assigned_to(agent)
    }

    /// The tasks that depend on this one and are not past.
    pub fn dependents<'a>(&'a self, task: &TaskId) -> impl Iterator<Item = &'a Task> + use<'a> {
        self.tasks.dependents(task)
    }

    /// The review tasks that were made for this one and are not past.
    pub fn reviews_of<'a>(&'a self, task: &TaskId) -> impl Iterator<Item = &'a Task> + use<'a> {
        self.tasks.reviews_of(task)
    }

    /// The push that lands `task`, where that is approved and the push is not past.
    pub fn landing_of(&self, task: &Task) -> Option<&Task> {
        self.task(task.landing_task.as_ref()?)
    }

    /// Whether a review task, past or not, was ever made for this one; unknown, and so false, of a task that is past itself.
    pub fn has_review(&self, task: &TaskId) -> bool {
        self.tasks.has_review(task)
    }
}
