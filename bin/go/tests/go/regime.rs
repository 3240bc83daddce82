//! Reviews and the integration test (R24, R25), as a plan's owner meets them.

use serde_json::Value;

use crate::place::{Place, Running, code, err, out, until};

/// A plan that came to its end under these settings; its Bus is up again, to be read.
struct Past {
    place: Place,
    url: String,
    exit: Option<i32>,
    said: String,
    _bus: Running,
}

impl Past {
    fn of(settings: &str, tickets: &str) -> Self {
        let place = Place::with_plan(&format!("version: 1\nprojects:\n  - id: site\n    tickets:\n{tickets}"));
        std::fs::write(place.path().join("go.yaml"), settings).unwrap();
        let (status, said) = place.up(&["--exit-when-done"]).end();
        assert_eq!(place.processes(), Vec::<String>::new());
        let mut bus = place.start(&["bus", "serve", "--listen", "127.0.0.1:0"]);
        let url = bus.url();
        Self { place, url, exit: status.code(), said: said.join("\n"), _bus: bus }
    }

    fn read(&self, arguments: &[&str]) -> Vec<Value> {
        let output = self.place.go(&[arguments, &["--json", "--bus-url", &self.url]].concat());
        assert_eq!(code(&output), 0, "{arguments:?}: {}", err(&output));
        let text = out(&output);
        serde_json::from_str(&text)
            .unwrap_or_else(|_| text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
    }

    /// Ids, states and results of the tasks of a kind.
    fn tasks(&self, kind: &str) -> Vec<[String; 3]> {
        let text = |task: &Value, field: &str| task[field].as_str().unwrap_or_default().to_owned();
        let tasks = self.read(&["tasks", "--kind", kind]);
        tasks.iter().map(|task| ["id", "state", "result"].map(|field| text(task, field))).collect()
    }

    /// Levels and titles of all alerts.
    fn alerts(&self) -> Vec<String> {
        let alerts = self.read(&["alerts", "--all"]);
        alerts.iter().map(|alert| format!("{} {}", alert["level"], alert["title"]).replace('"', "")).collect()
    }

    fn events(&self, kind: &str, id: &str) -> usize {
        let is_meant = |event: &&Value| event["kind"] == kind && event["subject"] == format!("tasks/{id}");
        self.read(&["events"]).iter().filter(is_meant).count()
    }
}

#[test]
fn a_reviewer_rejects_what_verifies_and_its_notes_reach_the_next_attempt() {
    let past = Past::of(
        "",
        "      - id: T-1\n        title: two lines\n        kind: feature\n        \
         run: 'echo line >> page; cp \"$XIO_PROMPT_FILE\" built-$(wc -l < page)'\n        verify: [test -s page]\n        \
         review: 'cp \"$XIO_PROMPT_FILE\" reviewed-$(wc -l < page); test $(wc -l < page) = 2 || { echo the page wants a second line; exit 1; }'\n",
    );
    assert_eq!(past.exit, Some(0), "{}", past.said);
    let built = [past.place.lines("built-1"), past.place.lines("built-2")].map(|lines| lines.join("\n"));
    let [first, second] = &built;
    assert!(!first.contains("The reviewer wants changes"), "{first}");
    assert!(
        second.contains("The reviewer wants changes") && second.contains("the page wants a second line"),
        "{second}"
    );
    let reviewed = past.place.lines("reviewed-1").join("\n");
    for part in ["`test -s page` exited 0", "two lines", "diff HEAD", "POST /tasks/T-1/review"] {
        assert!(reviewed.contains(part), "{part:?} is missing in\n{reviewed}");
    }
    let results: Vec<_> = past.tasks("review").into_iter().map(|[_, _, result]| result).collect();
    assert_eq!(results.len(), 2, "{results:?}");
    assert!(
        results[0].starts_with("changes requested: the page wants") && results[1].starts_with("approved"),
        "{results:?}"
    );
    assert_eq!(past.alerts(), [""; 0]);
}

#[test]
fn what_is_rejected_three_times_is_blocked_and_a_human_is_told() {
    let past = Past::of(
        "",
        "      - {id: T-1, title: hopeless, kind: feature, run: echo x >> page, verify: [test -s page], review: echo never; exit 1}\n",
    );
    assert_eq!(past.exit, Some(1), "{}", past.said);
    assert_eq!(past.place.lines("page").len(), 3);
    assert_eq!(
        past.tasks("ticket").first().map(|[id, state, _]| (id.as_str(), state.as_str())),
        Some(("T-1", "blocked"))
    );
    assert_eq!(past.alerts(), ["L4 task T-1 is blocked: its reviewers wanted changes 3 times"]);
    assert!(past.said.contains("T-1 is blocked") && past.said.contains("never"), "{}", past.said);
}

/// Tickets that are done one after the other.
fn chain(count: usize) -> String {
    let after = |n: usize| if n == 1 { String::new() } else { format!("T-{}", n - 1) };
    let line = |n| format!("      - {{id: T-{n}, title: t, kind: chore, run: 'true', depends_on: [{}]}}\n", after(n));
    (1..=count).map(line).collect()
}

#[test]
fn the_integration_test_runs_as_often_as_it_is_due_and_says_what_it_covers() {
    let past = Past::of("review: {integration_every: 3, integration_command: echo run >> runs}\n", &chain(8));
    assert_eq!(past.exit, Some(0), "{}", past.said);
    assert_eq!(past.place.lines("runs").len(), 2);
    let runs = past.read(&["tasks", "--kind", "integration_test"]);
    let titles: Vec<&str> = runs.iter().map(|run| run["title"].as_str().unwrap()).collect();
    let covered: Vec<(u64, u64)> = titles
        .iter()
        .map(|title| {
            let (from, to) =
                title.strip_prefix("Integration test of completions ").unwrap().split_once(" to ").unwrap();
            (from.parse().unwrap(), to.parse().unwrap())
        })
        .collect();
    let [(1, first), (next, last)] = covered[..] else { panic!("{titles:?}") };
    assert!(first >= 3 && next == first + 1 && last >= first + 3 && last <= 8, "{titles:?}");
    let hands = past.read(&["agents", "--all"]);
    let workers =
        hands.iter().filter(|agent| agent["task"].as_str().is_some_and(|task| task.starts_with("integration-")));
    assert!(workers.clone().count() == 2 && workers.clone().all(|agent| agent["driver"] == "shell"), "{hands:?}");
}

#[test]
fn a_red_run_is_mended_by_one_ticket_and_seen_to_be_green() {
    let past = Past::of(
        "review: {integration_every: 2, integration_command: 'echo run >> runs; test -e mended || { echo 2 of 7 failed; exit 1; }', \
         fix_command: touch mended}\n",
        &chain(2),
    );
    assert_eq!(past.exit, Some(0), "{}", past.said);
    assert_eq!(past.place.lines("runs").len(), 3, "twice red, once green");
    let runs = past.tasks("integration_test");
    let states: Vec<_> = runs.iter().map(|[id, state, _]| (id.as_str(), state.as_str())).collect();
    assert_eq!(states, [("integration-2", "failed"), ("integration-3", "done")]);
    let fixes: Vec<_> = past.tasks("ticket").into_iter().filter(|[id, ..]| id.starts_with("fix-")).collect();
    assert_eq!(
        fixes.iter().map(|[id, state, _]| (id.as_str(), state.as_str())).collect::<Vec<_>>(),
        [("fix-integration-2", "done")]
    );
    assert_eq!(past.events("task.created", "fix-integration-2"), 1);
    assert_eq!(past.alerts(), ["L4 the integration test is red: integration-2 failed 2 times"]);
}

#[test]
fn a_successor_counts_on_and_leaves_what_mends_a_red_run_at_work() {
    let place = Place::with_plan(&format!("version: 1\nprojects:\n  - id: site\n    tickets:\n{}", chain(2)));
    let settings = "review:\n  integration_every: 2\n  integration_command: 'echo run >> runs; test -e mended'\n  \
        fix_command: 'echo fix >> fixes; until test -e go-on; do sleep 0.02; done; touch mended'\n";
    std::fs::write(place.path().join("go.yaml"), settings).unwrap();
    let mut first = place.up(&["--exit-when-done"]);
    first.url();
    until("it is being mended", || (place.lines("fixes").len() == 1).then_some(()));
    first.signal(rustix::process::Signal::KILL);
    first.end();
    let mut second = place.up(&["--exit-when-done"]);
    second.url();
    std::fs::write(place.path().join("go-on"), "").unwrap();
    let (status, said) = second.end();
    assert_eq!(status.code(), Some(0), "{}", said.join("\n"));
    assert_eq!((place.lines("fixes").len(), place.lines("runs").len()), (1, 3), "{}", said.join("\n"));
}

#[test]
fn a_platform_that_stays_red_ends_the_plan_with_1() {
    let past = Past::of(
        "review: {integration_every: 1, integration_command: 'false', fix_command: echo no idea; exit 1}\n",
        &chain(1),
    );
    assert_eq!(past.exit, Some(1), "{}", past.said);
    assert!(past.said.contains("fix-integration-1 is failed"), "{}", past.said);
}

#[test]
fn a_script_that_is_not_there_costs_no_process_and_one_warning() {
    let past = Past::of("review: {integration_every: 1, integration_command: /nowhere/test.sh}\n", &chain(4));
    assert_eq!(past.exit, Some(0), "{}", past.said);
    let runs = past.tasks("integration_test");
    assert!(!runs.is_empty());
    for [id, state, result] in &runs {
        assert_eq!(
            (state.as_str(), result.as_str()),
            ("done", "skipped: /nowhere/test.sh is not there, or is no program"),
            "{id}"
        );
    }
    let agents = past.read(&["agents", "--all"]);
    assert!(
        agents.iter().all(|agent| !agent["task"].as_str().unwrap_or_default().starts_with("integration-")),
        "{agents:?}"
    );
    assert_eq!(past.alerts(), ["L2 the integration test can't be run: its command is not there"]);
    let first = runs.first().map_or("", |[id, ..]| id.as_str());
    let writes = past.read(&["events"]).iter().filter(|event| event["subject"] == format!("tasks/{first}")).count();
    assert!(writes <= 4, "{first}: made, perhaps told what it covers, assigned, completed: {writes} writes");
}
