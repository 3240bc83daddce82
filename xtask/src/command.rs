//! Where xtask starts processes: it is a tool for people and CI, and has no agents to keep.

use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader, Read};
use std::process::{Command, ExitStatus, Stdio};
use std::thread;

/// A command to be set up and run.
#[expect(clippy::disallowed_methods, reason = "xtask runs tools for people; go_runtime is for agents")]
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    Command::new(program)
}

/// The cargo that runs xtask, or the one on the PATH.
pub(crate) fn cargo() -> Command {
    command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Whether `command` can be started and ends well; its output is dropped. For "is it installed".
pub(crate) fn answers(command: &mut Command) -> bool {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|s| s.success())
}

/// Runs `command`, prints what it prints as it comes, and keeps all of it. Fails where it can't be started.
pub(crate) fn run_and_keep(command: &mut Command) -> io::Result<(ExitStatus, String)> {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let out = child.stdout.take().map(|pipe| thread::spawn(|| forward(pipe, |line| println!("{line}"))));
    let err = child.stderr.take().map(|pipe| thread::spawn(|| forward(pipe, |line| eprintln!("{line}"))));
    let mut kept = String::new();
    for reader in [out, err].into_iter().flatten() {
        kept += &reader.join().unwrap_or_default();
    }
    Ok((child.wait()?, kept))
}

fn forward(pipe: impl Read, print: impl Fn(&str)) -> String {
    let mut kept = String::new();
    let mut reader = BufReader::new(pipe);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
        let text = String::from_utf8_lossy(&line);
        print(text.trim_end());
        kept += &text;
        line.clear();
    }
    kept
}
