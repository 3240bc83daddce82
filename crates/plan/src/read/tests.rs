//! Every kind of mistake, with its place.

use std::fs;
use std::path::Path;

use proptest::prelude::*;

use go_bus_api::DriverKind;

use crate::{Diagnostic, Plan};

fn mistakes(text: &str) -> Vec<String> {
    Plan::parse("plan.yaml", text).err().into_iter().flatten().map(|mistake| mistake.to_string()).collect()
}

/// The mistakes of a ticket `A` with these further keys, each on line 5.
fn of_ticket(keys: &str) -> Vec<String> {
    let text = format!("version: 1\nprojects:\n- id: p\n  tickets:\n  - {{id: A, title: t, {keys}}}\n");
    mistakes(&text).into_iter().map(|mistake| mistake.trim_start_matches("plan.yaml:").to_owned()).collect()
}

fn fixture(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/plans").join(name)).unwrap()
}

#[test]
fn a_project_a_host_and_a_user_say_what_runs_their_orchestrators() {
    let text = "projects: [{id: p, po: {driver: claude}}, {id: q}]\nhosts: [{id: h, ho: {driver: shell}}]\n\
                users: [{id: u, io: {driver: command}}, {id: v, io: }]";
    let plan = Plan::parse("plan.yaml", text).unwrap();
    let pos: Vec<_> = plan.projects.iter().map(|project| project.po).collect();
    assert_eq!(pos, [Some(DriverKind::Claude), None]);
    assert_eq!(plan.hosts[0].ho, Some(DriverKind::Shell));
    assert_eq!(plan.users.iter().map(|user| user.io).collect::<Vec<_>>(), [Some(DriverKind::Command), None]);
    let wrong = "projects: [{id: p, po: claude}, {id: q, po: {drvier: claude}}, {id: r, po: {driver: cobol}}]";
    let told: Vec<String> = Plan::parse("plan.yaml", wrong).unwrap_err().iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(
        told[0].contains("an orchestrator is a mapping of") && told[1].contains("did you mean `driver`?"),
        "{told:?}"
    );
    assert!(told[2].contains("`driver`: "), "{told:?}");
}

#[test]
fn six_kinds_of_mistake_are_named_in_one_run() {
    let expected = fixture("broken/six-mistakes.expected");
    let found = mistakes(&fixture("broken/six-mistakes.yaml")).join("\n");
    assert_eq!(found.trim(), expected.trim());
}

