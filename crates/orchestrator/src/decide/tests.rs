//! Whatever is found, exactly what is missing is planned, and once it is there nothing any more.

use std::collections::HashSet;
use std::time::Duration;

use go_bus_api::{
    Agent, AgentState, Exit, ExitReport, HostState, ProjectState, Resource, Revision, Role, Seq, Session, Sprint, Task,
    TaskState,
};
use go_bus_client::Changes;
use go_plan::reconcile::PlanChange;

use super::*;
use crate::action::Key;
use crate::samples;

fn now() -> Timestamp {
    "2026-03-21T09:00:00.000Z".parse().unwrap()
}

fn planned(text: &str) -> PlanView {
    PlanView::new(samples::plan(text), samples::defaults(), &Policy::default())
}

fn actions(world: &World, view: &PlanView) -> Vec<Action> {
    plan(&Policy::default(), world, view, &Memory::default(), now())
}

fn words(actions: &[Action]) -> Vec<String> {
    actions.iter().map(ToString::to_string).collect()
}

/// What the Bus makes of an action, as far as this planner can tell.
fn carry_out(world: &mut World, action: &Action, serial: usize) {
    let resource = match action.clone() {
        Action::Change(PlanChange::CreateHost(new)) => {
            let host = samples::host(new.id.as_str(), new.slots.get());
            Resource::Host(go_bus_api::Host { labels: new.labels, state: new.state, ..host })
        }
        Action::Change(PlanChange::CreateProject(new)) => {
            let project = samples::project(new.id.as_str());
            Resource::Project(go_bus_api::Project { repo: new.repo, driver: new.driver, ..project })
        }
        Action::Change(PlanChange::OpenSession(new)) => Resource::Session(Session {
            id: samples::id("s-1"),
            user: new.user,
            opened_at: now(),
            closed_at: None,
            io: None,
            revision: Revision(1),
        }),
        Action::Change(PlanChange::CreateTask(new)) => {
            let task = samples::task(new.id.as_ref().unwrap().as_str(), new.project.as_str());
            let (title, run, depends_on) = (new.title, new.run, new.depends_on);
            Resource::Task(Task { title, run, depends_on, idle_ms: new.idle_ms, deadline_ms: new.deadline_ms, ..task })
        }
        Action::Change(PlanChange::PatchTask(id, patch)) => {
            let task = world.task(&id).unwrap().clone();
            let state = patch.state.unwrap_or(task.state);
            Resource::Task(Task { state, revision: task.revision.next(), ..task })
        }
        Action::Spawn { request, .. } => {
            let (host, project, user) = (request.host, request.project, request.user);
            let agent = samples::agent(&format!("a-{serial}"), request.role);
            Resource::Agent(Agent { host, project, user, state: AgentState::Requested, ..agent })
        }
        Action::Assign { task, assignee, .. } => {
            let task = world.task(&task).unwrap().clone();
            let (attempt, revision) = (task.attempt.next(), task.revision.next());
            Resource::Task(Task { state: TaskState::InProgress, assignee: Some(assignee), attempt, revision, ..task })
        }
        Action::OpenSprint(new) => {
            let tickets: Vec<&str> = new.tickets.iter().map(|id| id.as_str()).collect();
            let ends_at = new.ends_at;
            Resource::Sprint(Sprint { id: new.id.unwrap(), ends_at, ..samples::open_sprint(&tickets) })
        }
        other => panic!("{other}"),
    };
    assert!(world.apply(resource), "{action}");
}

#[test]
fn from_nothing_to_a_running_ticket_and_then_nothing_more() {
    let (mut world, view) = (World::default(), planned(samples::ONE_TICKET));
    let mut log = Vec::new();
    for round in 0..6 {
        let planned = actions(&world, &view);
        log.push(words(&planned));
        planned.iter().enumerate().for_each(|(n, action)| carry_out(&mut world, action, round * 10 + n));
    }
    let expected: [&[&str]; 5] = [
        &["create host localhost", "create project site", "open a session for operator", "create task T-1"],
        &["spawn the HO of host localhost", "spawn the PO of project site", "spawn the IO of operator"],
        &["begin sprint S-1 of 1 tickets"],
        &["assign T-1 to a-11"],
        &[],
    ];
    assert_eq!(log[..5], expected.map(|round| round.iter().map(ToString::to_string).collect::<Vec<_>>()));
    assert!(log[5..].iter().all(Vec::is_empty), "{log:?}");
}

