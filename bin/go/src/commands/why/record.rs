//! What is known of a line: git's part, and the Bus's part.

use std::collections::BTreeMap;

use go_bus_api::{
    Agent, AgentId, DriverKind, HostId, ListQuery, Model, ProblemKind, Role, Task, TaskId, TaskState, Text, Timestamp,
    Usd,
};
use go_bus_client::{BusClient, BusError};
use go_repo::Origin;
use serde::Serialize;

use super::super::read::all;
use crate::failure::Failure;

/// Everything about a line.
#[derive(Debug, Serialize)]
pub(super) struct Record<'a> {
    pub(super) place: &'a str,
    #[serde(flatten)]
    pub(super) origin: &'a Origin,
    /// What the Bus has; none where the commit is not GO's, or the Bus does not know its task or could not be asked.
    pub(super) ticket: Option<Ticket>,
    /// Why the Bus could not be asked.
    pub(super) bus: Option<String>,
}

/// A ticket as the Bus has it.
#[derive(Debug, Serialize)]
pub(super) struct Ticket {
    pub(super) title: String,
    pub(super) project: String,
    pub(super) state: TaskState,
    pub(super) result: Option<Text<16384>>,
    /// Who built it, attempt by attempt.
    pub(super) builders: Vec<Hand>,
    pub(super) reviews: Vec<Review>,
    /// What they have all spent.
    pub(super) usd: Usd,
}

/// An agent that built or reviewed.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Hand {
    pub(super) id: AgentId,
    pub(super) role: Role,
    pub(super) attempt: Option<u32>,
    pub(super) driver: DriverKind,
    pub(super) model: Option<Model>,
    pub(super) host: Option<HostId>,
    /// SHA-256 of what it was told.
    pub(super) prompt_sha256: Option<Text<64>>,
    pub(super) usd: Usd,
}

/// A review of what was delivered.
#[derive(Debug, Serialize)]
pub(super) struct Review {
    pub(super) task: TaskId,
    pub(super) state: TaskState,
    /// The verdict with its notes.
    pub(super) verdict: Option<Text<16384>>,
    pub(super) at: Option<Timestamp>,
    /// Who had it in hand; a review of the operator's own has nobody.
    pub(super) reviewers: Vec<Hand>,
}

/// What the Bus has of `id`; `None` where it knows no such task.
pub(super) async fn ticket(client: &BusClient, id: &TaskId) -> Result<Option<Ticket>, Failure> {
    let task = match client.task(id).await {
        Err(BusError::Refused(problem)) if problem.kind() == Some(ProblemKind::NotFound) => return Ok(None),
        task => task?,
    };
    let costs = client.costs_by_agent(None).await?;
    let spent = costs.items.into_iter().filter_map(|row| Some((row.agent?, row.usd))).collect();
    let builders = hands(client, id, &spent).await?;
    let mut reviews = Vec::new();
    for review in reviews_of(client, &task).await? {
        let reviewers = hands(client, &review.id, &spent).await?;
        let Task { id: task, state, result: verdict, finished_at: at, .. } = review;
        reviews.push(Review { task, state, verdict, at, reviewers });
    }
    let everybody = builders.iter().chain(reviews.iter().flat_map(|review| &review.reviewers));
    let usd = everybody.map(|hand| hand.usd).sum();
    let (title, project) = (task.title.to_string(), task.project.to_string());
    Ok(Some(Ticket { title, project, state: task.state, result: task.result, builders, reviews, usd }))
}

async fn reviews_of(client: &BusClient, task: &Task) -> Result<Vec<Task>, BusError> {
    let (kind, project) = (Some("review".to_owned()), Some(task.project.to_string()));
    let query = ListQuery { kind, project, ..ListQuery::default() };
    let mut reviews: Vec<Task> = all(query, async |query| client.tasks(&query).await).await?;
    reviews.retain(|review| review.review_of.as_ref() == Some(&task.id));
    Ok(reviews)
}

/// Who had the task in hand, in the order in which they were asked for.
async fn hands(client: &BusClient, task: &TaskId, spent: &BTreeMap<AgentId, Usd>) -> Result<Vec<Hand>, BusError> {
    let query = ListQuery { task: Some(task.to_string()), ..ListQuery::default() };
    let agents: Vec<Agent> = all(query, async |query| client.agents(&query).await).await?;
    let hand = |agent: Agent| Hand {
        usd: spent.get(&agent.id).copied().unwrap_or_default(),
        id: agent.id,
        role: agent.role,
        attempt: agent.attempt.map(|attempt| attempt.0),
        driver: agent.driver,
        model: agent.model,
        host: agent.host,
        prompt_sha256: agent.prompt_sha256,
    };
    Ok(agents.into_iter().map(hand).collect())
}
