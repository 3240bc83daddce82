//! A holder, a Bus and the network between them, in true time.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use go_bus_api::{Epoch, Grant, HolderId, LeaseTick, Millis, Timestamp};
use go_bus_client::BusError;
use go_clock::Boottime;
use go_lease::{Action, BidAnswer, Holder, Input, LeaseConfig, SessionAction, SessionInput};

use super::bus::Bus;
use super::chance::{Chance, Drift};

/// A rule of the holder's that is broken on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flaw {
    None,
    /// Trust counts from the answer to a renewal.
    TrustFromAnswer,
    /// A tick counts from when it came.
    TickFromArrival,
}

/// What one schedule is made of.
#[derive(Debug, Clone)]
pub(crate) struct Schedule {
    pub(crate) seed: u64,
    pub(crate) holder_ppm: i64,
    pub(crate) bus_ppm: i64,
    pub(crate) sessions: bool,
}

#[derive(Debug)]
enum Event {
    BidArrives {
        call: u64,
        sent: Boottime,
    },
    OpenArrives(Boottime),
    CloseArrives(Boottime),
    Ticks(Boottime),
    BusRestarts,
    /// To the holder: what its action came to, of the call with this number.
    Main(u64, Input),
    Session(SessionInput),
    OpenTimesOut(Boottime),
    /// The network is cut for this long, or the holder is paused.
    Trouble,
}

pub(crate) struct World {
    chance: Chance,
    flaw: Flaw,
    now: Duration,
    holder_clock: Drift,
    bus_clock: Drift,
    events: BTreeMap<(Duration, u64), Event>,
    serial: u64,
    bus: Bus,
    holder: Holder,
    call: u64,
    opened_at: BTreeMap<Boottime, Boottime>,
    arrives_after: BTreeMap<Boottime, Duration>,
    /// Streams that the holder has let go or given up.
    gone: BTreeSet<Boottime>,
    heads: BTreeSet<Boottime>,
    paused_until: Duration,
    cut_until: Duration,
}

const TTL_BEAT: Duration = Duration::from_secs(2);
const GRACE: Duration = Duration::from_millis(800);
const END: Duration = Duration::from_secs(1120);

impl World {
    pub(crate) fn new(schedule: &Schedule, flaw: Flaw) -> Self {
        let config = LeaseConfig { heartbeat: TTL_BEAT, ..LeaseConfig::default() };
        let grace = schedule.sessions.then_some(GRACE);
        let mut world = Self {
            chance: Chance::new(schedule.seed),
            flaw,
            now: Duration::from_secs(1000),
            holder_clock: Drift(schedule.holder_ppm),
            bus_clock: Drift(schedule.bus_ppm),
            events: BTreeMap::new(),
            serial: 0,
            bus: Bus::new(config.ttl(), grace),
            holder: Holder::new(&config),
            call: 0,
            opened_at: BTreeMap::new(),
            arrives_after: BTreeMap::new(),
            gone: BTreeSet::new(),
            heads: BTreeSet::new(),
            paused_until: Duration::ZERO,
            cut_until: Duration::ZERO,
        };
        world.bus.renew(world.bus_now());
        for _ in 0..12 {
            let at = Duration::from_micros(world.chance.below(110_000_000));
            let event = if world.chance.once_in(4) { Event::BusRestarts } else { Event::Trouble };
            world.schedule(at, event);
        }
        world.main(Input::Start);
        world
    }

    /// Runs it; tells by how much the holder's trust outlived the lease, where it did. `trusted` counts looks that found trust.
    pub(crate) fn run(mut self, trusted: &mut u64) -> Result<(), String> {
        while let Some(((at, serial), event)) = self.events.pop_first() {
            let ends = self.bus_clock.when(self.bus.ends().0);
            if !self.bus.ended && ends <= at {
                self.now = ends;
                self.bus.ended = true;
                self.events.insert((at, serial), event);
            } else {
                let is_for_holder = matches!(event, Event::Main(..) | Event::Session(_) | Event::OpenTimesOut(_));
                if is_for_holder && at < self.paused_until {
                    self.events.insert((self.paused_until, serial), event);
                    continue;
                }
                self.now = at;
                self.happen(event);
            }
            if self.holder.trusted(self.holder_now()).is_some() {
                *trusted += 1;
                if self.bus.ended {
                    return Err(format!("trusted at {:?} though the lease ended at {ends:?}", self.now));
                }
            }
            if self.now > END {
                break;
            }
        }
        Ok(())
    }

    fn holder_now(&self) -> Boottime {
        Boottime(self.holder_clock.shows(self.now))
    }

    fn bus_now(&self) -> Boottime {
        Boottime(self.bus_clock.shows(self.now))
    }

    fn schedule(&mut self, after: Duration, event: Event) {
        self.serial += 1;
        self.events.insert((self.now + after, self.serial), event);
    }

    /// Sends something over the network; it may get lost.
    fn send(&mut self, event: Event) {
        if self.now < self.cut_until || self.chance.once_in(40) {
            return;
        }
        let delay = self.chance.delay();
        self.schedule(delay, event);
    }

