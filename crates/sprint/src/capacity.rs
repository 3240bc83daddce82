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
}

impl<'a> Capacity<'a> {
    /// What is free now. An assigned task whose builder is still to be spawned keeps a slot, so nothing is assigned that could
    /// not be built at once.
    pub fn of(world: &'a World, limits: &Limits) -> Self {
        let unbuilt = world.tasks_in(TaskState::InProgress);
        let unbuilt = unbuilt.filter(|task| placement::awaits_builder(task, world.builders(&task.id)));
        let load = Load::of(world.agents_with_task(), unbuilt);
        Self { open: placement::open(world.hosts()), load, max: limits.agents_max }
    }

    /// How many more may be started in all.
    pub fn room(&self) -> usize {
        let slots = self.open.iter().fold(0_usize, |sum, host| sum.saturating_add(self.load.free(host)));
        let slots = slots.saturating_sub(self.load.floating());
        self.under_cap().map_or(slots, |under| slots.min(under))
    }

    fn under_cap(&self) -> Option<usize> {
        self.max.map(|max| (max as usize).saturating_sub(self.load.at_work()))
    }

    /// Takes a slot for `task` and says where; `None` where none is free for it.
    pub fn take(&mut self, task: &Task) -> Option<HostId> {
        if self.room() == 0 {
            return None;
        }
        let host = placement::choose(&self.open, task, &self.load)?;
        self.load.reserve(Some(&host.id));
        Some(host.id.clone())
    }

    /// Why there is no slot for `task`; `None` where there is one, or where no open host may take it whatever its slots.
    pub fn why_not(&self, task: &Task) -> Option<Reason> {
        if let (Some(0), Some(max)) = (self.under_cap(), self.max) {
            return Some(Reason::Cap { at_work: self.load.at_work(), max });
        }
        let fits: Vec<_> = self.open.iter().filter(|host| placement::check(host, task).is_ok()).collect();
        let full = fits.iter().all(|host| self.load.free(host) == 0) || self.room() == 0;
        let fill = |host: &&&Host| Fill {
            host: host.id.clone(),
            used: (host.slots.get() as usize).saturating_sub(self.load.free(host)),
            slots: host.slots.get(),
        };
        (full && !fits.is_empty()).then(|| Reason::Full(fits.iter().map(fill).collect()))
    }
}
