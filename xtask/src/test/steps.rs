//! The steps that run somebody else's tool.

use std::path::Path;
use std::process::Command;

use super::counts;
use super::summary::Outcome;
use crate::command::{answers, cargo, command, run_and_keep};

/// The parts of the contract that the Bus does not offer yet, by the first word of a check's name.
const NOT_YET: &[&str] = &["page"];

/// The code is formatted.
pub(super) fn format(root: &Path) -> Outcome {
    if !answers(cargo().args(["fmt", "--version"])) {
        return Outcome::Failed("rustfmt is missing: rustup component add rustfmt".to_owned());
    }
    tool(cargo().args(["fmt", "--all", "--check"]).current_dir(root))
}

/// Clippy and rustc have nothing to say.
pub(super) fn lints(root: &Path) -> Outcome {
    if !answers(cargo().args(["clippy", "--version"])) {
        return Outcome::Failed("clippy is missing: rustup component add clippy".to_owned());
    }
    tool(cargo().args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]).current_dir(root))
}

/// The house is in order.
pub(super) fn tidy(root: &Path) -> Outcome {
    match crate::tidy::run(root) {
        Ok(true) => Outcome::Passed(String::new()),
        Ok(false) => Outcome::Failed("see its findings above".to_owned()),
        Err(e) => Outcome::Failed(e.to_string()),
    }
}

/// Licences, sources and versions of the dependencies are as `.deny.toml` wants them.
pub(super) fn dependencies(root: &Path) -> Outcome {
    if !answers(cargo().args(["deny", "--version"])) {
        return Outcome::Skipped("cargo-deny is missing: cargo install cargo-deny --locked".to_owned());
    }
    let checks = ["deny", "check", "--config", ".deny.toml", "licenses", "bans", "sources"];
    tool(cargo().args(checks).current_dir(root))
}

/// Every test passes.
pub(super) fn tests(root: &Path) -> Outcome {
    if answers(cargo().args(["nextest", "--version"])) {
        return counted(cargo().args(["nextest", "run", "--workspace", "--profile", "ci"]).current_dir(root));
    }
    println!("cargo-nextest is missing (cargo install cargo-nextest --locked); cargo test does it too, only slower");
    let all = ["test", "--workspace", "--lib", "--bins", "--tests", "--examples", "--no-fail-fast"];
    counted(cargo().args(all).current_dir(root))
}

/// Every example in the docs compiles and runs; nextest has no doc tests.
pub(super) fn doc_tests(root: &Path) -> Outcome {
    counted(cargo().args(["test", "--workspace", "--doc", "--no-fail-fast"]).current_dir(root))
}

/// The program that people run.
pub(super) fn release_build(root: &Path) -> Outcome {
    tool(cargo().args(["build", "--release", "--bin", "go"]).current_dir(root))
}

/// The black-box checks of the Bus contract, where they lie beside this checkout.
pub(super) fn contract(root: &Path) -> Outcome {
    let checks = root.join("../shared/checks/contract.py");
    if !checks.is_file() {
        return Outcome::Skipped("no shared/checks/contract.py beside this checkout".to_owned());
    }
    if !answers(command("python3").arg("--version")) {
        return Outcome::Skipped("python3 is missing: apt-get install python3".to_owned());
    }
    match run_and_keep(command("python3").arg(&checks).current_dir(root)) {
        Ok((_, output)) => judge_contract(&output),
        Err(e) => Outcome::Failed(e.to_string()),
    }
}

/// What the contract's checks mean: one of an endpoint that is yet to come may fail, any other may not.
fn judge_contract(output: &str) -> Outcome {
    let counts = counts::read(output);
    let failed = output.lines().filter_map(|line| line.strip_prefix("FAIL ")?.split(':').next());
    let (known, new): (Vec<_>, Vec<_>) =
        failed.partition(|name| NOT_YET.contains(&name.split('-').next().unwrap_or_default()));
    if !new.is_empty() {
        return Outcome::Failed(format!("{counts}: {}", new.join(", ")));
    }
    if counts.passed == 0 {
        return Outcome::Failed("no check passed".to_owned());
    }
    Outcome::Passed(match known.len() {
        0 => counts.to_string(),
        some => {
            format!("{} passed, {some} of endpoints that are yet to come failed: {}", counts.passed, known.join(", "))
        }
    })
}

fn tool(command: &mut Command) -> Outcome {
    match run_and_keep(command) {
        Ok((status, _)) if status.success() => Outcome::Passed(String::new()),
        Ok((status, _)) => Outcome::Failed(status.to_string()),
        Err(e) => Outcome::Failed(e.to_string()),
    }
}

fn counted(command: &mut Command) -> Outcome {
    match run_and_keep(command) {
        Ok((status, output)) => {
            let counts = counts::read(&output);
            if status.success() {
                Outcome::Passed(counts.to_string())
            } else {
                Outcome::Failed(format!("{counts} ({status})"))
            }
        }
        Err(e) => Outcome::Failed(e.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_check_fails_the_step_unless_its_endpoint_is_yet_to_come() {
        let output = "ok lease-has-one-winner\nFAIL page-docs-answers: 404\n1 passed, 1 failed\n";
        assert!(matches!(judge_contract(output), Outcome::Passed(note) if note.contains("page-docs-answers")));
        let output = "ok page-docs-answers\nFAIL lease-has-one-winner: two\n1 passed, 1 failed\n";
        assert_eq!(judge_contract(output), Outcome::Failed("1 passed, 1 failed: lease-has-one-winner".to_owned()));
    }

    #[test]
    fn checks_that_did_not_run_are_no_success() {
        assert!(judge_contract("").is_failure());
        assert!(judge_contract("FAIL the-bus-starts: no\n0 passed, 58 failed\n").is_failure());
    }
}
