//! When silence becomes a verdict.

use std::time::Duration;

/// How long a host's lease lives without its launcher's heartbeat.
pub const HOST_TTL: Duration = Duration::from_secs(60);

/// How often a launcher renews its host's lease: three tries fit into it.
pub const HOST_BEAT: Duration = Duration::from_secs(15);

/// How long before the end of its host's lease a launcher or shim must have ended its agents: the time a stop takes, and a
/// margin. No agent runs when the Bus gives its work away.
pub fn host_margin(stop_grace: Duration) -> Duration {
    (stop_grace + Duration::from_secs(2)).min(HOST_TTL / 2)
}

/// How long an agent may be silent: three heartbeats.
pub fn agent_silence(heartbeat: Duration) -> Duration {
    heartbeat.saturating_mul(3)
}
