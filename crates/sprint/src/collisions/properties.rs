//! However work collides: everything lands, nothing waits for ever, and as many work as should. A rule that lets two wait for each other is
//! seen to fail.

use std::collections::BTreeMap;
use std::time::Duration;

use go_bus_api::{Project, Resource, Revision, Text};
use proptest::prelude::*;

use super::*;
use crate::dispatch::dispatch_under;
use crate::{Limits, SeedDispatch, Turns, samples};

/// A fleet's tickets, which of them collide, and how each attempt goes.
#[derive(Debug, Clone)]
struct Course {
    tickets: usize,
    slots: u32,
    min: u32,
    /// Pairs that collide while both are in flight.
    pairs: Vec<(usize, usize)>,
    /// How many attempts of each fail before one lands.
    failures: Vec<usize>,
    /// How many steps an attempt takes.
    lasts: usize,
}

fn courses() -> impl Strategy<Value = Course> {
    (2_usize..9, 1_u32..6, 0_u32..4, 1_usize..4).prop_flat_map(|(tickets, slots, min, lasts)| {
        let pairs = prop::collection::vec((0..tickets, 0..tickets), 0..2 * tickets);
        let failures = prop::collection::vec(0_usize..3, tickets);
        (pairs, failures).prop_map(move |(pairs, failures)| Course { tickets, slots, min, pairs, failures, lasts })
    })
}

fn id(ticket: usize) -> TaskId {
    samples::id(&format!("T-{ticket}"))
}

struct Fleet<'c> {
    course: &'c Course,
    world: World,
    now: Timestamp,
    revision: u64,
    /// When each that works ends, in steps.
    ends: BTreeMap<usize, usize>,
    /// How often one worked beside one that it was known to collide with, though enough others worked.
    beside: usize,
}

impl<'c> Fleet<'c> {
    fn new(course: &'c Course) -> Self {
        let mut world = samples::world([("h1", course.slots)]);
        let repo = Some(Text::clipped("/srv/one"));
        world.apply(Resource::Project(Project { repo, revision: Revision(7), ..samples::project("site") }));
        for ticket in 0..course.tickets {
            world.apply(Resource::Task(samples::task(id(ticket).as_str(), "site")));
        }
        samples::enrol(&mut world);
        let now = "2026-03-21T09:00:00.000Z".parse().unwrap();
        Self { course, world, now, revision: 1, ends: BTreeMap::new(), beside: 0 }
    }

    fn change(&mut self, ticket: usize, how: impl FnOnce(&mut Task)) {
        let mut task = self.world.task(&id(ticket)).unwrap().clone();
        how(&mut task);
        self.revision += 1;
        task.revision = Revision(self.revision);
        self.world.apply(Resource::Task(task));
    }

    /// What the Bus has of collisions: a pair collides once both have begun and while neither has landed.
    fn tell_collisions(&mut self) {
        for ticket in 0..self.course.tickets {
            let partners =
                self.course.pairs.iter().filter_map(|(one, other)| match (*one == ticket, *other == ticket) {
                    (true, false) => Some(*other),
                    (false, true) => Some(*one),
                    _ => None,
                });
            let is_flying = |ticket: &usize| self.world.task(&id(*ticket)).is_some_and(is_in_flight);
            let met: Vec<TaskId> = partners.filter(|other| is_flying(other) && is_flying(&ticket)).map(id).collect();
            let collides_with = met.into_iter().map(|task| Collision { task, files: vec![] }).collect();
            if self.world.task(&id(ticket)).is_some_and(|task| task.collides_with != collides_with) {
                self.change(ticket, |task| task.collides_with = collides_with);
            }
        }
    }

    fn step(&mut self, restraint: fn(&World, &Task, Timestamp) -> bool) {
        self.now = self.now.after(Duration::from_secs(60));
        self.ends.values_mut().for_each(|left| *left -= 1);
        let over: Vec<usize> = self.ends.iter().filter(|(_, left)| **left == 0).map(|(ticket, _)| *ticket).collect();
        for ticket in over {
            self.ends.remove(&ticket);
            let tries = self.world.task(&id(ticket)).unwrap().attempt.0 as usize;
            let lands = tries > self.course.failures[ticket];
            self.change(ticket, |task| task.state = if lands { TaskState::Done } else { TaskState::Pending });
        }
        self.tell_collisions();
        let world = self.world.clone();
        let limits = Limits { agents_min: self.course.min, ..Limits::default() };
        let under = Restraint { is_ahead: restraint, ..Restraint::of(&world, self.now) };
        let dispatched = dispatch_under(under, &world, &limits, &SeedDispatch::default(), &Turns::default(), self.now);
        for (nth, given) in dispatched.assignments.iter().enumerate() {
            let at_work = self.ends.len();
            let ticket = (0..self.course.tickets).find(|ticket| id(*ticket) == given.task).unwrap();
            let known = &world.task(&given.task).unwrap().collides_with;
            let works = |other: &Collision| self.ends.keys().any(|working| id(*working) == other.task);
            let needed = at_work < self.course.min as usize;
            self.beside += usize::from(known.iter().any(works) && !needed);
            assert!(nth < self.course.slots as usize, "more than there are slots for");
            self.ends.insert(ticket, self.course.lasts);
            self.change(ticket, |task| {
                task.state = TaskState::InProgress;
                task.attempt = task.attempt.next();
            });
        }
    }

    fn is_done(&self) -> bool {
        self.world.count_in(TaskState::Done) == self.course.tickets
    }
}

/// The steps until everything has landed; `None` where that takes longer than it would one by one.
fn steps(course: &Course, restraint: fn(&World, &Task, Timestamp) -> bool) -> Option<usize> {
    let mut fleet = Fleet::new(course);
    let one_by_one: usize = course.failures.iter().map(|failures| (failures + 1) * course.lasts).sum();
    let most = one_by_one + course.tickets + 2;
    let steps = (0..most).find(|_| {
        fleet.step(restraint);
        fleet.is_done()
    });
    assert_eq!(fleet.beside, 0, "somebody began beside one that it was known to collide with");
    steps
}

/// The rule broken: also one that only waits comes first, so that two wait for each other.
fn whoever_has_begun_is_ahead(_: &World, other: &Task, _: Timestamp) -> bool {
    is_in_flight(other)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn everything_lands_and_nobody_begins_beside_what_it_collides_with(course in courses()) {
        prop_assert!(steps(&course, is_ahead).is_some(), "it never ends");
    }
}

#[test]
fn two_that_waited_for_each_other_would_never_end() {
    let course = Course { tickets: 2, slots: 2, min: 0, pairs: vec![(0, 1)], failures: vec![1, 1], lasts: 2 };
    assert!(steps(&course, is_ahead).is_some());
    assert_eq!(steps(&course, whoever_has_begun_is_ahead), None);
}
