//! The transaction on SQLite: rows in, rows out. A command that is refused by its reads has nothing to undo; one that has
//! written is undone by its savepoint, or spoils a transaction that has none.

use go_bus_api::{AgentId, AuditEntry, Handoff, NewCost, ProjectId, ResourceKind, Seq, TaskId, Timestamp, Usd};
use rusqlite::{Connection, OptionalExtension, ToSql, params, params_from_iter};

use super::convert::{corrupt, int, time, uint};
use super::{costs, rows, table};
use crate::query::CostAxis;
use crate::tx::{EventRow, Filter, KeptReceipt, Row, TokenScope, Tx};
use crate::{Document, EventLine, IdempotencyKey, Lease, Outcome, Principal, StoreError, Token, TokenHash};

/// Where a command's savepoint is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Savepoint {
    /// No command is under way.
    None,
    /// One is, and has written nothing yet.
    Due,
    /// One is, and has written.
    Set,
}

/// What undoes a command that is refused after it has written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Undo {
    /// Nothing: the transaction is spoiled, and is done again with savepoints. So the many without one cost nothing.
    Whole,
    /// A savepoint at the command's first write.
    Savepoints,
}

/// A batch's transaction. The caller begins and commits it.
#[derive(Debug)]
pub(super) struct SqliteTx<'c> {
    connection: &'c Connection,
    savepoint: Savepoint,
    undo: Undo,
    spoiled: bool,
    stored_seq: u64,
    seq: u64,
    seq_at_savepoint: u64,
    lease: Option<Lease>,
    /// What was last seen to exist: commands of a batch are often about the same.
    seen: Option<(ResourceKind, String)>,
    tokens_changed: bool,
    events: Vec<EventLine>,
}

/// The last event's place, as it is stored.
pub(super) fn last_seq(connection: &Connection) -> Result<Seq, StoreError> {
    let seq: i64 = connection.prepare_cached("SELECT seq FROM counter")?.query_row([], |row| row.get(0))?;
    Ok(Seq(uint(seq)))
}

impl<'c> SqliteTx<'c> {
    /// Reads the counter; the transaction is under way.
    pub(super) fn begin(connection: &'c Connection, undo: Undo) -> Result<Self, StoreError> {
        let Seq(seq) = last_seq(connection)?;
        Ok(Self {
            connection,
            savepoint: Savepoint::None,
            undo,
            spoiled: false,
            stored_seq: seq,
            seq,
            seq_at_savepoint: seq,
            lease: None,
            seen: None,
            tokens_changed: false,
            events: Vec::new(),
        })
    }

    /// Writes the counter, where it has moved. The transaction is ready to commit then.
    pub(super) fn finish(&mut self) -> Result<(), StoreError> {
        if self.seq != self.stored_seq {
            self.connection.prepare_cached("UPDATE counter SET seq = ?1")?.execute([int(self.seq)])?;
            self.stored_seq = self.seq;
        }
        Ok(())
    }

    /// Whether something is written that had to be undone and could not be. It must not be committed.
    pub(super) fn is_spoiled(&self) -> bool {
        self.spoiled
    }

    /// Whether any token was added or changed; one that was rolled back counts as well.
    pub(super) fn tokens_changed(&self) -> bool {
        self.tokens_changed
    }

    /// The batch's events; they are the log's once the transaction is committed.
    pub(super) fn into_events(self) -> Vec<EventLine> {
        self.events
    }

    fn execute(&mut self, sql: &str, params: impl rusqlite::Params) -> Result<usize, StoreError> {
        if self.savepoint == Savepoint::Due {
            if self.undo == Undo::Savepoints {
                self.connection.prepare_cached("SAVEPOINT command")?.execute([])?;
            }
            self.savepoint = Savepoint::Set;
        }
        Ok(self.connection.prepare_cached(sql)?.execute(params)?)
    }

