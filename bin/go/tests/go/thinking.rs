//! Orchestrators that think, beside fixed ones: a PO that is a program of one's own, run turn by turn, with the Bus's tools and nothing else.

use std::path::Path;

use go_bus_api::{Agent, AlertLevel, AlertState, Answer, DriverKind, NewQuestion, Role, TaskState, Text};
use rustix::process::{Pid, Signal, kill_process};

use crate::operator::Operator;
use crate::place::{Place, Running, until};

/// A feature that is reviewed, a chore that fails once, and one that needs both.
const PLAN: &str = "version: 1\nprojects:\n  - id: site\n    po: {driver: command}\n    tickets:\n      \
    - {id: A, title: a, kind: feature, run: echo A >> built, verify: [grep -q A built], review: 'true'}\n      \
    - {id: B, title: b, kind: chore, run: 'test -e once && echo B >> built; touch once', verify: [grep -q B built]}\n      \
    - {id: C, title: c, kind: chore, depends_on: [A, B], run: echo C >> built, verify: [grep -q C built]}\n\
    hosts:\n  - {id: h1, slots: 2}\n";

/// Starts a fleet whose POs are `program`, which notes how it was started.
fn up(place: &Place, program: &str) -> Running {
    std::fs::write(place.path().join("po.sh"), format!("echo \"$@\" >> {}/turns\n{program}\n", place.path().display()))
        .unwrap();
    let run = format!(
        "drivers.command.run=sh {}/po.sh --bridge {{bridge}} [--resume {{conversation}}]",
        place.path().display()
    );
    place.up(&["--set", &run, "--set", "sprint.min=1s"])
}

/// The example of the kit.
fn example() -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../crates/agents/examples/po.py");
    format!("exec python3 -B {} \"$@\"", file.display())
}

fn all_done(operator: &Operator) {
    for id in ["A", "B", "C"] {
        let is_done = || operator.world().task_state(&id.parse().unwrap()) == Some(TaskState::Done);
        until(&format!("ticket {id} is done"), || is_done().then_some(()));
    }
}

fn of_role(operator: &Operator, role: Role) -> Vec<Agent> {
    operator.world().agents().filter(|agent| agent.role == role).cloned().collect()
}

#[test]
fn a_po_that_thinks_brings_a_plan_to_its_end_beside_a_fixed_ho_and_io() {
    let place = Place::with_plan(PLAN);
    let mut up = up(&place, &example());
    let operator = Operator::at(&place, &up.url());
    all_done(&operator);
    let [po] = of_role(&operator, Role::Po).try_into().unwrap();
    assert_eq!((po.driver, po.state.is_live()), (DriverKind::Command, true));
    for role in [Role::Ho, Role::Io] {
        assert!(of_role(&operator, role).iter().all(|agent| agent.driver == DriverKind::Shell), "{role:?}");
    }
    assert_eq!(place.lines("built"), ["A", "B", "C"]);
    // Each turn but the first goes on with the conversation that the first began.
    let turns = place.lines("turns");
    assert!(turns.len() >= 4, "a spawn, an end, a failure, a review: {turns:?}");
    assert!(!turns[0].contains("--resume") && turns[1..].iter().all(|turn| turn.contains("--resume po-")), "{turns:?}");
    let asleep = || place.processes().iter().all(|line| !line.contains("po.py"));
    until("nothing of it runs between two turns", || asleep().then_some(()));
    let spent = operator.with(async |bus| bus.costs_by_project(None).await).total_usd;
    assert!(spent >= format!("0.000{}", turns.len().min(9)).parse().unwrap(), "{spent} for {} turns", turns.len());
    up.signal(Signal::INT);
    assert_eq!(up.end().0.code(), Some(130));
}

