//! The one writer: group commit with natural batching. Whatever waits goes into one transaction; nobody lingers for more.
//!
//! It has a thread of its own, or where time is simulated none: then a caller's commands are a transaction on the caller's thread.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use go_bus_api::Seq;
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot, watch};

use super::checkpoint::Checkpointer;
use super::retention::Pruner;
use super::tail::Tail;
use super::tokens::Tokens;
use super::tx::{SqliteTx, Undo};
use crate::batches::BatchCounter;
use crate::{Command, EventLine, Policy, Receipt, Reject, StoreError, apply};

/// The most commands in a transaction, so that nobody's answer waits for a crowd.
const MOST_COMMANDS: usize = 256;

/// How many jobs may wait before callers do.
const QUEUE: usize = 1024;

type Answers = Vec<Result<Receipt, Reject>>;

/// One caller's commands.
#[derive(Debug)]
pub(super) struct Job {
    commands: Vec<Command>,
    answer: oneshot::Sender<Answers>,
}

/// How readers learn of what was committed.
#[derive(Debug)]
pub(super) struct News {
    pub(super) wake: watch::Sender<Seq>,
    pub(super) tail: Arc<Tail>,
    pub(super) tokens: Arc<Tokens>,
}

impl News {
    /// Nothing after the event `last` yet.
    pub(super) fn after_event(last: Seq) -> Self {
        Self { wake: watch::Sender::new(last), tail: Arc::new(Tail::after_event(last)), tokens: Arc::default() }
    }

    /// Lets readers have what was committed, then wakes them.
    fn spread(&self, committed: &mut Committed) {
        if committed.tokens_changed {
            self.tokens.changed();
        }
        self.tail.append(std::mem::take(&mut committed.events));
        let seq = committed.seq;
        self.wake.send_if_modified(|last| std::mem::replace(last, seq) != seq);
    }
}

/// Who commits.
#[derive(Debug)]
pub(super) enum Writer {
    /// A thread that takes whatever waits.
    Thread(WriterThread),
    /// Whoever calls.
    Caller(Mutex<Box<State>>),
}

/// The writer's thread. Dropping it ends the thread once its queue is done.
#[derive(Debug)]
pub(super) struct WriterThread {
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// A writer on a thread of its own.
    pub(super) fn start(
        mut connection: Connection,
        path: &Path,
        policy: Policy,
        news: News,
        batches: Arc<BatchCounter>,
    ) -> Result<Self, StoreError> {
        let checkpointer = Checkpointer::start(path, &mut connection)?;
        let (sender, jobs) = mpsc::channel(QUEUE);
        let state = State::new(connection, policy, news, checkpointer, batches);
        let thread = std::thread::Builder::new()
            .name("bus-store-writer".to_owned())
            .spawn(move || state.run(jobs))
            .map_err(|error| StoreError::Engine(error.to_string()))?;
        Ok(Self::Thread(WriterThread { jobs: Some(sender), thread: Some(thread) }))
    }

    /// No thread at all.
    pub(super) fn inline(
        mut connection: Connection,
        policy: Policy,
        news: News,
        batches: Arc<BatchCounter>,
    ) -> Result<Self, StoreError> {
        let checkpointer = Checkpointer::inline(&mut connection)?;
        Ok(Self::Caller(Mutex::new(Box::new(State::new(connection, policy, news, checkpointer, batches)))))
    }

    /// The writer itself, where it is whoever calls.
    pub(super) fn own_connection(&self) -> Option<MutexGuard<'_, Box<State>>> {
        match self {
            Self::Thread(_) => None,
            Self::Caller(state) => Some(state.lock().unwrap_or_else(PoisonError::into_inner)),
        }
    }

    /// Whether nothing of it has a thread.
    pub(super) fn is_inline(&self) -> bool {
        matches!(self, Self::Caller(_))
    }

    /// Commits what one caller asks for and answers once it is durable; `None` where the writer is gone.
    pub(super) async fn commit(&self, commands: Vec<Command>) -> Option<Answers> {
        let (answer, answered) = oneshot::channel();
        let job = Job { commands, answer };
        match self {
            Self::Thread(writer) => writer.jobs.as_ref()?.send(job).await.ok()?,
            Self::Caller(state) => state.lock().unwrap_or_else(PoisonError::into_inner).serve(vec![job]),
        }
        answered.await.ok()
    }
}

impl Drop for WriterThread {
    fn drop(&mut self) {
        self.jobs = None;
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the store's writer had panicked");
        }
    }
}

