//! An alert where too few work and nothing can be done about it, rather than idling silently (R29).

use std::time::Duration;

use go_bus_api::{Alert, AlertLevel, AlertState, NewAlert, Task, TaskState, Text, Timestamp};
use go_bus_client::World;

use super::history::is_within;
use super::{ImprovementSettings, Obstacle, Shortfall};

/// What makes it one alert, however often it would be raised.
const KEY: &str = "agents-min";
/// How long one that somebody took note of is not raised again.
const NOTED_FOR: Duration = Duration::from_secs(24 * 60 * 60);

impl Shortfall {
    /// The alert to raise at `now`, an L2. None while work is made or on its way, where a person has decided that no more is to work, in the
    /// first while after something happened, and where it is told already.
    pub fn alert(&self, world: &World, settings: &ImprovementSettings, now: Timestamp) -> Option<NewAlert> {
        let is_due = self.is_worth_an_alert() && !is_within(last_event(world)?, settings.patience, now);
        if !is_due || world.alert_with_key(KEY).is_some_and(|alert| is_known(alert, now)) {
            return None;
        }
        let reasons: Vec<String> = self.obstacles.iter().map(|obstacle| format!("- {obstacle}")).collect();
        Some(NewAlert {
            level: AlertLevel::L2,
            title: Text::clipped(&format!(
                "{} of at least {} agents work, and there is no work for more",
                self.working, self.min
            )),
            detail: Text::clipped(&format!(
                "{}\n\nAdd tickets, change what stands in the way, or lower `agents.min`. `go status` tells how it stands.",
                reasons.join("\n")
            )),
            project: None,
            dedupe_key: Some(Text::clipped(KEY)),
        })
    }

    /// When to look again though nothing happens: when the first rest ends, or an alert comes due.
    pub fn next_wake(&self, world: &World, settings: &ImprovementSettings, now: Timestamp) -> Option<Timestamp> {
        let rest = |obstacle: &Obstacle| match obstacle {
            Obstacle::Resting { until, .. } => Some(*until),
            _ => None,
        };
        let alert = last_event(world).filter(|_| self.is_worth_an_alert()).map(|at| at.after(settings.patience));
        self.obstacles.iter().filter_map(rest).chain(alert).filter(|at| *at > now).min()
    }

    fn is_worth_an_alert(&self) -> bool {
        let calls_for_none = |obstacle: &Obstacle| obstacle.passes_with_work() || obstacle.is_as_decided();
        self.make.is_empty() && !self.obstacles.is_empty() && !self.obstacles.iter().any(calls_for_none)
    }
}

fn is_known(alert: &Alert, now: Timestamp) -> bool {
    alert.state == AlertState::Open || is_within(alert.raised_at, NOTED_FOR, now)
}

/// When a task last began or ended, or the first project came; `None` on a Bus with nothing.
fn last_event(world: &World) -> Option<Timestamp> {
    let begun = world.tasks_in(TaskState::InProgress).map(|task: &Task| task.assigned_at);
    let failed = world.tasks_in(TaskState::Failed).map(|task| task.finished_at);
    let projects = world.projects().map(|project| Some(project.created_at));
    begun.chain(failed).chain(projects).chain([world.last_end()]).flatten().max()
}
