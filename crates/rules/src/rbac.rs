//! Who may do what (R19): roles, their permissions, and the answer to "may this one?".
//!
//! In audit mode everything is decided and noted, and nothing is blocked.

use std::str::FromStr;

use go_bus_api::{Permission, RbacAnswer, RbacMode, Role, RoleBinding, Text};

macro_rules! actions {
    ($($variant:ident => $word:literal: $doc:literal),* $(,)?) => {
        /// What somebody may be allowed to do; the contract's names.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Action {
            $(#[doc = $doc] $variant,)*
        }

        impl Action {
            /// Every action.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The action as the wire has it.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }
        }
    };
}

actions! {
    AgentsSpawn => "agents.spawn": "Spawns agents.",
    AgentsTerminate => "agents.terminate": "Ends agents.",
    AgentsRead => "agents.read": "Reads agents.",
    TasksCreate => "tasks.create": "Makes and changes tasks.",
    TasksAssign => "tasks.assign": "Assigns tasks.",
    TasksComplete => "tasks.complete": "Reports progress, completes and fails tasks.",
    TasksReview => "tasks.review": "Judges deliverables.",
    TasksRead => "tasks.read": "Reads tasks.",
    MessagesSend => "messages.send": "Sends messages.",
    AlertsRaise => "alerts.raise": "Raises alerts.",
    AlertsAck => "alerts.ack": "Takes note of alerts.",
    CostsRecord => "costs.record": "Records costs.",
    CostsRead => "costs.read": "Reads costs.",
    SprintsManage => "sprints.manage": "Begins and closes sprints.",
    ProjectsWrite => "projects.write": "Makes and changes projects.",
    HostsWrite => "hosts.write": "Makes and changes hosts.",
    TokensRotate => "tokens.rotate": "Rotates tokens.",
    TokensRevoke => "tokens.revoke": "Revokes tokens.",
    ConfigChange => "config.change": "Changes settings.",
    SecretsAccess => "secrets.access": "Reads a secret's value.",
    RbacWrite => "rbac.write": "Changes the roles.",
    AuditRead => "audit.read": "Reads the audit log.",
    AuditWrite => "audit.write": "Adds to the audit log.",
    EventsPost => "events.post": "Posts events of its own.",
}

impl FromStr for Action {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.iter().copied().find(|action| action.as_str() == text);
        found.ok_or_else(|| format!("{text:?} is no action; tasks.create is one"))
    }
}

/// The role that the operator's token has.
pub const OPERATOR: &str = "operator";

/// Whether a role may do something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It may.
    Granted(Permission),
    /// The role is there and nothing grants it.
    NotGranted,
    /// There is no such role.
    NoSuchRole,
}

/// Decides for `role`, which may stand in `roles` more than once: its permissions add up.
pub fn decide(roles: &[RoleBinding], role: &str, action: Action, resource: &str) -> Decision {
    if let Some(permission) = grant(roles, role, action, resource) {
        return Decision::Granted(permission.clone());
    }
    let is_there = roles.iter().any(|binding| binding.name.as_str() == role);
    if is_there { Decision::NotGranted } else { Decision::NoSuchRole }
}

/// The permission by which `role` may do that, found without allocating: a Bus asks at every request.
pub fn grant<'a>(roles: &'a [RoleBinding], role: &str, action: Action, resource: &str) -> Option<&'a Permission> {
    let bound = roles.iter().filter(|binding| binding.name.as_str() == role);
    bound.flat_map(|binding| &binding.permissions).find(|permission| {
        covers_action(permission.action.as_str(), action) && covers_resource(permission.resource.as_str(), resource)
    })
}

impl Decision {
    /// The decision as the answer to who asked about `role`.
    pub fn answer(&self, mode: RbacMode, role: &str, action: Action, resource: &str) -> RbacAnswer {
        let would_block = !matches!(self, Self::Granted(_));
        let action = action.as_str();
        let reason = match self {
            Self::Granted(by) => format!("{role} has {} on {}", by.action, by.resource),
            Self::NotGranted => format!("nothing grants {role} {action} on {resource}"),
            Self::NoSuchRole => format!("there is no role {role}"),
        };
        RbacAnswer { allowed: mode == RbacMode::Audit || !would_block, mode, would_block, reason }
    }
}

