//! The window of an agent, from its shim's side: the terminal that a command has, and what people type.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};

use go_driver::Lines;
use go_runtime::{
    AgentFolder, CommandSpec, Environment, OnTerminal, ProcessId, RuntimeError, Typing, WindowSpec, start_on_terminal,
};

use super::ShimError;
use super::talk::{Log, REST, Teller, thread};

/// The terminal that a window of tmux is.
const TERM: &str = "screen";

/// How much is read at once.
const PART: usize = 16 * 1024;

/// The window of one agent. The shim needs nobody at its other side: whoever looks follows the log, and types into a pipe.
#[derive(Debug)]
pub(super) struct Window {
    spec: WindowSpec,
    folder: AgentFolder,
    kept_all: Option<Receiver<()>>,
}

impl Window {
    /// The window of the agent of `folder`.
    pub(super) fn new(spec: WindowSpec, folder: AgentFolder) -> Self {
        Self { spec, folder, kept_all: None }
    }

    /// Whether the command gets a terminal.
    pub(super) fn has_terminal(&self) -> bool {
        self.spec.typing == Typing::Terminal
    }

    /// Starts the command on a terminal, and answers where it says what it says.
    pub(super) fn start(
        &mut self,
        command: &CommandSpec,
        environment: &Environment,
    ) -> Result<(ProcessId, File), ShimError> {
        let command = command.clone().with("TERM", TERM);
        let OnTerminal { process, keeper_side, path } = start_on_terminal(&command, environment, &self.spec.exe)?;
        let mut keys =
            keeper_side.try_clone().map_err(|source| ShimError::System { doing: "share a terminal", source })?;
        // Who has ended needs none of it any more.
        self.typed(move |bytes| drop(keys.write_all(bytes)));
        link(&path, &self.folder.terminal_path());
        Ok((process, keeper_side))
    }

    /// Keeps what comes from `said` in `log`.
    pub(super) fn keep(&mut self, said: File, log: File) -> Result<(), ShimError> {
        let (tell, kept_all) = channel();
        let keep = move || {
            let mut log = Log::new(log);
            each_part(said, |bytes| log.write(bytes));
            // Where nobody waits any more, nobody has to know.
            let _ = tell.send(());
        };
        thread("output", keep)?;
        self.kept_all = Some(kept_all);
        Ok(())
    }

    /// Tells the agent each line that is typed.
    pub(super) fn tell(&self, teller: Teller) {
        let mut lines = Lines::default();
        if self.spec.typing == Typing::Messages {
            self.typed(move |bytes| lines.push(bytes, |line| teller.tell(line)));
        }
    }

    /// Gives everything that is typed to `each`. Where that can't be, the agent works all the same.
    fn typed(&self, each: impl FnMut(&[u8]) + Send + 'static) {
        let input = self.folder.make_input().and_then(|()| self.folder.open_input());
        let listening = input.map_err(ShimError::from).and_then(|input| thread("typed", || each_part(input, each)));
        if let Err(error) = listening {
            eprintln!("shim: what is typed in its window does not reach it: {}", error.with_causes());
        }
    }

    /// The command is over: waits until all that it said is kept.
    pub(super) fn end(&mut self) {
        if let Some(kept_all) = self.kept_all.take() {
            // An error means that the thread is gone, and so has kept all it ever will.
            let _ = kept_all.recv_timeout(REST);
        }
        if self.has_terminal() {
            // One that was never there is as good.
            let _ = std::fs::remove_file(self.folder.terminal_path());
        }
    }
}

/// Reads `from` to its end. A terminal's other side has none: it fails once nobody has the terminal any more.
fn each_part(mut from: File, mut each: impl FnMut(&[u8])) {
    let mut part = vec![0; PART];
    loop {
        match from.read(&mut part) {
            Ok(0) => return,
            Ok(count) => each(part.get(..count).unwrap_or_default()),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(_) => return,
        }
    }
}

/// Makes `path` lead to the terminal, so that whoever looks can tell how large their window is.
fn link(terminal: &Path, path: &Path) {
    let made = std::os::unix::fs::symlink(terminal, path);
    if let Err(error) = made.map_err(|source| RuntimeError::File { doing: "create", path: path.into(), source }) {
        eprintln!("shim: its terminal keeps its size: {error}");
    }
}
