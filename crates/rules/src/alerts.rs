//! Whom an alert goes to, and the keys that more than one knows.

use go_bus_api::{AlertLevel, TaskId, Text};

/// Who has to hear of an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Audience {
    /// C0, the desk that GO reports to.
    Desk,
    /// Every human who is logged in, through their IO.
    Humans,
}

/// L4 and L5 go to the human, L1 to L3 to C0 (R16).
pub fn audience(level: AlertLevel) -> Audience {
    match level {
        AlertLevel::L1 | AlertLevel::L2 | AlertLevel::L3 => Audience::Desk,
        AlertLevel::L4 | AlertLevel::L5 => Audience::Humans,
    }
}

/// The key of the alert that the push `task` waits for a host which is gone: GO raises it, the Bus closes it once the push waits no more.
pub fn waits_for_host(task: &TaskId) -> Text<256> {
    Text::clipped(&format!("waits-for-host:{task}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn from_level_4_on_it_is_a_human_s() {
        use AlertLevel::{L1, L2, L3, L4, L5};
        assert_eq!([L1, L2, L3].map(audience), [Audience::Desk; 3]);
        assert_eq!([L4, L5].map(audience), [Audience::Humans; 2]);
    }
}
