//! The background task of a lease that is held: renewals, the session, the release.

use std::sync::Arc;

use go_bus_api::Epoch;
use go_clock::Boottime;
use tokio::sync::oneshot;

use super::{LeaseKeeper, Phase, released};
use crate::holder::{Action, Input, State};
use crate::lease::Reply;
use crate::session::{SessionInput, Streams};
use crate::{Lease, Lost};

impl LeaseKeeper {
    /// The lease, kept in the background from here on; `action` is what comes next.
    pub(super) fn hand_out(self, epoch: Epoch, action: Action) -> Lease {
        let (release, order) = oneshot::channel();
        let seen = (self.phase.subscribe(), self.presence.returns());
        let lease = Lease::new(&self.client, &self.deadline, Arc::clone(&self.clock), epoch, seen, release);
        let streams = self.performer.streams(epoch);
        tokio::spawn(self.keep(action, streams, order));
        lease
    }

    /// Renews, and keeps the session, until it is over, or until the lease's owner releases or drops it.
    async fn keep(mut self, mut action: Action, mut streams: Streams, mut order: oneshot::Receiver<Reply>) {
        let mut reply = None;
        while action != Action::Stop {
            self.attend(&mut streams, SessionInput::Due);
            let Some(input) = self.next(action, &mut streams, &mut order, &mut reply).await else { break };
            action = self.step(input);
        }
        let State::Ended(end) = self.holder.state() else {
            self.deadline.set(Boottime::default());
            self.phase.send_replace(Phase::Ended(Lost::Released));
            return;
        };
        if let Some(reply) = reply {
            // The owner may have stopped waiting.
            let _ = reply.send(released(end));
        }
    }

    /// What `action` comes to, while the session goes on; `None` where the lease was dropped without a release: renewing on would keep
    /// a lease that nobody uses.
    async fn next(
        &mut self,
        action: Action,
        streams: &mut Streams,
        order: &mut oneshot::Receiver<Reply>,
        reply: &mut Option<Reply>,
    ) -> Option<Input> {
        // A renewal under way is never cut short: one that reaches the Bus after the release would take the lease again.
        let sleeps = matches!(action, Action::Sleep(_));
        let mut doing = std::pin::pin!(self.performer.clone().perform(action));
        loop {
            if sleeps && reply.is_none() && self.holder.take_hurry() {
                return Some(Input::Slept);
            }
            tokio::select! {
                biased;
                owner = &mut *order, if sleeps && reply.is_none() => {
                    *reply = Some(owner.ok()?);
                    return Some(Input::Release);
                }
                input = &mut doing => return Some(input),
                happened = streams.next() => self.attend(streams, happened),
            }
        }
    }

    fn attend(&mut self, streams: &mut Streams, happened: SessionInput) {
        self.presence.note_session(happened);
        let action = self.holder.attend(happened, self.clock.boottime(), self.entropy.share());
        streams.begin(action);
        self.publish();
    }
}