#[test]
fn where_it_can_t_do_its_work_the_fixed_program_does_and_people_are_told() {
    let place = Place::with_plan(PLAN);
    let failure = r#"{"type":"result","ok":false,"failure":{"remedy":"fatal","cause":"refused","detail":"there is no such model"}}"#;
    let mut up = up(&place, &format!("read line; echo '{failure}'; cat > /dev/null"));
    let operator = Operator::at(&place, &up.url());
    all_done(&operator);
    let pos = of_role(&operator, Role::Po);
    let failed = pos.iter().find(|po| po.driver == DriverKind::Command).unwrap();
    let detail = failed.exit.as_ref().unwrap().report.failure.as_ref().unwrap().detail.to_string();
    assert_eq!(detail, "there is no such model");
    assert!(pos.iter().any(|po| po.driver == DriverKind::Shell && po.state.is_live()), "{pos:?}");
    let world = operator.world();
    let alert = world.open_alerts().find(|alert| alert.state == AlertState::Open && alert.level == AlertLevel::L4);
    assert_eq!(alert.unwrap().title.as_str(), "the PO of project site is run by its fixed program");
    up.signal(Signal::INT);
    assert_eq!(up.end().0.code(), Some(130));
}

#[test]
fn one_whose_keeper_is_killed_is_succeeded_and_its_conversation_goes_on() {
    let slow = PLAN.replace("run: echo A >> built", "run: 'until test -e go-on; do sleep 0.02; done; echo A >> built'");
    let place = Place::with_plan(&slow);
    let mut up = up(&place, &example());
    let operator = Operator::at(&place, &up.url());
    until("it has had its first turn", || (!place.lines("turns").is_empty()).then_some(()));
    let hand = until("its hand is at work", || operator.world().agents_with_task().next().map(|hand| hand.id.clone()));
    let [po] = of_role(&operator, Role::Po).try_into().unwrap();
    until("it sleeps", || place.processes().iter().all(|line| !line.contains("po.py")).then_some(()));
    let is_keeper = |line: &String| line.contains("shim") && line.contains(po.id.as_str());
    assert!(place.processes().iter().any(is_keeper), "{:?}", place.processes());
    let lock = place.path().join(format!(".go/hosts/h1/agents/{}/shim.lock", po.id));
    let pid: i32 = std::fs::read_to_string(lock).unwrap().split_whitespace().next().unwrap().parse().unwrap();
    kill_process(Pid::from_raw(pid).unwrap(), Signal::KILL).unwrap();
    let before = place.lines("turns").len();
    std::fs::write(place.path().join("go-on"), "").unwrap();
    all_done(&operator);
    let next = &place.lines("turns")[before];
    assert!(next.contains("--resume po-"), "{next}");
    let heirs: Vec<_> = of_role(&operator, Role::Po).into_iter().filter(|agent| agent.id != po.id).collect();
    assert!(heirs.iter().any(|heir| heir.driver == DriverKind::Command && heir.state.is_live()), "{heirs:?}");
    assert!(operator.world().agent(&hand).is_none_or(|hand| hand.state.is_ended()));
    up.signal(Signal::INT);
    assert_eq!(up.end().0.code(), Some(130));
}

#[test]
fn what_a_human_answered_reaches_the_next_hand_of_a_po_that_thinks() {
    let place = Place::with_plan(
        "version: 1\nprojects:\n  - id: site\n    po: {driver: command}\n    tickets:\n      \
        - {id: A, title: a, kind: chore, run: 'until test -e go-on; do sleep 0.02; done'}\nhosts:\n  - {id: h1, slots: 2}\n",
    );
    let mut up = up(&place, &example());
    let operator = Operator::at(&place, &up.url());
    let hand = |attempt: u32| {
        let is_at_it = |agent: &&Agent| agent.attempt.is_some_and(|at| at.0 == attempt);
        operator.world().agents_with_task().find(is_at_it).map(|agent| agent.id.clone())
    };
    until("its hand is at work", || hand(1));
    let question = NewQuestion {
        task: "A".parse().ok(),
        text: Text::clipped("which colour?"),
        options: Vec::new(),
        default: None,
        deadline: None,
    };
    let asked = operator.with(async |bus| bus.ask(&question).await);
    let answer = Answer { answer: Text::clipped("the blue one") };
    operator.with(async |bus| bus.answer(&asked.id, &answer).await);
    let next = until("the next hand is at work", || hand(2));
    let prompt = operator.with(async |bus| bus.prompt(&next).await);
    let prompt = prompt.as_str();
    assert!(prompt.contains("> which colour?\n") && prompt.contains("> the blue one\n"), "{prompt}");
    std::fs::write(place.path().join("go-on"), "").unwrap();
    until("it is done", || (operator.world().task_state(&"A".parse().unwrap()) == Some(TaskState::Done)).then_some(()));
    up.signal(Signal::INT);
    assert_eq!(up.end().0.code(), Some(130));
}
