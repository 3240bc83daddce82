//! What this process alone knows of the lease: who waits for it, and whether its holder's session stands.

pub(crate) mod mark;
mod session;
mod standbys;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use go_bus_api::{Epoch, HolderId, SessionState, Standby, Timestamp};
use go_clock::Boottime;
use tokio::sync::Notify;

pub(crate) use session::{Opening, Sessions, Settled};
pub(crate) use standbys::Standbys;

/// Standbys and the holder's session, behind locks that are held for moments only.
pub(crate) struct Desk {
    standbys: Mutex<Standbys>,
    sessions: Mutex<Sessions>,
    /// Rings when the end of a broken session has to be worked out anew.
    pub(crate) changed: Notify,
}

impl Desk {
    /// An empty desk; `grace` is the session's, `keep` how long a silent standby stays listed.
    pub(crate) fn new(grace: Option<Duration>, keep: Duration) -> Self {
        Self {
            standbys: Mutex::new(Standbys::new(keep)),
            sessions: Mutex::new(Sessions::new(grace)),
            changed: Notify::new(),
        }
    }

    /// Lists `holder` as a standby, or notes that it asked again.
    pub(crate) fn see_standby(&self, holder: &HolderId, wall: Timestamp, now: Boottime) {
        lock(&self.standbys).see(holder, wall, now);
        self.changed.notify_one();
    }

    /// Lists `holder` as a standby for as long as its request is held.
    pub(crate) fn hold_standby(&self, holder: &HolderId, wall: Timestamp, now: Boottime) {
        lock(&self.standbys).hold(holder, wall, now);
        self.changed.notify_one();
    }

    /// Its request is answered or gone.
    pub(crate) fn unhold_standby(&self, holder: &HolderId, wall: Timestamp, now: Boottime) {
        lock(&self.standbys).unhold(holder, wall, now);
    }

    /// `holder` waits no more: it has the lease.
    pub(crate) fn remove_standby(&self, holder: &HolderId) {
        lock(&self.standbys).remove(holder);
    }

    /// Who waits, longest first.
    pub(crate) fn standbys(&self, now: Boottime) -> Vec<Standby> {
        lock(&self.standbys).list(now)
    }

    /// The least grace that a session is given; `None` where there are no sessions.
    pub(crate) fn least_grace(&self) -> Option<Duration> {
        lock(&self.sessions).least_grace()
    }

    /// The holder under `epoch`, which goes by the grace that it was `told`, opens its session.
    pub(crate) fn open_session(&self, epoch: Epoch, told: Duration, now: Boottime) -> Opening {
        lock(&self.sessions).open(epoch, told, now)
    }

    /// A stream of the session under `epoch` broke.
    pub(crate) fn close_session(&self, epoch: Epoch, now: Boottime) {
        lock(&self.sessions).close(epoch, now);
        self.changed.notify_one();
    }

    /// When the lease under `epoch` is to end early, as things stand: the instant to look again.
    pub(crate) fn set_alarm(&self, epoch: Epoch, now: Boottime) -> Option<Boottime> {
        let waited_for = lock(&self.standbys).any(now);
        lock(&self.sessions).set_alarm(epoch, waited_for)
    }

    /// Begins that end where it is due: how long the session has been broken.
    pub(crate) fn begin_early_end(&self, epoch: Epoch, now: Boottime) -> Option<Duration> {
        let waited_for = lock(&self.standbys).any(now);
        lock(&self.sessions).begin_end(epoch, waited_for, now)
    }

    /// How the session under `epoch` is, and for how long it has been broken, once that is longer than its grace.
    pub(crate) fn session(&self, epoch: Epoch, now: Boottime) -> (SessionState, Option<Duration>) {
        let sessions = lock(&self.sessions);
        (sessions.state(epoch), sessions.silence(epoch, now))
    }

    /// What came of it.
    pub(crate) fn settle_early_end(&self, epoch: Epoch, settled: Settled, now: Boottime) {
        lock(&self.sessions).settle_end(epoch, settled, now);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing in here panics half way through a change.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
