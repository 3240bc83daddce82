//! What a person sees while the fleet works: a live screen on a terminal, a line per change on a pipe.

mod frame;
mod lines;
mod screen;
mod summary;

use std::io::IsTerminal;
use std::time::Duration;

use go_bus_client::{Changes, World};
use go_clock::{Clock, SystemClock};
use go_sprint::Limits;

use crate::failure::Failure;
use crate::render::{clock, print};
use crate::waiting::reasons;
use screen::Screen;
pub(crate) use summary::summary;

/// How often the screen is redrawn without news: its running times move on.
const REDRAW: Duration = Duration::from_secs(1);

/// Shows what happens in a World.
pub(crate) struct LiveView {
    screen: Option<Screen>,
    limits: Limits,
}

impl LiveView {
    /// A screen where standard output is a terminal, else lines. `limits` are the caps that things wait for.
    pub(crate) fn new(limits: Limits) -> Self {
        Self { screen: std::io::stdout().is_terminal().then(Screen::new), limits }
    }

    /// Draws the screen anew, where there is one.
    pub(crate) fn redraw(&mut self, world: &World) {
        let now = SystemClock.wall();
        if let Some(screen) = &mut self.screen {
            screen.show(frame::frame(world, now, |task| reasons(world, task, &self.limits, now)));
        }
    }

    /// Completes when the screen is due again without news; never without a screen.
    pub(crate) async fn next_redraw(&self) {
        match self.screen {
            Some(_) => SystemClock.sleep(REDRAW).await,
            None => std::future::pending().await,
        }
    }

    /// Tells each change in a line.
    pub(crate) fn tell(&self, changes: &Changes, world: &World) -> Result<(), Failure> {
        let now = SystemClock.wall();
        for line in changes.items.iter().filter_map(|change| lines::line(change, world, now)) {
            self.say(&format!("{} {line}", clock(now)))?;
        }
        Ok(())
    }

    /// Prints a line that stays.
    pub(crate) fn say(&self, line: &str) -> Result<(), Failure> {
        match &self.screen {
            Some(screen) => screen.above(line).map_err(|_| Failure::OutputClosed),
            None => print(format_args!("{line}\n")),
        }
    }

    /// Takes the screen away.
    pub(crate) fn clear(&mut self) {
        if let Some(screen) = &mut self.screen {
            screen.clear();
        }
    }
}
