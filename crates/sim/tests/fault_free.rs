//! A fleet that nothing befalls does its work. One test, as a process is one seed.

use std::sync::Arc;
use std::time::Duration;

use go_bus_api::TaskState;
use go_bus_store::{Query, QueryAnswer};
use go_sim::{Fleet, Probe, Seen, Settings, Tickets, seeded};

/// Sees nothing.
struct Blind;

impl Probe for Blind {
    fn see(&self, _at: Duration, _seen: &Seen<'_>) {}
}

#[test]
fn every_ticket_of_a_quiet_time_is_done() {
    let quiet = Duration::from_secs(120);
    let tickets = Tickets { count: 30, every: Duration::from_millis(2500) };
    let settings =
        Settings { tickets, troubled_per_mille: 100, tick: Duration::from_millis(10), ..Settings::default() };
    let census = seeded(7, || {
        let mut fleet = Fleet::build(7, settings, Arc::new(Blind)).unwrap();
        fleet.run_until(quiet).unwrap();
        let QueryAnswer::Census(census) = fleet.read(Query::Census).unwrap() else { panic!("another answer") };
        census
    });
    let tasks = census.unwrap().tasks;
    let done: u64 = tasks.iter().filter(|(state, _)| *state == TaskState::Done).map(|(_, count)| *count).sum();
    assert!(done >= 30 && tasks.iter().all(|(state, _)| *state == TaskState::Done), "{tasks:?}");
}
