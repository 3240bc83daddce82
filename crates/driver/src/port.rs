//! The port that a driver implements.

use std::fmt::Debug;

use go_bus_api::DriverKind;

use crate::{Assignment, CommandEnd, DriverError, Launch, Reading};

/// Knows how one kind of agent is run.
///
/// *Flow*: the launcher calls [`launch`](Self::launch) once for each agent it starts and writes the answer into the agent's
/// spec. The shim starts the command in a process group of its own, waits for its end, and calls [`read`](Self::read) where
/// nobody stopped it and no limit ended it; then it runs `verify` itself.
///
/// *Guarantees asked of a driver*: both functions are pure: the same assignment gives the same command, whichever process
/// asks; so a restarted launcher comes to the same. A code other than 0 is never read as success. The command holds
/// no secret: arguments are visible to every process of the machine.
///
/// *Assumptions it may make*: the environment has the `XIO_…` variables of the interface page and an allow-list beside them;
/// the input is empty; the folder exists or the start fails; all output is kept.
///
/// *Errors*: a [`DriverError`] means that no command can be made. The launcher then reports an end with the code 127 and the
/// error's words, so that the assignee judges it like any failed attempt.
///
/// *Crash semantics*: a driver keeps nothing between calls, so there is nothing to lose. A command that was started and
/// whose shim died is never started again; a new attempt is a new agent.
pub trait AgentDriver: Debug + Send + Sync + 'static {
    /// Which driver it is.
    fn kind(&self) -> DriverKind;

    /// The command for an assignment.
    fn launch(&self, assignment: &Assignment<'_>) -> Result<Launch, DriverError>;

    /// What the end of such a command means. `posts_verdict` is the launch's.
    fn read(&self, end: &CommandEnd, posts_verdict: bool) -> Reading;
}
