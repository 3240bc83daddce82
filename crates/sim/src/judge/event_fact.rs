//! An event as the judge reads it.

use go_bus_api::{Agent, Epoch, Event, EventKind, Host, LeaseEvent, ResourceKind, Seq, Task};

/// An event, with what it is about where a judge cares.
#[derive(Debug, Clone, PartialEq)]
pub struct EventFact {
    /// Its place.
    pub seq: Seq,
    /// What happened.
    pub kind: EventKind,
    /// Who did it.
    pub actor: String,
    /// Under which epoch.
    pub epoch: Option<Epoch>,
    /// What it is about, as the event says.
    pub subject: String,
    /// The resource after it.
    pub about: About,
}

/// What an event is about.
#[derive(Debug, Clone, PartialEq)]
pub enum About {
    /// A task.
    Task(Box<Task>),
    /// An agent.
    Agent(Box<Agent>),
    /// A host.
    Host(Box<Host>),
    /// The lease.
    Lease(Box<LeaseEvent>),
    /// Anything else.
    Other,
}

impl EventFact {
    /// Reads a stored event. None where it is no event at all.
    pub fn read(json: &str) -> Option<Self> {
        let event: Event = serde_json::from_str(json).ok()?;
        let subject = event.subject.as_ref().map(|subject| subject.0.as_str().to_owned()).unwrap_or_default();
        let kind = event.subject.as_ref().and_then(|subject| subject.resource()).map(|(kind, _)| kind);
        Some(Self {
            seq: event.seq,
            kind: event.kind,
            actor: event.actor.as_str().to_owned(),
            epoch: event.epoch,
            about: if subject == "lease" { About::lease(event.data) } else { About::read(kind, event.data) },
            subject,
        })
    }
}

impl About {
    fn lease(data: serde_json::Value) -> Self {
        serde_json::from_value(data).map_or(Self::Other, Self::Lease)
    }

    fn read(kind: Option<ResourceKind>, data: serde_json::Value) -> Self {
        let read = match kind {
            Some(ResourceKind::Task) => serde_json::from_value(data).ok().map(Self::Task),
            Some(ResourceKind::Agent) => serde_json::from_value(data).ok().map(Self::Agent),
            Some(ResourceKind::Host) => serde_json::from_value(data).ok().map(Self::Host),
            _ => None,
        };
        read.unwrap_or(Self::Other)
    }
}
