//! One agent that runs, and what ends it.

use std::sync::Arc;

use go_agents::shim::{Limit, Limits};
use go_bus_api::{AgentId, Attempt, ExitReport, TaskId};
use go_runtime::{AgentSpec, HostLeaseFile};
use tokio::sync::watch;

use super::hub::Told;
use crate::clock::NodeClock;
use crate::ground::Ground;
use crate::{HostNo, Seen};

/// An agent that runs: told of when it is made, and of its end when it is dropped at the latest.
pub(super) struct Running {
    ground: Arc<Ground>,
    host: HostNo,
    agent: AgentId,
    is_over: bool,
}

impl Running {
    /// It runs from now on.
    pub(super) fn begin(ground: &Arc<Ground>, host: HostNo, spec: &AgentSpec, work: Option<(TaskId, Attempt)>) -> Self {
        let agent = spec.agent.clone();
        ground.see(&Seen::AgentStarted { host, agent: &agent, role: spec.role, work });
        Self { ground: Arc::clone(ground), host, agent, is_over: false }
    }

    /// It has ended so.
    pub(super) fn end(mut self, exit: &ExitReport) {
        self.is_over = true;
        self.ground.see(&Seen::AgentEnded { host: self.host, agent: &self.agent, exit: Some(exit) });
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !self.is_over {
            self.ground.see(&Seen::AgentEnded { host: self.host, agent: &self.agent, exit: None });
        }
    }
}

/// Why an agent has to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    /// It was ordered.
    Ordered,
    /// A limit was reached.
    Limit(Limit),
}

/// What may end an agent before its time.
pub(super) struct Bounds {
    clock: NodeClock,
    limits: Limits,
    told: watch::Receiver<Told>,
}

impl Bounds {
    /// The bounds of an agent that starts now.
    pub(super) fn new(clock: NodeClock, spec: &AgentSpec, told: watch::Receiver<Told>) -> Self {
        let lease = spec.host_lease.clone().map(HostLeaseFile::at);
        let limits = Limits::new(go_clock::Clock::boottime(&clock), spec.deadline_ms, lease);
        Self { clock, limits, told }
    }

    /// Why it has to end by now, where it has.
    pub(super) fn forbids(&mut self) -> Option<Cause> {
        if self.told.borrow_and_update().stops > 0 {
            return Some(Cause::Ordered);
        }
        self.limits.reached(go_clock::Clock::boottime(&self.clock)).map(Cause::Limit)
    }

    /// Waits until it has to end, and tells why.
    pub(super) async fn reached(&mut self) -> Cause {
        loop {
            if let Some(cause) = self.forbids() {
                return cause;
            }
            let next = self.limits.next();
            let alarm = async {
                match next {
                    Some(at) => self.clock.wake_at(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                told = self.told.changed() => if told.is_err() { return Cause::Ordered },
                () = alarm => {}
            }
        }
    }
}

/// What is reported of an agent that was ended: its keeper's work, as a real one has it.
pub(super) fn ended(report: ExitReport, cause: Cause) -> ExitReport {
    match cause {
        Cause::Ordered => ExitReport { stopped: true, ..report },
        Cause::Limit(limit @ Limit::HostLease) => ExitReport { stopped: true, limit: Some(limit.text()), ..report },
        Cause::Limit(limit @ Limit::Wall(_)) => ExitReport { limit: Some(limit.text()), ..report },
    }
}