    /// Sends something down a stream: in order, and late rather than lost.
    fn stream(&mut self, stream: Boottime, event: Event) {
        let after = (self.now + self.chance.delay()).max(self.cut_until);
        let at = self.arrives_after.get(&stream).map_or(after, |before| after.max(*before));
        self.arrives_after.insert(stream, at);
        self.schedule(at.saturating_sub(self.now), event);
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::BidArrives { call, sent } => self.bid_arrives(call, sent),
            Event::OpenArrives(stream) => self.open_arrives(stream),
            Event::CloseArrives(stream) => self.bus.close(stream, self.bus_now()),
            Event::Ticks(stream) => self.tick(stream),
            Event::BusRestarts => {
                for stream in self.bus.restart(self.bus_now()) {
                    self.stream(stream, Event::Session(SessionInput::Broke { sent: stream }));
                }
            }
            Event::Main(call, input) if call == self.call => self.main(input),
            Event::Main(..) => {}
            Event::Session(input) => self.session(input),
            Event::OpenTimesOut(stream) if !self.heads.contains(&stream) => {
                self.let_go(stream);
                self.session(SessionInput::Failed);
            }
            Event::OpenTimesOut(_) => {}
            Event::Trouble => {
                let until = self.now + Duration::from_micros(self.chance.below(7_000_000));
                if self.chance.once_in(2) { self.cut_until = until } else { self.paused_until = until }
            }
        }
    }

    fn bid_arrives(&mut self, call: u64, sent: Boottime) {
        let answer = if self.bus.renew(self.bus_now()) {
            let (ttl, holder) = (Millis::from(self.bus.ttl), HolderId::generate());
            BidAnswer::Granted(Grant {
                holder,
                epoch: Epoch(7),
                ttl_ms: ttl,
                remaining_ms: ttl,
                acquired_at: Timestamp::from_unix_millis(0),
                handoff: None,
                session_grace_ms: self.bus.grace.map(Millis::from),
            })
        } else {
            BidAnswer::Superseded
        };
        self.send(Event::Main(call, Input::Answered { sent, answer }));
    }

    fn open_arrives(&mut self, stream: Boottime) {
        if !self.bus.open(stream) {
            return self.send(Event::Session(SessionInput::Refused));
        }
        self.opened_at.insert(stream, self.bus_now());
        if self.gone.contains(&stream) {
            return self.bus.close(stream, self.bus_now());
        }
        self.stream(stream, Event::Session(SessionInput::Opened { sent: stream }));
        self.tick(stream);
    }

    fn tick(&mut self, stream: Boottime) {
        if !self.bus.is_open(stream) {
            return;
        }
        if self.chance.once_in(25) {
            self.bus.close(stream, self.bus_now());
            return self.stream(stream, Event::Session(SessionInput::Broke { sent: stream }));
        }
        let elapsed = self.opened_at.get(&stream).map(|opened| self.bus_now().since(*opened));
        let elapsed_ms = Millis::from(elapsed.unwrap_or_default());
        let tick = LeaseTick { epoch: Epoch(7), grace_ms: Millis::from(GRACE), elapsed_ms };
        self.stream(stream, Event::Session(SessionInput::Tick { sent: stream, tick }));
        let next = self.bus_clock.when(GRACE / 4);
        self.schedule(next, Event::Ticks(stream));
    }

    fn let_go(&mut self, stream: Boottime) {
        if self.gone.insert(stream) {
            self.stream(stream, Event::CloseArrives(stream));
        }
    }

    fn main(&mut self, mut input: Input) {
        let now = self.holder_now();
        if let (Flaw::TrustFromAnswer, Input::Answered { sent, .. }) = (self.flaw, &mut input) {
            *sent = now;
        }
        let jitter = self.chance.share();
        let action = self.holder.step(input, now, jitter);
        self.begin(action);
        self.session(SessionInput::Due);
    }

    fn begin(&mut self, action: Action) {
        self.call += 1;
        let call = self.call;
        match action {
            Action::Bid { timeout, .. } => {
                let sent = self.holder_now();
                self.send(Event::BidArrives { call, sent });
                let failed = BidAnswer::Failed(Box::new(BusError::Broken(String::new())));
                let after = self.holder_clock.when(timeout);
                self.schedule(after, Event::Main(call, Input::Answered { sent, answer: failed }));
            }
            Action::Sleep(pause) => {
                let after = self.holder_clock.when(pause);
                self.schedule(after, Event::Main(call, Input::Slept));
            }
            Action::Wait { .. } | Action::Release { .. } | Action::Stop => {}
        }
    }

    fn session(&mut self, mut input: SessionInput) {
        let now = self.holder_now();
        match &mut input {
            SessionInput::Opened { sent } | SessionInput::Tick { sent, .. } if self.gone.contains(sent) => return,
            SessionInput::Opened { sent } => drop(self.heads.insert(*sent)),
            SessionInput::Tick { sent, tick } => {
                let older: Vec<_> = self.heads.range(..*sent).copied().collect();
                older.into_iter().for_each(|stream| self.let_go(stream));
                if self.flaw == Flaw::TickFromArrival {
                    tick.elapsed_ms = Millis::from(now.since(*sent));
                }
            }
            _ => {}
        }
        let jitter = self.chance.share();
        match self.holder.attend(input, now, jitter) {
            SessionAction::Open { sent, timeout, .. } => {
                // More of these are lost than of others: what saves a session most often is that it is opened again.
                if !self.chance.once_in(3) {
                    self.send(Event::OpenArrives(sent));
                }
                let after = self.holder_clock.when(timeout);
                self.schedule(after, Event::OpenTimesOut(sent));
            }
            SessionAction::Wait(until) => {
                let after = self.holder_clock.when(until.since(now));
                self.schedule(after, Event::Session(SessionInput::Due));
            }
            SessionAction::Close => {}
        }
        if self.holder.take_hurry() {
            self.main(Input::Slept);
        }
    }
}
