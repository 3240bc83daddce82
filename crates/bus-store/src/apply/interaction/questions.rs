//! Questions to a human, and what they mean for their tasks: one that is asked about waits from the commit of the question on, and is worked on
//! again from the commit on that ends the last question about it.

use std::time::Duration;

use go_bus_api::{
    Agent, Answer, EventKind, NewQuestion, Question, QuestionId, QuestionState, Revision, Role, Task, TaskId,
    TaskState, Text, Tier,
};

use super::super::Done;
use super::super::agents::terminate;
use super::super::authority::{forbidden, must_be_bus, wrong_state};
use super::super::ctx::Ctx;
use super::super::tasks::{assign, authority};
use super::question_alert;
use crate::stored::Stored;
use crate::tx::{Column, Filter};
use crate::{Document, Reject};

/// How far in the past a deadline may lie, as clocks differ. Who names an earlier one does not know what time it is.
const TOLERANCE: Duration = Duration::from_secs(60);

/// `POST /io/questions`. An agent that asks the same again while its question is open is answered with that one.
pub(in crate::apply) fn ask(ctx: &mut Ctx<'_>, body: &NewQuestion) -> Result<Done, Reject> {
    let task = ctx.refer_some::<Task>(body.task.as_ref().map(AsRef::as_ref), "/task")?;
    if let Some(task) = task.as_ref().filter(|task| is_under_way(task)) {
        authority::must_work_on(ctx, task)?;
    }
    must_be_in_hand(ctx, body)?;
    if body.deadline.is_some_and(|deadline| deadline.after(TOLERANCE) < ctx.at) {
        return Err(Reject::field("/deadline", format!("that is in the past: it is {} now", ctx.at)));
    }
    let offered = |default| body.options.is_empty() || body.options.contains(default);
    if !body.default.as_ref().is_none_or(offered) {
        return Err(Reject::field("/default", "the default is one of the options"));
    }
    let question = new_question(ctx, body);
    if let Some(same) = same(ctx, &question)? {
        return Ok(Done::unchanged(same.document()?));
    }
    let document = ctx.create(&question, &EventKind::QuestionAsked)?;
    question_alert::raise(ctx, &question, task.as_ref().map(|task| task.project.clone()))?;
    if let Some(task) = task {
        have_wait(ctx, task)?;
    }
    Ok(Done::created(document))
}

/// Whoever has a task in hand asks about that one, so that it waits and goes on with the answer: a reviewer about its review, not about what it
/// reviews.
fn must_be_in_hand(ctx: &mut Ctx<'_>, body: &NewQuestion) -> Result<(), Reject> {
    let Some((id, role)) = ctx.who.own_agent().filter(|(_, role)| role.tier() == Tier::Hand) else { return Ok(()) };
    let (id, role) = (id.clone(), role.as_str());
    let in_hand = ctx.load::<Agent>(id.as_str())?.and_then(|agent| agent.task);
    match (in_hand, &body.task) {
        (Some(own), Some(about)) if own != *about => Err(Reject::field(
            "/task",
            format!("{role} {id} has task {own} in hand: ask about that one, or about none"),
        )),
        _ => Ok(()),
    }
}

fn new_question(ctx: &Ctx<'_>, body: &NewQuestion) -> Question {
    Question {
        id: QuestionId::generate(),
        task: body.task.clone(),
        agent: ctx.who.acting_agent(),
        text: body.text.clone(),
        options: body.options.clone(),
        default: body.default.clone(),
        deadline: body.deadline,
        state: QuestionState::Open,
        answer: None,
        revision: Revision(1),
    }
}

/// The open question that this one repeats.
fn same(ctx: &mut Ctx<'_>, new: &Question) -> Result<Option<Question>, Reject> {
    if new.agent.is_none() {
        return Ok(None);
    }
    let open: Vec<Question> = ctx.find(&Filter::by(Column::State, "open"))?;
    Ok(open.into_iter().find(|open| (&open.agent, &open.task, &open.text) == (&new.agent, &new.task, &new.text)))
}

