//! What one look at GO shows.

use std::time::Duration;

use go_bus_api::{Epoch, HolderId, LeaseView};

/// What one look at GO showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    /// Whether GO is meant to be at work.
    pub intent: Intent,
    /// What the Bus says.
    pub bus: Bus,
    /// What tmux says of the managed session.
    pub session: Session,
    /// The process that works on GO's data folder, in the session or out of it; `None` where the Bus is another's, as then nothing
    /// tells.
    pub process: Option<u32>,
}

/// Whether GO is meant to be at work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent {
    /// It is, also where nobody ever started it.
    Run,
    /// Somebody stopped it on purpose and has not started it since.
    Stop,
}

/// What the Bus says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bus {
    /// It told of the lease.
    Answers(Beat),
    /// It is there but tells nothing, for this reason: a token, another program on its port.
    Refuses(String),
    /// No answer, for this reason.
    Away(String),
}

/// GO's heartbeat, as the lease has it (R2): it is held as long as no two beats are missed, and its holder's session tells sooner where it
/// has died.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Beat {
    /// Somebody leads.
    Held {
        /// Who.
        holder: HolderId,
        /// Under which epoch.
        epoch: Epoch,
        /// How long ago it was last renewed.
        renewed_ago: Duration,
        /// How long its holder's session has been broken, where the Bus holds it for dead or cut off.
        silent_for: Option<Duration>,
    },
    /// Nobody does: released, or run out after missed beats.
    Free {
        /// The last epoch that was granted.
        epoch: Epoch,
    },
}

impl From<&LeaseView> for Beat {
    fn from(lease: &LeaseView) -> Self {
        let epoch = lease.epoch;
        match &lease.holder {
            Some(holder) => {
                let renewed_ago = lease.ttl_ms.duration().saturating_sub(lease.remaining_ms.duration());
                let silent_for = lease.silent_ms.map(go_bus_api::Millis::duration);
                Self::Held { holder: holder.clone(), epoch, renewed_ago, silent_for }
            }
            None => Self::Free { epoch },
        }
    }
}

/// What tmux says of the managed session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Session {
    /// There is none.
    Absent,
    /// GO's process is at work in it.
    Runs {
        /// The process.
        pid: u32,
    },
    /// It is there, but what it ran has ended.
    Ended {
        /// With this code; `None` where a signal ended it.
        code: Option<i32>,
    },
    /// tmux can't be asked, for this reason.
    Unknown(String),
}

impl Session {
    /// Whether what it ran ended as one does that was told to, or had nothing left to do.
    pub(super) fn ended_on_purpose(&self) -> bool {
        /// Done, and interrupted by Ctrl-C or SIGTERM.
        const ON_PURPOSE: [i32; 2] = [0, 130];
        matches!(self, Self::Ended { code: Some(code) } if ON_PURPOSE.contains(code))
    }
}

impl Observation {
    /// Whether a process of GO is there, however well it is.
    pub(super) fn is_alive(&self) -> bool {
        self.process.is_some() || matches!(self.session, Session::Runs { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_beat_is_what_the_ttl_has_lost() {
        let read = |holder: &str| {
            let text = format!(
                r#"{{"holder":{holder},"epoch":3,"remaining_ms":100000,"ttl_ms":125000,"silent_ms":4000,
                    "handoff":null,"standbys":[]}}"#
            );
            Beat::from(&serde_json::from_str::<LeaseView>(&text).unwrap())
        };
        let renewed_ago = Duration::from_secs(25);
        let holder = HolderId::new("go-1").unwrap();
        let silent_for = Some(Duration::from_secs(4));
        assert_eq!(read("\"go-1\""), Beat::Held { holder, epoch: Epoch(3), renewed_ago, silent_for });
        assert_eq!(read("null"), Beat::Free { epoch: Epoch(3) });
    }
}
