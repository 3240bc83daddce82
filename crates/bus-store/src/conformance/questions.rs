//! Questions about a task: it waits without a slot until the last of them is answered, and then its assignee goes on.

use std::time::Duration;

use go_bus_api::{
    Agent, AgentState, Alert, AlertState, Answer, ConversationId, ExitReport, NewQuestion, ProblemKind, ProjectPatch,
    Question, QuestionState, ResourceKind, Role, Task, TaskPatch, TaskState, Text, Timestamp,
};
use serde_json::json;

use super::MakeStore;
use super::alerts::{inbox, io};
use super::people::body;
use super::reviews::review_task;
use super::world::{World, actor, exited, id, read, refused, stopped};
use crate::{Action, Actor, Outcome, Policy};

/// A question about `T-1`.
fn about_it(text: &str) -> Action {
    Action::AskQuestion(body::<NewQuestion>(json!({"task": "T-1", "text": text})))
}

fn conversation() -> ConversationId {
    ConversationId(Text::clipped("c-1"))
}

/// A scene where `T-1` is built by a hand that runs on the host `forge`, which has a launcher.
async fn at_work(make: MakeStore<'_>) -> (World, Agent, Agent) {
    let world = World::with_place(make).await;
    world.launcher("forge", "boot-1").await;
    let po = world.po("site").await;
    world.assigned("T-1", &po).await;
    let builder = world.builder(&po, "T-1").await.expect("a builder");
    world.started(&builder).await;
    (world, po, builder)
}

async fn ask(world: &World, by: &Agent, text: &str) -> Question {
    read(&world.act(actor(by), about_it(text)).await.expect("a question"))
}

async fn answer(world: &World, question: &Question, text: &str) -> Question {
    let body = Answer { answer: Text::clipped(text) };
    read(&world.done(Action::AnswerQuestion(question.id.clone(), body)).await)
}

/// With the question its task waits and its builder is stopped, in one commit. The slot is free with the builder's end, and nothing is
/// counted against the task.
pub async fn its_task_waits_and_its_builder_is_stopped(make: MakeStore<'_>) {
    let (world, po, builder) = at_work(make).await;
    let from = world.seq().await;
    let question = ask(&world, &builder, "which colour?").await;
    let told = world.told_since(from).await;
    let expected = [
        format!("question.asked questions/{}", question.id),
        "task.waiting tasks/T-1".to_owned(),
        format!("agent.draining agents/{}", builder.id),
    ];
    assert_eq!(told.iter().filter(|line| !line.starts_with("alert.")).cloned().collect::<Vec<_>>(), expected);
    assert_eq!(world.agent(&builder.id).await.state, AgentState::Draining);
    let before = world.task("T-1").await;
    let report = ExitReport { conversation: Some(conversation()), ..stopped() };
    world.exit(&builder, report).await.expect("its end");
    let task = world.task("T-1").await;
    assert_eq!((task.state, &task.assignee, task.attempt.0), (TaskState::Waiting, &Some(po.id), 1));
    assert_eq!((task.failures, task.losses, task.revision), (0, 0, before.revision));
    let kept = world.agent(&builder.id).await.exit.and_then(|exit| exit.report.conversation);
    assert_eq!(kept, Some(conversation()), "what the next attempt goes on with");
}

/// Who ends its turn by itself before the stop comes has its task wait no less: whatever its end bears, it is not judged.
pub async fn an_end_of_its_own_ends_no_waiting(make: MakeStore<'_>) {
    for report in [exited(0), exited(1), ExitReport::default()] {
        let (world, _, builder) = at_work(make).await;
        ask(&world, &builder, "which colour?").await;
        world.exit(&builder, report).await.expect("its end");
        let task = world.task("T-1").await;
        assert_eq!((task.state, task.failures, task.losses), (TaskState::Waiting, 0, 0));
    }
}

