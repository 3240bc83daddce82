//! Messages that nobody has acknowledged yet, by addressee.

use std::collections::BTreeMap;

use go_bus_api::{AgentId, Message, MessageId};

/// The unread messages. Acknowledged ones are dropped: their number has no bound and nobody acts on them.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Messages {
    unread: BTreeMap<AgentId, BTreeMap<MessageId, Message>>,
    /// Whose each is: it passes to the successor of an orchestrator that has ended.
    addressees: BTreeMap<MessageId, AgentId>,
    /// Who was asked to hand over, by the last message about it, read or not: few ever are.
    rotations: BTreeMap<AgentId, Message>,
}

impl Messages {
    pub(super) fn put(&mut self, message: Message) -> bool {
        self.note_rotation(&message);
        if message.acknowledged_at.is_some() {
            return self.remove(&message.id).is_some();
        }
        let before = self.remove(&message.id);
        let is_news = before.as_ref() != Some(&message);
        self.addressees.insert(message.id.clone(), message.to.clone());
        self.unread.entry(message.to.clone()).or_default().insert(message.id.clone(), message);
        is_news
    }

    fn remove(&mut self, id: &MessageId) -> Option<Message> {
        let addressee = self.addressees.remove(id)?;
        let inbox = self.unread.get_mut(&addressee)?;
        let message = inbox.remove(id);
        if inbox.is_empty() {
            self.unread.remove(&addressee);
        }
        message
    }

    fn note_rotation(&mut self, message: &Message) {
        let order = |message: &Message| (message.sent_at, message.id.clone());
        let is_last = |known: &Message| order(known) <= order(message);
        if message.is_about(Message::ROTATION) && self.rotations.get(&message.to).is_none_or(is_last) {
            self.rotations.insert(message.to.clone(), Message { acknowledged_at: None, ..message.clone() });
        }
    }

    pub(super) fn asked_to_rotate(&self, agent: &AgentId) -> Option<&Message> {
        self.rotations.get(agent)
    }

    pub(super) fn to<'a>(&'a self, agent: &AgentId) -> impl Iterator<Item = &'a Message> + use<'a> {
        self.unread.get(agent).into_iter().flat_map(BTreeMap::values)
    }
}
