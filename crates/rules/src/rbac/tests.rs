//! Patterns, defaults, and what either mode makes of a refusal.

use super::*;

fn role(name: &str, permissions: &[(&str, &str)]) -> RoleBinding {
    let permission = |(action, resource): &(&str, &str)| Permission {
        action: Text::clipped(action),
        resource: Text::clipped(resource),
    };
    RoleBinding { name: Text::clipped(name), permissions: permissions.iter().map(permission).collect() }
}

fn may(permission: (&str, &str), action: Action, resource: &str) -> bool {
    matches!(decide(&[role("r", &[permission])], "r", action, resource), Decision::Granted(_))
}

#[test]
fn a_star_covers_actions_by_group_or_all() {
    assert!(may(("*", "*"), Action::RbacWrite, "rbac/roles"));
    assert!(may(("tasks.*", "*"), Action::TasksRead, "tasks"));
    assert!(!may(("tasks.*", "*"), Action::TokensRotate, "tasks"));
    assert!(!may(("t*", "*"), Action::TasksRead, "tasks"), "a star stands for a whole name");
    assert!(!may(("tasks.read", "*"), Action::TasksReview, "tasks"));
}

#[test]
fn a_collection_covers_its_members_and_a_member_only_itself() {
    for (pattern, resource, expected) in [
        ("tasks", "tasks", true),
        ("tasks", "tasks/T-1", true),
        ("tasks", "tasks2/T-1", false),
        ("tasks/*", "tasks/T-1", true),
        ("tasks/*", "tasks", false),
        ("tasks/*", "tasks/", false),
        ("tasks/T-1", "tasks/T-1", true),
        ("tasks/T-1", "tasks/T-11", false),
        ("tasks/T-1", "tasks", false),
        ("tasks", "*", false),
        ("*", "*", true),
    ] {
        assert_eq!(may(("tasks.read", pattern), Action::TasksRead, resource), expected, "{pattern} over {resource}");
    }
}

#[test]
fn permissions_of_a_role_that_stands_twice_add_up_and_another_s_do_not() {
    let roles = [role("a", &[("tasks.read", "*")]), role("b", &[("*", "*")]), role("a", &[("costs.read", "*")])];
    assert!(matches!(decide(&roles, "a", Action::CostsRead, "costs"), Decision::Granted(_)));
    assert_eq!(decide(&roles, "a", Action::AuditRead, "audit"), Decision::NotGranted);
    assert_eq!(decide(&roles, "c", Action::AuditRead, "audit"), Decision::NoSuchRole);
    assert_eq!(grant(&roles, "a", Action::CostsRead, "costs").map(|by| by.action.as_str()), Some("costs.read"));
    assert_eq!(grant(&roles, "c", Action::CostsRead, "costs"), None);
}

#[test]
fn audit_mode_allows_what_enforce_would_block() {
    let answer = |decision: Decision, mode| {
        let answer = decision.answer(mode, "worker", Action::AgentsSpawn, "agents");
        (answer.allowed, answer.would_block)
    };
    assert_eq!(answer(Decision::NotGranted, RbacMode::Audit), (true, true));
    assert_eq!(answer(Decision::NotGranted, RbacMode::Enforce), (false, true));
    assert_eq!(answer(Decision::NoSuchRole, RbacMode::Enforce), (false, true));
    let granted = || Decision::Granted(Permission { action: Text::clipped("*"), resource: Text::clipped("*") });
    assert_eq!(answer(granted(), RbacMode::Audit), (true, false));
    assert_eq!(answer(granted(), RbacMode::Enforce), (true, false));
}

#[test]
fn the_defaults_are_sound_and_let_each_role_do_its_work() {
    let roles = default_roles();
    assert_eq!(check_roles(&roles), Ok(()));
    let may = |role: &str, action| matches!(decide(&roles, role, action, "x"), Decision::Granted(_));
    let all = [Role::Go, Role::Ho, Role::Po, Role::Io, Role::Specialist, Role::Worker, Role::Reviewer];
    for role in all.into_iter().chain([Role::Launcher, Role::M0, Role::C0]) {
        assert!(may(role.as_str(), Action::TasksRead), "{role:?}");
        assert!(!may(role.as_str(), Action::SecretsAccess), "{role:?}");
        assert_eq!(may(role.as_str(), Action::SprintsManage), role == Role::Go, "{role:?}");
        let spawns = matches!(role, Role::Go | Role::Ho | Role::Po | Role::Io);
        assert_eq!(may(role.as_str(), Action::AgentsSpawn), spawns, "{role:?}");
    }
    assert!(may("reviewer", Action::TasksReview) && !may("worker", Action::TasksReview));
    assert!(Action::ALL.iter().all(|action| may(OPERATOR, *action)));
}

#[test]
fn roles_that_can_t_be_meant_are_refused_where_they_stand() {
    let pointer = |roles: &[RoleBinding]| check_roles(roles).err().map(|wrong| wrong.pointer);
    assert_eq!(pointer(&[role("", &[])]).as_deref(), Some("/0/name"));
    assert_eq!(pointer(&[role("a", &[]), role("a", &[])]).as_deref(), Some("/1/name"));
    let typo = [role("a", &[("tasks.read", "*"), ("task.read", "*")])];
    assert_eq!(pointer(&typo).as_deref(), Some("/0/permissions/1/action"));
    assert_eq!(pointer(&[role("a", &[("tokens.*", "x"), ("*", "*")])]), None);
}

#[test]
fn the_contract_s_names_read_as_actions_and_others_do_not() {
    for action in Action::ALL {
        assert_eq!(action.as_str().parse(), Ok(*action));
    }
    assert!("tasks".parse::<Action>().is_err() && "*".parse::<Action>().is_err());
}
