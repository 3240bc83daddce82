//! What a run is about.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::faults::{Fault, Planned, Targets, blips, schedule};
use crate::{Node, Settings, Tickets};

/// How often something goes wrong, on average.
const EVERY: Duration = Duration::from_secs(5);

/// How many blips there are in a run of [`Scenario::Blips`].
const BLIPS: usize = 50;

/// What a run is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scenario {
    /// All that can go wrong, a fault every five seconds.
    Faults,
    /// Nothing goes wrong.
    Calm,
    /// Blips of the network, each shorter than the grace, and the Bus restarted now and then: no lease may end.
    Blips,
    /// The leader is cut off without a word, once a lease: the next has to be there at the deadline.
    Silence,
    /// Without sessions: answers to the GOs come late, and then nothing of theirs gets through while they hear all that happens.
    Late,
}

impl Scenario {
    /// Every scenario.
    pub const ALL: [Self; 5] = [Self::Faults, Self::Calm, Self::Blips, Self::Silence, Self::Late];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Faults => "faults",
            Self::Calm => "calm",
            Self::Blips => "blips",
            Self::Silence => "silence",
            Self::Late => "late",
        }
    }

    /// Whether leases may end in it.
    pub fn may_end_leases(self) -> bool {
        matches!(self, Self::Faults | Self::Silence | Self::Late)
    }

    /// How long after its last fault all work has to be over.
    pub fn patience(self) -> Duration {
        Duration::from_secs(120)
    }

    /// The fleet's numbers: tickets for as long as the run takes.
    pub fn settings(self, seed: u64, seconds: u64) -> Settings {
        let settings = Settings::default();
        let count = u32::try_from(seconds / 2).unwrap_or(u32::MAX);
        let tickets = Tickets { count, ..settings.tickets };
        // Without sessions only the TTL counts, by which a leader may believe much longer.
        let has_sessions = match self {
            Self::Faults => !seed.is_multiple_of(4),
            Self::Late => false,
            Self::Calm | Self::Blips | Self::Silence => true,
        };
        let session_grace = if has_sessions { settings.session_grace } else { Duration::ZERO };
        Settings { tickets, session_grace, ..settings }
    }

    /// What goes wrong when.
    pub fn plan(self, seed: u64, seconds: u64, settings: &Settings) -> Vec<Planned> {
        let targets = Targets {
            gos: settings.gos,
            hosts: settings.hosts,
            lease_ttl: lease_ttl(settings.lease_heartbeat),
            host_ttl: settings.host_ttl,
            grace: settings.session_grace,
        };
        let end = Duration::from_secs(seconds);
        match self {
            Self::Faults => schedule(seed, &targets, EVERY, end.saturating_sub(EVERY)),
            Self::Calm => Vec::new(),
            Self::Blips => blips(seed, &targets, BLIPS).into_iter().chain(restarts(end)).collect(),
            Self::Silence => silences(&targets, end),
            Self::Late => late(&targets, end),
        }
    }
}

/// Two missed heartbeats and an allowance for the one under way (R2).
fn lease_ttl(beat: Duration) -> Duration {
    beat.saturating_mul(2).saturating_add((beat / 2).min(Duration::from_secs(5)))
}

/// The Bus, killed and back at once.
fn restarts(end: Duration) -> Vec<Planned> {
    let planned = |at: Duration| Planned { at, lasts: Duration::from_millis(150), fault: Fault::Crash(Node::Bus) };
    vec![planned(end / 2), planned(end)]
}

/// Each GO in turn is cut off from the Bus for longer than its lease lives.
fn silences(targets: &Targets, end: Duration) -> Vec<Planned> {
    let step = targets.lease_ttl.saturating_mul(2);
    let mut plan = Vec::new();
    let mut at = Duration::from_secs(8);
    let mut go = 1;
    while at.saturating_add(step) < end.max(step.saturating_mul(4)) {
        let fault = Fault::Partition(Node::Go(go), Node::Bus);
        plan.push(Planned { at, lasts: targets.lease_ttl + targets.lease_ttl / 4, fault });
        at = at.saturating_add(step);
        go = if go >= targets.gos { 1 } else { go.saturating_add(1) };
    }
    plan
}

/// From the beginning all that the GOs and the Bus say is slow; once a while nothing of what any GO says arrives, for longer than a lease.
fn late(targets: &Targets, end: Duration) -> Vec<Planned> {
    let (begin, slow) = (Duration::from_secs(6), Duration::from_millis(1600));
    let lasts = targets.lease_ttl + targets.lease_ttl / 4;
    let mut plan = Vec::new();
    for go in (1..=targets.gos).map(Node::Go) {
        plan.push(Planned { at: begin, lasts: end.saturating_sub(begin), fault: Fault::Delay(go, Node::Bus, slow) });
        let mut at = begin.saturating_add(targets.lease_ttl);
        while at.saturating_add(lasts) < end {
            plan.push(Planned { at, lasts, fault: Fault::Cut { from: go, to: Node::Bus } });
            at = at.saturating_add(lasts.saturating_mul(2));
        }
    }
    plan
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Scenario {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|one| one.name() == text).ok_or_else(|| format!("no scenario {text:?}"))
    }
}
