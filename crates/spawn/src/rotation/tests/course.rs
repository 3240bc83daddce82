//! Any course of events, with a takeover between any two steps: each step is decided from the World alone, and only one is done at a time.

use go_bus_api::NewAgent;
use proptest::prelude::*;

use super::*;
use crate::vacancies;

/// What happens next.
#[derive(Debug, Clone, Copy)]
enum Turn {
    /// Whoever leads does one of the things that are due.
    Lead(usize),
    /// Time passes, in seconds.
    Pass(u64),
    /// The holder says how full it is.
    Fill(f64),
    /// The holder answers a question, acknowledged or not.
    Answer,
    /// The holder acknowledges a question and says nothing.
    Acknowledge,
    /// The holder dies.
    Die,
    /// The one that drains has ended.
    End,
}

fn turns() -> impl Strategy<Value = Vec<Turn>> {
    let turn = prop_oneof![
        6 => (0..4_usize).prop_map(Turn::Lead),
        3 => (0..90_u64).prop_map(Turn::Pass),
        3 => prop_oneof![Just(0.2), Just(0.7), Just(0.99)].prop_map(Turn::Fill),
        2 => Just(Turn::Answer),
        1 => Just(Turn::Acknowledge),
        1 => Just(Turn::Die),
        1 => Just(Turn::End),
    ];
    prop::collection::vec(turn, 0..80)
}

/// One seat, and the Bus as far as it matters here.
struct Course {
    world: World,
    now: u64,
    made: u32,
    /// Who was rotated, and when.
    rotated: Vec<(AgentId, u64)>,
}

impl Course {
    fn new() -> Self {
        Self { world: world(po("a-0", None), []), now: 0, made: 0, rotated: Vec::new() }
    }

    fn in_state(&self, is_meant: impl Fn(AgentState) -> bool) -> Vec<Agent> {
        self.world.agents().filter(|agent| is_meant(agent.state)).cloned().collect()
    }

    fn holders(&self) -> Vec<Agent> {
        self.in_state(AgentState::is_live)
    }

    fn change(&mut self, agent: Agent) {
        let revision = Revision(agent.revision.0 + 1);
        self.world.apply(Resource::Agent(Agent { revision, ..agent }));
    }

    fn name(&mut self) -> String {
        self.made += 1;
        format!("x-{:04}", self.made)
    }

    /// `POST /agents`, with the Bus's own check of the seat.
    fn spawn(&mut self, request: &NewAgent) {
        let stands_in_the_way = |agent: &Agent| request.replaces.as_ref() != Some(&agent.id);
        if self.holders().iter().any(stands_in_the_way) {
            return;
        }
        let old = request.replaces.as_ref().and_then(|old| self.world.agent(old)).cloned();
        if let Some(old) = old.filter(|old| old.state.is_live()) {
            self.change(Agent { state: AgentState::Draining, ..old });
        }
        let id = self.name();
        let heir = Agent { replaces: request.replaces.clone(), spawned_at: at(self.now), ..po(&id, None) };
        self.world.apply(Resource::Agent(heir));
    }

    fn send(&mut self, from: &str, to: &str, kind: &str) {
        let id = self.name();
        self.world.apply(Resource::Message(message(&id, from, to, kind, at(self.now))));
    }

    fn acknowledge(&mut self, message: &Message) {
        let read = Message { acknowledged_at: Some(at(self.now)), ..message.clone() };
        self.world.apply(Resource::Message(read));
    }

    fn request(&self) -> NewAgent {
        orchestrator_request(&Orchestrator::Po(samples::id("site")), &self.world, &Handbook::default()).unwrap()
    }

