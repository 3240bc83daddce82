//! The whole rhythm on `fixtures/xiopro`: sprints and what follows them, reviews, integration tests, pushes, M0 (R5–R10, R23–R29, R32).

mod story;
mod transcript;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use go_bus_api::{Agent, Role, Sprint, Task, TaskKind, TaskState};
use go_rules::integration::{covered, is_completion};
use rustix::process::Signal;

use crate::place::{Place, out, until};
use story::{Story, resource};

/// How many completions an integration test follows (`review.integration_every` of the fixture).
const EVERY: u64 = 5;

fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/xiopro")
}

/// Copies a folder but for what an earlier run made in it.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let name = entry.file_name();
        if entry.path().is_dir() {
            if name != "work" && name != ".go" {
                copy(&entry.path(), &to.join(name));
            }
        } else {
            std::fs::copy(entry.path(), to.join(name)).unwrap();
        }
    }
}

#[test]
fn two_sprints_run_to_their_close_and_all_that_they_bring_can_be_read() {
    let place = Place::new();
    copy(&fixture(), place.path());
    let told = run(&place);
    let story = Story::of(&place);
    everything_is_told_to_c0_and_the_pace_to_the_human_s_io(&story, &told);
    every_fifth_completion_is_tested(&story);
    every_reviewer_is_fresh(&story);
    every_repository_is_pushed_once_for_each_sprint(&story, &place);
    let log = the_log_is_only_appended_to(&story, &place);
    summaries_are_there(&story, &place);
    the_plan_says_what_became_of_each_ticket(&story, &place);
    compare(&transcript::of(&story, &log, &place.lines("plan.yaml")));
}

/// Runs it to its end with M0 and C0 beside it; answers what C0 was told, line by line.
fn run(place: &Place) -> Vec<String> {
    // The bootstrap skill waits for M0, so that it is there in each run when the second sprint begins.
    let bootstrap = place.path().join("scripts/bootstrap.sh");
    let gated = std::fs::read_to_string(&bootstrap).unwrap() + "until test -e m0-is-here; do sleep 0.02; done\n";
    std::fs::write(&bootstrap, gated).unwrap();
    let mut up = place.up(&["--exit-when-done"]);
    let url = up.url();
    let fixed = |name| place.start(&["agent", name, "--bus-url", &url]);
    let (m0, c0) = (fixed("m0"), fixed("c0"));
    until("M0 and C0 are there", || {
        let agents = out(&place.go(&["agents", "--json", "--bus-url", &url]));
        let agents: Vec<Agent> = serde_json::from_str(&agents).unwrap();
        let is_here = |role| agents.iter().any(|agent| agent.role == role && agent.last_heartbeat.is_some());
        (is_here(Role::M0) && is_here(Role::C0)).then_some(())
    });
    std::fs::write(place.path().join("m0-is-here"), "").unwrap();
    // Each part of the way may take as long as a test waits for anything.
    for done in ["INF-3 done", "AGT-4 done", "INF-5 done"] {
        up.line(done);
    }
    let (status, said) = up.end();
    assert_eq!(status.code(), Some(0), "{}", said.join("\n"));
    [m0, c0].map(|fixed| {
        fixed.signal(Signal::TERM);
        fixed.end().1
    })[1]
        .clone()
}

/// GO reports each sprint to C0, which takes note, and tells the pace to the IO of the human who is logged in; it writes to nobody else but M0.
fn everything_is_told_to_c0_and_the_pace_to_the_human_s_io(story: &Story, told: &[String]) {
    let of_go =
        story.messages.iter().filter(|message| message.from.as_ref().is_some_and(|from| from.as_str() == "000"));
    let to: BTreeSet<_> = of_go.map(|message| story.name(&message.to)).collect();
    assert_eq!(to.iter().map(String::as_str).collect::<Vec<_>>(), ["c0", "io of ada", "m0"]);
    for sprint in &story.sprints {
        let about = |message: &&go_bus_api::Message| message.subject.as_str().contains(&format!("{}:", sprint.id));
        let to: Vec<_> = story.messages.iter().filter(about).map(|message| story.name(&message.to)).collect();
        assert!(to.contains(&"c0".to_owned()) && to.contains(&"io of ada".to_owned()), "{}: {to:?}", sprint.id);
        let summary = sprint.summary.as_ref().unwrap();
        let whole = story.messages.iter().filter(about).all(|message| message.body.as_str() == summary.as_str());
        assert!(whole && summary.as_str().contains("Pace: "), "{summary}");
        assert!(told.iter().any(|line| line.contains(&format!("Sprint {}", sprint.id))), "{told:?}");
    }
}

/// The count is exact: a run is made with the fifth completion since the last one's, and none while one is open.
fn every_fifth_completion_is_tested(story: &Story) {
    let (mut completed, mut tested, mut open) = (0, 0, None);
    for event in story.events.iter().filter(|event| event.subject.starts_with("tasks/")) {
        let task: Task = resource(event);
        if event.kind == "task.completed" && is_completion(task.kind, task.state, task.attempt) {
            completed += 1;
        }
        if task.kind != TaskKind::IntegrationTest {
            continue;
        }
        if event.kind == "task.created" {
            assert_eq!((covered(&task), open.take()), (Some(completed), None), "{}", task.id);
            // Nothing else is under way when the fifth one ends (plan.yaml), so none comes late.
            assert_eq!(completed, tested + EVERY, "{}", task.id);
            (tested, open) = (completed, Some(task.id));
        } else if task.state == TaskState::Done {
            assert_eq!(open.take(), Some(task.id));
        }
    }
    assert!(completed < tested + EVERY, "{completed} were completed, {tested} were tested");
}

