//! Accounts: who makes and changes them, and that nobody starts on one that rests.

use std::time::Duration;

use go_bus_api::{
    Account, AccountPatch, AccountState, AccountWindow, Agent, DriverKind, ExitReport, Failure, FailureCause,
    NewAccount, NewAgent, ProblemKind, Provider, Ratio, Remedy, ResourceKind, Role, Text, Timestamp,
};

use super::MakeStore;
use super::world::{World, actor, host, id, new_agent, outcome, read, refused, shim};
use crate::{Action, Actor, Outcome};

/// An hour from now, on the scene's clock.
fn in_an_hour(world: &World) -> Timestamp {
    world.now().after(Duration::from_secs(3600))
}

fn new_account(name: &str, provider: Provider) -> Action {
    Action::CreateAccount(NewAccount { id: id(name), provider, weekly_limit: None })
}

fn patch(name: &str, patch: AccountPatch) -> Action {
    Action::PatchAccount(id(name), patch)
}

fn parked(until: Timestamp) -> AccountPatch {
    AccountPatch { parked_until: Some(until), reason: Some(Text::clipped("used up")), ..AccountPatch::default() }
}

fn window(used: f64, resets_at: Timestamp) -> AccountWindow {
    let used = Ratio::new(used).expect("a share");
    AccountWindow { name: Text::clipped("five_hour"), used, resets_at: Some(resets_at) }
}

/// The spawn of a builder of a task by `driver` on an account.
pub(super) fn on_account(task: &str, driver: DriverKind, account: &str) -> NewAgent {
    NewAgent {
        host: Some(host()),
        task: Some(id(task)),
        driver: Some(driver),
        account: Some(id(account)),
        ..new_agent(Role::Worker)
    }
}

/// A scene with a PO, its task and an account of Anthropic's.
pub(super) async fn with_account(make: MakeStore<'_>) -> (World, Agent) {
    let world = World::with_place(make).await;
    world.done(new_account("work", Provider::Anthropic)).await;
    let po = world.po("site").await;
    world.assigned("T-1", &po).await;
    (world, po)
}

pub(super) async fn account(world: &World, name: &str) -> Account {
    world.get(ResourceKind::Account, name).await
}

/// A builder of T-1 on the account `work`.
pub(super) async fn builder(world: &World, po: &Agent, task: &str, account: &str) -> Agent {
    let spawn = Action::Spawn(on_account(task, DriverKind::Claude, account));
    read(&world.act(actor(po), spawn).await.expect("a builder"))
}

/// GO, the operator and launchers make accounts, once each; an agent makes none.
pub async fn accounts_are_made_by_who_may(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let (po, launcher) = (world.po("site").await, world.launcher("forge", "boot-1").await);
    let epoch = world.epoch().await;
    let from = world.seq().await;
    let made: Account = read(&world.done(new_account("a", Provider::Anthropic)).await);
    assert_eq!((made.state, made.parked_until, made.created_at), (AccountState::Active, None, world.now()));
    world.lead(epoch, new_account("b", Provider::OpenAi)).await.expect("GO may");
    world.act(actor(&launcher), new_account("c", Provider::OpenAi)).await.expect("a launcher may");
    assert_eq!(refused(world.act(actor(&po), new_account("d", Provider::OpenAi)).await), ProblemKind::Forbidden);
    let again = world.act(Actor::Operator, new_account("a", Provider::OpenAi)).await;
    assert_eq!(refused(again), ProblemKind::AlreadyExists);
    let told = ["a", "b", "c"].map(|name| format!("account.created accounts/{name}"));
    assert_eq!(world.told_since(from).await, told);
}

/// Nobody is spawned on an account that is parked, used up or retired, and whoever is moves its `last_used`.
pub async fn nobody_starts_on_an_account_that_rests(make: MakeStore<'_>) {
    let (world, po) = with_account(make).await;
    let until = in_an_hour(&world);
    let spawn = || Action::Spawn(on_account("T-1", DriverKind::Claude, "work"));
    world.done(patch("work", parked(until))).await;
    assert_eq!(refused(world.act(actor(&po), spawn()).await), ProblemKind::AccountParked);
    world.done(patch("work", parked(world.now()))).await;
    let full = AccountPatch { windows: vec![window(1.0, until)], ..AccountPatch::default() };
    world.done(patch("work", full)).await;
    assert_eq!(refused(world.act(actor(&po), spawn()).await), ProblemKind::AccountParked);
    world.pass(Duration::from_secs(3600));
    let retired = |state| patch("work", AccountPatch { state: Some(state), ..AccountPatch::default() });
    world.done(retired(AccountState::Retired)).await;
    assert_eq!(refused(world.act(actor(&po), spawn()).await), ProblemKind::AccountParked);
    world.done(retired(AccountState::Active)).await;
    let agent: Agent = read(&world.act(actor(&po), spawn()).await.expect("it takes agents again"));
    assert_eq!(agent.account, Some(id("work")));
    assert_eq!(account(&world, "work").await.last_used, Some(world.now()));
}

