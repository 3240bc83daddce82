//! Work in flight that collides, from `go up` to the upstream's branch; and `go why`, from its lines back to who brought them.

use serde_json::Value;

use crate::place::{Place, Running, code, err, out, until};

const AGENT: &str = include_str!("collisions/agent.sh");
/// A bare upstream and a clone of it.
const SCENE: &str = r#"
set -e
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
git init -q -b main --bare upstream.git; git clone -q upstream.git site 2>/dev/null; cd site
git config user.name P; git config user.email p@example.org
git checkout -q -B main; seq 3 > README; git add README; git commit -q -m begin; git push -q -u origin main; cd ..
mkdir trace; mkfifo trace/release
cat > go.yaml <<YAML
drivers:
  command: {run: "env TRACE=$PWD/trace sh $PWD/agent.sh {role} {task} '{reviewed}'"}
review: {integration_every: 0}
improvement: {enabled: false}
agents: {min: 1}
YAML
"#;

/// A place with an upstream, and a plan of these tickets.
fn scene(tickets: &str) -> Place {
    let place = Place::new();
    std::fs::write(place.path().join("agent.sh"), AGENT).unwrap();
    let (made, said) = place.start_by(SCENE, &[]).end();
    assert!(made.success(), "{}", said.join("\n"));
    let repo = place.path().join("site").display().to_string();
    let plan = format!(
        "version: 1\nprojects:\n  - id: site\n    driver: command\n    repo: {repo}\n    tickets:\n{tickets}hosts:\n  \
         - {{id: h1, slots: 4}}\n  - {{id: h2, slots: 4}}\n"
    );
    std::fs::write(place.path().join("plan.yaml"), plan).unwrap();
    place
}

/// A ticket that changes the README.
fn greets(id: &str, more: &str) -> String {
    // More verifications than a landing's command may be long.
    let long = format!("\": {}\"", "x".repeat(4000));
    let verify = [&[format!("grep -q {id} README")][..], &vec![long; 5]].concat().join(", ");
    format!("      - {{id: {id}, title: Greet, kind: feature, max_attempts: 99, verify: [{verify}]{more}}}\n")
}

/// Waits until `go status --why TASK` says `part`; answers all that it says.
fn why(place: &Place, url: &str, task: &str, part: &str) -> String {
    until(part, || {
        let said = place.go(&["status", "--why", task, "--bus-url", url]);
        Some(out(&said)).filter(|said| said.contains(part))
    })
}

#[test]
fn what_collides_is_shown_lands_in_an_order_and_leads_back_to_who_brought_it() {
    let place = scene(&[greets("C-1", ""), greets("C-2", "")].concat());
    let mut fleet = place.up(&["--exit-when-done"]);
    let url = fleet.url();
    // Its reviewer works until it is told to end: as many as should.
    why(&place, &url, "C-1", "C-1 is in_review: review ");
    why(&place, &url, "C-1", " is in_progress: attempt 1 ");
    let waits = why(&place, &url, "C-2", "C-1 is at work on the same lines: it starts once that has landed");
    assert!(waits.contains("collides with C-1 (README)"), "{waits}");
    let runs = place.lines("trace/runs");
    let shown = out(&place.go(&["status", "--bus-url", &url]));
    assert!(shown.contains("collides with C-2 (README)") && shown.contains("collides with C-1 (README)"), "{shown}");
    let told = place.go(&["status", "--why", "C-1", "--bus-url", &url]);
    assert!(out(&told).starts_with("C-1 is in_review: ") && out(&told).contains("collides with C-2"), "{}", out(&told));
    assert_eq!(place.lines("trace/runs"), runs, "it is held back");
    std::fs::write(place.path().join("trace/release"), "now\n").unwrap();
    let (status, said) = fleet.end();
    assert_eq!(status.code(), Some(0), "{}", said.join("\n"));
    let (_, landed) = place
        .start_by("cd site && git log --format='%(trailers:key=XIO-Task,valueonly,separator=%x20)' main", &[])
        .end();
    assert_eq!(landed, ["C-2", "C-1", ""]);
    assert_eq!(place.lines("site/README"), ["hello from C-1 and C-2"]);
    leads_back(&place);
}

#[test]
fn a_landing_goes_to_another_host_where_its_own_is_drained() {
    let place = scene(&greets("C-1", ", host: h1"));
    let mut fleet = place.up(&["--exit-when-done"]);
    let url = fleet.url();
    // Its review is pinned to the same host, which has to have begun it by then.
    until("its review", || place.path().join("trace/reviews").exists().then_some(()));
    let drained = place.go(&["drain", "h1", "--bus-url", &url]);
    assert_eq!(code(&drained), 0, "{}", err(&drained));
    std::fs::write(place.path().join("trace/release"), "now\n").unwrap();
    let (status, said) = fleet.end();
    assert_eq!(status.code(), Some(0), "{}", said.join("\n"));
    let mut bus: Running = place.start(&["bus", "serve", "--listen", "127.0.0.1:0"]);
    let tasks = place.go(&["tasks", "--json", "--bus-url", &bus.url()]);
    let tasks: Vec<Value> = serde_json::from_str(&out(&tasks)).unwrap();
    let task = |id: &str| tasks.iter().find(|task| task["id"] == id).unwrap();
    assert_eq!((&task("C-1")["landing"]["host"], &task("C-1")["state"]), (&"h1".into(), &"done".into()));
    let landing = task("land-C-1-1");
    assert_eq!((&landing["host"], &landing["state"]), (&"h2".into(), &"done".into()), "{landing}");
    assert_eq!(landing["builders"].as_array().map(Vec::len), Some(1), "{landing}");
    let (_, landed) = place.start_by("git -C upstream.git show main:README", &[]).end();
    assert_eq!(landed, ["hello from C-1"]);
}

