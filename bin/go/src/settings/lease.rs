//! `lease`: how GO holds its lease (R2).

use std::time::Duration;

use go_bus_server::SessionGrace;
use serde_yaml::Value;

use super::Period;
use super::reader::Reader;
use super::value::Setting;

impl Setting for SessionGrace {
    fn read(value: &Value) -> Result<Self, String> {
        match value {
            Value::String(word) if word == "auto" => Ok(Self::Auto),
            Value::String(word) if word == "off" => Ok(Self::Off),
            Value::Bool(false) => Ok(Self::Off),
            other => match Period::read(other) {
                Ok(grace) => Ok(Self::After(grace.duration())),
                Err(why) => Err(format!("{why}; or write auto or off")),
            },
        }
    }

    fn show(&self) -> String {
        match self {
            Self::Auto => "auto".to_owned(),
            Self::After(grace) => Period::from(*grace).to_string(),
            Self::Off => "off".to_owned(),
        }
    }
}

/// How GO holds its lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LeaseSettings {
    /// How often it renews.
    pub(crate) heartbeat: Period,
    /// How many missed renewals end it.
    pub(crate) missed: u32,
    /// How long a broken session is borne.
    pub(crate) session_grace: SessionGrace,
}

impl LeaseSettings {
    /// Reads the section.
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            heartbeat: reader.checked("lease.heartbeat", Period::seconds(60), |beat| {
                super::at_least(beat, Period::millis(20), "a heartbeat")
            }),
            missed: reader.checked("lease.missed_heartbeats", 2, |missed| {
                if *missed == 0 { Err("at least 1 heartbeat may be missed".to_owned()) } else { Ok(()) }
            }),
            session_grace: reader.get("lease.session_grace", SessionGrace::Auto),
        }
    }

    /// How long the lease lives without a renewal (R2).
    pub(crate) fn ttl(&self) -> Duration {
        go_rules::lease::ttl(self.heartbeat.duration(), self.missed)
    }
}
