//! Questions to a human.

use go_bus_api::{Answer, EventKind, NewQuestion, Question, QuestionId, QuestionState, Revision, Task, Text};

use super::super::Done;
use super::super::authority::{must_be_bus, wrong_state};
use super::super::ctx::Ctx;
use crate::Reject;
use crate::stored::Stored;

/// `POST /io/questions`.
pub(in crate::apply) fn ask(ctx: &mut Ctx<'_>, body: &NewQuestion) -> Result<Done, Reject> {
    ctx.refer_some::<Task>(body.task.as_ref().map(AsRef::as_ref), "/task")?;
    let offered = |default| body.options.is_empty() || body.options.contains(default);
    if !body.default.as_ref().is_none_or(offered) {
        return Err(Reject::field("/default", "the default is one of the options"));
    }
    let question = Question {
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
    };
    Ok(Done::created(ctx.create(&question, &EventKind::QuestionAsked)?))
}

/// `POST /io/questions/{id}/answer`.
pub(in crate::apply) fn answer(ctx: &mut Ctx<'_>, id: &QuestionId, body: &Answer) -> Result<Done, Reject> {
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
    Ok(Done::updated(ctx.update(&mut question, &EventKind::QuestionAnswered)?))
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
    Ok(Done::updated(ctx.update(&mut question, &EventKind::QuestionAnswered)?))
}
