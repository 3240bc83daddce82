//! A run of a command line in a folder and a home of its own.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use go_scripted_models::{CLAUDE, CODEX, Fault, ModelServer, Run, Stop, Turn, claude_environment, codex_environment};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use serde_json::json;

use super::{Agents, AgentsError};
use crate::command::command;
use crate::stopwatch::until;

/// The longest that a run may take, with all its retries.
const LIMIT: Duration = Duration::from_secs(240);

/// Which command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Claude Code.
    Claude,
    /// Codex.
    Codex,
}

impl Kind {
    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Claude => "claude",
            Self::Codex => "codex",
        }
    }

    /// The folder of its recordings.
    pub(crate) fn recordings(self) -> &'static str {
        match self {
            Self::Claude => "claude-scenes",
            Self::Codex => "codex",
        }
    }

    /// The field of its first lines that has the conversation's id.
    fn conversation(self) -> &'static str {
        match self {
            Self::Claude => "session_id",
            Self::Codex => "thread_id",
        }
    }
}

/// How a run ended, and what it wrote.
#[derive(Debug)]
pub(crate) struct Ended {
    /// Its exit code.
    pub(crate) code: Option<i32>,
    /// The signal that ended it.
    pub(crate) signal: Option<i32>,
    /// Its standard output.
    pub(crate) out: String,
    /// Its standard error.
    pub(crate) err: String,
    /// How many processes outlived it, those that it forked away from its group among them.
    pub(crate) orphans: usize,
}

/// Folders, a server and the runs in them.
pub(crate) struct Session<'a> {
    agents: &'a Agents,
    kind: Kind,
    /// The server that answers.
    pub(crate) server: ModelServer,
    place: tempfile::TempDir,
    conversation: Option<String>,
}

impl<'a> Session<'a> {
    /// One for this command line and scripts, in a Git repository with one commit.
    pub(crate) fn new(agents: &'a Agents, kind: Kind, server: ModelServer) -> Result<Self, AgentsError> {
        let failed = |e| AgentsError::Io("a folder for a run".to_owned(), e);
        let place = tempfile::Builder::new().prefix("go-agents-").tempdir().map_err(failed)?;
        let session = Self { agents, kind, server, place, conversation: None };
        fs::create_dir_all(session.work()).map_err(failed)?;
        fs::create_dir_all(session.home()).map_err(failed)?;
        let commit =
            ["-c", "user.name=A", "-c", "user.email=a@localhost", "commit", "-q", "--allow-empty", "-m", "empty"];
        for arguments in [&["init", "-q", "-b", "main"][..], &commit] {
            let mut git = command("git");
            git.args(arguments).current_dir(session.work()).env("GIT_CONFIG_GLOBAL", "/dev/null");
            git.status().map_err(|e| AgentsError::Io("git".to_owned(), e))?;
        }
        Ok(session)
    }

    /// The folder that the agent works in.
    pub(crate) fn work(&self) -> PathBuf {
        self.place.path().join("work")
    }

    /// The agent's home.
    pub(crate) fn home(&self) -> PathBuf {
        self.place.path().join("home")
    }

    /// Runs it to its end.
    pub(crate) fn run(&mut self, run: &Run) -> Result<Ended, AgentsError> {
        let failed = |e| AgentsError::Io(run.script.clone(), e);
        let mut child = self.command(run)?.spawn().map_err(failed)?;
        if let Some(mut input) = child.stdin.take() {
            // One that ends before it has read its prompt says so by its end.
            let _ = input.write_all(self.input(run).as_bytes());
        }
        let [out, err] = [
            child.stdout.take().map(|pipe| reader(Box::new(pipe))),
            child.stderr.take().map(|pipe| reader(Box::new(pipe))),
        ];
        if let Some(stop) = run.stop {
            self.stop(&child, stop)?;
        }
        let status = until(LIMIT, || child.try_wait().ok().flatten());
        let orphans = self.end_all();
        if status.is_none() {
            let _ = kill_process_group(Pid::from_child(&child), Signal::KILL);
            let _ = child.wait();
        }
        let text = |pipe: Option<thread::JoinHandle<String>>| pipe.and_then(|p| p.join().ok()).unwrap_or_default();
        let (out, err) = (text(out), text(err));
        let status =
            status.ok_or_else(|| AgentsError::Scene(run.script.clone(), format!("it did not end:\n{out}{err}")))?;
        self.conversation = conversation(&out, self.kind.conversation());
        Ok(Ended { code: status.code(), signal: status.signal(), out, err, orphans })
    }

