//! Who is spawned for a seat, and who makes way.

use go_bus_api::{AgentState, Alert, Exit, ExitReport, Failure, FailureCause, Remedy, Resource, Revision};

use super::*;
use crate::samples;

const NOW: &str = "2026-03-21T09:00:00.000Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// POs are Claude Code's.
fn policy() -> Policy {
    let mut policy = Policy::default();
    policy.handbook.seats.po = DriverKind::Claude;
    policy
}

fn world(more: Vec<Resource>) -> World {
    let place = [Resource::Host(samples::host("h1", 2)), Resource::Project(samples::project("site"))];
    place.into_iter().chain(more).collect()
}

/// A PO of this driver that was spawned at this time.
fn po(id: &str, driver: DriverKind, spawned: &str) -> Agent {
    Agent { driver, host: Some(samples::id("h1")), spawned_at: at(spawned), ..samples::po(id, "site") }
}

/// Three of Claude Code's POs, one after the other, that failed in the last minutes.
fn failed() -> Vec<Agent> {
    let failed = |minute: u32| {
        let failure = Failure::new(Remedy::Retry, FailureCause::NoChange, "nothing moved");
        let report = ExitReport { code: Some(0), failure: Some(failure), ..ExitReport::default() };
        let exit = Some(Exit { report, at: at(&format!("2026-03-21T08:{:02}:00.000Z", minute + 2)) });
        let spawned = format!("2026-03-21T08:{minute:02}:00.000Z");
        Agent { state: AgentState::Terminated, exit, ..po(&format!("a-{minute}"), DriverKind::Claude, &spawned) }
    };
    [50, 53, 56].map(failed).to_vec()
}

struct Case {
    policy: Policy,
    world: World,
    view: PlanView,
    memory: Memory,
}

impl Case {
    fn new(policy: Policy, world: World) -> Self {
        let mut memory = Memory::default();
        memory.recall(&world);
        Self { view: PlanView::none(&policy), policy, world, memory }
    }

    fn seats(&self, now: &str) -> Seats<'_> {
        Seats::new(&self.policy, &self.world, &self.view, &self.memory, at(now))
    }

    /// What is done for the seats that are vacant: which driver is spawned for POs, and the alerts.
    fn spawns(&self, now: &str) -> (Vec<Option<DriverKind>>, Vec<NewAlert>) {
        let (mut drivers, mut alerts) = (Vec::new(), Vec::new());
        for action in self.seats(now).spawns() {
            match action {
                Action::Spawn { orchestrator: Orchestrator::Po(_), request } => drivers.push(request.driver),
                Action::Raise(alert) => alerts.push(*alert),
                _ => {}
            }
        }
        (drivers, alerts)
    }
}

#[test]
fn a_po_is_run_by_what_the_settings_say_and_by_what_the_plan_says_of_it() {
    let (drivers, alerts) = Case::new(policy(), world(Vec::new())).spawns(NOW);
    assert_eq!((drivers, alerts.len()), (vec![Some(DriverKind::Claude)], 0));
    let mut case = Case::new(policy(), world(Vec::new()));
    let plan = "projects: [{id: site, po: {driver: codex}}]\nhosts: [{id: h1, ho: {driver: command}}]";
    case.view = PlanView::new(samples::plan(plan), samples::defaults(), &case.policy);
    assert_eq!(case.spawns(NOW).0, [Some(DriverKind::Codex)]);
    let drivers = case.seats(NOW).drivers;
    assert_eq!(drivers.of(&Orchestrator::Ho(samples::id("h1"))), DriverKind::Command);
    let fixed = Case::new(Policy::default(), world(Vec::new())).spawns(NOW);
    assert_eq!(fixed.0, [None], "what runs the fixed program is not said");
}

#[test]
fn after_three_failures_the_fixed_program_takes_the_seat_and_people_are_told_once() {
    let ended = || failed().into_iter().map(Resource::Agent).collect::<Vec<_>>();
    let (drivers, alerts) = Case::new(policy(), world(ended())).spawns(NOW);
    assert_eq!((drivers, alerts.len()), (vec![None], 1));
    let alert = &alerts[0];
    assert_eq!(
        (alert.level, alert.title.as_str()),
        (AlertLevel::L4, "the PO of project site is run by its fixed program")
    );
    assert!(
        alert.detail.as_str().starts_with("claude has failed there; it is tried again from 2026-03-21T09:58"),
        "{}",
        alert.detail
    );
    let open = |state| {
        Resource::Alert(Alert {
            id: samples::id("al-1"),
            level: alert.level,
            title: alert.title.clone(),
            detail: alert.detail.clone(),
            project: None,
            state,
            raised_at: at(NOW),
            acknowledged_by: None,
            dedupe_key: alert.dedupe_key.clone(),
            revision: Revision(1),
        })
    };
    let told = |state| Case::new(policy(), world([ended(), vec![open(state)]].concat())).spawns(NOW).1.len();
    assert_eq!((told(AlertState::Open), told(AlertState::Acknowledged)), (0, 1));
}

#[test]
fn whoever_is_not_run_by_what_is_wanted_makes_way_once_it_has_had_its_time() {
    let seated = |driver, spawned: &str| world(vec![Resource::Agent(po("a-1", driver, spawned))]);
    let changes = |policy: Policy, world: World, now: &str| {
        let case = Case::new(policy, world);
        case.seats(now).changes().collect::<Vec<_>>()
    };
    let old = "2026-03-21T08:30:00.000Z";
    let due = changes(policy(), seated(DriverKind::Shell, old), NOW);
    let [Action::Rotate { old: left, request, .. }] = due.as_slice() else { panic!("{due:?}") };
    assert_eq!(
        (left.as_str(), request.driver, &request.replaces),
        ("a-1", Some(DriverKind::Claude), &Some(left.clone()))
    );
    assert_eq!(
        changes(policy(), seated(DriverKind::Shell, "2026-03-21T08:55:00.000Z"), NOW).len(),
        0,
        "it has just begun"
    );
    assert_eq!(changes(policy(), seated(DriverKind::Claude, old), NOW).len(), 0);
    assert_eq!(changes(Policy::default(), seated(DriverKind::Shell, old), NOW).len(), 0);
    assert_eq!(changes(Policy::default(), seated(DriverKind::Claude, old), NOW).len(), 1, "and back");
    let fixed = po("a-9", DriverKind::Shell, "2026-03-21T08:59:00.000Z");
    let after_failures = || failed().into_iter().chain([fixed.clone()]).map(Resource::Agent).collect();
    assert_eq!(changes(policy(), world(after_failures()), "2026-03-21T09:57:00.000Z").len(), 0, "its hour is not over");
    assert_eq!(changes(policy(), world(after_failures()), "2026-03-21T09:58:00.000Z").len(), 1);
}
