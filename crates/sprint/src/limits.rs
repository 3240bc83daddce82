//! The bounds of the settings on how many work.

/// The bounds of the settings on how many agents with a task work on all hosts together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limits {
    /// The most (`agents.max`), a hard cap; `None` is no cap.
    pub agents_max: Option<u32>,
    /// As many work where there is work and room for them (`agents.min`): nothing is held back for order's sake below it.
    pub agents_min: u32,
}
