//! The session at work: opened, kept, broken, opened again.

use std::sync::Arc;
use std::time::Duration;

use go_bus_api::Timestamp;
use go_bus_client::{BusClient, Token};
use go_clock::ManualClock;

use super::config;
use super::scripted::{Mood, Scripted};
use crate::{Lease, LeaseKeeper, Lost};

const SECOND: Duration = Duration::from_secs(1);

struct Fixture {
    bus: Scripted,
    clock: ManualClock,
    lease: Lease,
}

impl Fixture {
    /// A leader whose first stream has ticked once.
    async fn leading() -> Self {
        let fixture = Self::granted(Mood::Well).await;
        fixture.until("a stream", |bus| bus.streams() == 1).await;
        fixture.bus.tick(0, Duration::ZERO);
        fixture
    }

    async fn granted(mood: Mood) -> Self {
        let (bus, clock) = (Scripted::new(), ManualClock::new(Timestamp::from_unix_millis(0)));
        bus.be(mood);
        let client = BusClient::new(Arc::new(bus.clone()), Token::new("t").unwrap());
        let lease = LeaseKeeper::new(client, config(), Arc::new(clock.clone())).lead().await.unwrap();
        Self { bus, clock, lease }
    }

    /// Waits until what the test wants is so; the clock stands still meanwhile.
    async fn until(&self, what: &str, so: impl Fn(&Scripted) -> bool) {
        for _ in 0..10_000 {
            if so(&self.bus) {
                return;
            }
            tokio::task::yield_now().await;
        }
        panic!("no {what}: {:?}, {:?}", self.bus, self.lease.phase().borrow());
    }

    /// Moves the clock while the newest stream ticks as it should.
    async fn pass(&self, time: Duration, opened: &mut Vec<Duration>) {
        let step = Duration::from_millis(250);
        for _ in 0..time.as_millis() / step.as_millis() {
            self.clock.advance(step);
            opened.resize(self.bus.streams(), Duration::ZERO);
            for (stream, elapsed) in opened.iter_mut().enumerate() {
                *elapsed += step;
                if elapsed.as_millis() % 500 == 0 {
                    self.bus.tick(stream, *elapsed);
                }
            }
            for _ in 0..20 {
                tokio::task::yield_now().await;
            }
        }
    }
}

#[tokio::test]
async fn the_session_is_opened_right_after_the_grant_and_its_ticks_carry_the_trust() {
    let fixture = Fixture::leading().await;
    fixture.pass(SECOND * 10, &mut vec![Duration::ZERO]).await;
    assert!(fixture.lease.client().is_ok());
    assert_eq!((fixture.bus.streams(), fixture.bus.bids()), (1, 1), "by ticks alone");
    fixture.clock.advance(SECOND);
    assert_eq!(fixture.lease.client().unwrap_err(), Lost::TrustOver, "a second without a tick");
}

#[tokio::test]
async fn it_is_opened_anew_in_time_and_the_old_stream_is_let_go_only_once_the_new_one_ticks() {
    let fixture = Fixture::leading().await;
    let mut opened = vec![Duration::ZERO];
    fixture.pass(Duration::from_millis(49_750), &mut opened).await;
    assert_eq!(fixture.bus.streams(), 1);
    fixture.clock.advance(Duration::from_millis(250));
    fixture.until("second stream", |bus| bus.streams() == 2).await;
    assert!(fixture.bus.is_heard(0));
    fixture.bus.tick(1, Duration::ZERO);
    fixture.until("end of the first", |bus| !bus.is_heard(0)).await;
    assert!(fixture.bus.is_heard(1) && fixture.lease.client().is_ok());
}

#[tokio::test]
async fn a_broken_stream_is_opened_again_while_there_is_trust_to_save() {
    let fixture = Fixture::leading().await;
    fixture.pass(SECOND, &mut vec![Duration::ZERO]).await;
    fixture.bus.cut(0);
    fixture.until("another stream", |bus| bus.streams() == 2).await;
    fixture.bus.tick(1, Duration::ZERO);
    fixture.clock.advance(Duration::from_millis(900));
    assert!(fixture.lease.client().is_ok());
    assert_eq!(fixture.bus.bids(), 1);
}

#[tokio::test]
async fn a_bus_that_was_away_is_found_within_a_quarter_of_a_second_and_everybody_is_told() {
    let fixture = Fixture::leading().await;
    let mut returns = fixture.lease.returns();
    fixture.pass(SECOND, &mut vec![Duration::ZERO]).await;
    fixture.bus.be(Mood::Away);
    fixture.bus.cut(0);
    fixture.pass(SECOND * 5, &mut Vec::new()).await;
    assert_eq!(fixture.lease.client().unwrap_err(), Lost::TrustOver);
    fixture.bus.be(Mood::Well);
    fixture.clock.advance(Duration::from_millis(250));
    fixture.until("another stream", |bus| bus.streams() == 2).await;
    fixture.bus.tick(1, Duration::ZERO);
    // Two where one that had been under way got through as well.
    fixture.until("renewal", |bus| bus.bids() >= 2).await;
    fixture.until("trust", |_| fixture.lease.client().is_ok()).await;
    returns.next().await;
}

#[tokio::test]
async fn after_a_pause_a_tick_that_had_been_waiting_brings_no_trust_back_but_a_renewal_is_sent_at_once() {
    let fixture = Fixture::leading().await;
    fixture.pass(SECOND, &mut vec![Duration::ZERO]).await;
    fixture.clock.advance(SECOND * 10);
    fixture.bus.tick(0, SECOND * 2);
    fixture.until("renewal", |bus| bus.bids() == 2).await;
    fixture.pass(Duration::from_millis(250), &mut Vec::new()).await;
    assert_eq!(fixture.lease.client().unwrap_err(), Lost::TrustOver, "renewed, but the session is silent");
    fixture.bus.tick(0, SECOND * 11);
    fixture.until("trust", |_| fixture.lease.client().is_ok()).await;
}

#[tokio::test]
async fn where_the_bus_keeps_no_sessions_the_time_to_live_alone_counts() {
    let fixture = Fixture::granted(Mood::Sessionless).await;
    fixture.pass(SECOND * 10, &mut Vec::new()).await;
    assert!(fixture.lease.client().is_ok());
}

#[tokio::test]
async fn a_release_lets_the_session_go() {
    let fixture = Fixture::leading().await;
    let Fixture { bus, lease, .. } = fixture;
    lease.release().await.unwrap();
    assert!(!bus.is_heard(0));
}
