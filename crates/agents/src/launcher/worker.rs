//! Carrying out what the reconciler decided: no choices here.

use std::sync::Arc;

use go_bus_api::{Agent, AgentId, AgentPatch, AgentState, BootId, ExitReport, MessageId, ProblemKind, TaskId, Text};
use go_bus_client::{BusClient, BusError, Token};
use go_clock::Clock;
use go_runtime::{AgentFolder, HostFolder, ProcessId, RuntimeError, Stage};

use super::spec::Order;
use super::{LauncherConfig, Step, workplace};
use crate::delivery;

/// What a launcher does things with. Clones share everything.
#[derive(Debug, Clone)]
pub(super) struct Worker {
    pub(super) config: Arc<LauncherConfig>,
    pub(super) host: HostFolder,
    pub(super) boot: BootId,
    pub(super) clock: Arc<dyn Clock>,
    /// Carries the launcher's own token.
    pub(super) client: BusClient,
}

/// What came of an action.
#[derive(Debug)]
pub(super) enum Outcome {
    /// This process keeps the agent.
    Kept(ProcessId),
    /// The Bus knows that it is ready, or has gone on without.
    Announced(Option<Box<Agent>>),
    /// Its keeper was told to stop it.
    StopOrdered,
    /// Nobody keeps it, and its folder is here.
    At(Stage),
    /// Its folder is gone.
    Forgotten,
}

/// Why an action failed; it is tried again.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failed {
    #[error(transparent)]
    Bus(#[from] BusError),
    #[error(transparent)]
    Runtime(#[from] RuntimeError),
    #[error("{0}")]
    Said(String),
    #[error("it was interrupted: {0}")]
    Interrupted(String),
}

impl Worker {
    /// Carries out a step about one agent. `order` is what is known of it, for a start.
    pub(super) async fn perform(&self, agent: &AgentId, step: Step, order: Option<&Order>) -> Result<Outcome, Failed> {
        match (step, order) {
            (Step::Start, Some(order)) => self.start(order).await,
            // The Bus has forgotten it meanwhile.
            (Step::Start, None) => Ok(Outcome::At(Stage::Empty)),
            (Step::Announce, _) => self.announce(agent).await,
            (Step::Stop(keeper), _) => {
                tracing::info!(%agent, "told to stop");
                self.config.runtime.stop(keeper)?;
                Ok(Outcome::StopOrdered)
            }
            (Step::Bury, _) => self.bury(agent).await,
            (Step::CallOff, _) => self.call_off(agent).await,
            (Step::Report, _) => self.report(agent).await,
            (Step::Remove, _) => {
                let (host, agent, keep) = (self.host.clone(), agent.clone(), self.config.keep_env.clone());
                self.blocking(move || {
                    workplace::remove_of(&host.agent(&agent), &keep);
                    host.remove(&agent)
                })
                .await?;
                Ok(Outcome::Forgotten)
            }
        }
    }

    async fn announce(&self, agent: &AgentId) -> Result<Outcome, Failed> {
        let ready = AgentPatch { state: Some(AgentState::Ready), ..AgentPatch::default() };
        match self.client.patch_agent(agent, &ready).await {
            Ok(agent) => Ok(Outcome::Announced(Some(Box::new(agent)))),
            // It has ended or was told to end meanwhile.
            Err(error) if delivery::is_moot(&error) => Ok(Outcome::Announced(None)),
            Err(error) => Err(error.into()),
        }
    }

    /// Ends what is left of an agent whose keeper died, and writes an end without a result.
    async fn bury(&self, agent: &AgentId) -> Result<Outcome, Failed> {
        let strays = self.config.runtime.end_strays(agent, self.config.stop_grace).await?;
        tracing::warn!(%agent, strays, "nobody kept it; what was left of it is ended");
        let folder = self.host.agent(agent);
        let tail = Text::clipped("nobody kept this agent, so how it ended is not known");
        let write = move || {
            folder.create()?;
            folder.write_exit(&ExitReport { tail, ..delivery::unknown_end(&folder) })
        };
        self.blocking(write).await?;
        Ok(Outcome::At(Stage::Ended))
    }

    /// Reports an ordered stop of an agent that was never started.
    async fn call_off(&self, agent: &AgentId) -> Result<Outcome, Failed> {
        let stopped = ExitReport { stopped: true, ..ExitReport::default() };
        delivery::deliver_exit(&self.client, agent, &stopped).await?;
        Ok(Outcome::At(Stage::Reported))
    }

    /// Reports the exit that a dead or refused shim left: with its token where that is good, as then a verdict can go with it.
    async fn report(&self, agent: &AgentId) -> Result<Outcome, Failed> {
        let folder = self.host.agent(agent);
        // What can't be read tells of no result.
        let report = folder.exit().unwrap_or_default();
        if !self.report_as_shim(&folder, &report).await? {
            delivery::deliver_exit(&self.client, agent, &report).await?;
        }
        self.blocking(move || folder.mark_reported()).await?;
        Ok(Outcome::At(Stage::Reported))
    }

    /// Whether the Bus took the report from the shim's token.
    async fn report_as_shim(&self, folder: &AgentFolder, report: &ExitReport) -> Result<bool, Failed> {
        let token = folder.shim_token().ok().and_then(|text| Token::new(text).ok());
        let (Some(token), Ok(spec)) = (token, folder.spec()) else { return Ok(false) };
        match delivery::deliver(&self.client.with_token(token), folder, &spec, report).await {
            Ok(()) => Ok(true),
            Err(error) if error.is_retryable() => Err(error.into()),
            Err(_) => Ok(false),
        }
    }

    /// Removes the working folder of a task that is over; false where its content is neither landed nor saved.
    pub(super) async fn clear(&self, task: &TaskId) -> Result<bool, Failed> {
        let (host, task, keep) = (self.host.clone(), task.clone(), self.config.keep_env.clone());
        let removed = self.reading(move || workplace::remove(&host, &task, &keep).map(|done| (task, done))).await?;
        match removed {
            (task, Ok(())) => {
                tracing::info!(%task, "its working folder is removed");
                Ok(true)
            }
            (task, Err(reason)) => {
                tracing::warn!(%task, %reason, "its working folder stays");
                Ok(false)
            }
        }
    }

    /// Gives an agent a new token in place of the old one, which stays good for a while, and takes the order off the list.
    pub(super) async fn rotate(&self, agent: &AgentId, order: &MessageId) -> Result<(), Failed> {
        let folder = self.host.agent(agent);
        if folder.path().exists() {
            match self.client.rotate_token(agent).await {
                Ok(issued) => self.blocking(move || folder.write_token(&issued.token)).await?,
                Err(error) if delivery::is_moot(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
        match self.client.acknowledge_message(order).await {
            Err(error) if !error.is(ProblemKind::NotFound) => Err(error.into()),
            _ => Ok(()),
        }
    }
}
