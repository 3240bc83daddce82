//! Whatever happens in whatever order: the limits are kept, no finding is worked on twice at once, and nobody idles who could work. Each
//! rule is broken once, to see that the judge notices.

use std::collections::BTreeMap;

use go_bus_api::{Resource, Task, TaskKind, TaskState, Text};
use go_bus_client::World;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::samples::{at, created, finding, policy};
use super::*;
use crate::capacity::Capacity;
use crate::limits::Limits;
use crate::samples::{self, id, task};

/// What happens next.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// Minutes pass.
    Wait(i64),
    /// Of what is at work, the one at this place ends, a minute later.
    End(usize, Ending),
    /// A ticket comes that can start.
    Ticket,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Ending {
    Mended,
    Nothing,
    Failed,
    Cancelled,
}

/// A fleet and what happens to it.
#[derive(Debug, Clone)]
struct Course {
    slots: u32,
    cap: u32,
    min: u32,
    max_open: u32,
    per_day: u32,
    recurs: bool,
    steps: Vec<Step>,
}

/// A rule of the decision that is broken.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Broken {
    Nothing,
    MaxOpen,
    PerDay,
    Min,
    Room,
    Duplicates,
    Rests,
}

/// The findings of the one project: two of a kind, and one.
const FOUND: [(ImprovementKind, &str); 4] = [
    (ImprovementKind::Tests, "a"),
    (ImprovementKind::Tests, "b"),
    (ImprovementKind::Hardening, "c"),
    (ImprovementKind::Optimization, "d"),
];

/// What the judge knows, by its own bookkeeping.
struct Trial<'a> {
    course: &'a Course,
    broken: Broken,
    world: World,
    minute: i64,
    made_at: Vec<i64>,
    tickets: usize,
    mended: BTreeMap<&'static str, i64>,
    rests: BTreeMap<ImprovementKind, (u32, i64)>,
}

impl Trial<'_> {
    fn policy(&self) -> ImprovementPolicy {
        let (course, more) = (self.course, |rule| u32::from(self.broken == rule));
        let mut policy = policy(FOUND.map(|(kind, name)| Finding { recurs: course.recurs, ..finding(kind, name) }));
        policy.settings.min = course.min.saturating_sub(more(Broken::Min));
        policy.settings.max_open = course.max_open + more(Broken::MaxOpen);
        policy.settings.per_day = course.per_day + more(Broken::PerDay);
        policy
    }

    fn limits(&self) -> Limits {
        Limits { agents_max: (self.broken != Broken::Room).then_some(self.course.cap), ..Limits::default() }
    }

    /// What the decision is shown.
    fn shown(&self) -> World {
        if !matches!(self.broken, Broken::Duplicates | Broken::Rests) {
            return self.world.clone();
        }
        let forgotten = |task: &&Task| task.kind != TaskKind::Improvement;
        let mut world = samples::world([("h1", self.course.slots)]);
        world.extend(self.world.tasks().filter(forgotten).cloned().map(Resource::Task));
        if self.broken == Broken::Rests {
            world.extend(self.world.tasks().filter(|task| task.state.is_open()).cloned().map(Resource::Task));
        }
        world
    }

    /// Decides and starts what was made until nothing more comes of it.
    fn settle(&mut self) -> Result<(), String> {
        for _ in 0..9 {
            self.start();
            let short = shortfall(&self.shown(), &self.policy(), &self.limits(), at(self.minute));
            let make = short.map(|short| short.make).unwrap_or_default();
            if make.is_empty() {
                return self.check();
            }
            for (place, mut new) in make.into_iter().enumerate() {
                // A broken decision may take an id again, which the Bus would refuse: here it is another task of the same finding.
                if self.world.task_state(new.id.as_ref().unwrap()).is_some() {
                    let number = self.made_at.len() * 10 + place + 100;
                    new.id = new
                        .id
                        .map(|taken| id(&format!("{}{number}", taken.as_str().trim_end_matches(char::is_numeric))));
                }
                self.world.apply(Resource::Task(created(&new, at(self.minute))));
                self.made_at.push(self.minute);
            }
        }
        self.check()?;
        Err("it never settles".to_owned())
    }

    /// Starts what can start: a slot of the host each.
    fn start(&mut self) {
        let room = Capacity::of(&self.world, &Limits { agents_max: Some(self.course.cap), ..Limits::default() }).room();
        let ready: Vec<Task> = self.world.tasks_in(TaskState::Pending).take(room).cloned().collect();
        for task in ready {
            let (state, revision) = (TaskState::InProgress, task.revision.next());
            self.world.apply(Resource::Task(Task { state, revision, host: Some(id("h1")), ..task }));
        }
    }

    fn step(&mut self, step: Step) -> Result<(), String> {
        match step {
            Step::Wait(minutes) => self.minute += minutes,
            Step::End(place, ending) => self.end(place, ending),
            Step::Ticket => {
                self.tickets += 1;
                self.world.apply(Resource::Task(task(&format!("T-{}", self.tickets), "site")));
            }
        }
        self.settle()
    }

    fn end(&mut self, place: usize, ending: Ending) {
        self.minute += 1;
        let at_work: Vec<Task> = self.world.tasks_in(TaskState::InProgress).cloned().collect();
        let Some(task) = at_work.get(place % at_work.len().max(1)).cloned() else { return };
        let found = FOUND.into_iter().find(|(_, name)| task.title.as_str() == *name);
        if let Some((kind, name)) = found.filter(|_| task.kind == TaskKind::Improvement) {
            let in_vain = self.rests.get(&kind).map_or(0, |(in_vain, _)| *in_vain) + 1;
            let length = (10_i64 << (in_vain - 1).min(9)).min(24 * 60);
            if ending == Ending::Mended {
                self.rests.remove(&kind);
                self.mended.insert(name, self.minute);
            } else {
                self.rests.insert(kind, (in_vain, self.minute + length));
            }
        }
        let (state, result) = match ending {
            Ending::Mended => (TaskState::Done, Some(Text::clipped("mended (1 verification passed)"))),
            Ending::Nothing => (TaskState::Done, Some(Text::clipped("nothing to improve (1 verification passed)"))),
            Ending::Failed => (TaskState::Failed, None),
            Ending::Cancelled => (TaskState::Cancelled, None),
        };
        let revision = task.revision.next();
        self.world.apply(Resource::Task(Task { state, result, revision, finished_at: Some(at(self.minute)), ..task }));
    }

    /// Every rule, by the judge's own books.
    fn check(&self) -> Result<(), String> {
        let open: Vec<&Task> =
            self.world.tasks().filter(|task| task.kind == TaskKind::Improvement && task.state.is_open()).collect();
        for (_, name) in FOUND {
            if open.iter().filter(|task| task.title.as_str() == name).count() > 1 {
                return Err(format!("twice: {name}"));
            }
        }
        if let Some(name) = self.restless(&open) {
            return Err(format!("rests: {name} was made"));
        }
        self.check_limits(&open)
    }

    fn check_limits(&self, open: &[&Task]) -> Result<(), String> {
        let course = self.course;
        if open.len() > course.max_open as usize {
            return Err(format!("max_open: {} are open", open.len()));
        }
        let day = self.made_at.iter().filter(|made| self.minute - **made < 24 * 60).count();
        if day > course.per_day as usize {
            return Err(format!("per_day: {day} were made"));
        }
        let working = self.world.tasks_in(TaskState::InProgress).count();
        let waiting = self.world.tasks_in(TaskState::Pending).filter(|task| task.kind == TaskKind::Improvement).count();
        if waiting > 0 {
            return Err(format!("room: {waiting} were made that can't start"));
        }
        let is_full = working >= course.slots.min(course.cap) as usize;
        let is_limited = open.len() == course.max_open as usize || day == course.per_day as usize;
        let available = FOUND.into_iter().find(|(kind, name)| self.is_available(*kind, name, open));
        match available {
            Some((_, name)) if working < course.min as usize && !is_full && !is_limited => {
                Err(format!("min: {working} work, and {name} could be mended"))
            }
            _ => Ok(()),
        }
    }

    fn is_available(&self, kind: ImprovementKind, name: &str, open: &[&Task]) -> bool {
        let is_open = open.iter().any(|task| task.title.as_str() == name);
        let mended = self.mended.get(name).is_some_and(|at| !self.course.recurs || self.minute < at + 10);
        !is_open && !mended && !self.is_resting(kind)
    }

    fn is_resting(&self, kind: ImprovementKind) -> bool {
        self.rests.get(&kind).is_some_and(|(_, until)| self.minute < *until)
    }

    /// One that was made this minute though its kind rests: an end takes a minute, so it was made after the last one.
    fn restless(&self, open: &[&Task]) -> Option<&'static str> {
        let is_fresh = |name| open.iter().any(|task| task.title.as_str() == name && task.created_at == at(self.minute));
        let restless = FOUND.into_iter().find(|(kind, name)| is_fresh(*name) && self.is_resting(*kind));
        restless.map(|(_, name)| name)
    }
}

