//! Work in flight, tried against each other: what is saved on this host against all that lands in the same repo.
//!
//! It is tried as often as work is saved, and where an agent has ended, by a process of its own; the Bus is told what has changed.

use std::collections::BTreeMap;
use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use go_bus_api::{Collision, CollisionReport, MergeTrial, Project, TaskId, Text};
use go_bus_client::World;
use go_clock::Boottime;
use go_rules::collisions::is_in_flight;
use go_runtime::{Capture, Captured, End, Environment, capture};

use super::jobs::Done;
use super::local::LocalState;
use super::worker::{Failed, Worker};

/// How long the trials of one repo may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// How much of what they say is read: some hundred bytes for each pair.
const SAID: usize = 4 << 20;

/// When work is tried next.
#[derive(Debug, Default)]
pub(super) struct Trials {
    due: Boottime,
    /// A trial that is under way holds another one of these.
    running: Arc<()>,
}

impl Trials {
    /// Tries where that is due; answers what is to be done, where there is something to try.
    pub(super) fn look(
        &mut self,
        worker: &Worker,
        local: &LocalState,
        world: &World,
        now: Boottime,
    ) -> Option<impl Future<Output = Done> + Send + 'static + use<>> {
        if self.next(local).is_none_or(|due| now < due) {
            return None;
        }
        self.due = now + worker.config.save_every;
        let rounds = rounds(local, world);
        if rounds.is_empty() {
            return None;
        }
        let (worker, running) = (worker.clone(), self.running.clone());
        Some(async move {
            for round in rounds {
                if let Err(error) = worker.try_out(&round).await {
                    tracing::warn!(repo = %round.repo.display(), %error, "work in flight was not tried against each other");
                }
            }
            drop(running);
            Done::Tried
        })
    }

    /// When to look again though nothing happens: as long as there are working folders, and not while a trial is under way, whose end is news.
    pub(super) fn next(&self, local: &LocalState) -> Option<Boottime> {
        let is_idle = Arc::strong_count(&self.running) == 1;
        (is_idle && !local.stopping && !local.workplaces.is_empty()).then_some(self.due)
    }

    /// An agent has ended, and saved what it left: that is tried at once.
    pub(super) fn hurry(&mut self, now: Boottime) {
        self.due = self.due.min(now);
    }
}

/// The tasks in flight that land in one repo.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Round {
    repo: PathBuf,
    onto: Option<Text<256>>,
    here: Vec<TaskId>,
    away: Vec<TaskId>,
    /// What each of them collides with, as the Bus has it.
    known: BTreeMap<TaskId, Vec<Collision>>,
}

/// What is to be tried: of each repo that something is worked on for here, all that is in flight, where that is more than one.
fn rounds(local: &LocalState, world: &World) -> Vec<Round> {
    let mut rounds: BTreeMap<&str, Round> = BTreeMap::new();
    for task in world.tasks().filter(|task| is_in_flight(task)) {
        let Some((repo, onto)) = world.project(&task.project).and_then(lands_in) else { continue };
        let new = || Round { repo: repo.into(), onto, here: vec![], away: vec![], known: BTreeMap::new() };
        let round = rounds.entry(repo).or_insert_with(new);
        let is_here = local.workplaces.contains_key(&task.id);
        if is_here { &mut round.here } else { &mut round.away }.push(task.id.clone());
        round.known.insert(task.id.clone(), task.collides_with.clone());
    }
    let is_worth_it = |round: &Round| !round.here.is_empty() && round.known.len() > 1;
    rounds.into_values().filter(is_worth_it).collect()
}

/// The repo and the branch that the project's work lands in.
fn lands_in(project: &Project) -> Option<(&str, Option<Text<256>>)> {
    let workplace = project.workplace.as_ref().filter(|workplace| workplace.deliver.lands())?;
    Some((project.repo.as_ref()?.as_str(), workplace.onto.clone()))
}

impl Round {
    /// Those trials that say something else than the Bus has.
    fn news(&self, trials: Vec<MergeTrial>) -> Vec<MergeTrial> {
        trials.into_iter().filter(|trial| !self.is_known(trial)).collect()
    }

    fn is_known(&self, trial: &MergeTrial) -> bool {
        let of = |task: &TaskId, partner: &TaskId| {
            let found = self.known.get(task)?.iter().find(|collision| collision.task == *partner)?;
            Some(&found.files)
        };
        let wanted = Some(&trial.files).filter(|files| !files.is_empty());
        of(&trial.one, &trial.other) == wanted && of(&trial.other, &trial.one) == wanted
    }

    fn arguments(&self) -> Vec<String> {
        let mut words = vec!["repo".to_owned(), "collide".to_owned(), "--repo".to_owned()];
        words.push(self.repo.to_string_lossy().into_owned());
        words.extend(self.onto.iter().map(|onto| format!("--onto={onto}")));
        words.extend(self.away.iter().map(|task| format!("--away={task}")));
        words.push("--".to_owned());
        words.extend(self.here.iter().map(ToString::to_string));
        words
    }
}

impl Worker {
    /// Tries one repo's work and tells the Bus what has changed.
    async fn try_out(&self, round: &Round) -> Result<(), Failed> {
        let call = Capture {
            program: self.config.exe.to_string_lossy().into_owned(),
            arguments: round.arguments().into_iter().map(Into::into).collect(),
            folder: round.repo.clone(),
            environment: Environment::inherited(&self.config.keep_env),
            more: Vec::new(),
            input: Vec::new(),
            merged: false,
            most: SAID,
            patience: Some(PATIENCE),
        };
        let trials = self.reading(move || Ok(answer(&capture(&call)?))).await?.map_err(Failed::Said)?;
        for trials in round.news(trials).chunks(CollisionReport::MOST) {
            for trial in trials {
                let is_over = trial.files.is_empty();
                tracing::info!(one = %trial.one, other = %trial.other, is_over, "work in flight collides");
            }
            let report = CollisionReport { trials: trials.to_vec() };
            self.client.report_collisions(&self.config.host, &report).await?;
        }
        Ok(())
    }
}

fn answer(said: &Captured) -> Result<Vec<MergeTrial>, String> {
    if said.end != Some(End::Exited(0)) {
        return Err(String::from_utf8_lossy(&said.errors).trim().to_owned());
    }
    serde_json::from_slice(&said.output).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests;
