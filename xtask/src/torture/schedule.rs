//! What is killed when: decided by the seed before anything runs.

use std::fmt;
use std::time::Duration;

use super::random::Random;

/// How the fleet is deployed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// `go up`: Bus, launchers and GO in one process.
    Together,
    /// `go bus serve`, a `go launcher` for each host, and `go run` twice: a leader and a standby.
    Split,
}

/// Whom a kill hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// `go up` as a whole.
    Up,
    /// `go bus serve`.
    Bus,
    /// `go run`.
    Go,
    /// A `go launcher`.
    Launcher,
    /// A host's orchestrator.
    Ho,
    /// A project's orchestrator.
    Po,
    /// A human's orchestrator.
    Io,
    /// The keeper of any agent.
    Shim,
    /// A ticket's own shell.
    Agent,
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Up => "go up",
            Self::Bus => "Bus",
            Self::Go => "GO",
            Self::Launcher => "launcher",
            Self::Ho => "HO",
            Self::Po => "PO",
            Self::Io => "IO",
            Self::Shim => "shim",
            Self::Agent => "agent",
        })
    }
}

impl Target {
    /// Whether a supervisor outside the fleet starts it again.
    pub(super) fn is_part(self) -> bool {
        matches!(self, Self::Up | Self::Bus | Self::Go | Self::Launcher)
    }
}

/// One kill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kill {
    /// Not before the tickets have written so many lines: the moment lies in the work, however fast the machine is.
    pub(super) marks: usize,
    /// How much longer to wait then.
    pub(super) pause: Duration,
    /// Whom.
    pub(super) target: Target,
    /// Which of several.
    pub(super) which: usize,
}

const TOGETHER: [Target; 10] = {
    use Target::{Agent, Ho, Io, Po, Shim, Up};
    [Up, Up, Up, Shim, Shim, Agent, Po, Po, Ho, Io]
};
const SPLIT: [Target; 12] = {
    use Target::{Agent, Bus, Go, Ho, Io, Launcher, Po, Shim};
    [Bus, Bus, Go, Go, Launcher, Launcher, Shim, Shim, Agent, Po, Ho, Io]
};

/// `count` kills over a run that writes `marks` lines; a quarter of them follow the one before at once.
pub(super) fn kills(random: &mut Random, mode: Mode, count: usize, marks: usize) -> Vec<Kill> {
    let targets: &[Target] = match mode {
        Mode::Together => &TOGETHER,
        Mode::Split => &SPLIT,
    };
    let step = (marks * 9 / 10) / count.max(1);
    let kill = |number: usize| Kill {
        marks: if number > 0 && random.chance(25) { 0 } else { number * step + random.below(step) },
        pause: Duration::from_millis(u64::try_from(random.below(120)).unwrap_or(0)),
        target: random.pick(targets).copied().unwrap_or(Target::Agent),
        which: random.below(1000),
    };
    (0..count).map(kill).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_its_kills_and_they_spread_over_the_run() {
        let of = |seed, mode| kills(&mut Random::new(seed), mode, 20, 400);
        assert_eq!(of(3, Mode::Split), of(3, Mode::Split));
        assert_ne!(of(3, Mode::Split), of(4, Mode::Split));
        let all = of(3, Mode::Together);
        assert_eq!(all.len(), 20);
        assert!(all.iter().all(|kill| kill.marks < 360) && all.iter().any(|kill| kill.marks > 250));
    }

    #[test]
    fn each_way_of_deployment_has_its_own_parts_to_kill() {
        let targets = |mode| kills(&mut Random::new(1), mode, 300, 400).into_iter().map(|kill| kill.target);
        assert!(targets(Mode::Together).all(|t| !t.is_part() || t == Target::Up));
        assert!(targets(Mode::Split).all(|t| t != Target::Up));
        assert!(targets(Mode::Split).any(|t| t == Target::Launcher));
    }
}
