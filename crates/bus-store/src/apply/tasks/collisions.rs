//! `POST /hosts/{id}/collisions`: which tasks' work can't be merged with one another's, as a host's launcher has tried.
//!
//! Both tasks have the collision, or neither has; it ends with either of them. Builders hear of it by message.

use std::collections::BTreeMap;

use go_bus_api::{Collision, CollisionReport, EventKind, Host, HostId, MergeTrial, Project, Role, Task, TaskId, Text};
use go_rules::collisions::is_in_flight;

use super::super::Done;
use super::super::authority::forbidden;
use super::super::ctx::Ctx;
use super::super::messages;
use super::authority;
use crate::Reject;
use crate::stored::Stored;

/// The `kind` of the message to a builder.
const KIND: &str = "collision";

/// Tasks that a report is about, as they were and as they are to be.
#[derive(Debug, Default)]
struct Tasks(BTreeMap<TaskId, (Task, Task)>);

/// Takes a report. What is said of a task that is over, or of two that land in different repos, is no collision.
pub(in crate::apply) fn report(ctx: &mut Ctx<'_>, id: &HostId, body: &CollisionReport) -> Result<Done, Reject> {
    let host: Host = ctx.need(id.as_str())?;
    must_speak_for(ctx, &host)?;
    check(body)?;
    let mut tasks = Tasks::default();
    let mut met = Vec::new();
    for trial in &body.trials {
        if tasks.know(ctx, &trial.one)? && tasks.know(ctx, &trial.other)? && tasks.note(ctx, trial)? {
            met.push(trial);
        }
    }
    for (_, task) in tasks.0.values_mut().filter(|(before, task)| before != task) {
        ctx.update(task, &EventKind::TaskUpdated)?;
    }
    for trial in met {
        tell_both(ctx, &tasks, trial)?;
    }
    Ok(Done::unchanged(host.document()?))
}

fn must_speak_for(ctx: &mut Ctx<'_>, host: &Host) -> Result<(), Reject> {
    let is_launcher = host.launcher.as_ref().is_some_and(|launcher| ctx.who.is(launcher));
    let is_one = matches!(ctx.who.own_agent(), Some((_, Role::Launcher)));
    if ctx.who.governs() || (is_one && is_launcher) {
        return Ok(());
    }
    Err(forbidden(format!("the launcher that holds host {} says what collides there", host.id)))
}

fn check(body: &CollisionReport) -> Result<(), Reject> {
    if body.trials.len() > CollisionReport::MOST {
        return Err(Reject::field("/trials", format!("a report has at most {} pairs", CollisionReport::MOST)));
    }
    for (at, MergeTrial { one, other, files }) in body.trials.iter().enumerate() {
        if one == other {
            return Err(Reject::field(&format!("/trials/{at}/other"), "a task does not collide with itself"));
        }
        if files.len() > Collision::MOST_FILES {
            let most = format!("of many files the first {} are named", Collision::MOST_FILES);
            return Err(Reject::field(&format!("/trials/{at}/files"), most));
        }
    }
    Ok(())
}

impl Tasks {
    /// Has the task at hand; false where there is none.
    fn know(&mut self, ctx: &mut Ctx<'_>, id: &TaskId) -> Result<bool, Reject> {
        if !self.0.contains_key(id) {
            let Some(task) = ctx.load::<Task>(id.as_str())? else { return Ok(false) };
            self.0.insert(id.clone(), (task.clone(), task));
        }
        Ok(true)
    }

    /// Takes note of one trial; tells whether the two have met by it.
    fn note(&mut self, ctx: &mut Ctx<'_>, trial: &MergeTrial) -> Result<bool, Reject> {
        let collide = !trial.files.is_empty() && self.has_room(trial) && self.may_collide(ctx, trial)?;
        let files = collide.then_some(&trial.files);
        let mut is_new = false;
        for (id, partner) in [(&trial.one, &trial.other), (&trial.other, &trial.one)] {
            if let Some((_, task)) = self.0.get_mut(id) {
                is_new |= set(&mut task.collides_with, partner, files);
            }
        }
        Ok(is_new)
    }

