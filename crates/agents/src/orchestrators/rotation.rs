//! How a reference orchestrator hands over to a fresh context (R26): it says what it knows, and works on until it is told to end.

use go_bus_api::{Agent, AgentId, Message, NewMessage, Resource, Task, Text};
use go_bus_client::{BusClient, BusError, Feed, World};

/// Answers a question to hand over, where that is still to be done: its own handoff stands until GO has taken note of it.
pub(super) async fn hand_over(me: &AgentId, client: &BusClient, feed: &mut Feed) -> Result<(), BusError> {
    if has_answered(me, feed.world()) {
        return Ok(());
    }
    let message = client.send_message(&handoff(me, feed.world())).await?;
    tracing::info!(message = %message.id, "handed over; it works on until its successor is there");
    feed.apply(Resource::Message(message));
    Ok(())
}

fn has_answered(me: &AgentId, world: &World) -> bool {
    let own = |message: &Message| message.is_about(Message::HANDOFF) && message.from.as_ref() == Some(me);
    let asked = world.asked_to_rotate(me).map(|asked| asked.sent_at);
    world.messages_to(&AgentId::go()).any(|message| own(message) && Some(message.sent_at) >= asked)
}

/// What its successor has to know beside what the Bus tells it.
fn handoff(me: &AgentId, world: &World) -> NewMessage {
    NewMessage {
        to: AgentId::go(),
        subject: Text::clipped(&format!("handoff of {me}")),
        body: Text::clipped(&under_way(me, world)),
        kind: Some(Text::clipped(Message::HANDOFF)),
        actor: None,
    }
}

fn under_way(me: &AgentId, world: &World) -> String {
    let lines: Vec<String> = world.tasks_assigned_to(me).map(|task| line(task, world)).collect();
    if lines.is_empty() { "Nothing is under way.\n".to_owned() } else { format!("Under way:\n{}", lines.concat()) }
}

fn line(task: &Task, world: &World) -> String {
    let mut hands = world.builders(&task.id).filter(|hand| hand.attempt == Some(task.attempt)).map(words).peekable();
    let hands = match hands.peek() {
        Some(_) => hands.collect::<Vec<_>>().join(", "),
        None => "nobody is at it yet".to_owned(),
    };
    format!("- {} in attempt {} is {}: {hands}\n", task.id, task.attempt, task.state.as_str())
}

fn words(hand: &Agent) -> String {
    format!("{} {} is {}", hand.role.as_str(), hand.id, hand.state.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const AT: &str = "2026-01-01T00:00:10.000Z";

    fn world(resources: Value) -> World {
        let all: Vec<Resource> = serde_json::from_value(resources).unwrap();
        all.into_iter().collect()
    }

    fn message(id: &str, from: &str, to: &str, kind: &str, at: &str) -> Value {
        let (subject, read) = ("s", Value::Null);
        json!({"type": "message", "resource": {"id": id, "from": from, "to": to, "subject": subject, "body": "b", "kind": kind,
               "sent_at": at, "acknowledged_at": read}})
    }

    fn me() -> AgentId {
        AgentId::new("a-po").unwrap()
    }

    #[test]
    fn what_is_under_way_is_said_with_who_is_at_it() {
        let task = |id: &str, assignee: &str| {
            json!({"type": "task", "resource": {"id": id, "project": "p", "title": "t", "kind": "ticket", "priority": "p1",
                   "state": "in_progress", "assignee": assignee, "attempt": 2, "max_attempts": 3, "failures": 1, "losses": 0,
                   "created_at": AT, "revision": 4}})
        };
        let hand = json!({"type": "agent", "resource": {"id": "a-1", "role": "worker", "state": "busy", "driver": "shell", "task": "T-1",
                          "attempt": 2, "spawned_at": AT, "revision": 2}});
        let world = world(json!([task("T-1", "a-po"), task("T-2", "a-po"), task("T-3", "a-9"), hand]));
        let said = handoff(&me(), &world);
        assert_eq!(
            said.body.as_str(),
            "Under way:\n- T-1 in attempt 2 is in_progress: worker a-1 is busy\n\
             - T-2 in attempt 2 is in_progress: nobody is at it yet\n"
        );
        assert_eq!((said.to, said.kind), (AgentId::go(), Some(Text::clipped("handoff"))));
        assert_eq!(handoff(&me(), &World::default()).body.as_str(), "Nothing is under way.\n");
    }

    #[test]
    fn a_question_is_answered_once_and_another_one_anew() {
        let asked = message("m-1", "000", "a-po", "rotation", AT);
        let answer = |at: &str| message("m-2", "a-po", "000", "handoff", at);
        assert!(!has_answered(&me(), &world(json!([asked]))));
        assert!(has_answered(&me(), &world(json!([asked, answer(AT)]))));
        assert!(!has_answered(&me(), &world(json!([asked, answer("2026-01-01T00:00:09.000Z")]))));
        let others = message("m-3", "a-9", "000", "handoff", AT);
        assert!(!has_answered(&me(), &world(json!([asked, others]))));
    }
}
