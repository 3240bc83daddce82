//! What GO posts to have an HO, a PO or an IO spawned.

use go_bus_api::{DriverKind, Host, HostId, HostState, NewAgent};
use go_bus_client::World;

use crate::rotation::left_for;
use crate::{Handbook, Orchestrator, Purpose, Seating, orchestrator_prompt};

/// The spawn of the fixed program of `orchestrator`; see [`seated_request`].
pub fn orchestrator_request(orchestrator: &Orchestrator, world: &World, handbook: &Handbook) -> Option<NewAgent> {
    seated_request(orchestrator, &Seating::default(), world, handbook)
}

/// The spawn of `orchestrator` by what `seating` says. An HO runs on its own host; a PO or IO on the first active host by id, one that has a launcher
/// first. `None` while there is no host to run on. What the last one on that seat has left for it goes with the prompt.
pub fn seated_request(
    orchestrator: &Orchestrator,
    seating: &Seating,
    world: &World,
    handbook: &Handbook,
) -> Option<NewAgent> {
    let host = home(orchestrator, world)?;
    let (project, user) = match orchestrator {
        Orchestrator::Ho(_) => (None, None),
        Orchestrator::Po(project) => (Some(project.clone()), None),
        Orchestrator::Io(user) => (None, Some(user.clone())),
    };
    let left = left_for(world, &orchestrator.seat()).map_or("", |message| message.body.as_str());
    let prompt = orchestrator_prompt(orchestrator, left, handbook);
    Some(NewAgent {
        role: orchestrator.role(),
        host: Some(host),
        project,
        user,
        parent: None,
        model: Some(handbook.router.route(Purpose::Orchestrate(orchestrator))),
        driver: Some(seating.driver).filter(|driver| *driver != DriverKind::Shell),
        account: seating.account.clone(),
        prompt: Some(prompt),
        task: None,
        attempt: None,
        replaces: None,
        capabilities: Vec::new(),
    })
}

fn home(orchestrator: &Orchestrator, world: &World) -> Option<HostId> {
    match orchestrator {
        Orchestrator::Ho(host) => Some(host.clone()),
        Orchestrator::Po(_) | Orchestrator::Io(_) => first_active(world).map(|host| host.id.clone()),
    }
}

fn first_active(world: &World) -> Option<&Host> {
    let active = world.hosts().filter(|host| host.state == HostState::Active);
    active.min_by_key(|host| (!has_launcher(world, host), host.id.clone()))
}

/// Whether a launcher holds `host` and has not fallen silent: the host's lease outlives it.
fn has_launcher(world: &World, host: &Host) -> bool {
    let launcher = host.launcher.as_ref();
    launcher.is_some_and(|launcher| world.agent_state(launcher).is_none_or(|state| state.is_live()))
}
