//! `go pause`, `resume` and `drain`: stops and resumes starts, in a project, on a host, or everywhere.

use go_bus_api::{Host, HostPatch, HostState, Project, ProjectPatch, ProjectState};
use go_bus_client::BusClient;

use crate::connect;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::print;
use crate::settings::Settings;
use crate::tokio_runtime;

/// What is to become of starts. What runs goes on in either case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// Nothing new starts until it is resumed.
    Pause,
    /// Starts again.
    Resume,
    /// Finishes what it has, takes nothing new.
    Drain,
}

impl Order {
    /// The state a project in `state` gets; `None` where it stays.
    fn of_project(self, state: ProjectState) -> Option<ProjectState> {
        match (self, state) {
            (Self::Pause | Self::Drain, ProjectState::Active) => Some(ProjectState::Paused),
            (Self::Resume, ProjectState::Paused) => Some(ProjectState::Active),
            _ => None,
        }
    }

    /// The state a host in `state` gets; `None` where it stays.
    fn of_host(self, state: HostState) -> Option<HostState> {
        match (self, state) {
            (Self::Pause | Self::Drain, HostState::Active) => Some(HostState::Draining),
            (Self::Resume, HostState::Draining) => Some(HostState::Active),
            _ => None,
        }
    }
}

/// Carries out `order` on `target`: a project's id, a host's, or `all`.
pub(super) fn run(order: Order, target: &str, settings: &Settings) -> Result<Exit, Failure> {
    let client = connect::client(settings)?;
    tokio_runtime::one_shot(async {
        let (_, world) = client.snapshot().await?;
        let is_meant = |id: &str| target == "all" || target == id;
        let projects: Vec<_> = world.projects().filter(|project| is_meant(project.id.as_str())).collect();
        let hosts: Vec<_> = world.hosts().filter(|host| is_meant(host.id.as_str())).collect();
        if projects.is_empty() && hosts.is_empty() && target != "all" {
            return Err(Failure::usage(format!("{target} is no project and no host"), "`go status` lists both"));
        }
        // Everywhere: the projects are paused alone, and whatever is paused or draining is resumed.
        let everywhere_stop = target == "all" && order != Order::Resume;
        for project in projects {
            patch_project(&client, order, project).await?;
        }
        for host in hosts.into_iter().filter(|_| !everywhere_stop) {
            patch_host(&client, order, host).await?;
        }
        Ok(Exit::Done)
    })
}

async fn patch_project(client: &BusClient, order: Order, project: &Project) -> Result<(), Failure> {
    let state = order.of_project(project.state);
    if state.is_some() {
        client.patch_project(&project.id, &ProjectPatch { state, ..ProjectPatch::default() }).await?;
    }
    told("project", project.id.as_str(), state.unwrap_or(project.state).as_str())
}

async fn patch_host(client: &BusClient, order: Order, host: &Host) -> Result<(), Failure> {
    let state = order.of_host(host.state);
    if state.is_some() {
        client.patch_host(&host.id, &HostPatch { state, ..HostPatch::default() }).await?;
    }
    told("host", host.id.as_str(), state.unwrap_or(host.state).as_str())
}

fn told(kind: &str, id: &str, state: &str) -> Result<(), Failure> {
    print(format_args!("{kind} {id} is {state}\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finished_project_and_an_unused_host_stay_as_they_are() {
        for order in [Order::Pause, Order::Resume, Order::Drain] {
            assert_eq!(order.of_project(ProjectState::Done), None);
            assert_eq!(order.of_host(HostState::Inactive), None);
        }
        assert_eq!(Order::Drain.of_host(HostState::Active), Some(HostState::Draining));
        assert_eq!(Order::Resume.of_project(ProjectState::Paused), Some(ProjectState::Active));
    }
}
