//! Where xtask starts processes: it is a tool for people and CI, and has no agents to keep.

use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

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
    let (mut child, readers) = start(command)?;
    let kept = join(readers);
    Ok((child.wait()?, kept))
}

/// As [`run_and_keep`], but ends what has not ended by itself after `limit`, and answers `None`.
pub(crate) fn run_and_keep_within(limit: Duration, command: &mut Command) -> io::Result<Option<(ExitStatus, String)>> {
    let (mut child, readers) = start(command)?;
    let (sender, output) = mpsc::channel();
    // Nobody listens any more once the limit has passed.
    thread::spawn(move || drop(sender.send(join(readers))));
    match output.recv_timeout(limit) {
        Ok(kept) => Ok(Some((child.wait()?, kept))),
        Err(_) => {
            child.kill()?;
            child.wait()?;
            Ok(None)
        }
    }
}

/// What reads a process's output until there is no more.
type Reader = JoinHandle<String>;

fn start(command: &mut Command) -> io::Result<(Child, Vec<Reader>)> {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let out = child.stdout.take().map(|pipe| thread::spawn(|| forward(pipe, |line| println!("{line}"))));
    let err = child.stderr.take().map(|pipe| thread::spawn(|| forward(pipe, |line| eprintln!("{line}"))));
    Ok((child, out.into_iter().chain(err).collect()))
}

fn join(readers: Vec<Reader>) -> String {
    readers.into_iter().map(|reader| reader.join().unwrap_or_default()).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_in_time_is_kept_and_what_does_not_is_ended() {
        let (status, output) =
            run_and_keep_within(Duration::from_secs(60), command("echo").arg("hi")).unwrap().unwrap();
        assert_eq!((status.success(), output.as_str()), (true, "hi\n"));
        assert!(run_and_keep_within(Duration::from_millis(10), command("sleep").arg("600")).unwrap().is_none());
    }
}
