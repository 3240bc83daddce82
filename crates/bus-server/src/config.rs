//! What a Bus can be told.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use go_bus_api::RbacMode;

/// A Bus's settings. [`Config::new`] has the seed's values; a caller changes what it wants changed.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The names under which it is reached, beside its addresses and `localhost`: what a browser may ask `/mcp` as.
    pub names: Vec<String>,
    /// The data folder: `operator.token` lies in it.
    pub data: PathBuf,
    /// How often agents heartbeat; silence for three of these makes one `lost`.
    pub agent_heartbeat: Duration,
    /// How old a token gets before it has to be rotated (R17). It is taken for one overlap more.
    pub token_ttl: Duration,
    /// How long the token before is still taken after a rotation.
    pub token_overlap: Duration,
    /// How long a host's lease lives without its launcher's heartbeat.
    pub host_ttl: Duration,
    /// How long the holder's session may be broken while a standby waits.
    pub session_grace: SessionGrace,
    /// Whether what a role may not is blocked, or just noted (R19).
    pub rbac: RbacMode,
    /// Bounds on what one client can hold.
    pub limits: Limits,
}

impl Config {
    /// A Bus at `listen` with its files in `data`, and the seed's numbers for the rest.
    pub fn new(listen: SocketAddr, data: impl Into<PathBuf>) -> Self {
        Self {
            listen,
            names: Vec::new(),
            data: data.into(),
            agent_heartbeat: Duration::from_secs(30),
            token_ttl: Duration::from_secs(24 * 3600),
            token_overlap: Duration::from_secs(5 * 60),
            host_ttl: go_rules::liveness::HOST_TTL,
            session_grace: SessionGrace::Auto,
            rbac: RbacMode::default(),
            limits: Limits::default(),
        }
    }

    /// A Bus on loopback at a free port: what a test needs.
    pub fn loopback(data: impl Into<PathBuf>) -> Self {
        Self::new(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0), data)
    }
}

/// How long the holder's session may be broken before a waiting standby ends its lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SessionGrace {
    /// 2 s on loopback, 10 s elsewhere.
    #[default]
    Auto,
    /// There are no sessions: only the TTL ends a lease.
    Off,
    /// This long; zero is off.
    After(Duration),
}

impl SessionGrace {
    /// The grace for a Bus that listens at `ip`; `None` is off.
    pub fn resolve(self, ip: IpAddr) -> Option<Duration> {
        match self {
            Self::Off | Self::After(Duration::ZERO) => None,
            Self::After(grace) => Some(grace),
            Self::Auto if ip.is_loopback() => Some(Duration::from_secs(2)),
            Self::Auto => Some(Duration::from_secs(10)),
        }
    }
}

/// Bounds on what one client can hold.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The largest request body, in bytes; 1 MiB by the contract.
    pub body: usize,
    /// How long a request's body may take to arrive, however it is spread.
    pub body_time: Duration,
    /// How many connections may be open at once; one beyond is told 429 and closed.
    pub connections: usize,
    /// How many event streams may be open at once; one beyond is refused with 429.
    pub streams: usize,
    /// How many snapshots may be under way at once, each with a thread and a connection of the store; one beyond waits.
    pub snapshots: usize,
    /// The largest head of a request, in bytes; at least 8 KiB. 431 beyond.
    pub head_size: usize,
    /// How many headers a request may have; 431 beyond.
    pub headers: usize,
    /// How long the head of a request that has begun may take to arrive.
    pub head: Duration,
    /// How long a connection may lie idle between requests. Longer than clients keep theirs, so that it is they who close.
    pub idle: Duration,
    /// How long a request may take until its answer begins; longer than `wait`.
    pub request: Duration,
    /// How long a `/wait` is held.
    pub wait: Duration,
    /// How often a silent stream says that it lives.
    pub keep_alive: Duration,
    /// How long a client may take nothing of what is sent to it before it is cut off.
    pub stall: Duration,
    /// How long a standby that nobody hears of stays listed.
    pub standby: Duration,
    /// How long requests under way may go on after the shutdown signal.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: 1 << 20,
            body_time: Duration::from_secs(30),
            connections: 10_000,
            streams: 5_000,
            snapshots: 32,
            head_size: 64 * 1024,
            headers: 100,
            head: Duration::from_secs(10),
            idle: Duration::from_secs(120),
            request: Duration::from_secs(90),
            wait: Duration::from_secs(30),
            keep_alive: Duration::from_secs(15),
            stall: Duration::from_secs(30),
            standby: Duration::from_secs(60),
            drain: Duration::from_millis(500),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grace_is_short_on_loopback_and_can_be_turned_off() {
        let (near, far) = (IpAddr::from([127, 0, 0, 1]), IpAddr::from([0, 0, 0, 0]));
        assert_eq!(SessionGrace::Auto.resolve(near), Some(Duration::from_secs(2)));
        assert_eq!(SessionGrace::Auto.resolve(far), Some(Duration::from_secs(10)));
        assert_eq!(SessionGrace::Off.resolve(near), None);
        assert_eq!(SessionGrace::After(Duration::ZERO).resolve(near), None);
    }
}
