//! Builders and reviewers: role, model, host, prompt.

use std::collections::BTreeMap;

use go_bus_api::{Agent, Attempt, Host, Project, Resource, Revision, Role, Task, TaskKind, Text};
use go_rules::prompt::missing;

use super::*;
use crate::{BuiltIn, SeedRouter, samples};

fn now() -> Timestamp {
    Timestamp::from_unix_millis(1_800_000_000_000)
}

fn world(resources: impl IntoIterator<Item = Resource>) -> World {
    let site = Resource::Project(samples::project("site"));
    std::iter::once(site).chain(resources).collect()
}

fn hosts(hosts: impl IntoIterator<Item = Host>) -> World {
    world(hosts.into_iter().map(Resource::Host))
}

fn build(task: &Task, world: &World) -> Result<NewAgent, NoHand> {
    let (router, parent) = (SeedRouter::default(), samples::id("a-po"));
    let (driver, prompts) = (DriverKind::Shell, &BuiltIn);
    builder_for(task, &Desk { world, router: &router, parent: &parent, driver, prompts, now: now() })
}

fn at_work(id: &str, host: &str) -> Resource {
    let task = Some(samples::id(&format!("T-{id}")));
    Resource::Agent(Agent {
        task,
        attempt: Some(Attempt(1)),
        host: Some(samples::id(host)),
        ..samples::agent(id, Role::Worker)
    })
}

#[test]
fn a_builder_is_for_this_task_and_attempt_with_a_whole_prompt() {
    let task = Task { attempt: Attempt(2), verify: vec![Text::clipped("make test")], ..samples::task("T-1") };
    let builder = build(&task, &hosts([samples::host("h1", 1)])).unwrap();
    assert_eq!((builder.role, builder.task.as_ref()), (Role::Worker, Some(&task.id)));
    assert_eq!((builder.attempt, builder.host), (Some(Attempt(2)), Some(samples::id("h1"))));
    let prompt = builder.prompt.unwrap();
    assert!(missing(Role::Worker, prompt.as_str()).is_empty() && prompt.as_str().contains("- `make test`"));
}

#[test]
fn a_hand_is_told_what_a_human_answered_about_its_own_task() {
    let question = |id: &str, task: &str| {
        let question = serde_json::json!({
            "id": id, "task": task, "agent": "w-1", "text": format!("of {task}?"), "default": null, "deadline": null,
            "state": "answered", "answer": "blue", "revision": 2,
        });
        Resource::Question(serde_json::from_value(question).unwrap())
    };
    let world = world([Resource::Host(samples::host("h1", 1)), question("q-1", "T-1"), question("q-2", "T-2")]);
    let prompt = build(&samples::task("T-1"), &world).unwrap().prompt.unwrap();
    assert!(prompt.as_str().contains("of T-1?") && !prompt.as_str().contains("of T-2?"), "{prompt}");
}

#[test]
fn the_project_s_driver_wins_over_the_default() {
    let claude = Project { driver: Some(DriverKind::Claude), revision: Revision(2), ..samples::project("site") };
    let world = world([Resource::Host(samples::host("h1", 1)), Resource::Project(claude)]);
    assert_eq!(build(&samples::task("T-1"), &world).unwrap().driver, Some(DriverKind::Claude));
    assert_eq!(build(&samples::task("T-1"), &hosts([samples::host("h1", 1)])).unwrap().driver, Some(DriverKind::Shell));
}

#[test]
fn host_work_is_done_by_a_shell_on_the_ho_s_own_host_whatever_builds_the_project() {
    let claude = Project { driver: Some(DriverKind::Claude), revision: Revision(2), ..samples::project("site") };
    let ho = Agent { host: Some(samples::id("h2")), ..samples::agent("a-ho", Role::Ho) };
    let two = [samples::host("h1", 4), samples::host("h2", 1)].map(Resource::Host);
    let mut world = world(two.into_iter().chain([Resource::Agent(ho), Resource::Project(claude)]));
    let spawn = |world: &World, kind| {
        let (router, parent) = (SeedRouter::default(), samples::id("a-ho"));
        let (driver, prompts) = (DriverKind::Claude, &BuiltIn);
        let desk = Desk { world, router: &router, parent: &parent, driver, prompts, now: now() };
        builder_for(&Task { kind, ..samples::task("T-1") }, &desk)
    };
    for kind in [TaskKind::Push, TaskKind::IntegrationTest, TaskKind::Delegation, TaskKind::Rotation] {
        let worker = spawn(&world, kind).unwrap();
        assert_eq!(
            (worker.role, worker.host, worker.driver),
            (Role::Worker, Some(samples::id("h2")), Some(DriverKind::Shell))
        );
    }
    world.apply(at_work("busy", "h2"));
    assert_eq!(
        spawn(&world, TaskKind::Push),
        Err(NoHand::NoHost),
        "its own host is full, another one's room is no use"
    );
}

