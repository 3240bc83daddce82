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
