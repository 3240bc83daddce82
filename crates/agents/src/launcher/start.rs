//! Starting an agent: its folder, its tokens, its keeper.

use go_bus_api::{AgentId, ExitReport, Text};
use go_runtime::{AgentFolder, AgentSpec, RuntimeError, Stage};

use super::FileWork;
use super::spec::Order;
use super::worker::{Failed, Outcome, Worker};

/// The code of a command that can't be started, as a shell has it.
const NOT_STARTED: i32 = 127;

impl Worker {
    /// Makes the folder where that is missing and starts the keeper, unless one lives already.
    pub(super) async fn start(&self, order: &Order) -> Result<Outcome, Failed> {
        let id = &order.agent.id;
        let folder = self.host.agent(id);
        if let Some(keeper) = self.config.runtime.keeper(&folder) {
            return Ok(Outcome::Kept(keeper));
        }
        match folder.stage() {
            Stage::Empty => match order.spec(&self.config, &self.host, &self.boot) {
                Ok(spec) => self.prepare(id, &folder, spec).await?,
                Err(reason) => {
                    tracing::warn!(agent = %id, %reason, "it can't be run");
                    folder.create()?;
                    let tail = Text::clipped(&reason.to_string());
                    folder.write_exit(&ExitReport { code: Some(NOT_STARTED), tail, ..ExitReport::default() })?;
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

    /// Gets prompt and tokens, all at once, and writes the folder.
    async fn prepare(&self, id: &AgentId, folder: &AgentFolder, spec: AgentSpec) -> Result<(), Failed> {
        let (prompt, token, shim) = futures_util::try_join!(
            self.client.prompt(id),
            self.client.rotate_token(id),
            self.client.issue_shim_token(id)
        )?;
        let folder = folder.clone();
        let write = move || folder.prepare(&spec, prompt.as_str(), &token.token, &shim.token);
        self.blocking(write).await
    }

    /// Runs what waits for a disk on a thread that may wait, where there are threads.
    pub(super) async fn blocking(
        &self,
        work: impl FnOnce() -> Result<(), RuntimeError> + Send + 'static,
    ) -> Result<(), Failed> {
        if self.config.files == FileWork::Inline {
            return Ok(work()?);
        }
        match tokio::task::spawn_blocking(work).await {
            Ok(done) => Ok(done?),
            Err(error) => Err(Failed::Interrupted(error.to_string())),
        }
    }
}