#[test]
fn every_subset_of_a_finished_activation_is_completed_and_nothing_done_twice() {
    let (mut world, view) = (World::default(), planned(samples::ONE_TICKET));
    let mut steps = Vec::new();
    for round in 0..5 {
        for (n, action) in actions(&world, &view).into_iter().enumerate() {
            carry_out(&mut world, &action, round * 10 + n);
            steps.push(action);
        }
    }
    // A predecessor may have ended after any of its writes.
    for done in 0..=steps.len() {
        let mut world = World::default();
        steps.iter().take(done).enumerate().for_each(|(n, action)| carry_out(&mut world, action, n));
        let mut keys: HashSet<Key> = steps.iter().take(done).map(Action::key).collect();
        for round in 1..7 {
            for (n, action) in actions(&world, &view).into_iter().enumerate() {
                assert!(keys.insert(action.key()), "{action} again after {done} steps");
                carry_out(&mut world, &action, round * 10 + n);
            }
        }
        assert_eq!(keys.len(), steps.len(), "after {done} steps");
        assert_eq!(world.count_in(TaskState::InProgress), 1);
    }
}

fn fleet() -> World {
    [
        Resource::Host(samples::host("h1", 2)),
        Resource::Project(samples::project("site")),
        Resource::Agent(Agent { host: Some(samples::id("h1")), ..samples::agent("ho", Role::Ho) }),
        Resource::Agent(samples::po("po", "site")),
    ]
    .into_iter()
    .collect()
}

#[test]
fn a_po_that_ends_is_succeeded_and_its_tasks_are_not_touched() {
    let mut world = fleet();
    let running =
        Task { state: TaskState::InProgress, assignee: Some(samples::id("po")), ..samples::task("T-1", "site") };
    world.apply(Resource::Task(running));
    world.apply(Resource::Sprint(samples::open_sprint(&["T-1"])));
    let none = PlanView::none(&Policy::default());
    assert!(actions(&world, &none).is_empty());
    world.apply(Resource::Agent(Agent {
        state: AgentState::Terminated,
        revision: Revision(2),
        ..samples::po("po", "site")
    }));
    assert_eq!(words(&actions(&world, &none)), ["spawn the PO of project site"]);
}

#[test]
fn a_po_that_crashes_early_waits_for_its_backoff_and_the_timer_knows() {
    let mut world = fleet();
    let spawned_at = now();
    let ended = now().after(Duration::from_secs(1));
    let exit = Exit { report: ExitReport { code: Some(1), ..ExitReport::default() }, at: ended };
    let crashed = Agent {
        state: AgentState::Terminated,
        exit: Some(exit),
        spawned_at,
        revision: Revision(2),
        ..samples::po("po", "site")
    };
    world.apply(Resource::Agent(crashed));
    let mut memory = Memory::default();
    memory.recall(&world);
    let (policy, none) = (Policy::default(), PlanView::none(&Policy::default()));
    let due = ended.after(Duration::from_millis(250));
    assert!(plan(&policy, &world, &none, &memory, ended).is_empty());
    assert_eq!(next_wake(&Policy::default(), &world, &memory, ended), Some(due));
    assert_eq!(words(&plan(&policy, &world, &none, &memory, due)), ["spawn the PO of project site"]);
}

#[test]
fn what_is_seen_in_events_is_remembered_too() {
    let mut world = fleet();
    let mut memory = Memory::default();
    let lost = Agent { state: AgentState::Lost, revision: Revision(2), ..samples::po("po", "site") };
    world.apply(Resource::Agent(lost.clone()));
    let change = go_bus_client::Change {
        resource: go_bus_api::ResourceKind::Agent,
        id: "po".to_owned(),
        event: go_bus_api::EventKind::AgentLost,
        seq: Seq(7),
    };
    memory.observe(&world, &Changes { items: vec![change], ..Changes::default() });
    let po = go_spawn::Orchestrator::Po(samples::id("site"));
    assert_eq!(memory.seats.early_ends(&po), 1);
}

