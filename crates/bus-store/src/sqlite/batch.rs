//! A batch of commands in one transaction, and what follows its commit.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use go_bus_api::Seq;
use go_clock::{Clock, SystemClock};
use rusqlite::Connection;
use tokio::sync::watch;

use super::checkpoint::Checkpointer;
use super::retention::Pruner;
use super::tail::Tail;
use super::tokens::Tokens;
use super::tx::{SqliteTx, Undo};
use crate::batches::BatchCounter;
use crate::{Command, EventLine, Policy, Receipt, Reject, StoreError, apply};

/// What one caller's commands came to, in their order.
pub(super) type Answers = Vec<Result<Receipt, Reject>>;

/// How readers learn of what was committed.
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

/// The only connection that writes, and what it keeps beside the rows.
pub(super) struct Committer {
    connection: Connection,
    policy: Policy,
    news: News,
    checkpointer: Checkpointer,
    counter: Arc<BatchCounter>,
    pruner: Pruner,
    /// How long the last commit took.
    took: Duration,
}

impl Committer {
    pub(super) fn new(
        mut connection: Connection,
        path: &Path,
        policy: Policy,
        news: News,
        counter: Arc<BatchCounter>,
    ) -> Result<Self, StoreError> {
        let checkpointer = Checkpointer::start(path, &mut connection)?;
        let pruner = Pruner::new(policy.retention, *news.wake.borrow());
        Ok(Self { connection, policy, news, checkpointer, counter, pruner, took: Duration::ZERO })
    }

    /// How long the last commit took, its wait for the disk included.
    pub(super) fn took(&self) -> Duration {
        self.took
    }

    /// One transaction. Once this answers it is durable, and readers have been woken.
    pub(super) fn commit(&mut self, batch: &[Vec<Command>]) -> Vec<Answers> {
        let began = SystemClock.boottime();
        let outcome = self.transact(batch);
        self.took = SystemClock.boottime().since(began);
        match outcome {
            Ok(mut committed) => {
                self.news.spread(&mut committed);
                self.counter.count(batch.iter().map(Vec::len).sum());
                committed.answers
            }
            Err(error) => {
                tracing::error!(%error, commands = batch.len(), "a batch was not written");
                batch.iter().map(|commands| refuse(commands.len(), &error)).collect()
            }
        }
    }

    /// What is due after a commit, once its callers have their answers.
    pub(super) fn tidy_up(&mut self) {
        self.checkpointer.written(&self.connection);
        let last = *self.news.wake.borrow();
        if let Some(first) = self.pruner.written(&self.connection, last) {
            self.news.tail.forget_before(first);
        }
    }

    /// Without savepoints first: hardly a command is refused after its first write.
    fn transact(&mut self, batch: &[Vec<Command>]) -> Result<Committed, StoreError> {
        match self.attempt(batch, Undo::Whole)? {
            Some(committed) => Ok(committed),
            None => {
                let again = self.attempt(batch, Undo::Savepoints)?;
                again.ok_or_else(|| StoreError::Corrupt("savepoints undid too little".to_owned()))
            }
        }
    }

    /// One transaction, `None` where it was spoiled and is undone.
    fn attempt(&mut self, batch: &[Vec<Command>], undo: Undo) -> Result<Option<Committed>, StoreError> {
        // One that a panic left open.
        self.roll_back();
        self.connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        let result = perform(&self.connection, &self.policy, batch, undo);
        if !matches!(result, Ok(Some(_))) {
            self.roll_back();
        }
        result
    }

    fn roll_back(&self) {
        if !self.connection.is_autocommit()
            && let Err(error) = self.connection.execute_batch("ROLLBACK")
        {
            tracing::error!(%error, "a failed batch could not be rolled back");
        }
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
    batch: &[Vec<Command>],
    undo: Undo,
) -> Result<Option<Committed>, StoreError> {
    let mut tx = SqliteTx::begin(connection, undo)?;
    let mut answers = Vec::with_capacity(batch.len());
    for commands in batch {
        let mut own = Vec::with_capacity(commands.len());
        for command in commands {
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
