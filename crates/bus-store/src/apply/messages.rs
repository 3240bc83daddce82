//! Messages between agents.

use go_bus_api::{Agent, AgentId, EventKind, Message, MessageId, NewMessage, Text};

use super::Done;
use super::authority::forbidden;
use super::ctx::Ctx;
use crate::Reject;
use crate::stored::Stored;

/// `POST /messages`.
pub(super) fn send(ctx: &mut Ctx<'_>, body: &NewMessage) -> Result<Done, Reject> {
    let from = sender(ctx, body)?;
    ctx.refer::<Agent>(body.to.as_str(), "/to")?;
    let message = Message {
        id: MessageId::generate(),
        from,
        to: body.to.clone(),
        subject: body.subject.clone(),
        body: body.body.clone(),
        kind: body.kind.clone(),
        sent_at: ctx.at,
        acknowledged_at: None,
    };
    Ok(Done::created(ctx.create(&message, &EventKind::MessageSent)?))
}

/// Tells `to` of what a commit is about, in that commit and in the name of whoever acts, so that it is sent exactly once.
pub(super) fn tell(ctx: &mut Ctx<'_>, to: AgentId, kind: &str, subject: &str, body: &str) -> Result<(), Reject> {
    let message = Message {
        id: MessageId::generate(),
        from: ctx.who.acting_agent(),
        to,
        subject: Text::clipped(subject),
        body: Text::clipped(body),
        kind: Some(Text::clipped(kind)),
        sent_at: ctx.at,
        acknowledged_at: None,
    };
    ctx.create(&message, &EventKind::MessageSent)?;
    Ok(())
}

/// The acting agent, or whom the operator names; `None` for the operator itself.
fn sender(ctx: &mut Ctx<'_>, body: &NewMessage) -> Result<Option<AgentId>, Reject> {
    if let Some(agent) = ctx.who.acting_agent() {
        return Ok(Some(agent));
    }
    let named = ctx.refer_some::<Agent>(body.actor.as_ref().map(AsRef::as_ref), "/actor")?;
    Ok(named.map(|agent| agent.id))
}

/// `POST /messages/{id}/ack`, by the addressee.
pub(super) fn acknowledge(ctx: &mut Ctx<'_>, id: &MessageId) -> Result<Done, Reject> {
    let mut message: Message = ctx.need(id.as_str())?;
    if !(ctx.who.is_operator() || ctx.who.acting_agent().as_ref() == Some(&message.to)) {
        return Err(forbidden(format!("the message is for {}", message.to)));
    }
    if message.acknowledged_at.is_some() {
        return Ok(Done::unchanged(message.document()?));
    }
    message.acknowledged_at = Some(ctx.at);
    Ok(Done::updated(ctx.update(&mut message, &EventKind::MessageAcknowledged)?))
}
