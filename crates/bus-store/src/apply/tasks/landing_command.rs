//! The command that lands a delivery: `go repo land …`, said as the shell of its host reads it.

use go_bus_api::{AgentId, Attempt, Deliver, Landing, Task, TaskId, Text, Workplace};

/// Whoever runs it has the program in `XIO_EXE`; the folder it checks the merged tree in lies beside its prompt.
const BEGINNING: &str = r#"exec "${XIO_EXE:?}" repo land --repo . --folder "${XIO_PROMPT_FILE%/*}/landing""#;

/// The command for this attempt's delivery; `None` where it is longer than a task's `run` may be.
pub(super) fn of(task: &Task, landing: &Landing, workplace: Option<&Workplace>) -> Option<Text<16384>> {
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
    for check in &task.verify {
        option("--verify", check.as_str());
    }
    Text::new(command).ok()
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
