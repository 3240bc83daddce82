//! Findings, improvements and policies for the tests of this module.

use std::sync::Arc;

use go_bus_api::{NewTask, Resource, Task, TaskKind, TaskState, Text, Timestamp};
use go_bus_client::World;

use super::{
    Finding, Fingerprint, ImprovementKind, ImprovementPolicy, ImprovementSettings, KnownFindings, Shortfall, shortfall,
};
use crate::limits::Limits;
use crate::samples::{id, task};

/// Some time on some day, in minutes from then.
pub(super) fn at(minutes: i64) -> Timestamp {
    Timestamp::from_unix_millis(1_774_200_000_000 + minutes * 60_000)
}

/// A finding that does not recur.
pub(super) fn finding(kind: ImprovementKind, name: &str) -> Finding {
    Finding {
        kind,
        title: Text::clipped(name),
        description: Text::clipped("mend it"),
        run: Some(Text::clipped("make better")),
        verify: vec![Text::clipped("make check")],
        fingerprint: Fingerprint::of(&[name]),
        recurs: false,
    }
}

/// A policy with these findings in `site`, and the seed's settings.
pub(super) fn policy(findings: impl IntoIterator<Item = Finding>) -> ImprovementPolicy {
    let known = findings.into_iter().fold(KnownFindings::default(), |known, finding| known.with(id("site"), finding));
    ImprovementPolicy { settings: ImprovementSettings::default(), sources: vec![Arc::new(known)] }
}

/// What is decided at minute `minute`.
pub(super) fn decide(world: &World, policy: &ImprovementPolicy, minute: i64) -> Option<Shortfall> {
    shortfall(world, policy, &Limits::default(), at(minute))
}

/// The ids of what is made at minute `minute`.
pub(super) fn made(world: &World, policy: &ImprovementPolicy, minute: i64) -> Vec<String> {
    let make = decide(world, policy, minute).map(|short| short.make).unwrap_or_default();
    make.iter().map(|task| task.id.as_ref().unwrap().to_string()).collect()
}

/// What the Bus makes of `new` at `now`.
pub(super) fn created(new: &NewTask, now: Timestamp) -> Task {
    let new = new.clone();
    Task {
        title: new.title,
        kind: new.kind,
        priority: new.priority,
        max_attempts: new.max_attempts,
        verify: new.verify,
        run: new.run,
        created_at: now,
        ..task(new.id.unwrap().as_str(), new.project.as_str())
    }
}

/// Makes all that is decided at minute `minute`.
pub(super) fn make_all(world: &mut World, policy: &ImprovementPolicy, minute: i64) {
    for new in decide(world, policy, minute).map(|short| short.make).unwrap_or_default() {
        assert!(world.apply(Resource::Task(created(&new, at(minute)))), "{:?} is there already", new.id);
    }
}

/// The open improvements take this step at minute `minute`.
pub(super) fn all_become(world: &mut World, state: TaskState, result: Option<&str>, minute: i64) {
    let open: Vec<Task> = world.tasks().filter(|task| task.kind == TaskKind::Improvement).cloned().collect();
    for task in open.into_iter().filter(|task| task.state.is_open()) {
        let finished_at = (!state.is_open()).then(|| at(minute));
        let (revision, result) = (task.revision.next(), result.map(Text::clipped));
        world.apply(Resource::Task(Task { state, finished_at, result, revision, ..task }));
    }
}