/// A host that is lost while its builder was to stop takes nothing from a task that waits for an answer.
pub async fn a_lost_host_ends_no_waiting(make: MakeStore<'_>) {
    let (world, _, builder) = at_work(make).await;
    ask(&world, &builder, "which colour?").await;
    let last_heartbeat = world.forge().await.last_heartbeat;
    world.bus(Action::ExpireHost { host: id("forge"), last_heartbeat, bus_was_reachable: true }).await;
    assert!(world.agent(&builder.id).await.state.is_ended());
    let task = world.task("T-1").await;
    assert_eq!((task.state, task.losses), (TaskState::Waiting, 0));
}

/// The answer has the assignee begin the next attempt, in the same commit; a late end of the one who asked changes nothing.
pub async fn an_answer_has_its_assignee_go_on(make: MakeStore<'_>) {
    let (world, po, builder) = at_work(make).await;
    let question = ask(&world, &builder, "which colour?").await;
    let from = world.seq().await;
    answer(&world, &question, "blue").await;
    let told = world.told_since(from).await;
    assert!(told.contains(&format!("question.answered questions/{}", question.id)), "{told:?}");
    assert!(told.contains(&"task.assigned tasks/T-1".to_owned()), "{told:?}");
    let task = world.task("T-1").await;
    assert_eq!((task.state, &task.assignee, task.attempt.0), (TaskState::InProgress, &Some(po.id.clone()), 2));
    assert_eq!((task.failures, task.losses, task.assigned_at), (0, 0, Some(world.now())));
    assert_eq!(refused(world.builder(&po, "T-1").await.map(|_| unreachable!())), ProblemKind::AlreadyExists);
    world.exit(&builder, stopped()).await.expect("its end");
    assert_eq!(world.task("T-1").await, task);
    assert_eq!(world.builder(&po, "T-1").await.expect("the next builder").attempt, Some(task.attempt));
}

/// At its deadline the default is the answer, and the task goes on as with any other; without a default it goes on too.
pub async fn its_deadline_has_the_assignee_go_on(make: MakeStore<'_>) {
    for default in [Some("blue"), None] {
        let (world, _, builder) = at_work(make).await;
        let deadline = world.now().after(Duration::from_secs(60));
        let new = json!({"task": "T-1", "text": "which colour?", "default": default, "deadline": deadline});
        let asked = world.act(actor(&builder), Action::AskQuestion(body(new))).await.expect("a question");
        let question: Question = read(&asked);
        world.bus(Action::ExpireQuestion(question.id.clone())).await;
        assert_eq!(world.task("T-1").await.state, TaskState::Waiting, "before its time");
        world.pass(Duration::from_secs(60));
        world.bus(Action::ExpireQuestion(question.id.clone())).await;
        let task = world.task("T-1").await;
        assert_eq!((task.state, task.attempt.0), (TaskState::InProgress, 2), "{default:?}");
    }
}

/// A task with several questions waits for the last answer.
pub async fn the_last_answer_counts(make: MakeStore<'_>) {
    let (world, po, builder) = at_work(make).await;
    let (first, second) = (ask(&world, &builder, "which colour?").await, ask(&world, &po, "how large?").await);
    answer(&world, &second, "large").await;
    assert_eq!(world.task("T-1").await.state, TaskState::Waiting);
    answer(&world, &first, "blue").await;
    assert_eq!(world.task("T-1").await.state, TaskState::InProgress);
}

/// Where nobody can go on, the task is pending: its assignee has ended, or its project is paused. A PO's waits for its successor.
pub async fn an_answer_finds_whoever_can_go_on(make: MakeStore<'_>) {
    let (world, po, builder) = at_work(make).await;
    let question = ask(&world, &builder, "which colour?").await;
    world.exit(&builder, stopped()).await.expect("its end");
    world.exit(&po, exited(0)).await.expect("its end");
    answer(&world, &question, "blue").await;
    assert_eq!(world.task("T-1").await.state, TaskState::InProgress);
    let heir = world.po("site").await;
    assert_eq!(world.task("T-1").await.assignee, Some(heir.id.clone()));

    world.assigned("T-2", &heir).await;
    let asked = json!({"task": "T-2", "text": "how large?"});
    let question: Question =
        read(&world.act(actor(&heir), Action::AskQuestion(body(asked))).await.expect("a question"));
    world.done(Action::PatchProject(id("site"), body::<ProjectPatch>(json!({"state": "paused"})))).await;
    answer(&world, &question, "large").await;
    let task = world.task("T-2").await;
    assert_eq!((task.state, task.assignee, task.failures), (TaskState::Pending, None, 0));
}

