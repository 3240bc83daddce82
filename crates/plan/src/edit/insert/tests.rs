//! A ticket into plans of every style: what is written where, what is refused, and that no other byte moves.

use go_bus_api::{Category, Millis, Model, ProjectId, TaskId, Text};
use proptest::prelude::*;

use super::{InsertError, insert_ticket};
use crate::edit::tests::plan_text;
use crate::{Plan, Ticket};

fn ticket(id: &str) -> Ticket {
    Ticket::new(TaskId::new(id).unwrap(), Text::new("New").unwrap())
}

fn insert(text: &str, ticket: &Ticket) -> Result<String, InsertError> {
    insert_ticket(text, &ProjectId::new("p").unwrap(), ticket)
}

/// The text after `new` went into it, which is a plan with that ticket and nothing else changed.
fn inserted(text: &str, new: &Ticket) -> String {
    let after = insert(text, new).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let mut expected = Plan::parse("before", text).unwrap();
    expected.projects.iter_mut().find(|project| project.id.as_str() == "p").unwrap().tickets.push(new.clone());
    assert_eq!(Plan::parse("after", &after).as_ref(), Ok(&expected), "{after}");
    after
}

#[test]
fn in_lists_by_indentation_it_is_written_as_its_neighbour_is() {
    for (before, after) in [
        ("  - id: A\n    title: a # c\n", "  - id: A\n    title: a # c\n  - id: NEW\n    title: New\n"),
        ("  - id: A\n    title: a", "  - id: A\n    title: a\n  - id: NEW\n    title: New"),
        ("- id: A\n  title: a\n", "- id: A\n  title: a\n- id: NEW\n  title: New\n"),
        ("  - {id: A, title: a} # c\n", "  - {id: A, title: a} # c\n  - {id: NEW, title: New}\n"),
        (
            "  - {\"id\": \"A\", \"title\": \"a\"}\n",
            "  - {\"id\": \"A\", \"title\": \"a\"}\n  - {\"id\": \"NEW\", \"title\": \"New\"}\n",
        ),
        (
            "  -\n    # of A\n    id: A\n    title: a\n    # later: b\n# end\n",
            "  -\n    # of A\n    id: A\n    title: a\n    # later: b\n  - id: NEW\n    title: New\n# end\n",
        ),
        (
            "  - id: A\n    title: a\n\n  - id: B\n    title: b\n\n",
            "  - id: A\n    title: a\n\n  - id: B\n    title: b\n\n  - id: NEW\n    title: New\n\n",
        ),
        (
            "  - id: A\n    title: a\n    description: |+\n      x\n\n\n",
            "  - id: A\n    title: a\n    description: |+\n      x\n\n\n  - id: NEW\n    title: New\n",
        ),
        (
            "  - title: a\n    id: A\n    run: >-\n      b\n\n      c\n",
            "  - title: a\n    id: A\n    run: >-\n      b\n\n      c\n  - id: NEW\n    title: New\n",
        ),
    ] {
        let plan = |tickets: &str| format!("projects:\n- id: p\n  tickets:\n{}", indented(tickets));
        assert_eq!(inserted(&plan(before), &ticket("NEW")), plan(after));
        let more = format!("{}\n- id: q # c\nhosts: []\n", plan(before).trim_end());
        assert!(inserted(&more, &ticket("NEW")).ends_with("\n- id: q # c\nhosts: []\n"));
        let crlf = plan(before).replace('\n', "\r\n");
        assert_eq!(inserted(&crlf, &ticket("NEW")), plan(after).replace('\n', "\r\n"));
    }
}

/// Deeper by two, but for comments at the margin and empty lines.
fn indented(text: &str) -> String {
    let line = |line: &str| {
        if line.trim().is_empty() || line.starts_with('#') { line.to_owned() } else { format!("  {line}") }
    };
    text.split_inclusive('\n').map(line).collect()
}

