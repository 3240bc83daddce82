//! Hosts and sessions.

use std::collections::BTreeMap;

use go_bus_api::{HostId, HostPatch, HostState, NewHost, NewSession, UserId};
use go_bus_client::World;

use super::Defaults;
use super::change::{PlanChange, changed, changed_state};
use crate::{Plan, PlannedHost, PlannedUser};

/// The hosts that the Bus lacks, and what it has otherwise.
pub(super) fn hosts(previous: Option<&Plan>, plan: &Plan, world: &World, defaults: &Defaults) -> Vec<PlanChange> {
    let before: Vec<PlannedHost> = previous.map(effective_hosts).unwrap_or_default();
    let state_before = |id: &HostId| before.iter().find(|host| host.id == *id).map(|host| host.state);
    effective_hosts(plan)
        .into_iter()
        .filter_map(|host| {
            let slots = host.slots.unwrap_or(defaults.slots);
            let Some(has) = world.host(&host.id) else {
                let PlannedHost { id, state, labels, .. } = host;
                return Some(PlanChange::CreateHost(NewHost { id, state, slots, labels }));
            };
            let patch = HostPatch {
                state: changed_state(previous.is_some(), state_before(&host.id), host.state, has.state),
                slots: changed(&slots, &has.slots),
                // A launcher may know labels of its host that the plan doesn't speak of.
                labels: changed(&host.labels, &has.labels).filter(|labels| !labels.is_empty()),
            };
            (patch != HostPatch::default()).then_some(PlanChange::PatchHost(host.id, patch))
        })
        .collect()
}

/// The plan's hosts, or the one that a plan without any has.
fn effective_hosts(plan: &Plan) -> Vec<PlannedHost> {
    if !plan.hosts.is_empty() {
        return plan.hosts.clone();
    }
    let host = |id| PlannedHost { id, state: HostState::Active, slots: None, labels: BTreeMap::new(), ho: None };
    HostId::new(Plan::DEFAULT_HOST).ok().map(host).into_iter().collect()
}

/// The sessions that the plan's humans lack.
pub(super) fn sessions(plan: &Plan, world: &World) -> impl Iterator<Item = PlanChange> {
    let missing = |user: &PlannedUser| user.logged_in && !world.open_sessions().any(|session| session.user == user.id);
    let users: Vec<PlannedUser> = effective_users(plan).into_iter().filter(missing).collect();
    users.into_iter().map(|user| PlanChange::OpenSession(NewSession { user: user.id }))
}

/// The plan's humans, or the one that a plan without any has.
fn effective_users(plan: &Plan) -> Vec<PlannedUser> {
    if !plan.users.is_empty() {
        return plan.users.clone();
    }
    UserId::new(Plan::DEFAULT_USER).ok().map(|id| PlannedUser { id, logged_in: true, io: None }).into_iter().collect()
}
