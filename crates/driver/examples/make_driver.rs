//! A driver of one's own: each ticket names a make target. Checks itself with the conformance suite.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use go_bus_api::{Agent, DriverKind, ExitReport, Task, Text, Timestamp};
use go_driver::{AgentDriver, Assignment, Beats, CommandEnd, DriverError, Launch, Sign, Stdin, StreamReader};

/// Runs `make <target>`, the target being the ticket's `run`, in a folder of its own.
#[derive(Debug)]
struct MakeDriver {
    folder: PathBuf,
}

impl AgentDriver for MakeDriver {
    fn kind(&self) -> DriverKind {
        DriverKind::Command
    }

    fn launch(&self, assignment: &Assignment<'_>) -> Result<Launch, DriverError> {
        let task = assignment.task.ok_or_else(|| DriverError::NoTask(assignment.agent.id.clone()))?;
        let target = task.run.as_ref().ok_or_else(|| DriverError::NoCommand(task.id.clone()))?;
        Ok(Launch {
            argv: vec!["make".to_owned(), "--".to_owned(), target.to_string()],
            folder: self.folder.clone(),
            env: BTreeMap::from([("MAKEFLAGS".to_owned(), "--no-print-directory".to_owned())]),
            stdin: Stdin::Nothing,
            verify: task.verify.clone(),
            beats: Beats::Shim,
            posts_verdict: false,
            note: String::new(),
        })
    }

    fn reader(&self, _posts_verdict: bool, _note: &str) -> Box<dyn StreamReader> {
        Box::new(MakeReader)
    }
}

/// Make says nothing that is worth more than its code and its last line.
#[derive(Debug)]
struct MakeReader;

impl StreamReader for MakeReader {
    fn say(&mut self, _text: &str) -> Option<String> {
        None
    }

    fn line(&mut self, line: &str, _now: Timestamp) -> Vec<Sign> {
        vec![Sign::Said(line.to_owned())]
    }

    fn end(&mut self, end: &CommandEnd, _now: Timestamp) -> ExitReport {
        // make exits 2 on any error; its last line says which target failed.
        let tail = Text::clipped(end.tail.lines().last().unwrap_or_default());
        ExitReport { code: end.code, signal: end.signal, tail, ..ExitReport::default() }
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let agent: Agent = serde_json::from_str(
        r#"{"id": "a-1", "role": "worker", "state": "requested", "driver": "command",
            "spawned_at": "2026-03-21T08:15:30.250Z", "revision": 1}"#,
    )?;
    let task: Task = serde_json::from_str(
        r#"{"id": "T-1", "project": "site", "title": "Build", "kind": "ticket", "priority": "p2", "state": "in_progress",
            "run": "index", "attempt": 1, "max_attempts": 3, "failures": 0, "losses": 0,
            "created_at": "2026-03-21T08:15:30.250Z", "revision": 1}"#,
    )?;
    let assignment = Assignment {
        agent: &agent,
        task: Some(&task),
        reviewed: None,
        project: None,
        prompt_file: Path::new("/tmp/prompt.md"),
        workplace: None,
        resume: None,
        bridge: &[],
        bridge_file: None,
    };
    let driver = MakeDriver { folder: "/srv/site".into() };
    let broken = go_driver::conformance::run(&driver, &[assignment]);
    println!("{}", driver.launch(&assignment)?.argv.join(" "));
    if broken.is_empty() { Ok(()) } else { Err(broken.join("; ").into()) }
}

#[cfg(test)]
mod tests {
    #[test]
    fn it_runs_and_conforms() {
        super::main().unwrap();
    }
}