    fn write_row(&mut self, sql: &str, row: &Row) -> Result<(), StoreError> {
        let document = &row.document;
        let (revision, json) = (int(document.revision.0), &*document.json);
        let mut values: Vec<&dyn ToSql> = vec![&document.id, &revision, &row.open, &json];
        let columns: Vec<Option<&str>> =
            table::columns(document.kind).iter().map(|column| row.value(*column)).collect();
        values.extend(columns.iter().map(|value| value as &dyn ToSql));
        match self.execute(sql, values.as_slice())? {
            1 => Ok(()),
            _ => Err(StoreError::Corrupt(format!("there is no row for {} {}", document.kind.as_str(), document.id))),
        }
    }
}

impl Tx for SqliteTx<'_> {
    fn savepoint(&mut self) -> Result<(), StoreError> {
        self.savepoint = Savepoint::Due;
        self.seq_at_savepoint = self.seq;
        Ok(())
    }

    fn release(&mut self) -> Result<(), StoreError> {
        if self.savepoint == Savepoint::Set && self.undo == Undo::Savepoints {
            self.connection.prepare_cached("RELEASE command")?.execute([])?;
        }
        self.savepoint = Savepoint::None;
        Ok(())
    }

    fn rollback(&mut self) -> Result<(), StoreError> {
        match (self.savepoint, self.undo) {
            (Savepoint::Set, Undo::Savepoints) => {
                self.connection.prepare_cached("ROLLBACK TO command")?.execute([])?;
                self.connection.prepare_cached("RELEASE command")?.execute([])?;
            }
            (Savepoint::Set, Undo::Whole) => self.spoiled = true,
            (Savepoint::None | Savepoint::Due, _) => {}
        }
        self.savepoint = Savepoint::None;
        self.seq = self.seq_at_savepoint;
        let kept = self.events.partition_point(|event| event.seq.0 <= self.seq);
        self.events.truncate(kept);
        self.lease = None;
        self.seen = None;
        Ok(())
    }

    fn get(&mut self, kind: ResourceKind, id: &str) -> Result<Option<Document>, StoreError> {
        let mut statement = self.connection.prepare_cached(&table::statements(kind).get)?;
        Ok(statement.query_row([id], |row| rows::document(kind, row, 0)).optional()?)
    }

    fn exists(&mut self, kind: ResourceKind, id: &str) -> Result<bool, StoreError> {
        if self.seen.as_ref().is_some_and(|(seen, name)| *seen == kind && name == id) {
            return Ok(true);
        }
        let exists = self.get(kind, id)?.is_some();
        if exists {
            self.seen = Some((kind, id.to_owned()));
        }
        Ok(exists)
    }

    fn find(&mut self, kind: ResourceKind, filter: &Filter) -> Result<Vec<Document>, StoreError> {
        let sql = format!(
            "SELECT id, revision, doc FROM {} WHERE {} ORDER BY ord",
            kind.collection(),
            table::conditions(filter, 1)
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let values = filter.equal.iter().map(|(_, value)| value);
        let found = statement.query_map(params_from_iter(values), |row| rows::document(kind, row, 0))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    fn count(&mut self, kind: ResourceKind, filter: &Filter) -> Result<usize, StoreError> {
        let sql = format!("SELECT count(*) FROM {} WHERE {}", kind.collection(), table::conditions(filter, 1));
        let values = filter.equal.iter().map(|(_, value)| value);
        let count: i64 = self.connection.prepare_cached(&sql)?.query_row(params_from_iter(values), |row| row.get(0))?;
        usize::try_from(count).map_err(corrupt)
    }

    fn insert(&mut self, row: &Row) -> Result<(), StoreError> {
        self.write_row(&table::statements(row.document.kind).insert, row)
    }

    fn update(&mut self, row: &Row) -> Result<(), StoreError> {
        self.write_row(&table::statements(row.document.kind).update, row)
    }

    fn set_dependencies(&mut self, task: &TaskId, on: &[TaskId]) -> Result<(), StoreError> {
        self.execute("DELETE FROM dependencies WHERE task = ?1", [task.as_str()])?;
        for id in on {
            self.execute("INSERT INTO dependencies VALUES (?1, ?2)", [task.as_str(), id.as_str()])?;
        }
        Ok(())
    }

    fn dependents(&mut self, task: &TaskId) -> Result<Vec<TaskId>, StoreError> {
        let mut statement =
            self.connection.prepare_cached("SELECT task FROM dependencies WHERE depends_on = ?1 ORDER BY task")?;
        let ids: Vec<String> = statement.query_map([task.as_str()], |row| row.get(0))?.collect::<Result<_, _>>()?;
        ids.into_iter().map(|id| TaskId::new(id).map_err(corrupt)).collect()
    }

    fn seq(&self) -> Seq {
        Seq(self.seq)
    }

    fn next_seq(&mut self) -> Seq {
        self.seq = self.seq.saturating_add(1);
        Seq(self.seq)
    }

    fn append_event(&mut self, event: &EventRow<'_>) -> Result<(), StoreError> {
        let values = params![int(event.seq.0), event.kind.as_str(), event.subject, event.at.unix_millis(), event.json];
        self.execute("INSERT INTO events VALUES (?1, ?2, ?3, ?4, ?5)", values)?;
        self.events.push(EventLine { seq: event.seq, kind: event.kind.clone(), json: event.json.into() });
        Ok(())
    }

    fn lease(&mut self) -> Result<Lease, StoreError> {
        if let Some(lease) = &self.lease {
            return Ok(lease.clone());
        }
        let lease = rows::lease(self.connection)?;
        self.lease = Some(lease.clone());
        Ok(lease)
    }

    fn put_lease(&mut self, lease: &Lease) -> Result<(), StoreError> {
        self.execute("DELETE FROM lease", [])?;
        rows::put_lease(self.connection, lease)?;
        self.lease = Some(lease.clone());
        Ok(())
    }

    fn put_handoff(&mut self, handoff: &Handoff) -> Result<(), StoreError> {
        let json = serde_json::to_string(handoff).map_err(corrupt)?;
        self.execute("INSERT OR REPLACE INTO handoff VALUES (1, ?1)", [json])?;
        Ok(())
    }

    fn put_prompt(&mut self, agent: &AgentId, prompt: &str) -> Result<(), StoreError> {
        self.execute("INSERT INTO prompts VALUES (?1, ?2)", [agent.as_str(), prompt])?;
        Ok(())
    }

    fn add_token(&mut self, hash: TokenHash, token: &Token) -> Result<(), StoreError> {
        let (agent, role, shim) = match &token.principal {
            Principal::Operator => (None, None, false),
            Principal::Agent(agent, role) => (Some(agent.as_str()), Some(role.as_str()), false),
            Principal::Shim(agent) => (Some(agent.as_str()), None, true),
        };
        self.tokens_changed = true;
        let values = params![hash.0, agent, role, shim, token.expires_at.map(|at| at.unix_millis())];
        self.execute("INSERT OR REPLACE INTO tokens VALUES (?1, ?2, ?3, ?4, ?5)", values)?;
        Ok(())
    }

    fn expire_tokens(&mut self, agent: &AgentId, at: Timestamp) -> Result<(), StoreError> {
        self.tokens_changed = true;
        let sql = "UPDATE tokens SET expires_at = min(coalesce(expires_at, ?2), ?2) WHERE agent = ?1 AND shim = 0";
        self.execute(sql, params![agent.as_str(), at.unix_millis()])?;
        Ok(())
    }

    fn revoke_tokens(&mut self, agent: &AgentId, scope: TokenScope) -> Result<usize, StoreError> {
        let sql = match scope {
            TokenScope::Own => "DELETE FROM tokens WHERE agent = ?1 AND shim = 0",
            TokenScope::All => "DELETE FROM tokens WHERE agent = ?1",
        };
        self.tokens_changed = true;
        self.execute(sql, [agent.as_str()])
    }

    fn set_operator_token(&mut self, hash: TokenHash) -> Result<(), StoreError> {
        self.tokens_changed = true;
        self.execute("DELETE FROM tokens WHERE agent IS NULL", [])?;
        self.add_token(hash, &Token { principal: Principal::Operator, expires_at: None })
    }

    fn kept_receipt(&mut self, actor: &str, key: &str) -> Result<Option<KeptReceipt>, StoreError> {
        let sql =
            "SELECT digest, at, created, seq, kind, id, revision, doc FROM receipts WHERE actor = ?1 AND key = ?2";
        let mut statement = self.connection.prepare_cached(sql)?;
        let kept = statement.query_row([actor, key], |row| {
            let outcome = if row.get(2)? { Outcome::Created } else { Outcome::Unchanged };
            let kind: Option<String> = row.get(4)?;
            let kind = kind.and_then(|word| ResourceKind::from_collection(&word));
            let document = kind.map(|kind| rows::document(kind, row, 5)).transpose()?;
            Ok(KeptReceipt {
                digest: row.get(0)?,
                at: time(row.get(1)?),
                outcome,
                document,
                seq: Seq(uint(row.get(3)?)),
            })
        });
        Ok(kept.optional()?)
    }

    fn keep_receipt(&mut self, actor: &str, key: &IdempotencyKey, kept: &KeptReceipt) -> Result<(), StoreError> {
        let document = kept.document.as_ref();
        let values = params![
            actor,
            key.key,
            kept.digest,
            kept.at.unix_millis(),
            kept.outcome == Outcome::Created,
            document.map(|document| document.kind.collection()),
            document.map(|document| document.id.as_str()),
            document.map(|document| int(document.revision.0)),
            document.map(|document| &*document.json),
            int(kept.seq.0),
        ];
        self.execute("INSERT OR REPLACE INTO receipts VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)", values)?;
        Ok(())
    }

    fn forget_receipts(&mut self, before: Timestamp) -> Result<(), StoreError> {
        self.execute("DELETE FROM receipts WHERE at < ?1", [before.unix_millis()])?;
        Ok(())
    }

    fn last_audit(&mut self) -> Result<Option<(Seq, String)>, StoreError> {
        let mut statement = self.connection.prepare_cached("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")?;
        Ok(statement.query_row([], |row| Ok((Seq(uint(row.get(0)?)), row.get(1)?))).optional()?)
    }

    fn append_audit(&mut self, entry: &AuditEntry) -> Result<(), StoreError> {
        let json = serde_json::to_string(entry).map_err(corrupt)?;
        let values = params![
            int(entry.seq.0),
            entry.at.unix_millis(),
            entry.actor.as_str(),
            entry.action.as_str(),
            entry.hash.as_str(),
            json
        ];
        self.execute("INSERT INTO audit VALUES (?1, ?2, ?3, ?4, ?5, ?6)", values)?;
        Ok(())
    }

    fn add_cost(&mut self, cost: &NewCost, at: Timestamp) -> Result<(), StoreError> {
        let json = serde_json::to_string(cost).map_err(corrupt)?;
        let values = params![at.unix_millis(), cost.agent.as_str(), cost.project.as_str(), json];
        self.execute("INSERT INTO costs (at, agent, project, json) VALUES (?1, ?2, ?3, ?4)", values)?;
        // The savepoint is set by now, so the sums go with their row.
        costs::add_to_sums(self.connection, cost)
    }

    fn spent(&mut self, project: &ProjectId) -> Result<Usd, StoreError> {
        costs::spent(self.connection, CostAxis::Project, project.as_str())
    }

    fn put_setting(&mut self, name: &str, json: &str) -> Result<(), StoreError> {
        self.execute("INSERT OR REPLACE INTO settings VALUES (?1, ?2)", [name, json])?;
        Ok(())
    }
}
