//! One step that brings the plan to the Bus.

use go_bus_api::{
    HostId, HostPatch, NewHost, NewProject, NewSession, NewTask, ProjectId, ProjectPatch, TaskId, TaskPatch,
};

/// A write to the Bus; who performs it makes no choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlanChange {
    /// `POST /hosts`.
    CreateHost(NewHost),
    /// `PATCH /hosts/{id}`.
    PatchHost(HostId, HostPatch),
    /// `POST /projects`.
    CreateProject(NewProject),
    /// `PATCH /projects/{id}`.
    PatchProject(ProjectId, ProjectPatch),
    /// `POST /io/sessions`.
    OpenSession(NewSession),
    /// `POST /tasks`.
    CreateTask(NewTask),
    /// `PATCH /tasks/{id}`.
    PatchTask(TaskId, TaskPatch),
    /// `PATCH /tasks/{id}` with the state `cancelled`.
    CancelTask(TaskId),
}

/// The plan's value, where the Bus has another.
pub(super) fn changed<T: PartialEq + Clone>(planned: &T, has: &T) -> Option<T> {
    (planned != has).then(|| planned.clone())
}

/// The plan's value, where it has one and the Bus another: a patch can't take a value away.
pub(super) fn changed_to<T: PartialEq + Clone>(planned: Option<&T>, has: Option<&T>) -> Option<T> {
    planned.filter(|planned| Some(*planned) != has).cloned()
}

/// A `state` to patch: the person changed it since the plan before, or, where that is not known, it asks for less than
/// `active`, which is the default.
pub(super) fn changed_state<S: PartialEq + Copy + Default>(
    previous_known: bool,
    previous: Option<S>,
    planned: S,
    has: S,
) -> Option<S> {
    let meant =
        if previous_known { previous.is_some_and(|previous| previous != planned) } else { planned != S::default() };
    (meant && planned != has).then_some(planned)
}
