//! Why a task waits, in a sentence for people and a word for the planner.

use std::fmt;

use go_bus_api::{HostId, HostState, ProjectId, ProjectState, Provider, TaskId, TaskState, Text, Timestamp};
use go_rules::uniqueness::Seat;

/// One thing that a task waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// Another task has to be done first.
    Dependency {
        /// That task.
        task: TaskId,
        /// Where it is.
        state: TaskState,
    },
    /// It depends on a task that does not exist.
    UnknownDependency(TaskId),
    /// A task that it depends on, directly or not, has failed or was cancelled.
    Behind {
        /// That task.
        task: TaskId,
        /// How it ended.
        state: TaskState,
    },
    /// Nothing is pushed until the integration test is green again: this run failed.
    IntegrationRed(TaskId),
    /// Nothing lands until the integration test is green again: this run failed.
    LandingStops(TaskId),
    /// Deliveries land one at a time in its repo, and this ticket's comes first.
    LandsAfter(TaskId),
    /// That one is at work on the same lines, and lands first.
    CollidesWith(TaskId),
    /// The Bus has blocked it, for this reason.
    Blocked(Text<16384>),
    /// The operator has set it aside.
    Held,
    /// Nothing else is in the way: it is taken into a sprint when the next begins.
    NextSprint,
    /// A retry waits for its time.
    Backoff {
        /// When that is.
        until: Timestamp,
    },
    /// Every account that it may run on rests: it is parked, or a window of it is used up.
    AccountsRest {
        /// Whose accounts they are.
        provider: Provider,
        /// When the first of them takes agents again.
        until: Timestamp,
    },
    /// Its project is not worked on.
    Project {
        /// The project.
        project: ProjectId,
        /// Its state.
        state: ProjectState,
    },
    /// Its project is not on the Bus.
    UnknownProject(ProjectId),
    /// Nobody alive answers for it.
    NoOrchestrator(Seat),
    /// The host it names takes nothing new.
    Host {
        /// The host.
        host: HostId,
        /// Its state.
        state: HostState,
    },
    /// The host it names is not on the Bus.
    UnknownHost(HostId),
    /// No launcher holds the host it names.
    HostAway(HostId),
    /// No active host has a launcher.
    NoHost,
    /// No active host that it may run on offers this.
    Capability(Text<64>),
    /// It is M0's (R9), and nothing is heard of that.
    M0Away {
        /// When it was last heard of; `None` where it never was.
        since: Option<Timestamp>,
    },
    /// It is M0's, which has this in hand.
    M0Busy(TaskId),
    /// Every host that it may run on is full.
    Full(Vec<Fill>),
    /// As many agents are at work as may be.
    Cap {
        /// How many there are, and slots kept for assigned tasks.
        at_work: usize,
        /// `agents.max`.
        max: u32,
    },
}

/// How full a host is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fill {
    /// The host.
    pub host: HostId,
    /// Slots taken or kept for assigned tasks.
    pub used: usize,
    /// All its slots.
    pub slots: u32,
}

/// What has to happen for a reason to go away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outlook {
    /// It passes by itself, or the fleet sees to it.
    Passes,
    /// It passes with another task.
    Others,
    /// The operator has stopped it and may let it go on.
    Operator,
    /// It does not pass: somebody has to change the plan, or retry what failed.
    Stays,
}

impl Reason {
    /// What has to happen for it to go away.
    pub fn outlook(&self) -> Outlook {
        match self {
            Self::Backoff { .. } | Self::NoOrchestrator(_) | Self::HostAway(_) => Outlook::Passes,
            Self::AccountsRest { .. } | Self::NextSprint | Self::NoHost | Self::Full(_) | Self::Cap { .. } => {
                Outlook::Passes
            }
            // One that was there sleeps; where none ever was there may be none.
            Self::M0Away { since: Some(_) } | Self::M0Busy(_) => Outlook::Passes,
            Self::M0Away { since: None } => Outlook::Stays,
            Self::LandsAfter(_) | Self::CollidesWith(_) => Outlook::Passes,
            Self::Dependency { .. } | Self::IntegrationRed(_) | Self::LandingStops(_) => Outlook::Others,
            Self::Held
            | Self::Project { state: ProjectState::Paused, .. }
            | Self::Host { state: HostState::Draining, .. } => Outlook::Operator,
            Self::UnknownDependency(_) | Self::Behind { .. } | Self::Blocked(_) => Outlook::Stays,
            Self::Project { .. } | Self::UnknownProject(_) => Outlook::Stays,
            Self::Host { .. } | Self::UnknownHost(_) | Self::Capability(_) => Outlook::Stays,
        }
    }
}

