//! The plan as values: what plan.yaml says once every mistake is out of it.

use std::collections::BTreeMap;

use go_bus_api::{
    Category, DriverKind, HostId, HostState, Millis, Model, Priority, ProjectId, ProjectState, Slots, SprintId, TaskId,
    TaskState, Text, Usd, UserId, Weight, Workplace,
};
use serde::Serialize;

use crate::{Diagnostic, ResultLine};

/// A whole plan. One that came from [`Plan::parse`] has unique ids, known dependencies and hosts, and no cycle.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Plan {
    /// The projects, in the file's order.
    pub projects: Vec<PlannedProject>,
    /// The hosts; none means one, `localhost`.
    pub hosts: Vec<PlannedHost>,
    /// The humans; none means one, `operator`.
    pub users: Vec<PlannedUser>,
}

/// A project of the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlannedProject {
    /// Its id.
    pub id: ProjectId,
    /// What people call it; its id where absent.
    pub name: Option<Text<256>>,
    /// Whether it is worked on.
    pub state: ProjectState,
    /// Its priority among projects.
    pub priority: Priority,
    /// Its share of capacity among projects of its priority.
    pub weight: Weight,
    /// What it may cost.
    pub budget_usd: Option<Usd>,
    /// The folder its work happens in; the plan's folder where absent.
    pub repo: Option<Text<4096>>,
    /// What runs its agents; the fleet's default where absent.
    pub driver: Option<DriverKind>,
    /// Its working folders; where nothing is said of them, what runs its agents decides.
    pub workplace: Option<Workplace>,
    /// What runs its PO; the fleet's default where absent.
    pub po: Option<DriverKind>,
    /// Its tickets, in the file's order.
    pub tickets: Vec<Ticket>,
}

/// A ticket of the plan: becomes the task of the same id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ticket {
    /// Its id, unique across the plan.
    pub id: TaskId,
    /// One line.
    pub title: Text<512>,
    /// What is to be done.
    pub description: Text<65536>,
    /// What kind of work it is; decides on the builder's role and on the review (R22, R24).
    pub kind: Option<Category>,
    /// Its priority within its project's.
    pub priority: Priority,
    /// Tickets that have to be done first.
    pub depends_on: Vec<TaskId>,
    /// Words to batch and find it by.
    pub labels: Vec<Text<64>>,
    /// How long a person thinks it takes.
    pub estimate_minutes: Option<u32>,
    /// The wall limit of an attempt.
    pub timeout: Option<Millis>,
    /// How many judged failures it may have.
    pub max_attempts: u32,
    /// The model it asks for (R22).
    pub model: Option<Model>,
    /// The host it has to run on.
    pub host: Option<HostId>,
    /// What its host or agent has to be able to do.
    pub capabilities: Vec<Text<64>>,
    /// The command of the shell driver.
    pub run: Option<Text<16384>>,
    /// Commands that all exit 0 when it is well done.
    pub verify: Vec<Text<4096>>,
    /// The command of a shell reviewer.
    pub review: Option<Text<4096>>,
    /// Its task's state as it was last written.
    pub status: TaskState,
    /// What came of it, as it was last written.
    pub result: Option<ResultLine>,
    /// The sprint it is in, as it was last written.
    pub sprint: Option<SprintId>,
}

impl Ticket {
    /// How many judged failures a ticket may have where it doesn't say.
    pub const MAX_ATTEMPTS: u32 = 3;

    /// A pending ticket with nothing but what it must have.
    pub fn new(id: TaskId, title: Text<512>) -> Self {
        Self {
            id,
            title,
            description: Text::default(),
            kind: None,
            priority: Priority::default(),
            depends_on: Vec::new(),
            labels: Vec::new(),
            estimate_minutes: None,
            timeout: None,
            max_attempts: Self::MAX_ATTEMPTS,
            model: None,
            host: None,
            capabilities: Vec::new(),
            run: None,
            verify: Vec::new(),
            review: None,
            status: TaskState::default(),
            result: None,
            sprint: None,
        }
    }
}

/// A host of the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlannedHost {
    /// Its id.
    pub id: HostId,
    /// Whether it takes work.
    pub state: HostState,
    /// Its places for working agents; the fleet's default where absent.
    pub slots: Option<Slots>,
    /// What is known of it.
    pub labels: BTreeMap<Text<64>, Text<256>>,
    /// What runs its HO; the fleet's default where absent.
    pub ho: Option<DriverKind>,
}

/// A human of the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlannedUser {
    /// Their id.
    pub id: UserId,
    /// Whether GO opens a session for them.
    pub logged_in: bool,
    /// What runs their IO; the fleet's default where absent.
    pub io: Option<DriverKind>,
}

impl Plan {
    /// The id of the one host that a plan without `hosts` has.
    pub const DEFAULT_HOST: &'static str = "localhost";

    /// The id of the one human that a plan without `users` has.
    pub const DEFAULT_USER: &'static str = "operator";

    /// Reads a plan from `text`; `file` is the name that its mistakes are reported under.
    ///
    /// # Errors
    /// Every mistake of the text, sorted by place. A text that is no YAML has one: where it stops being YAML.
    pub fn parse(file: &str, text: &str) -> Result<Self, Vec<Diagnostic>> {
        crate::read::plan(file, text)
    }

    /// Every ticket with its project, in the file's order.
    pub fn tickets(&self) -> impl Iterator<Item = (&PlannedProject, &Ticket)> {
        self.projects.iter().flat_map(|project| project.tickets.iter().map(move |ticket| (project, ticket)))
    }

    /// The ticket with this id.
    pub fn ticket(&self, id: &TaskId) -> Option<&Ticket> {
        self.tickets().map(|(_, ticket)| ticket).find(|ticket| ticket.id == *id)
    }

    /// An id for a new ticket of `project`: that of its last ticket that ends in a number, with the next number that is free; or
    /// else the project's id and a number. One that `is_known` elsewhere is not free.
    pub fn next_id(&self, project: &ProjectId, is_known: impl Fn(&TaskId) -> bool) -> TaskId {
        crate::naming::next(self, project, is_known)
    }

    /// Every ticket with its project, what it depends on before it; else in the file's order.
    pub fn topological(&self) -> Vec<(&PlannedProject, &Ticket)> {
        crate::graph::topological(self)
    }
}
