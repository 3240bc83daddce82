//! Every test that `cargo test` would run, as the built test programs list them themselves.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Stdio};

use cargo_metadata::{Artifact, Message, MetadataCommand, Target, TargetKind};

use crate::command::{cargo, command};

/// Each test, as `PROGRAM::TEST` where the program is named as nextest names it; whether it runs (it is not ignored).
pub(crate) type Tests = BTreeMap<String, bool>;

/// Builds all tests and asks each program what it holds. What is cfg'd away is in none, however it looks in the source.
pub(crate) fn list(root: &Path) -> Result<Tests, String> {
    let mut tests = Tests::new();
    for (name, program) in programs(root)? {
        let all = answer(command(&program).args(["--list", "--format", "terse"]))?;
        let ignored = answer(command(&program).args(["--list", "--format", "terse", "--ignored"]))?;
        add(&mut tests, &name, &all, &ignored);
    }
    Ok(tests)
}

/// The test programs, with their names.
fn programs(root: &Path) -> Result<Vec<(String, String)>, String> {
    let metadata = MetadataCommand::new().manifest_path(root.join("Cargo.toml")).no_deps().exec();
    let metadata = metadata.map_err(|e| e.to_string())?;
    let mut build = cargo();
    build.args(["test", "--workspace", "--no-run", "--message-format", "json"]).current_dir(root);
    let said = answer(build.stderr(Stdio::inherit()))?;
    let artifacts = Message::parse_stream(said.as_bytes()).filter_map(|message| match message {
        Ok(Message::CompilerArtifact(artifact)) if artifact.profile.test => Some(artifact),
        _ => None,
    });
    let named = |artifact: Artifact| {
        let package = metadata.packages.iter().find(|package| package.id == artifact.package_id)?;
        Some((program_name(&package.name, &artifact.target), artifact.executable?.into_string()))
    };
    Ok(artifacts.filter_map(named).collect())
}

/// A test program as nextest names it: the package, and the target where it is not the library.
fn program_name(package: &str, target: &Target) -> String {
    match target.kind.first() {
        Some(TargetKind::Test) => format!("{package}::{}", target.name),
        Some(TargetKind::Bin) => format!("{package}::bin/{}", target.name),
        Some(TargetKind::Example) => format!("{package}::example/{}", target.name),
        _ => package.to_owned(),
    }
}

/// Takes up what one program lists.
fn add(tests: &mut Tests, program: &str, all: &str, ignored: &str) {
    let ignored: BTreeSet<_> = listed(ignored).collect();
    tests.extend(listed(all).map(|test| (format!("{program}::{test}"), !ignored.contains(test))));
}

fn listed(output: &str) -> impl Iterator<Item = &str> {
    output.lines().filter_map(|line| line.strip_suffix(": test"))
}

/// What a command prints; an error where it does not end well.
fn answer(command: &mut Command) -> Result<String, String> {
    let output = command.stdin(Stdio::null()).output();
    let failed = |how: String| format!("{}: {how}", command.get_program().display());
    let output = output.map_err(|e| failed(e.to_string()))?;
    if !output.status.success() {
        return Err(failed(output.status.to_string()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_s_list_tells_what_runs() {
        let mut tests = Tests::new();
        add(&mut tests, "go::go", "fleet::it_ends: test\nfleet::slow: test\nx: benchmark\n", "fleet::slow: test\n");
        let wanted = [("go::go::fleet::it_ends".to_owned(), true), ("go::go::fleet::slow".to_owned(), false)];
        assert_eq!(tests, Tests::from(wanted));
    }

    #[test]
    fn programs_are_named_as_nextest_names_them() {
        let target = |kind: &str| -> Target {
            serde_json::from_value(serde_json::json!({"name": "it", "kind": [kind], "src_path": "/x.rs"})).unwrap()
        };
        let names = ["lib", "bin", "test", "example"].map(|kind| program_name("go-a", &target(kind)));
        assert_eq!(names, ["go-a", "go-a::bin/it", "go-a::it", "go-a::example/it"]);
    }

    #[test]
    fn a_program_that_fails_is_no_empty_list() {
        assert!(answer(&mut command("false")).is_err());
        assert_eq!(answer(command("echo").arg("a: test")).unwrap(), "a: test\n");
    }
}
