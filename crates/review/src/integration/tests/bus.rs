//! A Bus as far as the integration test is concerned: tasks that are made, begun and ended, and alerts.

use std::collections::BTreeMap;

use go_bus_api::{Alert, AlertLevel, NewTask, Project, Resource, Task, TaskId, TaskPatch, TaskState};
use go_bus_client::World;
use serde_json::{Value, json};

use super::super::Step;

#[derive(Debug, Default)]
pub(super) struct Bus {
    /// Every resource as it is now, by kind and id: what a snapshot would tell.
    resources: BTreeMap<String, Resource>,
    world: World,
    seconds: i64,
    tickets: u32,
    pub(super) refused: Vec<TaskId>,
}

fn read<T: for<'a> serde::Deserialize<'a>>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

impl Bus {
    pub(super) fn world(&mut self) -> &World {
        if !self.resources.contains_key("project site") {
            self.project("site", "active", Some("/srv/site"));
        }
        &self.world
    }

    /// Begins anew from a snapshot, whose lines come in this order.
    pub(super) fn crash(&mut self, backwards: bool) {
        let mut all: Vec<Resource> = self.resources.values().cloned().collect();
        if backwards {
            all.reverse();
        }
        self.world = all.into_iter().collect();
    }

    fn put(&mut self, key: String, resource: Resource) {
        self.world.apply(resource.clone());
        self.resources.insert(key, resource);
    }

    fn now(&mut self) -> String {
        self.seconds += 1;
        go_bus_api::Timestamp::from_unix_millis(1_774_000_000_000 + self.seconds * 1_000).to_string()
    }

    pub(super) fn project(&mut self, id: &str, state: &str, repo: Option<&str>) {
        let now = self.now();
        let project: Project = read(json!({
            "id": id, "name": id, "state": state, "priority": "p2", "weight": 1, "repo": repo, "created_at": now,
            "revision": 1,
        }));
        self.put(format!("project {id}"), Resource::Project(project));
    }

    pub(super) fn task(&self, id: &str) -> &Task {
        match self.resources.get(&format!("task {id}")) {
            Some(Resource::Task(task)) => task,
            other => panic!("{id} is {other:?}"),
        }
    }

    pub(super) fn state(&self, id: &str) -> Option<TaskState> {
        self.resources.contains_key(&format!("task {id}")).then(|| self.task(id).state)
    }

    fn change(&mut self, task: Task) {
        let revision = task.revision.next();
        self.put(format!("task {}", task.id), Resource::Task(Task { revision, ..task }));
    }

    /// Does what a step says; answers it in words.
    pub(super) fn perform(&mut self, step: &Step) -> String {
        match step {
            Step::Create(new) => {
                let id = new.id.clone().unwrap();
                if self.state(id.as_str()).is_some() {
                    self.refused.push(id.clone());
                } else {
                    self.create(new);
                }
                format!("create {id}")
            }
            Step::Raise(new) => {
                let (now, key) = (self.now(), new.dedupe_key.clone().unwrap());
                let alert: Alert = read(json!({
                    "id": format!("al-{key}"), "level": new.level, "title": new.title, "detail": new.detail, "project": null,
                    "state": "open", "raised_at": now, "acknowledged_by": null, "dedupe_key": key, "revision": 1,
                }));
                let level = AlertLevel::clone(&new.level);
                self.put(format!("alert {key}"), Resource::Alert(alert));
                format!("alert {level:?} {key}")
            }
        }
    }

    fn create(&mut self, new: &NewTask) {
        let now = self.now();
        let mut fields = serde_json::to_value(new).unwrap();
        let more = json!({"attempt": 0, "failures": 0, "losses": 0, "created_at": now, "revision": 1});
        fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let task: Task = read(fields);
        self.put(format!("task {}", task.id), Resource::Task(task));
    }

    pub(super) fn complete_tickets(&mut self, count: u32) {
        self.world();
        for _ in 0..count {
            self.tickets += 1;
            let id = format!("T-{}", self.tickets);
            self.ticket(&id);
            self.complete(&id);
        }
    }

    /// A ticket by this name, that is not begun.
    pub(super) fn ticket(&mut self, id: &str) {
        self.world();
        self.create(&read(json!({"id": id, "project": "site", "title": id})));
    }

    pub(super) fn complete(&mut self, id: &str) {
        self.end(id, TaskState::Done, None);
    }

    pub(super) fn set(&mut self, id: &str, state: TaskState) {
        self.end(id, state, None);
    }

    fn end(&mut self, id: &str, state: TaskState, result: Option<&str>) {
        let at = self.now().parse().unwrap();
        let task = self.task(id).clone();
        let (attempt, result) = (go_bus_api::Attempt(task.attempt.0.max(1)), result.map(go_bus_api::Text::clipped));
        let finished_at = matches!(state, TaskState::Done | TaskState::Cancelled | TaskState::Failed).then_some(at);
        self.change(Task { state, attempt, finished_at, result, ..task });
    }

    /// The run that waits or is under way.
    pub(super) fn open_runs(&self) -> Vec<TaskId> {
        let tasks = self.resources.values().filter_map(|resource| match resource {
            Resource::Task(task) => Some(task),
            _ => None,
        });
        let open = tasks.filter(|task| task.id.as_str().starts_with("integration-") && task.state.is_open());
        open.map(|task| task.id.clone()).collect()
    }

    fn run(&self) -> Task {
        let open = self.open_runs();
        let [run] = open.as_slice() else { panic!("open are {open:?}") };
        self.task(run.as_str()).clone()
    }

    pub(super) fn begin_run(&mut self) {
        let run = self.run();
        self.change(Task { state: TaskState::InProgress, attempt: run.attempt.next(), ..run });
    }

    pub(super) fn pass_run(&mut self, result: &str) {
        let id = self.run().id;
        self.end(id.as_str(), TaskState::Done, Some(result));
    }

    pub(super) fn fail_run(&mut self, error: &str) {
        let run = self.run();
        let (failures, error) = (run.failures + 1, Some(go_bus_api::Text::clipped(error)));
        let state = if failures < run.max_attempts { TaskState::Pending } else { TaskState::Failed };
        let id = run.id.clone();
        self.change(Task { failures, error, ..run });
        self.end(id.as_str(), state, None);
    }

    pub(super) fn patch(&mut self, id: &TaskId, patch: &TaskPatch) {
        let task = self.task(id.as_str()).clone();
        let (title, description) = (patch.title.clone().unwrap(), patch.description.clone().unwrap());
        self.change(Task { title, description, labels: patch.labels.clone().unwrap(), ..task });
    }

    pub(super) fn alert(&self, key: &str) -> String {
        match self.resources.get(&format!("alert {key}")) {
            Some(Resource::Alert(alert)) => alert.detail.to_string(),
            other => panic!("{key} is {other:?}"),
        }
    }

    pub(super) fn acknowledge_alerts(&mut self) {
        let alerts: Vec<_> = self
            .resources
            .iter()
            .filter_map(|(key, resource)| match resource {
                Resource::Alert(alert) => Some((key.clone(), alert.clone())),
                _ => None,
            })
            .collect();
        for (key, alert) in alerts {
            let state = go_bus_api::AlertState::Acknowledged;
            self.put(key, Resource::Alert(Alert { state, revision: alert.revision.next(), ..alert }));
        }
    }
}
