//! A past task as bytes. Nobody but this process ever reads them, so they have no version.

use go_bus_api::{Attempt, ProjectId, Revision, SprintId, TaskId, TaskKind, TaskState, Timestamp};

use super::PastTask;
use super::bytes::{Reader, push_bytes, push_number};
use crate::ResultLine;

/// The bytes of `task` but for its id.
pub(super) fn write(task: &PastTask) -> Vec<u8> {
    let mut out = Vec::new();
    push_number(&mut out, place(&TaskState::ALL, task.state));
    push_number(&mut out, task.revision.0);
    push_number(&mut out, place(&TaskKind::ALL, task.kind));
    push_bytes(&mut out, task.project.as_str().as_bytes());
    push_number(&mut out, u64::from(task.attempt.0));
    push_optional(&mut out, task.review_of.as_ref().map(TaskId::as_str));
    push_optional(&mut out, task.sprint.as_ref().map(SprintId::as_str));
    push_optional(&mut out, task.result.as_ref().map(ResultLine::as_str));
    if let Some(at) = task.finished_at {
        push_number(&mut out, at.unix_millis().cast_unsigned());
    }
    out
}

/// The task `id` from its bytes.
pub(super) fn read(id: &TaskId, bytes: &[u8]) -> Option<PastTask> {
    let mut reader = Reader(bytes);
    let (state, revision) = head(&mut reader)?;
    Some(PastTask {
        id: id.clone(),
        state,
        revision,
        kind: *TaskKind::ALL.get(usize::try_from(reader.number()?).ok()?)?,
        project: ProjectId::new(reader.text()?).ok()?,
        attempt: Attempt(u32::try_from(reader.number()?).ok()?),
        review_of: optional(&mut reader)?.and_then(|id| TaskId::new(id).ok()),
        sprint: optional(&mut reader)?.and_then(|id| SprintId::new(id).ok()),
        result: optional(&mut reader)?.and_then(ResultLine::of),
        finished_at: reader.number().map(|at| Timestamp::from_unix_millis(at.cast_signed())),
    })
}

/// State and version alone.
pub(super) fn read_head(bytes: &[u8]) -> Option<(TaskState, Revision)> {
    head(&mut Reader(bytes))
}

fn head(reader: &mut Reader<'_>) -> Option<(TaskState, Revision)> {
    let state = *TaskState::ALL.get(usize::try_from(reader.number()?).ok()?)?;
    Some((state, Revision(reader.number()?)))
}

/// Ids and result lines are never empty, so that an empty text stands for none.
fn push_optional(out: &mut Vec<u8>, text: Option<&str>) {
    push_bytes(out, text.unwrap_or_default().as_bytes());
}

fn optional<'a>(reader: &mut Reader<'a>) -> Option<Option<&'a str>> {
    Some(Some(reader.text()?).filter(|text| !text.is_empty()))
}

/// Where `item` stands among `all`.
fn place<T: PartialEq>(all: &[T], item: T) -> u64 {
    all.iter().take_while(|other| **other != item).count() as u64
}
