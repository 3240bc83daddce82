//! What the Bus and the plan's file say in the end.

use std::collections::BTreeMap;
use std::path::Path;

use go_bus_api::{Event, EventKind, Role, Seq};
use go_bus_client::BusClient;
use go_plan::Plan;

/// What the Bus and the plan's file say in the end.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// A line for each thing, without what differs from run to run.
    pub(crate) state: Vec<String>,
    events: Vec<Event>,
}

impl Outcome {
    pub(crate) async fn read(operator: &BusClient, plan: &Path) -> Self {
        let (_, world) = operator.snapshot().await.unwrap();
        let mut state = Vec::new();
        state.extend(world.hosts().map(|host| format!("host {} {:?} {}", host.id, host.state, host.slots.get())));
        state.extend(world.projects().map(|p| format!("project {} {} {:?}", p.id, p.name, p.priority)));
        state.extend(world.sessions().map(|session| format!("session of {}", session.user)));
        let page = operator.tasks(&go_bus_api::ListQuery::default()).await.unwrap();
        state.extend(page.items.iter().map(|task| {
            let (id, title, attempt) = (&task.id, &task.title, task.attempt);
            format!("task {id} {title} {:?} attempt {attempt} {} {}", task.state, task.failures, task.losses)
        }));
        let seats = [Role::Ho, Role::Po, Role::Io].map(|role| role.as_str().to_owned());
        for role in seats {
            let query = go_bus_api::ListQuery { role: Some(role), ..Default::default() };
            let page = operator.agents(&query).await.unwrap();
            let line = |a: &go_bus_api::Agent| {
                // Where a PO or an IO is placed is the Bus's choice among the hosts that there were just then.
                let host = a.host.as_ref().filter(|_| a.role == Role::Ho);
                format!("agent {:?} {host:?} {:?} {:?} {:?}", a.role, a.project, a.user, a.state)
            };
            state.extend(page.items.iter().map(line));
        }
        let lease = operator.lease().await.unwrap();
        state.push(format!("lease of {:?}, standbys {:?}", lease.holder, lease.standbys));
        let handoff = operator.handoff().await.unwrap().map(|handoff| handoff.document["running"].clone());
        state.push(format!("handoff {handoff:?}"));
        let read = Plan::parse("plan.yaml", &std::fs::read_to_string(plan).unwrap()).unwrap();
        state.extend(read.tickets().map(|(_, ticket)| format!("plan {} {}", ticket.id, ticket.status.as_str())));
        Self { state, events: events(operator).await }
    }

    /// No ticket was assigned or completed twice, and no seat was filled twice.
    pub(crate) fn assert_nothing_was_done_twice(&self, when: &str) {
        let mut counts: BTreeMap<String, u32> = BTreeMap::new();
        for event in &self.events {
            let text = |name: &str| event.data[name].as_str().unwrap_or_default().to_owned();
            let what = match event.kind {
                EventKind::AgentRequested => ["role", "host", "project", "user"].map(text).join(" "),
                EventKind::TaskCreated
                | EventKind::TaskAssigned
                | EventKind::TaskCompleted
                | EventKind::TaskCancelled => text("id"),
                EventKind::HostCreated | EventKind::ProjectCreated => text("id"),
                EventKind::SessionOpened => text("user"),
                EventKind::LeaseReleased => String::new(),
                _ => continue,
            };
            *counts.entry(format!("{} {what}", event.kind)).or_default() += 1;
        }
        let twice: Vec<_> = counts.iter().filter(|(_, count)| **count != 1).collect();
        let log = self.events.iter().map(|event| {
            let subject = event.subject.as_ref().map(|subject| subject.0.as_str()).unwrap_or_default();
            format!("{} {} {subject} by {} {}\n", event.seq, event.kind, event.actor, event.data["role"])
        });
        assert!(twice.is_empty(), "{when}: {twice:?}\n{}", log.collect::<String>());
    }
}

async fn events(operator: &BusClient) -> Vec<Event> {
    let (mut events, mut after) = (Vec::new(), Seq(0));
    loop {
        let page = operator.events(after, 1000).await.unwrap();
        let Some(last) = page.items.last() else { return events };
        after = last.seq;
        events.extend(page.items);
    }
}
