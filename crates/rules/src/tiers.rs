//! Who may spawn whom (R11).

use go_bus_api::{Role, Tier};

/// A spawn that no mode allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TierViolation {
    /// Who asked.
    pub spawner: Role,
    /// For what.
    pub wanted: Role,
}

impl std::fmt::Display for TierViolation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let rule = match self.wanted.tier() {
            Tier::Orchestrator => "GO alone spawns an HO, PO or IO",
            Tier::Hand => "an HO, PO or IO spawns a specialist, worker or reviewer",
            Tier::Global | Tier::Fixture => "it is registered, never spawned",
        };
        write!(f, "{} may not spawn {}: {rule}", self.spawner.as_str(), self.wanted.as_str())
    }
}

/// GO spawns HO, PO and IO; these spawn specialists, workers and reviewers; nobody spawns anything else.
pub fn check(spawner: Role, wanted: Role) -> Result<(), TierViolation> {
    match (spawner.tier(), wanted.tier()) {
        (Tier::Global, Tier::Orchestrator) | (Tier::Orchestrator, Tier::Hand) => Ok(()),
        _ => Err(TierViolation { spawner, wanted }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Role::{C0, Go, Ho, Io, Launcher, M0, Po, Reviewer, Specialist, Worker};

    #[test]
    fn exactly_these_pairs_are_allowed() {
        let all = [Go, Ho, Po, Io, Specialist, Worker, Reviewer, Launcher, M0, C0];
        for spawner in all {
            for wanted in all {
                let allowed = match spawner {
                    Go => matches!(wanted, Ho | Po | Io),
                    Ho | Po | Io => matches!(wanted, Specialist | Worker | Reviewer),
                    _ => false,
                };
                assert_eq!(check(spawner, wanted).is_ok(), allowed, "{spawner:?} → {wanted:?}");
            }
        }
    }
}
