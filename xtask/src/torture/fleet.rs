//! The parts of a fleet that somebody outside it has to start again: `go up`, or Bus, launchers and GO each.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use super::TortureError;
use super::place::Place;
use super::plan::HOSTS;
use super::processes;
use super::schedule::{Mode, Target};
use crate::command::command;
use crate::stopwatch::until;

/// How long a part may take to end in order.
const END: Duration = Duration::from_secs(60);

/// One part.
struct Part {
    target: Target,
    arguments: Vec<String>,
    child: Child,
}

/// A running fleet.
pub(super) struct Fleet {
    binary: PathBuf,
    folder: PathBuf,
    parts: Vec<Part>,
}

impl Fleet {
    /// Starts the parts of `mode`, the Bus first.
    pub(super) fn start(binary: &Path, place: &Place, mode: Mode) -> Result<Self, TortureError> {
        let folder = place.path().to_path_buf();
        let mut fleet = Self { binary: binary.to_path_buf(), folder, parts: Vec::new() };
        match mode {
            Mode::Together => fleet.add(Target::Up, &["up", "--exit-when-done"])?,
            Mode::Split => {
                fleet.add_bus()?;
                for host in HOSTS {
                    fleet.add(Target::Launcher, &["launcher", "--host", host])?;
                }
                // Two, so that a killed leader has a successor at once, and comes back as the standby.
                fleet.add(Target::Go, &["run"])?;
                fleet.add(Target::Go, &["run"])?;
            }
        }
        Ok(fleet)
    }

    /// The Bus alone, once it answers.
    pub(super) fn bus_alone(binary: &Path, place: &Place) -> Result<Self, TortureError> {
        let folder = place.path().to_path_buf();
        let mut fleet = Self { binary: binary.to_path_buf(), folder, parts: Vec::new() };
        fleet.add_bus()?;
        Ok(fleet)
    }

    fn add_bus(&mut self) -> Result<(), TortureError> {
        self.add(Target::Bus, &["bus", "serve"])?;
        let ready = until(END, || self.ask(&["lease"]).ok());
        ready.map(drop).ok_or(TortureError::Stuck("the Bus does not answer"))
    }

    fn add(&mut self, target: Target, arguments: &[&str]) -> Result<(), TortureError> {
        let arguments: Vec<_> = arguments.iter().map(|&word| word.to_owned()).collect();
        let child = self.spawn(&arguments)?;
        self.parts.push(Part { target, arguments, child });
        Ok(())
    }

    fn command(&self) -> Command {
        let mut go = command(&self.binary);
        go.current_dir(&self.folder).stdin(Stdio::null());
        let settings = std::env::vars_os().map(|(name, _)| name);
        settings.filter(|name| name.to_string_lossy().starts_with("XIO_")).for_each(|name| {
            go.env_remove(name);
        });
        go
    }

    fn spawn(&self, arguments: &[String]) -> Result<Child, TortureError> {
        let log = self.folder.join(format!("{}.log", arguments.first().map_or("go", String::as_str)));
        let file = File::options().create(true).append(true).open(log).map_err(|e| TortureError::Io("a log", e))?;
        let both = file.try_clone().map_err(|e| TortureError::Io("a log", e))?;
        let started = self.command().args(arguments).stdout(file).stderr(both).spawn();
        started.map_err(|e| TortureError::Io("go", e))
    }

    /// What `go` with these arguments prints.
    pub(super) fn ask(&self, arguments: &[&str]) -> Result<String, TortureError> {
        let output = self.command().args(arguments).output().map_err(|e| TortureError::Io("go", e))?;
        if !output.status.success() {
            return Err(TortureError::Refused(String::from_utf8_lossy(&output.stderr).into_owned()));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Kills a part and starts the same command again at once; its command line, where it still ran.
    pub(super) fn strike(&mut self, target: Target, which: usize) -> Result<Option<String>, TortureError> {
        let same: Vec<usize> =
            self.parts.iter().enumerate().filter(|(_, part)| part.target == target).map(|(index, _)| index).collect();
        let Some(index) = same.get(which % same.len().max(1)).copied() else { return Ok(None) };
        let Some(part) = self.parts.get_mut(index) else { return Ok(None) };
        if part.child.try_wait().is_ok_and(|status| status.is_some()) {
            return Ok(None);
        }
        let said = format!("pid {}: go {}", part.child.id(), part.arguments.join(" "));
        part.child.kill().and_then(|()| part.child.wait()).map_err(|e| TortureError::Io("kill", e))?;
        let arguments = part.arguments.clone();
        let child = self.spawn(&arguments)?;
        if let Some(part) = self.parts.get_mut(index) {
            part.child = child;
        }
        Ok(Some(said))
    }

    /// The first part that has ended by itself.
    pub(super) fn ended(&mut self) -> Option<(Target, ExitStatus)> {
        self.parts.iter_mut().find_map(|part| Some((part.target, part.child.try_wait().ok()??)))
    }

    /// Ends all parts in order, the last one started first.
    pub(super) fn stop(&mut self) -> Result<(), TortureError> {
        while let Some(mut part) = self.parts.pop() {
            processes::terminate(part.child.id());
            if until(END, || part.child.try_wait().ok().flatten()).is_none() {
                self.parts.push(part);
                return Err(TortureError::Stuck("a part does not end on SIGTERM"));
            }
        }
        Ok(())
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        for part in &mut self.parts {
            // One that has ended already needs neither.
            let _ = part.child.kill().and_then(|()| part.child.wait());
        }
    }
}
