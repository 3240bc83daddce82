//! What each route needs of the asker's role, and the check before a request goes any further (R19).
//!
//! A route declares its rights in `operations()`, beside what else it says of itself. The operator's token is never refused,
//! so nobody locks the operator out. A route without rights goes by who asks alone, and its rules stand in the store.

use std::collections::HashMap;

use go_bus_api::{AgentId, ProblemKind, RbacQuestion, ResourceKind, Role, Text};
use go_bus_store::Actor;
use go_rules::rbac;
use http::Method;
use serde::Deserialize;

use crate::bus::{Bus, wrong_answer};
use crate::denials;
use crate::openapi::Operation;
use crate::problems::Refusal;

pub(crate) use go_rules::rbac::Action as Right;

/// What a route needs of the asker's role: nothing, where it goes by who asks alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Needs {
    /// Each of these.
    pub(crate) actions: &'static [Right],
    /// Not for what an agent does to itself.
    pub(crate) unless_own: bool,
}

/// What every route needs, by its path and method.
#[derive(Debug, Default)]
pub(crate) struct Permits(HashMap<&'static str, Vec<(Method, Needs)>>);

impl Permits {
    /// What these operations declare.
    pub(crate) fn of(operations: &[Operation]) -> Self {
        let mut permits: HashMap<_, Vec<_>> = HashMap::new();
        for (path, method, needs) in operations.iter().map(Operation::permit) {
            permits.entry(path).or_default().push((method.clone(), needs));
        }
        Self(permits)
    }

    /// What a request needs that was routed to `path`. A HEAD is answered by what answers a GET.
    fn needs(&self, path: &str, method: &Method) -> Needs {
        let method = if method == Method::HEAD { &Method::GET } else { method };
        let found = self.0.get(path).into_iter().flatten().find(|(known, _)| known == method);
        found.map(|(_, needs)| *needs).unwrap_or_default()
    }
}

/// A request as the check sees it.
pub(crate) struct Asked<'a> {
    /// Its method.
    pub(crate) method: &'a Method,
    /// The path of the route that it goes to, with `{id}`; `None` where it goes nowhere.
    pub(crate) route: Option<&'a str>,
    /// Its own path.
    pub(crate) path: &'a str,
}

/// Answers 403 in enforce mode where the actor's role lacks a right; in either mode a lack is noted.
pub(crate) async fn check(bus: &Bus, actor: &Actor, asked: Asked<'_>) -> Result<(), Refusal> {
    let Some(route) = asked.route else { return Ok(()) };
    let needs = bus.permits.needs(route, asked.method);
    if needs.actions.is_empty() {
        return Ok(());
    }
    let (subject, role) = match actor {
        Actor::Operator | Actor::Bus => return Ok(()),
        Actor::Agent { id, role } => (id, *role),
        Actor::Shim { agent } => (agent, role_of(bus, agent).await?),
    };
    let resource = resource_of(asked.path);
    if needs.unless_own && resource.strip_prefix("agents/") == Some(subject.as_str()) {
        return Ok(());
    }
    for action in needs.actions {
        if !bus.roles.look(|roles| rbac::grant(roles, role.as_str(), *action, resource).is_some()) {
            lacks(bus, subject, role, *action, resource).await?;
        }
    }
    Ok(())
}

/// Notes the lack, and refuses where the mode says so.
async fn lacks(bus: &Bus, subject: &AgentId, role: Role, action: Right, resource: &str) -> Result<(), Refusal> {
    let resource: Text<256> = Text::clipped(resource);
    let decision = bus.roles.look(|roles| rbac::decide(roles, role.as_str(), action, resource.as_str()));
    let answer = decision.answer(bus.config.rbac, role.as_str(), action, resource.as_str());
    let (subject, action) = (Text::clipped(subject.as_str()), Text::clipped(action.as_str()));
    denials::note(bus, RbacQuestion { subject, action, resource }, &answer).await;
    if answer.allowed { Ok(()) } else { Err(Refusal::new(ProblemKind::Forbidden, answer.reason)) }
}

/// The role of a shim's agent, which its token does not tell.
async fn role_of(bus: &Bus, agent: &AgentId) -> Result<Role, Refusal> {
    #[derive(Deserialize)]
    struct Member {
        role: Role,
    }
    let document = bus.one(ResourceKind::Agent, agent.as_str()).await?;
    let Member { role } = serde_json::from_str(&document.json).map_err(|_| wrong_answer())?;
    Ok(role)
}

/// What a path is about: its collection and what follows it, `tasks/T-1` of `/tasks/T-1/assign`, `alerts` of `/io/alerts`.
fn resource_of(path: &str) -> &str {
    let path = path.strip_prefix("/io/").or(path.strip_prefix('/')).unwrap_or(path);
    let end = path.match_indices('/').nth(1).map(|(end, _)| end);
    end.and_then(|end| path.get(..end)).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_about_its_collection_and_what_follows() {
        for (path, resource) in [
            ("/tasks", "tasks"),
            ("/tasks/T-1", "tasks/T-1"),
            ("/tasks/T-1/assign", "tasks/T-1"),
            ("/io/alerts", "alerts"),
            ("/io/alerts/alert-1/ack", "alerts/alert-1"),
            ("/rbac/roles", "rbac/roles"),
            ("/", ""),
        ] {
            assert_eq!(resource_of(path), resource, "{path}");
        }
    }

    #[test]
    fn each_method_of_a_path_has_needs_of_its_own_and_a_head_those_of_a_get() {
        let operations = [
            Operation::get("/tasks", "list", "").needs(&[Right::TasksRead]),
            Operation::post("/tasks", "create", "").needs(&[Right::TasksCreate]),
        ];
        let permits = Permits::of(&operations);
        let actions = |path, method| permits.needs(path, &method).actions;
        assert_eq!(actions("/tasks", Method::GET), [Right::TasksRead]);
        assert_eq!(actions("/tasks", Method::HEAD), [Right::TasksRead]);
        assert_eq!(actions("/tasks", Method::POST), [Right::TasksCreate]);
        assert_eq!(actions("/tasks", Method::PUT), []);
        assert_eq!(actions("/nowhere", Method::GET), []);
    }
}