    /// Whether both can have this collision.
    fn has_room(&self, MergeTrial { one, other, .. }: &MergeTrial) -> bool {
        [(one, other), (other, one)].into_iter().all(|(id, partner)| {
            self.0.get(id).is_some_and(|(_, Task { collides_with, .. })| {
                collides_with.len() < Collision::MOST || collides_with.iter().any(|known| known.task == *partner)
            })
        })
    }

    fn may_collide(&self, ctx: &mut Ctx<'_>, trial: &MergeTrial) -> Result<bool, Reject> {
        let of = |id| self.0.get(id).map(|(_, task)| task).filter(|task| is_in_flight(task));
        let (Some(one), Some(other)) = (of(&trial.one), of(&trial.other)) else { return Ok(false) };
        if one.project == other.project {
            return Ok(true);
        }
        let repo = |project: Option<Project>| project.and_then(|project| project.repo);
        let (left, right) = (ctx.load(one.project.as_str())?, ctx.load(other.project.as_str())?);
        Ok(repo(left).is_some_and(|left| Some(left) == repo(right)))
    }
}

/// Sets or takes out the collision with `partner`; tells whether it is a new one.
fn set(collisions: &mut Vec<Collision>, partner: &TaskId, files: Option<&Vec<Text<1024>>>) -> bool {
    let Some(files) = files else {
        collisions.retain(|collision| collision.task != *partner);
        return false;
    };
    if let Some(known) = collisions.iter_mut().find(|collision| collision.task == *partner) {
        known.files.clone_from(files);
        return false;
    }
    collisions.push(Collision { task: partner.clone(), files: files.clone() });
    true
}

fn tell_both(ctx: &mut Ctx<'_>, tasks: &Tasks, trial: &MergeTrial) -> Result<(), Reject> {
    for (id, partner) in [(&trial.one, &trial.other), (&trial.other, &trial.one)] {
        let (Some((_, task)), Some((_, other))) = (tasks.0.get(id), tasks.0.get(partner)) else { continue };
        let body = format!(
            "{partner} ({}) is at work on the same places of these files:\n{}\nWhoever lands second has to merge: keep your changes there \
             small, and leave alone what is not part of your ticket.",
            other.title,
            list(&trial.files)
        );
        tell(ctx, task, &format!("{partner} changes the same lines"), &body)?;
    }
    Ok(())
}

/// A task that is over collides with nothing any more. Where it `landed`, whoever builds the others has to merge what it brought.
pub(super) fn end(ctx: &mut Ctx<'_>, task: &mut Task, landed: bool) -> Result<(), Reject> {
    for collision in std::mem::take(&mut task.collides_with) {
        let Some(mut other) = ctx.load::<Task>(collision.task.as_str())? else { continue };
        let before = other.collides_with.len();
        set(&mut other.collides_with, &task.id, None);
        if other.collides_with.len() != before {
            ctx.update(&mut other, &EventKind::TaskUpdated)?;
        }
        if landed && is_in_flight(&other) {
            let body = format!(
                "It changed the same places as you, in:\n{}\nMerge the branch that your work lands on before you end; else your work comes \
                 back to you with the conflict.",
                list(&collision.files)
            );
            tell(ctx, &other, &format!("{} has landed", task.id), &body)?;
        }
    }
    Ok(())
}

fn list(files: &[Text<1024>]) -> String {
    files.iter().map(|file| format!("- {file}\n")).collect()
}

fn tell(ctx: &mut Ctx<'_>, task: &Task, subject: &str, body: &str) -> Result<(), Reject> {
    for builder in authority::builders(ctx, task)?.into_iter().filter(|agent| agent.state.is_live()) {
        messages::tell(ctx, builder.id, KIND, subject, body)?;
    }
    Ok(())
}
