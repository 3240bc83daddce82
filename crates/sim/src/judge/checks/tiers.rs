//! GO spawns orchestrators and nothing else; nobody else spawns one.

use go_bus_api::{AgentId, EventKind, Role};

use super::{Check, Findings};
use crate::judge::{About, Fact, FactNo, Invariant, Picture, What};

/// Who may spawn whom.
#[derive(Debug)]
pub(super) struct Tiers;

impl Check for Tiers {
    fn see(&mut self, _: FactNo, fact: &Fact, before: &Picture, found: &mut Findings) {
        let What::Event(event) = &fact.what else { return };
        let (EventKind::AgentRequested, About::Agent(agent)) = (&event.kind, &event.about) else { return };
        let Some(parent) = &agent.parent else { return };
        let spawner = if *parent == AgentId::go() { Some(Role::Go) } else { before.agent(parent).map(|a| a.role) };
        if !may(spawner, agent.role) {
            let by = spawner.map_or("nobody known", Role::as_str);
            let words = format!("{} spawned {}, a {}", by, agent.id, agent.role.as_str());
            found.wrong(Invariant::Tiers, None, words);
        }
    }
}

fn may(spawner: Option<Role>, wanted: Role) -> bool {
    match wanted {
        Role::Ho | Role::Po | Role::Io => spawner == Some(Role::Go),
        Role::Specialist | Role::Worker | Role::Reviewer => {
            matches!(spawner, Some(Role::Ho | Role::Po | Role::Io))
        }
        Role::Go | Role::Launcher | Role::M0 | Role::C0 => true,
    }
}