/// Whoever has nothing to do with a task that is worked on stops nobody at it; a task that nobody is at stays as it is.
pub async fn only_who_works_on_a_task_has_it_wait(make: MakeStore<'_>) {
    let (world, po, builder) = at_work(make).await;
    world.create_project("other").await;
    let stranger = world.po("other").await;
    let from = world.seq().await;
    assert_eq!(refused(world.act(actor(&stranger), about_it("whose?")).await), ProblemKind::NotAssignee);
    assert_eq!(world.seq().await, from, "nothing is written");
    assert_eq!(world.agent(&builder.id).await.state, AgentState::Ready);
    world.act(Actor::Operator, about_it("whose?")).await.expect("the operator's question");
    assert_eq!(world.task("T-1").await.state, TaskState::Waiting);
    world.ticket("T-2", &[]).await;
    let asked = json!({"task": "T-2", "text": "how large?"});
    world.act(actor(&po), Action::AskQuestion(body(asked))).await.expect("a question");
    assert_eq!(world.task("T-2").await.state, TaskState::Pending);
}

/// What was set aside while it waited stays so, whatever is answered.
pub async fn an_answer_moves_nothing_that_does_not_wait(make: MakeStore<'_>) {
    let (world, _, builder) = at_work(make).await;
    let question = ask(&world, &builder, "which colour?").await;
    world.done(Action::PatchTask(id("T-1"), set_to(TaskState::Held))).await;
    let task: Task = world.task("T-1").await;
    answer(&world, &question, "blue").await;
    assert_eq!(world.task("T-1").await, task);
}

fn set_to(state: TaskState) -> TaskPatch {
    TaskPatch { state: Some(state), ..TaskPatch::default() }
}

/// Nobody is asked any longer about what was cancelled: its question ends with it, without an answer, and the humans' alert is closed.
pub async fn a_cancelled_task_s_question_ends_with_it(make: MakeStore<'_>) {
    let (world, _, builder) = at_work(make).await;
    let anna = io(&world, "anna").await;
    let question = ask(&world, &builder, "which colour?").await;
    world.done(Action::PatchTask(id("T-1"), set_to(TaskState::Cancelled))).await;
    let ended: Question = world.get(ResourceKind::Question, question.id.as_str()).await;
    assert_eq!((ended.state, ended.answer), (QuestionState::Expired, None));
    let told = inbox(&world, &anna.id).await;
    assert_eq!(alert_of(&world, told[0].body.as_str()).await.state, AlertState::Acknowledged);
    let late = Action::AnswerQuestion(question.id, Answer { answer: Text::clipped("blue") });
    assert_eq!(refused(world.act(Actor::Operator, late).await), ProblemKind::WrongState);
    assert_eq!(world.task("T-1").await.state, TaskState::Cancelled);
}

/// An answer is a human's, by the operator's token or by an IO: no agent answers its own question, or another's.
pub async fn only_a_human_answers(make: MakeStore<'_>) {
    let (world, po, builder) = at_work(make).await;
    let question = ask(&world, &builder, "may I?").await;
    let say_yes = || Action::AnswerQuestion(question.id.clone(), Answer { answer: Text::clipped("yes") });
    for agent in [&builder, &po] {
        assert_eq!(refused(world.act(actor(agent), say_yes()).await), ProblemKind::Forbidden);
    }
    assert_eq!(world.task("T-1").await.state, TaskState::Waiting);
    let anna = io(&world, "anna").await;
    world.act(actor(&anna), say_yes()).await.expect("her human's answer");
    assert_eq!(world.task("T-1").await.state, TaskState::InProgress);
}

