//! The state of the fleet at a glance, as `go status` prints it.

use go_bus_api::{HostState, LeaseView, Sprint, Task, TaskId, TaskState, Timestamp};
use go_bus_client::World;
use go_rules::slots;
use go_sprint::collisions_in_words;
use serde::Serialize;

use super::accounts::{self, AccountLine, AccountTable};
use super::lease;
use super::questions::{self, QuestionLine, QuestionTable};
use crate::render::{Table, length};

/// The states in which a task is under way.
const UNDER_WAY: [TaskState; 3] = [TaskState::InProgress, TaskState::InReview, TaskState::Waiting];

/// What `go status` tells.
#[derive(Debug, Serialize)]
pub(super) struct Overview {
    lease: LeaseView,
    /// What stands above `agents.min`, where fewer work.
    below_min: Option<String>,
    sprints: Vec<SprintLine>,
    projects: Vec<ProjectLine>,
    hosts: Vec<HostLine>,
    accounts: Vec<AccountLine>,
    questions: Vec<QuestionLine>,
    running: Vec<TaskLine>,
    waiting: Vec<TaskLine>,
}

/// A sprint under way.
#[derive(Debug, Serialize)]
struct SprintLine {
    id: String,
    done: usize,
    tickets: usize,
    ends_at: Timestamp,
    /// Until then, in words.
    #[serde(skip)]
    left: String,
}

#[derive(Debug, Serialize)]
struct ProjectLine {
    id: String,
    state: &'static str,
    done: usize,
    under_way: usize,
    open: usize,
    stuck: usize,
}

#[derive(Debug, Serialize)]
struct HostLine {
    id: String,
    state: &'static str,
    slots: u32,
    used: usize,
    launcher: bool,
}

#[derive(Debug, Serialize)]
struct TaskLine {
    id: String,
    state: &'static str,
    attempt: u32,
    why: String,
}

impl Overview {
    /// The overview of `world`; `below_min` tells that too few work, and `why` why a waiting task waits.
    pub(super) fn new(
        lease: LeaseView,
        world: &World,
        now: Timestamp,
        below_min: Option<String>,
        why: impl Fn(&Task) -> String,
    ) -> Self {
        let line = |task: &Task, why: String| TaskLine {
            id: task.id.to_string(),
            state: task.state.as_str(),
            attempt: task.attempt.0,
            why: [Some(why), collisions_in_words(world, task)].into_iter().flatten().collect::<Vec<_>>().join("; "),
        };
        let since =
            |task: &Task| task.assigned_at.map(|at| format!("for {}", length(now.since(at)))).unwrap_or_default();
        let running = UNDER_WAY.into_iter().flat_map(|state| world.tasks_in(state)).map(|task| line(task, since(task)));
        let waits = |task: &&Task| task.state.is_open() && !UNDER_WAY.contains(&task.state);
        Self {
            sprints: world.open_sprints().map(|sprint| sprint_line(world, sprint, now)).collect(),
            projects: projects(world),
            hosts: hosts(world),
            accounts: accounts::lines(world.accounts(), now),
            questions: questions::lines(world.open_questions(), now),
            running: running.collect(),
            waiting: world.tasks().filter(waits).map(|task| line(task, why(task))).collect(),
            lease,
            below_min,
        }
    }
}

fn sprint_line(world: &World, sprint: &Sprint, now: Timestamp) -> SprintLine {
    let is_done = |id: &&TaskId| world.task_state(id) == Some(TaskState::Done);
    SprintLine {
        id: sprint.id.to_string(),
        done: sprint.tickets.iter().filter(is_done).count(),
        tickets: sprint.tickets.len(),
        ends_at: sprint.ends_at,
        left: length(sprint.ends_at.since(now)),
    }
}

fn projects(world: &World) -> Vec<ProjectLine> {
    let line = |project: &go_bus_api::Project| {
        let count = |states: &[TaskState]| states.iter().map(|state| world.count_of(&project.id, *state)).sum();
        ProjectLine {
            id: project.id.to_string(),
            state: project.state.as_str(),
            done: count(&[TaskState::Done]),
            under_way: count(&UNDER_WAY),
            open: count(&[TaskState::Pending, TaskState::ChangesRequested]),
            stuck: count(&[TaskState::Failed, TaskState::Blocked, TaskState::Held]),
        }
    };
    world.projects().map(line).collect()
}

fn hosts(world: &World) -> Vec<HostLine> {
    let used = |host: &go_bus_api::Host| slots::used_on(&host.id, world.agents_on(&host.id));
    let line = |host: &go_bus_api::Host| HostLine {
        id: host.id.to_string(),
        state: host.state.as_str(),
        slots: host.slots.get(),
        used: used(host),
        launcher: host.launcher.is_some(),
    };
    world.hosts().filter(|host| host.state != HostState::Inactive).map(line).collect()
}

impl std::fmt::Display for Overview {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{}", lease::sentence(&self.lease))?;
        if let Some(below_min) = &self.below_min {
            writeln!(f, "{below_min}")?;
        }
        for SprintLine { id, done, tickets, left, .. } in &self.sprints {
            writeln!(f, "sprint {id}: {done} of {tickets} tickets done, {left} to go")?;
        }
        writeln!(f)?;
        let mut table = Table::new(["PROJECT", "STATE", "DONE", "UNDER WAY", "OPEN", "STUCK"]);
        for project in &self.projects {
            let counts = [project.done, project.under_way, project.open, project.stuck].map(|count| count.to_string());
            let [done, under_way, open, stuck] = counts;
            table.row([project.id.clone(), project.state.to_owned(), done, under_way, open, stuck]);
        }
        writeln!(f, "{table}")?;
        let mut table = Table::new(["HOST", "STATE", "SLOTS", "LAUNCHER"]);
        for host in &self.hosts {
            let launcher = if host.launcher { "there" } else { "none" };
            table.row([&host.id, host.state, &format!("{} of {}", host.used, host.slots), launcher]);
        }
        write!(f, "{table}")?;
        if !self.accounts.is_empty() {
            write!(f, "\n{}", AccountTable(&self.accounts))?;
        }
        if !self.questions.is_empty() {
            write!(f, "\n{}", QuestionTable(&self.questions))?;
        }
        for (head, tasks) in [("RUNNING", &self.running), ("WAITING", &self.waiting)] {
            if tasks.is_empty() {
                continue;
            }
            let mut table = Table::new([head, "STATE", "ATTEMPT", ""]);
            for task in tasks {
                table.row([&task.id, task.state, &task.attempt.to_string(), &task.why]);
            }
            write!(f, "\n{table}")?;
        }
        Ok(())
    }
}
