//! Each fault is planted in a record that is otherwise in order, and has to be found, alone.

use super::*;
use crate::torture::plan::tickets;
use crate::torture::random::Random;
use crate::torture::trace;

const TRACE: &str = "\
begin T-001.run 1 a 1.00 h1 1 alone fresh
begin T-002.run 2 b 1.00 h2 1 alone fresh
end T-001.run 1 a 1.10 failed
begin T-001.run 3 c 1.20 h1 1 alone fresh
end T-002.run 2 b 1.20 good
end T-001.run 3 c 1.30 good
";
const RECORD: &str = r#"{"seq":1,"kind":"agent.requested","subject":"agents/a","data":{"task":"T-001"}}
{"seq":2,"kind":"agent.terminated","subject":"agents/a","data":{"task":"T-001","exit":{"code":1}}}
{"seq":3,"kind":"agent.requested","subject":"agents/c","data":{"task":"T-001"}}
{"seq":4,"kind":"task.completed","subject":"tasks/T-001","data":{}}
{"seq":5,"kind":"task.completed","subject":"tasks/T-002","data":{}}
"#;

fn found_in(trace: &str, record: &str) -> Vec<Fault> {
    found(trace, record, ["done", "done"], &[], false)
}

fn found(trace: &str, record: &str, states: [&str; 2], orphans: &[String], reviewed: bool) -> Vec<Fault> {
    let mut tickets = tickets(&mut Random::new(1), 2);
    tickets.iter_mut().for_each(|ticket| ticket.reviewed = reviewed && ticket.id == "T-001");
    let statuses: Vec<_> =
        tickets.iter().zip(states).map(|(ticket, status)| (ticket.id.clone(), status.to_owned())).collect();
    let (marks, events) = (trace::parse(trace).unwrap(), history::parse(record).unwrap());
    let (marks, events, statuses) = (&marks, &events, &statuses);
    judge(&Evidence { tickets: &tickets, cap: 2, marks, statuses, orphans, events })
}

fn run(name: &str, pid: u32, agent: &str) -> Run {
    Run { name: name.to_owned(), agent: agent.to_owned(), pid }
}

#[test]
fn a_run_in_order_has_nothing_against_it() {
    assert_eq!(found_in(TRACE, RECORD), []);
}

#[test]
fn a_run_killed_half_way_and_done_again_is_in_order() {
    assert_eq!(found_in(&TRACE.replace("end T-001.run 1 a 1.10 failed\n", ""), RECORD), []);
}

#[test]
fn an_overlap_is_found_by_its_lock_and_by_the_order() {
    let locked = TRACE.replace("1.20 h1 1 alone", "1.20 h1 1 overlap");
    assert_eq!(found_in(&locked, RECORD), [Fault::Overlap(run("T-001.run", 3, "c"))]);
    let mut lines: Vec<_> = TRACE.lines().collect();
    lines.swap(2, 4);
    let crossed = lines.join("\n");
    assert_eq!(found_in(&crossed, RECORD), [Fault::Overlap(run("T-001.run", 3, "c"))], "{crossed}");
}

#[test]
fn a_rerun_after_a_good_exit_is_found_on_disk_and_at_the_bus() {
    let on_disk = TRACE.replace("1.20 h1 1 alone fresh", "1.20 h1 1 alone again");
    assert_eq!(found_in(&on_disk, RECORD), [Fault::Again(run("T-001.run", 3, "c"))]);
    let at_the_bus = RECORD.replace(r#""code":1"#, r#""code":0"#);
    assert_eq!(found_in(TRACE, &at_the_bus), [Fault::Again(run("T-001.run", 3, "c"))]);
}

#[test]
fn a_broken_cap_is_found_on_a_host_and_over_all() {
    let no_slot = TRACE.replace("h2 1", "h2 over");
    assert_eq!(found_in(&no_slot, RECORD), [Fault::NoSlot(run("T-002.run", 2, "b"), "h2".to_owned())]);
    let third = "begin T-002.run 9 z 1.05 h1 2 alone fresh\nend T-002.run 9 z 1.06 failed\n";
    let crowded = TRACE.replacen("end T-001.run 1", &format!("{third}end T-001.run 1"), 1);
    let faults = found_in(&crowded, RECORD);
    assert!(faults.contains(&Fault::AboveCap(run("T-002.run", 9, "z"))), "{faults:?}");
}

#[test]
fn a_ticket_that_is_not_done_or_never_ran_is_found() {
    let open = found(TRACE, RECORD, ["done", "blocked"], &[], false);
    assert_eq!(open, [Fault::NotDone("T-002".to_owned(), "blocked".to_owned())]);
    let missing = TRACE.replace("end T-002.run 2 b 1.20 good\n", "");
    assert_eq!(found_in(&missing, RECORD), [Fault::NeverEndedWell("T-002.run".to_owned())]);
    let unreviewed = found(TRACE, RECORD, ["done", "done"], &[], true);
    assert_eq!(unreviewed, [Fault::NeverEndedWell("T-001.review".to_owned())]);
}

#[test]
fn a_run_that_nobody_asked_for_is_found() {
    let more = format!("{TRACE}begin T-009.run 9 z 2.00 h1 1 alone fresh\n");
    assert_eq!(found_in(&more, RECORD), [Fault::Unknown("T-009.run".to_owned())]);
}

#[test]
fn an_orphan_is_found() {
    let line = "77 sleep 0.1".to_owned();
    let faults = found(TRACE, RECORD, ["done", "done"], std::slice::from_ref(&line), false);
    assert_eq!(faults, [Fault::Orphan(line)]);
}

#[test]
fn a_gap_in_the_events_is_found() {
    assert_eq!(found_in(TRACE, &RECORD.replace(r#""seq":5"#, r#""seq":6"#)), [Fault::Gap(4, 6)]);
    let late = RECORD.lines().skip(1).collect::<Vec<_>>().join("\n");
    assert_eq!(found_in(TRACE, &late), [Fault::Gap(0, 2)]);
}

#[test]
fn a_ticket_completed_twice_or_never_is_found() {
    let never = RECORD.replace("tasks/T-002", "tasks/X");
    assert_eq!(found_in(TRACE, &never), [Fault::Completions("T-002".to_owned(), 0)]);
    let twice = format!("{RECORD}{}", RECORD.lines().last().unwrap().replace(":5", ":6"));
    assert_eq!(found_in(TRACE, &twice), [Fault::Completions("T-002".to_owned(), 2)]);
}