/// An account is there, and its provider is the driver's.
pub async fn an_agent_s_account_fits_its_driver(make: MakeStore<'_>) {
    let (world, po) = with_account(make).await;
    for (driver, account) in
        [(DriverKind::Claude, "nobody-s"), (DriverKind::Codex, "work"), (DriverKind::Shell, "work")]
    {
        let spawn = Action::Spawn(on_account("T-1", driver, account));
        assert_eq!(refused(world.act(actor(&po), spawn).await), ProblemKind::Invalid, "{driver:?} on {account}");
    }
}

/// A launcher and the shim of an agent on the account report its limits, and change nothing else; nobody else reports them.
pub async fn limits_are_reported_by_who_sees_them(make: MakeStore<'_>) {
    let (world, po) = with_account(make).await;
    world.done(new_account("home", Provider::Anthropic)).await;
    let launcher = world.launcher("forge", "boot-1").await;
    let agent = builder(&world, &po, "T-1", "work").await;
    let until = in_an_hour(&world);
    let report = || patch("work", parked(until));
    assert_eq!(refused(world.act(actor(&po), report()).await), ProblemKind::Forbidden);
    assert_eq!(refused(world.act(actor(&agent), report()).await), ProblemKind::Forbidden);
    let elsewhere = patch("home", parked(until));
    assert_eq!(refused(world.act(shim(&agent), elsewhere).await), ProblemKind::Forbidden);
    let settings = AccountPatch { weekly_limit: Ratio::new(1.0).ok(), ..AccountPatch::default() };
    for who in [shim(&agent), actor(&launcher)] {
        let answer = world.act(who, patch("work", settings.clone())).await;
        assert_eq!(refused(answer), ProblemKind::Forbidden);
    }
    assert_eq!(outcome(world.act(shim(&agent), report()).await), Outcome::Updated);
    assert_eq!(outcome(world.act(actor(&launcher), report()).await), Outcome::Unchanged);
    let sooner = patch("work", parked(world.now().after(Duration::from_secs(60))));
    assert_eq!(outcome(world.act(shim(&agent), sooner).await), Outcome::Unchanged, "a report never frees it");
    assert_eq!(account(&world, "work").await.parked_until, Some(until));
    let many = AccountPatch { windows: vec![window(0.1, until); AccountWindow::MOST + 1], ..AccountPatch::default() };
    assert_eq!(refused(world.act(actor(&launcher), patch("work", many)).await), ProblemKind::Invalid);
}

/// An exit parks its agent's account and brings its windows, in its own commit and once.
pub async fn an_exit_tells_of_its_account(make: MakeStore<'_>) {
    let (world, po) = with_account(make).await;
    let agent = builder(&world, &po, "T-1", "work").await;
    let until = in_an_hour(&world);
    let failure = Failure::new(Remedy::ParkUntil { until }, FailureCause::UsageLimit, "the 5 h window is used up");
    let windows = vec![window(1.0, until)];
    let report =
        ExitReport { code: Some(1), failure: Some(failure), windows: windows.clone(), ..ExitReport::default() };
    let from = world.seq().await;
    world.exit(&agent, report.clone()).await.expect("an exit");
    let told = ["account.updated accounts/work".to_owned(), format!("agent.terminated agents/{}", agent.id)];
    assert_eq!(world.told_since(from).await, told);
    let parked = account(&world, "work").await;
    assert_eq!((parked.parked_until, parked.windows), (Some(until), windows));
    assert_eq!(parked.reason, Some(Text::clipped("the 5 h window is used up")));
    world.done(patch("work", AccountPatch { parked_until: Some(world.now()), ..AccountPatch::default() })).await;
    world.act(Actor::Operator, Action::ReportExit(agent.id.clone(), report)).await.expect("a repeat");
    assert_eq!(account(&world, "work").await.parked_until, Some(world.now()), "a repeat parks nothing");
}
