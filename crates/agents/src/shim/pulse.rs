//! The heartbeat of an agent that is a plain command and knows nothing of the Bus.

use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::Duration;

use go_bus_api::{AgentId, Heartbeat, Ratio};
use go_bus_client::blocking;
use go_clock::Boottime;
use go_runtime::AgentFolder;

use super::outbox;

/// When the next heartbeat is due, and the thread that sends it: a Bus that does not answer holds nothing else up.
#[derive(Debug)]
pub(super) struct Pulse {
    folder: AgentFolder,
    agent: AgentId,
    interval: Duration,
    due: Boottime,
    sender: Option<SyncSender<Heartbeat>>,
}

impl Pulse {
    /// A pulse whose first beat is one interval from now: the start itself is news enough.
    pub(super) fn new(folder: AgentFolder, agent: AgentId, interval: Duration, now: Boottime) -> Self {
        let interval = interval.max(Duration::from_millis(10));
        Self { folder, agent, interval, due: now + interval, sender: None }
    }

    /// When the next beat is due.
    pub(super) fn next(&self) -> Boottime {
        self.due
    }

    /// Sends a heartbeat where one is due, with how full the agent's context is, where that is known. One that the last is still in the
    /// way of is left out.
    pub(super) fn beat(&mut self, now: Boottime, context_used: Option<Ratio>) {
        if now < self.due {
            return;
        }
        self.due = now + self.interval;
        if self.sender.is_none() {
            self.sender = sender(self.folder.clone(), self.agent.clone());
        }
        if let Some(sender) = &self.sender {
            // Full means that the Bus has not answered the last one yet.
            let _ = sender.try_send(Heartbeat { context_used, ..Heartbeat::default() });
        }
    }
}

/// The thread starts with the first beat: most commands end before it.
fn sender(folder: AgentFolder, agent: AgentId) -> Option<SyncSender<Heartbeat>> {
    let (sender, beats) = sync_channel(1);
    let send = move || {
        for beat in beats {
            let sent = outbox::client(&folder)
                .map_err(|e| e.with_causes())
                .and_then(|c| blocking::block_on(c.heartbeat(&agent, &beat)).map_err(|e| e.to_string()));
            if let Err(error) = sent {
                eprintln!("shim: heartbeat failed: {error}");
            }
        }
    };
    match std::thread::Builder::new().name("pulse".to_owned()).spawn(send) {
        Ok(_) => Some(sender),
        Err(error) => {
            eprintln!("shim: no heartbeats: {error}");
            None
        }
    }
}
