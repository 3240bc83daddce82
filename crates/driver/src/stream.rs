//! What the output of a run means, line by line and at its end.

use std::fmt::Debug;
use std::hash::{DefaultHasher, Hash, Hasher};

use go_bus_api::{ConversationId, ExitReport, FailureCause, ModelUsage, Ratio, Timestamp};

use crate::CommandEnd;

/// What a line of output tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sign {
    /// How the program calls the conversation.
    Conversation(ConversationId),
    /// It calls a tool.
    Call(Call),
    /// Words for people: what it says or thinks. They show that it lives.
    Said(String),
    /// How full its context is.
    Context(Ratio),
    /// Everything that this process has spent so far, a line for each model; each such sign replaces the one before.
    Spent(Vec<ModelUsage>),
    /// What this process has probably spent so far, where its program tells the sum only at a turn's end: by the tokens of each call and
    /// list prices, everything up to now together. For limits alone; it is never booked, and the next [`Sign::Spent`] replaces it.
    Spending(Vec<ModelUsage>),
    /// What the provider said of a window of the account.
    Window(Window),
    /// The program waits by itself and goes on by itself, at `until` where it said when.
    Pausing {
        /// When it goes on.
        until: Option<Timestamp>,
        /// What it waits for.
        cause: FailureCause,
    },
    /// A turn has ended: it waits for the next message, or ends.
    TurnEnded,
}

/// A call of a tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The tool's name.
    pub tool: String,
    /// What it was called with, in a few words for people.
    pub about: String,
    /// The same for the same tool with the same arguments: how a loop is told.
    pub fingerprint: u64,
}

impl Call {
    /// The most of `about` that is kept, in characters.
    const ABOUT: usize = 200;

    /// A call of `tool` with these arguments, however the program writes them.
    pub fn new(tool: &str, about: &str, arguments: &str) -> Self {
        // The same in every process of this build: no random keys.
        let mut hasher = DefaultHasher::new();
        (tool, arguments).hash(&mut hasher);
        let about = about.chars().take(Self::ABOUT).collect();
        Self { tool: tool.to_owned(), about, fingerprint: hasher.finish() }
    }
}

/// A window of an account's plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// The provider's name for it (`five_hour`, `weekly`).
    pub name: String,
    /// How much of it is used.
    pub used: Ratio,
    /// When it opens anew.
    pub resets_at: Option<Timestamp>,
}

/// Reads the output of one run.
///
/// *Flow*: the shim writes [`say`](Self::say) of the prompt to the program's standard input where the launch asks for messages, calls
/// [`line`](Self::line) for each line of its standard output in order, and [`end`](Self::end) once, after the last line, where nobody stopped
/// it and no limit ended it; of the answer for one that was ended only the words (`tail`) count.
///
/// *Guarantees asked of a reader*: it never panics, whatever the lines are; what it does not understand it leaves out. Memory is bounded,
/// however long the run. A code other than 0 is never read as success, and neither is one of 0 where the output tells of a
/// failure. `now` is the only time it knows.
///
/// *Assumptions it may make*: a line has at most 1 MiB; a longer one is cut. Lines of standard error are not among them.
///
/// *Crash semantics*: a reader lives and dies with its shim; nothing of it is kept but the report of its end.
pub trait StreamReader: Debug + Send {
    /// A message of a person, as the program reads it, with its line end; `None` where it takes none.
    fn say(&mut self, text: &str) -> Option<String>;

    /// What a line tells, in order.
    fn line(&mut self, line: &str, now: Timestamp) -> Vec<Sign>;

    /// Whether the end depends on what the program says on standard error alone. Then it is told the log, which has that too.
    fn heeds_log(&self) -> bool {
        false
    }

    /// A line of the log, in which standard output and standard error stand together; each of them in order, after the last
    /// [`line`](Self::line) and before [`end`](Self::end), where it [heeds](Self::heeds_log) them.
    fn log_line(&mut self, _line: &str) {}

    /// What the end means. The shim adds the verifications, the work that was left and what was stopped.
    fn end(&mut self, end: &CommandEnd, now: Timestamp) -> ExitReport;
}
