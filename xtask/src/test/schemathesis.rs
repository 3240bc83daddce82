//! The step that sends schemathesis through the whole API, as `/openapi.json` describes it.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};

use super::summary::Outcome;
use crate::command::{answers, command, run_and_keep};

/// Streams and the long wait: they end when their time comes, not when a request is answered.
const ENDLESS: [&str; 3] = ["/events/stream", "/agents/000/lease/session", "/agents/000/lease/wait"];

/// No 5xx, and nothing that the document does not tell: statuses, media types, headers, schemas, methods, tokens.
pub(super) fn run(root: &Path) -> Outcome {
    let own = root.join("target/schemathesis/bin/schemathesis");
    let tool = if own.is_file() { own } else { "schemathesis".into() };
    if !answers(command(&tool).arg("--version")) {
        let how = "python3 -m venv target/schemathesis && target/schemathesis/bin/pip install schemathesis";
        return Outcome::Skipped(format!("schemathesis is missing: {how}"));
    }
    against_a_bus(root, &tool).unwrap_or_else(Outcome::Failed)
}

fn against_a_bus(root: &Path, tool: &Path) -> Result<Outcome, String> {
    let data = tempfile::tempdir().map_err(|e| e.to_string())?;
    let bus = Bus::start(root, data.path())?;
    let token = fs::read_to_string(data.path().join("operator.token")).map_err(|e| e.to_string())?;
    let mut run = command(tool);
    run.arg("--config-file").arg(root.join("xtask/src/test/schemathesis.toml")).arg("run");
    run.arg(format!("{}/openapi.json", bus.url)).args(["-H", &format!("Authorization: Bearer {}", token.trim())]);
    run.args(["--max-examples", "20", "--max-time", "120", "--seed", "1", "--no-shrink", "--warnings", "off"]);
    run.args(ENDLESS.iter().flat_map(|path| ["--exclude-path", path]));
    let (status, output) = run_and_keep(run.current_dir(data.path())).map_err(|e| e.to_string())?;
    let last = output.lines().rev().find(|line| line.starts_with("==")).unwrap_or_default();
    let note = last.trim_matches(['=', ' ']).to_owned();
    Ok(if status.success() { Outcome::Passed(note) } else { Outcome::Failed(note) })
}

/// A Bus of its own, which ends with this.
struct Bus {
    process: Child,
    url: String,
}

impl Bus {
    /// Starts one and reads where it listens from what it prints first.
    fn start(root: &Path, data: &Path) -> Result<Self, String> {
        let mut go = command(root.join("target/release/go"));
        go.args(["bus", "serve", "--listen", "127.0.0.1:0", "--data"]).arg(data).current_dir(data);
        let started = go.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
        let mut bus = Self { process: started.map_err(|e| e.to_string())?, url: String::new() };
        let mut line = String::new();
        if let Some(out) = bus.process.stdout.take() {
            BufReader::new(out).read_line(&mut line).map_err(|e| e.to_string())?;
        }
        bus.url = url_in(&line).ok_or_else(|| format!("the Bus did not say where it listens: {line:?}"))?;
        Ok(bus)
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn url_in(line: &str) -> Option<String> {
    let url = line.split([' ', ',']).find(|word| word.starts_with("http://"))?;
    Some(url.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_in_what_the_bus_says_first() {
        let line = "the Bus listens at http://127.0.0.1:8977, data in /tmp/x\n";
        assert_eq!(url_in(line).as_deref(), Some("http://127.0.0.1:8977"));
        assert_eq!(url_in("no such thing"), None);
    }
}
