//! Waiting for a GO that was just started: until it leads, stands by, or has ended.

use std::time::Duration;

use go_bus_api::{Epoch, HolderId, LeaseView, Timestamp};
use go_bus_client::BusError;
use go_clock::{Clock, SystemClock};
use go_runtime::tmux::PaneState;

use super::{Launch, Managed};
use crate::connect;
use crate::failure::Failure;
use crate::settings::Settings;

/// How long a GO may take until it leads or stands by.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often that is looked at.
const PACE: Duration = Duration::from_millis(50);
/// How long the Bus may take to tell.
const ANSWER: Duration = Duration::from_secs(2);

/// What became of a GO that was just started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// It leads.
    Leads(HolderId, Epoch),
    /// It stands by, as another one leads.
    StandsBy(HolderId, Epoch),
    /// It has ended, with this code or by a signal, and these were its last words.
    Ended(Option<i32>, String),
    /// It runs, but has not said anything yet.
    Slow,
}

impl std::fmt::Display for Arrival {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Leads(holder, epoch) => write!(f, "{holder} leads under epoch {epoch}"),
            Self::StandsBy(holder, epoch) => write!(f, "it stands by, as {holder} leads under epoch {epoch}"),
            Self::Ended(Some(code), words) => write!(f, "it ended at once with code {code}{words}"),
            Self::Ended(None, words) => write!(f, "a signal ended it at once{words}"),
            Self::Slow => write!(f, "it runs, but has not led within {} s", PATIENCE.as_secs()),
        }
    }
}

/// The Bus of a managed GO as it was before the start, to tell the new one by.
#[derive(Debug)]
pub(crate) struct Before {
    at: Timestamp,
    lease: Option<LeaseView>,
}

impl Before {
    /// How it is now.
    pub(crate) async fn now(settings: &Settings, launch: &Launch) -> Self {
        Self { at: SystemClock.wall(), lease: lease(settings, launch).await }
    }

    /// What this look at the lease tells of who came after.
    fn arrival(&self, now: &LeaseView) -> Option<Arrival> {
        let holder = now.holder.clone()?;
        let is_new = match &self.lease {
            Some(before) => now.epoch > before.epoch || before.holder.is_none(),
            None => now.acquired_at.is_some_and(|at| at >= self.at),
        };
        if is_new {
            return Some(Arrival::Leads(holder, now.epoch));
        }
        let waits = now.standbys.iter().any(|standby| match &self.lease {
            Some(before) => before.standbys.iter().all(|known| known.holder != standby.holder),
            None => standby.since >= self.at,
        });
        waits.then_some(Arrival::StandsBy(holder, now.epoch))
    }
}

impl Managed {
    /// Starts GO in the session and waits for what becomes of it.
    pub(crate) async fn start_and_wait(&self, settings: &Settings, launch: &Launch) -> Result<Arrival, Failure> {
        let before = Before::now(settings, launch).await;
        self.start(launch)?;
        let end = SystemClock.boottime() + PATIENCE;
        while SystemClock.boottime() < end {
            match self.pane()?.map(|pane| pane.state) {
                None => return Ok(Arrival::Ended(None, String::new())),
                Some(PaneState::Ended(code)) => return Ok(Arrival::Ended(code, self.last_words())),
                Some(PaneState::Runs(_)) => {}
            }
            if let Some(arrival) = lease(settings, launch).await.and_then(|lease| before.arrival(&lease)) {
                return Ok(arrival);
            }
            SystemClock.sleep(PACE).await;
        }
        Ok(Arrival::Slow)
    }
}

async fn lease(settings: &Settings, launch: &Launch) -> Option<LeaseView> {
    look_at_lease(settings, &launch.bus_url, ANSWER).await.ok()?.ok()
}

/// The lease of the Bus at `url`, or why it does not tell within `patience`. The token is read anew each time: a new Bus makes one.
pub(crate) async fn look_at_lease(
    settings: &Settings,
    url: &str,
    patience: Duration,
) -> Result<Result<LeaseView, BusError>, Failure> {
    let client = connect::client_of_session(settings, url)?;
    let told = tokio::time::timeout(patience, client.lease()).await;
    Ok(told.unwrap_or(Err(BusError::TimedOut(patience))))
}
