//! `go prompt show`: a prompt as an agent would get it, from the plan and the stewards' files, without a Bus.

use go_bus_api::{Attempt, NewTask, Prompt, Revision, Task, TaskState, Text, Timestamp};
use go_clock::{Clock, SystemClock};
use go_plan::reconcile::new_task;
use go_plan::{Plan, PlannedProject, Ticket};
use go_review::{Delivery, ReviewPolicy, SeedPolicy};
use go_spawn::{Hand, Handbook, Orchestrator, builder_prompt, orchestrator_prompt, reviewer_prompt};

use crate::cli::{PromptRole, Shown};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::fleet::defaults;
use crate::render::print;
use crate::settings::Settings;
use crate::stewards;

/// Prints it.
pub(super) fn show(asked: &Shown, settings: &Settings) -> Result<Exit, Failure> {
    let (steward, _) = stewards::open(settings)?;
    let plan = super::plan::read(asked.plan.as_deref().unwrap_or(&settings.paths.plan))?;
    let handbook = settings.spawning.handbook(&steward);
    let prompt = match asked.role {
        PromptRole::Ho | PromptRole::Po | PromptRole::Io => {
            orchestrator_prompt(&orchestrator(asked, &plan)?, "", &handbook)
        }
        PromptRole::Specialist | PromptRole::Worker | PromptRole::Reviewer => {
            of_a_hand(asked.role, &task(asked, &plan, settings)?, &handbook)
        }
    };
    print(prompt)?;
    Ok(Exit::Done)
}

fn of_a_hand(role: PromptRole, task: &Task, handbook: &Handbook) -> Prompt {
    let prompts = handbook.prompts.as_ref();
    match role {
        PromptRole::Reviewer => {
            let brief = SeedPolicy.brief(&Delivery::of(task));
            reviewer_prompt(task, &[], &brief.mission, &brief.checks, prompts)
        }
        PromptRole::Specialist => builder_prompt(task, &[], Hand::Specialist, prompts),
        _ => builder_prompt(task, &[], Hand::Worker, prompts),
    }
}

/// The orchestrator of the ticket that was asked about, or of the plan's first host, project or human.
fn orchestrator(asked: &Shown, plan: &Plan) -> Result<Orchestrator, Failure> {
    let nobody = |what| Failure::usage(format!("the plan has no {what}"), "name another with --plan");
    let wrong = |error| Failure::usage(error, "");
    let ticket = asked.ticket.as_ref().map(|_| ticket(asked, plan)).transpose()?;
    match asked.role {
        PromptRole::Ho => match ticket.and_then(|(_, ticket)| ticket.host.clone()) {
            Some(host) => Ok(Orchestrator::Ho(host)),
            None => match plan.hosts.first() {
                Some(host) => Ok(Orchestrator::Ho(host.id.clone())),
                None => Plan::DEFAULT_HOST.parse().map(Orchestrator::Ho).map_err(wrong),
            },
        },
        PromptRole::Po => {
            let project = ticket.map(|(project, _)| project).or(plan.projects.first());
            project.map(|project| Orchestrator::Po(project.id.clone())).ok_or_else(|| nobody("project"))
        }
        _ => match plan.users.first() {
            Some(user) => Ok(Orchestrator::Io(user.id.clone())),
            None => Plan::DEFAULT_USER.parse().map(Orchestrator::Io).map_err(wrong),
        },
    }
}

/// The ticket that was asked about, or the plan's first.
fn ticket<'p>(asked: &Shown, plan: &'p Plan) -> Result<(&'p PlannedProject, &'p Ticket), Failure> {
    match &asked.ticket {
        Some(id) => plan.tickets().find(|(_, ticket)| ticket.id == *id).ok_or_else(|| {
            Failure::usage(
                format!("the plan has no ticket {id}"),
                "`go plan show` lists them; --plan names another plan",
            )
        }),
        None => {
            plan.tickets().next().ok_or_else(|| Failure::usage("the plan has no ticket", "name another with --plan"))
        }
    }
}

/// The task that the ticket becomes, at its first attempt.
fn task(asked: &Shown, plan: &Plan, settings: &Settings) -> Result<Task, Failure> {
    let (project, ticket) = ticket(asked, plan)?;
    let new = new_task(&project.id, ticket, &defaults(settings, Text::default())?);
    Ok(first_attempt(new, ticket, SystemClock.wall()))
}

fn first_attempt(new: NewTask, ticket: &Ticket, now: Timestamp) -> Task {
    Task {
        id: ticket.id.clone(),
        project: new.project,
        title: new.title,
        description: new.description,
        kind: new.kind,
        category: new.category,
        priority: new.priority,
        state: TaskState::InProgress,
        assignee: None,
        attempt: Attempt(1),
        max_attempts: new.max_attempts,
        failures: 0,
        excused: 0,
        losses: 0,
        estimate_minutes: new.estimate_minutes,
        depends_on: new.depends_on,
        labels: new.labels,
        model: new.model,
        role: new.role,
        host: new.host,
        capabilities: new.capabilities,
        run: new.run,
        verify: new.verify,
        review: new.review,
        deliverable: None,
        review_of: None,
        sprint: None,
        created_at: now,
        assigned_at: Some(now),
        delivered_at: None,
        finished_at: None,
        not_before: None,
        failed_at: None,
        idle_ms: new.idle_ms,
        deadline_ms: new.deadline_ms,
        result: None,
        error: None,
        review_notes: None,
        review_rounds: 0,
        progress: None,
        builders: Vec::new(),
        built_on: None,
        landing: None,
        landing_task: None,
        landing_failures: 0,
        landed: None,
        lands: None,
        collides_with: Vec::new(),
        revision: Revision(1),
    }
}
