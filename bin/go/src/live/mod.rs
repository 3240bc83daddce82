//! What a person sees while the fleet works: a live screen on a terminal, a line per change on a pipe.

mod frame;
mod lines;
mod screen;
mod summary;

use std::io;
use std::time::Duration;

use go_bus_client::{Changes, Scope, World};
use go_clock::{Boottime, Clock, SystemClock};
use go_sprint::Limits;

use crate::failure::Failure;
use crate::render::{clock, print, printable};
use crate::waiting::reasons;
use screen::Screen;
pub(crate) use summary::summary;

/// How often the screen is redrawn without news: its running times move on.
const IDLE: Duration = Duration::from_secs(1);
/// How long news may wait for more of it: no eye sees more.
const BUSY: Duration = Duration::from_millis(50);

/// Shows what happens in a World.
#[derive(Debug)]
pub(crate) struct LiveView {
    screen: Option<Screen>,
    limits: Limits,
    due: Boottime,
}

impl LiveView {
    /// A screen where standard output is a terminal, else lines. `limits` are the caps that things wait for.
    pub(crate) fn new(limits: Limits) -> Self {
        Self { screen: Screen::where_fit(), limits, due: SystemClock.boottime() }
    }

    /// What it shows: a screen has what waits, lines have not.
    pub(crate) fn scope(&self) -> Scope {
        if self.screen.is_some() { Scope::Open } else { Scope::Assigned }
    }

    /// Completes when the screen is due to be redrawn; never without a screen.
    pub(crate) async fn due(&self) {
        match self.screen {
            Some(_) => SystemClock.sleep(self.due.since(SystemClock.boottime())).await,
            None => std::future::pending().await,
        }
    }

    /// Draws the screen anew, where there is one.
    pub(crate) fn redraw(&mut self, world: &World) -> Result<(), Failure> {
        let (now, limits) = (SystemClock.wall(), &self.limits);
        self.due = SystemClock.boottime() + IDLE;
        let Some(screen) = &mut self.screen else { return Ok(()) };
        let lines = frame::frame(world, now, |task| reasons(world, task, limits, now));
        drawn(screen.show(lines.iter().map(|line| printable(line)).collect()))
    }

    /// Tells each change in a line.
    pub(crate) fn tell(&mut self, changes: &Changes, world: &World) -> Result<(), Failure> {
        let now = SystemClock.wall();
        self.due = self.due.min(SystemClock.boottime() + BUSY);
        let told = changes.items.iter().filter_map(|change| lines::line(change, world, now));
        let told: Vec<String> = told.map(|line| format!("{} {}", clock(now), printable(&line))).collect();
        match &self.screen {
            _ if told.is_empty() => Ok(()),
            Some(screen) => drawn(screen.above(&told)),
            None => told.iter().try_for_each(|line| print(format_args!("{line}\n"))),
        }
    }

    /// Takes the screen away; what is told from now on are lines.
    pub(crate) fn end(&mut self) -> Result<(), Failure> {
        self.screen.take().map_or(Ok(()), |mut screen| drawn(screen.clear()))
    }
}

fn drawn(result: io::Result<()>) -> Result<(), Failure> {
    result.map_err(|_| Failure::OutputClosed)
}
