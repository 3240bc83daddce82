//! What holds whatever is seen, and in whatever order.

use proptest::prelude::*;

use super::{at, away, free, held, seen, silent};
use crate::watchdog::{
    Action, Breaker, Bus, BusPlace, Decision, Finding, Intent, Notice, Observation, Policy, Record, Response, Session,
    decide,
};

/// A look, and how many seconds after the one before it comes.
#[derive(Debug, Clone)]
struct Look {
    seen: Observation,
    after: u64,
}

fn look() -> impl Strategy<Value = Look> {
    let bus = prop_oneof![
        Just(held()),
        Just(free()),
        Just(silent()),
        Just(away()),
        Just(away()),
        Just(Bus::Refuses("no".to_owned()))
    ];
    let session = prop_oneof![
        Just(Session::Absent),
        Just(Session::Runs { pid: 42 }),
        Just(Session::Ended { code: None }),
        Just(Session::Ended { code: Some(130) }),
        Just(Session::Unknown("no tmux".to_owned())),
    ];
    let intent = prop_oneof![9 => Just(Intent::Run), 1 => Just(Intent::Stop)];
    let rest = (intent, prop_oneof![4 => Just(None), 1 => Just(Some(7))], 1_u64..600);
    (bus, session, rest).prop_map(|(bus, session, (intent, process, after))| Look {
        seen: Observation { intent, process, ..seen(bus, session) },
        after,
    })
}

fn history() -> impl Strategy<Value = (Policy, Vec<Look>)> {
    let place = prop_oneof![Just(BusPlace::Embedded), Just(BusPlace::External)];
    let policy =
        (place, 0_u32..5).prop_map(|(place, defer)| Policy::new(place, std::time::Duration::from_secs(120), defer));
    (policy, prop::collection::vec(look(), 1..60))
}

/// All that was decided, with the second of each.
fn all(policy: &Policy, looks: &[Look]) -> Vec<(u64, Observation, Decision)> {
    let (mut record, mut second, mut decided) = (Record::default(), 0, Vec::new());
    for look in looks {
        second += look.after;
        let decision = decide(&look.seen, &record, policy, at(second));
        record = decision.record.clone();
        decided.push((second, look.seen.clone(), decision));
    }
    decided
}

fn is_restart(decision: &Decision) -> bool {
    matches!(decision.response, Response::Restart { .. } | Response::End { .. })
}

proptest! {
    #[test]
    fn no_hour_sees_more_restarts_than_the_budget((policy, looks) in history()) {
        let decided = all(&policy, &looks);
        let restarts: Vec<u64> = decided.iter().filter(|d| is_restart(&d.2)).map(|d| d.0).collect();
        for (index, first) in restarts.iter().enumerate() {
            let within = restarts[index..].iter().filter(|second| **second < first + 3600).count();
            prop_assert!(within <= policy.budget, "{within} within an hour: {restarts:?}");
        }
    }

    #[test]
    fn nobody_is_ended_before_enough_silent_checks_in_a_row((policy, looks) in history()) {
        let mut silent = 0;
        for (_, seen, decision) in all(&policy, &looks) {
            let (alive, dead) = (seen.is_alive(), matches!(decision.finding, Finding::Dead(_)));
            match &decision.finding {
                Finding::Silent(_) => silent += 1,
                Finding::Well(_) | Finding::Stopped(_) => silent = 0,
                _ if dead => silent = 0,
                _ => {}
            }
            let ends = decision.actions.iter().any(|action| matches!(action, Action::End { .. }));
            prop_assert!(!ends || (alive && silent > policy.defer_checks), "ended after {silent} silent checks");
            if ends {
                silent = 0;
            }
        }
    }

    #[test]
    fn a_go_is_never_started_beside_one_that_is_there((policy, looks) in history()) {
        for (_, seen, decision) in all(&policy, &looks) {
            let starts = decision.actions.contains(&Action::Start);
            let ends = decision.actions.iter().any(|action| matches!(action, Action::End { .. }));
            prop_assert!(!starts || ends || !seen.is_alive());
            let leads = matches!(decision.finding, Finding::Well(_));
            prop_assert!(!starts || !leads);
            prop_assert!(!starts || seen.intent == Intent::Run);
            let (away, untold) = (matches!(seen.bus, Bus::Away(_)), matches!(seen.session, Session::Unknown(_)));
            prop_assert!(!starts || policy.place == BusPlace::Embedded || !away);
            prop_assert!(!starts || !untold);
        }
    }

    #[test]
    fn each_opening_of_the_breaker_is_told_once((policy, looks) in history()) {
        let mut was = Breaker::Closed;
        for (second, _, decision) in all(&policy, &looks) {
            let opened = decision.record.breaker != was && matches!(decision.record.breaker, Breaker::Open { .. });
            let told = |n: &&Notice| matches!(n, Notice::GivenUp { at: then, .. } if *then == at(second));
            prop_assert_eq!(decision.record.notices.iter().filter(told).count(), usize::from(opened));
            was = decision.record.breaker;
        }
    }
}
