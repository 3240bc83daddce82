//! A command that is waited for: what it is told, what it says, and how it ended.

use std::ffi::OsString;
use std::io::{self, PipeReader, Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use std::os::unix::process::ExitStatusExt;

use crate::start::look_up;
use crate::{End, Environment, RuntimeError, error, platform, tree};

/// How long output may still come once its command has ended: whatever that left in the background can hold the pipe for ever.
const AFTERMATH: Duration = Duration::from_millis(500);

/// A command to run to its end.
#[derive(Debug, Clone)]
pub struct Capture {
    /// The program, looked up on `PATH` where it has no slash.
    pub program: String,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// The folder it runs in.
    pub folder: PathBuf,
    /// Its variables.
    pub environment: Environment,
    /// Variables beyond those; they win.
    pub more: Vec<(OsString, OsString)>,
    /// What it reads.
    pub input: Vec<u8>,
    /// Whether what it says on standard error is kept among its output, in the order in which it came.
    pub merged: bool,
    /// How many bytes are kept of each stream, the last ones.
    pub most: usize,
    /// How long it may take; for ever where there is none.
    pub patience: Option<Duration>,
}

/// What a command came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Captured {
    /// How it ended; `None` where its patience was over and it was killed.
    pub end: Option<End>,
    /// The end of its standard output.
    pub output: Vec<u8>,
    /// The end of its standard error; empty where that is merged.
    pub errors: Vec<u8>,
    /// Whether more was said than was kept.
    pub clipped: bool,
}

/// Runs `capture` in the process group of this process, so that what ends that ends it too, and waits for its end. Not for a
/// process that reaps any child ([`crate::each_end`]): one of the two would miss the end.
///
/// # Errors
/// Where it can't be started or waited for. A command that fails is none.
pub fn capture(capture: &Capture) -> Result<Captured, RuntimeError> {
    let failed = |source| RuntimeError::Start { program: capture.program.clone(), source };
    let (output, said) = io::pipe().map_err(failed)?;
    let (errors, complained) = if capture.merged {
        (None, said.try_clone().map_err(failed)?)
    } else {
        let (reader, writer) = io::pipe().map_err(failed)?;
        (Some(reader), writer)
    };
    let child = spawn(capture, said, complained).map_err(failed)?;
    let output = Kept::follow(output, capture.most);
    let errors = errors.map(|pipe| Kept::follow(pipe, capture.most));
    let end = wait(child, capture)?;
    let (output, is_all) = output.take();
    let (errors, is_all_too) = errors.map_or((Vec::new(), true), Kept::take);
    Ok(Captured { end, output, errors, clipped: !(is_all && is_all_too) })
}

fn spawn(capture: &Capture, said: io::PipeWriter, complained: io::PipeWriter) -> io::Result<Child> {
    let path = capture.environment.path().map(|path| path.as_os_str());
    let program = look_up(&capture.program, path, &capture.folder)?;
    #[expect(clippy::disallowed_methods, reason = "this crate is where processes are started")]
    let mut command = Command::new(program);
    command
        .args(&capture.arguments)
        .current_dir(&capture.folder)
        .env_clear()
        .envs(capture.environment.iter().map(|(name, value)| (name, value)))
        .envs(capture.more.iter().map(|(name, value)| (name, value)))
        .stdin(if capture.input.is_empty() { Stdio::null() } else { Stdio::piped() })
        .stdout(said)
        .stderr(complained);
    let mut child = command.spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        let input = capture.input.clone();
        // One that does not read to the end has its reasons; its exit code tells them.
        std::thread::spawn(move || stdin.write_all(&input).unwrap_or_default());
    }
    Ok(child)
}

fn wait(mut child: Child, capture: &Capture) -> Result<Option<End>, RuntimeError> {
    let failed = |source| RuntimeError::Process { doing: "wait for a command", source };
    let Some(patience) = capture.patience else { return child.wait().map(|status| Some(end(status))).map_err(failed) };
    let pid = child.id();
    let (tell, told) = channel();
    std::thread::spawn(move || {
        // Nobody listens any more once the patience is over.
        let _ = tell.send(child.wait());
    });
    match told.recv_timeout(patience) {
        Ok(status) => status.map(|status| Some(end(status))).map_err(failed),
        Err(_) => kill(pid).map(|()| None),
    }
}

/// Ends a command and what it started.
fn kill(pid: u32) -> Result<(), RuntimeError> {
    let below = tree::descendants(&platform::table(), pid);
    for id in platform::identify(pid).into_iter().chain(below) {
        platform::send(id, rustix::process::Signal::KILL).map_err(error::process("kill a command"))?;
    }
    Ok(())
}

