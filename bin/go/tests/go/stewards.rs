//! Rules, templates and skills, from the files to the agents: prompts, what is run at activation, changes, and mistakes (R5, R14, R26, R32).

use std::fs;

use go_steward::Version;

use crate::place::{Place, code, err, out, until};

/// Where the files lie.
const SETTINGS: &str = "\
paths:
  rules: rules
  templates: templates/TEMPLATE_REGISTRY.yaml
  skills: skills/SKILL_REGISTRY.yaml
  blueprint: blueprint
  memory: memory
";

/// A ticket that needs what the bootstrap skill makes.
const PLAN: &str = "\
version: 1
projects:
  - id: site
    tickets:
      - {id: T-1, title: A page, kind: chore, run: cp made page && cp \"$XIO_PROMPT_FILE\" prompt.md, verify: [test -s page]}
";

/// A place with all of the stewards' files.
fn house() -> Place {
    let place = Place::with_plan(PLAN);
    write(&place, "go.yaml", SETTINGS);
    write(&place, "rules/RULE_context_rotation.md", "# Rotation\nWrite down what you know.\n");
    write(&place, "rules/RULE_style.md", "---\nroles: [worker]\n---\n# Style\nBe brief.\n");
    write(&place, "templates/TEMPLATE_REGISTRY.yaml", "templates:\n  - {id: terse, roles: worker, file: worker.md}\n");
    let terse =
        "Here is {{ identity }}.\n{{ mission }}\n{{ ticket }}\n{{ rules }}\n## Verification\n{{ verification }}\n";
    write(&place, "templates/worker.md", terse);
    write(
        &place,
        "skills/SKILL_REGISTRY.yaml",
        "skills:\n  - {id: bootstrap, file: bootstrap/SKILL.md, roles: [ho]}\n",
    );
    skill(&place, "echo once >> ../../runs && echo made > ../../made");
    place
}

fn write(place: &Place, name: &str, text: &str) {
    let path = place.path().join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// Makes the bootstrap skill run this.
fn skill(place: &Place, run: &str) {
    let text = format!("---\nname: bootstrap\ndescription: Gets the host ready\nrun: {run}\n---\n# Bootstrap\n");
    write(place, "skills/bootstrap/SKILL.md", &text);
}

fn prompt(place: &Place, arguments: &[&str]) -> String {
    let output = place.go(&[&["prompt", "show"], arguments].concat());
    assert_eq!(code(&output), 0, "{}", err(&output));
    out(&output)
}

#[test]
fn on_a_fresh_machine_a_prompt_is_as_built_in() {
    let place = Place::with_plan(PLAN);
    let po = prompt(&place, &["po"]);
    for part in [
        "# You are the PO, the Project Orchestrator of project site\n",
        "\n## Verification\n",
        "\n## Context rotation\n",
    ] {
        assert!(po.contains(part), "{part} is missing in\n{po}");
    }
    let worker = prompt(&place, &["worker", "--ticket", "T-1"]);
    assert!(worker.contains("T-1: A page") && worker.contains("- `test -s page`"), "{worker}");
    assert!(!worker.contains("Context rotation"));
    assert!(prompt(&place, &["reviewer"]).contains("Review what was delivered for the ticket T-1"));
}

#[test]
fn a_prompt_has_the_rules_skills_and_state_files_of_its_role_in_its_own_layout() {
    let place = house();
    write(&place, "blueprint/01.md", "# A\n");
    let po = prompt(&place, &["po"]);
    assert!(po.contains("### Rotation\nWrite down what you know.") && !po.contains("Be brief."), "{po}");
    assert!(po.contains(&format!("- the blueprint: {}", place.path().join("blueprint").display())), "{po}");
    let worker = prompt(&place, &["worker"]);
    assert!(worker.starts_with("Here is a worker of project site.\n"), "{worker}");
    assert!(worker.contains("### Style\nBe brief.") && !worker.contains("Write down"), "{worker}");
    let ho = prompt(&place, &["ho"]);
    assert!(ho.contains("SKILL.md): Gets the host ready"), "{ho}");
}

#[test]
fn every_mistake_is_named_at_once_and_nothing_is_started() {
    let place = house();
    write(&place, "rules/RULE_style.md", "Be brief.\n");
    write(&place, "templates/worker.md", "{{ mission }}\n  {{ tiket }}\n");
    for command in [vec!["prompt", "show", "po"], vec!["up", "--listen", "127.0.0.1:0"]] {
        let output = place.go(&command);
        assert_eq!((code(&output), out(&output)), (2, String::new()));
        let said = err(&output);
        assert!(said.contains("rules/RULE_style.md:1:1: a rule begins with a heading"), "{said}");
        assert!(said.contains("templates/worker.md:2:6: `tiket` is no variable, did you mean `ticket`?"), "{said}");
    }
    assert!(!place.path().join(".go/bus.db").exists());
}

#[test]
fn a_ticket_that_there_is_not_is_2() {
    let output = Place::with_plan(PLAN).go(&["prompt", "show", "worker", "--ticket", "T-9"]);
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("the plan has no ticket T-9"), "{}", err(&output));
}

#[test]
fn the_bootstrap_skill_is_done_before_anything_starts_and_once() {
    let place = house();
    let (status, said) = place.up(&["--exit-when-done"]).end();
    assert_eq!(status.code(), Some(0), "{}", said.join("\n"));
    assert_eq!(place.lines("page"), ["made"]);
    assert!(
        place.lines("prompt.md").contains(&"Be brief.".to_owned()),
        "what a worker got: {:?}",
        place.lines("prompt.md")
    );
    let (status, said) = place.up(&["--exit-when-done"]).end();
    assert_eq!(status.code(), Some(0), "{}", said.join("\n"));
    assert_eq!(place.lines("runs"), ["once"], "a successor runs it again only where it or the boot is another");
}

#[test]
fn a_failed_bootstrap_stops_activation_and_is_run_anew_by_the_next_one() {
    let place = house();
    skill(&place, "test -e ../../mended && echo made > ../../made");
    let failed = place.go(&["up", "--listen", "127.0.0.1:0", "--exit-when-done"]);
    assert_eq!(code(&failed), 1, "{}\n{}", out(&failed), err(&failed));
    let said = err(&failed);
    assert!(said.contains("the bootstrap skill failed, so nothing was started: task skill-bootstrap-"), "{said}");
    assert!(said.contains("exited 1") && said.contains("run anew"), "{said}");
    assert!(!place.path().join("page").exists());
    write(&place, "mended", "");
    let (status, said) = place.up(&["--exit-when-done"]).end();
    assert_eq!((status.code(), place.lines("page")), (Some(0), vec!["made".to_owned()]), "{}", said.join("\n"));
}

/// The audit log's changes of a file: the hashes before and after, oldest first.
fn changes(place: &Place, url: &str, file: &str) -> Vec<(Option<String>, Option<String>)> {
    let output = place.go(&["audit", "--action", "config.change", "--json", "--bus-url", url]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    let entries: Vec<serde_json::Value> =
        out(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mine = entries.iter().filter(|entry| entry["subject"].as_str().unwrap().ends_with(file));
    let hash = |value: &serde_json::Value| value.as_str().map(str::to_owned);
    mine.map(|entry| (hash(&entry["detail"]["old"]), hash(&entry["detail"]["new"]))).collect()
}

/// Waits until the audit log has this many changes of a file.
fn wait_for_changes(place: &Place, url: &str, file: &str, count: usize) -> Vec<(Option<String>, Option<String>)> {
    until("the change is in the audit log", || {
        let found = changes(place, url, file);
        (found.len() >= count).then_some(found)
    })
}

#[test]
fn a_change_is_audited_and_reaches_the_next_spawn_and_a_broken_one_changes_nothing() {
    let place = house();
    // The first attempt is spawned before the change and fails for it; the next one finds the new rule in its prompt.
    let plan = r#"version: 1
projects:
  - id: site
    tickets:
      - id: T-1
        title: A page
        kind: chore
        run: until test -e changed; do sleep 0.02; done; grep -q "Be kind" "$XIO_PROMPT_FILE"
"#;
    write(&place, "plan.yaml", plan);
    let mut up = place.up(&["--exit-when-done"]);
    let url = up.url();
    let hash = |text: &str| Some(Version::of(text.as_bytes()).to_string());
    let (old, new) = ("---\nroles: [worker]\n---\n# Style\nBe brief.\n", "# Style\nBe kind.\n");
    assert_eq!(wait_for_changes(&place, &url, "RULE_style.md", 1), [(None, hash(old))]);
    write(&place, "rules/RULE_style.md", "broken");
    write(&place, "rules/RULE_style.md", new);
    let known = wait_for_changes(&place, &url, "RULE_style.md", 2);
    assert_eq!(known, [(None, hash(old)), (hash(old), hash(new))], "the broken version never was in effect");
    write(&place, "changed", "");
    let (status, said) = up.end();
    assert_eq!(status.code(), Some(0), "{}", said.join("\n"));
}
