//! What an orchestrator does with the messages that reach it.

use go_bus_api::{AgentId, Message, Resource};
use go_bus_client::{BusClient, BusError, Feed};

use super::rotation;

/// Takes note of each message to `me`: prints it to the agent's log, which an IO's human and everybody's operator read,
/// answers one that asks to hand over (R26), and acknowledges it. A message is printed again where the acknowledgement was lost, never
/// left out.
pub async fn interact(me: &AgentId, client: &BusClient, feed: &mut Feed) -> Result<(), BusError> {
    let unread: Vec<Message> = feed.world().messages_to(me).cloned().collect();
    for message in unread {
        tracing::info!(message = %message.id, "{}: {}", message.subject, message.body);
        if message.is_about(Message::ROTATION) {
            rotation::hand_over(me, client, feed).await?;
        }
        let message = client.acknowledge_message(&message.id).await?;
        feed.apply(Resource::Message(message));
    }
    Ok(())
}
