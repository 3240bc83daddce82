//! `go window`: what a window of tmux shows of an agent, and what becomes of what is typed in it. It comes and goes as it likes; the agent
//! does not notice.

mod keys;
mod screen;

use std::ffi::OsString;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use std::process::ExitCode;

use go_agents::Drivers;
use go_runtime::{AgentFolder, AgentLog, ProcessId, Typing, others};
use rustix::event::{PollFd, PollFlags, poll};

use super::logs::{Happened, Shown, Watched, copy};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::print;
use keys::Keys;
use screen::Screen;

/// How much of what was said before is shown.
const BEFORE: u64 = 256 * 1024;

/// How much is typed at once at most.
const TYPED: usize = 4096;

/// Shows the agent of `folder` until it, or its `keeper`, has ended.
pub(super) fn run(folder: &Path, keeper: ProcessId) -> Result<Exit, Failure> {
    let mut window = Window::open(AgentFolder::at(folder), keeper)?;
    let ended = window.show();
    window.screen.restore();
    ended.map(|()| Exit::Done)
}

/// Becomes the program that `words` name, on the terminal that is the standard input.
pub(super) fn on_terminal(words: &[OsString]) -> ExitCode {
    let program = words.first().map(|program| program.to_string_lossy().into_owned()).unwrap_or_default();
    eprintln!("can't start {program}: {}", go_runtime::on_terminal(words));
    // As a shell has it.
    ExitCode::from(127)
}

struct Window {
    log: AgentLog,
    file: File,
    shown: Shown,
    watched: Watched,
    keeper: Option<OwnedFd>,
    keys: Keys,
    screen: Screen,
}

/// What there is to do.
struct Due {
    log: bool,
    keys: bool,
    size: bool,
    over: bool,
}

impl Window {
    fn open(folder: AgentFolder, keeper: ProcessId) -> Result<Self, Failure> {
        let failed = |error: go_runtime::RuntimeError| Failure::caused_by(error, "its agent has ended");
        let spec = folder.spec().map_err(failed)?;
        let typing = spec.window.map_or(Typing::Nothing, |window| window.typing);
        let log = AgentLog::of(folder.clone());
        let watched = Watched::new(&log).map_err(Failure::file("watch", &log.path))?;
        let mut file = File::open(&log.path).map_err(Failure::file("open", &log.path))?;
        let length = file.metadata().map_err(Failure::file("read", &log.path))?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(BEFORE))).map_err(Failure::file("read", &log.path))?;
        let shown = match typing {
            Typing::Terminal => Shown::Raw,
            Typing::Messages | Typing::Nothing => Shown::of(&log, &Drivers::default(), true),
        };
        Ok(Self {
            keys: Keys::of(&folder, typing).map_err(failed)?,
            screen: Screen::of(&folder)?,
            keeper: others::handle(keeper).map_err(failed)?,
            log,
            file,
            shown,
            watched,
        })
    }

    fn show(&mut self) -> Result<(), Failure> {
        self.screen.follow();
        copy(&mut self.file, &self.log.path, &mut self.shown)?;
        while self.keeper.is_some() {
            let due = self.wait()?;
            let mut over = due.over;
            if due.log {
                let happened = self.watched.wait().map_err(Failure::file("watch", &self.log.path))?;
                over |= happened == Happened::Ended;
                self.screen.follow();
            }
            copy(&mut self.file, &self.log.path, &mut self.shown)?;
            if due.size {
                self.screen.resized();
            }
            if over || (due.keys && !self.typed()?) {
                break;
            }
        }
        copy(&mut self.file, &self.log.path, &mut self.shown)
    }

    /// Waits until something is due.
    fn wait(&self) -> Result<Due, Failure> {
        let stdin = std::io::stdin();
        let mut fds = vec![
            PollFd::new(&self.watched, PollFlags::IN),
            PollFd::new(&stdin, PollFlags::IN),
            PollFd::new(self.screen.sizes(), PollFlags::IN),
        ];
        fds.extend(self.keeper.iter().map(|keeper| PollFd::from_borrowed_fd(keeper.as_fd(), PollFlags::IN)));
        match poll(&mut fds, None) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(Failure::failed(format!("can't wait: {error}"), "")),
        }
        let is_due = |at: usize| fds.get(at).is_some_and(|fd| !fd.revents().is_empty());
        Ok(Due { log: is_due(0), keys: is_due(1), size: is_due(2), over: is_due(3) })
    }

    /// Hands on what was typed; false where nobody can type any more.
    fn typed(&mut self) -> Result<bool, Failure> {
        let mut bytes = [0; TYPED];
        // A Ctrl-D at the beginning of a line is no end: the window stays.
        let Ok(count) = std::io::stdin().read(&mut bytes) else { return Ok(false) };
        let refusal = self.keys.take(bytes.get(..count).unwrap_or_default(), self.screen.is_terminal());
        print(refusal.unwrap_or_default())?;
        Ok(true)
    }
}
