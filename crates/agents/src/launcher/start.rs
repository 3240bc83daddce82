//! Starting an agent: its folder, its tokens, its keeper.

use go_bus_api::{AgentId, Attempt, ExitReport, Failure, ListQuery, Text};
use go_driver::AgentDriver;
use go_runtime::{AgentFolder, AgentSpec, RuntimeError, Stage};

use super::spec::Order;
use super::worker::{Failed, Outcome, Worker};
use super::{FileWork, resume};

/// The code of a command that can't be started, as a shell has it.
const NOT_STARTED: i32 = 127;

fn not_started(tail: Text<4096>, failure: Option<Failure>) -> ExitReport {
    ExitReport { code: Some(NOT_STARTED), tail, failure, ..ExitReport::default() }
}

impl Worker {
    /// Makes the folder where that is missing and starts the keeper, unless one lives already.
    pub(super) async fn start(&self, order: &Order) -> Result<Outcome, Failed> {
        let id = &order.agent.id;
        let folder = self.host.agent(id);
        if let Some(keeper) = self.config.runtime.keeper(&folder) {
            return Ok(Outcome::Kept(keeper));
        }
        match folder.stage() {
            Stage::Empty => match self.with_conversation(order).await?.spec(&self.config, &self.host, &self.boot) {
                Ok(spec) => self.prepare(id, &folder, spec, order).await?,
                Err(reason) => {
                    tracing::warn!(agent = %id, %reason, "it can't be run");
                    folder.create()?;
                    let tail = Text::clipped(&reason.to_string());
                    folder.write_exit(&not_started(tail, reason.failure()))?;
                    return Ok(Outcome::At(Stage::Ended));
                }
            },
            Stage::Prepared => {}
            later => return Ok(Outcome::At(later)),
        }
        let keeper = self.config.runtime.start(&folder).await?;
        tracing::info!(agent = %id, role = order.agent.role.as_str(), pid = keeper.pid, "started");
        Ok(Outcome::Kept(keeper))
    }

    /// The order with the conversation that its agent goes on with. The mirror does not keep the builders of earlier attempts.
    async fn with_conversation(&self, order: &Order) -> Result<Order, Failed> {
        let agent = &order.agent;
        let talks = self.config.drivers.get(agent.driver).is_some_and(AgentDriver::talks);
        let (true, Some(task)) = (talks && agent.attempt > Some(Attempt(1)), &agent.task) else {
            return Ok(order.clone());
        };
        let query =
            ListQuery { task: Some(task.to_string()), limit: Some(ListQuery::MAX_LIMIT), ..ListQuery::default() };
        let known = self.client.agents(&query).await?;
        Ok(order.clone().going_on_with(resume::conversation(agent, &known.items)))
    }

    /// Gets prompt and tokens, all at once, and writes the folder.
    async fn prepare(&self, id: &AgentId, folder: &AgentFolder, spec: AgentSpec, order: &Order) -> Result<(), Failed> {
        let (prompt, token, shim) = futures_util::try_join!(
            self.client.prompt(id),
            self.client.rotate_token(id),
            self.client.issue_shim_token(id)
        )?;
        let (folder, checks, terms) = (folder.clone(), order.checks().map(<[_]>::to_vec), order.terms().cloned());
        let write = move || {
            if let Some(checks) = checks {
                folder.write_checks(&checks)?;
            }
            if let Some(terms) = terms {
                folder.write_terms(&terms)?;
            }
            folder.prepare(&spec, prompt.as_str(), &token.token, &shim.token)
        };
        self.blocking(write).await
    }

    /// Runs what waits for a disk on a thread that may wait, where there are threads.
    pub(super) async fn blocking(
        &self,
        work: impl FnOnce() -> Result<(), RuntimeError> + Send + 'static,
    ) -> Result<(), Failed> {
        self.reading(work).await
    }

    /// The same for work that answers something.
    pub(super) async fn reading<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, RuntimeError> + Send + 'static,
    ) -> Result<T, Failed> {
        if self.config.files == FileWork::Inline {
            return Ok(work()?);
        }
        match tokio::task::spawn_blocking(work).await {
            Ok(done) => Ok(done?),
            Err(error) => Err(Failed::Interrupted(error.to_string())),
        }
    }
}
