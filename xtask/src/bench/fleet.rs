//! `go up` in a place of a bench: start it, wait for its end, or kill it.

use std::fs::{self, File};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::BenchError;
use super::place::Place;
use crate::command::command;
use crate::stopwatch::{Stopwatch, until};

/// How long a run may take before it counts as stuck.
const LIMIT: Duration = Duration::from_secs(120);

/// A running `go up`.
pub(crate) struct Fleet {
    child: Child,
    log: PathBuf,
    watch: Stopwatch,
}

/// The command line of `go up`, the same before and after a kill.
pub(crate) struct GoUp<'a> {
    binary: &'a Path,
    listen: SocketAddr,
    ends: bool,
}

impl<'a> GoUp<'a> {
    /// A command line with a port of its own, for a fleet that ends with its plan.
    pub(crate) fn new(binary: &'a Path) -> Result<Self, BenchError> {
        Ok(Self { binary, listen: free_address()?, ends: true })
    }

    /// The same for a fleet that stays when its plan is done.
    pub(crate) fn staying(binary: &'a Path) -> Result<Self, BenchError> {
        Ok(Self { ends: false, ..Self::new(binary)? })
    }

    /// Where its Bus listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.listen
    }

    /// Starts it in `place`.
    pub(crate) fn start(&self, place: &Place) -> Result<Fleet, BenchError> {
        let log = place.path().join("go-up.log");
        let file = File::options().create(true).append(true).open(&log).map_err(|e| BenchError::Io("the log", e))?;
        let both = file.try_clone().map_err(|e| BenchError::Io("the log", e))?;
        let mut up = command(self.binary);
        up.args(["up", "--plan", "plan.yaml", "--listen", &self.listen.to_string()]).current_dir(place.path());
        if self.ends {
            up.arg("--exit-when-done");
        }
        without_settings(&mut up);
        let watch = Stopwatch::start();
        let child =
            up.stdin(Stdio::null()).stdout(file).stderr(both).spawn().map_err(|e| BenchError::Io("go up", e))?;
        Ok(Fleet { child, log, watch })
    }
}

/// Takes the settings of whoever runs the bench out of a command's environment.
pub(crate) fn without_settings(command: &mut Command) {
    let settings = std::env::vars_os().map(|(name, _)| name).filter(|name| name.to_string_lossy().starts_with("XIO_"));
    for name in settings {
        command.env_remove(name);
    }
}

/// A local address that nobody listens at.
pub(crate) fn free_address() -> Result<SocketAddr, BenchError> {
    let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    free.map_err(|e| BenchError::Io("a free port", e))
}

impl Fleet {
    /// Its process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// How long ago it was started.
    pub(crate) fn age(&self) -> Duration {
        self.watch.elapsed()
    }

    /// Waits for a good end; seconds since the start.
    pub(crate) fn finish(mut self) -> Result<f64, BenchError> {
        let Some(status) = until(LIMIT, || self.child.try_wait().ok().flatten()) else {
            self.kill()?;
            return Err(BenchError::TooSlow(LIMIT.as_secs(), self.log_end()));
        };
        let took = self.watch.elapsed().as_secs_f64();
        if status.success() { Ok(took) } else { Err(BenchError::Failed(status.to_string(), self.log_end())) }
    }

    /// Kills the process itself, with SIGKILL, and nothing else; whether it still ran.
    pub(crate) fn kill(&mut self) -> Result<bool, BenchError> {
        let ran = self.child.try_wait().is_ok_and(|status| status.is_none());
        self.child.kill().and_then(|()| self.child.wait()).map_err(|e| BenchError::Io("kill", e))?;
        Ok(ran)
    }

    fn log_end(&self) -> String {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<_> = log.lines().rev().take(20).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::place::even_jobs;

    /// The program of these tests is the shell: in a place with a script named `up`, its first argument runs that.
    const SHELL: &str = "/bin/sh";

    fn place_with(script: &str) -> Place {
        let place = Place::new(&even_jobs(0.1)).unwrap();
        fs::write(place.path().join("up"), script).unwrap();
        place
    }

    fn start(place: &Place) -> Fleet {
        GoUp::new(Path::new(SHELL)).unwrap().start(place).unwrap()
    }

    #[test]
    fn a_good_end_has_a_time_and_a_bad_one_the_end_of_its_log() {
        let place = place_with("exit 0");
        assert!(start(&place).finish().unwrap() < 60.0);
        let place = place_with("echo nothing can move >&2; exit 1");
        assert!(matches!(start(&place).finish(), Err(BenchError::Failed(_, log)) if log == "nothing can move"));
    }

    #[test]
    fn a_kill_says_whether_it_came_in_time() {
        let place = place_with("exec sleep 60");
        assert!(start(&place).kill().unwrap());
        let place = place_with("exit 0");
        let mut fleet = start(&place);
        fleet.child.wait().unwrap();
        assert!(!fleet.kill().unwrap());
    }
}
