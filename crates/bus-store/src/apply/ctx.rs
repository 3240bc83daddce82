//! What an action works with: the transaction, the time, who asks, and the steps that all actions share.

use go_bus_api::{Epoch, EventKind, NewAuditEntry, ResourceKind, Revision, Seq, Subject, Text, Timestamp};
use serde::Serialize;

use super::authority::Who;
use crate::stored::Stored;
use crate::tx::{EventRow, Filter, Tx};
use crate::{Command, Document, Policy, Reject, StoreError};

/// One command's view of the transaction.
pub(super) struct Ctx<'a> {
    pub(super) tx: &'a mut dyn Tx,
    pub(super) policy: &'a Policy,
    /// The wall clock when the Bus took the request.
    pub(super) at: Timestamp,
    pub(super) who: Who,
    if_match: Option<Revision>,
    refusal: Option<NewAuditEntry>,
}

/// An event as it is sent, but for `data`, which comes last, as it is stored.
#[derive(Serialize)]
struct Line<'a> {
    seq: Seq,
    kind: &'a EventKind,
    at: Timestamp,
    actor: &'a Text<128>,
    epoch: Option<Epoch>,
    subject: Option<&'a str>,
}

impl Line<'_> {
    /// The whole event; `data` is JSON already.
    fn with_data(&self, data: &str) -> Result<String, serde_json::Error> {
        let mut json = serde_json::to_string(self)?;
        json.pop();
        json.reserve_exact(data.len() + r#","data":}"#.len());
        json.push_str(r#","data":"#);
        json.push_str(data);
        json.push('}');
        Ok(json)
    }
}

impl<'a> Ctx<'a> {
    pub(super) fn new(tx: &'a mut dyn Tx, policy: &'a Policy, command: &Command) -> Self {
        let who = Who::new(command.actor.clone());
        Self { tx, policy, at: command.at, who, if_match: command.if_match, refusal: None }
    }

    /// The resource with this id, if there is one.
    pub(super) fn load<T: Stored>(&mut self, id: &str) -> Result<Option<T>, Reject> {
        Ok(self.tx.get(T::KIND, id)?.map(|document| T::read(&document)).transpose()?)
    }

    /// The resource that the path names: 404 where there is none.
    pub(super) fn need<T: Stored>(&mut self, id: &str) -> Result<T, Reject> {
        self.load(id)?.ok_or_else(|| Reject::missing(T::KIND, id))
    }

    /// The resource that a body refers to: 422 with its pointer where there is none.
    pub(super) fn refer<T: Stored>(&mut self, id: &str, pointer: &str) -> Result<T, Reject> {
        let missing = || Reject::field(pointer, format!("there is no {} {id}", T::KIND.as_str()));
        self.load(id)?.ok_or_else(missing)
    }

    /// Like [`Self::refer`] for a field that may be absent.
    pub(super) fn refer_some<T: Stored>(&mut self, id: Option<&str>, pointer: &str) -> Result<Option<T>, Reject> {
        id.map(|id| self.refer(id, pointer)).transpose()
    }

    /// Refuses an id that a body refers to and that is not there, as [`Self::refer`] does, without reading what is.
    pub(super) fn must_exist(&mut self, kind: ResourceKind, id: &str, pointer: &str) -> Result<(), Reject> {
        let missing = || Reject::field(pointer, format!("there is no {} {id}", kind.as_str()));
        if self.tx.exists(kind, id)? { Ok(()) } else { Err(missing()) }
    }

    /// The resources that fit, in the order of their creation.
    pub(super) fn find<T: Stored>(&mut self, filter: &Filter) -> Result<Vec<T>, Reject> {
        let documents = self.tx.find(T::KIND, filter)?;
        Ok(documents.iter().map(T::read).collect::<Result<_, StoreError>>()?)
    }

    /// Checks `If-Match`, where it was sent.
    pub(super) fn match_revision(&self, resource: &impl Stored) -> Result<(), Reject> {
        match self.if_match {
            Some(wanted) if wanted != resource.revision() => Err(Reject::revision(resource.revision())),
            _ => Ok(()),
        }
    }

    /// Refuses an id that is taken.
    pub(super) fn must_be_new(&mut self, kind: ResourceKind, id: &str) -> Result<(), Reject> {
        match self.tx.get(kind, id)? {
            Some(_) => Err(Reject::rule(
                go_bus_api::ProblemKind::AlreadyExists,
                format!("there is a {} {id} already", kind.as_str()),
            )),
            None => Ok(()),
        }
    }

    /// Adds a resource, with its event.
    pub(super) fn create<T: Stored>(&mut self, resource: &T, kind: &EventKind) -> Result<Document, Reject> {
        let row = resource.row()?;
        self.tx.insert(&row)?;
        self.emit_document(kind, &row.document)?;
        Ok(row.document)
    }

    /// Writes a changed resource under its next revision, with its event.
    pub(super) fn update<T: Stored>(&mut self, resource: &mut T, kind: &EventKind) -> Result<Document, Reject> {
        resource.set_revision(resource.revision().next());
        let document = self.touch(resource)?;
        self.emit_document(kind, &document)?;
        Ok(document)
    }

    /// Writes what is no news: a heartbeat's time. No event, no new revision.
    pub(super) fn touch<T: Stored>(&mut self, resource: &T) -> Result<Document, Reject> {
        let row = resource.row()?;
        self.tx.update(&row)?;
        Ok(row.document)
    }

    /// An event about a resource, with the whole of it as data.
    pub(super) fn emit_document(&mut self, kind: &EventKind, document: &Document) -> Result<(), Reject> {
        let subject = Subject::of(document.kind, &document.id);
        self.emit_json(kind, Some(subject.0.as_str()), &document.json)
    }

    /// An event about something that is no resource.
    pub(super) fn emit(
        &mut self,
        kind: &EventKind,
        subject: Option<&str>,
        data: &impl Serialize,
    ) -> Result<(), Reject> {
        let json = serde_json::to_string(data).map_err(unprintable)?;
        self.emit_json(kind, subject, &json)
    }

    fn emit_json(&mut self, kind: &EventKind, subject: Option<&str>, data: &str) -> Result<(), Reject> {
        let (seq, at) = (self.tx.next_seq(), self.at);
        let line = Line { seq, kind, at, actor: self.who.name(), epoch: self.who.epoch(), subject };
        let json = line.with_data(data).map_err(unprintable)?;
        self.tx.append_event(&EventRow { seq, kind, subject, at, json: &json })?;
        Ok(())
    }

    /// Notes that this command, if it is refused, leaves this audit entry.
    pub(super) fn audit_refusal(&mut self, entry: NewAuditEntry) {
        self.refusal = Some(entry);
    }

    pub(super) fn take_refusal(&mut self) -> Option<NewAuditEntry> {
        self.refusal.take()
    }
}

fn unprintable(error: serde_json::Error) -> Reject {
    Reject::Store(StoreError::Corrupt(error.to_string()))
}
