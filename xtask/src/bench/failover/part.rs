//! One process of the run: killed when dropped, so that nothing is left behind however a run ends.

use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::bench::BenchError;
use crate::bench::fleet::without_settings;
use crate::stopwatch::until;

/// How long a part may take to end in order.
const END: Duration = Duration::from_secs(30);

/// A running `go`.
pub(super) struct Part(Child);

impl Part {
    /// Starts `go` in `folder`, with what it says in the file `log` there.
    pub(super) fn start(mut go: Command, folder: &Path, log: &str) -> Result<Self, BenchError> {
        without_settings(&mut go);
        let failed = |e| BenchError::Io("a part of the fleet", e);
        let file = File::options().create(true).append(true).open(folder.join(log)).map_err(failed)?;
        let both = file.try_clone().map_err(failed)?;
        go.current_dir(folder).stdin(Stdio::null()).stdout(file).stderr(both);
        Ok(Self(go.spawn().map_err(failed)?))
    }

    /// Sends `signal` to it alone.
    pub(super) fn signal(&self, signal: Signal) -> Result<(), BenchError> {
        kill_process(Pid::from_child(&self.0), signal).map_err(|e| BenchError::Io("a signal", e.into()))
    }

    /// SIGKILL, and its end.
    pub(super) fn kill(mut self) -> Result<(), BenchError> {
        self.0.kill().and_then(|()| self.0.wait()).map(drop).map_err(|e| BenchError::Io("kill", e))
    }

    /// Waits for its end after a signal.
    pub(super) fn end(mut self) -> Result<ExitStatus, BenchError> {
        let ended = until(END, || self.0.try_wait().ok().flatten());
        ended.ok_or(BenchError::Stuck("a part that was told to stop ends", END.as_secs()))
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // One that has ended already needs neither.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
