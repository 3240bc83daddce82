//! Slots and caps: how many agents with a task may be there at once.

use go_bus_api::{Agent, HostId};

/// Whether this agent takes a slot of its host: it has a task and has not ended for certain.
pub fn takes_slot(agent: &Agent) -> bool {
    agent.task.is_some() && agent.state.holds_slot()
}

/// How many slots of `host` these agents take.
pub fn used_on<'a>(host: &HostId, agents: impl IntoIterator<Item = &'a Agent>) -> usize {
    agents.into_iter().filter(|a| takes_slot(a) && a.host.as_ref() == Some(host)).count()
}

/// How many agents with a task there are on all hosts: what `agents.min` and `agents.max` count.
pub fn at_work<'a>(agents: impl IntoIterator<Item = &'a Agent>) -> usize {
    agents.into_iter().filter(|a| takes_slot(a)).count()
}

/// How many more may start on a host with `slots`, `used` of them taken, `at_work` in all and a cap over all hosts.
pub fn free(slots: u32, used: usize, at_work: usize, cap: Option<u32>) -> usize {
    let here = (slots as usize).saturating_sub(used);
    cap.map_or(here, |cap| here.min((cap as usize).saturating_sub(at_work)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tighter_of_slots_and_cap_holds() {
        assert_eq!(free(4, 1, 9, Some(10)), 1);
        assert_eq!(free(4, 3, 3, Some(10)), 1);
        assert_eq!(free(4, 5, 20, Some(10)), 0);
        assert_eq!(free(4, 1, 100, None), 3);
    }
}
