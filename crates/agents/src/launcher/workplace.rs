//! Which working folder an agent gets: decided purely; and how one is removed.

use std::path::PathBuf;
use std::time::Duration;

use go_bus_api::{Agent, Attempt, Millis, Project, Role, Task, TaskId, TaskKind, Text};
use go_runtime::{
    AgentFolder, Capture, Captured, CommandSpec, End, Environment, HostFolder, RuntimeError, WorkplaceRecord,
    WorkplaceSpec, capture,
};

use super::LauncherConfig;

/// How long one step of a removal may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// How much of what a step says is kept for people.
const SAID: usize = 2048;

/// An assignment as far as its working folder goes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Job<'a> {
    pub(super) agent: &'a Agent,
    pub(super) task: &'a Task,
    pub(super) reviewed: Option<&'a Task>,
    pub(super) project: &'a Project,
}

/// The working folder of an agent that talks; `None` where it works in the project's own folder.
///
/// A builder's is its task's and outlives it; a reviewer's, at the commit that was delivered, is in its agent's own folder and goes
/// with that.
pub(super) fn wanted(job: Job<'_>, config: &LauncherConfig, host: &HostFolder) -> Option<WorkplaceSpec> {
    let (terms, repo) = (job.project.workplace.as_ref()?, job.project.repo.as_ref()?);
    let (folder, at) = match (job.agent.role, job.task.kind) {
        (Role::Reviewer, _) => {
            let delivered = job.reviewed.unwrap_or(job.task).landing.as_ref()?;
            (host.agent(&job.agent.id).review_path(), Some(delivered.commit.clone()))
        }
        (_, TaskKind::Ticket | TaskKind::Improvement) => (host.workplace(&job.task.id), None),
        _ => return None,
    };
    let is_first = job.agent.attempt.unwrap_or(job.task.attempt) <= Attempt(1);
    Some(WorkplaceSpec {
        exe: config.exe.clone(),
        repo: PathBuf::from(repo.as_str()),
        folder,
        task: job.task.id.clone(),
        onto: terms.onto.clone(),
        prove: at.is_none() && is_first && !job.task.verify.is_empty(),
        // The branch has what it could not be merged onto.
        catch_up: at.is_none() && job.task.landing_failures > 0,
        at,
        copy: terms.copy.clone(),
        setup: terms.setup.clone(),
        env: terms.env.clone(),
        teardown: terms.teardown.clone(),
        save_ms: Millis::from(config.save_every),
    })
}

/// Removes the working folder of a task that is over. `Err` has the words of why it has to stay. Blocks.
pub(super) fn remove(
    host: &HostFolder,
    task: &TaskId,
    keep_env: &[String],
) -> Result<Result<(), Text<512>>, RuntimeError> {
    let folder = host.workplace(task);
    let Some(WorkplaceRecord { workplace, .. }) = WorkplaceRecord::read(&folder) else { return Ok(Ok(())) };
    let is_there = folder.is_dir();
    if is_there {
        for command in &workplace.teardown {
            let done = run(&workplace.shell(command.as_str()), keep_env)?;
            if done.end != Some(End::Exited(0)) {
                tracing::warn!(%task, %command, said = %words(&done), "a teardown failed; the folder is removed all the same");
            }
        }
    }
    // Whoever was killed once the folder was gone has left what its repo knows of it.
    if is_there || workplace.repo.is_dir() {
        let done = run(&workplace.remove(), keep_env)?;
        if done.end != Some(End::Exited(0)) {
            return Ok(Err(Text::clipped(&words(&done))));
        }
    }
    WorkplaceRecord::forget(&folder).map(Ok)
}

/// Removes the working folder within an agent's own, so that its repo forgets it too. What can't be done is told: it holds nothing of
/// anybody's, and goes with the agent's folder. Blocks.
pub(super) fn remove_of(agent: &AgentFolder, keep_env: &[String]) {
    let place = agent.spec().ok().and_then(|spec| spec.workplace);
    let Some(place) = place.filter(|place| place.folder.starts_with(agent.path()) && place.folder.is_dir()) else {
        return;
    };
    match run(&place.remove(), keep_env) {
        Ok(done) if done.end == Some(End::Exited(0)) => {}
        Ok(done) => tracing::warn!(folder = %place.folder.display(), said = %words(&done), "its repo still lists it"),
        Err(error) => tracing::warn!(folder = %place.folder.display(), %error, "its repo still lists it"),
    }
}

fn run(command: &CommandSpec, keep_env: &[String]) -> Result<Captured, RuntimeError> {
    let mut words = command.argv.iter();
    capture(&Capture {
        program: words.next().cloned().unwrap_or_default(),
        arguments: words.map(Into::into).collect(),
        folder: command.folder.clone(),
        environment: Environment::inherited(keep_env),
        more: command.env.iter().map(|(name, value)| (name.into(), value.into())).collect(),
        input: Vec::new(),
        merged: true,
        most: SAID,
        patience: Some(PATIENCE),
    })
}

fn words(done: &Captured) -> String {
    String::from_utf8_lossy(&done.output).trim().to_owned()
}
