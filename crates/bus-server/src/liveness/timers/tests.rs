//! The timers' rules, one scenario each.

use super::*;

const TTL: Duration = Duration::from_secs(60);

fn at(seconds: u64) -> Boottime {
    Boottime(Duration::from_secs(1000 + seconds))
}

fn beat(number: i64) -> Sign {
    Sign::Heartbeat(Some(Timestamp::from_unix_millis(number)))
}

fn host() -> Watched {
    Watched::Host(HostId::new("h1").unwrap())
}

fn armed() -> Timers {
    let mut timers = Timers::default();
    timers.see(&host(), beat(1), TTL, at(0), true);
    timers
}

#[test]
fn it_is_due_at_the_end_of_its_time_and_not_before() {
    let mut timers = armed();
    assert_eq!(timers.next(), Some(at(60)));
    let just_before = Boottime(at(60).0 - Duration::from_nanos(1));
    assert_eq!(timers.due(just_before), []);
    assert_eq!(timers.due(at(60)), [Silent { what: host(), since: beat(1), silent: TTL, bus_was_reachable: true }]);
}

#[test]
fn a_new_sign_arms_it_in_full_and_the_same_sign_does_not() {
    let mut timers = armed();
    timers.see(&host(), beat(1), TTL, at(30), true);
    assert_eq!(timers.next(), Some(at(60)));
    timers.see(&host(), beat(2), TTL, at(30), true);
    assert_eq!(timers.next(), Some(at(90)));
    assert_eq!(timers.due(at(60)), []);
}

#[test]
fn a_shorter_ttl_takes_effect_with_its_renewal() {
    let mut timers = Timers::default();
    timers.see(&Watched::Lease, Sign::Renewal(Epoch(1), 0), TTL, at(0), true);
    timers.see(&Watched::Lease, Sign::Renewal(Epoch(1), 1), TTL / 2, at(1), true);
    assert_eq!(timers.next(), Some(at(31)));
    assert_eq!(timers.remaining(&Watched::Lease, at(11)), Duration::from_secs(20));
}

#[test]
fn an_expiry_whose_commit_failed_is_tried_again() {
    let mut timers = armed();
    assert_eq!(timers.due(at(60)).len(), 1);
    assert_eq!(timers.due(at(60)), [], "it would spin");
    let again = timers.due(at(61));
    assert_eq!((again.len(), again[0].silent), (1, Duration::from_secs(61)), "the time of a try is not a sign of life");
}

#[test]
fn what_is_watched_no_more_is_never_due() {
    let mut timers = armed();
    timers.disarm(&host());
    assert_eq!((timers.next(), timers.due(at(61))), (None, vec![]));
    assert_eq!(timers.remaining(&host(), at(0)), Duration::ZERO);
}

#[test]
fn what_is_due_comes_in_the_order_of_the_deadlines() {
    let mut timers = armed();
    let agent = Watched::Agent(AgentId::go());
    timers.see(&agent, beat(1), TTL - Duration::from_secs(1), at(0), true);
    let due: Vec<_> = timers.due(at(60)).into_iter().map(|silent| silent.what).collect();
    assert_eq!(due, [agent, host()]);
}

#[test]
fn what_was_armed_at_the_start_could_not_reach_the_bus_before() {
    let mut timers = Timers::default();
    timers.see(&host(), beat(1), TTL, at(0), false);
    assert!(!timers.due(at(60))[0].bus_was_reachable);
}

#[test]
fn a_bus_that_was_stopped_itself_blames_nobody() {
    let mut timers = armed();
    timers.see(&Watched::Lease, Sign::Renewal(Epoch(1), 0), TTL * 2, at(0), true);
    assert_eq!(timers.due(at(100)), [], "it was looked at 40 s too late");
    assert_eq!(timers.next(), Some(at(160)));
    assert_eq!(timers.remaining(&Watched::Lease, at(100)), TTL * 2);
    assert!(!timers.due(at(160))[0].bus_was_reachable);
}

#[test]
fn what_is_heard_of_otherwise_lives_too() {
    let mut timers = armed();
    timers.hear(&host(), at(50));
    assert_eq!(timers.due(at(60)), []);
    assert_eq!(timers.due(at(110)).len(), 1);
    let stranger = Watched::Host(HostId::new("h2").unwrap());
    timers.hear(&stranger, at(0));
    assert_eq!(timers.remaining(&stranger, at(0)), Duration::ZERO);
}