/// `*` covers every action, `tasks.*` those of its group, anything else itself.
fn covers_action(pattern: &str, action: Action) -> bool {
    match pattern.strip_suffix('*') {
        Some("") => true,
        Some(group) => group.ends_with('.') && action.as_str().starts_with(group),
        None => pattern == action.as_str(),
    }
}

/// `*` covers everything, `tasks` the collection and what is in it, `tasks/*` what is in it, `tasks/T-1` itself.
fn covers_resource(pattern: &str, resource: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some("") => true,
        Some(collection) => {
            collection.ends_with('/') && resource.len() > collection.len() && resource.starts_with(collection)
        }
        None => resource.strip_prefix(pattern).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
    }
}

/// A permission that can't be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongRole {
    /// Where it stands among the roles, as a JSON pointer.
    pub pointer: String,
    /// What is wrong.
    pub detail: String,
}

/// Refuses roles without a name, names that stand twice, and actions that no pattern of ours covers.
pub fn check_roles(roles: &[RoleBinding]) -> Result<(), WrongRole> {
    for (place, binding) in roles.iter().enumerate() {
        let name = binding.name.as_str();
        let wrong = |detail: String| Err(WrongRole { pointer: format!("/{place}/name"), detail });
        if binding.name.is_blank() {
            return wrong("a role has a name".to_owned());
        }
        if roles.iter().take(place).any(|before| before.name == binding.name) {
            return wrong(format!("the role {name} stands there twice"));
        }
        for (number, permission) in binding.permissions.iter().enumerate() {
            let pattern = permission.action.as_str();
            if !Action::ALL.iter().any(|action| covers_action(pattern, *action)) {
                let pointer = format!("/{place}/permissions/{number}/action");
                return Err(WrongRole {
                    pointer,
                    detail: format!("{pattern:?} covers no action; tasks.create is one"),
                });
            }
        }
    }
    Ok(())
}

/// The roles of a new Bus: what each of the seed's roles needs for its work, on everything.
pub fn default_roles() -> Vec<RoleBinding> {
    let roles = [Role::Go, Role::Ho, Role::Po, Role::Io, Role::Specialist, Role::Worker, Role::Reviewer];
    let fixtures = [Role::Launcher, Role::M0, Role::C0];
    let of_agents = roles.into_iter().chain(fixtures).map(|role| binding(role.as_str(), of_role(role)));
    std::iter::once(binding(OPERATOR, &["*"])).chain(of_agents).collect()
}

/// What everybody may who works: read what it works on, and speak up.
const WORK: &[&str] = &[
    "agents.read",
    "tasks.read",
    "tasks.create",
    "messages.send",
    "alerts.raise",
    "costs.record",
    "audit.write",
    "events.post",
];

fn of_role(role: Role) -> &'static [&'static str] {
    match role {
        // Never a secret's value (R18).
        Role::Go => &[
            "agents.*",
            "tasks.*",
            "messages.*",
            "alerts.*",
            "costs.*",
            "sprints.*",
            "projects.*",
            "hosts.*",
            "tokens.*",
            "config.*",
            "rbac.*",
            "audit.*",
            "events.*",
        ],
        Role::Ho | Role::Po | Role::Io => {
            &["agents.*", "tasks.*", "messages.*", "alerts.*", "costs.*", "audit.*", "events.*"]
        }
        Role::Specialist | Role::Worker | Role::M0 => &["tasks.complete"],
        Role::Reviewer => &["tasks.review", "tasks.complete"],
        Role::Launcher => &["agents.terminate", "hosts.write", "tokens.rotate"],
        Role::C0 => &["alerts.ack", "costs.read", "audit.read"],
    }
}

fn binding(name: &str, actions: &[&str]) -> RoleBinding {
    let orchestrates = actions.contains(&"tasks.*") || actions.contains(&"*");
    let work = if orchestrates { &[] } else { WORK };
    let permission = |action: &&str| Permission { action: Text::clipped(action), resource: Text::clipped("*") };
    RoleBinding { name: Text::clipped(name), permissions: actions.iter().chain(work).map(permission).collect() }
}

#[cfg(test)]
mod tests;