#[test]
fn a_paused_project_s_idle_po_is_ended_and_a_drained_host_gets_nothing() {
    let mut world = fleet();
    world.apply(Resource::Task(samples::task("T-1", "site")));
    world.apply(Resource::Sprint(samples::open_sprint(&["T-1"])));
    let none = PlanView::none(&Policy::default());
    assert_eq!(words(&actions(&world, &none)), ["assign T-1 to po"]);
    let draining = go_bus_api::Host { state: HostState::Draining, revision: Revision(2), ..samples::host("h1", 2) };
    let mut drained = world.clone();
    drained.apply(Resource::Host(draining));
    assert!(actions(&drained, &none).iter().all(|action| !matches!(action, Action::Assign { .. })));
    let paused = go_bus_api::Project { state: ProjectState::Paused, revision: Revision(2), ..samples::project("site") };
    world.apply(Resource::Project(paused));
    assert_eq!(words(&actions(&world, &none)), ["end po", "end sprint S-1"]);
}

#[test]
fn a_sprint_that_can_go_no_further_ends_and_the_next_begins_with_what_is_ready() {
    let mut world = fleet();
    let failed = Task { state: TaskState::Failed, failures: 3, ..samples::task("T-1", "site") };
    world.extend([Resource::Task(failed), Resource::Task(samples::task("T-2", "site"))]);
    world.apply(Resource::Sprint(samples::open_sprint(&["T-1"])));
    let none = PlanView::none(&Policy::default());
    let planned = actions(&world, &none);
    assert_eq!(words(&planned), ["end sprint S-1", "begin sprint S-2 of 1 tickets"]);
    let Some(Action::CloseSprint { close, .. }) = planned.first() else { panic!("{planned:?}") };
    assert_eq!(close.carried.iter().map(|one| one.ticket.as_str()).collect::<Vec<_>>(), ["T-1"]);
}

#[test]
fn a_sprint_s_end_waits_for_the_io_that_is_to_hear_of_it_and_at_most_to_its_window_s_end() {
    let mut world = fleet();
    let failed = Task { state: TaskState::Failed, failures: 3, ..samples::task("T-1", "site") };
    world.apply(Resource::Task(failed));
    world.apply(Resource::Sprint(samples::open_sprint(&["T-1"])));
    let session = serde_json::json!({"id": "s-1", "user": "eve", "opened_at": "2026-03-21T08:15:30.000Z", "closed_at": null,
        "io": null, "revision": 1});
    world.apply(Resource::Session(serde_json::from_value(session).unwrap()));
    let (none, policy) = (PlanView::none(&Policy::default()), Policy::default());
    let ends = |world: &World, at| {
        let planned = plan(&policy, world, &none, &Memory::default(), at);
        planned.iter().any(|action| matches!(action, Action::CloseSprint { .. }))
    };
    let over = world.open_sprint().unwrap().ends_at;
    assert_eq!((ends(&world, now()), ends(&world, over)), (false, true));
    world.apply(Resource::Agent(Agent { user: Some(samples::id("eve")), ..samples::agent("io", Role::Io) }));
    assert!(ends(&world, now()));
}

#[test]
fn an_urgent_ticket_enters_the_sprint_that_is_under_way() {
    let mut world = fleet();
    let running = Task { state: TaskState::InProgress, ..samples::task("T-1", "site") };
    let urgent = Task { priority: go_bus_api::Priority::P0, ..samples::task("T-2", "site") };
    world.extend([Resource::Task(running), Resource::Task(urgent), Resource::Task(samples::task("T-3", "site"))]);
    world.apply(Resource::Sprint(samples::open_sprint(&["T-1"])));
    let none = PlanView::none(&Policy::default());
    // The last slot is kept for it, so that no other sprint begins.
    assert_eq!(words(&actions(&world, &none)), ["take T-2 into sprint S-1"]);
    let moment = next_wake(&Policy::default(), &world, &Memory::default(), now());
    assert_eq!(moment, world.open_sprint().map(|sprint| sprint.ends_at));
    let joined = Sprint { revision: Revision(2), ..samples::open_sprint(&["T-1", "T-2"]) };
    world.apply(Resource::Sprint(joined));
    assert_eq!(words(&actions(&world, &none)), ["assign T-2 to po"]);
}

#[test]
fn no_two_actions_of_a_tick_are_about_the_same_thing() {
    let view = planned(samples::DIAMOND);
    let mut world = fleet();
    for n in 0..9 {
        world.apply(Resource::Task(samples::task(&format!("T-{n}"), "site")));
    }
    let planned = actions(&world, &view);
    let keys: HashSet<Key> = planned.iter().map(Action::key).collect();
    assert!(keys.len() > 5 && keys.len() == planned.len(), "{:?}", words(&planned));
}