    /// Does the `nth` thing that is due; tells whether there was any.
    fn lead(&mut self, nth: usize) -> bool {
        let world = self.world.clone();
        let vacant = vacancies(&world).into_iter().filter(|who| who.role() == Role::Po).count();
        let mut steps: Vec<Option<RotationStep<'_>>> = vec![None; vacant];
        steps.extend(rotations(&world, &Rotation::default(), at(self.now)).into_iter().map(Some));
        steps.retain(|step| !matches!(step, Some(RotationStep::TooSoon(_))));
        let Some(step) = steps.get(nth % steps.len().max(1)) else { return false };
        match step {
            Some(RotationStep::Ask(agent)) => self.send("000", agent.id.as_str(), Message::ROTATION),
            Some(RotationStep::Succeed(agent)) => self.succeed(agent),
            Some(RotationStep::Served(message)) => self.acknowledge(message),
            Some(RotationStep::TooSoon(_)) => {}
            None => self.spawn(&self.request()),
        }
        true
    }

    fn succeed(&mut self, agent: &Agent) {
        let request = NewAgent { replaces: Some(agent.id.clone()), ..self.request() };
        let prompt = request.prompt.clone().unwrap();
        let has_left = left_for(&self.world, &Seat::Project(samples::id("site"))).is_some();
        assert_eq!(has_left, prompt.as_str().contains("## Handoff"), "{prompt}");
        self.rotated.push((agent.id.clone(), self.now));
        self.spawn(&request);
    }

    fn take(&mut self, turn: Turn) {
        let holder = self.holders().pop();
        match (turn, holder) {
            (Turn::Lead(nth), _) => drop(self.lead(nth)),
            (Turn::Pass(seconds), _) => self.now += seconds,
            (Turn::Fill(used), Some(agent)) => self.change(Agent { context_used: Ratio::new(used).ok(), ..agent }),
            (Turn::Answer, Some(agent)) if self.world.asked_to_rotate(&agent.id).is_some() => {
                self.send(agent.id.as_str(), "000", Message::HANDOFF);
            }
            (Turn::Acknowledge, Some(agent)) => {
                let unread: Vec<_> = self.world.messages_to(&agent.id).cloned().collect();
                unread.iter().for_each(|message| self.acknowledge(message));
            }
            (Turn::Die, Some(agent)) => self.change(Agent { state: AgentState::Lost, ..agent }),
            (Turn::End, _) => {
                let draining = self.in_state(|state| state == AgentState::Draining);
                draining.into_iter().for_each(|agent| self.change(Agent { state: AgentState::Terminated, ..agent }));
            }
            _ => {}
        }
    }

    /// Leads on until nothing is due; fails where that never comes.
    fn settle(&mut self) {
        for _ in 0..100 {
            if !self.lead(0) {
                return;
            }
        }
        panic!("there is always something due: {:?}", rotations(&self.world, &Rotation::default(), at(self.now)));
    }

    fn is_live(&self, id: &AgentId) -> bool {
        self.world.agent(id).is_some_and(|agent| agent.state.is_live())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_seat_has_one_holder_at_most_and_is_never_left_empty_and_no_rotation_goes_in_a_circle(turns in turns()) {
        let mut course = Course::new();
        for turn in turns {
            course.take(turn);
            prop_assert!(course.holders().len() <= 1, "two are live");
        }
        course.settle();
        prop_assert_eq!(course.holders().len(), 1, "the seat is empty");
        let holder = course.holders().remove(0);
        let was_asked = course.world.asked_to_rotate(&holder.id).is_some();
        course.now += HANDOFF_TIME.as_secs();
        course.settle();
        let is_full = holder.context_used.is_some_and(|used| used.get() >= 0.7);
        prop_assert!(!(is_full && was_asked && course.is_live(&holder.id)), "it was asked and is there still");
        prop_assert!(handoffs(&course.world).all(|left| course.is_live(left.from.as_ref().unwrap())), "one is left over");
        for (old, when) in &course.rotated {
            let old = course.world.agent(old).unwrap();
            prop_assert!(old.replaces.is_none() || at(*when).since(old.spawned_at) >= LEAST_LIFE, "in a circle");
        }
        let mut once: Vec<_> = course.rotated.iter().map(|(old, _)| old).collect();
        once.sort();
        once.dedup();
        prop_assert_eq!(once.len(), course.rotated.len(), "one was replaced twice");
    }
}
