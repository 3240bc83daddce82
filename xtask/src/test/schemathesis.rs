//! The step that sends schemathesis through the whole API, as `/openapi.json` describes it.
//!
//! What it sends is bound by numbers of examples and by a seed (see schemathesis.toml), so a slow machine sends the same.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use super::summary::Outcome;
use crate::command::{answers, command, run_and_keep_within};

/// Streams and the long wait: they end when their time comes, not when a request is answered.
const ENDLESS: [&str; 3] = ["/events/stream", "/agents/000/lease/session", "/agents/000/lease/wait"];

/// A run takes a minute or two; one that takes so long hangs, which is a failure.
const LIMIT: Duration = Duration::from_secs(20 * 60);

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
    run.args(ENDLESS.iter().flat_map(|path| ["--exclude-path", path]));
    let run = run_and_keep_within(LIMIT, run.current_dir(data.path())).map_err(|e| e.to_string())?;
    let (status, output) = run.ok_or_else(|| format!("schemathesis did not end within {} s", LIMIT.as_secs()))?;
    Ok(if status.success() { Outcome::Passed(cases(&output)) } else { Outcome::Failed(verdict(&output)) })
}

/// How many cases there were, as schemathesis counts them.
fn cases(output: &str) -> String {
    output.lines().find(|line| line.contains(" generated, ")).unwrap_or_default().trim().to_owned()
}

/// Its last line of all.
fn verdict(output: &str) -> String {
    let last = output.lines().rev().find(|line| line.starts_with("==")).unwrap_or_default();
    last.trim_matches(['=', ' ']).to_owned()
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

    #[test]
    fn a_run_is_told_by_its_cases_or_by_its_last_line() {
        let output = "Test cases:\n  7 generated, 7 passed\n\nSeed: 1\n\n==== 2 failures in 9.10s ====\n";
        assert_eq!(cases(output), "7 generated, 7 passed");
        assert_eq!(verdict(output), "2 failures in 9.10s");
    }
}
