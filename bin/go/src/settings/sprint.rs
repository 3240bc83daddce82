//! `sprint`: how long sprints last and how much they take on (R27).

use go_sprint::{LONGEST_WINDOW, Rhythm};

use super::reader::Reader;
use super::value::Auto;
use super::{Period, at_least};

/// How the work is cut into sprints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SprintSettings {
    /// The least length of a window.
    pub(crate) min: Period,
    /// The greatest length of a window.
    pub(crate) max: Period,
    /// The most tickets that a batch begins with: the setting.
    pub(crate) max_tickets: Auto<u32>,
}

impl SprintSettings {
    /// Reads the section.
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let min = reader.checked("sprint.min", Period::hours(1), window);
        let max = reader.checked("sprint.max", Period::hours(3), |max| {
            window(max)?;
            if *max < min { Err(format!("{max} is less than sprint.min, {min}")) } else { Ok(()) }
        });
        for (key, unusual) in [("sprint.min", min < Period::hours(1)), ("sprint.max", max > Period::hours(3))] {
            if unusual {
                reader.warn(key, "a sprint outside 1h to 3h is not what the seed asks for");
            }
        }
        let max_tickets = reader.checked("sprint.max_tickets", Auto::Auto, |most| match most {
            Auto::Fixed(0) => Err("a sprint has at least one ticket".to_owned()),
            _ => Ok(()),
        });
        Self { min, max, max_tickets }
    }

    /// What GO goes by.
    pub(crate) fn rhythm(&self) -> Rhythm {
        let max_tickets = match self.max_tickets {
            Auto::Auto => None,
            Auto::Fixed(most) => Some(most),
        };
        Rhythm { min: self.min.duration(), max: self.max.duration(), max_tickets }
    }
}

fn window(length: &Period) -> Result<(), String> {
    at_least(length, Period::seconds(1), "a sprint")?;
    if length.duration() > LONGEST_WINDOW {
        Err(format!("{length} is too long; a sprint takes at most 7d"))
    } else {
        Ok(())
    }
}
