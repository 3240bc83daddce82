//! A temporary folder in which `go` runs, and what is started there.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use go_clock::{Clock, SystemClock};
use rustix::process::{Pid, Signal, kill_process};

/// The longest that anything here may take.
pub(crate) const DEADLINE: Duration = Duration::from_secs(30);

/// How a command ended.
pub(crate) fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

/// What it said to people.
pub(crate) fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// What it said went wrong.
pub(crate) fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A temporary folder; whatever still runs in it at the end is killed. That of a test that fails is kept, and named.
pub(crate) struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// A place with this plan in it.
    pub(crate) fn with_plan(plan: &str) -> Self {
        let place = Self::new();
        std::fs::write(place.path().join("plan.yaml"), plan).unwrap();
        place
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The lines of a file here; none where it is not there.
    pub(crate) fn lines(&self, name: &str) -> Vec<String> {
        let text = std::fs::read_to_string(self.path().join(name)).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// `go` with nothing in its environment but a PATH.
    #[expect(clippy::disallowed_methods, reason = "the binary under test is started as a person starts it")]
    fn command(&self, folder: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_go"));
        let path = std::env::var_os("PATH").unwrap_or_default();
        command.args(arguments).current_dir(self.path().join(folder)).env_clear().env("PATH", path);
        command
    }

    /// Runs `go` to its end.
    pub(crate) fn go(&self, arguments: &[&str]) -> Output {
        self.go_in("", arguments)
    }

    /// Runs `go` to its end in a folder of the place.
    pub(crate) fn go_in(&self, folder: &str, arguments: &[&str]) -> Output {
        self.command(folder, arguments).output().unwrap()
    }

    /// Starts `go` and reads along.
    pub(crate) fn start(&self, arguments: &[&str]) -> Running {
        Self::follow(self.command("", arguments))
    }

    /// Starts `go` by a line of the shell, in which it and its arguments are `"$@"`, and reads along.
    #[expect(clippy::disallowed_methods, reason = "the binary under test is started as a person starts it")]
    pub(crate) fn start_by(&self, line: &str, arguments: &[&str]) -> Running {
        let mut command = Command::new("/bin/sh");
        let path = std::env::var_os("PATH").unwrap_or_default();
        command.args(["-c", line, "sh", env!("CARGO_BIN_EXE_go")]).args(arguments);
        command.current_dir(self.path()).env_clear().env("PATH", path);
        Self::follow(command)
    }

    fn follow(mut command: Command) -> Running {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
        let (tell, lines) = channel();
        let output = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if tell.send(line).is_err() {
                    return;
                }
            }
        });
        Running { child, lines, seen: Vec::new() }
    }

    /// Starts `go up` with a Bus on a free port.
    pub(crate) fn up(&self, more: &[&str]) -> Running {
        self.start(&[&["up", "--listen", "127.0.0.1:0"], more].concat())
    }

    /// The command lines of all processes that work in or for this place.
    pub(crate) fn processes(&self) -> Vec<String> {
        let marks = |pid: &Path| {
            let here = std::fs::read_link(pid.join("cwd")).is_ok_and(|cwd| cwd.starts_with(self.path()));
            let line = String::from_utf8_lossy(&std::fs::read(pid.join("cmdline")).ok()?).replace('\0', " ");
            (here || line.contains(&self.path().display().to_string())).then_some(line).filter(|line| !line.is_empty())
        };
        pids().iter().filter_map(|pid| marks(pid)).collect()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        for pid in pids() {
            if std::fs::read_link(pid.join("cwd")).is_ok_and(|cwd| cwd.starts_with(self.path())) {
                let number = pid.file_name().and_then(|name| name.to_str()?.parse().ok()).and_then(Pid::from_raw);
                // One that has ended meanwhile is what is wanted.
                let _ = number.map(|pid| kill_process(pid, Signal::KILL));
            }
        }
        if std::thread::panicking() {
            self.folder.disable_cleanup(true);
            eprintln!("what the processes wrote is in {}", self.path().display());
        }
    }
}

fn pids() -> Vec<PathBuf> {
    let numbered = |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().parse::<u32>().is_ok());
    std::fs::read_dir("/proc").unwrap().filter_map(|entry| Some(entry.ok()?.path())).filter(numbered).collect()
}

/// A port that nobody listened on a moment ago, and below those that the kernel gives to outgoing connections: while a Bus that was
/// killed is away, nobody who looks for it gets its port.
pub(crate) fn free_port() -> u16 {
    /// How many have been tried here: the tests of one process never try the same.
    static TRIED: AtomicU32 = AtomicU32::new(0);
    let first = std::process::id() * 7 % 12_000;
    let next = || TRIED.fetch_add(1, Ordering::Relaxed) % 12_000;
    let ports = std::iter::repeat_with(next).take(12_000);
    let mut ports = ports.map(|n| u16::try_from(20_000 + (first + n * 7_919) % 12_000).unwrap());
    ports.find(|port| std::net::TcpListener::bind(("127.0.0.1", *port)).is_ok()).unwrap()
}

/// A `go` that runs.
pub(crate) struct Running {
    child: Child,
    lines: Receiver<String>,
    seen: Vec<String>,
}

impl Running {
    /// Waits for a line with `part` in it; fails with all that was said.
    pub(crate) fn line(&mut self, part: &str) -> String {
        let until = SystemClock.boottime() + DEADLINE;
        loop {
            let left = until.since(SystemClock.boottime());
            match self.lines.recv_timeout(left) {
                Ok(line) if line.contains(part) => {
                    self.seen.push(line.clone());
                    return line;
                }
                Ok(line) => self.seen.push(line),
                Err(error) => panic!("no line with {part:?} ({error}); it said:\n{}", self.seen.join("\n")),
            }
        }
    }

    /// The URL of its Bus, from its first line.
    pub(crate) fn url(&mut self) -> String {
        self.line("the Bus listens at")
            .split(' ')
            .find(|word| word.starts_with("http"))
            .unwrap()
            .trim_end_matches(',')
            .to_owned()
    }

    /// The line with `part` in it that it has said already.
    pub(crate) fn said(&self, part: &str) -> String {
        self.seen.iter().find(|line| line.contains(part)).unwrap().clone()
    }

    /// Its process's number.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Reads along for this long, or until it ends.
    pub(crate) fn read_for(&mut self, duration: Duration) {
        let until = SystemClock.boottime() + duration;
        while let Ok(line) = self.lines.recv_timeout(until.since(SystemClock.boottime())) {
            self.seen.push(line);
        }
    }

    /// Signals it alone.
    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits for its end; answers how it ended and all that it said.
    pub(crate) fn end(mut self) -> (ExitStatus, Vec<String>) {
        let status = until("it has ended", || self.child.try_wait().unwrap());
        self.seen.extend(self.lines.iter());
        (status, self.seen.clone())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // One that has ended can't be killed, and need not be.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until `condition` answers something; fails after [`DEADLINE`].
pub(crate) fn until<T>(what: &str, mut condition: impl FnMut() -> Option<T>) -> T {
    let (_never, pace) = channel::<()>();
    let limit = SystemClock.boottime() + DEADLINE;
    loop {
        if let Some(found) = condition() {
            return found;
        }
        assert!(SystemClock.boottime() < limit, "waited {DEADLINE:?} until {what}");
        // Nothing is ever sent: this is the pace at which the condition is looked at.
        let _ = pace.recv_timeout(Duration::from_millis(5));
    }
}
