//! What an orchestrator does with the messages that reach it.

use go_bus_api::{AgentId, MessageId};
use go_bus_client::{BusClient, BusError, Feed};

/// Takes note of each message to `me`: prints it to the agent's log, which an IO's human and everybody's operator read,
/// and acknowledges it. A message is printed again where the acknowledgement was lost, never left out.
pub async fn interact(me: &AgentId, client: &BusClient, feed: &mut Feed) -> Result<(), BusError> {
    let unread: Vec<(MessageId, String)> =
        feed.world().messages_to(me).map(|m| (m.id.clone(), format!("{}: {}", m.subject, m.body))).collect();
    for (id, text) in unread {
        tracing::info!(message = %id, "{text}");
        let message = client.acknowledge_message(&id).await?;
        feed.apply(go_bus_api::Resource::Message(message));
    }
    Ok(())
}
