//! Agents that have ended and whose end nobody judges any more: of these nothing is kept but that they were there.

use go_bus_api::{AgentId, Revision};

use super::bytes::{Reader, push_number};
use super::ledger::Ledger;

/// The versions of past agents by id, so that whatever comes late of one changes nothing.
#[derive(Debug, Clone, PartialEq, Default)]
pub(in super::super) struct PastAgents {
    versions: Ledger,
}

impl PastAgents {
    /// Keeps that `id` has ended, at this version of it.
    pub(in super::super) fn put(&mut self, id: &AgentId, revision: Revision) {
        let mut version = Vec::new();
        push_number(&mut version, revision.0);
        self.versions.put(id.as_str(), &version);
    }

    /// Forgets `id`.
    pub(in super::super) fn remove(&mut self, id: &AgentId) {
        self.versions.remove(id.as_str());
    }

    /// The version of `id`, where it is past.
    pub(in super::super) fn revision(&self, id: &AgentId) -> Option<Revision> {
        Reader(self.versions.get(id.as_str())?).number().map(Revision)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_comes_back_until_it_is_forgotten() {
        let (one, other) = (AgentId::generate(), AgentId::generate());
        let mut agents = PastAgents::default();
        agents.put(&one, Revision(u64::MAX));
        agents.put(&one, Revision(7));
        assert_eq!((agents.revision(&one), agents.revision(&other)), (Some(Revision(7)), None));
        agents.remove(&one);
        assert_eq!(agents, PastAgents::default());
    }

    #[test]
    fn ten_thousand_take_less_than_thirty_bytes_each() {
        let mut agents = PastAgents::default();
        let mut ids: Vec<_> = (0..10_000).map(|_| AgentId::generate()).collect();
        // They end about in the order in which they were asked for: of each few the last one ends first.
        ids.chunks_mut(20).for_each(<[_]>::reverse);
        ids.iter().for_each(|id| agents.put(id, Revision(6)));
        let room = agents.versions.room();
        assert!(room < 30 * 10_000, "{room} bytes");
        assert!(ids.iter().all(|id| agents.revision(id) == Some(Revision(6))));
    }
}
