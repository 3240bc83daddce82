//! A fleet in which time goes by steps: what would be the Bus, launchers and agents, for tickets that all end well.

use std::collections::BTreeMap;
use std::time::Duration;

use go_bus_api::{
    AgentId, Priority, Project, Resource, Revision, Sprint, SprintState, Task, TaskId, TaskState, Timestamp, Weight,
};
use go_bus_client::World;
use serde::Deserialize;

use super::rules::{Begin, Rules};
use crate::prerequisites::missing;
use crate::{Limits, Rhythm, SprintReport, Turns, closing, dispatch, joiners, opening, samples};

/// What a fleet is like.
#[derive(Debug, Clone)]
pub(super) struct Shape {
    /// The slots of its one host.
    pub(super) slots: u32,
    /// Its projects' priorities and weights.
    pub(super) projects: Vec<(Priority, u32)>,
    /// How many steps a ticket takes.
    pub(super) lasts: usize,
    /// How many tickets of each project come with each step.
    pub(super) comes: u32,
    /// The most tickets of a batch.
    pub(super) most: u32,
    /// Every how many-th ticket is urgent; 0 is none.
    pub(super) urgent: usize,
    /// `agents.max`.
    pub(super) max: Option<u32>,
}

impl Shape {
    /// A project of this priority and weight.
    pub(super) fn project(&self, priority: Priority, weight: u32) -> Project {
        Project { priority, weight: Weight::new(weight).unwrap(), ..samples::project("p") }
    }

    /// How many may work at once.
    pub(super) fn most_at_once(&self) -> usize {
        self.max.map_or(self.slots, |max| max.min(self.slots)) as usize
    }
}

/// A start.
#[derive(Debug)]
pub(super) struct Given {
    pub(super) project: usize,
    pub(super) urgent: bool,
    /// Whether something urgent was still ready in a sprint.
    pub(super) urgent_left: bool,
}

/// A fleet at work.
#[derive(Debug)]
pub(super) struct Fleet {
    pub(super) world: World,
    shape: Shape,
    turns: Turns,
    now: Timestamp,
    made: usize,
    /// When each that runs will end, in steps.
    ends: BTreeMap<TaskId, usize>,
    reports: Vec<SprintReport>,
    revision: u64,
}

impl Fleet {
    pub(super) fn new(shape: &Shape) -> Self {
        let mut world = samples::world([("h1", shape.slots)]);
        for (n, (priority, weight)) in shape.projects.iter().enumerate() {
            let project = shape.project(*priority, *weight);
            world.apply(Resource::Project(Project { id: samples::id(&format!("p{n}")), ..project }));
            world.apply(Resource::Agent(samples::po(&format!("p{n}"))));
        }
        let (turns, now) = (Turns::default(), "2026-03-21T09:00:00.000Z".parse().unwrap());
        let (ends, reports) = (BTreeMap::new(), Vec::new());
        Self { world, shape: shape.clone(), turns, now, made: 0, ends, reports, revision: 1 }
    }

    /// A step: tickets come, what has run its time ends, and GO ticks until there is nothing to do. Tells what was started.
    pub(super) fn step(&mut self, rules: &Rules) -> Vec<Given> {
        self.tickets_come();
        self.go_on(rules)
    }

    /// Steps without new tickets until all is done.
    pub(super) fn drain(&mut self, rules: &Rules) {
        let mut left = 10_000;
        while self.world.tasks().len() > 0 || self.world.open_sprints().next().is_some() {
            self.go_on(rules);
            left -= 1;
            assert!(left > 0, "it never ends: {:?}", self.world.open_sprints().collect::<Vec<_>>());
        }
    }

    fn go_on(&mut self, rules: &Rules) -> Vec<Given> {
        self.now = self.now.after(Duration::from_secs(10 * 60));
        self.what_has_run_its_time_ends();
        let mut given = Vec::new();
        while self.tick(rules, &mut given) {}
        given
    }

    fn tickets_come(&mut self) {
        for project in 0..self.shape.projects.len() {
            for _ in 0..self.shape.comes {
                self.made += 1;
                let urgent = self.shape.urgent > 0 && self.made.is_multiple_of(self.shape.urgent);
                let priority = if urgent { Priority::P0 } else { Priority::P2 };
                // More than can ever be done would only make the test slow.
                if self.ready_of(project) < 6 {
                    let id = format!("t{}", self.made);
                    self.world.apply(Resource::Task(Task { priority, ..samples::task(&id, &format!("p{project}")) }));
                }
            }
        }
    }

    fn what_has_run_its_time_ends(&mut self) {
        self.ends.values_mut().for_each(|left| *left -= 1);
        let over: Vec<TaskId> = self.ends.iter().filter(|(_, left)| **left == 0).map(|(id, _)| id.clone()).collect();
        for id in over {
            self.ends.remove(&id);
            self.change(&id, |task| task.state = TaskState::Done);
        }
    }

