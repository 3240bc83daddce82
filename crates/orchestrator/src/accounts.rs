//! Which accounts the Bus has to know, and how.

use go_bus_api::{Account, AccountPatch, AccountState, NewAccount, Ratio};
use go_bus_client::World;

use crate::action::Action;

/// What brings the Bus's accounts to the settings: those that it lacks are made, those that differ are changed, and what the settings have
/// no longer takes no agents. Nothing where the settings say nothing of accounts.
pub(crate) fn actions(wanted: Option<&[NewAccount]>, world: &World) -> Vec<Action> {
    let Some(wanted) = wanted else { return Vec::new() };
    let missing = wanted.iter().filter(|new| world.account(&new.id).is_none()).cloned().map(Action::OpenAccount);
    missing.chain(world.accounts().filter_map(|account| change(account, wanted))).collect()
}

fn change(has: &Account, wanted: &[NewAccount]) -> Option<Action> {
    let wanted = wanted.iter().find(|new| new.id == has.id);
    let state = if wanted.is_some() { AccountState::Active } else { AccountState::Retired };
    let mut patch = AccountPatch { state: (has.state != state).then_some(state), ..AccountPatch::default() };
    if let Some(wanted) = wanted {
        patch.provider = (has.provider != wanted.provider).then(|| wanted.provider.clone());
        // A limit that was taken out of the settings is all of the window.
        let limit = |limit: Option<Ratio>| limit.map_or(1.0, Ratio::get);
        let differs = limit(wanted.weekly_limit).total_cmp(&limit(has.weekly_limit)).is_ne();
        patch.weekly_limit = differs.then(|| wanted.weekly_limit.or(Ratio::new(1.0).ok())).flatten();
    }
    let account = has.id.clone();
    (patch != AccountPatch::default()).then(|| Action::ChangeAccount { account, patch: Box::new(patch) })
}

#[cfg(test)]
mod tests {
    use go_bus_api::{AccountId, Provider, Resource};
    use serde_json::json;

    use super::*;

    fn new(name: &str, limit: Option<f64>) -> NewAccount {
        let weekly_limit = limit.map(|limit| Ratio::new(limit).unwrap());
        NewAccount { id: AccountId::new(name).unwrap(), provider: Provider::Anthropic, weekly_limit }
    }

    fn has(name: &str, limit: Option<f64>, state: &str) -> Resource {
        let account = json!({"id": name, "provider": "anthropic", "weekly_limit": limit, "state": state,
            "created_at": "2026-03-21T08:15:30.000Z", "revision": 1});
        Resource::Account(serde_json::from_value(account).unwrap())
    }

    fn words(wanted: &[NewAccount], world: &World) -> Vec<String> {
        actions(Some(wanted), world).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_is_missing_is_made_what_differs_is_changed_and_the_rest_retires() {
        let world: World =
            [has("a", Some(0.5), "active"), has("b", None, "retired"), has("c", None, "active")].into_iter().collect();
        let wanted = [new("a", Some(0.5)), new("b", None), new("d", None)];
        assert_eq!(words(&wanted, &world), ["create account d", "change account b", "change account c"]);
        assert_eq!(actions(None, &world), []);
        let [Action::ChangeAccount { patch, .. }] =
            &actions(Some(&[]), &[has("c", None, "active")].into_iter().collect())[..]
        else {
            panic!("one change")
        };
        assert_eq!(patch.state, Some(AccountState::Retired));
    }

    #[test]
    fn once_the_bus_is_as_the_settings_say_nothing_is_done() {
        for (wanted, is) in [(None, None), (Some(0.5), Some(0.5)), (None, Some(1.0)), (Some(1.0), None)] {
            let world: World = [has("a", is, "active"), has("gone", None, "retired")].into_iter().collect();
            assert_eq!(words(&[new("a", wanted)], &world), Vec::<String>::new(), "{wanted:?} and {is:?}");
        }
    }

    #[test]
    fn a_limit_that_the_settings_have_no_longer_is_lifted() {
        let world: World = [has("a", Some(0.5), "active")].into_iter().collect();
        let [Action::ChangeAccount { patch, .. }] = &actions(Some(&[new("a", None)]), &world)[..] else {
            panic!("one change")
        };
        assert_eq!(**patch, AccountPatch { weekly_limit: Ratio::new(1.0).ok(), ..AccountPatch::default() });
    }
}