#[test]
fn a_plan_needs_no_tickets_no_hosts_and_no_version() {
    for text in ["projects: []", "version: 1", "projects:\n- id: p\n", "{projects: null}", "x-shared: &a 1\nprojects:"]
    {
        assert_eq!(mistakes(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn what_is_no_plan_at_all_is_said_at_its_first_place() {
    assert_eq!(mistakes(""), ["plan.yaml:1:1: the plan is empty: it needs `projects`"]);
    assert_eq!(mistakes("# nothing\n").len(), 1);
    assert_eq!(
        mistakes("- a\n"),
        ["plan.yaml:1:1: a plan is a mapping of version, projects, hosts or users, this is a list"]
    );
    assert!(mistakes("projects: [\n").concat().contains("this is not YAML"));
    assert_eq!(mistakes("version: 2"), ["plan.yaml:1:10: `version`: this GO reads plans of version 1"]);
}

#[test]
fn a_syntax_error_stops_at_its_own_line() {
    let found = mistakes("projects:\n- id: p\n  nme: x\n tickets: []\nhosts: 3\n");
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found.concat().starts_with("plan.yaml:4:"), "{found:?}");
}

#[test]
fn unknown_keys_come_with_the_nearest_known_one() {
    assert_eq!(of_ticket("titel: x"), ["5:23: a ticket has no key `titel`, did you mean `title`?"]);
    assert_eq!(of_ticket("colour: x"), ["5:23: a ticket has no key `colour`"]);
}

#[test]
fn missing_keys_are_missed_where_the_mapping_stands() {
    let text = "projects:\n- tickets:\n  - id: A\n  - {title: t}\nhosts:\n- slots: 1\nusers: [{}]\n";
    assert_eq!(
        mistakes(text),
        [
            "plan.yaml:2:3: a project needs `id`",
            "plan.yaml:3:5: a ticket needs `title`",
            "plan.yaml:4:5: a ticket needs `id`",
            "plan.yaml:6:3: a host needs `id`",
            "plan.yaml:7:9: a user needs `id`",
        ]
    );
}

#[test]
fn bad_values_say_what_is_allowed() {
    for (keys, message) in [
        ("status: dnoe", "did you mean `done`?"),
        ("priority: p9", "p0, p1, p2 or p3 are allowed"),
        ("timeout: 30", "write a number and a unit, such as 90s, 30m, 2h or 1d"),
        ("timeout: 5 parsecs", "is not a duration"),
        ("estimate_minutes: soon", "a whole number from 1 to 1000000"),
        ("max_attempts: 0", "a whole number from 1 to 1000"),
        ("max_attempts: '3'", "a whole number"),
        ("verify: make test", "a list is wanted here"),
        ("verify: [[x]]", "text is wanted here, this is a list"),
        ("depends_on: [a b]", "an id may hold letters"),
        ("labels: {a: b}", "a list is wanted here, this is a mapping"),
        ("run: {a: b}", "text is wanted here"),
        ("host: ../etc", "an id may hold letters"),
        ("kind: Feature", "did you mean `feature`?"),
        ("kind: feautre", "did you mean `feature`?"),
        ("sprint: [x]", "an id is wanted here"),
    ] {
        let found = of_ticket(keys);
        assert!(found.iter().any(|mistake| mistake.contains(message)), "{keys}: {found:?}");
        assert!(found.iter().all(|mistake| mistake.starts_with("5:")), "{keys}: {found:?}");
    }
    let project =
        "projects: [{id: p, weight: 0, budget_usd: -1, state: idle, driver: cobol}]\nhosts: [{id: h, slots: 1000000}]";
    assert_eq!(mistakes(project).len(), 5, "{:?}", mistakes(project));
}

#[test]
fn null_is_absent_and_any_word_is_a_kind() {
    assert_eq!(of_ticket("labels: , status: ~, result: null, verify: null, kind: gardening"), Vec::<String>::new());
}

#[test]
fn an_id_is_taken_once_across_projects_hosts_and_users() {
    let text = "projects:\n- {id: p, tickets: [{id: A, title: t}]}\n- {id: q, tickets: [{id: A, title: t}]}\nhosts:\n- {id: p, slots: 1}\n";
    assert_eq!(
        mistakes(text),
        [
            "plan.yaml:3:26: the id `A` is taken, it stands first in line 2",
            "plan.yaml:5:8: the id `p` is taken, it stands first in line 2",
        ]
    );
}

#[test]
fn unknown_dependencies_and_hosts_are_named_and_mistaken_tickets_are_not_unknown() {
    assert_eq!(
        of_ticket("depends_on: [B], host: h"),
        ["5:36: there is no ticket `B` to depend on", "5:46: there is no host `h` in `hosts`",]
    );
    assert!(of_ticket("depends_on: [p]").concat().contains("there is no ticket `p`"));
    assert_eq!(of_ticket("host: localhost"), Vec::<String>::new());
    let text = "projects: [{id: p, tickets: [{id: A, title: t, depends_on: [B]}, {id: B}]}]";
    assert_eq!(mistakes(text).len(), 1, "{:?}", mistakes(text));
}

#[test]
fn a_cycle_is_printed_as_its_path_where_it_closes() {
    let ticket = |id: &str, on: &str| format!("  - {{id: {id}, title: t, depends_on: [{on}]}}\n");
    let text = format!("projects:\n- id: p\n  tickets:\n{}{}{}", ticket("A", "B"), ticket("B", "C"), ticket("C", "A"));
    assert_eq!(mistakes(&text), ["plan.yaml:6:36: these tickets wait for each other: A → B → C → A"]);
    assert!(of_ticket("depends_on: [A]").concat().contains("A → A"));
}

#[test]
fn mistakes_are_sorted_by_place() {
    let found =
        Plan::parse("f", "hosts: 3\nprojects:\n- {id: p, tickets: [{id: A}], nme: x}\nversion: 9\n").unwrap_err();
    let places: Vec<_> = found.iter().map(|Diagnostic { line, column, .. }| (*line, *column)).collect();
    assert!(places.is_sorted() && places.len() == 4, "{found:?}");
}

#[test]
fn tickets_may_share_by_merge_keys() {
    let text = "x-base: &base {kind: chore, priority: p0, verify: [make test]}\nprojects:\n- id: p\n  tickets:\n  - {<<: *base, id: A, title: t, priority: p3}\n";
    let plan = Plan::parse("f", text).unwrap();
    let ticket = &plan.projects[0].tickets[0];
    assert_eq!((ticket.priority.as_str(), ticket.verify.len()), ("p3", 1));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_it_panic(
        text in "(projects|hosts|users|tickets|id|title|depends_on|status|<<|&a|\\*a|labels|A|[-:,\\[\\]{}\"'#|!] ?|\n {0,6}|ü){0,40}"
    ) {
        for mistake in Plan::parse("f", &text).err().into_iter().flatten() {
            prop_assert!(mistake.line >= 1 && mistake.column >= 1 && !mistake.message.is_empty());
        }
    }
}

/// The mistakes of a project with these further lines, the first of them on line 3.
fn of_project(lines: &str) -> Vec<String> {
    let text = format!("projects:\n- id: p\n{lines}");
    mistakes(&text).into_iter().map(|mistake| mistake.trim_start_matches("plan.yaml:").to_owned()).collect()
}

#[test]
fn a_project_tells_of_its_working_folders() {
    let lines = "  deliver: branch\n  branch: main\n  copy: [.env, \"conf/*.toml\"]\n  setup: [npm ci]\n  env: {PORT: 8080}\n  teardown: [make down]\n";
    let plan = Plan::parse("p", &format!("projects:\n- id: p\n{lines}")).unwrap();
    let workplace = plan.projects[0].workplace.clone().unwrap();
    let told = serde_json::to_value(&workplace).unwrap();
    let expected = serde_json::json!({"deliver": "branch", "onto": "main", "copy": [".env", "conf/*.toml"], "setup": ["npm ci"],
        "env": {"PORT": "8080"}, "teardown": ["make down"]});
    assert_eq!(told, expected);
    assert_eq!(Plan::parse("p", "projects: [{id: p}]").unwrap().projects[0].workplace, None);
    assert!(Plan::parse("p", "projects: [{id: p, deliver: merge}]").unwrap().projects[0].workplace.is_some());
}

#[test]
fn mistakes_about_working_folders_have_their_places() {
    for (lines, wanted) in [
        ("  deliver: marge\n", "3:12: `deliver`: \"marge\" is not a way to deliver: "),
        ("  branch: -f\n", "3:11: `branch`: \"-f\" is no branch's name"),
        ("  copy: [.env, ../secret]\n", "3:16: `copy`: a path inside the repo is wanted here"),
        ("  copy: [/etc/passwd]\n", "3:10: `copy`: a path inside the repo is wanted here"),
        ("  env: [A]\n", "3:8: `env`: a mapping is wanted here, this is a list"),
        ("  env:\n    2ND: x\n", "4:5: `env`: \"2ND\" is no variable's name"),
        ("  env:\n    XIO_TOKEN: x\n", "4:5: `env`: XIO_TOKEN is GO's own"),
    ] {
        let found = of_project(lines);
        assert!(found.len() == 1 && found[0].starts_with(wanted), "{lines}: {found:?}");
    }
}
