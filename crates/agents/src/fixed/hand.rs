//! What M0 has in hand: a command that runs, or a verdict that the Bus does not have yet. It outlives a connection and a token.

use std::path::PathBuf;
use std::sync::Arc;

use go_bus_api::{Attempt, ExitReport, ReportProgress, Resource, Task, TaskId, Text};
use go_bus_client::{BusClient, BusError, Feed, World};
use go_clock::Clock;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::MacConfig;
use super::command::{Place, carry_out};
use super::duty::{Step, Verdict, is_wanted, next, verdict};
use crate::orchestrators::is_settled;

#[derive(Debug)]
struct Running {
    task: Task,
    stop: watch::Sender<bool>,
    end: JoinHandle<ExitReport>,
}

/// What M0 has in hand.
#[derive(Debug, Default)]
pub(super) struct Hand {
    running: Option<Running>,
    unsaid: Option<(TaskId, Verdict)>,
}

impl Hand {
    /// Does what is due: says a verdict, ends what is not wanted any more, begins what is new.
    pub(super) async fn look(
        &mut self,
        mac: &MacConfig,
        client: &BusClient,
        feed: &mut Feed,
        clock: &Arc<dyn Clock>,
    ) -> Result<(), BusError> {
        self.report(client, feed).await?;
        if let Some(running) = &self.running {
            if !is_wanted(feed.world(), &running.task.id, running.task.attempt) {
                running.stop.send_replace(true);
            }
            return Ok(());
        }
        match next(feed.world()) {
            None => Ok(()),
            Some(Step::GiveUp(task, fail)) => {
                self.unsaid = Some((task, Verdict::Failed(fail)));
                self.report(client, feed).await
            }
            Some(Step::Begin(task)) => self.begin(*task, mac, client, feed.world(), clock).await,
        }
    }

    /// Says a verdict, and takes note of what it made of the task: its event may be a while.
    async fn report(&mut self, client: &BusClient, feed: &mut Feed) -> Result<(), BusError> {
        if let Some(task) = self.say(client).await? {
            feed.apply(Resource::Task(task));
        }
        Ok(())
    }

    /// Begins a task. That it was begun is on the Bus first, so that nobody begins it twice.
    async fn begin(
        &mut self,
        task: Task,
        mac: &MacConfig,
        client: &BusClient,
        world: &World,
        clock: &Arc<dyn Clock>,
    ) -> Result<(), BusError> {
        let report = ReportProgress { attempt: task.attempt, note: Some(Text::clipped("begun")), percent: None };
        match client.report_progress(&task.id, &report).await {
            Err(error) if error.problem().is_some_and(is_settled) => return Ok(()),
            told => drop(told?),
        }
        tracing::info!(task = %task.id, attempt = %task.attempt, "begun");
        let place = place(mac, world, &task, task.attempt);
        let (stop, stopped) = watch::channel(false);
        let end = tokio::spawn(carry_out(task.clone(), place, Arc::clone(clock), stopped));
        self.running = Some(Running { task, stop, end });
        Ok(())
    }

    /// Waits for the end of what runs; for ever where nothing does.
    pub(super) async fn ended(&mut self, mac: &MacConfig) {
        let Some(running) = &mut self.running else { return std::future::pending().await };
        let report = (&mut running.end).await.unwrap_or_default();
        let task = &running.task;
        self.unsaid = Some((task.id.clone(), verdict(task, &report, mac.review.as_ref())));
        self.running = None;
    }

    /// Ends what runs, and says so where the Bus can be reached.
    pub(super) async fn put_down(&mut self, mac: &MacConfig, client: &BusClient) {
        if let Some(running) = &self.running {
            running.stop.send_replace(true);
            self.ended(mac).await;
        }
        if let Err(error) = self.say(client).await {
            tracing::warn!(%error, "what became of it was not told; its deadline will");
        }
    }

    /// Says a verdict where there is one, and answers what the task became.
    async fn say(&mut self, client: &BusClient) -> Result<Option<Task>, BusError> {
        let Some((task, verdict)) = &self.unsaid else { return Ok(None) };
        let said = match verdict {
            Verdict::Done(complete) => client.complete(task, complete).await,
            Verdict::Failed(fail) => client.fail(task, fail).await,
        };
        let said = match said {
            Ok(task) => Some(task),
            Err(error) if error.problem().is_some_and(is_settled) => {
                tracing::info!(%task, %error, "not wanted any more");
                None
            }
            Err(error) => return Err(error),
        };
        self.unsaid = None;
        Ok(said)
    }
}

/// Where `task` is carried out.
fn place(mac: &MacConfig, world: &World, task: &Task, attempt: Attempt) -> Place {
    let repo = world.project(&task.project).and_then(|project| project.repo.as_ref());
    let repo = repo.map(|repo| PathBuf::from(repo.as_str())).filter(|repo| repo.is_dir());
    let folder = mac.folder.clone().or(repo).unwrap_or_else(|| PathBuf::from("."));
    Place { folder, log: mac.logs.join(format!("{}-{attempt}.log", task.id)), grace: mac.grace }
}
