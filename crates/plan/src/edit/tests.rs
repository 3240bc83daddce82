//! Byte-exact writing back: the fixtures of every style, the odd corners, and random plans in mixed styles.

use std::fs;
use std::path::Path;

use go_bus_api::{SprintId, TaskId, TaskState};
use proptest::prelude::*;

use super::{Edited, SkipReason, TicketUpdate, write_back};
use crate::{Plan, ResultLine};

fn update(id: &str) -> TicketUpdate {
    TicketUpdate::of(TaskId::new(id).unwrap())
}

fn done(id: &str) -> TicketUpdate {
    TicketUpdate { status: Some(TaskState::Done), ..update(id) }
}

/// Status, result and sprint at once.
fn all(id: &str) -> TicketUpdate {
    let sprint = Some(SprintId::new("sprint-1").unwrap());
    TicketUpdate { result: ResultLine::of("it's \"built\": {all}, 3 # files"), sprint, ..done(id) }
}

fn edited(text: &str, updates: &[TicketUpdate]) -> Edited {
    write_back(text, updates).unwrap()
}

fn read(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/plans/styles").join(name)).unwrap()
}

/// Writes into the fixture `NAME.yaml` and compares with `NAME.expected`.
fn check(name: &str, updates: &[TicketUpdate], skipped: &[(&str, SkipReason)]) {
    let before = read(&format!("{name}.yaml"));
    let result = edited(&before, updates);
    assert_eq!(result.text, read(&format!("{name}.expected")));
    let found: Vec<_> = result.skipped.iter().map(|skip| (skip.id.as_str(), skip.reason)).collect();
    assert_eq!(found, skipped);
    let again = edited(&result.text, updates);
    assert_eq!(again.text, result.text, "a second time changes nothing");
    check_plan(&before, &result.text, updates, skipped);
}

/// The new text is the old plan with the updates in it.
fn check_plan(before: &str, after: &str, updates: &[TicketUpdate], skipped: &[(&str, SkipReason)]) {
    let mut expected = Plan::parse("before", before).unwrap();
    for update in updates.iter().filter(|update| !skipped.iter().any(|(id, _)| *id == update.id.as_str())) {
        let tickets = expected.projects.iter_mut().flat_map(|project| &mut project.tickets);
        for ticket in tickets.filter(|ticket| ticket.id == update.id) {
            ticket.status = update.status.unwrap_or(ticket.status);
            ticket.result = update.result.clone().or_else(|| ticket.result.take());
            ticket.sprint = update.sprint.clone().or_else(|| ticket.sprint.take());
        }
    }
    assert_eq!(Plan::parse("after", after).as_ref(), Ok(&expected), "{after}");
}

#[test]
fn comments_quotes_and_a_missing_final_newline_stay() {
    check("comments", &[all("SITE-1"), done("SITE-2"), all("SITE-3")], &[]);
}

#[test]
fn flow_maps_json_and_trailing_commas_stay() {
    check("flow", &["SITE-1", "SITE-2", "SITE-3", "SITE-4", "SITE-5"].map(all), &[]);
}

#[test]
fn crlf_stays_and_is_used() {
    check("crlf", &[all("SITE-1"), all("SITE-2")], &[]);
    assert!(!read("crlf.expected").replace("\r\n", "").contains('\n'));
}

#[test]
fn who_shares_a_value_keeps_it_and_who_is_written_elsewhere_is_reported() {
    let updates = [done("SITE-1"), all("SITE-3"), done("SITE-9")];
    check("anchors", &updates, &[("SITE-9", SkipReason::Aliased)]);
}

#[test]
fn unknown_and_ambiguous_tickets_are_reported_and_the_others_written() {
    let text = "projects: [{id: p, tickets: [{id: A, title: t}, {id: B, title: t}, {id: B, title: u}]}]";
    let result = edited(text, &[done("A"), done("B"), done("C")]);
    assert_eq!(result.text, text.replacen("title: t", "title: t, status: done", 1));
    let reasons: Vec<_> = result.skipped.iter().map(|skip| skip.reason).collect();
    assert_eq!(reasons, [SkipReason::Ambiguous, SkipReason::Unknown]);
}

#[test]
fn a_ticket_that_cannot_be_edited_spoils_no_other() {
    let text = "projects:\n- id: p\n  tickets:\n  - {id: A, title: t, status}\n  - {id: B, title: t}\n";
    let result = edited(text, &[done("A"), done("B")]);
    assert_eq!(result.text, text.replace("B, title: t", "B, title: t, status: done"));
    assert_eq!(result.skipped.len(), 1);
}

#[test]
fn what_is_already_so_is_not_written() {
    let text = "projects: [{id: p, tickets: [{id: A, title: t}, {id: B, title: t, status: done}]}]";
    let pending = TicketUpdate { status: Some(TaskState::Pending), ..update("A") };
    assert_eq!(edited(text, &[pending, done("B"), update("A")]).text, text);
}

#[test]
fn a_text_that_is_no_yaml_is_not_touched_and_a_plan_with_mistakes_is() {
    assert!(write_back("projects: [", &[done("A")]).is_err());
    let mistaken = "colour: red\nprojects: [{id: p, tickets: [{id: A}]}]";
    assert!(edited(mistaken, &[done("A")]).text.contains("{id: A, status: done}"));
}

#[test]
fn odd_places_for_a_value() {
    for (before, after) in [
        ("status:\n", "status: done\n"),
        ("status: &a\n", "status: &a done\n"),
        ("status: &a pending # c\n", "status: &a done # c\n"),
        ("status: !!str pending\n", "status: !!str done\n"),
        ("status: |\n      pending\n    # c\n", "status: \"done\"\n    # c\n"),
        ("status: \"pend\\\n      ing\"\n", "status: \"done\"\n"),
        ("\"status\" :   ~\n", "\"status\" :   done\n"),
        ("? status\n    : pending\n", "? status\n    : done\n"),
    ] {
        let plan = |status: &str| format!("projects:\n- id: p\n  tickets:\n  - id: A\n    {status}    title: t\n");
        assert_eq!(edited(&plan(before), &[done("A")]).text, plan(after));
    }
}

