//! A command on a terminal of its own (pty(7)): its keeper has the other side.
//!
//! The command leads a session, so that a Ctrl-C that is typed interrupts it and nobody else. A session is begun by the process
//! itself: `<exe> on-terminal PROGRAM ARG…` does that and becomes the program.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rustix::fs::{Mode, OFlags};
use rustix::pty::OpenptFlags;
use rustix::termios::Winsize;

use crate::start::{failed, program, set_up, spawn};
use crate::{CommandSpec, Environment, ProcessId, RuntimeError};

/// The command of the `go` binary that puts a program on the terminal that it was given.
pub const ON_TERMINAL: &str = "on-terminal";

/// As large as a window is before anybody looks at it.
const SIZE: Winsize = Winsize { ws_row: 50, ws_col: 200, ws_xpixel: 0, ws_ypixel: 0 };

/// A command that runs on a terminal.
#[derive(Debug)]
pub struct OnTerminal {
    /// The leader of its session and process group.
    pub process: ProcessId,
    /// The keeper's side: what it says is read from it, what is typed is written to it.
    pub keeper_side: File,
    /// The path of its own side.
    pub path: PathBuf,
}

/// Starts `command` on a new terminal, by way of `exe`, the `go` binary. What it says comes from the keeper's side until nothing of it is left.
pub fn start_on_terminal(
    command: &CommandSpec,
    environment: &Environment,
    exe: &Path,
) -> Result<OnTerminal, RuntimeError> {
    let (keeper_side, own_side, path) = open().map_err(failed(command))?;
    let program = program(command, environment)?;
    let sides = (own_side.try_clone(), own_side.try_clone());
    let (output, errors) = (sides.0.map_err(failed(command))?, sides.1.map_err(failed(command))?);
    let mut starting = set_up(exe, command, environment)?;
    // No group of its own: who leads one can't begin a session.
    starting.arg(ON_TERMINAL).arg(program).args(command.argv.iter().skip(1));
    starting.stdin(Stdio::from(own_side)).stdout(Stdio::from(output)).stderr(Stdio::from(errors));
    let (process, _) = spawn(command, &mut starting)?;
    Ok(OnTerminal { process, keeper_side, path })
}

/// Both sides of a new terminal, and the path of the command's.
fn open() -> io::Result<(File, OwnedFd, PathBuf)> {
    let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
    let keeper_side = rustix::pty::openpt(flags)?;
    rustix::pty::grantpt(&keeper_side)?;
    rustix::pty::unlockpt(&keeper_side)?;
    let path = PathBuf::from(OsString::from_vec(rustix::pty::ptsname(&keeper_side, Vec::new())?.into_bytes()));
    let own_side = rustix::fs::open(&path, OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty())?;
    rustix::termios::tcsetwinsize(&own_side, SIZE)?;
    Ok((File::from(keeper_side), own_side, path))
}

/// Begins a session on the terminal that this process has as its standard input, and becomes the program that `words` name;
/// returns only where that fails.
pub fn on_terminal(words: &[OsString]) -> io::Error {
    let [program, arguments @ ..] = words else { return io::ErrorKind::InvalidInput.into() };
    let begun = rustix::process::setsid().and_then(|_| rustix::process::ioctl_tiocsctty(io::stdin()));
    if let Err(error) = begun {
        return error.into();
    }
    #[expect(clippy::disallowed_methods, reason = "this is where processes are started")]
    let mut becoming = Command::new(program);
    becoming.args(arguments).exec()
}
