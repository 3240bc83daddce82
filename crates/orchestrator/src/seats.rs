//! Who takes the seats of HOs, POs and IOs: the fixed programs, or agents that think; and who makes way for whom.

use std::time::Duration;

use go_bus_api::{Agent, AlertLevel, AlertState, DriverKind, NewAgent, NewAlert, Role, Text, Timestamp};
use go_bus_client::World;
use go_spawn::{LEAST_LIFE, Orchestrator, SeatDrivers, Seating, seated_request, seating, vacancies};

use crate::action::Action;
use crate::memory::Memory;
use crate::plan_view::PlanView;
use crate::policy::Policy;

/// What is needed to say who takes a seat.
#[derive(Debug)]
pub(crate) struct Seats<'a> {
    policy: &'a Policy,
    world: &'a World,
    memory: &'a Memory,
    drivers: SeatDrivers,
    now: Timestamp,
}

impl<'a> Seats<'a> {
    /// The seats at `now`: the drivers of the settings, and what the plan says of some.
    pub(crate) fn new(
        policy: &'a Policy,
        world: &'a World,
        view: &PlanView,
        memory: &'a Memory,
        now: Timestamp,
    ) -> Self {
        Self { policy, world, memory, drivers: policy.handbook.seats.clone().with(view.seat_drivers()), now }
    }

    fn seating(&self, who: &Orchestrator) -> Seating {
        seating(who, &self.drivers, &self.memory.seats, self.world, self.now)
    }

    /// Spawns for the seats that nobody alive holds and that are not closed by a backoff (R12), and the alerts where the fixed program has to do.
    pub(crate) fn spawns(&self) -> Vec<Action> {
        let open =
            vacancies(self.world).into_iter().filter(|who| self.memory.seats.not_before(who, self.now).is_none());
        open.flat_map(|who| self.spawn(who)).collect()
    }

    fn spawn(&self, orchestrator: Orchestrator) -> Vec<Action> {
        let seating = self.seating(&orchestrator);
        let Some(request) = seated_request(&orchestrator, &seating, self.world, &self.policy.handbook) else {
            return Vec::new();
        };
        let alert = seating.instead.and_then(|why| self.alert(&orchestrator, &request, &why));
        let spawn = Action::Spawn { orchestrator, request: Box::new(request) };
        [spawn].into_iter().chain(alert.map(Box::new).map(Action::Raise)).collect()
    }

    /// The successor of `agent`, where there is a launcher to start it: else the seat would be taken by somebody who is not there.
    pub(crate) fn succeed(&self, agent: &Agent) -> Option<Action> {
        let orchestrator = Orchestrator::of(agent)?;
        let request = seated_request(&orchestrator, &self.seating(&orchestrator), self.world, &self.policy.handbook)?;
        let host = request.host.as_ref().and_then(|host| self.world.host(host));
        host.filter(|host| host.launcher.is_some())?;
        let request = Box::new(NewAgent { replaces: Some(agent.id.clone()), ..request });
        Some(Action::Rotate { old: agent.id.clone(), orchestrator, request })
    }

    /// Successors of those that are not run by what is wanted there: the settings or the plan have changed, or the fixed program has had the seat for
    /// as long as it was to. Whoever was spawned a moment ago is left alone. The leader looks at least every half minute.
    pub(crate) fn changes(&self) -> impl Iterator<Item = Action> {
        let due = self.misplaced().filter(|agent| self.age(agent) >= LEAST_LIFE);
        due.filter_map(|agent| self.succeed(agent))
    }

    fn misplaced(&self) -> impl Iterator<Item = &'a Agent> {
        let is_misplaced = |(who, agent): &(Orchestrator, &Agent)| {
            let seating = self.seating(who);
            seating.instead.is_none() && seating.driver != agent.driver
        };
        self.holders().filter(is_misplaced).map(|(_, agent)| agent).collect::<Vec<_>>().into_iter()
    }

    /// The live holders of seats of which it matters what runs them.
    fn holders(&self) -> impl Iterator<Item = (Orchestrator, &'a Agent)> {
        let seated = [Role::Ho, Role::Po, Role::Io].into_iter().flat_map(|role| self.world.agents_of(role));
        let live = seated.filter(|agent| agent.state.is_live());
        let with_seat = live.filter_map(|agent| Some((Orchestrator::of(agent)?, agent)));
        with_seat.filter(|(who, agent)| (self.drivers.of(who), agent.driver) != (DriverKind::Shell, DriverKind::Shell))
    }

    fn age(&self, agent: &Agent) -> Duration {
        self.now.since(agent.spawned_at)
    }

    /// People have to know that a seat is not run as they want; once, until somebody has taken note of it.
    fn alert(&self, who: &Orchestrator, request: &NewAgent, why: &str) -> Option<NewAlert> {
        let key = format!("seat:{who}");
        let is_open = |key: &str| self.world.alert_with_key(key).is_some_and(|alert| alert.state == AlertState::Open);
        let detail =
            format!("{why}. Its work goes on. `go logs` of the agents that sat there before has what they said.");
        (!is_open(&key)).then(|| NewAlert {
            level: AlertLevel::L4,
            title: Text::clipped(&format!("the {who} is run by its fixed program")),
            detail: Text::clipped(&detail),
            project: request.project.clone(),
            dedupe_key: Some(Text::clipped(&key)),
        })
    }
}

#[cfg(test)]
mod tests;