/// A ticket in one of several styles; `on` is its line end.
fn ticket(number: usize, style: u8, status: u8, end: &str) -> String {
    let comment = if style.is_multiple_of(2) { "   # c" } else { "" };
    let value = ["pending", "'blocked'", "\"held\"", "failed", "null"][usize::from(status % 5)];
    let status_line =
        |indent: &str| if status < 5 { format!("{indent}status: {value}{comment}{end}") } else { String::new() };
    let flow_status = if status < 5 { format!(", status: {value} ") } else { String::new() };
    match style % 6 {
        0 => format!("  - id: T{number}{comment}{end}    title: \"t: #x\"{end}{}", status_line("    ")),
        1 => format!(
            "  - title: 'ü''s'{end}{}    id: T{number}{end}    run: |{end}      a: b{end}{end}",
            status_line("    ")
        ),
        2 => format!("  - {{id: T{number}, title: t{flow_status}}}{comment}{end}"),
        3 => format!("  - {{ \"id\":\"T{number}\",{end}      \"title\":\"t\" }}{end}{end}"),
        4 => format!(
            "  -{end}      # above{end}      id: T{number}{end}      title: a b{end}        c{end}{}",
            status_line("      ")
        ),
        _ => format!("  - {{{end}      id: T{number},{end}      title: t{flow_status},{end}    }}{end}"),
    }
}

prop_compose! {
    pub(super) fn plan_text()(
        tickets in prop::collection::vec((any::<u8>(), 0..7u8), 1..12),
        end in prop::sample::select(vec!["\n", "\r\n"]),
        newline in any::<bool>(),
    ) -> String {
        let head = ["# plan", "projects:", "- id: p", "  tickets:", ""].join(end);
        let tickets: String = tickets.iter().enumerate().map(|(at, (style, status))| ticket(at, *style, *status, end)).collect();
        let text = head + &tickets;
        if newline { text } else { text.trim_end().to_owned() }
    }
}

prop_compose! {
    fn updates()(
        list in prop::collection::btree_map(0..12usize, (0..10usize, prop::option::of(".{0,40}"), prop::option::of("[a-z][a-z0-9:.-]{0,9}")), 0..8)
    ) -> Vec<TicketUpdate> {
        list.into_iter().map(|(number, (state, result, sprint))| TicketUpdate {
            status: TaskState::ALL.get(state).copied(),
            result: result.and_then(|text| ResultLine::of(&text)),
            sprint: sprint.and_then(|id| SprintId::new(id).ok()),
            ..update(&format!("T{number}"))
        }).collect()
    }
}

/// Whether `after` is `before` with pieces inserted or replaced only where a field of a ticket stands: with every
/// `status`, `result` and `sprint` taken out, both texts are the same bytes.
fn without_fields(text: &str) -> String {
    let mut rest = text.to_owned();
    for field in ["status", "result", "sprint"] {
        let mut kept = String::new();
        let mut at = 0;
        let plain = format!("{field}: ");
        let json = format!("\"{field}\": ");
        while let Some(found) = [&plain, &json].into_iter().filter_map(|key| rest[at..].find(key.as_str())).min() {
            let start = at + found;
            let quoted = rest[start..].starts_with('"');
            let value = start + field.len() + if quoted { 4 } else { 2 };
            let end = value_end(&rest, value);
            kept.push_str(rest[at..start].trim_end_matches([' ', ',', '\n', '\r']));
            at = end;
        }
        kept.push_str(&rest[at..]);
        rest = kept;
    }
    rest
}

fn value_end(text: &str, start: usize) -> usize {
    let rest = &text[start..];
    let length = match rest.chars().next() {
        Some('"') => {
            let mut escaped = false;
            rest.char_indices()
                .skip(1)
                .find(|(_, c)| {
                    let end = *c == '"' && !escaped;
                    escaped = *c == '\\' && !escaped;
                    end
                })
                .map(|(at, _)| at + 1)
        }
        Some('\'') => rest[1..].find('\'').map(|at| at + 2),
        _ => rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-')),
    };
    length.map_or(text.len(), |length| start + length)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_updates_of_random_plans_change_what_is_meant_and_no_other_byte(text in plan_text(), updates in updates()) {
        let result = edited(&text, &updates);
        let known = |update: &&TicketUpdate| Plan::parse("p", &text).unwrap().ticket(&update.id).is_some();
        let skipped: Vec<_> = result.skipped.iter().map(|skip| (skip.id.as_str(), skip.reason)).collect();
        prop_assert!(skipped.iter().all(|(_, reason)| *reason == SkipReason::Unknown), "{:?}", skipped);
        prop_assert_eq!(updates.iter().filter(known).count() + skipped.len(), updates.iter().filter(|u| known(u) || !u.is_empty()).count());
        check_plan(&text, &result.text, &updates, &skipped);
        prop_assert_eq!(without_fields(&result.text), without_fields(&text));
    }

    #[test]
    fn no_text_makes_it_panic(text in "(projects: |tickets: |id: A|title: t|status: |[-?,\\[\\]{}\"'#|&a*] ?|\n {0,6}){0,30}") {
        if let Ok(result) = write_back(&text, &[all("A")]) {
            prop_assert!(result.text == text || write_back(&result.text, &[all("A")]).map(|again| again.text) == Ok(result.text));
        }
    }
}
