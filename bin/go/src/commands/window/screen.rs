//! The window's own terminal: as raw as that of the command while it has one, and as large.

use std::fs::File;
use std::io::{Read, stdin};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;

use go_runtime::AgentFolder;
use rustix::fs::{Mode, OFlags};
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcgetwinsize, tcsetattr, tcsetwinsize};
use signal_hook::consts::SIGWINCH;

use crate::failure::Failure;

/// The terminal that this process has.
#[derive(Debug)]
pub(super) struct Screen {
    /// Leads to the command's terminal while there is one.
    link: PathBuf,
    /// How this terminal was found; nothing where it is none.
    usual: Option<Termios>,
    is_raw: bool,
    sizes: UnixStream,
}

impl Screen {
    /// The terminal that shows the agent of `folder`.
    pub(super) fn of(folder: &AgentFolder) -> Result<Self, Failure> {
        let failed = |error| Failure::failed(format!("can't follow the window's size: {error}"), "");
        let (sizes, tell) = UnixStream::pair().map_err(failed)?;
        sizes.set_nonblocking(true).map_err(failed)?;
        signal_hook::low_level::pipe::register(SIGWINCH, tell).map_err(failed)?;
        Ok(Self { link: folder.terminal_path(), usual: tcgetattr(stdin()).ok(), is_raw: false, sizes })
    }

    /// Becomes readable with each change of the size.
    pub(super) fn sizes(&self) -> &UnixStream {
        &self.sizes
    }

    /// Whether the command has a terminal, and every key goes there as it is.
    pub(super) fn is_terminal(&self) -> bool {
        self.is_raw
    }

    /// Looks whether the command has a terminal now.
    pub(super) fn follow(&mut self) {
        let has_terminal = self.link.symlink_metadata().is_ok();
        if has_terminal != self.is_raw {
            self.is_raw = has_terminal;
            self.set();
            self.resized();
        }
    }

    fn set(&self) {
        let Some(usual) = &self.usual else { return };
        let mut wanted = usual.clone();
        if self.is_raw {
            wanted.make_raw();
        }
        // A terminal that is gone needs no mode.
        let _ = tcsetattr(stdin(), OptionalActions::Now, &wanted);
    }

    /// Gives the command's terminal the size of this one.
    pub(super) fn resized(&mut self) {
        let mut told = [0; 64];
        while matches!((&self.sizes).read(&mut told), Ok(1..)) {}
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let size = tcgetwinsize(stdin());
        let terminal = std::fs::read_link(&self.link).map(|path| rustix::fs::open(path, flags, Mode::empty()));
        if let (Ok(size), Ok(Ok(terminal))) = (size, terminal) {
            // It may have ended just now.
            let _ = tcsetwinsize(File::from(terminal), size);
        }
    }

    /// Leaves this terminal as it was found.
    pub(super) fn restore(&mut self) {
        self.is_raw = false;
        self.set();
    }
}
