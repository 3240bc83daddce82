//! Until when an agent may run.

use std::time::Duration;

use go_bus_api::{Millis, Text};
use go_clock::Boottime;
use go_rules::mutation::{Mutation, is_on};
use go_runtime::HostLeaseFile;

/// A limit that ended an agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// The attempt's wall limit.
    Wall(Millis),
    /// The host's lease: the Bus is about to give the work to others.
    HostLease,
}

impl Limit {
    /// The limit in words, for the exit report.
    pub fn text(self) -> Text<256> {
        match self {
            Self::Wall(limit) => Text::clipped(&format!("the wall limit of {}", words(limit.duration()))),
            Self::HostLease => Text::clipped("the end of the host's lease"),
        }
    }
}

/// `90 s` or `1.5 s`.
fn words(duration: Duration) -> String {
    format!("{} s", duration.as_secs_f64())
}

/// The limits of one agent, its verifications included.
#[derive(Debug)]
pub struct Limits {
    wall: Option<(Boottime, Millis)>,
    lease: Option<HostLeaseFile>,
    leased_until: Option<Boottime>,
}

impl Limits {
    /// The limits of an agent that is started now.
    pub fn new(now: Boottime, wall: Option<Millis>, lease: Option<HostLeaseFile>) -> Self {
        // Whoever heeds no lease is not woken by its end either.
        let lease = lease.filter(|_| !is_on(Mutation::HostLeaseUnheeded));
        let leased_until = lease.as_ref().map(HostLeaseFile::deadline);
        Self { wall: wall.map(|limit| (now + limit.duration(), limit)), lease, leased_until }
    }

    /// The limit that is reached, if one is. A host's lease that seems to be over is read again: its launcher may have
    /// renewed it.
    pub fn reached(&mut self, now: Boottime) -> Option<Limit> {
        if let Some((_, limit)) = self.wall.filter(|(until, _)| now >= *until) {
            return Some(Limit::Wall(limit));
        }
        self.is_lease_over(now).then_some(Limit::HostLease)
    }

    /// Whether the host's lease is over, whatever else is.
    pub fn is_lease_over(&mut self, now: Boottime) -> bool {
        if self.leased_until.is_some_and(|until| now >= until) {
            self.leased_until = self.lease.as_ref().map(HostLeaseFile::deadline);
        }
        self.leased_until.is_some_and(|until| now >= until)
    }

    /// When to look again.
    pub fn next(&self) -> Option<Boottime> {
        self.wall.map(|(until, _)| until).into_iter().chain(self.leased_until).min()
    }

    /// When to look at the host's lease again.
    pub fn lease_next(&self) -> Option<Boottime> {
        self.leased_until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Boottime {
        Boottime(Duration::from_secs(seconds))
    }

    #[test]
    fn the_wall_limit_counts_from_the_start() {
        let mut limits = Limits::new(at(100), Some(Millis(10_000)), None);
        assert_eq!((limits.next(), limits.reached(at(109))), (Some(at(110)), None));
        assert_eq!(limits.reached(at(110)), Some(Limit::Wall(Millis(10_000))));
        assert_eq!(Limit::Wall(Millis(1500)).text().as_str(), "the wall limit of 1.5 s");
    }

    #[test]
    fn a_renewed_host_lease_is_seen_when_the_old_one_is_over_and_a_lost_file_ends_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = HostLeaseFile::at(folder.path().join("lease"));
        file.renew(at(100)).unwrap();
        let mut limits = Limits::new(at(50), None, Some(file.clone()));
        assert_eq!(limits.next(), Some(at(100)));
        file.renew(at(200)).unwrap();
        assert_eq!((limits.reached(at(100)), limits.next()), (None, Some(at(200))));
        std::fs::remove_file(file.path()).unwrap();
        assert_eq!(limits.reached(at(199)), None);
        assert_eq!(limits.reached(at(200)), Some(Limit::HostLease));
    }
}
