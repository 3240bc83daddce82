//! What is forbidden just now, as requests.

use go_bus_api::{Agent, Epoch, Role, Task, TaskState};
use go_bus_client::World;
use http::Method;
use serde_json::{Value, json};

use super::world::Known;
use crate::judge::Offence;

/// A prompt that any role may be spawned with.
const PROMPT: &str = "# Look\n\n## Verification\nLook again.\n\n## Context rotation\nAt three quarters.\n";

/// A request that has to be refused.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Attempt {
    /// What it tries.
    pub(super) offence: Offence,
    /// The method.
    pub(super) method: Method,
    /// The path.
    pub(super) target: String,
    /// The epoch that it names.
    pub(super) epoch: Option<Epoch>,
    /// The body.
    pub(super) body: Value,
}

/// Everything that is forbidden and can be tried as things stand.
pub(super) fn possible(known: &Known) -> Vec<Attempt> {
    let world = &known.world;
    let of_lease = [stale_epoch(known), specialist_of_go(known), second_po(known)];
    let of_work = [second_builder(world), own_review(world), stale_attempt(world), over_the_cap(world)];
    of_lease.into_iter().chain(of_work).flatten().collect()
}

fn post(offence: Offence, target: impl Into<String>, epoch: Option<Epoch>, body: Value) -> Attempt {
    Attempt { offence, method: Method::POST, target: target.into(), epoch, body }
}

fn stale_epoch(known: &Known) -> Option<Attempt> {
    let stale = Epoch(known.epoch.0.checked_sub(1).filter(|epoch| *epoch > 0)?);
    let (offence, target) = (Offence::StaleEpoch, "/agents/000/handoff".to_owned());
    Some(Attempt { offence, method: Method::PUT, target, epoch: Some(stale), body: json!({"offence": true}) })
}

fn specialist_of_go(known: &Known) -> Option<Attempt> {
    let host = known.world.hosts().map(|host| &host.id).min()?;
    let body = json!({"role": "specialist", "host": host, "prompt": PROMPT});
    known.is_led.then(|| post(Offence::GoSpawnsSpecialist, "/agents", Some(known.epoch), body))
}

fn second_po(known: &Known) -> Option<Attempt> {
    let po = live_po(&known.world)?;
    let body = json!({"role": "po", "host": po.host, "project": po.project, "prompt": PROMPT});
    known.is_led.then(|| post(Offence::SecondPo, "/agents", Some(known.epoch), body))
}

fn second_builder(world: &World) -> Option<Attempt> {
    let po = live_po(world)?;
    let builder = by_id(world.agents_with_task().filter(|agent| agent.role != Role::Reviewer && is_running(agent)))?;
    let used = world.hosts().filter(|host| host.slots.get() > 0);
    let host = used.map(|host| &host.id).filter(|id| world.agents_on(id).all(|a| a.task.is_none())).min();
    let body = json!({"role": "specialist", "parent": po.id, "host": host.or(builder.host.as_ref()),
        "task": builder.task, "attempt": builder.attempt, "prompt": PROMPT});
    Some(post(Offence::SecondBuilder, "/agents", None, body))
}

fn own_review(world: &World) -> Option<Attempt> {
    let task = first(world.tasks_in(TaskState::InReview))?;
    // Whoever answers for the work is no more fit to judge it than its builder, whose token is void by now.
    let assignee = world.agent(task.assignee.as_ref()?).filter(|agent| agent.state.is_live())?;
    let body = json!({"verdict": "approve", "notes": "mine is fine", "actor": assignee.id});
    Some(post(Offence::OwnReview, format!("/tasks/{}/review", task.id), None, body))
}

fn stale_attempt(world: &World) -> Option<Attempt> {
    let task = first(world.tasks_in(TaskState::InProgress))?;
    let before = task.attempt.0.checked_sub(1)?;
    let body = json!({"attempt": before, "summary": "too late"});
    Some(post(Offence::StaleAttempt, format!("/tasks/{}/complete", task.id), None, body))
}

fn over_the_cap(world: &World) -> Option<Attempt> {
    let po = live_po(world)?;
    let host = world.hosts().find(|host| host.slots.get() == 0)?;
    let open = [TaskState::Pending, TaskState::InProgress].into_iter().flat_map(|state| world.tasks_in(state));
    let task = last(open.filter(|task| world.builders(&task.id).all(|agent| agent.role != Role::Reviewer)))?;
    let body = json!({"role": "reviewer", "parent": po.id, "host": host.id, "task": task.id, "prompt": PROMPT});
    Some(post(Offence::OverTheCap, "/agents", None, body))
}

fn is_running(agent: &Agent) -> bool {
    agent.state.is_running()
}

fn live_po(world: &World) -> Option<&Agent> {
    by_id(world.agents_of(Role::Po).filter(|agent| is_running(agent)))
}

/// The first by id: no order of a map may decide what happens.
fn by_id<'a>(agents: impl Iterator<Item = &'a Agent>) -> Option<&'a Agent> {
    agents.min_by(|one, other| one.id.cmp(&other.id))
}

fn first<'a>(tasks: impl Iterator<Item = &'a Task>) -> Option<&'a Task> {
    tasks.min_by(|one, other| one.id.cmp(&other.id))
}

fn last<'a>(tasks: impl Iterator<Item = &'a Task>) -> Option<&'a Task> {
    tasks.max_by(|one, other| one.id.cmp(&other.id))
}

#[cfg(test)]
mod tests {
    use go_bus_api::{Host, Resource};

    use super::*;
    use crate::judge::samples::{agent, task};

    fn known(resources: Vec<Resource>, epoch: u64) -> Vec<Offence> {
        let host = json!({"id": "h1", "state": "active", "slots": 0, "last_heartbeat": null, "revision": 1});
        let host: Host = serde_json::from_value(host).unwrap();
        let world: World = [Resource::Host(host)].into_iter().chain(resources).collect();
        possible(&Known::new(world, Epoch(epoch), true)).into_iter().map(|attempt| attempt.offence).collect()
    }

    #[test]
    fn nothing_of_the_lease_is_stale_before_the_second_epoch() {
        assert_eq!(known(Vec::new(), 1), [Offence::GoSpawnsSpecialist]);
        assert_eq!(known(Vec::new(), 2), [Offence::StaleEpoch, Offence::GoSpawnsSpecialist]);
    }

    #[test]
    fn a_host_without_slots_and_work_under_way_allow_every_offence() {
        let mut delivered = task("T-2", "in_review", 1);
        delivered.assignee = "a-p".parse().ok();
        let world = vec![
            Resource::Agent(agent("a-p", "po", "busy", "000", None)),
            Resource::Agent(agent("a-1", "worker", "busy", "a-p", Some("T-1"))),
            Resource::Task(task("T-1", "in_progress", 1)),
            Resource::Task(delivered),
            Resource::Task(task("T-3", "pending", 0)),
        ];
        assert_eq!(known(world, 2).len(), 7);
    }
}
