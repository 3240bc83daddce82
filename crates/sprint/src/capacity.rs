//! Free slots: what the agents at work and the tasks already assigned have left.

use go_bus_api::{Host, HostId, Task, TaskState};
use go_bus_client::World;
use go_rules::placement::{self, Load};

use crate::limits::Limits;
use crate::reason::{Fill, Reason};

/// How much more may be started, as it is and as it is given away.
#[derive(Debug, Clone)]
pub struct Capacity<'a> {
    open: Vec<&'a Host>,
    load: Load,
    max: Option<u32>,
    min: u32,
}

impl<'a> Capacity<'a> {
    /// What is free now. An assigned task whose builder is still to be spawned keeps a slot, so nothing is assigned that could
    /// not be built at once.
    pub fn of(world: &'a World, limits: &Limits) -> Self {
        let unbuilt = world.tasks_in(TaskState::InProgress);
        let unbuilt = unbuilt.filter(|task| placement::awaits_builder(task, world.builders(&task.id)));
        let load = Load::of(world.agents_with_task(), unbuilt);
        Self { open: placement::open(world.hosts()), load, max: limits.agents_max, min: limits.agents_min }
    }

    /// How many more may be started in all.
    pub fn room(&self) -> usize {
        let slots = self.open.iter().fold(0_usize, |sum, host| sum.saturating_add(self.load.free(host)));
        let slots = slots.saturating_sub(self.load.floating());
        self.under_cap().map_or(slots, |under| slots.min(under))
    }

    /// How many may work at once: the slots of the open hosts, as far as the cap goes.
    pub fn slots(&self) -> usize {
        let slots = self.open.iter().fold(0_usize, |sum, host| sum.saturating_add(host.slots.get() as usize));
        self.max.map_or(slots, |max| slots.min(max as usize))
    }

    /// How many are at work, with the tasks whose builder is still to be spawned: what `agents.min` and `agents.max` count.
    pub fn at_work(&self) -> usize {
        self.load.at_work()
    }

    /// Whether at least `agents.min` are at work.
    pub(crate) fn has_the_min(&self) -> bool {
        self.at_work() >= self.min as usize
    }

    /// Why nothing at all may be started; `None` where there is room.
    pub fn why_no_room(&self) -> Option<Reason> {
        match (self.room(), self.under_cap(), self.max) {
            (1.., ..) => None,
            (0, Some(0), Some(max)) => Some(Reason::Cap { at_work: self.load.at_work(), max }),
            _ if self.open.is_empty() => Some(Reason::NoHost),
            _ => Some(Reason::Full(self.open.iter().map(|host| self.fill(host)).collect())),
        }
    }

    fn fill(&self, host: &Host) -> Fill {
        let slots = host.slots.get();
        Fill { host: host.id.clone(), used: (slots as usize).saturating_sub(self.load.free(host)), slots }
    }

    fn under_cap(&self) -> Option<usize> {
        self.max.map(|max| (max as usize).saturating_sub(self.load.at_work()))
    }

    /// Takes a slot for `task` and says where; `None` where none is free for it, or none on the one host where it may be done.
    pub fn take(&mut self, task: &Task, place: Option<&HostId>) -> Option<HostId> {
        if self.room() == 0 {
            return None;
        }
        let host = placement::choose(&self.open_at(place), task, &self.load)?;
        self.load.reserve(Some(&host.id));
        Some(host.id.clone())
    }

    fn open_at(&self, place: Option<&HostId>) -> Vec<&'a Host> {
        self.open.iter().filter(|host| place.is_none_or(|place| host.id == *place)).copied().collect()
    }

    /// Why there is no slot for `task`; `None` where there is one, or where no open host may take it whatever its slots.
    pub fn why_not(&self, task: &Task, place: Option<&HostId>) -> Option<Reason> {
        if let (Some(0), Some(max)) = (self.under_cap(), self.max) {
            return Some(Reason::Cap { at_work: self.load.at_work(), max });
        }
        let open = self.open_at(place);
        let fits: Vec<_> = open.iter().filter(|host| placement::check(host, task).is_ok()).collect();
        let full = fits.iter().all(|host| self.load.free(host) == 0) || self.room() == 0;
        (full && !fits.is_empty()).then(|| Reason::Full(fits.iter().map(|host| self.fill(host)).collect()))
    }
}
