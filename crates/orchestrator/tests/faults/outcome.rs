//! What the Bus and the plan's file say in the end.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use go_bus_api::{Event, EventKind, Role, Seq};
use go_bus_client::BusClient;
use go_plan::Plan;
use serde_json::Value;

/// What the Bus and the plan's file say in the end.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// A line for each thing, without what differs from run to run.
    pub(crate) state: Vec<String>,
    events: Vec<Event>,
}

impl Outcome {
    pub(crate) async fn read(operator: &BusClient, folder: &Path) -> Self {
        let (_, world) = operator.snapshot().await.unwrap();
        let mut state = Vec::new();
        state.extend(world.hosts().map(|host| format!("host {} {:?} {}", host.id, host.state, host.slots.get())));
        state.extend(world.projects().map(|p| format!("project {} {} {:?}", p.id, p.name, p.priority)));
        state.extend(world.accounts().map(|account| format!("account {} {:?}", account.id, account.state)));
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
        let text = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
        let read = Plan::parse("plan.yaml", &text("plan.yaml")).unwrap();
        state.extend(read.tickets().map(|(_, ticket)| format!("plan {} {}", ticket.id, ticket.status.as_str())));
        let mut placed = BTreeSet::new();
        for sprint in operator.sprints(&go_bus_api::ListQuery::default()).await.unwrap().items {
            // Which ticket is in which batch depends on when it came.
            placed.extend(sprint.tickets.iter().map(ToString::to_string));
            let (id, carried, entry) = (&sprint.id, sprint.carried.len(), format!("<!-- end of sprint {} ", sprint.id));
            let entries = text("log.md").matches(&entry).count();
            state.push(format!("sprint {id} {:?}, {carried} carried over, {entries} in the log", sprint.state));
            let summary = text(&format!("sprints/{id}.md"));
            let report: Value = serde_json::from_str(&text(&format!("sprints/{id}.json"))).unwrap();
            assert_eq!(summary.trim(), sprint.summary.unwrap().as_str().trim());
            assert_eq!(Some(report), sprint.report);
        }
        state.push(format!("in a sprint {placed:?}"));
        let alerts = operator.alerts(&go_bus_api::ListQuery::default()).await.unwrap().items;
        state.extend(alerts.iter().map(|alert| format!("alert {} {:?}", alert.title, alert.state)));
        Self { state, events: events(operator).await }
    }

    /// No ticket was assigned or completed twice, no seat was filled twice, no sprint begun or ended twice, nobody told twice.
    pub(crate) fn assert_nothing_was_done_twice(&self, when: &str) {
        let mut counts: BTreeMap<String, u32> = BTreeMap::new();
        for event in &self.events {
            let text = |name: &str| event.data[name].as_str().unwrap_or_default().to_owned();
            let what = match event.kind {
                EventKind::AgentRequested => ["role", "host", "project", "user", "replaces"].map(text).join(" "),
                EventKind::TaskAssigned | EventKind::TaskFailed => format!("{} {}", text("id"), event.data["attempt"]),
                EventKind::TaskCreated | EventKind::TaskCompleted | EventKind::TaskCancelled => text("id"),
                EventKind::SprintStarted | EventKind::SprintClosed => text("id"),
                EventKind::MessageSent => ["to", "subject", "body"].map(text).join(" "),
                EventKind::MessageAcknowledged => text("id"),
                EventKind::AlertRaised => text("title"),
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
