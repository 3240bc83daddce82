//! A place with a tmux server of its own, and the program under its other names.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::place::{Place, code, err, free_port, out, until};

/// A place in which GO runs in a managed session.
pub(crate) struct Managed {
    pub(crate) place: Place,
    /// Where its Bus listens.
    pub(crate) listen: String,
}

impl Managed {
    /// `None`, said loudly, where this machine has no tmux; in CI that is a failure.
    pub(crate) fn with_plan(plan: &str) -> Option<Self> {
        let has_tmux = std::env::split_paths(&std::env::var_os("PATH").unwrap()).any(|p| p.join("tmux").is_file());
        if !has_tmux {
            assert!(std::env::var_os("CI").is_none(), "tmux is not installed, and CI has to have it");
            eprintln!("SKIPPED: tmux is not installed (apt-get install tmux)");
            return None;
        }
        let place = Place::with_plan(plan);
        for name in ["xiopro", "xiopro-tmux"] {
            symlink(env!("CARGO_BIN_EXE_go"), place.path().join(name)).unwrap();
        }
        let listen = format!("127.0.0.1:{}", free_port());
        let managed = Self { place, listen };
        managed.settings("");
        Some(managed)
    }

    /// Writes go.yaml: short times, this place's Bus, and `more`.
    pub(crate) fn settings(&self, more: &str) {
        let text = format!(
            "bus: {{listen: \"{}\"}}\nlease: {{heartbeat: 5s}}\nwatchdog: {{interval: 1s, defer_checks: 2}}\n{more}",
            self.listen
        );
        std::fs::write(self.place.path().join("go.yaml"), text).unwrap();
    }

    #[expect(clippy::disallowed_methods, reason = "the program under test is started as a person starts it")]
    fn command(&self, program: impl AsRef<Path>, words: &[&str]) -> Command {
        let mut command = Command::new(program.as_ref());
        command.args(words).current_dir(self.place.path()).stdin(Stdio::null()).env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap()).env("TMUX_TMPDIR", self.place.path());
        command
    }

    /// Runs `go`, or one of its other names, to its end.
    pub(crate) fn call(&self, name: &str, words: &[&str]) -> Output {
        let program = if name == "go" { env!("CARGO_BIN_EXE_go").into() } else { self.place.path().join(name) };
        self.command(program, words).output().unwrap()
    }

    pub(crate) fn go(&self, words: &[&str]) -> Output {
        self.call("go", words)
    }

    /// The same with one more variable.
    pub(crate) fn go_with(&self, (name, value): (&str, &str), words: &[&str]) -> Output {
        self.command(env!("CARGO_BIN_EXE_go"), words).env(name, value).output().unwrap()
    }

    /// Calls this place's tmux.
    pub(crate) fn tmux(&self, words: &[&str]) -> String {
        let output = self.command("tmux", words).output().unwrap();
        assert!(output.status.success(), "tmux {words:?}: {}", err(&output));
        out(&output)
    }

    /// Makes the session `go` as a person does; a server that was lost as it started is no matter.
    pub(crate) fn by_hand(&self, command: &[&str]) {
        let words = [&["new-session", "-d", "-s", "go"], command].concat();
        until("the session is made", || {
            let made = self.command("tmux", &words).output().unwrap();
            (made.status.success() || err(&made).contains("duplicate")).then_some(())
        });
    }

    /// Starts the session, which has to come about.
    pub(crate) fn start(&self) {
        let start = self.go(&["tmux", "start"]);
        assert_eq!(code(&start), 0, "{}{}", out(&start), err(&start));
    }

    /// `go tmux status --json`.
    pub(crate) fn status(&self) -> Value {
        serde_json::from_str(&out(&self.go(&["tmux", "status", "--json"]))).unwrap()
    }

    /// The process of GO in the session.
    pub(crate) fn pid(&self) -> i32 {
        i32::try_from(self.status()["pid"].as_i64().unwrap()).unwrap()
    }

    /// One check: its exit code and its line.
    pub(crate) fn check(&self) -> (i32, String) {
        let output = self.go(&["watchdog", "--once"]);
        (code(&output), format!("{}{}", out(&output), err(&output)))
    }

    /// What the Bus has of this kind.
    pub(crate) fn events(&self, kind: &str) -> Vec<Value> {
        let text = out(&self.go(&["events", "--json"]));
        let events = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        events.filter(|event| event["kind"] == kind).collect()
    }

    /// Waits until nothing is left of it, the tmux server included.
    pub(crate) fn is_gone(&self) {
        until("nothing is left", || self.place.processes().is_empty().then_some(()));
    }
}

/// Signals a process.
pub(crate) fn signal(pid: i32, signal: Signal) {
    kill_process(Pid::from_raw(pid).unwrap(), signal).unwrap();
}