#[test]
fn in_brackets_in_an_empty_list_and_in_none() {
    for (before, after) in [
        ("{id: p, tickets: [{id: A, title: a}]}", "{id: p, tickets: [{id: A, title: a}, {id: NEW, title: New}]}"),
        ("{id: p, tickets: [{id: A, title: a},]}", "{id: p, tickets: [{id: A, title: a}, {id: NEW, title: New},]}"),
        (
            "{\"id\": \"p\", \"tickets\": [ {\"id\": \"A\", \"title\": \"a\"} ]}",
            "{\"id\": \"p\", \"tickets\": [ {\"id\": \"A\", \"title\": \"a\"}, {\"id\": \"NEW\", \"title\": \"New\"} ]}",
        ),
        (
            "{id: p, tickets: [\n    {id: A, title: a} # c\n  ]}",
            "{id: p, tickets: [\n    {id: A, title: a}, # c\n    {id: NEW, title: New}\n  ]}",
        ),
        (
            "{id: p, tickets: [\n    {id: A, title: a}, # c\n  ]}",
            "{id: p, tickets: [\n    {id: A, title: a}, # c\n    {id: NEW, title: New},\n  ]}",
        ),
        ("{id: p, tickets: [ ]}", "{id: p, tickets: [{id: NEW, title: New} ]}"),
        ("{id: p, tickets: }", "{id: p, tickets: [{id: NEW, title: New}] }"),
        ("{id: p, tickets: ~ }", "{id: p, tickets: [{id: NEW, title: New}] }"),
        ("{id: p}", "{id: p, tickets: [{id: NEW, title: New}]}"),
        ("id: p # c\n  name: x", "id: p # c\n  name: x\n  tickets:\n    - id: NEW\n      title: New"),
        ("id: p\n  tickets: # c\n  name: x", "id: p\n  tickets: # c\n    - id: NEW\n      title: New\n  name: x"),
        ("id: p\n  tickets: [] # c", "id: p\n  tickets: [{id: NEW, title: New}] # c"),
        ("id: p\n  tickets: null # c", "id: p\n  tickets: [{id: NEW, title: New}] # c"),
    ] {
        let plan = |project: &str| format!("projects:\n- {project}\n# end\n");
        assert_eq!(inserted(&plan(before), &ticket("NEW")), plan(after));
    }
    let json = "{\"projects\":[{\"id\":\"p\",\"tickets\":[]}]}";
    assert_eq!(inserted(json, &ticket("NEW")), json.replace("[]", "[{\"id\": \"NEW\", \"title\": \"New\"}]"));
}

#[test]
fn all_that_a_ticket_can_say_is_written() {
    let text = "projects: [{id: p, tickets: [{id: A, title: a}]}]\nhosts: [{id: h1}]\n";
    let full = Ticket {
        description: Text::new("Two\nlines: # and a \"word\"\t\\n").unwrap(),
        kind: Some(Category::Feature),
        priority: go_bus_api::Priority::P0,
        depends_on: vec![TaskId::new("A").unwrap()],
        labels: vec![Text::new("a b").unwrap(), Text::new("true").unwrap()],
        estimate_minutes: Some(20),
        timeout: Some(Millis(5_400_000)),
        max_attempts: 5,
        model: Some(Model(Text::new("opus").unwrap())),
        host: Some(go_bus_api::HostId::new("h1").unwrap()),
        capabilities: vec![Text::new("browser").unwrap()],
        run: Some(Text::new("echo \"it's\" > 'x'").unwrap()),
        verify: vec![Text::new("grep -q \"a\\b\" x").unwrap(), Text::new("[ 1 = 1 ]").unwrap()],
        review: Some(Text::new("make lint").unwrap()),
        ..ticket("N.1")
    };
    let after = inserted(text, &full);
    assert!(after.contains("verify: ['grep -q \"a\\b\" x', \"[ 1 = 1 ]\"]"), "{after}");
    assert!(after.contains("timeout: \"90m\""), "{after}");
}

