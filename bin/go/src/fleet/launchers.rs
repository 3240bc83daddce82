//! The launchers of this process: one for each active host.

use std::collections::BTreeSet;
use std::sync::Arc;

use go_agents::launcher::{self, LauncherError, Shutdown};
use go_bus_api::{HostId, HostState};
use go_bus_client::{BusClient, World};
use go_clock::SystemClock;
use tokio::task::JoinSet;

use super::parts::launcher_config;
use crate::failure::Failure;
use crate::settings::Settings;
use crate::signals::Stop;

/// Launchers that run, by host.
pub(super) struct Launchers {
    operator: BusClient,
    url: String,
    hosts: BTreeSet<HostId>,
    tasks: JoinSet<Result<(), LauncherError>>,
    stop: Stop,
}

impl Launchers {
    /// None yet; they will reach the Bus at `url`.
    pub(super) fn new(operator: BusClient, url: String) -> Self {
        Self { operator, url, hosts: BTreeSet::new(), tasks: JoinSet::new(), stop: Stop::new() }
    }

    /// Starts one for `host`, which need not be on the Bus yet, unless it has one.
    pub(super) fn ensure(&mut self, settings: &Settings, host: &HostId) -> Result<(), Failure> {
        if self.stop.is_asked() || !self.hosts.insert(host.clone()) {
            return Ok(());
        }
        let config = launcher_config(settings, host.clone(), &self.url)?;
        let asked = self.stop.asked();
        let end = async move {
            asked.await;
            Shutdown::StopAgents
        };
        self.tasks.spawn(launcher::run(config, self.operator.clone(), Arc::new(SystemClock), end));
        Ok(())
    }

    /// Starts one for every active host of the Bus that has none here: a plan may gain hosts.
    pub(super) fn ensure_all(&mut self, settings: &Settings, world: &World) -> Result<(), Failure> {
        let mut active = world.hosts().filter(|host| host.state == HostState::Active);
        active.try_for_each(|host| self.ensure(settings, &host.id))
    }

    /// Completes when one ends that was not told to.
    pub(super) async fn failed(&mut self) -> Failure {
        match self.tasks.join_next().await {
            Some(Ok(Err(error))) => Failure::caused_by(error, "start it again; what runs is adopted"),
            Some(_) => Failure::failed("a launcher ended by itself", "start it again; what runs is adopted"),
            None => std::future::pending().await,
        }
    }

    /// Ends every agent, and then the launchers.
    pub(super) async fn stop(&mut self) {
        self.stop.now();
        while let Some(ended) = self.tasks.join_next().await {
            if let Ok(Err(error)) = ended {
                tracing::warn!(%error, "a launcher ended badly");
            }
        }
    }
}
