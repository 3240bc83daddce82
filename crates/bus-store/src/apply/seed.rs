//! What a new Bus starts with: GO, the Mac and the desk GO reports to.

use go_bus_api::{Agent, AgentId, AgentState, DriverKind, Revision, Role, Timestamp};

use crate::StoreError;
use crate::stored::Stored;
use crate::tx::Tx;

/// Adds the fixed agents `000`, `m0` and `c0`. They are there from the start, so no event tells of them.
pub(crate) fn seed(tx: &mut dyn Tx, at: Timestamp) -> Result<(), StoreError> {
    for (id, role) in [(AgentId::go(), Role::Go), (AgentId::m0(), Role::M0), (AgentId::c0(), Role::C0)] {
        tx.insert(&fixed(id, role, at).row()?)?;
    }
    Ok(())
}

/// Whether this is one of the agents that are there from the start.
pub(super) fn is_fixed(id: &AgentId) -> bool {
    [AgentId::go(), AgentId::m0(), AgentId::c0()].contains(id)
}

fn fixed(id: AgentId, role: Role, at: Timestamp) -> Agent {
    Agent {
        id,
        role,
        host: None,
        project: None,
        user: None,
        parent: None,
        state: AgentState::Ready,
        model: None,
        driver: DriverKind::default(),
        account: None,
        capabilities: Vec::new(),
        prompt_sha256: None,
        task: None,
        attempt: None,
        spawned_at: at,
        last_heartbeat: None,
        token_rotated_at: None,
        context_used: None,
        exit: None,
        replaces: None,
        hold: false,
        revision: Revision(1),
    }
}