#[test]
fn what_the_plan_is_about_to_cancel_is_not_started_meanwhile() {
    let mut world = World::default();
    let view = planned(samples::ONE_TICKET);
    let mut serial = 0;
    while let Some(action) = actions(&world, &view).into_iter().find(|action| !matches!(action, Action::Assign { .. }))
    {
        serial += 1;
        carry_out(&mut world, &action, serial);
    }
    assert_eq!(words(&actions(&world, &view)).len(), 1, "T-1 may start");
    let other = samples::ONE_TICKET.replace("T-1", "T-2");
    let words = words(&actions(&world, &planned(&other)));
    assert!(words.contains(&"cancel task T-1".to_owned()), "{words:?}");
    assert!(!words.iter().any(|word| word.starts_with("assign T-1")), "{words:?}");
}

/// A policy that knows of something to improve in `site`.
fn improving() -> Policy {
    use go_sprint::improvement::{Finding, Fingerprint, ImprovementKind, ImprovementPolicy, KnownFindings};
    let finding = Finding {
        kind: ImprovementKind::Tests,
        title: go_bus_api::Text::clipped("a test is missing"),
        description: go_bus_api::Text::clipped("write it"),
        run: Some(go_bus_api::Text::clipped("touch test")),
        verify: vec![go_bus_api::Text::clipped("test -e test")],
        fingerprint: Fingerprint::of(&["test"]),
        recurs: false,
    };
    let known = KnownFindings::default().with(samples::id("site"), finding);
    let improvement = ImprovementPolicy { settings: Default::default(), sources: vec![std::sync::Arc::new(known)] };
    Policy { improvement, ..Policy::default() }
}

#[test]
fn too_few_at_work_are_given_improvements_but_not_before_the_plan_is_on_the_bus() {
    let (policy, world) = (improving(), fleet());
    let told = |view: &PlanView| words(&plan(&policy, &world, view, &Memory::default(), now()));
    let none = told(&PlanView::none(&policy));
    assert!(none.len() == 1 && none[0].starts_with("create task improve-site-tests-"), "{none:?}");
    let planned = PlanView::new(samples::plan(samples::ONE_TICKET), samples::defaults(), &policy);
    assert!(!told(&planned).iter().any(|word| word.contains("improve-")), "{:?}", told(&planned));
    let mut ready = world.clone();
    ready.apply(Resource::Task(samples::task("T-1", "site")));
    let told = words(&plan(&policy, &ready, &PlanView::none(&policy), &Memory::default(), now()));
    assert!(!told.iter().any(|word| word.contains("improve-")), "{told:?}");
}

#[test]
fn where_no_work_can_be_made_an_alert_comes_due_and_the_timer_knows() {
    let (mut policy, world, none) = (improving(), fleet(), PlanView::none(&Policy::default()));
    policy.improvement.sources.clear();
    let created = world.project(&samples::id("site")).unwrap().created_at;
    let due = created.after(policy.improvement.settings.patience);
    assert_eq!(next_wake(&policy, &world, &Memory::default(), created), Some(due));
    let told = |at| words(&plan(&policy, &world, &none, &Memory::default(), at));
    assert_eq!(told(created), [""; 0]);
    assert_eq!(told(due), ["raise L2: 0 of at least 3 agents work, and there is no work for more"]);
}

/// The plan's fleet with its ticket, which asks for a browser, and an M0 that was heard of just now.
fn with_m0(view: &PlanView) -> World {
    let mut world = World::default();
    for round in 0..2 {
        let planned = actions(&world, view);
        planned.iter().enumerate().for_each(|(n, action)| carry_out(&mut world, action, round * 10 + n));
    }
    let asking = world.task(&samples::id("T-1")).unwrap().clone();
    let capabilities = vec![go_bus_api::Text::clipped("browser")];
    world.apply(Resource::Task(Task { capabilities, revision: Revision(9), ..asking }));
    world.apply(Resource::Agent(Agent { last_heartbeat: Some(now()), ..samples::agent("m0", Role::M0) }));
    world
}

#[test]
fn what_only_m0_offers_is_given_to_it_without_a_sprint_but_not_where_the_plan_is_about_to_stop_it() {
    let view = planned(samples::ONE_TICKET);
    let mut world = with_m0(&view);
    assert_eq!(words(&actions(&world, &view)), ["assign T-1 to m0"]);
    let without = planned(&samples::ONE_TICKET.replace("T-1", "T-2"));
    let planned = words(&actions(&world, &without));
    assert!(
        planned.contains(&"cancel task T-1".to_owned()) && !planned.contains(&"assign T-1 to m0".to_owned()),
        "{planned:?}"
    );
    actions(&world, &view).iter().for_each(|action| carry_out(&mut world, action, 90));
    assert_eq!(words(&actions(&world, &view)), Vec::<String>::new());
}

