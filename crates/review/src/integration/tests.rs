//! What is due in each situation, and that it comes to the same whoever looks.

mod bus;
mod exactness;

use bus::Bus;

use super::*;

fn policy() -> IntegrationPolicy {
    IntegrationPolicy { command: go_bus_api::Text::clipped("make platform"), ..IntegrationPolicy::default() }
}

/// Looks once and does all that is missing; answers it in words.
fn tick(bus: &mut Bus) -> Vec<String> {
    let steps = steps(bus.world(), &policy());
    steps.iter().map(|step| bus.perform(step)).collect()
}

/// A Bus on which run `integration-5` has failed for good.
fn red() -> Bus {
    let mut bus = Bus::default();
    bus.complete_tickets(5);
    tick(&mut bus);
    bus.begin_run();
    bus.fail_run("2 of 7 checks failed");
    bus.begin_run();
    bus.fail_run("2 of 7 checks failed");
    bus
}

#[test]
fn the_fifth_completion_makes_a_run_and_the_fourth_none() {
    let mut bus = Bus::default();
    bus.complete_tickets(4);
    assert_eq!(tick(&mut bus), [""; 0]);
    bus.complete_tickets(1);
    assert_eq!(tick(&mut bus), ["create integration-5"]);
    let run = bus.task("integration-5");
    assert_eq!((run.run.as_ref().map(AsRef::as_ref), run.max_attempts), (Some("make platform"), 2));
    assert_eq!(run.title.as_str(), "Integration test of completions 1 to 5");
    assert!(
        run.description.as_str().contains("1 to 5: T-1, T-2, T-3, T-4, T-5.\nIt is the first run."),
        "{}",
        run.description
    );
    bus.complete_tickets(20);
    assert_eq!(tick(&mut bus), [""; 0], "one runs at a time");
}

#[test]
fn a_run_that_waited_covers_all_up_to_its_start_and_says_which() {
    let mut bus = Bus::default();
    bus.complete_tickets(5);
    tick(&mut bus);
    bus.complete_tickets(3);
    let id = bus.task("integration-5").id.clone();
    let patch = at_start(bus.world(), &id).unwrap();
    bus.patch(&id, &patch);
    let run = bus.task("integration-5");
    assert_eq!(run.labels.iter().map(AsRef::as_ref).collect::<Vec<&str>>(), ["covers:8"]);
    assert_eq!(run.title.as_str(), "Integration test of completions 1 to 8");
    assert!(run.description.as_str().contains("T-8"), "{}", run.description);
    assert_eq!(at_start(bus.world(), &id), None, "it says so already");
    bus.begin_run();
    bus.pass_run("all well");
    bus.complete_tickets(4);
    assert_eq!(tick(&mut bus), [""; 0], "12 are completed and 8 covered");
    bus.complete_tickets(1);
    assert_eq!(tick(&mut bus), ["create integration-13"]);
    let next = bus.task("integration-13").description.to_string();
    assert!(next.contains("9 to 13: T-9, T-10, T-11, T-12, T-13.\nThe run before covered 8, and was green."), "{next}");
}

#[test]
fn what_is_completed_while_one_runs_is_covered_by_the_next() {
    let mut bus = Bus::default();
    bus.complete_tickets(5);
    tick(&mut bus);
    bus.begin_run();
    bus.complete_tickets(6);
    bus.pass_run("all well");
    assert_eq!(tick(&mut bus), ["create integration-11"]);
}

#[test]
fn a_run_that_failed_once_brings_nothing_and_one_that_failed_twice_a_ticket_and_an_alert() {
    let mut bus = Bus::default();
    bus.complete_tickets(5);
    tick(&mut bus);
    bus.begin_run();
    bus.fail_run("2 of 7 checks failed");
    assert_eq!(tick(&mut bus), [""; 0], "it is run once more");
    let mut bus = red();
    assert_eq!(tick(&mut bus), ["create fix-integration-5", "alert L4 integration-red:integration-5"]);
    assert_eq!(tick(&mut bus), [""; 0]);
    let fix = bus.task("fix-integration-5").description.to_string();
    assert!(fix.contains("`make platform` failed 2 times in integration-5"), "{fix}");
    assert!(fix.contains("1 to 5: T-1, T-2, T-3, T-4, T-5") && fix.contains("2 of 7 checks failed"), "{fix}");
    assert!(bus.alert("integration-red:integration-5").contains("fix-integration-5 is to mend it"));
}

