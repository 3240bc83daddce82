//! What a reviewer has to go by beside the ticket: how the verifications went, what was handed over, and how to see what has changed.

use std::fmt::Write;

use go_bus_api::{ExitReport, Landing, VerifyResult};

use crate::Delivery;

/// The most verifications that are told of, and the most lines of each one's output.
const MOST: usize = 20;
const LINES: usize = 10;

/// All that is known, as text with a blank line between its parts.
pub(crate) fn evidence(delivery: &Delivery<'_>) -> String {
    let proven = proven(delivery.exit).to_owned();
    let parts = [handed_over(delivery), verified(delivery.exit), proven, where_to_look(delivery)];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n")
}

fn handed_over(delivery: &Delivery<'_>) -> String {
    let said = delivery.task.result.as_ref().filter(|result| !result.is_blank());
    let mut text = said.map_or_else(String::new, |said| format!("Its builder said: {said}"));
    let artifacts = delivery.task.deliverable.iter().flat_map(|deliverable| &deliverable.artifacts);
    let artifacts: Vec<&str> = artifacts.map(AsRef::as_ref).collect();
    if !artifacts.is_empty() {
        let gap = if text.is_empty() { "" } else { "\n" };
        text = format!("{text}{gap}It handed over: {}", artifacts.join(", "));
    }
    text
}

fn verified(exit: Option<&ExitReport>) -> String {
    let Some(exit) = exit else { return String::new() };
    if exit.verify.is_empty() {
        return "No verification was run after the build: the ticket names none.".to_owned();
    }
    let mut text = "What its shim verified after the build:".to_owned();
    for result in exit.verify.iter().take(MOST) {
        // Writing to a String can't fail.
        let _ = write!(text, "\n- {}", verification(result));
    }
    match exit.verify.len().saturating_sub(MOST) {
        0 => text,
        more => format!("{text}\n- and {more} more"),
    }
}

/// What a reviewer has to know of verifications that show nothing.
fn proven(exit: Option<&ExitReport>) -> &'static str {
    match exit.and_then(|exit| exit.work.as_ref()) {
        Some(work) if work.vacuous => {
            "Every verification passed before any work was done too, so that they pass shows nothing: look for yourself whether the \
             work does what the ticket asks, and say in your notes what would show it."
        }
        _ => "",
    }
}

fn verification(result: &VerifyResult) -> String {
    let seconds = std::time::Duration::from(result.duration_ms).as_secs_f64();
    let head = format!("`{}` exited {} after {seconds:.1} s", result.command, result.code);
    let lines: Vec<&str> = result.tail.as_str().lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
    let last = lines.get(lines.len().saturating_sub(LINES)..).unwrap_or_default();
    if last.is_empty() { head } else { format!("{head}:\n  {}", last.join("\n  ")) }
}

fn where_to_look(delivery: &Delivery<'_>) -> String {
    if let Some(Landing { base, .. }) = &delivery.task.landing {
        return format!(
            "You are in a folder of your own with all that was delivered, committed. What has changed shows in `git diff {base} HEAD`; \
             how, in `git log --patch {base}..HEAD`."
        );
    }
    let Some(repo) = delivery.repo else { return String::new() };
    let quoted = format!("'{}'", repo.replace('\'', r"'\''"));
    let since = delivery.task.assigned_at.map_or_else(String::new, |at| format!(" --since={at}"));
    format!(
        "The work lies in {repo}. Where that is a git repository, what has changed shows in `git -C {quoted} status --short`, \
         `git -C {quoted} diff HEAD` and `git -C {quoted} log --patch{since}`."
    )
}

#[cfg(test)]
mod tests {
    use go_bus_api::{Category, Deliverable, Millis, Task, Text};

    use super::*;
    use crate::samples::ticket;

    fn result(command: &str, code: i32, tail: &str) -> VerifyResult {
        VerifyResult { command: Text::clipped(command), code, duration_ms: Millis(1_240), tail: Text::clipped(tail) }
    }

    #[test]
    fn a_reviewer_sees_what_was_verified_what_was_said_and_where_to_look() {
        let deliverable = Deliverable {
            kind: Category::Feature,
            artifacts: vec![Text::clipped("public/index.html"), Text::clipped("4f2a")],
            significant: true,
        };
        let task = Task {
            result: Some(Text::clipped("index built")),
            deliverable: Some(deliverable),
            assigned_at: "2026-03-21T08:15:30.000Z".parse().ok(),
            ..ticket("feature")
        };
        let verify = vec![result("test -s out", 0, ""), result("make test", 0, "7 passed\n\n0 failed\n")];
        let exit = ExitReport { code: Some(0), verify, ..ExitReport::default() };
        let delivery = Delivery { task: &task, exit: Some(&exit), repo: Some("/srv/it's") };
        assert_eq!(
            evidence(&delivery),
            "Its builder said: index built\nIt handed over: public/index.html, 4f2a\n\nWhat its shim verified after the build:\n\
             - `test -s out` exited 0 after 1.2 s\n- `make test` exited 0 after 1.2 s:\n  7 passed\n  0 failed\n\n\
             The work lies in /srv/it's. Where that is a git repository, what has changed shows in \
             `git -C '/srv/it'\\''s' status --short`, `git -C '/srv/it'\\''s' diff HEAD` and \
             `git -C '/srv/it'\\''s' log --patch --since=2026-03-21T08:15:30.000Z`."
        );
    }

    #[test]
    fn a_reviewer_in_a_folder_of_its_own_is_told_what_has_changed_there_and_which_checks_show_nothing() {
        let landing = serde_json::json!({"host": "h1", "commit": "4f2a", "base": "9c1e"});
        let task = Task { landing: serde_json::from_value(landing).ok(), ..ticket("feature") };
        let work = |vacuous: bool| {
            let work = serde_json::json!({"base": "9c1e", "commit": "4f2a", "changed": true, "vacuous": vacuous});
            let work = serde_json::from_value(work).ok();
            ExitReport { work, verify: vec![result("true", 0, "")], ..ExitReport::default() }
        };
        let told = |exit: &ExitReport| evidence(&Delivery { task: &task, exit: Some(exit), repo: Some("/srv/site") });
        assert!(told(&work(false)).contains("`git diff 9c1e HEAD`") && !told(&work(false)).contains("/srv/site"));
        assert!(!told(&work(false)).contains("shows nothing"));
        assert!(told(&work(true)).contains("passed before any work was done too"));
    }

    #[test]
    fn what_is_not_known_is_left_out_and_nothing_verified_is_said() {
        assert_eq!(evidence(&Delivery::of(&ticket("feature"))), "");
        let exit = ExitReport::default();
        let said = evidence(&Delivery { exit: Some(&exit), ..Delivery::of(&ticket("feature")) });
        assert_eq!(said, "No verification was run after the build: the ticket names none.");
    }

    #[test]
    fn long_outputs_and_lists_are_cut() {
        let long: String = (0..50).map(|n| format!("line {n}\n")).collect();
        let verify: Vec<_> = (0..30).map(|n| result(&format!("check {n}"), 0, &long)).collect();
        let exit = ExitReport { verify, ..ExitReport::default() };
        let said = evidence(&Delivery { exit: Some(&exit), ..Delivery::of(&ticket("feature")) });
        assert!(said.contains("line 49") && said.contains("line 40") && !said.contains("line 39"), "{said}");
        assert!(
            said.contains("`check 19`") && !said.contains("`check 20`") && said.ends_with("- and 10 more"),
            "{said}"
        );
    }
}
