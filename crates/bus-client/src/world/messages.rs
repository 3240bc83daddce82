//! Messages that nobody has acknowledged yet, by addressee.

use std::collections::BTreeMap;

use go_bus_api::{AgentId, Message, MessageId};

/// The unread messages. Acknowledged ones are dropped: their number has no bound and nobody acts on them.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Messages {
    unread: BTreeMap<AgentId, BTreeMap<MessageId, Message>>,
}

impl Messages {
    pub(super) fn put(&mut self, message: Message) -> bool {
        if message.acknowledged_at.is_none() {
            let inbox = self.unread.entry(message.to.clone()).or_default();
            return inbox.insert(message.id.clone(), message.clone()) != Some(message);
        }
        let Some(inbox) = self.unread.get_mut(&message.to) else { return false };
        let known = inbox.remove(&message.id).is_some();
        if inbox.is_empty() {
            self.unread.remove(&message.to);
        }
        known
    }

    pub(super) fn to<'a>(&'a self, agent: &AgentId) -> impl Iterator<Item = &'a Message> + use<'a> {
        self.unread.get(agent).into_iter().flat_map(BTreeMap::values)
    }
}