fn judge(course: &Course, broken: Broken) -> Result<(), String> {
    let world = samples::world([("h1", course.slots)]);
    let (made_at, mended, rests) = (Vec::new(), BTreeMap::new(), BTreeMap::new());
    let mut trial = Trial { course, broken, world, minute: 0, made_at, tickets: 0, mended, rests };
    trial.settle()?;
    course.steps.iter().try_for_each(|step| trial.step(*step))
}

fn courses() -> impl Strategy<Value = Course> {
    let ending = prop::sample::select(vec![Ending::Mended, Ending::Nothing, Ending::Failed, Ending::Cancelled]);
    let step = prop_oneof![
        2 => prop::sample::select(vec![1_i64, 9, 10, 11, 20, 40, 600, 1439, 1440, 2000]).prop_map(Step::Wait),
        4 => (0_usize..8, ending).prop_map(|(place, ending)| Step::End(place, ending)),
        1 => Just(Step::Ticket),
    ];
    let numbers = (1_u32..6, 1_u32..6, 0_u32..5, 0_u32..5, 0_u32..9);
    (numbers, any::<bool>(), prop::collection::vec(step, 0..40)).prop_map(
        |((slots, cap, min, max_open, per_day), recurs, steps)| Course {
            slots,
            cap,
            min,
            max_open,
            per_day,
            recurs,
            steps,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn limits_are_exact_nothing_is_made_twice_and_nobody_idles_who_could_work(course in courses()) {
        prop_assert_eq!(judge(&course, Broken::Nothing), Ok(()));
    }
}

#[test]
fn every_rule_that_is_broken_is_noticed() {
    for (broken, word) in [
        (Broken::MaxOpen, "max_open"),
        (Broken::PerDay, "per_day"),
        (Broken::Min, "min"),
        (Broken::Room, "room"),
        (Broken::Duplicates, "twice"),
        (Broken::Rests, "rests"),
    ] {
        let config = Config { cases: 2000, failure_persistence: None, max_shrink_iters: 0, ..Config::default() };
        let mut runner = TestRunner::new_with_rng(
            config,
            proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
        );
        let noticed = runner.run(&courses(), |course| match judge(&course, broken) {
            Err(what) if what.starts_with(word) => Err(TestCaseError::fail(what)),
            _ => Ok(()),
        });
        assert!(noticed.is_err(), "{broken:?} goes unnoticed");
    }
}
