//! One HO per active host, one PO per active project, one IO per human: no fewer, and nobody else.

use go_bus_api::{AgentState, Host, Project, Resource, Revision, Session, Task};

use super::*;
use crate::{Handbook, orchestrator_request, samples};

fn session(id: &str, user: &str) -> Resource {
    Resource::Session(Session {
        id: samples::id(id),
        user: samples::id(user),
        opened_at: samples::task("T").created_at,
        closed_at: None,
        io: None,
        revision: Revision(1),
    })
}

fn fleet() -> World {
    [
        Resource::Host(samples::host("h1", 2)),
        Resource::Host(Host { state: HostState::Inactive, ..samples::host("h2", 2) }),
        Resource::Project(samples::project("site")),
        Resource::Project(Project { state: ProjectState::Paused, ..samples::project("old") }),
        session("s-1", "operator"),
        session("s-2", "operator"),
    ]
    .into_iter()
    .collect()
}

fn seats(world: &World) -> Vec<String> {
    vacancies(world).iter().map(ToString::to_string).collect()
}

#[test]
fn every_active_host_and_project_and_each_human_once() {
    assert_eq!(seats(&fleet()), ["HO of host h1", "PO of project site", "IO of operator"]);
    assert!(vacancies(&World::default()).is_empty());
}

#[test]
fn a_live_holder_fills_the_seat_and_a_draining_or_silent_one_does_not() {
    for state in AgentState::ALL {
        let mut world = fleet();
        world.apply(Resource::Agent(Agent { state, ..samples::agent("a-1", Role::Po) }));
        assert_eq!(seats(&world).contains(&"PO of project site".to_owned()), !state.is_live(), "{state:?}");
    }
}

#[test]
fn what_is_not_wanted_any_more_ends_once_nothing_is_in_its_hands() {
    let mut world = fleet();
    let po = Agent { project: Some(samples::id("old")), ..samples::agent("a-1", Role::Po) };
    world.apply(Resource::Agent(po.clone()));
    world.apply(Resource::Agent(samples::agent("a-2", Role::Po)));
    let busy = Task { state: TaskState::InProgress, assignee: Some(po.id.clone()), ..samples::task("T-1") };
    world.apply(Resource::Task(busy.clone()));
    assert!(surplus(&world).is_empty());
    world.apply(Resource::Task(Task { state: TaskState::Done, revision: Revision(2), ..busy }));
    assert_eq!(surplus(&world).iter().map(|agent| agent.id.as_str()).collect::<Vec<_>>(), ["a-1"]);
}

/// A host `h1` that lost its launcher and its lease, `h2` with a launcher, and `agent` on `h1`.
fn stranded_in(h1: Host, agent: &Agent) -> bool {
    let mut world = fleet();
    world.apply(Resource::Host(Host { revision: Revision(2), ..h1 }));
    world.apply(Resource::Host(Host { revision: Revision(2), ..samples::host("h2", 2) }));
    world.apply(Resource::Agent(agent.clone()));
    let ten_seconds_later = agent.spawned_at.after(PATIENCE);
    stranded(&world, ten_seconds_later).iter().any(|found| found.id == agent.id)
}

#[test]
fn whoever_was_to_be_started_on_a_host_that_is_gone_ends_but_for_its_ho() {
    let gone = Host { launcher: None, ..samples::host("h1", 2) };
    let requested = |role| Agent { state: AgentState::Requested, ..samples::agent("a-1", role) };
    for role in [Role::Po, Role::Io, Role::Worker] {
        let agent = Agent { task: (role == Role::Worker).then(|| samples::id("T-1")), ..requested(role) };
        assert!(stranded_in(gone.clone(), &agent), "{role:?}");
        assert!(!stranded_in(samples::host("h1", 2), &agent), "{role:?}: its launcher is there");
        let lease_runs = Host { boot_id: Some(samples::id("boot-1")), ..gone.clone() };
        assert!(!stranded_in(lease_runs, &agent), "{role:?}: its launcher may be back");
        let started = Agent { state: AgentState::Lost, ..agent };
        assert!(!stranded_in(gone.clone(), &started), "{role:?}: its end is the Bus's to tell");
    }
    assert!(!stranded_in(gone, &requested(Role::Ho)), "it waits for its own host");
}

#[test]
fn nobody_is_stranded_at_once_nor_where_no_host_has_a_launcher() {
    let po = Agent { state: AgentState::Requested, ..samples::agent("a-1", Role::Po) };
    let mut world = fleet();
    world.apply(Resource::Host(Host { launcher: None, revision: Revision(2), ..samples::host("h1", 2) }));
    world.apply(Resource::Agent(po.clone()));
    assert!(stranded(&world, po.spawned_at.after(PATIENCE)).is_empty());
    world.apply(Resource::Host(Host { revision: Revision(2), ..samples::host("h2", 2) }));
    assert!(stranded(&world, po.spawned_at).is_empty());
    assert_eq!(stranded(&world, po.spawned_at.after(PATIENCE)).len(), 1);
}

#[test]
fn a_launcher_that_fell_silent_gets_nobody_more() {
    let (mut world, book) = (fleet(), Handbook::default());
    let host = |world: &World| {
        orchestrator_request(&Orchestrator::Po(samples::id("site")), world, &book).map(|r| r.host.unwrap().to_string())
    };
    world.apply(Resource::Host(Host {
        revision: Revision(2),
        launcher: Some(samples::id("a-2")),
        ..samples::host("h2", 2)
    }));
    assert_eq!(host(&world), Some("h1".into()));
    let silent = Agent { state: AgentState::Lost, ..samples::agent("a-launcher", Role::Launcher) };
    world.apply(Resource::Agent(silent));
    assert_eq!(host(&world), Some("h2".into()));
}

#[test]
fn an_ho_runs_on_its_host_and_the_others_on_the_first_active_one_with_a_launcher() {
    let mut world = fleet();
    let book = Handbook::default();
    let host = |world: &World, who: &Orchestrator| {
        orchestrator_request(who, world, &book).map(|r| r.host.unwrap().to_string())
    };
    let (ho, po) = (Orchestrator::Ho(samples::id("h9")), Orchestrator::Po(samples::id("site")));
    assert_eq!((host(&world, &ho), host(&world, &po)), (Some("h9".into()), Some("h1".into())));
    world.apply(Resource::Host(Host { launcher: None, revision: Revision(2), ..samples::host("h1", 2) }));
    world.apply(Resource::Host(Host { revision: Revision(2), ..samples::host("h2", 2) }));
    assert_eq!(host(&world, &po), Some("h2".into()));
    assert_eq!(host(&World::default(), &po), None);
}

#[test]
fn a_request_has_what_the_bus_asks_of_its_role() {
    for who in vacancies(&fleet()) {
        let request = orchestrator_request(&who, &fleet(), &Handbook::default()).unwrap();
        assert!(go_rules::tiers::check(Role::Go, request.role).is_ok());
        assert!(go_rules::prompt::missing(request.role, request.prompt.unwrap().as_str()).is_empty());
        let seat = go_rules::uniqueness::Seat::of(
            request.role,
            request.host.as_ref(),
            request.project.as_ref(),
            request.user.as_ref(),
        );
        assert_eq!(seat, Some(who.seat()));
    }
}