/// A deadline that is long over would end the question before anybody has read it; clocks may differ by a little.
pub async fn a_deadline_in_the_past_is_refused(make: MakeStore<'_>) {
    let (world, _, builder) = at_work(make).await;
    let asked = |seconds: i64| {
        let deadline = Timestamp::from_unix_millis(world.now().unix_millis() - 1000 * seconds);
        let new = json!({"task": "T-1", "text": "which colour?", "default": "blue", "deadline": deadline});
        world.act(actor(&builder), Action::AskQuestion(body(new)))
    };
    assert_eq!(refused(asked(61).await), ProblemKind::Invalid);
    assert_eq!(world.task("T-1").await.state, TaskState::InProgress, "nobody is stopped for it");
    asked(60).await.expect("a question");
}

/// An agent's question is put to each human once, though it is asked again, and to nobody once it has ended.
pub async fn it_is_put_to_the_humans_once(make: MakeStore<'_>) {
    let (world, _, builder) = at_work(make).await;
    let anna = io(&world, "anna").await;
    let question = ask(&world, &builder, "which colour?\nblue or red").await;
    let from = world.seq().await;
    let again = world.act(actor(&builder), about_it("which colour?\nblue or red")).await.expect("a repeat");
    assert_eq!((again.outcome, read::<Question>(&again).id), (Outcome::Unchanged, question.id.clone()));
    assert_eq!(world.seq().await, from);
    let told = inbox(&world, &anna.id).await;
    let [message] = told.as_slice() else { panic!("one message: {told:?}") };
    assert_eq!(message.subject.as_str(), format!("L4 agent {} asks for task T-1: which colour?", builder.id));
    assert!(message.body.as_str().contains(&format!("go answer {} TEXT", question.id)), "{}", message.body);
    let bert = io(&world, "bert").await;
    assert_eq!(inbox(&world, &bert.id).await.len(), 1, "it is open still");
    let alert = alert_of(&world, message.body.as_str()).await;
    assert_eq!(alert.project, Some(id("site")));
    answer(&world, &question, "blue").await;
    assert_eq!(alert_of(&world, message.body.as_str()).await.state, AlertState::Acknowledged);
    let carl = io(&world, "carl").await;
    assert_eq!(inbox(&world, &carl.id).await, []);
    assert_eq!((inbox(&world, &anna.id).await.len(), inbox(&world, &bert.id).await.len()), (1, 1));
}

/// The alert that a message to an IO names in its first line.
async fn alert_of(world: &World, message: &str) -> Alert {
    let id = message.lines().next().and_then(|line| line.strip_prefix("alerts/")).expect("an alert");
    world.get(ResourceKind::Alert, id).await
}

/// A reviewer's question has its review wait, and the review goes on with its answer.
pub async fn a_review_waits_for_its_answer_too(make: MakeStore<'_>) {
    let world = World::with_place_under(make, Policy::default()).await;
    world.launcher("forge", "boot-1").await;
    let po = world.po("site").await;
    let task = world.assigned("T-1", &po).await;
    world.complete(&task, &po, Some("feature")).await.expect("a delivery");
    let review = review_task(&world).await.id;
    let review = review.as_str();
    world.assign(review, &po).await.expect("the review's start");
    let reviewer = world.hand(&po, Role::Reviewer, review).await.expect("a reviewer");
    let elsewhere = world.act(actor(&reviewer), about_it("is it meant so?")).await;
    assert_eq!(refused(elsewhere), ProblemKind::Invalid, "nothing would wait for the answer");
    let asked = json!({"task": review, "text": "is it meant so?"});
    let question: Question =
        read(&world.act(actor(&reviewer), Action::AskQuestion(body(asked))).await.expect("a question"));
    assert_eq!(
        (world.task(review).await.state, world.task("T-1").await.state),
        (TaskState::Waiting, TaskState::InReview)
    );
    answer(&world, &question, "it is").await;
    assert_eq!(world.task(review).await.state, TaskState::InProgress);
}