#[test]
fn what_would_not_be_sound_is_refused_and_says_why() {
    let text = "projects: [{id: p, tickets: [{id: A, title: a}]}]";
    assert_eq!(insert(text, &ticket("A")), Err(InsertError::Exists(TaskId::new("A").unwrap())));
    let dependent = Ticket { depends_on: vec![TaskId::new("B").unwrap()], ..ticket("NEW") };
    let Err(InsertError::Mistaken(messages)) = insert(text, &dependent) else { panic!("it was taken") };
    assert!(messages.len() == 1 && messages[0].contains('B'), "{messages:?}");
    let slip = Ticket { kind: Some(Category::from("featrue".to_owned())), ..ticket("NEW") };
    assert!(matches!(insert(text, &slip), Err(InsertError::Mistaken(_))));
    let elsewhere = insert_ticket(text, &ProjectId::new("q").unwrap(), &ticket("NEW"));
    assert_eq!(elsewhere, Err(InsertError::UnknownProject(ProjectId::new("q").unwrap())));
    for unsound in ["projects: [", "colour: red\nprojects: [{id: p}]", ""] {
        assert!(matches!(insert(unsound, &ticket("NEW")), Err(InsertError::Unsound(_))), "{unsound}");
    }
}

#[test]
fn a_list_that_is_written_elsewhere_is_left_alone() {
    for aliased in [
        "x-t: &t [{id: A, title: a}]\nprojects: [{id: p, tickets: *t}]",
        "x-p: &p {id: p, tickets: [{id: A, title: a}]}\nprojects: [*p]",
        "x-p: &p\n  tickets:\n  - {id: A, title: a}\nprojects:\n- id: p\n  <<: *p\n",
    ] {
        assert_eq!(
            insert(aliased, &ticket("NEW")),
            Err(InsertError::NoPlace(ProjectId::new("p").unwrap())),
            "{aliased}"
        );
    }
    let anchored =
        "x-c: &x {kind: chore}\nprojects:\n- id: p\n  tickets: &t\n  - &a\n    <<: *x\n    id: A\n    title: &u a\n";
    assert_eq!(inserted(anchored, &ticket("NEW")), format!("{anchored}  - id: NEW\n    title: New\n"));
}

prop_compose! {
    fn any_ticket()(
        id in "N[A-Za-z0-9_.:@+-]{0,12}",
        title in "[^\0]{0,30}[a-z]",
        run in prop::option::of("[ -~]{0,20}[a-z]"),
        labels in prop::collection::vec("[ -~]{0,8}[a-z]", 0..3),
        timeout in prop::option::of(1..100_000_000_u64),
    ) -> Ticket {
        Ticket {
            title: Text::new(title).unwrap(),
            run: run.map(|run| Text::new(run).unwrap()),
            labels: labels.into_iter().map(|label| Text::new(label).unwrap()).collect(),
            timeout: timeout.map(Millis),
            ..ticket(&id)
        }
    }
}

/// Whether `after` is `before` with one piece put into it.
fn is_one_insertion(before: &str, after: &str) -> bool {
    let (before, after) = (before.as_bytes(), after.as_bytes());
    let front = before.iter().zip(after).take_while(|(one, other)| one == other).count();
    let back = before.iter().rev().zip(after.iter().rev()).take_while(|(one, other)| one == other).count();
    front + back >= before.len() && after.len() > before.len()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_ticket_goes_into_any_plan_and_no_other_byte_moves(text in plan_text(), first in any_ticket(), second in any_ticket()) {
        let once = inserted(&text, &first);
        prop_assert!(is_one_insertion(&text, &once), "{}", once);
        if first.id != second.id {
            let twice = inserted(&once, &second);
            prop_assert!(is_one_insertion(&once, &twice), "{}", twice);
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in "(projects: |tickets: |id: p|id: A|title: t|[-?,\\[\\]{}\"'#|&a*] ?|\r?\n {0,6}){0,30}") {
        if let Ok(after) = insert(&text, &ticket("NEW")) {
            prop_assert!(Plan::parse("after", &after).is_ok_and(|plan| plan.tickets().any(|(_, found)| *found == ticket("NEW"))));
        }
    }
}