#[test]
fn the_freest_host_that_fits_is_chosen_and_a_full_one_never() {
    let two = [Resource::Host(samples::host("h1", 2)), Resource::Host(samples::host("h2", 2))];
    let chosen = |busy: &[(&str, &str)]| {
        let busy = busy.iter().map(|(agent, host)| at_work(agent, host));
        build(&samples::task("T-1"), &world(two.clone().into_iter().chain(busy))).map(|b| b.host.unwrap().to_string())
    };
    assert_eq!(chosen(&[]).unwrap(), "h1");
    assert_eq!(chosen(&[("a", "h1")]).unwrap(), "h2");
    assert_eq!(chosen(&[("a", "h1"), ("b", "h1"), ("c", "h2")]).unwrap(), "h2");
    assert_eq!(chosen(&[("a", "h1"), ("b", "h1"), ("c", "h2"), ("d", "h2")]), Err(NoHand::NoHost));
}

#[test]
fn a_slot_that_an_assigned_task_must_have_on_its_own_host_is_left_to_it() {
    use go_bus_api::TaskState::InProgress;
    let pinned = Task { state: InProgress, host: Some(samples::id("h1")), ..samples::task("T-2") };
    let two = [samples::host("h1", 1), samples::host("h2", 1)].map(Resource::Host);
    let world = world(two.into_iter().chain([Resource::Task(pinned.clone())]));
    assert_eq!(build(&samples::task("T-1"), &world).unwrap().host, Some(samples::id("h2")));
    assert_eq!(build(&pinned, &world).unwrap().host, Some(samples::id("h1")));
}

#[test]
fn capabilities_are_looked_for_in_the_hosts_labels() {
    let gpu = Text::clipped("gpu");
    let labels = BTreeMap::from([(gpu.clone(), Text::clipped("a100"))]);
    let world = hosts([samples::host("h1", 4), Host { labels, ..samples::host("h2", 1) }]);
    let task = Task { capabilities: vec![gpu], ..samples::task("T-1") };
    assert_eq!(build(&task, &world).unwrap().host, Some(samples::id("h2")));
    let task = Task { capabilities: vec![Text::clipped("browser")], ..task };
    assert_eq!(build(&task, &world), Err(NoHand::NoHost));
}

#[test]
fn a_reviewer_gets_the_review_task_and_the_delivered_ticket_s_text() {
    let delivered = Task { title: Text::clipped("Build the index page"), ..samples::task("T-1") };
    let review = Task { kind: TaskKind::Review, review_of: Some(delivered.id.clone()), ..samples::task("R-1") };
    let world = hosts([samples::host("h1", 1)]);
    let (router, parent) = (SeedRouter::default(), samples::id("a-po"));
    let (driver, prompts) = (DriverKind::Shell, &BuiltIn);
    let desk = Desk { world: &world, router: &router, parent: &parent, driver, prompts, now: now() };
    let reviewer = reviewer_for(&review, &delivered, "Look at it.", &["make lint".to_owned()], &desk).unwrap();
    assert_eq!((reviewer.role, reviewer.task), (Role::Reviewer, Some(review.id)));
    let prompt = reviewer.prompt.unwrap();
    for part in
        ["Look at it.", "T-1: Build the index page", "- `make lint`", "Run them yourself: nobody does it for you"]
    {
        assert!(prompt.as_str().contains(part), "{part:?} is missing in\n{prompt}");
    }
}

#[test]
fn a_hand_gets_the_account_whose_turn_it_is_and_none_where_all_rest() {
    let account = |id: &str, until: Option<Timestamp>| {
        let account = serde_json::json!({"id": id, "provider": "anthropic", "created_at": now(), "parked_until": until, "revision": 1});
        Resource::Account(serde_json::from_value(account).unwrap())
    };
    let claude = Project { driver: Some(DriverKind::Claude), revision: Revision(2), ..samples::project("site") };
    let place = [Resource::Host(samples::host("h1", 4)), Resource::Project(claude)];
    let later = now().after(std::time::Duration::from_secs(60));
    let mut fleet = world(place);
    assert_eq!(build(&samples::task("T-1"), &fleet).unwrap().account, None, "its own login");
    fleet.extend([account("a", None), account("b", None), account("c", Some(later))]);
    assert_eq!(build(&samples::task("T-1"), &fleet).unwrap().account, Some(samples::id("a")));
    let Resource::Agent(agent) = at_work("1", "h1") else { panic!("no agent") };
    fleet.apply(Resource::Agent(Agent { account: Some(samples::id("a")), ..agent }));
    assert_eq!(build(&samples::task("T-2"), &fleet).unwrap().account, Some(samples::id("b")), "it was used last");
    let push = Task { kind: TaskKind::Push, ..samples::task("P-1") };
    assert_eq!(build(&push, &fleet).unwrap().account, None, "a shell has none");
    let mut resting = fleet;
    for (id, until) in [("a", later), ("b", now().after(std::time::Duration::from_secs(5)))] {
        let Resource::Account(account) = account(id, Some(until)) else { panic!("no account") };
        resting.apply(Resource::Account(Account { revision: Revision(2), ..account }));
    }
    let until = now().after(std::time::Duration::from_secs(5));
    assert_eq!(build(&samples::task("T-2"), &resting), Err(NoHand::AllRest(AllRest { until })));
}
