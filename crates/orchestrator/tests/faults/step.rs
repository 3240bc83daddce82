//! The steps of GO, and which request is which.

use go_orchestrator::Action;
use go_plan::reconcile::PlanChange;
use http::Method;
use serde_json::Value;

macro_rules! steps {
    ($($step:ident),* $(,)?) => {
        /// A kind of write that GO makes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub(crate) enum Step { $($step),* }

        impl Step {
            /// All of them.
            pub(crate) const ALL: &[Self] = &[$(Self::$step),*];
        }
    };
}

steps! {
    Register, Acquire, CreateHost, PatchHost, CreateProject, PatchProject, OpenSession, CreateTask, PatchTask, CancelTask, Spawn,
    End, Assign, OpenAccount, ChangeAccount, OpenSprint, JoinSprint, CloseSprint, Raise, Send, Rotate, Acknowledge, Fail, Handoff, Release, Retire,
}

/// The step that an action is: an action without one does not compile, and a step that the scenario never takes fails.
pub(crate) fn step_of(action: &Action) -> Step {
    match action {
        Action::Change(PlanChange::CreateHost(_)) => Step::CreateHost,
        Action::Change(PlanChange::PatchHost(..)) => Step::PatchHost,
        Action::Change(PlanChange::CreateProject(_)) => Step::CreateProject,
        Action::Change(PlanChange::PatchProject(..)) => Step::PatchProject,
        Action::Change(PlanChange::OpenSession(_)) => Step::OpenSession,
        Action::Change(PlanChange::CreateTask(_)) | Action::Create(_) => Step::CreateTask,
        Action::Change(PlanChange::PatchTask(..)) => Step::PatchTask,
        Action::Change(PlanChange::CancelTask(_)) => Step::CancelTask,
        Action::Spawn { .. } => Step::Spawn,
        Action::End(_) => Step::End,
        Action::Assign { .. } => Step::Assign,
        Action::OpenAccount(_) => Step::OpenAccount,
        Action::ChangeAccount { .. } => Step::ChangeAccount,
        Action::OpenSprint(_) => Step::OpenSprint,
        Action::JoinSprint { .. } => Step::JoinSprint,
        Action::CloseSprint { .. } => Step::CloseSprint,
        Action::Raise(_) => Step::Raise,
        Action::Send(_) => Step::Send,
        Action::Rotate { .. } => Step::Rotate,
        Action::Acknowledge(_) => Step::Acknowledge,
        Action::Fail { .. } => Step::Fail,
    }
}

/// A write as it can be found again in another run: ids that the Bus makes are left out.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Write {
    pub(crate) step: Step,
    pub(crate) about: String,
}

impl Write {
    /// The write that a request is, under the lease or not; `None` where it is none of GO's steps.
    pub(crate) fn of(method: &Method, target: &str, fenced: bool, body: &Value) -> Option<Self> {
        let path: Vec<&str> = target.trim_start_matches('/').split('/').collect();
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        let seat = || ["role", "host", "project", "user"].map(text).join(" ");
        let (step, about) = match (method.as_str(), path.as_slice()) {
            ("POST", ["agents"]) if body["role"] == "go" => (Step::Register, String::new()),
            ("POST", ["agents"]) if body["replaces"].is_string() => (Step::Rotate, seat()),
            ("POST", ["agents"]) => (Step::Spawn, seat()),
            ("POST", ["agents", "000", "lease"]) => (Step::Acquire, String::new()),
            ("DELETE", ["agents", "000", "lease"]) => (Step::Release, String::new()),
            ("PUT", ["agents", "000", "handoff"]) => (Step::Handoff, String::new()),
            ("DELETE", ["agents", _]) if fenced => (Step::End, String::new()),
            ("DELETE", ["agents", _]) => (Step::Retire, String::new()),
            ("POST", ["hosts"]) => (Step::CreateHost, text("id")),
            ("PATCH", ["hosts", id]) => (Step::PatchHost, (*id).to_owned()),
            ("POST", ["projects"]) => (Step::CreateProject, text("id")),
            ("PATCH", ["projects", id]) => (Step::PatchProject, (*id).to_owned()),
            ("POST", ["accounts"]) => (Step::OpenAccount, text("id")),
            ("PATCH", ["accounts", id]) => (Step::ChangeAccount, (*id).to_owned()),
            ("POST", ["io", "sessions"]) => (Step::OpenSession, text("user")),
            ("POST", ["tasks"]) => (Step::CreateTask, text("id")),
            ("PATCH", ["tasks", id]) if body["state"] == "cancelled" => (Step::CancelTask, (*id).to_owned()),
            ("PATCH", ["tasks", id]) if body["sprint"].is_string() => (Step::JoinSprint, (*id).to_owned()),
            ("PATCH", ["tasks", id]) => (Step::PatchTask, (*id).to_owned()),
            ("POST", ["sprints"]) => (Step::OpenSprint, text("id")),
            ("POST", ["sprints", id, "close"]) => (Step::CloseSprint, (*id).to_owned()),
            ("POST", ["io", "alerts"]) => (Step::Raise, text("dedupe_key")),
            ("POST", ["messages"]) => (Step::Send, text("kind")),
            ("POST", ["messages", _, "ack"]) => (Step::Acknowledge, String::new()),
            ("POST", ["tasks", id, "fail"]) => (Step::Fail, (*id).to_owned()),
            ("POST", ["tasks", id, "assign"]) => (Step::Assign, (*id).to_owned()),
            _ => return None,
        };
        Some(Self { step, about })
    }
}

#[test]
fn an_action_s_step_is_the_one_that_its_request_is() {
    use go_bus_api::{AgentId, TaskId};
    let task: TaskId = "T-1".parse().unwrap();
    let agent: AgentId = "a-1".parse().unwrap();
    let requests = [
        (
            Action::Change(PlanChange::CancelTask(task.clone())),
            "PATCH",
            "/tasks/T-1",
            serde_json::json!({"state": "cancelled"}),
        ),
        (
            Action::Assign {
                task,
                attempt: go_bus_api::Attempt(0),
                project: "p".parse().unwrap(),
                assignee: agent.clone(),
            },
            "POST",
            "/tasks/T-1/assign",
            Value::Null,
        ),
        (Action::End(agent), "DELETE", "/agents/a-1", Value::Null),
    ];
    for (action, method, target, body) in requests {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        assert_eq!(Write::of(&method, target, true, &body).map(|write| write.step), Some(step_of(&action)), "{action}");
    }
}
