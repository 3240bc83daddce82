//! When a sprint ends, and what its end brings (R27, R28).

use std::collections::BTreeSet;

use go_bus_api::{
    AgentId, CloseSprint, HostId, NewMessage, NewTask, ProjectId, Sprint, SprintId, TaskId, TaskKind, Text, Timestamp,
};
use go_bus_client::World;
use go_rules::placement;
use go_rules::uniqueness::Seat;

use crate::account::account;
use crate::enrolment::is_over;
use crate::motion::moves;
use crate::report::SprintReport;
use crate::summary::Summary;

/// The kind of the messages that tell of a sprint's end.
const NOTICE: &str = "progress";

/// The sprints that are to be closed at `now`, each with all that its end brings: those in which nothing can move any more, and those
/// whose window is over. What runs goes on. The same input gives the same answer. Its cost grows with what the sprints under way have.
pub fn closing(world: &World, now: Timestamp) -> Vec<(SprintId, CloseSprint)> {
    let ended = |sprint: &&Sprint| is_over(sprint, now) || !sprint.tickets.iter().any(|id| moves(world, id, now));
    world.open_sprints().filter(ended).map(|sprint| (sprint.id.clone(), close(world, sprint, now))).collect()
}

fn close(world: &World, sprint: &Sprint, now: Timestamp) -> CloseSprint {
    let report = account(world, sprint, now);
    let summary = Summary(&report);
    CloseSprint {
        summary: Text::clipped(&summary.to_string()),
        pace: report.time.pace(),
        report: serde_json::to_value(&report).ok(),
        carried: report.carried.clone(),
        pushes: pushes(world, &report),
        notices: notices(world, &summary),
    }
}

/// A push for each repo that something was done in.
fn pushes(world: &World, report: &SprintReport) -> Vec<NewTask> {
    let projects: BTreeSet<&ProjectId> = report.done.iter().map(|done| &done.project).collect();
    let mut repos = BTreeSet::new();
    let projects = projects.into_iter().filter_map(|id| world.project(id));
    let each = projects.filter(|project| project.repo.as_ref().is_some_and(|repo| repos.insert(repo)));
    each.map(|project| push(world, &project.id, &report.sprint)).collect()
}

fn push(world: &World, project: &ProjectId, sprint: &SprintId) -> NewTask {
    let title = Text::clipped(&format!("Push {project} after sprint {sprint}"));
    NewTask {
        id: TaskId::new(format!("push-{sprint}-{project}")).ok(),
        kind: TaskKind::Push,
        sprint: Some(sprint.clone()),
        host: host_of(world, project),
        ..NewTask::ticket(project.clone(), title)
    }
}

/// Where the work of `project` is: the host of its PO while that is open, else the first open one.
fn host_of(world: &World, project: &ProjectId) -> Option<HostId> {
    let open = placement::open(world.hosts());
    let of_po = world.live_in(&Seat::Project(project.clone())).and_then(|po| po.host.as_ref());
    let host = of_po.filter(|id| open.iter().any(|host| host.id == **id));
    host.or_else(|| open.first().map(|host| &host.id)).cloned()
}

/// Word to the IO of each human who is logged in, and to C0.
fn notices(world: &World, summary: &Summary<'_>) -> Vec<NewMessage> {
    let ios = world.open_sessions().filter_map(|session| world.live_in(&Seat::Human(session.user.clone())));
    let c0 = Some(AgentId::c0()).filter(|id| world.agent_state(id).is_some());
    let all: BTreeSet<AgentId> = ios.map(|io| io.id.clone()).chain(c0).collect();
    let notice = |to| NewMessage {
        to,
        subject: Text::clipped(&summary.headline()),
        body: Text::clipped(&summary.to_string()),
        kind: Text::new(NOTICE).ok(),
        actor: None,
    };
    all.into_iter().map(notice).collect()
}

#[cfg(test)]
mod tests;
