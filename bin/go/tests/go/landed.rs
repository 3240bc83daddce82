//! Agents that work in folders of their own, from `go up` to the upstream's branch: done means landed.

use serde_json::Value;

use crate::place::{Place, Running, code, err, out};

/// The agent, and what makes the folder that it works in.
const AGENT: &str = include_str!("landed/agent.sh");
const SCENE: &str = include_str!("landed/scene.sh");

/// A plan that ran to its end; its Bus is up again, to be read.
struct Past {
    place: Place,
    url: String,
    said: String,
    _bus: Running,
}

impl Past {
    /// The past of these tickets, all of which ended well.
    fn of(tickets: &str) -> Self {
        let place = Place::new();
        std::fs::write(place.path().join("agent.sh"), AGENT).unwrap();
        let (made, said) = place.start_by(SCENE, &[]).end();
        assert!(made.success(), "{}", said.join("\n"));
        let repo = place.path().join("site").display().to_string();
        let plan = format!(
            "version: 1\nprojects:\n  - id: site\n    driver: command\n    repo: {repo}\n    tickets:\n{tickets}hosts:\n  - {{id: h1, slots: 4}}\n"
        );
        std::fs::write(place.path().join("plan.yaml"), plan).unwrap();
        let (status, said) = place.up(&["--exit-when-done"]).end();
        let said = said.join("\n");
        assert_eq!(status.code(), Some(0), "{said}");
        assert_eq!(place.processes(), Vec::<String>::new());
        let mut bus = place.start(&["bus", "serve", "--listen", "127.0.0.1:0"]);
        let url = bus.url();
        Self { place, url, said, _bus: bus }
    }

    fn trace(&self, name: &str) -> String {
        self.place.lines(&format!("trace/{name}")).join("\n")
    }

    fn read(&self, arguments: &[&str]) -> Vec<Value> {
        let output = self.place.go(&[arguments, &["--json", "--bus-url", &self.url]].concat());
        assert_eq!(code(&output), 0, "{arguments:?}: {}", err(&output));
        let text = out(&output);
        serde_json::from_str(&text)
            .unwrap_or_else(|_| text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
    }

    /// A task as it ended.
    fn task(&self, id: &str) -> Value {
        self.read(&["tasks"]).into_iter().find(|task| task["id"] == id).unwrap_or_else(|| panic!("{}", self.said))
    }

    /// What git answers in a folder of the place.
    fn git(&self, folder: &str, words: &str) -> Vec<String> {
        let (status, said) = self.place.start_by(&format!("cd {folder} && git {words}"), &[]).end();
        assert!(status.success(), "git {words}: {}", said.join("\n"));
        said
    }

    /// Commit and task of everything that landed on the upstream's branch, oldest first.
    fn landed(&self) -> Vec<[String; 2]> {
        let log = self
            .git("upstream.git", "log --reverse --format='%H %(trailers:key=XIO-Task,valueonly,separator=%x20)' main");
        let fields =
            |line: &String| line.trim().split_once(' ').map(|(commit, task)| [commit, task].map(str::to_owned));
        log.iter().filter_map(fields).collect()
    }
}

#[test]
fn what_depends_on_a_ticket_starts_with_its_landed_code_and_done_means_landed() {
    let past = Past::of(
        "      - {id: T-1, title: One, kind: feature, verify: [test -s T-1.txt]}\n      \
         - {id: T-2, title: Two, kind: feature, depends_on: [T-1], verify: [test -s T-1.txt && grep -q two T-2.txt]}\n",
    );
    assert_eq!(past.trace("runs"), "T-1 1 on begin resumed nothing\nT-2 1 on One resumed nothing");
    let landed = past.landed();
    assert_eq!(landed.iter().map(|[_, task]| task.as_str()).collect::<Vec<_>>(), ["T-1", "T-2"]);
    for [commit, task] in &landed {
        let known = past.task(task);
        assert_eq!(
            (known["state"].as_str(), known["landed"]["commit"].as_str()),
            (Some("done"), Some(commit.as_str()))
        );
        assert_eq!(known["attempt"], 1);
        let seen = past.trace(&format!("{task}.seen"));
        assert!(
            seen.starts_with(known["landing"]["commit"].as_str().unwrap()),
            "its reviewer looks at what was delivered: {seen}"
        );
        let told = past.trace(&format!("{task}.review"));
        let base = known["landing"]["base"].as_str().unwrap();
        assert!(told.contains(&format!("git diff {base}")), "it is told what has changed since {base}: {told}");
    }
    let told = |part: &str| past.said.find(part).unwrap_or_else(|| panic!("{part:?} is missing in {}", past.said));
    assert!(told("T-1 delivered, waits for its review") < told("land-T-1-1 started"));
    assert!(told("land-T-1-1 done") < told(" T-1 done") && told(" T-1 done") < told("T-2 started"));
    assert_eq!(past.git("site", "worktree list").len(), 1, "no working folder is left");
    assert_eq!(past.git("upstream.git", "for-each-ref --format='%(refname)'"), ["refs/heads/main"]);
    assert_eq!(past.git("site", "for-each-ref --format='%(refname)' refs/heads refs/xio"), ["refs/heads/main"]);
}

#[test]
fn a_claim_without_a_change_fails_and_a_conflict_goes_back_to_its_owner_s_conversation() {
    let past = Past::of(
        "      - {id: T-3, title: Three, kind: chore}\n      \
         - {id: T-4, title: Four, kind: chore, verify: [test -s T-4.txt]}\n      \
         - {id: T-5, title: Five, kind: chore, verify: [test -s T-5.txt]}\n",
    );
    let runs = past.place.lines("trace/runs");
    for run in ["T-3 2 on begin resumed c-T-3", "T-4 2 on Work on T-4 resumed c-T-4"] {
        assert!(runs.iter().any(|line| line == run), "{run} is missing in {runs:#?}");
    }
    assert!(past.said.contains("T-3 failed: it claims success and changed nothing"), "{}", past.said);
    assert!(past.said.contains("T-5 delivered, waits to land"), "{}", past.said);
    let counts = |task: &str| {
        ["attempt", "failures", "landing_failures"].map(|field| past.task(task)[field].as_u64().unwrap_or_default())
    };
    assert_eq!([counts("T-3"), counts("T-4"), counts("T-5")], [[2, 1, 0], [2, 0, 1], [1, 0, 0]]);
    let told = past.trace("T-4.2");
    for part in ["it conflicts with what has landed", "README", "hello from five", "hello from four", "git merge "] {
        assert!(told.contains(part), "{part:?} is missing in {told}");
    }
    assert_eq!(past.git("upstream.git", "show main:README"), ["hello from five and four"]);
    let landed: Vec<_> = past.landed().into_iter().map(|[_, task]| task).collect();
    let at = |task: &str| landed.iter().position(|landed| landed == task);
    assert!(landed.len() == 3 && at("T-3").is_some() && at("T-5") < at("T-4"), "{landed:?}");
    let spent = past.read(&["costs"]);
    assert!(format!("{spent:?}").contains("0.066"), "five runs at 0.0132 each: {spent:?}");
}
