//! Who waits on a host that is gone gives way to somebody on a host that is there.

use go_bus_api::{AgentState, Host, Resource, Revision, Role};

use super::*;
use crate::samples;

#[test]
fn a_seat_moves_to_a_host_with_a_launcher_where_its_own_is_gone() {
    let gone = Host { launcher: None, ..samples::host("h1", 2) };
    let po =
        go_bus_api::Agent { state: AgentState::Requested, host: Some(samples::id("h1")), ..samples::po("po", "site") };
    let ho = |id: &str, host: &str| go_bus_api::Agent { host: Some(samples::id(host)), ..samples::agent(id, Role::Ho) };
    let fleet = [
        Resource::Host(gone),
        Resource::Host(samples::host("h2", 2)),
        Resource::Project(samples::project("site")),
        Resource::Agent(ho("ho-1", "h1")),
        Resource::Agent(ho("ho-2", "h2")),
        Resource::Agent(po.clone()),
    ];
    let mut world: World = fleet.into_iter().collect();
    let (policy, view) = (Policy::default(), PlanView::none(&Policy::default()));
    let now = po.spawned_at.after(std::time::Duration::from_secs(60));
    let actions = |world: &World| plan(&policy, world, &view, &Memory::default(), now);
    assert_eq!(actions(&world), [Action::End(po.id.clone())]);
    world.apply(Resource::Agent(go_bus_api::Agent { state: AgentState::Terminated, revision: Revision(9), ..po }));
    let moved = actions(&world);
    let [Action::Spawn { request, .. }] = moved.as_slice() else { panic!("{moved:?}") };
    assert_eq!(request.host, Some(samples::id("h2")));
}
