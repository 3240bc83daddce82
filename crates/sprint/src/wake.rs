//! When to look again though nothing happens: the end of a backoff, of a sprint's window, or of an account's rest.

use go_bus_api::Timestamp;
use go_bus_client::World;
use go_rules::accounts::rests_until;
use go_rules::backoff::paused_until;

/// The first end of a backoff, of a window or of an account's rest after `now`. Everything else that a task or a sprint may wait for comes with an event.
pub fn next_wake(world: &World, now: Timestamp) -> Option<Timestamp> {
    let pauses = world.unblocked_tasks().filter_map(|task| paused_until(task, now));
    let windows = world.open_sprints().map(|sprint| sprint.ends_at).filter(|end| *end > now);
    let rests = world.accounts().filter_map(|account| rests_until(account, now));
    pauses.chain(windows).chain(rests).min()
}

#[cfg(test)]
mod tests {
    use go_bus_api::{Resource, Task, TaskState};

    use super::*;
    use crate::samples;

    #[test]
    fn the_next_backoff_that_ends_counts_and_past_or_blocked_ones_do_not() {
        let at = Timestamp::from_unix_millis;
        let waits = |id: &str, until: i64| Task { not_before: Some(at(until)), ..samples::task(id, "site") };
        let behind = Task { depends_on: vec![samples::id("T-1")], ..waits("T-4", 1_500) };
        let done = Task { state: TaskState::Done, ..waits("T-5", 1_600) };
        let tasks = [waits("T-1", 3_000), waits("T-2", 2_000), waits("T-3", 1_000), behind, done];
        let world: World = tasks.into_iter().map(Resource::Task).collect();
        assert_eq!(next_wake(&world, at(1_000)), Some(at(2_000)));
        assert_eq!(next_wake(&world, at(3_000)), None);
    }

    #[test]
    fn the_first_window_that_ends_counts_where_no_pause_is_over_before() {
        let at = Timestamp::from_unix_millis;
        let sprint = |id: &str, ends_at| Resource::Sprint(go_bus_api::Sprint { ends_at, ..samples::sprint(id, &[]) });
        let mut world: World = [sprint("S-1", at(5_000)), sprint("S-2", at(4_000))].into_iter().collect();
        assert_eq!(
            [3_000, 4_000, 5_000].map(|now| next_wake(&world, at(now))),
            [Some(at(4_000)), Some(at(5_000)), None]
        );
        world.apply(Resource::Task(Task { not_before: Some(at(3_500)), ..samples::task("T-1", "site") }));
        assert_eq!(next_wake(&world, at(3_000)), Some(at(3_500)));
    }

    #[test]
    fn the_first_account_that_takes_agents_again_counts() {
        let at = Timestamp::from_unix_millis;
        let parked = |id: &str, until| {
            let account = samples::account(id, "anthropic");
            Resource::Account(go_bus_api::Account { parked_until: Some(at(until)), ..account })
        };
        let world = World::from_iter([parked("a", 5_000), parked("b", 4_000)]);
        assert_eq!(
            [3_000, 4_000, 5_000].map(|now| next_wake(&world, at(now))),
            [Some(at(4_000)), Some(at(5_000)), None]
        );
    }

    #[test]
    fn a_pause_that_a_clock_ahead_of_this_one_stamped_is_over() {
        let at = Timestamp::from_unix_millis;
        let failed = Task { not_before: Some(at(3_000)), failed_at: Some(at(2_000)), ..samples::task("T-1", "site") };
        let world = World::from_iter([Resource::Task(failed)]);
        assert_eq!(next_wake(&world, at(2_000)), Some(at(3_000)));
        assert_eq!(next_wake(&world, at(1_999)), None);
    }
}
