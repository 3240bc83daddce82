//! A PO that would approve the work it answers for, every now and then. The Bus has to refuse it.

use std::time::Duration;

use go_bus_api::{AgentId, ListQuery, Review, Text, Verdict};
use go_bus_client::{BusClient, BusError, RetryPolicy};
use go_clock::Clock;
use go_runtime::AgentSpec;

use super::keeper::{AbortOnDrop, Keeper};

/// How long it keeps still between two tries.
const PAUSE: Duration = Duration::from_secs(7);

/// Begins; it ends with what is answered.
pub(super) fn begin(keeper: &Keeper, spec: &AgentSpec, client: BusClient) -> AbortOnDrop {
    let clock = keeper.ground.clock(keeper.node());
    let (me, client) = (spec.agent.clone(), client.with_retry(RetryPolicy::Never));
    AbortOnDrop(tokio::spawn(async move {
        loop {
            clock.sleep(PAUSE).await;
            if let Err(error) = approve_one_s_own(&client, &me).await {
                tracing::debug!(%error, "refused, or out of reach");
            }
        }
    }))
}

async fn approve_one_s_own(client: &BusClient, me: &AgentId) -> Result<(), BusError> {
    let query =
        ListQuery { state: Some("in_review".to_owned()), assignee: Some(me.to_string()), ..ListQuery::default() };
    let Some(task) = client.tasks(&query).await?.items.into_iter().next() else { return Ok(()) };
    let verdict = Review { verdict: Verdict::Approve, notes: Text::clipped("mine") };
    client.review(&task.id, &verdict).await.map(drop)
}
