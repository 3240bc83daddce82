//! The other `go`: its verbs are answered with what this is and where that one lies.

use std::ffi::{OsStr, OsString};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// The compiler's verbs that are none of ours.
const VERBS: [&str; 17] = [
    "build", "test", "vet", "fmt", "mod", "get", "install", "generate", "env", "version", "list", "tool", "work",
    "doc", "clean", "fix", "bug",
];

/// The verb, where these arguments were meant for the compiler: one of its own, or `run` with something to run.
pub(crate) fn verb(arguments: &[OsString]) -> Option<&str> {
    let mut words = arguments.iter().skip(1).filter_map(|argument| argument.to_str());
    let first = words.next()?;
    let is_source =
        |word: &str| Path::new(word).extension() == Some(OsStr::new("go")) || word == "." || word.starts_with("./");
    let theirs = VERBS.contains(&first) || is_source(first) || (first == "run" && words.any(is_source));
    theirs.then_some(first)
}

/// What is said to somebody who meant the compiler.
pub(crate) fn answer(verb: &str) -> Failure {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let own = std::env::current_exe().and_then(|path| path.canonicalize()).ok();
    let advice = match other(&paths, own.as_deref()) {
        Some(path) => {
            format!("the compiler lies at {}; run that, or put its folder first on your PATH", path.display())
        }
        None => "no other go is on your PATH; `go --help` lists what this one does".to_owned(),
    };
    Failure::usage(
        format!("`{verb}` is the Go compiler's; this is GO, which runs plans with a fleet of agents"),
        advice,
    )
}

/// The first executable `go` of `paths` that is not this program.
fn other(paths: &OsStr, own: Option<&Path>) -> Option<PathBuf> {
    std::env::split_paths(paths).map(|folder| folder.join("go")).find(|path| {
        let runs = path.metadata().is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0);
        runs && path.canonicalize().ok().as_deref() != own
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meant(line: &str) -> bool {
        let arguments: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        verb(&arguments).is_some()
    }

    #[test]
    fn the_compiler_s_verbs_are_told_from_ours() {
        for theirs in ["go build", "go test ./...", "go run x.go", "go run -race .", "go main.go", "go mod tidy"] {
            assert!(meant(theirs), "{theirs}");
        }
        for ours in
            ["go run", "go run --standby-ok=false", "go up", "go init", "go --data . up", "go run --data /srv/.go"]
        {
            assert!(!meant(ours), "{ours}");
        }
    }

    #[test]
    fn the_other_one_is_found_past_ourselves() {
        let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        for folder in &folders {
            let path = folder.path().join("go");
            std::fs::write(&path, "").unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
        let paths = std::env::join_paths(folders.iter().map(tempfile::TempDir::path)).unwrap();
        let own = folders[0].path().join("go").canonicalize().unwrap();
        assert_eq!(other(&paths, Some(&own)), Some(folders[1].path().join("go")));
        assert_eq!(other(OsStr::new(""), Some(&own)), None);
    }
}