#[test]
fn once_the_fix_is_done_the_next_run_is_due_at_once() {
    let mut bus = red();
    tick(&mut bus);
    bus.complete("fix-integration-5");
    assert_eq!(tick(&mut bus), ["create integration-6"]);
    bus.begin_run();
    bus.pass_run("all well");
    assert_eq!(tick(&mut bus), [""; 0]);
    assert!(bus.world().red_run().is_none());
}

#[test]
fn a_fix_that_did_not_help_is_followed_by_another() {
    let mut bus = red();
    tick(&mut bus);
    bus.complete("fix-integration-5");
    tick(&mut bus);
    for _ in 0..2 {
        bus.begin_run();
        bus.fail_run("1 of 7 checks failed");
    }
    assert_eq!(tick(&mut bus), ["create fix-integration-6", "alert L4 integration-red:integration-6"]);
}

#[test]
fn while_one_fix_is_open_or_given_up_there_is_no_second() {
    for state in [go_bus_api::TaskState::Pending, go_bus_api::TaskState::Failed] {
        let mut bus = red();
        tick(&mut bus);
        bus.set("fix-integration-5", state);
        bus.complete_tickets(5);
        assert_eq!(tick(&mut bus), ["create integration-10"], "the count goes on");
        for _ in 0..2 {
            bus.begin_run();
            bus.fail_run("still red");
        }
        assert_eq!(tick(&mut bus), ["alert L4 integration-red:integration-10"], "{state:?}");
        bus.complete("fix-integration-5");
        assert_eq!(tick(&mut bus), ["create integration-11"], "what mends the one mends the other, or not: {state:?}");
    }
}

#[test]
fn a_fix_that_is_cancelled_asks_for_a_run_with_the_next_completion() {
    let mut bus = red();
    tick(&mut bus);
    bus.set("fix-integration-5", go_bus_api::TaskState::Cancelled);
    assert_eq!(tick(&mut bus), [""; 0], "nothing has changed since");
    bus.complete_tickets(1);
    assert_eq!(tick(&mut bus), ["create integration-6"]);
}

#[test]
fn a_command_that_is_not_there_is_one_warning_until_there_was_one() {
    let mut bus = Bus::default();
    let mut said = Vec::new();
    for round in 0..4 {
        bus.complete_tickets(5);
        said.extend(tick(&mut bus));
        bus.begin_run();
        bus.pass_run("skipped: make is not there");
        said.extend(tick(&mut bus));
        if round == 1 {
            bus.acknowledge_alerts();
        }
    }
    let warnings: Vec<_> = said.iter().filter(|said| said.starts_with("alert")).collect();
    assert_eq!(warnings, ["alert L2 integration-skipped:after-0"], "{said:?}");
    assert!(bus.alert("integration-skipped:after-0").contains("integration-5 was skipped: make is not there"));
    bus.complete_tickets(5);
    tick(&mut bus);
    bus.begin_run();
    bus.pass_run("all well");
    bus.complete_tickets(5);
    tick(&mut bus);
    bus.begin_run();
    bus.pass_run("skipped: make is not there");
    assert_eq!(tick(&mut bus), ["alert L2 integration-skipped:after-25"], "it was there, and is gone again");
}

#[test]
fn it_runs_in_the_first_active_project_that_has_a_folder_and_nowhere_else() {
    let mut bus = Bus::default();
    bus.project("alpha", "paused", Some("/a"));
    bus.project("beta", "active", None);
    bus.complete_tickets(5);
    tick(&mut bus);
    assert_eq!(bus.task("integration-5").project.as_str(), "site");
    let mut bus = Bus::default();
    bus.project("site", "done", Some("/s"));
    bus.complete_tickets(5);
    assert_eq!(tick(&mut bus), [""; 0]);
}

#[test]
fn a_name_that_somebody_else_has_is_left_to_them_and_nothing_is_tried_in_vain() {
    let mut bus = Bus::default();
    bus.complete_tickets(4);
    bus.ticket("integration-5");
    bus.complete_tickets(1);
    assert_eq!(tick(&mut bus), [""; 0]);
    bus.complete_tickets(1);
    assert_eq!(tick(&mut bus), ["create integration-6"]);
}

#[test]
fn zero_turns_it_off() {
    let mut bus = red();
    assert_eq!(steps(bus.world(), &IntegrationPolicy { every: 0, ..policy() }), []);
    bus.complete_tickets(50);
    assert_eq!(steps(bus.world(), &IntegrationPolicy { every: 0, ..policy() }), []);
    assert!(!steps(bus.world(), &policy()).is_empty());
}
