//! A seed repeats its faults, and they are such as make sense.

use proptest::prelude::*;

use super::*;
use crate::Machine;

const END: Duration = Duration::from_secs(90);
const EVERY: Duration = Duration::from_secs(5);

fn targets() -> Targets {
    let ms = Duration::from_millis;
    Targets { gos: 3, hosts: 3, lease_ttl: ms(15_000), host_ttl: ms(6000), grace: ms(200) }
}

proptest! {
    #[test]
    fn a_seed_repeats_its_faults_and_none_outlasts_the_end(seed: u64) {
        let plan = schedule(seed, &targets(), EVERY, END);
        prop_assert_eq!(&plan, &schedule(seed, &targets(), EVERY, END));
        prop_assert!(plan.iter().all(|planned| planned.at >= BEGIN && planned.ends() <= END));
        prop_assert!(plan.windows(2).all(|two| two[0].at < two[1].at));
    }

    #[test]
    fn nothing_is_brought_to_a_stand_that_stands_already(seed: u64) {
        let plan = schedule(seed, &targets(), EVERY, END);
        for (no, planned) in plan.iter().enumerate() {
            let under_way = plan[..no].iter().filter(|other| other.ends() >= planned.at);
            let same = under_way.filter_map(|other| stops(other.fault)).any(|at| Some(at) == stops(planned.fault));
            prop_assert!(!same, "{planned}");
        }
    }

    #[test]
    fn a_blip_is_shorter_than_the_grace_and_over_before_the_next(seed: u64) {
        let plan = blips(seed, &targets(), 50);
        prop_assert!(plan.iter().all(|blip| blip.lasts < targets().grace));
        prop_assert!(plan.windows(2).all(|two| two[1].at - two[0].ends() > targets().grace * 2));
    }
}

#[test]
fn every_kind_of_fault_comes_and_hits_everyone() {
    let plan: Vec<_> = (0..100).flat_map(|seed| schedule(seed, &targets(), EVERY, END)).collect();
    let kinds: std::collections::BTreeSet<_> = plan.iter().map(|planned| planned.fault.kind()).collect();
    assert_eq!(kinds.len(), 13, "{kinds:?}");
    for node in Node::all(3, 3).into_iter() {
        assert!(plan.iter().any(|planned| planned.fault.touches(node)), "nothing ever happens to {node}");
    }
    let long = |planned: &&Planned| planned.lasts > targets().lease_ttl && planned.fault.hinders(Node::Go(1));
    assert!(plan.iter().filter(long).count() > 10, "a leader is hardly ever away for longer than its lease");
    assert!(plan.len() > 100 * 12, "a fault about every five seconds: {}", plan.len());
}

#[test]
fn a_machine_that_sleeps_can_t_also_crash() {
    assert!(clash(Fault::Suspend(Machine::Go(1)), Fault::Crash(Node::Go(1))));
    assert!(!clash(Fault::Suspend(Machine::Go(1)), Fault::Crash(Node::Go(2))));
    assert!(clash(Fault::Delay(Node::Go(1), Node::Bus, EVERY), Fault::Partition(Node::Bus, Node::Go(1))));
}
