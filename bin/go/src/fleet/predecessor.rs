//! What a dead predecessor left on the Bus. The folder's lock proves that it is dead, so nobody has to wait for its silence.

use futures_util::future::{try_join, try_join_all};
use go_bus_api::{Agent, AgentId, AgentState, HostId, ListQuery, Release, Role};
use go_bus_client::{BusClient, BusError};

/// Releases its lease and ends its `go` agents and the launchers of `hosts`, as the operator. Its builders go on: their shims
/// keep them, and the next launcher adopts them.
pub(crate) async fn end(operator: &BusClient, hosts: &[HostId]) -> Result<(), BusError> {
    let states = AgentState::ALL.into_iter().filter(|state| !state.is_ended());
    let found = try_join_all(states.map(|state| in_state(operator, state)));
    let ((), found) = try_join(release(operator), found).await?;
    let left = found.iter().flatten().filter(|agent| is_left(agent, hosts));
    try_join_all(left.map(|agent| operator.terminate(&agent.id))).await.map(drop)
}

async fn release(operator: &BusClient) -> Result<(), BusError> {
    let lease = operator.lease().await?;
    match lease.holder {
        Some(holder) => operator.release_lease(&Release { holder, epoch: lease.epoch }).await,
        None => Ok(()),
    }
}

/// All agents in this state, which are few; a snapshot would hold every task.
async fn in_state(operator: &BusClient, state: AgentState) -> Result<Vec<Agent>, BusError> {
    let state = Some(state.as_str().to_owned());
    let mut query = ListQuery { state, limit: Some(ListQuery::MAX_LIMIT), ..ListQuery::default() };
    let mut found = Vec::new();
    loop {
        let page = operator.agents(&query).await?;
        found.extend(page.items);
        query.cursor = page.next_cursor;
        if query.cursor.is_none() {
            return Ok(found);
        }
    }
}

fn is_left(agent: &Agent, hosts: &[HostId]) -> bool {
    match agent.role {
        // `000` is nobody's instance: it is whom the leader acts as.
        Role::Go => agent.id != AgentId::go(),
        Role::Launcher => agent.host.as_ref().is_some_and(|host| hosts.contains(host)),
        _ => false,
    }
}