    fn change(&mut self, id: &TaskId, how: impl FnOnce(&mut Task)) {
        let mut task = self.world.task(id).unwrap().clone();
        how(&mut task);
        self.revision += 1;
        task.revision = Revision(self.revision);
        self.world.apply(Resource::Task(task));
    }

    fn put(&mut self, mut sprint: Sprint) {
        self.revision += 1;
        sprint.revision = Revision(self.revision);
        self.world.apply(Resource::Sprint(sprint));
    }

    /// What GO does in a tick; false where that is nothing.
    fn tick(&mut self, rules: &Rules, given: &mut Vec<Given>) -> bool {
        let limits = Limits { agents_max: self.shape.max.filter(|_| rules.knows_cap), ..Limits::default() };
        let rhythm = Rhythm { max_tickets: Some(self.shape.most), ..Rhythm::default() };
        let world = self.world.clone();
        let dispatched = dispatch(&world, &limits, rules, &self.turns, self.now);
        let ends = closing(&world, self.now);
        let joins = joiners(&world, self.now);
        let begins = opening(&world, &rhythm, &dispatched, rules, self.now);
        let begins = begins.filter(|_| rules.begin == Begin::AsDecided || world.open_sprint().is_none());
        let acts = !(ends.is_empty() && joins.is_empty() && begins.is_none() && dispatched.assignments.is_empty());
        for (id, close) in ends {
            self.reports.push(SprintReport::deserialize(close.report.unwrap()).unwrap());
            self.put(Sprint { state: SprintState::Closed, ..world.sprint(&id).unwrap().clone() });
        }
        for (task, sprint) in joins {
            let mut joined = self.world.sprint(&sprint).unwrap().clone();
            joined.tickets.push(task.clone());
            self.put(joined);
            self.change(&task, |task| task.sprint = Some(sprint));
        }
        // Before what begins now, which was not there when they were chosen.
        for assignment in dispatched.assignments {
            given.push(self.start(&assignment.task, &assignment.assignee));
        }
        if let Some(new) = begins {
            let id = new.id.unwrap();
            let (started_at, ends_at) = (self.now, new.ends_at);
            self.put(Sprint { started_at, ends_at, ..samples::sprint(id.as_str(), &new.tickets) });
            new.tickets.iter().for_each(|ticket| self.change(ticket, |task| task.sprint = Some(id.clone())));
        }
        if rules.forgets_turns {
            self.turns = Turns::default();
        }
        acts
    }

    fn start(&mut self, id: &TaskId, assignee: &AgentId) -> Given {
        let task = self.world.task(id).unwrap().clone();
        let project = self.world.project(&task.project).unwrap().clone();
        self.turns.note(&project, &task);
        self.change(id, |task| {
            task.state = TaskState::InProgress;
            task.attempt = task.attempt.next();
            task.assignee = Some(assignee.clone());
        });
        self.ends.insert(id.clone(), self.shape.lasts);
        let ready = self.world.unblocked_tasks().filter(|task| self.world.open_sprint_of(task).is_some());
        let is_urgent = |task: &Task| {
            task.priority == Priority::P0
                || self.world.project(&task.project).is_some_and(|p| p.priority == Priority::P0)
        };
        let urgent_left = ready.into_iter().any(is_urgent);
        Given { project: project.id.as_str()[1..].parse().unwrap(), urgent: is_urgent(&task), urgent_left }
    }

    /// How many work.
    pub(super) fn at_work(&self) -> usize {
        self.world.count_in(TaskState::InProgress)
    }

    /// How many tickets of a project work.
    pub(super) fn running_of(&self, project: usize) -> usize {
        self.world.count_of(&samples::id(&format!("p{project}")), TaskState::InProgress)
    }

    /// How many tickets could be started but for slots and sprints.
    pub(super) fn ready(&self) -> usize {
        (0..self.shape.projects.len()).map(|project| self.ready_of(project)).sum()
    }

    /// Whether a ticket of a project could.
    pub(super) fn has_ready(&self, project: usize) -> bool {
        self.ready_of(project) > 0
    }

    fn ready_of(&self, project: usize) -> usize {
        let pending = self.world.tasks_of(&samples::id(&format!("p{project}")), TaskState::Pending);
        pending.filter(|task| missing(&self.world, task, self.now).is_empty()).count()
    }

    /// The tickets that sprints reported as done.
    pub(super) fn reported(&self) -> impl Iterator<Item = &TaskId> {
        self.reports.iter().flat_map(|report| &report.done).map(|done| &done.ticket)
    }

    /// The reports that have a ticket as done that another has too, in short.
    pub(super) fn twice(&self) -> Vec<String> {
        let count = |id: &TaskId| self.reported().filter(|other| *other == id).count();
        let all = self.reports.iter().flat_map(|report| report.done.iter().map(move |done| (report, &done.ticket)));
        all.filter(|(_, id)| count(id) > 1)
            .map(|(report, id)| format!("{id} in {} at {}", report.sprint, report.closed_at))
            .collect()
    }
}
