//! An agent's spending: noted as it is heard of, told to the Bus every now and then, and always before its exit.

use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use go_bus_api::ModelUsage;
use go_bus_client::blocking;
use go_clock::Boottime;
use go_runtime::{AgentFolder, Tally};

use super::outbox;
use super::talk::Heard;
use crate::{delivery, spending};

/// What was heard, and when it is told to the Bus next.
#[derive(Debug)]
pub(super) struct Book {
    folder: AgentFolder,
    tally: Arc<Mutex<Tally>>,
    /// What earlier runs of the agent had spent.
    before: Vec<ModelUsage>,
    interval: Duration,
    due: Boottime,
    is_news: bool,
    /// Whether the folder does not have the last that was heard.
    is_unwritten: bool,
    teller: Option<(SyncSender<()>, JoinHandle<()>)>,
}

impl Book {
    /// One that goes on after `tally`, in which an agent's first run finds nothing. Its first news goes out at once and the others at most
    /// once an `interval`.
    pub(super) fn new(folder: AgentFolder, tally: Tally, interval: Duration, now: Boottime) -> Self {
        let before = tally.spent.clone();
        Self {
            folder,
            tally: Arc::new(Mutex::new(tally)),
            before,
            interval,
            due: now,
            is_news: false,
            is_unwritten: false,
            teller: None,
        }
    }

    /// Takes note of what was heard. A conversation is written down at once: should the shim die, its agent's next attempt
    /// goes on with it.
    pub(super) fn note(&mut self, heard: &Heard) {
        let mut tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
        let is_named = heard.conversation.is_some() && tally.conversation != heard.conversation;
        let spent = spending::total(&self.before, &heard.spent);
        self.is_news |= tally.spent != spent;
        self.is_unwritten |= tally.spent != spent;
        if is_named {
            tally.conversation.clone_from(&heard.conversation);
        }
        tally.spent = spent;
        if is_named {
            self.is_unwritten = !is_written(&self.folder, &tally);
        }
    }

    /// When the Bus is to be told.
    pub(super) fn next(&self) -> Option<Boottime> {
        self.is_news.then_some(self.due)
    }

    /// Tells the Bus where that is due. One that the last is still in the way of waits for its interval. What waits is written down: should
    /// the shim die meanwhile, it is known what was spent.
    pub(super) fn tick(&mut self, now: Boottime) {
        if self.is_news && now >= self.due {
            self.tell(now);
        }
        if std::mem::take(&mut self.is_unwritten) {
            // What can't be written is complained of and comes with the next.
            is_written(&self.folder, &self.tally.lock().unwrap_or_else(PoisonError::into_inner));
        }
    }

    fn tell(&mut self, now: Boottime) {
        self.due = now + self.interval;
        if self.teller.is_none() {
            self.teller = teller(self.folder.clone(), Arc::clone(&self.tally));
            // It writes it down before it is sent, and there is nothing else that it could be at.
            self.is_unwritten &= self.teller.is_none();
        }
        if let Some((teller, _)) = &self.teller {
            // Full means that the Bus has not answered the last yet; the news stays.
            self.is_news = teller.try_send(()).is_err();
        }
    }

    /// Writes down everything, for the report of the exit to settle. Waits for what is being told just now. What a full disk does not take is told
    /// at once: later nobody would know it.
    pub(super) fn close(mut self, heard: &Heard) {
        self.note(heard);
        if let Some((teller, thread)) = self.teller.take() {
            drop(teller);
            // It can't panic; and if it did, what it told stands in the tally.
            let _ = thread.join();
        }
        let written = is_written(&self.folder, &self.tally.lock().unwrap_or_else(PoisonError::into_inner));
        if !written && let Err(error) = settle(&self.folder, &self.tally) {
            eprintln!("shim: its costs are not told: {error}");
        }
    }
}

/// Writes it down; whether that went well.
fn is_written(folder: &AgentFolder, tally: &Tally) -> bool {
    let written = folder.write_tally(tally);
    written.inspect_err(|error| eprintln!("shim: what it spent is not written down: {error}")).is_ok()
}

/// The thread that tells; it starts with the first news.
fn teller(folder: AgentFolder, tally: Arc<Mutex<Tally>>) -> Option<(SyncSender<()>, JoinHandle<()>)> {
    let (teller, orders) = sync_channel(1);
    let tell = move || {
        for () in orders {
            if let Err(error) = settle(&folder, &tally) {
                eprintln!("shim: its costs are told later: {error}");
            }
        }
    };
    match std::thread::Builder::new().name("costs".to_owned()).spawn(tell) {
        Ok(thread) => Some((teller, thread)),
        Err(error) => {
            eprintln!("shim: its costs are told at its end: {error}");
            None
        }
    }
}

/// Tells the Bus all that it does not have yet; nothing is locked while it answers.
fn settle(folder: &AgentFolder, tally: &Mutex<Tally>) -> Result<(), String> {
    let (client, spec) =
        (outbox::client(folder).map_err(|e| e.with_causes())?, folder.spec().map_err(|e| e.to_string())?);
    let change = |step: &mut dyn FnMut(&mut Tally)| {
        let mut tally = tally.lock().unwrap_or_else(PoisonError::into_inner);
        step(&mut tally);
        folder.write_tally(&tally)
    };
    blocking::block_on(delivery::settle(&client, &spec, change)).map_err(|error| error.to_string())
}
