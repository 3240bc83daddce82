//! Whether there is anything to run: the integration test's command (R25), a clone to push (R28). An HO looks before it has a hand
//! started, so that a machine without them costs no process.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use go_bus_api::{Project, Task};

/// What a shell knows without a file: the words of POSIX 2.4 and 2.14, and the utilities that common shells have built in.
const OF_THE_SHELL: [&str; 47] = [
    "!", "{", "}", ":", ".", "[", "alias", "bg", "break", "case", "cd", "command", "continue", "do", "echo", "eval",
    "exec", "exit", "export", "false", "fg", "for", "getopts", "hash", "if", "jobs", "kill", "local", "printf", "pwd",
    "read", "readonly", "return", "set", "shift", "test", "times", "trap", "true", "type", "ulimit", "umask",
    "unalias", "unset", "until", "wait", "while",
];

/// Why the command of `task` can't be run, in words; `None` where it can, or where only a shell could tell. `is_program` looks at
/// a file, `path` is the search path.
pub(super) fn what_is_missing(
    task: &Task,
    project: Option<&Project>,
    path: Option<&OsStr>,
    is_program: impl Fn(&Path) -> bool,
) -> Option<String> {
    let Some(run) = task.run.as_ref().filter(|run| !run.is_blank()) else {
        return Some("it has no command".to_owned());
    };
    let Some(folder) = project.and_then(|project| project.repo.as_ref()) else {
        return Some(format!("project {} has no folder to run it in", task.project));
    };
    let program = plain_program(run.as_str())?;
    let is_there = if program.contains('/') {
        is_program(&Path::new(folder.as_str()).join(program))
    } else {
        let mut folders = path.into_iter().flat_map(std::env::split_paths).chain([PathBuf::new()]);
        OF_THE_SHELL.contains(&program) || path.is_none() || folders.any(|folder| is_program(&folder.join(program)))
    };
    (!is_there).then(|| format!("{program} is not there, or is no program"))
}

/// Why there is nothing to push, in words; `None` where `task` may push something, as its command tells. `is_there` looks at a file.
pub(super) fn nothing_to_push(
    task: &Task,
    project: Option<&Project>,
    is_there: impl Fn(&Path) -> bool,
) -> Option<String> {
    let has_its_own = task.run.as_ref().is_some_and(|run| !run.is_blank());
    let folder = project.and_then(|project| project.repo.as_ref()).filter(|_| !has_its_own)?;
    // A clone's top has it as a folder, a worktree's as a file.
    (!is_there(&Path::new(folder.as_str()).join(".git"))).then(|| format!("nothing to push: {folder} is no clone"))
}

/// The word that a command line begins with, where it is one that a shell takes as it stands.
fn plain_program(line: &str) -> Option<&str> {
    let is_plain = |c: char| c.is_alphanumeric() || "/._-+@%,![:{}".contains(c);
    line.split_whitespace().next().filter(|word| word.chars().all(is_plain))
}

/// Whether a file is there that may be run.
pub(super) fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn task(kind: &str, run: &str) -> Task {
        serde_json::from_value(json!({
            "id": "t-1", "project": "site", "title": "t", "kind": kind, "priority": "p0",
            "state": "in_progress", "attempt": 1, "max_attempts": 2, "failures": 0, "losses": 0, "run": run,
            "created_at": "2026-01-01T00:00:00.000Z", "revision": 1,
        }))
        .unwrap()
    }

    fn project() -> Project {
        serde_json::from_value(json!({
            "id": "site", "name": "site", "state": "active", "priority": "p2", "weight": 1, "repo": "/srv/site",
            "created_at": "2026-01-01T00:00:00.000Z", "revision": 1,
        }))
        .unwrap()
    }

    fn missing(run: &str, there: &[&str]) -> Option<String> {
        let (task, project) = (task("integration_test", run), project());
        let path = OsStr::new("/usr/bin:/bin");
        what_is_missing(&task, Some(&project), Some(path), |file| there.iter().any(|there| file == Path::new(there)))
    }

    #[test]
    fn a_script_is_looked_for_where_its_path_says_and_a_program_on_the_search_path() {
        assert_eq!(missing("/opt/test.sh --all", &["/opt/test.sh"]), None);
        assert_eq!(missing("/opt/test.sh --all", &[]).as_deref(), Some("/opt/test.sh is not there, or is no program"));
        assert_eq!(missing("scripts/test.sh", &["/srv/site/scripts/test.sh"]), None);
        assert!(missing("./scripts/test.sh", &["/scripts/test.sh"]).is_some());
        assert_eq!(missing("make platform", &["/usr/bin/make"]), None);
        assert!(missing("make platform", &["/usr/local/bin/make"]).is_some());
    }

    #[test]
    fn what_the_shell_knows_or_alone_can_read_is_taken_to_be_there() {
        for run in ["exit 3", "[ -s x ]", ": nothing", "test -s x", "if true; then false; fi", "(make a; make b)"] {
            assert_eq!(missing(run, &[]), None, "{run}");
        }
        for run in ["A=1 make platform", "\"my script\"", "$HOME/test.sh", "~/test.sh", "true; false"] {
            assert_eq!(missing(run, &[]), None, "{run}");
        }
    }

    #[test]
    fn a_folder_that_is_no_clone_has_nothing_to_push_unless_its_task_knows_how() {
        let mut task = task("push", " ");
        let there = |file: &Path| file == Path::new("/srv/site/.git");
        assert_eq!(nothing_to_push(&task, Some(&project()), there), None);
        let why = nothing_to_push(&task, Some(&project()), |_| false);
        assert_eq!(why.as_deref(), Some("nothing to push: /srv/site is no clone"));
        task.run = Some(go_bus_api::Text::clipped("make publish"));
        assert_eq!(nothing_to_push(&task, Some(&project()), |_| false), None);
    }

    #[test]
    fn without_a_command_or_a_folder_there_is_nothing_to_run() {
        assert_eq!(missing(" ", &[]).as_deref(), Some("it has no command"));
        let task = task("integration_test", "true");
        let why = what_is_missing(&task, None, None, |_| true);
        assert_eq!(why.as_deref(), Some("project site has no folder to run it in"));
    }
}
