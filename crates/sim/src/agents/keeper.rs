//! A keeper's life, as a shim's: start the agent where it was never started, write its end down, report it until the Bus has it.

use std::sync::Arc;

use go_bus_api::{ExitReport, Tier};
use go_runtime::{AgentFolder, AgentSpec, RuntimeError, Stage};

use super::hub::{Job, Told};
use super::run::{Bounds, Running, ended};
use super::{deliver, hand, orchestrator};
use crate::ground::Ground;
use crate::{HostNo, Node};

/// Keeps an agent to the end.
pub(super) async fn keep(ground: Arc<Ground>, host: HostNo, job: Job) {
    let Job { folder, told, alive } = job;
    let keeper = Keeper { ground, host, folder, told };
    if let Err(error) = keeper.keep().await {
        tracing::warn!(folder = %keeper.folder.path().display(), %error, "a keeper could not go on");
    }
    drop(alive);
}

/// What a keeper works with.
pub(super) struct Keeper {
    pub(super) ground: Arc<Ground>,
    pub(super) host: HostNo,
    pub(super) folder: AgentFolder,
    pub(super) told: tokio::sync::watch::Receiver<Told>,
}

impl Keeper {
    async fn keep(&self) -> Result<(), RuntimeError> {
        let report = match self.folder.stage() {
            Stage::Empty | Stage::Reported => return Ok(()),
            Stage::Ended => self.folder.exit()?,
            Stage::Prepared if self.is_of_this_boot()? => self.run().await?,
            Stage::Prepared | Stage::Started => ExitReport::default(),
        };
        self.folder.write_exit(&report)?;
        deliver::until_taken(self, &report).await
    }

    fn is_of_this_boot(&self) -> Result<bool, RuntimeError> {
        let boot = self.ground.machine(self.node().machine()).boot_id();
        Ok(boot.is_ok_and(|boot| self.folder.spec().is_ok_and(|spec| spec.boot == boot)))
    }

    async fn run(&self) -> Result<ExitReport, RuntimeError> {
        let spec = self.folder.spec()?;
        let mut bounds = Bounds::new(self.ground.clock(self.node()), &spec, self.told.clone());
        self.folder.mark_started()?;
        // As a shim does: what has to end by now is not even started.
        if let Some(cause) = bounds.forbids() {
            return Ok(ended(ExitReport::default(), cause));
        }
        let running = Running::begin(&self.ground, self.host, &spec, self.ground.work_of(&spec.agent));
        let report = self.work(&spec, &mut bounds).await;
        running.end(&report);
        Ok(report)
    }

    async fn work(&self, spec: &AgentSpec, bounds: &mut Bounds) -> ExitReport {
        match spec.role.tier() {
            Tier::Orchestrator => orchestrator::run(self, spec, bounds).await,
            _ => hand::run(self, spec, bounds).await,
        }
    }

    /// The node that it is part of.
    pub(super) fn node(&self) -> Node {
        Node::Agents(self.host)
    }
}

/// A task that ends with whoever holds this.
pub(super) struct AbortOnDrop(pub(super) tokio::task::JoinHandle<()>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}
