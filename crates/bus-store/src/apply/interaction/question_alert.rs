//! How humans hear of an agent's question: an alert of its own, raised with the question and closed with it.
//!
//! The alert goes to every IO, as each of level 4 does, and to an IO that comes later while the question is open. Its key is the question's
//! id, so a question is put to the humans once.

use go_bus_api::{Alert, AlertId, AlertLevel, AlertState, ProjectId, Question, Revision, Text};

use super::super::ctx::Ctx;
use super::alerts;
use crate::Reject;

/// Tells the humans of `question`. What the operator asks itself needs no telling.
pub(super) fn raise(ctx: &mut Ctx<'_>, question: &Question, project: Option<ProjectId>) -> Result<(), Reject> {
    let Some(agent) = &question.agent else { return Ok(()) };
    let first = question.text.as_str().lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let of = question.task.as_ref().map_or_else(String::new, |task| format!(" for task {task}"));
    let alert = Alert {
        id: AlertId::generate(),
        level: AlertLevel::L4,
        title: Text::clipped(&format!("agent {agent} asks{of}: {}", first.trim())),
        detail: Text::clipped(&detail(question)),
        project,
        state: AlertState::Open,
        raised_at: ctx.at,
        acknowledged_by: None,
        dedupe_key: Some(key(question)),
        revision: Revision(1),
    };
    alerts::raise_once(ctx, &alert)?;
    Ok(())
}

/// Closes it: the question needs nobody any more.
pub(super) fn close(ctx: &mut Ctx<'_>, question: &Question) -> Result<(), Reject> {
    alerts::close(ctx, &key(question))
}

fn key(question: &Question) -> Text<256> {
    Text::clipped(&format!("question:{}", question.id))
}

/// The question as a human has to see it, with how it is answered.
fn detail(question: &Question) -> String {
    let mut text = format!("questions/{}\n{}\n", question.id, question.text);
    for option in &question.options {
        text.push_str(&format!("- {option}\n"));
    }
    match (&question.deadline, &question.default) {
        (Some(deadline), Some(default)) => text.push_str(&format!("At {deadline} the answer is: {default}\n")),
        (Some(deadline), None) => text.push_str(&format!("At {deadline} work goes on without an answer.\n")),
        (None, _) => {}
    }
    text.push_str(&format!("Answer: go answer {} TEXT\n", question.id));
    text
}
