//! The command that lands a delivery: `go repo land …`, said as the shell of its host reads it.

use go_bus_api::{AgentId, Attempt, Deliver, Landing, Task, TaskId, Text, Workplace};

/// Whoever runs it has the program in `XIO_EXE`; the folder it checks the merged tree in lies beside its prompt.
const BEGINNING: &str = r#"exec "${XIO_EXE:?}" repo land --repo . --folder "${XIO_PROMPT_FILE%/*}/landing""#;

/// Where the launcher writes the ticket's verifications for a worker that lands it.
const CHECKS: &str = r#" --checks "${XIO_PROMPT_FILE%/*}/checks.json""#;

/// Where the launcher writes what the project says of its working folders: the merged tree is verified in one like them.
const TERMS: &str = r#" --terms "${XIO_PROMPT_FILE%/*}/terms.json""#;

/// The command for this attempt's delivery, with the ticket's verifications. Where those are more than a task's `run` may be long, it names
/// the file that has them.
pub(super) fn of(task: &Task, landing: &Landing, workplace: Option<&Workplace>) -> Text<16384> {
    let command = without_checks(task, landing, workplace);
    let checks: String = task.verify.iter().map(|check| format!(" --verify={}", quoted(check.as_str()))).collect();
    // What is left without them is far shorter: ids, a title and the name of a branch.
    Text::new(format!("{command}{checks}")).unwrap_or_else(|_| Text::clipped(&format!("{command}{CHECKS}")))
}

fn without_checks(task: &Task, landing: &Landing, workplace: Option<&Workplace>) -> String {
    let agent = task.builders.last().or(task.assignee.as_ref()).map_or("nobody", AgentId::as_str);
    let attempt = task.attempt.to_string();
    let deliver = workplace.map_or(Deliver::default(), |workplace| workplace.deliver);
    let mut command = BEGINNING.to_owned();
    let mut option = |name: &str, value: &str| {
        command.push_str(&format!(" {name}={}", quoted(value)));
    };
    option("--task", task.id.as_str());
    option("--attempt", &attempt);
    option("--commit", landing.commit.as_str());
    option("--title", task.title.as_str());
    option("--agent", agent);
    option("--deliver", deliver.as_str());
    if let Some(branch) = workplace.and_then(|workplace| workplace.onto.as_ref()) {
        option("--onto", branch.as_str());
    }
    if workplace.is_some_and(needs_more_than_the_tree) {
        command.push_str(TERMS);
    }
    command
}

fn needs_more_than_the_tree(workplace: &Workplace) -> bool {
    let Workplace { deliver: _, onto: _, copy, setup, env, teardown } = workplace;
    !(copy.is_empty() && setup.is_empty() && env.is_empty() && teardown.is_empty())
}

/// The landing's own id, so that whoever sees it knows what it is of.
pub(super) fn id(task: &TaskId, attempt: Attempt) -> Option<TaskId> {
    TaskId::new(format!("land-{task}-{attempt}")).ok()
}

/// `text` as one word for a POSIX shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verifications_that_are_too_long_for_a_command_are_named_by_their_file() {
        let mut task: Task = serde_json::from_value(serde_json::json!({
            "id": "T-1", "project": "p", "title": "'".repeat(512), "kind": "ticket", "priority": "p1", "state": "in_progress",
            "attempt": 1, "max_attempts": 3, "failures": 0, "losses": 0, "created_at": "2026-01-01T00:00:00.000Z",
            "revision": 1, "verify": ["test -s a"],
        }))
        .unwrap();
        let (host, commit) = ("h1".parse().unwrap(), Text::clipped("c0ffee0"));
        let landing = Landing { host, base: commit.clone(), commit, summary: None, pushed: false };
        let short = of(&task, &landing, None);
        assert!(short.as_str().ends_with(" --verify='test -s a'"), "{short}");
        task.verify = vec![Text::clipped(&"'".repeat(4096)); 300];
        let long = of(&task, &landing, None);
        assert!(long.as_str().ends_with(CHECKS) && !long.as_str().contains("--verify"), "{long}");
    }

    #[test]
    fn what_a_project_says_of_its_folders_is_named_where_it_says_something() {
        let task: Task = serde_json::from_value(serde_json::json!({
            "id": "T-1", "project": "p", "title": "t", "kind": "ticket", "priority": "p1", "state": "in_progress",
            "attempt": 1, "max_attempts": 3, "failures": 0, "losses": 0, "created_at": "2026-01-01T00:00:00.000Z",
            "revision": 1,
        }))
        .unwrap();
        let (host, commit) = ("h1".parse().unwrap(), Text::clipped("c0ffee0"));
        let landing = Landing { host, base: commit.clone(), commit, summary: None, pushed: false };
        let names = |workplace: serde_json::Value| {
            let workplace: Workplace = serde_json::from_value(workplace).unwrap();
            of(&task, &landing, Some(&workplace)).as_str().contains(TERMS)
        };
        assert!(!names(serde_json::json!({"deliver": "branch", "onto": "main"})));
        for says in [
            serde_json::json!({"copy": [".env"]}),
            serde_json::json!({"setup": ["npm ci"]}),
            serde_json::json!({"env": {"A": "1"}}),
            serde_json::json!({"teardown": ["make down"]}),
        ] {
            assert!(names(says.clone()), "{says}");
        }
    }

    #[test]
    fn a_word_stays_one_word_whatever_is_in_it() {
        assert_eq!(quoted("it's $HOME `x`\n"), "'it'\\''s $HOME `x`\n'");
        assert_eq!(quoted(""), "''");
    }

    #[test]
    fn an_id_that_would_be_too_long_is_none() {
        let longest = TaskId::new("x".repeat(128)).unwrap();
        assert_eq!(id(&longest, Attempt(1)), None);
        assert_eq!(id(&TaskId::new("T-1").unwrap(), Attempt(2)).unwrap().as_str(), "land-T-1-2");
    }
}
