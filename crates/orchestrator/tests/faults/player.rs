//! Everyone but GO: launchers, orchestrators, and builders that finish at once, each by one real request to the Bus.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use go_bus_api::{
    Agent, AgentId, AgentState, BootId, Complete, ExitReport, Heartbeat, HostHeartbeat, HostId, HostState, NewAgent,
    Role, Task, TaskState, Text,
};
use go_bus_client::{BusClient, Feed, Token, World};
use go_clock::SystemClock;
use tokio::sync::watch;

/// Everyone but GO.
pub(crate) struct Player {
    operator: BusClient,
    launchers: BTreeMap<HostId, BusClient>,
    clients: BTreeMap<AgentId, BusClient>,
    ended: BTreeSet<AgentId>,
    done: BTreeSet<(String, u32)>,
}

impl Player {
    /// Plays until it is dropped; tasks end only once `go_on` says so.
    pub(crate) async fn play(operator: BusClient, mut go_on: watch::Receiver<bool>) {
        let mut player = Self {
            operator: operator.clone(),
            launchers: BTreeMap::new(),
            clients: BTreeMap::new(),
            ended: BTreeSet::new(),
            done: BTreeSet::new(),
        };
        let mut feed = Feed::start(operator, Arc::new(SystemClock)).await.unwrap();
        loop {
            let may_end = *go_on.borrow();
            player.look(feed.world(), may_end).await;
            tokio::select! {
                changes = feed.next() => { changes.unwrap(); }
                changed = go_on.changed(), if !may_end => changed.unwrap(),
            }
        }
    }

    async fn look(&mut self, world: &World, may_end: bool) {
        for host in world.hosts().filter(|host| host.state == HostState::Active) {
            self.launch(&host.id).await;
        }
        for agent in world.agents() {
            match agent.state {
                AgentState::Requested => self.start(agent).await,
                AgentState::Draining => self.end(agent).await,
                _ => {}
            }
        }
        for task in world.tasks_in(TaskState::InProgress).filter(|_| may_end) {
            self.complete(task).await;
        }
    }

    async fn launch(&mut self, host: &HostId) {
        if self.launchers.contains_key(host) {
            return;
        }
        let request = NewAgent { host: Some(host.clone()), ..NewAgent::of(Role::Launcher) };
        let launcher = self.operator.register(&request).await.unwrap();
        let client = self.operator.with_token(Token::new(launcher.token).unwrap());
        let beat = HostHeartbeat { boot_id: BootId::new("boot-1").unwrap(), launcher: launcher.agent.id };
        client.heartbeat_host(host, &beat).await.unwrap();
        self.launchers.insert(host.clone(), client);
    }

    async fn start(&mut self, agent: &Agent) {
        if self.clients.contains_key(&agent.id) {
            return;
        }
        let issued = self.operator.rotate_token(&agent.id).await.unwrap();
        let client = self.operator.with_token(Token::new(issued.token).unwrap());
        let ready = Heartbeat { state: Some(AgentState::Ready), ..Heartbeat::default() };
        client.heartbeat(&agent.id, &ready).await.unwrap();
        self.clients.insert(agent.id.clone(), client);
    }

    async fn end(&mut self, agent: &Agent) {
        if !self.ended.insert(agent.id.clone()) {
            return;
        }
        let Some(launcher) = agent.host.as_ref().and_then(|host| self.launchers.get(host)) else { return };
        launcher.report_exit(&agent.id, &ExitReport { stopped: true, ..ExitReport::default() }).await.unwrap();
    }

    async fn complete(&mut self, task: &Task) {
        let Some(po) = task.assignee.as_ref().and_then(|po| self.clients.get(po)) else { return };
        if self.done.insert((task.id.to_string(), task.attempt.0)) {
            let completion = Complete { attempt: task.attempt, summary: Text::clipped("Made."), deliverable: None };
            po.complete(&task.id, &completion).await.unwrap();
        }
    }
}
