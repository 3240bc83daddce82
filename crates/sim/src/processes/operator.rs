//! Who sets the fleet up, posts its tickets, one after the other, and looks on.

use std::sync::Arc;
use std::time::Duration;

use go_bus_api::{
    Category, HostId, NewHost, NewProject, NewSession, NewTask, Priority, ProjectId, Slots, TaskId, Text, UserId,
};
use go_bus_client::{BusClient, BusError};
use go_clock::Clock;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::operator_client;
use crate::ground::Ground;
use crate::net::SimTransport;
use crate::onlooker::Onlooker;
use crate::{HostNo, Node, Seen};

/// The projects that the tickets are of.
const PROJECTS: [&str; 3] = ["alder", "birch", "cedar"];

/// How long the operator waits before it tries again what failed.
const AGAIN: Duration = Duration::from_millis(500);

/// Sets up, posts every ticket, and looks on for ever.
pub(super) async fn run(ground: Arc<Ground>) -> String {
    let operator = Operator { client: operator_client(&ground, Node::Operator).await, ground: Arc::clone(&ground) };
    let work = async {
        operator.set_up().await?;
        operator.post().await
    };
    let failed = async {
        match work.await {
            Ok(()) => std::future::pending().await,
            Err(error) => error.to_string(),
        }
    };
    tokio::select! {
        biased;
        failed = failed => failed,
        () = onlooker(&ground, &operator.client).look_on() => "it looks no more".to_owned(),
    }
}

fn onlooker(ground: &Arc<Ground>, client: &BusClient) -> Onlooker {
    let see = Arc::clone(ground);
    Onlooker {
        client: client.clone(),
        transport: Arc::new(SimTransport::new(ground, Node::Operator)),
        clock: Arc::new(ground.clock(Node::Operator)),
        tell: Arc::new(move |what| see.see(&Seen::Onlooker(&what))),
    }
}

struct Operator {
    ground: Arc<Ground>,
    client: BusClient,
}

/// Whether the Bus had it already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Posted {
    Now,
    Before,
}

type Failed = Box<dyn std::error::Error + Send + Sync>;

impl Operator {
    async fn set_up(&self) -> Result<(), Failed> {
        let settings = &self.ground.settings;
        for host in 1..=settings.hosts {
            let id = HostId::new(HostNo(host).to_string())?;
            let host = NewHost {
                id,
                state: Default::default(),
                slots: Slots::new(settings.slots)?,
                labels: Default::default(),
            };
            self.insist(|| self.client.create_host(&host)).await?;
        }
        for project in PROJECTS {
            let project = NewProject { repo: Some(Text::clipped("/work")), ..project_of(project)? };
            self.insist(|| self.client.create_project(&project)).await?;
        }
        let session = NewSession { user: UserId::new("ada")? };
        self.insist(|| self.client.open_session(&session)).await.map(drop)
    }

    /// Posts the tickets at moments that the seed fixes.
    async fn post(&self) -> Result<(), Failed> {
        let tickets = self.ground.settings.tickets;
        let clock = self.ground.clock(Node::Operator);
        let mut chance = StdRng::seed_from_u64(self.ground.seed ^ 0x71C2E7);
        for number in 1..=tickets.count {
            let ticket = ticket(number, &mut chance)?;
            let posted = self.insist(|| self.client.create_task(&ticket)).await?;
            let most = u64::try_from(tickets.every.as_millis()).unwrap_or(u64::MAX).saturating_mul(2);
            let pause = Duration::from_millis(chance.random_range(0..=most));
            if posted == Posted::Now {
                clock.sleep(pause).await;
            }
        }
        Ok(())
    }

    /// Tries until the Bus has it, from an earlier try or an earlier life.
    async fn insist<T, R: Future<Output = Result<T, BusError>>>(&self, call: impl Fn() -> R) -> Result<Posted, Failed> {
        let clock = self.ground.clock(Node::Operator);
        loop {
            match call().await {
                Ok(_) => return Ok(Posted::Now),
                Err(error) if error.is(go_bus_api::ProblemKind::AlreadyExists) => return Ok(Posted::Before),
                Err(error) if error.is_retryable() => clock.sleep(AGAIN).await,
                Err(error) => return Err(error.into()),
            }
        }
    }
}

fn project_of(id: &str) -> Result<NewProject, Failed> {
    Ok(NewProject {
        id: ProjectId::new(id)?,
        name: None,
        state: Default::default(),
        priority: Default::default(),
        weight: Default::default(),
        repo: None,
        driver: None,
        budget_usd: None,
        workplace: None,
    })
}

/// A ticket: a third of them is reviewed, some wait for the one before.
fn ticket(number: u32, chance: &mut StdRng) -> Result<NewTask, Failed> {
    let project = PROJECTS.get(chance.random_range(0..PROJECTS.len())).copied().unwrap_or("alder");
    let category = if chance.random_range(0..3) == 0 { Category::Feature } else { Category::Chore };
    let depends_on = if number > 1 && chance.random_range(0..4) == 0 { vec![id(number - 1)?] } else { Vec::new() };
    let priority = [Priority::P0, Priority::P1, Priority::P2, Priority::P3][chance.random_range(0..4)];
    Ok(NewTask {
        id: Some(id(number)?),
        category: Some(category),
        depends_on,
        priority,
        run: Some(Text::clipped("work")),
        review: Some(Text::clipped("look")),
        ..NewTask::ticket(ProjectId::new(project)?, Text::clipped(&format!("ticket {number}")))
    })
}

fn id(number: u32) -> Result<TaskId, Failed> {
    Ok(TaskId::new(format!("T-{number}"))?)
}
