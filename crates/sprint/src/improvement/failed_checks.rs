//! Findings from the Bus itself, for agents: tickets that were given up with a check still red, and integration runs that nobody wrote
//! a test for.

use go_bus_api::{DriverKind, Task, TaskId, TaskKind, TaskState, Text};

use super::{Finding, Fingerprint, ImprovementKind, ImprovementSource, Subject};

/// How an orchestrator's judgement begins where a `verify` was red though the command had succeeded.
const VERIFICATION: &str = "verification `";

/// Tickets that have failed for good with one of their `verify` commands red: a failed test, which fails before and passes once it is mended.
#[derive(Debug, Clone, Copy, Default)]
pub struct FailedChecks;

impl ImprovementSource for FailedChecks {
    fn findings(&self, subject: &Subject<'_>) -> Vec<Finding> {
        if subject.driver == DriverKind::Shell {
            return Vec::new();
        }
        let failed = subject.world.tasks_of(&subject.project.id, TaskState::Failed);
        failed.filter(|task| task.kind == TaskKind::Ticket).filter_map(failed_check).collect()
    }

    fn lacks(&self, subject: &Subject<'_>) -> Option<String> {
        only_for_agents(subject)
    }
}

/// Integration runs that were red, and whose fix is done: a missing test. The new one is known by a line that names the run.
#[derive(Debug, Clone, Copy, Default)]
pub struct MissingRegressionTests;

impl ImprovementSource for MissingRegressionTests {
    fn findings(&self, subject: &Subject<'_>) -> Vec<Finding> {
        if subject.driver == DriverKind::Shell {
            return Vec::new();
        }
        let failed = subject.world.tasks_in(TaskState::Failed);
        let red = failed.filter(|task| task.kind == TaskKind::IntegrationTest);
        red.filter_map(|run| missing_test(run, subject)).collect()
    }

    fn lacks(&self, subject: &Subject<'_>) -> Option<String> {
        only_for_agents(subject)
    }
}

fn only_for_agents(subject: &Subject<'_>) -> Option<String> {
    (subject.driver == DriverKind::Shell).then(|| "a driver that reads what is to be done".to_owned())
}

fn failed_check(ticket: &Task) -> Option<Finding> {
    let error = ticket.error.as_ref().filter(|error| error.as_str().starts_with(VERIFICATION))?;
    let finding = Finding {
        kind: ImprovementKind::Tests,
        title: Text::clipped(&format!("Mend what keeps the checks of {} red", ticket.id)),
        description: Text::clipped(&format!(
            "The ticket {}, {:?}, was given up after {} attempts. The last ended with:\n\n{error}\n\nFind out why, and mend the cause so that its checks \
             pass. Weaken none of them. What the ticket asked for:\n\n{}",
            ticket.id,
            ticket.title.as_str(),
            ticket.failures,
            ticket.description
        )),
        run: None,
        verify: ticket.verify.clone(),
        fingerprint: Fingerprint::of(&["failed-check", ticket.id.as_str()]),
        recurs: false,
    };
    finding.is_verifiable().then_some(finding)
}

fn missing_test(run: &Task, subject: &Subject<'_>) -> Option<Finding> {
    let fix = subject.world.past_task(&TaskId::new(format!("fix-{}", run.id)).ok()?)?;
    if fix.state != TaskState::Done || fix.project != subject.project.id {
        return None;
    }
    let mark = format!("regression test of {}", run.id);
    let error = run.error.as_ref().map(Text::as_str).unwrap_or_default();
    Some(Finding {
        kind: ImprovementKind::Tests,
        title: Text::clipped(&format!("Write the test that would have caught what {} found", run.id)),
        description: Text::clipped(&format!(
            "The integration run {} was red, and {} mended that. It said:\n\n{error}\n\nWrite the test of this project that fails without that fix and passes \
             with it, as small as it can be, and put the words `{mark}` into a comment of it: they are how it is found.",
            run.id, fix.id
        )),
        run: None,
        verify: vec![Text::new(format!("git grep -qIF -e '{mark}'")).ok()?],
        fingerprint: Fingerprint::of(&["missing-test", run.id.as_str()]),
        recurs: false,
    })
}
