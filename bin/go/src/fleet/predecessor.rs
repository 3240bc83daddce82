//! What a dead predecessor left on the Bus. The folder's lock proves that it is dead, so nobody has to wait for its silence.

use go_bus_api::{AgentId, AgentState, HostId, Release, Role};
use go_bus_client::{BusClient, BusError, World};

/// Releases its lease and ends its `go` agents and the launchers of `hosts`, as the operator. Its builders go on: their shims
/// keep them, and the next launcher adopts them.
pub(crate) async fn end(operator: &BusClient, hosts: &[HostId]) -> Result<(), BusError> {
    let lease = operator.lease().await?;
    if let Some(holder) = lease.holder {
        operator.release_lease(&Release { holder, epoch: lease.epoch }).await?;
    }
    let (_, resources) = operator.snapshot().await?;
    let world: World = resources.into_iter().collect();
    let of_ours = |host: &Option<HostId>| host.as_ref().is_some_and(|host| hosts.contains(host));
    let left = world.agents().filter(|agent| match agent.role {
        // `000` is nobody's instance: it is whom the leader acts as.
        Role::Go => agent.id != AgentId::go() && agent.state != AgentState::Terminated,
        Role::Launcher => agent.state != AgentState::Terminated && of_ours(&agent.host),
        _ => false,
    });
    for agent in left {
        operator.terminate(&agent.id).await?;
    }
    Ok(())
}