/// Whether somebody may be at work on the task, whom a question about it would stop.
fn is_under_way(task: &Task) -> bool {
    matches!(task.state, TaskState::InProgress | TaskState::Waiting)
}

/// Has a task that is worked on wait: whoever builds it is stopped, so that its slot is free. Its conversation is in the report of its end.
fn have_wait(ctx: &mut Ctx<'_>, mut task: Task) -> Result<(), Reject> {
    if task.state != TaskState::InProgress {
        return Ok(());
    }
    task.state = task.state.become_state(TaskState::Waiting)?;
    ctx.update(&mut task, &EventKind::TaskWaiting)?;
    let builders = authority::builders(ctx, &task)?;
    terminate::stop_builders(ctx, builders)
}

/// `POST /io/questions/{id}/answer`.
pub(in crate::apply) fn answer(ctx: &mut Ctx<'_>, id: &QuestionId, body: &Answer) -> Result<Done, Reject> {
    if !ctx.who.is_operator() && ctx.who.own_agent().is_none_or(|(_, role)| role != Role::Io) {
        return Err(forbidden("a question is a human's: the operator's token or an IO answers it"));
    }
    let mut question: Question = ctx.need(id.as_str())?;
    if question.state == QuestionState::Answered && question.answer.as_ref() == Some(&body.answer) {
        return Ok(Done::unchanged(question.document()?));
    }
    if question.state != QuestionState::Open {
        return Err(wrong_state(format!("question {id} is answered or expired")));
    }
    let offered = question.options.iter().any(|option| option.as_str() == body.answer.as_str());
    if !question.options.is_empty() && !offered {
        return Err(Reject::field("/answer", "the answer is one of the question's options"));
    }
    question.state = QuestionState::Answered;
    question.answer = Some(body.answer.clone());
    Ok(Done::updated(end(ctx, question)?))
}

/// A question's deadline has come and nobody answered: its default holds, where it has one.
pub(in crate::apply) fn expire(ctx: &mut Ctx<'_>, id: &QuestionId) -> Result<Done, Reject> {
    must_be_bus(ctx)?;
    let mut question: Question = ctx.need(id.as_str())?;
    let is_due = question.deadline.is_some_and(|deadline| deadline <= ctx.at);
    if question.state != QuestionState::Open || !is_due {
        return Ok(Done::unchanged(question.document()?));
    }
    question.state = QuestionState::Expired;
    question.answer = question.default.as_ref().map(|default| Text::clipped(default.as_str()));
    Ok(Done::updated(end(ctx, question)?))
}

/// Ends the questions about a task that nobody will work on any more.
pub(in crate::apply) fn withdraw(ctx: &mut Ctx<'_>, task: &TaskId) -> Result<(), Reject> {
    let open: Vec<Question> = ctx.find(&Filter::by(Column::Task, task.as_str()).open())?;
    for mut question in open {
        question.state = QuestionState::Expired;
        end(ctx, question)?;
    }
    Ok(())
}

/// Writes a question that has ended, closes its alert, and has its task go on where it was the last that it waited for.
fn end(ctx: &mut Ctx<'_>, mut question: Question) -> Result<Document, Reject> {
    let document = ctx.update(&mut question, &EventKind::QuestionAnswered)?;
    question_alert::close(ctx, &question)?;
    if let Some(id) = &question.task
        && let Some(task) = ctx.load::<Task>(id.as_str())?
        && task.state == TaskState::Waiting
        && !are_open(ctx, id)?
    {
        assign::go_on(ctx, task)?;
    }
    Ok(document)
}

/// Whether the task waits for an answer.
pub(in crate::apply) fn are_open(ctx: &mut Ctx<'_>, task: &TaskId) -> Result<bool, Reject> {
    Ok(!ctx.find::<Question>(&Filter::by(Column::Task, task.as_str()).open())?.is_empty())
}
