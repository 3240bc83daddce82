//! Questions that wait for a person, as `go status` prints them: what is asked, and how it is answered.

use std::fmt;

use go_bus_api::{Question, Timestamp};
use serde::Serialize;

use crate::render::{Table, length, or_dash};

/// A question that nobody has answered.
#[derive(Debug, Serialize)]
pub(super) struct QuestionLine {
    id: String,
    task: Option<String>,
    text: String,
    options: Vec<String>,
    default: Option<String>,
    deadline: Option<Timestamp>,
    /// What happens without an answer, in words.
    #[serde(skip)]
    otherwise: String,
}

/// The lines of these questions.
pub(super) fn lines<'a>(questions: impl IntoIterator<Item = &'a Question>, now: Timestamp) -> Vec<QuestionLine> {
    questions.into_iter().map(|question| line(question, now)).collect()
}

fn line(question: &Question, now: Timestamp) -> QuestionLine {
    let default = question.default.as_ref().map(ToString::to_string);
    let otherwise = question.deadline.map(|at| {
        let what = default.as_ref().map_or_else(|| "no answer".to_owned(), |default| format!("`{default}`"));
        format!("{what} in {}", length(at.since(now)))
    });
    QuestionLine {
        id: question.id.to_string(),
        task: question.task.as_ref().map(ToString::to_string),
        text: question.text.to_string(),
        options: question.options.iter().map(ToString::to_string).collect(),
        default,
        deadline: question.deadline,
        otherwise: or_dash(otherwise),
    }
}

/// Questions as a table, with the command that answers them.
pub(super) struct QuestionTable<'a>(pub(super) &'a [QuestionLine]);

impl fmt::Display for QuestionTable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = Table::new(["QUESTION", "TASK", "WITHOUT AN ANSWER", ""]);
        for question in self.0 {
            let first = question.text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
            let options = question.options.join(", ");
            let asked = if options.is_empty() { first.to_owned() } else { format!("{first} ({options})") };
            table.row([&question.id, &or_dash(question.task.as_ref()), &question.otherwise, &asked]);
        }
        writeln!(f, "{table}answer one: go answer QUESTION TEXT")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_question_says_what_is_asked_what_may_be_answered_and_what_happens_without() {
        let question = |id: &str, more: serde_json::Value| -> Question {
            let mut all = json!({
                "id": id, "task": null, "agent": "a-1", "text": "\nWhich colour?\nIt matters.", "default": null,
                "deadline": null, "state": "open", "answer": null, "revision": 1,
            });
            all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            serde_json::from_value(all).unwrap()
        };
        let asked = [
            question("q-1", json!({"task": "T-1", "options": ["teal", "red"]})),
            question("q-2", json!({"deadline": "2026-03-21T10:00:30.000Z", "default": "teal"})),
            question("q-3", json!({"deadline": "2026-03-21T10:00:30.000Z"})),
        ];
        let lines = lines(&asked, "2026-03-21T10:00:00.000Z".parse().unwrap());
        let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(
            QuestionTable(&lines).to_string().lines().map(words).collect::<Vec<_>>(),
            [
                "QUESTION TASK WITHOUT AN ANSWER",
                "q-1 T-1 – Which colour? (teal, red)",
                "q-2 – `teal` in 30 s Which colour?",
                "q-3 – no answer in 30 s Which colour?",
                "answer one: go answer QUESTION TEXT",
            ]
        );
    }
}
