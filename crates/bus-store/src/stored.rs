//! How each resource becomes a row: its id, its version, and what it is found by.

use go_bus_api::{
    Account, AccountState, Agent, Alert, AlertState, Host, Message, Project, Question, QuestionState, ResourceKind,
    Revision, Session, Sprint, SprintState, Task,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::tx::{Column, Row};
use crate::{Document, StoreError};

type Columns = Vec<(Column, String)>;

/// A resource that is stored as one JSON document.
pub(crate) trait Stored: Serialize + DeserializeOwned + Clone + PartialEq {
    const KIND: ResourceKind;
    fn id(&self) -> &str;
    fn revision(&self) -> Revision;
    fn set_revision(&mut self, revision: Revision);
    fn is_open(&self) -> bool;
    fn columns(&self) -> Columns;

    fn read(document: &Document) -> Result<Self, StoreError> {
        serde_json::from_str(&document.json)
            .map_err(|error| StoreError::Corrupt(format!("{} {}: {error}", document.kind.as_str(), document.id)))
    }

    fn document(&self) -> Result<Document, StoreError> {
        let json = serde_json::to_string(self)
            .map_err(|error| StoreError::Corrupt(format!("{} {}: {error}", Self::KIND.as_str(), self.id())))?;
        Ok(Document { kind: Self::KIND, id: self.id().to_owned(), revision: self.revision(), json: json.into() })
    }

    fn row(&self) -> Result<Row, StoreError> {
        Ok(Row { document: self.document()?, columns: self.columns(), open: self.is_open() })
    }
}

fn columns<const N: usize>(pairs: [(Column, Option<&str>); N]) -> Columns {
    pairs.into_iter().filter_map(|(column, value)| Some((column, value?.to_owned()))).collect()
}

macro_rules! versioned {
    ($kind:ident) => {
        const KIND: ResourceKind = ResourceKind::$kind;
        fn id(&self) -> &str {
            self.id.as_str()
        }
        fn revision(&self) -> Revision {
            self.revision
        }
        fn set_revision(&mut self, revision: Revision) {
            self.revision = revision;
        }
    };
}

impl Stored for Host {
    versioned!(Host);
    /// Its lease runs: a launcher has named a boot, and the lease has not expired since.
    fn is_open(&self) -> bool {
        self.boot_id.is_some()
    }
    fn columns(&self) -> Columns {
        columns([(Column::State, Some(self.state.as_str()))])
    }
}

impl Stored for Account {
    versioned!(Account);
    fn is_open(&self) -> bool {
        self.state == AccountState::Active
    }
    fn columns(&self) -> Columns {
        columns([(Column::State, Some(self.state.as_str()))])
    }
}

impl Stored for Project {
    versioned!(Project);
    fn is_open(&self) -> bool {
        true
    }
    fn columns(&self) -> Columns {
        columns([(Column::State, Some(self.state.as_str()))])
    }
}

impl Stored for Session {
    versioned!(Session);
    fn is_open(&self) -> bool {
        self.closed_at.is_none()
    }
    fn columns(&self) -> Columns {
        let state = if self.is_open() { "open" } else { "closed" };
        columns([(Column::State, Some(state)), (Column::User, Some(self.user.as_str()))])
    }
}

impl Stored for Agent {
    versioned!(Agent);
    fn is_open(&self) -> bool {
        !self.state.is_ended()
    }
    fn columns(&self) -> Columns {
        columns([
            (Column::State, Some(self.state.as_str())),
            (Column::Role, Some(self.role.as_str())),
            (Column::Host, self.host.as_ref().map(AsRef::as_ref)),
            (Column::Project, self.project.as_ref().map(AsRef::as_ref)),
            (Column::User, self.user.as_ref().map(AsRef::as_ref)),
            (Column::Task, self.task.as_ref().map(AsRef::as_ref)),
        ])
    }
}

impl Stored for Sprint {
    versioned!(Sprint);
    fn is_open(&self) -> bool {
        self.state == SprintState::Open
    }
    fn columns(&self) -> Columns {
        columns([(Column::State, Some(if self.is_open() { "open" } else { "closed" }))])
    }
}

impl Stored for Task {
    versioned!(Task);
    fn is_open(&self) -> bool {
        self.state.is_open()
    }
    fn columns(&self) -> Columns {
        columns([
            (Column::State, Some(self.state.as_str())),
            (Column::Project, Some(self.project.as_str())),
            (Column::Assignee, self.assignee.as_ref().map(AsRef::as_ref)),
            (Column::Kind, Some(self.kind.as_str())),
            (Column::Sprint, self.sprint.as_ref().map(AsRef::as_ref)),
            (Column::ReviewOf, self.review_of.as_ref().map(AsRef::as_ref)),
        ])
    }
}

impl Stored for Alert {
    versioned!(Alert);
    fn is_open(&self) -> bool {
        self.state == AlertState::Open
    }
    fn columns(&self) -> Columns {
        let level = format!("{:?}", self.level);
        columns([
            (Column::State, Some(if self.is_open() { "open" } else { "acknowledged" })),
            (Column::Level, Some(&level)),
            (Column::Project, self.project.as_ref().map(AsRef::as_ref)),
            (Column::DedupeKey, self.dedupe_key.as_ref().map(AsRef::as_ref)),
        ])
    }
}

impl Stored for Question {
    versioned!(Question);
    fn is_open(&self) -> bool {
        self.state == QuestionState::Open
    }
    fn columns(&self) -> Columns {
        let state = match self.state {
            QuestionState::Open => "open",
            QuestionState::Answered => "answered",
            QuestionState::Expired => "expired",
        };
        columns([(Column::State, Some(state)), (Column::Task, self.task.as_ref().map(AsRef::as_ref))])
    }
}

impl Stored for Message {
    const KIND: ResourceKind = ResourceKind::Message;
    fn id(&self) -> &str {
        self.id.as_str()
    }
    /// A message changes once at most: when it is acknowledged.
    fn revision(&self) -> Revision {
        Revision(if self.is_open() { 1 } else { 2 })
    }
    fn set_revision(&mut self, _: Revision) {}
    fn is_open(&self) -> bool {
        self.acknowledged_at.is_none()
    }
    fn columns(&self) -> Columns {
        columns([(Column::Addressee, Some(self.to.as_str()))])
    }
}
