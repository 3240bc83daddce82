//! The numbers of a run.

use std::time::Duration;

/// The tickets that the operator posts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tickets {
    /// How many altogether.
    pub count: u32,
    /// How much time lies between two of them, on average.
    pub every: Duration,
}

/// The numbers of a run. [`Settings::default`] has the real ones with everything that is about leases and heartbeats divided by ten.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How many GOs.
    pub gos: u8,
    /// How many hosts with a launcher.
    pub hosts: u8,
    /// How many slots each of them has.
    pub slots: u32,
    /// How many hands there may be at once on all hosts.
    pub agents_max: u32,
    /// The tickets.
    pub tickets: Tickets,
    /// GO's heartbeat; the lease's TTL follows from it.
    pub lease_heartbeat: Duration,
    /// How long the holder's session may be broken while a standby waits.
    pub session_grace: Duration,
    /// How often agents and GOs say that they live.
    pub agent_heartbeat: Duration,
    /// How long a host's lease lives without its launcher's heartbeat.
    pub host_ttl: Duration,
    /// How often a launcher sends that.
    pub host_beat: Duration,
    /// How long an agent that is told to end has for it.
    pub stop_grace: Duration,
    /// How finely time passes: all nodes run for one of these, then messages move on. No message is quicker.
    pub tick: Duration,
    /// The longest that a message takes on a network that is well.
    pub latency: Duration,
    /// How much the clocks run fast or slow, at most, in parts of a million.
    pub drift_ppm: u32,
    /// Of a thousand hands, how many do not simply do well: they fail, are slow or silent, are rate-limited, or ask for changes.
    pub troubled_per_mille: u32,
}

impl Settings {
    /// How often a silent stream of the Bus says that it lives.
    pub fn keep_alive(&self) -> Duration {
        self.agent_heartbeat / 2
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            gos: 3,
            hosts: 3,
            slots: 3,
            agents_max: 8,
            tickets: Tickets { count: 60, every: Duration::from_secs(2) },
            lease_heartbeat: Duration::from_secs(6),
            session_grace: Duration::from_millis(200),
            agent_heartbeat: Duration::from_secs(3),
            host_ttl: Duration::from_secs(6),
            host_beat: Duration::from_millis(1500),
            stop_grace: Duration::from_millis(150),
            tick: Duration::from_millis(5),
            latency: Duration::from_millis(15),
            drift_ppm: 200,
            troubled_per_mille: 150,
        }
    }
}