    fn command(&self, run: &Run) -> Result<Command, AgentsError> {
        let failed = |e| AgentsError::Io("its environment".to_owned(), e);
        let resume = self.conversation.as_deref().filter(|_| run.resumes);
        let (mut command, variables) = match self.kind {
            Kind::Claude => {
                let mut command = command(self.agents.program(&CLAUDE));
                command.args(["-p", "--input-format", "stream-json", "--output-format", "stream-json", "--verbose"]);
                command.args(["--permission-mode", "acceptEdits", "--model", run.model.unwrap_or("claude-sonnet-4-6")]);
                command.args(resume.iter().flat_map(|id| ["--resume", *id])).args(&run.args);
                (command, claude_environment(&self.home(), &self.server).map_err(failed)?)
            }
            Kind::Codex => {
                let mut command = command(self.agents.program(&CODEX));
                command.args([
                    "exec",
                    "--json",
                    "-c",
                    "approval_policy=\"never\"",
                    "-m",
                    run.model.unwrap_or("gpt-5.5"),
                ]);
                if !run.args.iter().any(|arg| arg == "-s") {
                    command.args(["-s", "danger-full-access"]);
                }
                command.args(&run.args).args(resume.iter().flat_map(|id| ["resume", *id])).arg("-");
                (command, codex_environment(&self.home(), &self.server).map_err(failed)?)
            }
        };
        command.env_clear().envs(variables).env("CLAUDE_CODE_MAX_RETRIES", "2");
        for (name, value) in &run.env {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command.current_dir(self.work()).process_group(0);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Ok(command)
    }

    fn input(&self, run: &Run) -> String {
        match self.kind {
            Kind::Claude => {
                format!("{}\n", json!({"type": "user", "message": {"role": "user", "content": run.prompt()}}))
            }
            Kind::Codex => run.prompt(),
        }
    }

    /// Sends the signal once the agent is at work.
    fn stop(&self, child: &Child, stop: Stop) -> Result<(), AgentsError> {
        let hangs = |server: &ModelServer| {
            let hang = |turn: &Option<Turn>| matches!(turn, Some(Turn::Mishap { fault: Fault::Hang, .. }));
            server.received().iter().any(|received| hang(&received.turn))
        };
        let works = until(LIMIT, || (hangs(&self.server) || self.work().join("started").exists()).then_some(()));
        works.ok_or_else(|| AgentsError::Scene("stop".to_owned(), "it never began to work".to_owned()))?;
        let signal = match stop {
            Stop::Interrupt => Signal::INT,
            Stop::Terminate => Signal::TERM,
            Stop::Kill => Signal::KILL,
        };
        kill_process(Pid::from_child(child), signal).map_err(|e| AgentsError::Io("a signal".to_owned(), e.into()))
    }

    /// Ends whatever still runs in the folders of this session; how many that were.
    fn end_all(&self) -> usize {
        let here = |pid: &Path| fs::read_link(pid.join("cwd")).is_ok_and(|cwd| cwd.starts_with(self.place.path()));
        let entries = fs::read_dir("/proc").into_iter().flatten().flatten().map(|entry| entry.path());
        let pids = entries
            .filter(|path| here(path))
            .filter_map(|path| Pid::from_raw(path.file_name()?.to_str()?.parse().ok()?));
        // One that ends by itself meanwhile counts too: it outlived the agent.
        pids.map(|pid| kill_process(pid, Signal::KILL).map_or((), drop)).count()
    }
}

fn reader(mut pipe: Box<dyn Read + Send>) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // What was read until a failure is what there is.
        let _ = pipe.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// The id in the first line that has one.
fn conversation(out: &str, field: &str) -> Option<String> {
    let parsed = out.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    parsed.into_iter().find_map(|line| Some(line.get(field)?.as_str()?.to_owned()))
}
