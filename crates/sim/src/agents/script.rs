//! What a hand will do: fixed by the seed, its task and the attempt.

use std::time::Duration;

use go_bus_api::{Attempt, Role, TaskId};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// The code of a hand that its model's provider turned away (`EX_TEMPFAIL` of sysexits).
const TURNED_AWAY: i32 = 75;

/// What a hand will do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Script {
    /// How long it works.
    pub(super) works: Duration,
    /// The code it exits with.
    pub(super) code: i32,
    /// Whether its keeper says that it lives.
    pub(super) beats: bool,
    /// How much of the grace it takes to end when it is told to, in thousandths; one that takes all of it is killed.
    pub(super) lingers: u32,
}

impl Script {
    /// The script of a hand; `troubled` in a thousand do not simply do well.
    pub(super) fn of(seed: u64, work: Option<&(TaskId, Attempt)>, role: Role, troubled: u32) -> Self {
        let mut chance = StdRng::seed_from_u64(mixed(seed, work));
        let lingers = chance.random_range(0..=1000);
        let works = Duration::from_millis(chance.random_range(200..4000));
        let well = Self { works, code: 0, beats: true, lingers };
        if chance.random_range(0..1000) >= troubled {
            return well;
        }
        match chance.random_range(0..4) {
            // A reviewer that exits so requests changes.
            0 => Self { code: 1, ..well },
            1 => Self { works: works * 5, ..well },
            2 if role != Role::Reviewer => Self { works: works * 4, beats: false, ..well },
            _ => Self::turned_away(lingers),
        }
    }

    /// A hand whose model's provider has no room for it.
    pub(super) fn turned_away(lingers: u32) -> Self {
        Self { works: Duration::from_millis(100), code: TURNED_AWAY, beats: true, lingers }
    }

    /// How long it takes to end within a grace.
    pub(super) fn lingering(&self, grace: Duration) -> Duration {
        grace.saturating_mul(self.lingers) / 1000
    }
}

/// FNV-1a over everything that fixes a script.
fn mixed(seed: u64, work: Option<&(TaskId, Attempt)>) -> u64 {
    let text = work.map(|(task, attempt)| format!("{task}/{attempt}")).unwrap_or_default();
    let bytes = seed.to_le_bytes().into_iter().chain(text.bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_fixed_and_most_do_well() {
        let scripts = |seed| -> Vec<Script> {
            let work = |number| (TaskId::new(format!("T-{number}")).unwrap(), Attempt(1));
            (0..400).map(|number| Script::of(seed, Some(&work(number)), Role::Worker, 150)).collect()
        };
        assert_eq!(scripts(7), scripts(7));
        assert_ne!(scripts(7), scripts(8));
        let troubled = scripts(7).iter().filter(|script| script.code != 0).count();
        assert!((5..80).contains(&troubled), "{troubled}");
    }
}
