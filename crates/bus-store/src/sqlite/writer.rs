//! The one writer: group commit with natural batching. Whatever waits goes into one transaction; nobody lingers for more.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, TryLockError};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use super::batch::{Answers, Committer};
use crate::{Command, StoreError};

/// The most commands in a transaction, so that nobody's answer waits for a crowd.
const MOST_COMMANDS: usize = 256;

/// How many jobs may wait before callers do.
const QUEUE: usize = 1024;

/// A commit that takes longer holds its caller's thread up for too long; it is the writer thread's.
const QUICK: Duration = Duration::from_millis(1);

/// One caller's commands.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) commands: Vec<Command>,
    pub(super) answer: oneshot::Sender<Answers>,
}

/// The writer's thread, and the way around it. Dropping it ends the thread once its queue is done.
pub(super) struct Writer {
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
    shared: Arc<Shared>,
}

struct Shared {
    committer: Mutex<Committer>,
    /// Whether the last batch was one caller's, quick, and nobody waited behind it.
    calm: AtomicBool,
}

impl Writer {
    pub(super) fn start(committer: Committer) -> Result<Self, StoreError> {
        let (sender, jobs) = mpsc::channel(QUEUE);
        let shared = Arc::new(Shared { committer: Mutex::new(committer), calm: AtomicBool::new(false) });
        let own = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("bus-store-writer".to_owned())
            .spawn(move || run(&own, jobs))
            .map_err(|error| StoreError::Engine(error.to_string()))?;
        Ok(Self { jobs: Some(sender), thread: Some(thread), shared })
    }

    /// Queues a job; false where the writer is gone.
    pub(super) async fn send(&self, job: Job) -> bool {
        match &self.jobs {
            Some(jobs) => jobs.send(job).await.is_ok(),
            None => false,
        }
    }

    /// Commits on this thread, which spares two changes of threads, where nobody else is about to write and the disk is quick;
    /// else gives the commands back. A crowd is left to the queue, where it goes into one transaction.
    pub(super) fn at_once(&self, commands: Vec<Command>) -> Result<Answers, Vec<Command>> {
        let nobody_waits = self.jobs.as_ref().is_some_and(|jobs| jobs.capacity() == QUEUE);
        if !nobody_waits || !self.shared.calm.load(Ordering::Relaxed) {
            return Err(commands);
        }
        let mut committer = match self.shared.committer.try_lock() {
            Ok(committer) => committer,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return Err(commands),
        };
        let answers = committer.commit(&[commands]).pop().unwrap_or_default();
        self.shared.calm.store(committer.took() <= QUICK, Ordering::Relaxed);
        committer.tidy_up();
        Ok(answers)
    }

    /// Keeps everybody from committing for as long as it lives.
    #[cfg(test)]
    pub(super) fn hold(&self) -> std::sync::MutexGuard<'_, Committer> {
        self.shared.committer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer").field("thread", &self.thread).finish_non_exhaustive()
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.jobs = None;
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the store's writer had panicked");
        }
    }
}

fn run(shared: &Shared, mut jobs: mpsc::Receiver<Job>) {
    while let Some(first) = jobs.blocking_recv() {
        // Locked before the rest is taken: what comes while another commits is in the same batch.
        let mut committer = shared.committer.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut commands, mut callers) = (vec![first.commands], vec![first.answer]);
        let mut count: usize = commands.iter().map(Vec::len).sum();
        while count < MOST_COMMANDS {
            let Ok(job) = jobs.try_recv() else { break };
            count = count.saturating_add(job.commands.len());
            commands.push(job.commands);
            callers.push(job.answer);
        }
        let answers = committer.commit(&commands);
        let alone = callers.len() == 1 && jobs.is_empty();
        shared.calm.store(alone && committer.took() <= QUICK, Ordering::Relaxed);
        for (caller, answers) in callers.into_iter().zip(answers) {
            // A caller that has gone away wants no answer.
            let _ = caller.send(answers);
        }
        committer.tidy_up();
    }
}