/// What the writer works with.
#[derive(Debug)]
pub(super) struct State {
    connection: Connection,
    policy: Policy,
    news: News,
    checkpointer: Checkpointer,
    batches: Arc<BatchCounter>,
    pruner: Pruner,
}

impl State {
    fn new(
        connection: Connection,
        policy: Policy,
        news: News,
        checkpointer: Checkpointer,
        batches: Arc<BatchCounter>,
    ) -> Self {
        let pruner = Pruner::new(policy.retention, *news.wake.borrow());
        Self { connection, policy, news, checkpointer, batches, pruner }
    }

    /// Its connection.
    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    fn run(mut self, mut jobs: mpsc::Receiver<Job>) {
        while let Some(first) = jobs.blocking_recv() {
            let mut count = first.commands.len();
            let mut batch = vec![first];
            while count < MOST_COMMANDS {
                let Ok(job) = jobs.try_recv() else { break };
                count = count.saturating_add(job.commands.len());
                batch.push(job);
            }
            self.serve(batch);
        }
    }

    /// One transaction; answers go out once it is durable, and after the readers were woken.
    fn serve(&mut self, batch: Vec<Job>) {
        let outcome = self.transact(&batch);
        let answers = match outcome {
            Ok(mut committed) => {
                self.news.spread(&mut committed);
                self.batches.count(batch.iter().map(|job| job.commands.len()).sum());
                committed.answers
            }
            Err(error) => {
                tracing::error!(%error, commands = batch.len(), "a batch was not written");
                batch.iter().map(|job| refuse(job.commands.len(), &error)).collect()
            }
        };
        for (job, answers) in batch.into_iter().zip(answers) {
            // A caller that has gone away wants no answer.
            let _ = job.answer.send(answers);
        }
        self.checkpointer.written(&self.connection);
        let last = *self.news.wake.borrow();
        if let Some(first) = self.pruner.written(&self.connection, last) {
            self.news.tail.forget_before(first);
        }
    }

    /// Without savepoints first: hardly a command is refused after its first write.
    fn transact(&mut self, batch: &[Job]) -> Result<Committed, StoreError> {
        match self.attempt(batch, Undo::Whole)? {
            Some(committed) => Ok(committed),
            None => {
                let again = self.attempt(batch, Undo::Savepoints)?;
                again.ok_or_else(|| StoreError::Corrupt("savepoints undid too little".to_owned()))
            }
        }
    }

    /// One transaction, `None` where it was spoiled and is undone.
    fn attempt(&mut self, batch: &[Job], undo: Undo) -> Result<Option<Committed>, StoreError> {
        self.connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        let result = perform(&self.connection, &self.policy, batch, undo);
        if !matches!(result, Ok(Some(_)))
            && !self.connection.is_autocommit()
            && let Err(error) = self.connection.execute_batch("ROLLBACK")
        {
            tracing::error!(%error, "a failed batch could not be rolled back");
        }
        result
    }
}

/// A transaction that is durable.
struct Committed {
    answers: Vec<Answers>,
    seq: Seq,
    events: Vec<EventLine>,
    tokens_changed: bool,
}

fn perform(
    connection: &Connection,
    policy: &Policy,
    batch: &[Job],
    undo: Undo,
) -> Result<Option<Committed>, StoreError> {
    let mut tx = SqliteTx::begin(connection, undo)?;
    let mut answers = Vec::with_capacity(batch.len());
    for job in batch {
        let mut own = Vec::with_capacity(job.commands.len());
        for command in &job.commands {
            let answer = apply::execute(&mut tx, policy, command);
            broken(connection, &answer)?;
            if tx.is_spoiled() {
                return Ok(None);
            }
            own.push(answer);
        }
        answers.push(own);
    }
    tx.finish()?;
    connection.prepare_cached("COMMIT")?.execute([])?;
    let (seq, tokens_changed) = (crate::tx::Tx::seq(&tx), tx.tokens_changed());
    Ok(Some(Committed { answers, seq, events: tx.into_events(), tokens_changed }))
}

/// An engine error may have ended the whole transaction; then everything before it is undone as well.
fn broken(connection: &Connection, answer: &Result<Receipt, Reject>) -> Result<(), StoreError> {
    match answer {
        Err(Reject::Store(error)) if connection.is_autocommit() => Err(error.clone()),
        _ => Ok(()),
    }
}

fn refuse(count: usize, error: &StoreError) -> Answers {
    (0..count).map(|_| Err(Reject::Store(error.clone()))).collect()
}