/// The lines that landed lead to their ticket.
fn leads_back(place: &Place) {
    let mut bus: Running = place.start(&["bus", "serve", "--listen", "127.0.0.1:0"]);
    let url = bus.url();
    let asked = place.go(&["why", "site/README:1", "--json", "--bus-url", &url]);
    assert_eq!(code(&asked), 0, "{}", err(&asked));
    let record: Value = serde_json::from_str(&out(&asked)).unwrap();
    assert_eq!((&record["task"], &record["ticket"]["title"]), (&"C-2".into(), &"Greet".into()), "{record}");
    let builders = record["ticket"]["builders"].as_array().unwrap();
    let last = builders.last().unwrap();
    assert_eq!((&last["attempt"], &last["driver"]), (&record["attempt"], &"command".into()), "{record}");
    assert_eq!((&record["agent"], last["prompt_sha256"].as_str().map(str::len)), (&last["id"], Some(64)), "{record}");
    let review = &record["ticket"]["reviews"][0];
    assert_eq!(review["verdict"], "approved: it reads well", "{record}");
    assert_eq!(review["reviewers"][0]["role"], "reviewer", "{record}");
    let spent = 0.25 * f64::from(u32::try_from(builders.len() + 1).unwrap());
    assert_eq!(record["ticket"]["usd"].as_str().unwrap().parse::<f64>().unwrap(), spent, "{record}");
    let asked = place.go(&["why", "site/README:1", "--bus-url", &url]);
    let text = out(&asked);
    for part in [
        "site/README:1 landed with C-2, attempt ",
        "ticket    Greet (project site, done)",
        "prompt ",
        "approved: it reads well; reviewer ",
    ] {
        assert!(text.contains(part), "{part:?} is missing in {text}");
    }
}

/// A repo with a line that GO landed, one of a person's, and one that is not committed.
const REPO: &str = r#"
set -e
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
git init -q -b main repo; cd repo; git config user.name Person; git config user.email p@example.org
mkdir src; seq 2 > src/a.txt; git add .; git commit -q -m 'By hand'
printf '1\n2\nthree\n' > src/a.txt
git commit -q -a -m 'Count on' -m "XIO-Task: T-3
XIO-Attempt: 2
XIO-Agent: a-7"
echo four >> src/a.txt; echo new > new
"#;

#[test]
fn without_the_bus_a_line_leads_as_far_as_git_knows_and_where_there_is_none_that_is_said() {
    let place = Place::new();
    assert!(place.start_by(REPO, &[]).end().0.success());
    let ask = |folder: &str, line: &str, more: &[&str]| {
        let asked = place.go_in(folder, &[&["why", line, "--bus-url", "http://127.0.0.1:1"], more].concat());
        (code(&asked), out(&asked), err(&asked))
    };
    let (ended, said, told) = ask("", "repo/src/a.txt:3", &[]);
    assert_eq!(ended, 3, "{told}");
    assert!(said.starts_with("repo/src/a.txt:3 landed with T-3, attempt 2\ncommit    "), "{said}");
    assert!(said.contains("Count on, by Person <p@example.org>, ") && said.contains("built by  a-7\n"), "{said}");
    assert!(said.contains("the Bus could not be asked") && told.contains("go up"), "{said}{told}");
    let (ended, said, _) = ask("repo/src", "a.txt:3", &["--json"]);
    let record: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(
        (ended, &record["task"], &record["attempt"], &record["ticket"]),
        (3, &"T-3".into(), &2.into(), &Value::Null)
    );
    assert!(record["bus"].is_string(), "{record}");

    let (ended, said, _) = ask("repo", "src/a.txt:1", &[]);
    assert_eq!(ended, 0, "{said}");
    assert!(
        said.starts_with("src/a.txt:1 was not landed by GO\ncommit    ") && said.contains("By hand, by Person"),
        "{said}"
    );
    for (line, ended, words) in [
        ("src/a.txt:4", 1, "is not committed yet"),
        ("new:1", 1, "is not committed yet"),
        ("src/a.txt:5", 1, "has 4 lines, and no line 5"),
        ("src/gone:1", 1, "there is no file src/gone"),
        ("src/a.txt", 2, "write FILE:LINE"),
        ("src/a.txt:0", 2, "write FILE:LINE"),
    ] {
        let (code, said, told) = ask("repo", line, &[]);
        assert!(said.is_empty() && told.contains(words), "{line}: {said}{told}");
        assert_eq!(code, ended, "{line}: {told}");
    }
}
