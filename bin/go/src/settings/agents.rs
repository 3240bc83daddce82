//! `agents`: how many there may be, what runs them, how long they may take.

use go_bus_api::DriverKind;
use go_spawn::SeatDrivers;
use serde_yaml::Value;

use super::capacity::{Readings, capacity};
use super::reader::Reader;
use super::value::{Auto, Setting, one_of};
use super::{Period, at_least};

/// What an agent's process runs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RuntimeKind {
    /// A process of its own.
    Process,
    /// A window of a tmux session, to attach to.
    Tmux,
}

impl Setting for RuntimeKind {
    fn read(value: &Value) -> Result<Self, String> {
        one_of(value, &[("process", Self::Process), ("tmux", Self::Tmux)])
    }

    fn show(&self) -> String {
        match self {
            Self::Process => "process".to_owned(),
            Self::Tmux => "tmux".to_owned(),
        }
    }
}

/// How agents are run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AgentSettings {
    /// How many work at all times (R29).
    pub(crate) min: u32,
    /// How many may work at once: the setting.
    pub(crate) max: Auto<u32>,
    /// How often each is heard of.
    pub(crate) heartbeat: Period,
    /// What runs a ticket whose project names no driver.
    pub(crate) driver: DriverKind,
    /// What runs HOs, where the plan says nothing else of one: the program that comes with GO (`shell`), or an agent that thinks.
    pub(crate) ho: DriverKind,
    /// The same of POs.
    pub(crate) po: DriverKind,
    /// The same of IOs.
    pub(crate) io: DriverKind,
    /// What their processes run in.
    pub(crate) runtime: RuntimeKind,
    /// The pause between asking an agent to end and ending it.
    pub(crate) stop_grace: Period,
    /// How long a drain may take.
    pub(crate) drain_grace: Period,
    /// How long an attempt may show no progress.
    pub(crate) idle_timeout: Period,
    /// How long an attempt may take.
    pub(crate) timeout: Period,
}

impl AgentSettings {
    /// Reads the section.
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let positive = |length: &Period| at_least(length, Period::millis(1), "this");
        let min = reader.get("agents.min", 3);
        let max = reader.checked("agents.max", Auto::Auto, |max| match max {
            Auto::Fixed(0) => Err("at least one agent has to be allowed".to_owned()),
            _ => Ok(()),
        });
        Self {
            min,
            max,
            heartbeat: reader.checked("agents.heartbeat", Period::seconds(30), |beat| {
                at_least(beat, Period::millis(20), "a heartbeat")
            }),
            driver: reader.get("agents.driver", DriverKind::Shell),
            ho: reader.get("agents.ho", DriverKind::Shell),
            po: reader.get("agents.po", DriverKind::Shell),
            io: reader.get("agents.io", DriverKind::Shell),
            runtime: reader.get("agents.runtime", RuntimeKind::Process),
            stop_grace: reader.get("agents.stop_grace", Period::millis(1500)),
            drain_grace: reader.get("agents.drain_grace", Period::seconds(10)),
            idle_timeout: reader.checked("agents.idle_timeout", Period::minutes(15), positive),
            timeout: reader.checked("agents.timeout", Period::hours(2), positive),
        }
    }

    /// What runs orchestrators.
    pub(crate) fn seats(&self) -> SeatDrivers {
        SeatDrivers { ho: self.ho, po: self.po, io: self.io, ..SeatDrivers::default() }
    }

    /// How many agents may work at once on a machine with these readings.
    pub(crate) fn cap(&self, readings: &Readings) -> u32 {
        match self.max {
            Auto::Auto => capacity(readings),
            Auto::Fixed(max) => max,
        }
    }
}
