//! Everyone but GO: launchers, orchestrators, and builders that finish at once, each by one real request to the Bus.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use go_bus_api::{
    Agent, AgentId, AgentState, BootId, Complete, ExitReport, Heartbeat, HostHeartbeat, HostId, HostState, Message,
    NewAgent, NewMessage, Ratio, Role, Task, TaskState, Text,
};
use go_bus_client::{BusClient, Feed, Token, World};
use go_clock::SystemClock;
use tokio::sync::watch;

/// How far the play has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Act {
    /// Agents come up; nothing ends, and M0 sleeps.
    Begin,
    /// M0 is awake but gets nothing done; the IO's context is full.
    Awake,
    /// Whatever is given to anybody is done at once.
    Finish,
}

/// Everyone but GO.
pub(crate) struct Player {
    operator: BusClient,
    launchers: BTreeMap<HostId, BusClient>,
    clients: BTreeMap<AgentId, BusClient>,
    ended: BTreeSet<AgentId>,
    done: BTreeSet<(String, u32)>,
    answered: BTreeSet<String>,
    woken: bool,
}

impl Player {
    /// Plays until it is dropped, one act after the other.
    pub(crate) async fn play(operator: BusClient, mut acts: watch::Receiver<Act>) {
        let mut player = Self {
            operator: operator.clone(),
            launchers: BTreeMap::new(),
            clients: BTreeMap::new(),
            ended: BTreeSet::new(),
            done: BTreeSet::new(),
            answered: BTreeSet::new(),
            woken: false,
        };
        let mut feed = Feed::start(operator, Arc::new(SystemClock)).await.unwrap();
        loop {
            let act = *acts.borrow();
            player.look(feed.world(), act).await;
            tokio::select! {
                changes = feed.next() => { changes.unwrap(); }
                changed = acts.changed(), if act < Act::Finish => changed.unwrap(),
            }
        }
    }

    async fn look(&mut self, world: &World, act: Act) {
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
        if act >= Act::Awake && !std::mem::replace(&mut self.woken, true) {
            self.wake(world).await;
        }
        for message in self.clients.keys().flat_map(|agent| world.messages_to(agent)).cloned().collect::<Vec<_>>() {
            self.answer(&message).await;
        }
        // M0 gets its first attempt never done: that is ended by then, though this World may not tell yet.
        let is_late = |task: &&Task| task.assignee == Some(AgentId::m0()) && task.attempt.0 == 1;
        for task in world.tasks_in(TaskState::InProgress).filter(|task| act == Act::Finish && !is_late(task)) {
            self.complete(task).await;
        }
    }

    /// M0 is heard of, and the IO tells how full its context is.
    async fn wake(&mut self, world: &World) {
        let issued = self.operator.rotate_token(&AgentId::m0()).await.unwrap();
        let m0 = self.operator.with_token(Token::new(issued.token).unwrap());
        m0.heartbeat(&AgentId::m0(), &Heartbeat::default()).await.unwrap();
        self.clients.insert(AgentId::m0(), m0);
        let io = world.agents_of(Role::Io).next().unwrap().id.clone();
        let full = Heartbeat { context_used: Some(Ratio::new(0.9).unwrap()), ..Heartbeat::default() };
        self.clients[&io].heartbeat(&io, &full).await.unwrap();
    }

    /// Hands over to a fresh context, where that is asked.
    async fn answer(&mut self, message: &Message) {
        if !message.is_about(Message::ROTATION) || !self.answered.insert(message.id.to_string()) {
            return;
        }
        let handoff = NewMessage {
            to: AgentId::go(),
            subject: Text::clipped("What the next one has to know"),
            body: Text::clipped("Nothing."),
            kind: Some(Text::clipped(Message::HANDOFF)),
            actor: None,
        };
        let io = &self.clients[&message.to];
        io.send_message(&handoff).await.unwrap();
        io.acknowledge_message(&message.id).await.unwrap();
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
            let completion = Complete::of(task.attempt, Text::clipped("Made."));
            po.complete(&task.id, &completion).await.unwrap();
        }
    }
}
