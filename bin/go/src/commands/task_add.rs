//! `go task add`: a new ticket, into the plan first and then to the Bus, once.
//!
//! The plan comes first: what the Bus has and the plan has not is a removed ticket to GO, which it cancels. Where a GO leads it takes
//! the plan up by itself and is given the time to; else the ticket is posted. Its id is the same either way, so it is made once.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use go_bus_api::{Category, Millis, Model, NewTask, Priority, ProblemKind, ProjectId, TaskId, Text};
use go_bus_client::{BusClient, BusError, Feed, FeedError};
use go_clock::SystemClock;
use go_plan::edit::InsertError;
use go_plan::reconcile::new_task;
use go_plan::{FileError, Plan, PlanFile, Ticket};

use crate::cli::NewTicket;
use crate::connect;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::fleet::defaults;
use crate::render::print;
use crate::settings::Settings;
use crate::tokio_runtime;

/// How long a GO that leads has to take up the plan.
const TAKE_UP: Duration = Duration::from_secs(10);

/// Adds the ticket.
pub(super) fn run(new: &NewTicket, settings: &Settings) -> Result<Exit, Failure> {
    let wanted = ticket(new)?;
    let plan = Some(settings.paths.plan.as_path()).filter(|path| settings.is_set("paths.plan") || path.exists());
    let client = connect::client(settings)?;
    tokio_runtime::one_shot(async {
        let Some(path) = plan else { return post_alone(&client, new, &wanted, settings).await };
        let bus = look(&client).await?;
        let is_known = |id: &TaskId| bus.as_ref().is_some_and(|feed| feed.world().task_state(id).is_some());
        let (project, ticket) = write(path, new, &wanted, is_known)?;
        let task = new_task(&project, &ticket, &defaults(settings, Text::default())?);
        let told = match bus {
            Some(feed) => bring(&client, feed, &task, &ticket.id).await?,
            None => "the Bus is not running; GO takes it up when it starts",
        };
        print(format_args!("{} is in {}; {told}\n", ticket.id, path.display()))?;
        Ok(Exit::Done)
    })
}

/// Without a plan the Bus alone has it.
async fn post_alone(
    client: &BusClient,
    new: &NewTicket,
    wanted: &Ticket,
    settings: &Settings,
) -> Result<Exit, Failure> {
    let unnamed = || Failure::usage("which project is it for?", "name it with --project, or a plan with --plan");
    let project = new.project.as_ref().ok_or_else(unnamed)?;
    let task = NewTask { id: new.id.clone(), ..new_task(project, wanted, &defaults(settings, Text::default())?) };
    let task = client.create_task(&task).await?;
    print(format_args!("{} is on the Bus; there is no plan to write it into\n", task.id))?;
    Ok(Exit::Done)
}

/// The Bus as it is and goes on; none where it is away.
async fn look(client: &BusClient) -> Result<Option<Feed>, Failure> {
    match Feed::start(client.clone(), Arc::new(SystemClock)).await {
        Ok(feed) => Ok(Some(feed)),
        Err(FeedError::Snapshot(BusError::Unreachable(_))) => Ok(None),
        Err(FeedError::Snapshot(error)) => Err(error.into()),
        Err(FeedError::Events(error)) => Err(Failure::caused_by(error, "try again")),
    }
}

/// Writes the ticket into the plan, under an id that is not known: what the Bus has of that id, done or cancelled perhaps, would
/// be taken for it.
fn write(
    path: &Path,
    new: &NewTicket,
    wanted: &Ticket,
    is_known: impl Fn(&TaskId) -> bool,
) -> Result<(ProjectId, Ticket), Failure> {
    if let Some(id) = new.id.as_ref().filter(|id| is_known(id)) {
        let advice = "choose another with --id; nothing was written";
        return Err(Failure::usage(format!("the Bus has a task {id} already"), advice));
    }
    let project = match &new.project {
        Some(project) => project.clone(),
        None => only_project(&super::plan::read(path)?)?,
    };
    let make = |plan: &Plan| {
        let id = new.id.clone().unwrap_or_else(|| plan.next_id(&project, &is_known));
        Ticket { id, ..wanted.clone() }
    };
    let written = PlanFile::open(path).and_then(|file| file.insert(&project, make)).map_err(|error| match error {
        FileError::Insert(error) => not_inserted(path, &error),
        error => Failure::caused_by(error, "check the plan's folder, who owns it and its mode"),
    })?;
    Ok((project, written))
}