#[test]
fn it_wakes_when_m0_s_time_is_over_and_when_a_question_to_hand_over_was_long_enough() {
    let view = planned(samples::ONE_TICKET);
    let mut world = with_m0(&view);
    let policy = Policy::default();
    let next = |world: &World| next_wake(&policy, world, &Memory::default(), now()).map(|at| at.since(now()).as_secs());
    assert_eq!(next(&world), None);
    let task = world.task(&samples::id("T-1")).unwrap().clone();
    let (state, assignee, assigned_at) = (TaskState::InProgress, Some(go_bus_api::AgentId::m0()), Some(now()));
    let deadline_ms = Some(go_bus_api::Millis(90_000));
    let given = Task { state, assignee, assigned_at, deadline_ms, revision: Revision(10), ..task };
    world.apply(Resource::Task(given));
    assert_eq!(next(&world), Some(90));
    let po = world.agents_of(Role::Po).next().unwrap().clone();
    let full = Agent { context_used: go_bus_api::Ratio::new(0.9).ok(), revision: Revision(9), ..po };
    let asked = go_spawn::rotation_notice(&full);
    world.apply(Resource::Agent(full));
    assert_eq!(words(&actions(&world, &view)), ["tell a-11: your context is 90 % full: hand over"]);
    world.apply(Resource::Message(go_bus_api::Message {
        id: samples::id("m-1"),
        from: Some(go_bus_api::AgentId::go()),
        to: asked.to,
        subject: asked.subject,
        body: asked.body,
        kind: asked.kind,
        sent_at: now(),
        acknowledged_at: None,
    }));
    assert_eq!((words(&actions(&world, &view)), next(&world)), (vec![], Some(60)));
}

#[test]
fn a_landing_whose_host_is_long_away_moves_or_is_told_and_the_timer_knows() {
    let view = planned(
        "version: 1\nprojects:\n  - {id: site, tickets: []}\nhosts:\n  - {id: h1, slots: 2}\n  - {id: h2, slots: 2}\n",
    );
    let fleet = |pushed: bool| {
        let mut world = fleet();
        let host = samples::host("h1", 2);
        world.apply(Resource::Host(go_bus_api::Host { launcher: None, revision: host.revision.next(), ..host }));
        world.apply(Resource::Host(samples::host("h2", 2)));
        let commit = go_bus_api::Text::clipped("c0ffee0");
        let host = samples::id("h1");
        let landing = go_bus_api::Landing { host, base: commit.clone(), commit, summary: None, pushed };
        let push = Task {
            kind: go_bus_api::TaskKind::Push,
            lands: Some(samples::id("T-1")),
            host: Some(samples::id("h1")),
            ..samples::task("land-T-1-1", "site")
        };
        let (landing, landing_task) = (Some(landing), Some(push.id.clone()));
        let ticket = Task { state: TaskState::InReview, landing, landing_task, ..samples::task("T-1", "site") };
        world.apply(Resource::Task(ticket));
        world.apply(Resource::Task(push));
        world
    };
    let at = |now| words(&plan(&Policy::default(), &fleet(true), &view, &Memory::default(), now));
    let heard = fleet(true).host(&samples::id("h1")).unwrap().last_heartbeat.unwrap();
    let then =
        heard.max(fleet(true).task(&samples::id("land-T-1-1")).unwrap().created_at).after(Duration::from_secs(600));
    let before = Timestamp::from_unix_millis(then.unix_millis() - 1);
    assert!(!at(before).contains(&"change task land-T-1-1".to_owned()), "{:?}", at(before));
    assert_eq!(next_wake(&Policy::default(), &fleet(true), &Memory::default(), before), Some(then));
    assert!(at(then).contains(&"change task land-T-1-1".to_owned()), "{:?}", at(then));
    let told = words(&plan(&Policy::default(), &fleet(false), &view, &Memory::default(), then));
    assert!(
        told.iter().any(|action| action.starts_with("raise L4: T-1 can't land: host h1 is away since")),
        "{told:?}"
    );
}