fn end(status: ExitStatus) -> End {
    match (status.code(), status.signal()) {
        (Some(code), _) => End::Exited(code),
        (None, signal) => End::Signalled(signal.unwrap_or_default()),
    }
}

/// The last bytes of a stream, read by a thread as they come.
#[derive(Debug)]
struct Kept {
    bytes: Arc<Mutex<(Vec<u8>, bool)>>,
    done: Receiver<()>,
    most: usize,
}

impl Kept {
    fn follow(mut pipe: PipeReader, most: usize) -> Self {
        let bytes = Arc::new(Mutex::new((Vec::new(), true)));
        let (tell, done) = channel();
        let kept = Arc::clone(&bytes);
        std::thread::spawn(move || {
            let mut part = vec![0; 64 * 1024];
            while let Ok(count @ 1..) = pipe.read(&mut part) {
                let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                kept.0.extend_from_slice(part.get(..count).unwrap_or_default());
                if kept.0.len() > most.saturating_mul(2) {
                    clip(&mut kept, most);
                }
            }
            // Where nobody waits any more, nobody has to know.
            let _ = tell.send(());
        });
        Self { bytes, done, most }
    }

    /// What was kept, and whether that is all.
    fn take(self) -> (Vec<u8>, bool) {
        // Late output of something in the background is not waited for.
        let _ = self.done.recv_timeout(AFTERMATH);
        let mut kept = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        clip(&mut kept, self.most);
        std::mem::take(&mut *kept)
    }
}

fn clip(kept: &mut (Vec<u8>, bool), most: usize) {
    let surplus = kept.0.len().saturating_sub(most);
    if surplus > 0 {
        kept.0.drain(..surplus);
        kept.1 = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(words: &str) -> Capture {
        Capture {
            program: "/bin/sh".to_owned(),
            arguments: vec!["-c".into(), words.into()],
            folder: "/".into(),
            environment: Environment::inherited(&[]),
            more: vec![("MORE".into(), "m".into())],
            input: Vec::new(),
            merged: false,
            most: 1000,
            patience: Some(Duration::from_secs(60)),
        }
    }

    #[test]
    fn it_says_what_it_said_and_how_it_ended() {
        let said = capture(&shell("echo out $MORE; echo err >&2; exit 3")).unwrap();
        assert_eq!((said.end, said.clipped), (Some(End::Exited(3)), false));
        assert_eq!((said.output, said.errors), (b"out m\n".to_vec(), b"err\n".to_vec()));
        assert_eq!(capture(&shell("kill -9 $$")).unwrap().end, Some(End::Signalled(9)));
    }

    #[test]
    fn merged_streams_keep_their_order_and_the_end_is_what_is_kept() {
        let merged = Capture { merged: true, most: 4, ..shell("echo 1; echo 2 >&2; echo 3") };
        let said = capture(&merged).unwrap();
        assert_eq!((said.output, said.clipped), (b"2\n3\n".to_vec(), true));
    }

    #[test]
    fn more_input_and_output_than_a_pipe_holds_gets_through() {
        let most = 1 << 20;
        let much = Capture { input: vec![b'x'; most], most, ..shell("cat") };
        let said = capture(&much).unwrap();
        assert_eq!((said.output.len(), said.clipped), (most, false));
    }

    #[test]
    fn what_is_left_in_the_background_is_not_waited_for() {
        let said = capture(&shell("sleep 60 & echo $!")).unwrap();
        assert_eq!(said.end, Some(End::Exited(0)));
        let pid = String::from_utf8(said.output).unwrap().trim().parse().unwrap();
        crate::others::kill(crate::others::find(pid).unwrap()).unwrap();
    }

    #[test]
    fn what_takes_too_long_is_killed_with_what_it_started() {
        let slow = Capture { patience: Some(Duration::from_millis(300)), ..shell("sleep 60 & echo $!; wait") };
        let said = capture(&slow).unwrap();
        assert_eq!(said.end, None);
        let pid: u32 = String::from_utf8(said.output).unwrap().trim().parse().unwrap();
        let left = crate::others::find(pid);
        assert!(left.is_none_or(|id| crate::others::has_ended(id, Duration::from_secs(20)).unwrap()));
    }

    #[test]
    fn a_program_that_is_not_there_is_told() {
        let missing = Capture { program: "no-such-program".to_owned(), ..shell("") };
        assert!(capture(&missing).unwrap_err().is_not_startable());
    }
}
