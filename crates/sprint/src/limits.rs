//! The caps above the hosts' own slots.

/// The hard caps of the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limits {
    /// The most agents with a task on all hosts together (`agents.max`); `None` is no cap.
    pub agents_max: Option<u32>,
}