impl Reason {
    /// Whether it passes by itself before long. A host without its launcher may stay so, and an account may rest for days.
    pub(crate) fn passes_soon(&self) -> bool {
        let may_stay = matches!(self, Self::HostAway(_) | Self::NoHost | Self::AccountsRest { .. });
        self.outlook() == Outlook::Passes && !may_stay
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dependency { task, state } => write!(f, "dependency {task} is {}", state.as_str()),
            Self::UnknownDependency(task) => write!(f, "dependency {task} is not on the Bus"),
            Self::Behind { task, state: TaskState::Failed } => write!(f, "blocked behind {task}, which failed"),
            Self::Behind { task, state } => write!(f, "blocked behind {task}, which is {}", state.as_str()),
            Self::IntegrationRed(run) => {
                write!(f, "{run} is not green: nothing is pushed until the integration test is")
            }
            Self::LandingStops(run) => write!(f, "landing stops: {run} is red"),
            Self::LandsAfter(ticket) => write!(f, "lands after {ticket}"),
            Self::CollidesWith(task) => {
                write!(f, "{task} is at work on the same lines: it starts once that has landed")
            }
            Self::Blocked(why) if why.is_blank() => f.write_str("blocked"),
            // A conflict or what a check said may follow; the task has all of it.
            Self::Blocked(why) => {
                let first = why.as_str().lines().find(|line| !line.trim().is_empty());
                write!(f, "blocked: {}", first.unwrap_or_default().trim())
            }
            Self::NextSprint => f.write_str("it waits for the next sprint"),
            Self::Held => f.write_str("held until a person has it go on (go task retry)"),
            Self::Backoff { until } => write!(f, "backoff until {until}"),
            Self::AccountsRest { provider, until } => {
                write!(f, "every account of {} rests until {until}", provider.as_str())
            }
            Self::Project { project, state } => write!(f, "project {project} is {}", state.as_str()),
            Self::UnknownProject(project) => write!(f, "project {project} is not on the Bus"),
            Self::NoOrchestrator(Seat::Host(host)) => write!(f, "no HO of host {host} is alive yet"),
            Self::NoOrchestrator(Seat::Project(project)) => write!(f, "no PO of project {project} is alive yet"),
            Self::NoOrchestrator(Seat::Human(user)) => write!(f, "no IO of {user} is alive yet"),
            Self::Host { host, state } => write!(f, "host {host} is {}", state.as_str()),
            Self::UnknownHost(host) => write!(f, "host {host} is not on the Bus"),
            Self::HostAway(host) => write!(f, "host {host} has no launcher now"),
            Self::NoHost => f.write_str("no active host has a launcher now"),
            Self::Capability(name) => write!(f, "capability {name} is on no active host that it may run on"),
            Self::M0Away { since: None } => f.write_str("only M0 offers what it needs, and M0 was never heard of"),
            Self::M0Away { since: Some(since) } => {
                write!(f, "only M0 offers what it needs, and M0 sleeps: nothing is heard of it since {since}")
            }
            Self::M0Busy(task) => write!(f, "only M0 offers what it needs, and M0 is at work on {task}"),
            Self::Full(hosts) => write_full(f, hosts),
            Self::Cap { at_work, max } => write!(f, "cap agents.max: {at_work} of {max} at work"),
        }
    }
}

fn write_full(f: &mut fmt::Formatter<'_>, hosts: &[Fill]) -> fmt::Result {
    f.write_str("no slot is free on ")?;
    for (index, Fill { host, used, slots }) in hosts.iter().enumerate() {
        let comma = if index == 0 { "" } else { ", " };
        write!(f, "{comma}{host} ({used} of {slots})")?;
    }
    Ok(())
}
