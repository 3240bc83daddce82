//! Whatever happens in whatever order, and whoever looks anew after a crash: each completion is covered in time, once, by one run at a
//! time, and a red one has one ticket.

use go_bus_api::TaskState;
use go_bus_client::World;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestRunner};

use super::super::{Step, at_start, steps};
use super::bus::Bus;
use super::policy;

/// What may happen.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Event {
    Completion,
    /// GO looks, and does all it finds missing.
    Tick,
    /// GO looks, and dies after its first write.
    TickCutShort,
    /// GO says what the run covers, and has it begin.
    Begin,
    /// The same, but what it covers was not said: the answer was a refusal, or GO died in between.
    BeginUnsaid,
    Pass,
    Fail,
    Skip,
    FixDone,
    FixFailed,
    FixCancelled,
    /// Somebody else is GO, and knows what the Bus knows.
    Takeover,
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    use Event::{
        Begin, BeginUnsaid, Completion, Fail, FixCancelled, FixDone, FixFailed, Pass, Skip, Takeover, Tick,
        TickCutShort,
    };
    let likely = [Completion, Tick, Begin, Fail].into_iter().cycle().take(24);
    let rare = [TickCutShort, BeginUnsaid, Pass, Skip, FixDone, FixFailed, FixCancelled, Takeover];
    prop::collection::vec(select(likely.chain(rare).collect::<Vec<_>>()), 1..250)
}

/// Who decides what is missing.
trait Decider: Default {
    fn decide(&mut self, world: &World) -> Vec<Step>;
}

#[derive(Debug, Default)]
struct FromTheWorld;

impl Decider for FromTheWorld {
    fn decide(&mut self, world: &World) -> Vec<Step> {
        steps(world, &policy())
    }
}

/// Counts what it has seen itself since it began, as somebody would who trusts their memory.
#[derive(Debug, Default)]
struct FromMemory {
    seen: Option<u64>,
}

impl Decider for FromMemory {
    fn decide(&mut self, world: &World) -> Vec<Step> {
        let before = *self.seen.get_or_insert(world.completions());
        let enough = world.completions() - before >= u64::from(policy().every);
        let mut steps = steps(world, &policy());
        steps.retain(|step| {
            enough || !matches!(step, Step::Create(new) if new.id.as_ref().unwrap().as_str().starts_with("int"))
        });
        if !steps.is_empty() {
            self.seen = Some(world.completions());
        }
        steps
    }
}

/// Makes a run whenever enough is completed, whatever is under way.
#[derive(Debug, Default)]
struct Impatient;

impl Decider for Impatient {
    fn decide(&mut self, world: &World) -> Vec<Step> {
        let mut idle = world.clone();
        let open: Vec<_> = world.integration_tests().filter(|run| run.state.is_open()).cloned().collect();
        idle.extend(open.into_iter().map(|run| {
            let (state, revision) = (TaskState::Cancelled, go_bus_api::Revision(run.revision.0 + 1_000));
            go_bus_api::Resource::Task(go_bus_api::Task { state, revision, ..run })
        }));
        steps(&idle, &policy())
    }
}

fn fixes(bus: &Bus) -> Vec<String> {
    let all = (1..200).map(|n| format!("fix-integration-{n}"));
    all.filter(|id| bus.state(id).is_some_and(|state| !state.is_final())).collect()
}

fn happen<D: Decider>(bus: &mut Bus, decider: &mut D, event: Event) {
    let running = |bus: &Bus| {
        bus.open_runs().first().filter(|id| bus.state(id.as_str()) == Some(TaskState::InProgress)).is_some()
    };
    let waiting = bus.open_runs().into_iter().find(|id| bus.state(id.as_str()) == Some(TaskState::Pending));
    match event {
        Event::Completion => bus.complete_tickets(1),
        Event::Tick => decider.decide(bus.world()).iter().for_each(|step| drop(bus.perform(step))),
        Event::TickCutShort => {
            decider.decide(bus.world()).first().into_iter().for_each(|step| drop(bus.perform(step)));
            happen(bus, decider, Event::Takeover);
        }
        Event::Begin => {
            if let Some(id) = waiting {
                let patch = at_start(bus.world(), &id);
                patch.iter().for_each(|patch| bus.patch(&id, patch));
                bus.begin_run();
            }
        }
        Event::BeginUnsaid if waiting.is_some() => bus.begin_run(),
        Event::Pass if running(bus) => bus.pass_run("all well"),
        Event::Skip if running(bus) => bus.pass_run("skipped: it is not there"),
        Event::Fail if running(bus) => bus.fail_run("red"),
        Event::FixDone | Event::FixFailed | Event::FixCancelled => {
            if let Some(id) = fixes(bus).first() {
                match event {
                    Event::FixDone => bus.complete(id),
                    Event::FixFailed => bus.set(id, TaskState::Failed),
                    _ => bus.set(id, TaskState::Cancelled),
                }
            }
        }
        Event::Takeover => {
            bus.crash(bus.open_runs().is_empty());
            *decider = D::default();
        }
        Event::BeginUnsaid | Event::Pass | Event::Skip | Event::Fail => {}
    }
}

/// What is wrong now; `settled` where GO has just done all that it found missing.
fn wrong<D: Decider>(bus: &mut Bus, decider: &mut D, settled: bool) -> Option<String> {
    let (open, fixes) = (bus.open_runs(), fixes(bus));
    if open.len() > 1 {
        return Some(format!("several runs are open: {open:?}"));
    }
    if fixes.len() > 1 {
        return Some(format!("several fixes are open: {fixes:?}"));
    }
    if !bus.refused.is_empty() {
        return Some(format!("made twice: {:?}", bus.refused));
    }
    if !settled {
        return None;
    }
    let again = decider.decide(bus.world());
    let world = bus.world();
    let (completed, covered) = (world.completions(), world.covered_completions());
    let red = world.red_run().is_some();
    if !again.is_empty() {
        return Some(format!("it is never content: {again:?}"));
    }
    if covered > completed {
        return Some(format!("{covered} covered of {completed}"));
    }
    if open.is_empty() && completed - covered >= 5 {
        return Some(format!("{completed} are completed, {covered} covered, and no run is due"));
    }
    (red && world.alert_with_key(&format!("integration-red:{}", world.red_run()?.id)).is_none())
        .then(|| "a red run that nobody was told of".to_owned())
}

fn holds<D: Decider>() -> Result<(), String> {
    let mut runner = TestRunner::new_with_rng(
        Config { cases: 200, failure_persistence: None, ..Config::default() },
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    );
    let tried = runner.run(&events(), |events| {
        let (mut bus, mut decider) = (Bus::default(), D::default());
        for event in events {
            happen(&mut bus, &mut decider, event);
            let wrong = wrong(&mut bus, &mut decider, event == Event::Tick);
            prop_assert!(wrong.is_none(), "{wrong:?}");
        }
        Ok(())
    });
    tried.map_err(|error| error.to_string())
}

#[test]
fn the_count_is_exact_whatever_happens() {
    assert_eq!(holds::<FromTheWorld>(), Ok(()));
}

#[test]
fn who_counts_from_memory_is_caught() {
    let caught = holds::<FromMemory>().unwrap_err();
    assert!(caught.contains("and no run is due"), "{caught}");
}

#[test]
fn who_does_not_wait_for_the_last_run_is_caught() {
    let caught = holds::<Impatient>().unwrap_err();
    assert!(caught.contains("several runs are open") || caught.contains("made twice"), "{caught}");
}