/// Each review has a reviewer of its own, who came after the delivery and built nothing of it.
fn every_reviewer_is_fresh(story: &Story) {
    let mut seen = BTreeSet::new();
    for review in story.of_kind(TaskKind::Review) {
        let [reviewer] = review.builders.as_slice() else { panic!("{review:?}") };
        let ticket = story.task(review.review_of.as_ref().unwrap().as_str());
        assert!(seen.insert(reviewer), "{reviewer} reviewed twice");
        assert!(story.agent(reviewer).role == Role::Reviewer && !ticket.builders.contains(reviewer), "{review:?}");
        let made = story.position("task.created", &format!("tasks/{}", review.id));
        assert!(made < story.position("agent.requested", &format!("agents/{reviewer}")), "{review:?}");
    }
    assert!(!seen.is_empty());
}

/// Each sprint has one push for each project that something was done in, and in the end each remote has what its repository has.
fn every_repository_is_pushed_once_for_each_sprint(story: &Story, place: &Place) {
    let mut pushes: Vec<_> = story.of_kind(TaskKind::Push).iter().map(|push| push.id.to_string()).collect();
    pushes.sort();
    let of_sprint = |sprint: &Sprint| -> BTreeSet<String> {
        let projects = sprint.tickets.iter().map(|id| &story.task(id.as_str()).project);
        projects.map(|project| format!("push-{}-{project}", sprint.id)).collect()
    };
    assert_eq!(pushes, story.sprints.iter().flat_map(of_sprint).collect::<Vec<_>>());
    for project in ["agents", "center", "infra"] {
        let head = |path: String| place.lines(&path).pop().unwrap();
        let pushed = head(format!("work/remotes/{project}.git/refs/heads/main"));
        assert_eq!(
            pushed,
            head(format!("work/{project}/.git/refs/heads/main")),
            "{project} is not where its remote is"
        );
    }
}

/// What was in Part 11 before is there as it was; answers what came after it.
fn the_log_is_only_appended_to(story: &Story, place: &Place) -> String {
    let part = "blueprint/11_EXECUTION_LOG.md";
    let (before, now) =
        (std::fs::read_to_string(fixture().join(part)), std::fs::read_to_string(place.path().join(part)));
    let (before, now) = (before.unwrap(), now.unwrap());
    let added = now.strip_prefix(&before).unwrap_or_else(|| panic!("it was rewritten:\n{now}"));
    for sprint in &story.sprints {
        assert_eq!(added.matches(&format!("<!-- end of sprint {} ", sprint.id)).count(), 1, "{added}");
    }
    assert_eq!(added.matches("<!-- end of sprint ").count(), story.sprints.len(), "{added}");
    added.to_owned()
}

fn summaries_are_there(story: &Story, place: &Place) {
    for sprint in &story.sprints {
        let page = place.lines(&format!(".go/sprints/{}.md", sprint.id)).join("\n");
        let report = place.lines(&format!(".go/sprints/{}.json", sprint.id)).join("\n");
        let report: serde_json::Value = serde_json::from_str(&report).unwrap();
        assert!(report.to_string().contains(sprint.id.as_str()), "{report}");
        for ticket in &sprint.tickets {
            assert!(page.contains(ticket.as_str()) && report.to_string().contains(ticket.as_str()), "{page}\n{report}");
        }
    }
}

/// GO's own lines are there, and no other line is changed.
fn the_plan_says_what_became_of_each_ticket(story: &Story, place: &Place) {
    let plan = place.lines("plan.yaml");
    let own =
        |line: &&String| ["status: ", "result: ", "sprint: "].iter().any(|key| line.trim_start().starts_with(key));
    let done = plan.iter().filter(|line| line.trim() == "status: done").count();
    assert_eq!(done, story.of_kind(TaskKind::Ticket).len());
    let rest: Vec<&String> = plan.iter().filter(|line| !own(line)).collect();
    let before = std::fs::read_to_string(fixture().join("plan.yaml")).unwrap();
    assert_eq!(rest, before.lines().collect::<Vec<_>>());
}

/// Compares with the transcript that is kept; one that differs is put beside it, under `target`.
fn compare(found: &str) {
    let kept = std::fs::read_to_string(fixture().join("transcript.txt")).unwrap_or_default();
    if found != kept {
        let beside = Path::new(env!("CARGO_TARGET_TMPDIR")).join("transcript.txt");
        std::fs::write(&beside, found).unwrap();
        let differ = found.lines().zip(kept.lines()).position(|(a, b)| a != b).unwrap_or(kept.lines().count());
        let (a, b) = (found.lines().nth(differ), kept.lines().nth(differ));
        panic!("line {}: {a:?}, and the kept transcript has {b:?}; all of it is in {}", differ + 1, beside.display());
    }
}