fn only_project(plan: &Plan) -> Result<ProjectId, Failure> {
    match plan.projects.as_slice() {
        [project] => Ok(project.id.clone()),
        projects => {
            let ids: Vec<_> = projects.iter().map(|project| project.id.as_str()).collect();
            let known = if ids.is_empty() { "the plan has none".to_owned() } else { ids.join(", ") };
            Err(Failure::usage("which project is it for?", format!("name it with --project: {known}")))
        }
    }
}

fn not_inserted(path: &Path, error: &InsertError) -> Failure {
    let advice = match error {
        InsertError::Unsound(_) => "`go plan check` names every mistake; nothing was written",
        InsertError::UnknownProject(_) => "`go plan show` lists the projects; nothing was written",
        InsertError::Exists(_) => "choose another with --id; nothing was written",
        InsertError::Mistaken(_) => "nothing was written",
        InsertError::NoPlace(_) => "write it there by hand; nothing was written",
    };
    Failure::usage(format!("{}: {error}", path.display()), advice)
}

/// Has the Bus know of the ticket that is in the plan now; what came of it, in words.
async fn bring(client: &BusClient, mut feed: Feed, task: &NewTask, id: &TaskId) -> Result<&'static str, Failure> {
    if client.lease().await?.holder.is_some() && is_taken_up(&mut feed, id).await {
        return Ok("GO has taken it up");
    }
    if feed.world().project(&task.project).is_none() {
        return Ok("GO brings it to the Bus with its project when it takes up the plan");
    }
    match client.create_task(task).await {
        Ok(_) => Ok("it is on the Bus, and nobody leads who reads this plan"),
        Err(BusError::Refused(problem)) if problem.kind() == Some(ProblemKind::AlreadyExists) => {
            Ok("GO has taken it up")
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether the task comes to be on the Bus within [`TAKE_UP`].
async fn is_taken_up(feed: &mut Feed, id: &TaskId) -> bool {
    let made = async {
        while feed.world().task_state(id).is_none() {
            if feed.next().await.is_err() {
                return false;
            }
        }
        true
    };
    tokio::time::timeout(TAKE_UP, made).await.unwrap_or(false)
}

/// The ticket that the flags describe; its id is another's to choose.
fn ticket(new: &NewTicket) -> Result<Ticket, Failure> {
    let priorities = [Priority::P0, Priority::P1, Priority::P2, Priority::P3];
    let named = |priority: &&Priority| Some(priority.as_str()) == new.priority.as_deref();
    let id = new.id.clone().unwrap_or_else(TaskId::generate);
    Ok(Ticket {
        description: text(new.description.as_deref().unwrap_or_default())?,
        kind: new.kind.clone().map(Category::from),
        priority: priorities.iter().find(named).copied().unwrap_or_default(),
        depends_on: unique(&new.depends_on),
        labels: new.label.iter().map(|label| text(label)).collect::<Result<_, _>>()?,
        estimate_minutes: new.estimate_minutes,
        timeout: new.timeout.map(|timeout| Millis::from(timeout.duration())),
        max_attempts: new.max_attempts.unwrap_or(Ticket::MAX_ATTEMPTS),
        model: new.model.as_deref().map(text).transpose()?.map(Model),
        host: new.host.clone(),
        capabilities: new.capability.iter().map(|word| text(word)).collect::<Result<_, _>>()?,
        run: new.run.as_deref().map(text).transpose()?,
        verify: new.verify.iter().map(|command| text(command)).collect::<Result<_, _>>()?,
        review: new.review.as_deref().map(text).transpose()?,
        ..Ticket::new(id, text(&new.title)?)
    })
}

fn text<const MAX: usize>(text: &str) -> Result<Text<MAX>, Failure> {
    Text::new(text).map_err(|error| Failure::usage(error, "write less, or a path to it"))
}

fn unique(ids: &[TaskId]) -> Vec<TaskId> {
    let mut unique: Vec<TaskId> = Vec::new();
    for id in ids {
        if !unique.contains(id) {
            unique.push(id.clone());
        }
    }
    unique
}
