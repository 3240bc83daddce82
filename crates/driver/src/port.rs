//! The port that a driver implements.

use std::fmt::Debug;

use go_bus_api::DriverKind;

use crate::{Answer, Assignment, DriverError, Launch, StreamReader};

/// Knows how one kind of agent is run.
///
/// *Flow*: the launcher calls [`launch`](Self::launch) once for each agent it starts and writes the answer into the agent's
/// spec. The shim starts the command in a process group of its own, reads its output through a [`reader`](Self::reader), stops it by SIGINT and, after
/// a grace, by SIGKILL of everything it forked, and has the reader say what its end means; then it runs `verify` itself.
///
/// *Guarantees asked of a driver*: [`launch`](Self::launch) is pure: the same assignment gives the same command, whichever process
/// asks; so a restarted launcher comes to the same. The command holds no secret: arguments are visible to every process of
/// the machine. With `resume` it goes on with that conversation.
///
/// *Assumptions it may make*: the environment has the `XIO_…` variables of the interface page and an allow-list beside them;
/// the input is what `stdin` asks for; the folder exists or the start fails; all output is kept.
///
/// *Errors*: a [`DriverError`] means that no command can be made. The launcher then reports an end with the code 127 and the
/// error's words, so that the assignee judges it like any failed attempt.
///
/// *Crash semantics*: a driver keeps nothing between calls, so there is nothing to lose. A command that was started and
/// whose shim died is never started again; a new attempt is a new agent.
pub trait AgentDriver: Debug + Send + Sync + 'static {
    /// Which driver it is.
    fn kind(&self) -> DriverKind;

    /// Whether what it runs is an agent that talks: its output is read while it runs, it is held to what an attempt may use up, and it
    /// works in a folder of its own where its project has such. A plain command has its output for people alone, and costs less to keep.
    fn talks(&self) -> bool {
        true
    }

    /// Whether what it runs may have a terminal in place of pipes, where people look at it in a window (`agents.runtime: tmux`) and it reads
    /// nothing else: what it says is for people then, colours and all.
    fn takes_terminal(&self) -> bool {
        !self.talks()
    }

    /// Whether its program takes the Bus's tools from a server over HTTP, as [`bridge_file`](Assignment::bridge_file) describes it: the shim then
    /// serves them for as long as it keeps the agent. Others start the command of the bridge, a process beside each agent.
    fn reads_bridge_file(&self) -> bool {
        false
    }

    /// The command for an assignment.
    fn launch(&self, assignment: &Assignment<'_>) -> Result<Launch, DriverError>;

    /// The variables of whoever starts it that its command gets, where they are set: its logins and where its provider is. Names alone,
    /// since a value may be a secret. An agent that has an account gets its login from that and none of these.
    fn keeps(&self) -> &[String] {
        &[]
    }

    /// A reader of one run. `posts_verdict` is the launch's: then, and only then, its end bears a verdict. `note` is the launch's too:
    /// the shim is another process than the launcher's and may not have its settings.
    fn reader(&self, posts_verdict: bool, note: &str) -> Box<dyn StreamReader>;

    /// What tools answered in a line of output, for people who read along; nothing where the program does not tell.
    fn answers(&self, _line: &str) -> Vec<Answer> {
        Vec::new()
    }
}
