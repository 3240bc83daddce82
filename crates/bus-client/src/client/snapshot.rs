//! `/snapshot`: a World, made line by line as they come.

use std::time::Duration;

use go_bus_api::{ResourceKind, Seq};
use http::HeaderName;

use super::BusClient;
use crate::call::Call;
use crate::{BusError, Scope, Sink, World};

const EVENT_SEQ: HeaderName = HeaderName::from_static("event-seq");

/// A snapshot has every resource in it.
const SNAPSHOT: Duration = Duration::from_secs(60);

impl BusClient {
    /// `GET /snapshot`: every resource, and the event after which it was taken. Never in memory as text: much of what a Bus tells a
    /// World does not keep.
    pub async fn snapshot(&self) -> Result<(Seq, World), BusError> {
        self.snapshot_of(Scope::Open).await
    }

    /// The same with the tasks of `scope`.
    pub async fn snapshot_of(&self, scope: Scope) -> Result<(Seq, World), BusError> {
        let mut lines = Lines { scope, ..Lines::default() };
        let response = self.exchange_into(Call::get("/snapshot").within(SNAPSHOT), Some(&mut lines)).await?;
        let garbage = |detail: String| BusError::Garbage { status: response.status.as_u16(), detail };
        let header = response.headers.get(EVENT_SEQ).and_then(|value| value.to_str().ok());
        let seq = header.and_then(|text| text.parse().ok()).map(Seq);
        let seq = seq.ok_or_else(|| garbage("a snapshot without its Event-Seq".to_owned()))?;
        Ok((seq, lines.world().map_err(garbage)?))
    }
}

/// The lines of a snapshot as they come.
#[derive(Debug, Default)]
struct Lines {
    scope: Scope,
    world: World,
    count: usize,
    /// The beginning of a line whose end is still to come.
    begun: Vec<u8>,
    wrong: Option<String>,
}

impl Lines {
    /// The World that the lines make, or what is wrong with them.
    fn world(mut self) -> Result<World, String> {
        let last = std::mem::take(&mut self.begun);
        self.read(&last);
        self.wrong.map_or(Ok(self.world), Err)
    }

    fn read(&mut self, line: &[u8]) {
        if self.wrong.is_some() || line.trim_ascii().is_empty() {
            return;
        }
        self.count = self.count.saturating_add(1);
        match serde_json::from_slice(line) {
            Ok(resource) => drop(self.world.apply(resource)),
            // A resource of a kind that this client doesn't know is not its concern.
            Err(_) if is_unknown_kind(line) => {}
            Err(error) => self.wrong = Some(format!("line {} of the snapshot: {error}", self.count)),
        }
    }
}

impl Sink for Lines {
    fn begin(&mut self) {
        *self = Self { scope: self.scope, world: World::new(self.scope), ..Self::default() };
    }

    fn take(&mut self, piece: &[u8]) {
        for part in piece.split_inclusive(|byte| *byte == b'\n') {
            if !part.ends_with(b"\n") {
                self.begun.extend_from_slice(part);
            } else if self.begun.is_empty() {
                self.read(part);
            } else {
                let mut line = std::mem::take(&mut self.begun);
                line.extend_from_slice(part);
                self.read(&line);
            }
        }
    }
}

fn is_unknown_kind(line: &[u8]) -> bool {
    #[derive(serde::Deserialize)]
    struct Tagged {
        #[serde(rename = "type")]
        kind: String,
    }
    let known = |kind: &str| ResourceKind::ALL.iter().any(|known| known.as_str() == kind);
    serde_json::from_slice::<Tagged>(line).is_ok_and(|tagged| !known(&tagged.kind))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn project(id: &str) -> String {
        let project = json!({
            "id": id, "name": id, "slug": id, "state": "active", "priority": "p2", "weight": 1, "repo": null,
            "created_at": "2026-03-21T08:15:30.250Z", "revision": 1,
        });
        format!("{}\n", json!({"type": "project", "resource": project}))
    }

    fn read(text: &str, length: usize) -> Result<World, String> {
        let mut lines = Lines::default();
        lines.begin();
        text.as_bytes().chunks(length).for_each(|piece| lines.take(piece));
        lines.world()
    }

    #[test]
    fn where_pieces_end_makes_no_difference() {
        let text = format!("{}\n{}{}", project("a"), project("b"), project("c").trim_end());
        let whole = read(&text, text.len()).unwrap();
        assert_eq!(whole.projects().len(), 3);
        for length in 1..text.len() {
            assert_eq!(read(&text, length).as_ref(), Ok(&whole), "pieces of {length}");
        }
    }

    #[test]
    fn a_second_try_begins_anew_and_a_wrong_line_is_named() {
        let mut lines = Lines::default();
        for id in ["gone", "there"] {
            lines.begin();
            lines.take(project(id).as_bytes());
            lines.take(b"{");
        }
        lines.begin();
        lines.take(project("there").as_bytes());
        assert_eq!(lines.world().map(|world| world.projects().len()), Ok(1));
        let wrong = read(&format!("{}{{}}\n{}", project("a"), project("b")), 10).unwrap_err();
        assert!(wrong.starts_with("line 2 of the snapshot: "), "{wrong}");
    }

    #[test]
    fn each_try_has_the_scope_that_was_asked_for() {
        let mut lines = Lines { scope: Scope::Assigned, ..Lines::default() };
        lines.begin();
        lines.begin();
        assert_eq!(lines.world(), Ok(World::new(Scope::Assigned)));
    }
}
