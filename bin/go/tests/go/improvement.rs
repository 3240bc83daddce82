//! Work that GO makes where there is none (R29): found, mended once, and within its limits.

use serde_json::Value;

use crate::place::{Place, Running, code, err, out, until};

/// A project whose only ticket is done at once.
const PLAN: &str =
    "version: 1\nprojects:\n  - id: site\n    tickets:\n      - {id: T-1, title: one, kind: chore, run: 'true'}\n";

/// A fleet at work on [`PLAN`] with these settings.
struct Scene {
    place: Place,
    url: String,
    fleet: Running,
}

impl Scene {
    fn new(settings: &str) -> Self {
        let place = Place::with_plan(PLAN);
        std::fs::write(place.path().join("go.yaml"), settings).unwrap();
        let mut fleet = place.up(&[]);
        let url = fleet.url();
        Self { place, url, fleet }
    }

    #[track_caller]
    fn said(&self, arguments: &[&str]) -> String {
        let output = self.place.go(&[arguments, &["--bus-url", &self.url]].concat());
        assert_eq!(code(&output), 0, "{arguments:?}: {}", err(&output));
        out(&output)
    }

    /// Events of one kind about what `is_meant`.
    fn events(&self, kind: &str, is_meant: impl Fn(&Value) -> bool) -> Vec<Value> {
        let events = self.said(&["events", "--json"]);
        let events = events.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        events.filter(|event| event["kind"] == kind).map(|event| event["data"].clone()).filter(is_meant).collect()
    }

    /// The improvements that came to this event.
    fn improvements(&self, kind: &str) -> Vec<Value> {
        self.events(kind, |task| task["kind"] == "improvement")
    }

    /// The alerts that too few work.
    fn alerts(&self) -> Vec<Value> {
        self.events("alert.raised", |alert| alert["dedupe_key"] == "agents-min")
    }

    /// Waits until `go status` says so.
    fn tells(&self, sentence: &str) {
        until(&format!("status says {sentence:?}"), || self.said(&["status"]).contains(sentence).then_some(()));
    }

    /// Ends the fleet.
    fn end(self) {
        self.fleet.signal(rustix::process::Signal::INT);
        let (status, said) = self.fleet.end();
        assert_eq!(status.code(), Some(130), "{}", said.join("\n"));
    }
}

#[test]
fn findings_are_mended_once_each_and_what_finds_nothing_rests() {
    let scene = Scene::new(
        "improvement:\n  find: {tests: 'test -e tested || { echo no test; exit 1; }', hardening: 'true', optimization: test -e fast}\n  \
         run: {tests: 'echo \"$XIO_FINDING\" >> trace; touch tested', hardening: echo hardened >> trace, optimization: echo slow >> trace}\n",
    );
    let ended = || {
        let (done, failed) = (scene.improvements("task.completed"), scene.improvements("task.failed"));
        (done.len() + failed.len() == 3).then_some((done, failed))
    };
    let (done, failed) = until("all three kinds have ended", ended);
    let mut results: Vec<_> = done.iter().map(|task| (task["labels"][1].as_str(), task["result"].as_str())).collect();
    results.sort();
    let nothing = (Some("hardening"), Some("nothing to improve (1 verification passed)"));
    assert_eq!(results, [nothing, (Some("tests"), Some("no test (1 verification passed)"))]);
    let error = failed[0]["error"].as_str().unwrap();
    assert!(error.starts_with("verification `test -e fast` exited 1"), "{error}");
    let mut trace = scene.place.lines("trace");
    trace.sort();
    assert_eq!(trace, ["no test", "slow"], "what passes at first is left alone");
    scene.tells("0 of at least 3 work: tests of site rest until");
    for kind in ["hardening", "optimization"] {
        scene.tells(&format!("; {kind} of site rest until"));
    }
    assert_eq!(scene.improvements("task.created").len(), 3, "none is made again");
    assert!(!std::fs::read_to_string(scene.place.path().join("plan.yaml")).unwrap().contains("improve-"));
    scene.end();
}

#[test]
fn no_more_are_open_or_made_in_a_day_than_may_be_and_then_an_alert_says_so() {
    let scene = Scene::new(
        "agents: {heartbeat: 2s}\nimprovement:\n  max_open: 1\n  per_day: 2\n  find: {tests: test -e a, hardening: test -e b, optimization: test -e c}\n  \
         run: {tests: touch a, hardening: touch b, optimization: touch c}\n",
    );
    scene.tells("0 of at least 3 work: limit improvement.per_day: 2 of 2 were made within a day");
    let alert = until("an alert is raised", || scene.alerts().pop());
    // Where the machine is slow, the limit that was met first may have been told before.
    let detail = alert["detail"].as_str().unwrap();
    assert!(alert["level"] == "L2" && detail.contains("limit improvement."), "{alert}");
    let steps = |kind: &str| scene.events(kind, |task| task["kind"] == "improvement").len();
    assert_eq!((steps("task.created"), steps("task.completed")), (2, 2));
    let all = scene.said(&["events", "--json"]);
    let order = all.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let order = order.filter(|event| event["data"]["kind"] == "improvement").map(|event| event["kind"].clone());
    let order: Vec<_> = order.filter(|kind| kind == "task.created" || kind == "task.completed").collect();
    assert_eq!(order, ["task.created", "task.completed", "task.created", "task.completed"], "one at a time");
    scene.end();
}

#[test]
fn a_shell_without_commands_is_alerted_once_and_one_that_is_to_end_not_at_all() {
    let scene = Scene::new("agents: {heartbeat: 2s}\n");
    let alert = until("an alert is raised", || scene.alerts().pop());
    assert!(alert["detail"].as_str().unwrap().contains("`improvement.find` and `improvement.run`"), "{alert}");
    scene.tells("0 of at least 3 work: improvement of site lacks");
    assert!(scene.said(&["status", "--json"]).contains("\"below_min\""));
    assert_eq!(scene.alerts().len(), 1);
    scene.end();
    let place = Place::with_plan(PLAN);
    std::fs::write(place.path().join("go.yaml"), "improvement: {run: {tests: echo more >> trace}}\n").unwrap();
    let (status, said) = place.up(&["--exit-when-done"]).end();
    assert_eq!((status.code(), place.lines("trace")), (Some(0), vec![]), "{}", said.join("\n"));
}
