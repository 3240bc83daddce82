//! The promise of the lease: its holder's trust never outlives it, whatever the network, the clocks and the processes do.
//!
//! The pure core against a Bus that ends the lease as early as the specification lets it, in schedules of delays, losses, cuts,
//! pauses, restarts and drifting clocks.

#[path = "promise/bus.rs"]
mod bus;
#[path = "promise/chance.rs"]
mod chance;
#[path = "promise/world.rs"]
mod world;

use proptest::prelude::{ProptestConfig, any, prop_assert_eq};
use proptest::proptest;
use world::{Flaw, Schedule, World};

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_holder_s_trust_never_outlives_the_lease(
        seed in any::<u64>(),
        holder_ppm in -200_i64..=200,
        bus_ppm in -200_i64..=200,
        sessions in any::<bool>(),
    ) {
        let schedule = Schedule { seed, holder_ppm, bus_ppm, sessions };
        prop_assert_eq!(World::new(&schedule, Flaw::None).run(&mut 0), Ok(()));
    }
}

/// How many of some schedules break the promise, and how often any look found trust.
fn broken(flaw: Flaw) -> (usize, u64) {
    let mut trusted = 0;
    let schedules = (0..600).map(|seed| Schedule { seed, holder_ppm: -200, bus_ppm: 200, sessions: seed % 2 == 0 });
    let broken = schedules.filter(|schedule| World::new(schedule, flaw).run(&mut trusted).is_err()).count();
    (broken, trusted)
}

#[test]
fn trust_that_counts_from_the_answer_would_outlive_it() {
    assert!(broken(Flaw::TrustFromAnswer).0 > 0);
}

#[test]
fn a_tick_that_counted_from_its_arrival_would_make_it_outlive_it() {
    assert!(broken(Flaw::TickFromArrival).0 > 0);
}

#[test]
fn the_schedules_are_such_that_the_holder_leads_for_much_of_their_time() {
    let (broken, trusted) = broken(Flaw::None);
    assert_eq!(broken, 0);
    assert!(trusted > 100_000, "trust was found {trusted} times only");
}
